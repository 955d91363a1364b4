"""What chooses the next task."""
