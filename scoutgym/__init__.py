"""ScoutGym: Gymnasium worlds for language agents that must explore. Importing it registers every world.

>>> import gymnasium, scoutgym
>>> env = gymnasium.make("scoutgym/Mastermind-3x4-v0")
>>> observation, info = env.reset(seed=7)
>>> observation, reward, terminated, truncated, info = env.step("1 2 3")

The names in ``__all__`` are the whole public face; what is heavy is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

from scoutgym.envs.registry import register, register_all

__version__ = "0.1.0"

_LATER = {
    "evaluate": "scoutgym.benchmark",
    "load_agent": "scoutgym.agents.training",
    "restore": "scoutgym.wrappers.core",
    "rollout": "scoutgym.agents.core",
    "save": "scoutgym.wrappers.core",
    "snapshot": "scoutgym.wrappers.core",
    "train": "scoutgym.agents.training",
    "TextWrapper": "scoutgym.wrappers.core",
}

register_all()

__all__ = ["__version__", "register", *_LATER]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'scoutgym' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
