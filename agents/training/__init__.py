"""What learns: `train` by a configuration, `resume` what was killed, `load_agent` to play with the result."""

import os

# OpenMP's threads spin while they wait for each other; on a machine that others use too, they spin away what they wait
# for (a step took twenty times as long). It is read once, when torch is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

from scoutgym.agents.training import processes
from scoutgym.agents.training.config import TrainConfig, load_config
from scoutgym.agents.training.run import load_agent, resume, train

__all__ = ["TrainConfig", "load_agent", "load_config", "processes", "resume", "train"]
