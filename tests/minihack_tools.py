"""Levels of our own for the tests of NetHack's worlds, and ways to play them."""

from __future__ import annotations

from typing import Any

import gymnasium

from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv

HALL = """MAZE: "mylevel", ' '
FLAGS:hardfloor
GEOMETRY:center,center
MAP
-------------
|...........|
|...........|
|.....|.....|
|.....+.....|
-------------
ENDMAP
REGION:(0,0,12,5),lit,"ordinary"
BRANCH:(1,1,1,1),(0,0,0,0)
NON_DIGGABLE:(0,0,12,5)
{things}
"""
"""A lit hall with a door; the player starts in its northwestern corner. {things} are lines of the level language."""


def hall(things: str = "", level: str = "Skill-Custom", **options: Any) -> TextEnv:
    """A hall with things in it, at the start of its first task."""
    env: TextEnv = gymnasium.make("scoutgym/MiniHack-v0", level=level, des=HALL.format(things=things), **options)
    env.reset(options={"index": 0})
    return env


def level(name: str, **options: Any) -> TextEnv:
    """A level of MiniHack's."""
    env: TextEnv = gymnasium.make(f"scoutgym/MiniHack-{name}-v0", **options)
    return env


def say(env: TextEnv, *actions: str) -> str:
    """Play actions; the last observation."""
    text = ""
    for action in actions:
        text = env.step(action)[0]
    return text


def walk(env: TextEnv, index: int, number: int, seed: bytes = b"walk") -> list[Any]:
    """Random play of a task; everything that came back."""
    seen = [env.reset(options={"index": index, "luck": 0})[0]]
    for turn in range(number):
        if env.session.over:
            break
        chance = Chance(seed, 1000 * index + turn)
        actions = env.actions() or ["look"]
        result = env.step(chance.choice(actions))
        seen.append([*result[:4], dict(result[4]["rewards"]), env.session.state.seen.stats])
    return seen


def play(env: TextEnv, index: int) -> tuple[float, int]:
    """The scripted player on a task: its success and its turns."""
    env.reset(options={"split": "test", "index": index, "luck": 0})
    while not env.session.over:
        env.step(env.world.expert(env.history, Chance(b"scout", env.session.turn)))
    return float(env.session.success or 0.0), env.session.turn
