"""Secret-keeping dialogues: facts, phrases, plots, what an answer tells, and a reader of the conversation."""
