"""The contract of a curriculum: it proposes the next task, and is told what became of it.

A curriculum chooses among **arms**, the groups of environments that a run trains on; within an arm it takes a fresh
task of the training split. It sees nothing but the groups of episodes that it caused itself: evaluation never reaches
`Curriculum.observe` (feeding it there leaks the test set into training, as published code has done).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import gymnasium

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import World
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.tasks import nearest
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task, digest


@dataclass(frozen=True)
class Arm:
    """What a curriculum can choose: the tasks of one environment.

    Args:
        name: of the group, as the run's configuration calls it.
        env_id: the world's id without a preset.
        params: the parameters that differ from the world's own.
        count: tasks in the training split.
    """

    name: str
    env_id: str
    params: Mapping[str, Any]
    count: int

    @classmethod
    def of(cls, name: str, env_id: str, params: Mapping[str, Any]) -> Arm:
        """The arm of a registered id (a preset, or ``module:id``) and further parameters.

        Raises:
            gymnasium.error.Error, ValueError: there is no such id or parameter.
        """
        env = gymnasium.make(env_id, **params)
        world = env.unwrapped
        if not isinstance(world, TextEnv):
            raise ValueError(f"envs.{name}: {env_id} is not a scoutgym world")
        arm = cls(name, world.world.spec.id, dict(world.params), world.world.counts["train"])
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


@dataclass(frozen=True)
class GroupStats:
    """What became of one group: several episodes of one task under one luck.

    Args:
        arm: whose task it was.
        returns: one a episode, as the trainer credits them.
    """

    arm: str
    returns: Sequence[float]

    @property
    def signal(self) -> float:
        """How much the group teaches: the mean of abs(R_i - mean R), the advantage before any scaling.

        For a return of 0 or 1 it is 2p(1 - p): largest at p = 1/2, nothing where all fail or all succeed. Scaled
        advantages will not do: divided by the group's deviation, a group that differs by one invalid action counts as
        much as one that differs by success; normalised over a batch, a hopeless arm has a large advantage for ever.
        """
        mean = fmean(self.returns)
        return fmean(abs(value - mean) for value in self.returns)


class Curriculum(ABC):
    """Chooses tasks. All its luck is keyed by its seed and the number of draws so far.

    Args:
        arms: what there is to choose from.
        seed: of the choices.

    Raises:
        ValueError: there are no arms, or two have the same name.
    """

    def __init__(self, arms: Sequence[Arm], seed: int) -> None:
        if not arms or len({arm.name for arm in arms}) != len(arms):
            raise ValueError("a curriculum needs at least one arm, and each arm a name of its own")
        self.arms = list(arms)
        self.drawn = 0
        self._key = digest("curriculum", seed)

    @abstractmethod
    def probabilities(self) -> list[float]:
        """The chance of each arm to be next, in the order of ``arms``."""

    @abstractmethod
    def observe(self, groups: Sequence[GroupStats]) -> None:
        """Learn from the groups of one training step."""

    def sample(self) -> tuple[str, Task]:
        """The next arm's name, and a task of its training split."""
        chance = Chance(self._key, self.drawn)
        self.drawn += 1
        mark = chance.random()
        for arm, share in zip(self.arms, self.probabilities(), strict=True):  # noqa: B007 (the last one is meant)
            mark -= share
            if mark < 0:
                break
        return arm.name, arm.task("train", chance.below(arm.count))

    def metrics(self) -> dict[str, float]:
        """The probabilities, for the log."""
        return {f"curriculum/p/{arm.name}": p for arm, p in zip(self.arms, self.probabilities(), strict=True)}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        return {"drawn": self.drawn}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        self.drawn = int(state["drawn"])


def make_curriculum(name: str, arms: Sequence[Arm], seed: int, options: Mapping[str, Any]) -> Curriculum:
    """A curriculum by its name.

    Raises:
        ValueError: there is none of this name, or it has no such option.
    """
    from scoutgym.curricula.sec import SEC
    from scoutgym.curricula.uniform import Uniform

    known: dict[str, type[Curriculum]] = {"uniform": Uniform, "sec": SEC}
    if name not in known:
        raise ValueError(f"unknown curriculum {name!r}{nearest(name, known)}; there are {', '.join(known)}")
    try:
        return known[name](arms, seed, **options)
    except TypeError:
        raise ValueError(f"the curriculum {name!r} does not take the options {', '.join(options)}") from None
