"""What changes a world from outside: memory, judges, shaping."""
