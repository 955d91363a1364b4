"""SEC: the self-evolving curriculum (Chen et al. 2025, arXiv 2505.14970), a bandit over arms that do not stand still.

The value of an arm is a moving average of how much its groups taught, and arms are drawn by a softmax of the values::

    Q_c <- (1 - alpha) Q_c + alpha r_c        TD(0), once a training step
    P(c) = exp(Q_c / tau) / sum_k exp(Q_k / tau)

Where we differ from the released code, and why:

* only arms that were sampled in a step are updated, as in the paper; the code pulls all others towards 0;
* ``r_c`` is the mean of abs(R - group mean) over the arm's episodes, *before* it is divided by a deviation
  (`GroupStats.signal` says why). Instead it is divided by the arm's `Scale`: it lies between 0 and 1/2 where the
  paper's lies between 0 and 1: halve its tau.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from scoutgym.curricula.core import Arm, ArmCurriculum, GroupStats
from scoutgym.curricula.pick import softmax
from scoutgym.curricula.scale import Scale


class SEC(ArmCurriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        alpha: how fast old values are forgotten.
        tau: temperature of the softmax.

    Raises:
        ValueError: ``alpha`` is not in (0, 1], or ``tau`` not positive.
    """

    def __init__(self, arms: Sequence[Arm], seed: int, alpha: float = 0.5, tau: float = 0.2) -> None:
        super().__init__(arms, seed)
        if not 0 < alpha <= 1 or tau <= 0:
            raise ValueError(f"sec needs 0 < alpha <= 1 and tau > 0, not alpha={alpha:g} and tau={tau:g}")
        self.alpha, self.tau = alpha, tau
        self.values = {arm.name: 0.0 for arm in arms}
        self.scale = Scale()

    def probabilities(self) -> list[float]:
        """The softmax of the values."""
        return softmax([self.values[arm.name] for arm in self.arms], self.tau)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """One TD(0) step for each arm that is among the groups."""
        self.scale.observe(groups)
        signals: dict[str, list[float]] = defaultdict(list)
        for group in groups:
            signals[group.arm].append(group.signal)
        for arm, heard in signals.items():
            self.values[arm] += self.alpha * (fmean(heard) / self.scale[arm] - self.values[arm])

    def metrics(self) -> dict[str, float]:
        """Probabilities and values, for the log."""
        return super().metrics() | {f"curriculum/q/{name}": value for name, value in self.values.items()}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        return super().state_dict() | {"values": dict(self.values)} | self.scale.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        self.values = {arm.name: float(state["values"][arm.name]) for arm in self.arms}
        self.scale.load_state_dict(state)
