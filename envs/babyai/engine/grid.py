"""minigrid's own environments as engines: made, reset, stepped and copied, without the images that they make.

An engine obeys minigrid's rules to the letter: its own ``step`` is called. Three things are kept from it: to draw what
the agent sees, which takes most of its time; to count steps, for turns are counted outside; and to draw luck of its
own, for a copy must be able to ask for other luck.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import gymnasium
import minigrid
from gymnasium.envs.registration import load_env_creator
from minigrid.core.grid import Grid
from minigrid.core.world_object import Floor, Goal, Lava, Wall, WorldObj
from minigrid.envs.babyai.core import roomgrid_level
from minigrid.envs.babyai.core.verifier import Instr, ObjDesc
from minigrid.minigrid_env import MiniGridEnv

ENDLESS = 10**9
"""Steps after which an engine would end by itself."""

SHARED = frozenset({type(None), bool, int, float, str, tuple, dict, Wall, Floor, Goal, Lava})
"""Values that nothing changes in an episode: copies share them."""

MOVING = (WorldObj, Instr, ObjDesc, Grid)
"""What an episode changes, and what refers to it."""

# minigrid prints a line for every draw that it rejects; a program's output must not have them.
vars(roomgrid_level)["print"] = lambda *said: None


def _no_image() -> dict[str, Any]:
    """Stands where minigrid makes its observation: nobody looks at it."""
    return {}


def prototype(env_id: str) -> MiniGridEnv:
    """An engine that is never played; `start` makes engines like it.

    Raises:
        ValueError: the installed minigrid has no such id.
    """
    spec = gymnasium.registry.get(env_id)
    if spec is None or spec.entry_point is None:
        raise ValueError(f"the installed minigrid {minigrid.__version__} has no {env_id}: install another version")
    creator = load_env_creator(spec.entry_point) if isinstance(spec.entry_point, str) else spec.entry_point
    engine = creator(**spec.kwargs)
    assert isinstance(engine, MiniGridEnv)
    vars(engine)["gen_obs"] = _no_image
    return engine


def start(like: MiniGridEnv, seed: int) -> MiniGridEnv:
    """An engine at the start of the task of a seed. ``reset`` makes anew whatever an episode changes."""
    engine: MiniGridEnv = _bare(like)
    engine.reset(seed=seed)
    engine.max_steps = ENDLESS
    return engine


def step(engine: MiniGridEnv, action: int, draw: Callable[[int, int], int] | None) -> tuple[float, bool]:
    """Play one action; minigrid's reward and whether the episode is over.

    Args:
        engine: changed in place.
        action: minigrid's number of it.
        draw: gives whole numbers from a low end to below a high end, where obstacles move by luck.
    """
    if draw is not None:
        vars(engine)["_rand_int"] = draw
    _, reward, over, _, _ = engine.step(action)
    return float(reward), bool(over)


def copy(engine: MiniGridEnv) -> MiniGridEnv:
    """An independent engine at the same point: it has its own grid, things and instructions.

    Walls are shared, and the rooms, which serve to make a level and no more. Some twenty times faster than
    ``copy.deepcopy``.
    """
    twins: dict[int, Any] = {id(engine): _bare(engine)}

    def twin(value: Any) -> Any:
        if type(value) in SHARED:
            return value
        if type(value) is list:
            return [twin(each) for each in value]
        known = twins.get(id(value))
        if known is None:
            if not isinstance(value, MOVING):
                return value
            known = twins[id(value)] = _bare(value)
            fill(value, known)
        return known

    def fill(old: Any, new: Any) -> None:
        for name, value in vars(old).items():
            if type(value) not in SHARED and name != "room_grid":
                vars(new)[name] = twin(value)

    new: MiniGridEnv = twins[id(engine)]
    fill(engine, new)
    return new


def _bare(thing: Any) -> Any:
    """A copy whose fields are those of ``thing`` itself."""
    new = object.__new__(type(thing))
    vars(new).update(vars(thing))
    return new
