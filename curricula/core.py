"""The contract of a curriculum: it proposes the next task, and is told what became of it.

A curriculum chooses among **arms**, the groups of environments that a run trains on, and within an arm a task of the
training split. It sees nothing but the groups of episodes that it caused itself: `Curriculum.observe` refuses a group
of any other split (feeding evaluation there leaks the test set into training, as published code has done).

To add one, write a file with one subclass, of `ArmCurriculum` where it weighs arms, of `Curriculum` where it makes its
own tasks, and name it in ``KNOWN``.
"""

from __future__ import annotations

import importlib
import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.curricula.arms import Arm
from scoutgym.curricula.groups import GroupStats
from scoutgym.curricula.pick import pick
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import NOTHING
from scoutgym.envs.tasks import nearest
from scoutgym.types import Task, digest

__all__ = ["KNOWN", "Arm", "ArmCurriculum", "Curriculum", "GroupStats", "make_curriculum"]

KNOWN = {
    "uniform": "uniform:Uniform",
    "sec": "sec:SEC",
    "dump": "dump:DUMP",
    "paprika": "paprika:Paprika",
    "learnability": "learnability:Learnability",
    "pcl": "pcl:PCL",
    "plr": "plr:PLR",
    "tscl": "tscl:TSCL",
    "alp-gmm": "alp_gmm:ALPGMM",
    "exit": "exit:ExIt",
    "ladder": "ladder:Ladder",
}
"""Every curriculum by its name in a configuration."""


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
        self.named = {arm.name: arm for arm in arms}
        self.drawn = 0
        self._key = digest("curriculum", seed)

    def sample(self) -> tuple[str, Task]:
        """The next arm's name, and a task of its training split.

        Every draw is a group of its own even where the task is not new: play it under the luck ``drawn``.
        """
        chance = Chance(self._key, self.drawn)
        self.drawn += 1
        arm, task = self.draw(chance)
        return arm.name, task

    @property
    def midway(self) -> bool:
        """Whether it draws tasks that begin in the middle."""
        return False

    @abstractmethod
    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """The next arm and task; ``chance`` is the luck of this draw."""

    def observe(self, groups: Sequence[GroupStats]) -> None:
        """Learn from the groups of one training step.

        Raises:
            ValueError: a group is of another split than train, or of an arm that there is not; nothing was learned.
        """
        for group in groups:
            if group.task.split != "train":
                raise ValueError(
                    f"a curriculum learns from training tasks alone, and this group of {group.arm} is of the split "
                    f"{group.task.split!r}: do not feed it evaluation"
                )
            if group.arm not in self.named:
                raise ValueError(f"there is no arm {group.arm!r}{nearest(group.arm, self.named)}")
        if groups:
            self.learn(groups)

    @abstractmethod
    def learn(self, groups: Sequence[GroupStats]) -> None:
        """`observe`, on groups that are as they should be; at least one."""

    def probabilities(self) -> list[float] | None:
        """The chance of each arm to be next, in the order of ``arms``; None where it has no closed form."""
        return None

    def metrics(self) -> dict[str, float]:
        """For the log: the probabilities, where there are any."""
        shares = self.probabilities()
        if shares is None:
            return {}
        return {f"curriculum/p/{arm.name}": share for arm, share in zip(self.arms, shares, strict=True)}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        return {"drawn": self.drawn}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        self.drawn = int(state["drawn"])

    def fresh(self, chance: Chance, arm: Arm | None = None) -> tuple[Arm, Task]:
        """A uniform task of the training split, of this arm or of a uniform one."""
        arm = arm or chance.choice(self.arms)
        return arm, arm.task("train", chance.below(arm.count))


class ArmCurriculum(Curriculum):
    """Draws an arm by its probability, and a fresh task of it."""

    @abstractmethod
    def probabilities(self) -> list[float]:
        """The chance of each arm to be next, in the order of ``arms``."""

    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """See the class."""
        return self.fresh(chance, self.arms[pick(self.probabilities(), chance)])


def make_curriculum(name: str, arms: Sequence[Arm], seed: int, options: Mapping[str, Any] = NOTHING) -> Curriculum:
    """A curriculum by its name.

    Raises:
        ValueError: there is none of this name, it has no such option, or an option's value is wrong.
    """
    if name not in KNOWN:
        raise ValueError(f"unknown curriculum {name!r}{nearest(name, KNOWN)}; there are {', '.join(KNOWN)}")
    module, _, kind = KNOWN[name].partition(":")
    make: type[Curriculum] = getattr(importlib.import_module(f"scoutgym.curricula.{module}"), kind)
    known = list(inspect.signature(make).parameters)[2:]
    for option in options:
        if option not in known:
            has = f"it takes {', '.join(known)}" if known else "it takes none"
            raise ValueError(f"the curriculum {name!r} has no option {option!r}{nearest(option, known)}; {has}")
    try:
        return make(arms, seed, **options)
    except TypeError as error:
        raise ValueError(f"the curriculum {name!r} cannot use {dict(options)}: {error}") from None
