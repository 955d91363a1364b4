"""What needs the package minigrid; imported when a world is made, not before."""
