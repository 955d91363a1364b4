"""MiniWoB++ in Chromium: its pages on loopback, on a clock of our own. The world is `scoutgym.envs.web.miniwob`."""
