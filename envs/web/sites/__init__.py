"""The sites: one folder each."""
