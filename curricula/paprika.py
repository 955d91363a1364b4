"""PAPRIKA's curriculum (Tajwar et al. 2025, arXiv 2502.17543): UCB on how much the tries at one task vary.

The learning potential of a task is the coefficient of variation of ``n`` tries at it, with the small-sample factor of
the authors' notebook, and the arm of the largest upper confidence bound is next::

    nu = (1 + 1 / (4n)) s / m                       s with n - 1
    k  = argmax  mean nu_k + alpha sqrt(2 ln(sum n) / n_k),     an arm that was never tried first

s and m are of the **turns** that a try took, as in the notebook, and not of its return: a return's mean is near 0
where an arm is hopeless or where penalties cancel rewards, and nu is then without bound or negative. Turns are at least
1, so nu is bounded. A failure counts as one turn more than there are (the notebook: as all turns), so that it differs
from a success on the last turn; a partial success stands in between.

Where we differ otherwise: a step draws many groups before it hears of any, so a draw counts from when it is made, or
the whole step would go to one arm. The means are over all time, as published: the curriculum is slow to notice that an
arm has been learned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from scoutgym.curricula.core import Arm, ArmCurriculum, GroupStats
from scoutgym.curricula.pick import greedy
from scoutgym.envs.chance import Chance
from scoutgym.types import Task


def learning_potential(group: GroupStats) -> float:
    """``nu`` of a group; 0 for a single try."""
    n = len(group.successes)
    if n < 2:
        return 0.0
    failed = group.max_turns + 1
    costs = [
        success * len(actions) + (1 - success) * failed
        for success, actions in zip(group.successes, group.actions, strict=True)
    ]
    return (1 + 1 / (4 * n)) * stdev(costs) / fmean(costs)


class Paprika(ArmCurriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        alpha: weight of the confidence term.

    Raises:
        ValueError: ``alpha`` is negative.
    """

    def __init__(self, arms: Sequence[Arm], seed: int, alpha: float = 1.0) -> None:
        super().__init__(arms, seed)
        if alpha < 0:
            raise ValueError(f"paprika needs alpha >= 0, not alpha={alpha:g}")
        self.alpha = alpha
        self.sums = {arm.name: 0.0 for arm in arms}
        self.counts = {arm.name: 0 for arm in arms}
        self.waiting = {arm.name: 0 for arm in arms}
        """Draws that nothing was heard of yet."""

    def scores(self) -> list[float]:
        """The upper confidence bound of each arm; infinite where it was never drawn."""
        total = sum(self.counts.values()) + sum(self.waiting.values())
        scores = []
        for arm in self.arms:
            heard = self.counts[arm.name]
            drawn = heard + self.waiting[arm.name]
            mean = self.sums[arm.name] / heard if heard else 0.0
            scores.append(mean + self.alpha * math.sqrt(2 * math.log(total) / drawn) if drawn else math.inf)
        return scores

    def probabilities(self) -> list[float]:
        """All on the largest score."""
        return greedy(self.scores())

    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """A fresh task of the arm with the largest score."""
        arm, task = super().draw(chance)
        self.waiting[arm.name] += 1
        return arm, task

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Add to the means. What was drawn and is not among the groups broke, and will not be heard of."""
        self.waiting = {arm.name: 0 for arm in self.arms}
        for group in groups:
            self.sums[group.arm] += learning_potential(group)
            self.counts[group.arm] += 1

    def metrics(self) -> dict[str, float]:
        """Mean learning potentials, for the log."""
        return {f"curriculum/nu/{arm}": self.sums[arm] / max(1, count) for arm, count in self.counts.items()}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        own = {"sums": dict(self.sums), "counts": dict(self.counts), "waiting": dict(self.waiting)}
        return super().state_dict() | own

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        self.sums = {arm.name: float(state["sums"][arm.name]) for arm in self.arms}
        self.counts = {arm.name: int(state["counts"][arm.name]) for arm in self.arms}
        self.waiting = {arm.name: int(state["waiting"][arm.name]) for arm in self.arms}
