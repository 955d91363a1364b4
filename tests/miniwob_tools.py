"""How the tests of MiniWoB++ begin an episode."""

from __future__ import annotations

from typing import Any

import gymnasium

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.text_env import TextEnv

ID = "scoutgym/MiniWoB-v0"


def begun(page: str, index: int = 0, **params: Any) -> TextEnv:
    """A training task of a page, just begun."""
    env = gymnasium.make(f"scoutgym/MiniWoB-{page}-v0", **params).unwrapped
    assert isinstance(env, TextEnv)
    env.reset(options={"index": index, "luck": 0})
    return env
