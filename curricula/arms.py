"""An arm: the tasks of one environment, and what a curriculum may ask about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gymnasium

from scoutgym.envs.core import NOTHING, World
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.session import Session
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task


@dataclass(frozen=True)
class Arm:
    """What a curriculum can choose: the tasks of one environment.

    Args:
        name: of the group, as the run's configuration calls it.
        env_id: the world's id without a preset.
        params: the parameters that differ from the world's own.
        count: tasks in the training split.
        engine: parameters that say what plays the world (`Params.engine`), as which browser; no part of its tasks.
    """

    name: str
    env_id: str
    params: Mapping[str, Any]
    count: int
    engine: Mapping[str, Any] = NOTHING

    @classmethod
    def of(cls, name: str, env_id: str, params: Mapping[str, Any] = NOTHING) -> Arm:
        """The arm of a registered id (a preset, or ``module:id``) and further parameters.

        Raises:
            gymnasium.error.Error, ValueError: there is no such id or parameter.
        """
        env = gymnasium.make(env_id, **params)
        world = env.unwrapped
        if not isinstance(world, TextEnv):
            raise ValueError(f"envs.{name}: {env_id} is not a scoutgym world")
        made, engine = world.world, dict(world.world.engine)
        arm = cls(name, made.spec.id, dict(world.params), made.counts["train"], engine)
        env.close()
        return arm

    def task(self, split: str, index: int) -> Task:
        """Task ``index`` of a split."""
        return Task(self.env_id, split, index, self.params)

    def world(self) -> World[Any]:
        """Its rules."""
        return world_for(WORLDS[self.env_id], self.params)

    @property
    def has_expert(self) -> bool:
        """Whether its world has an expert, to demonstrate and to be compared with."""
        return WORLDS[self.env_id].spec.expert is not None

    @property
    def has_solver(self) -> bool:
        """Whether its world can tell, with the answer in hand, what succeeds."""
        return WORLDS[self.env_id].solver is not World.solver

    @property
    def roles(self) -> Sequence[str]:
        """Who acts in its world."""
        return WORLDS[self.env_id].spec.roles

    def numbers(self, task: Task) -> dict[str, float]:
        """The numeric parameters of a task's world, all of them."""
        dump = world_for(WORLDS[self.env_id], task.params).params.model_dump(mode="json")
        return {name: float(value) for name, value in dump.items() if isinstance(value, (bool, int, float))}

    def varied(self, task: Task, params: Mapping[str, Any]) -> Task:
        """The task with some parameters replaced.

        Raises:
            ValueError: the world does not have them, or not together.
        """
        return replace(task, params=world_for(WORLDS[self.env_id], {**task.params, **params}).given)

    def opening(self, task: Task) -> str:
        """What an agent reads first."""
        session = Session(world_for(WORLDS[self.env_id], task.params))
        try:
            return session.begin(task)
        finally:
            session.close()

    def resumed(self, task: Task, history: Sequence[str], luck: int) -> Task:
        """The task after these actions, or after as many of them as do not end the episode under this luck."""
        session = Session(world_for(WORLDS[self.env_id], task.params))
        session.begin(replace(task, history=()), luck)
        kept = 0
        for action in history:
            session.act(action)
            if session.over:
                break
            kept += 1
        session.close()
        return replace(task, history=tuple(history[:kept]))


def maker(arms: Iterable[Arm]) -> Callable[..., gymnasium.Env[Any, Any]]:
    """`gymnasium.make`, with the engines that the arms name.

    Raises:
        ValueError: two arms of one world name different engines.
    """
    engines: dict[str, Mapping[str, Any]] = {}
    for arm in arms:
        if engines.setdefault(arm.env_id, arm.engine) != arm.engine:
            raise ValueError(
                f"two groups of {arm.env_id} are to be played by different engines, {dict(engines[arm.env_id])} and "
                f"{dict(arm.engine)}: give them the same"
            )
    return lambda env_id, **options: gymnasium.make(env_id, **{**engines.get(env_id, NOTHING), **options})
