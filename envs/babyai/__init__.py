"""BabyAI and MiniGrid in text: rooms, keys, doors, boxes and balls, described as the agent sees them."""
