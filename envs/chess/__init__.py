"""Chess against an engine: whole games, and endgames that can be won."""
