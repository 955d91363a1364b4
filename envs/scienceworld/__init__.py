"""ScienceWorld: elementary science in a house with a laboratory, as text."""
