"""Worlds of dialogue: something is hidden, and is found out by talking. See `scoutgym.envs.dialogue.core`."""
