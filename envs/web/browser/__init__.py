"""What shows a page and acts on it: in this process, or in Chromium."""
