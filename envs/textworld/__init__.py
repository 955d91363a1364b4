"""TextWorld: text adventures made by rule, and LMRL-Gym's house; also game files of one's own."""
