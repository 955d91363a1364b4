"""Judges: what scores an episode from outside the world. `core.py` is the contract; one judge, one file."""
