"""Games of finding out: each hides something, and each knows how much is still hidden."""
