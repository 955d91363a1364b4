"""Credit: from the returns of episodes to an advantage for every turn. One rule a file, found by its name."""
