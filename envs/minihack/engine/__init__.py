"""What the worlds of MiniHack and NetHack stand on: the engine, what is seen in words, commands, a scripted player."""
