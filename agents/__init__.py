"""What acts in a world."""
