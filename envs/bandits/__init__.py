"""Bandits: which arm is best, found out by pulling; told as a story or plainly."""
