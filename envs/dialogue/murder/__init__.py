"""Murder cases: who was where, what was left behind, how it is told, and how a detective's words are read."""
