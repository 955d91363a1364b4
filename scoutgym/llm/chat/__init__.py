"""Chat models: a conversation in, a text out. `core.py` says what every kind can do."""
