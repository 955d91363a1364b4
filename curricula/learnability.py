"""Learnability p(1 - p): sampling for learnability, SFL (Rutherford et al. 2024, arXiv 2408.15099).

A task that succeeds with probability p has learnability p(1 - p), the variance of its success: nothing where it always
or never succeeds. With probability ``replay`` the next task is a uniform one of the ``levels`` tasks of the highest
learnability, else it is a fresh task of a uniform arm. p is the mean success of a group of ``n``, and the estimate ::

    n / (n - 1) p (1 - p)

is unbiased.

Where we differ: the paper scores thousands of fresh tasks, every fifty updates, by episodes that teach nothing. As
episodes are the cost here, we score the groups that training plays anyway, and remember the last ``window`` tasks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nlargest
from statistics import variance
from typing import Any

from scoutgym.curricula.core import Arm, Curriculum, GroupStats
from scoutgym.envs.chance import Chance
from scoutgym.types import Task


def learnability(successes: Sequence[float]) -> float:
    """The unbiased variance of success; 0 for a single episode."""
    return variance(successes) if len(successes) > 1 else 0.0


class Learnability(Curriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        levels: how many tasks are replayed.
        replay: share of draws that replay one.
        window: how many tasks are remembered, those heard of last.

    Raises:
        ValueError: not ``1 <= levels <= window``, or ``replay`` is not in [0, 1].
    """

    def __init__(
        self, arms: Sequence[Arm], seed: int, levels: int = 64, replay: float = 0.5, window: int = 512
    ) -> None:
        super().__init__(arms, seed)
        if not 1 <= levels <= window or not 0 <= replay <= 1:
            raise ValueError(
                f"learnability needs 1 <= levels <= window and 0 <= replay <= 1, not levels={levels}, window={window} "
                f"and replay={replay:g}"
            )
        self.levels, self.replay, self.window = levels, replay, window
        self.seen: dict[str, tuple[str, Task, float]] = {}
        """Arm, task and learnability by the task's hash, the latest last."""
        self.best: list[tuple[str, Task, float]] = []

    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """One of the best, or a fresh task."""
        if self.best and chance.random() < self.replay:
            arm, task, _ = chance.choice(self.best)
            return self.named[arm], task
        return self.fresh(chance)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Score the tasks, and choose the best anew."""
        for group in groups:
            self.seen.pop(group.task.hash, None)
            self.seen[group.task.hash] = group.arm, group.task, learnability(group.successes)
        for old in list(self.seen)[: -self.window]:
            del self.seen[old]
        self._choose()

    def _choose(self) -> None:
        self.best = nlargest(self.levels, (level for level in self.seen.values() if level[2] > 0), key=lambda x: x[2])

    def probabilities(self) -> list[float]:
        """The share of an arm among the best, and its share of the fresh tasks."""
        replay = self.replay if self.best else 0.0
        counts = Counter(arm for arm, _, _ in self.best)
        shares = [counts[arm.name] / max(1, len(self.best)) for arm in self.arms]
        return [replay * share + (1 - replay) / len(self.arms) for share in shares]

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        seen = [[arm, task.to_json(), score] for arm, task, score in self.seen.values()]
        return super().state_dict() | {"seen": seen}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        levels = [(str(arm), Task.from_json(task), float(score)) for arm, task, score in state["seen"]]
        self.seen = {level[1].hash: level for level in levels}
        self._choose()
