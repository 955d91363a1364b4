"""Worlds. To add one, write one file in a family's folder and end it with ``register(TheWorld)``; see `core`."""
