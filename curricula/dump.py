"""DUMP (Wang et al. 2025, arXiv 2504.09710): an upper confidence bound on how much an arm teaches, and a softmax of it.

::

    score(d) = mean |A| over the last ``window`` episodes of d + sqrt(2 ln(N + 1) / (n_d + 1))
    P(d) proportional to exp(score(d) / tau)

``n_d`` counts all episodes of an arm, ``N`` those of all arms. The score follows the policy through the window; the
second term, which falls as an arm is seen, keeps arms that have not been tried for long from being forgotten.

Where we differ from the released code, and why:

* evaluation never gets here: the code updates the sampler from validation too, with the raw reward for an advantage,
  which leaks the test set into the curriculum and prefers arms that are solved (`Curriculum.observe` refuses it);
* ``|A|`` is abs(R - group mean) over the arm's `Scale`, as in `SEC`, not divided by the group's deviation.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from scoutgym.curricula.core import Arm, ArmCurriculum, GroupStats
from scoutgym.curricula.pick import softmax
from scoutgym.curricula.scale import Scale


class DUMP(ArmCurriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        window: how many episodes of an arm are remembered.
        tau: temperature of the softmax.

    Raises:
        ValueError: ``window`` is below 1, or ``tau`` not positive.
    """

    def __init__(self, arms: Sequence[Arm], seed: int, window: int = 300, tau: float = 0.1) -> None:
        super().__init__(arms, seed)
        if window < 1 or tau <= 0:
            raise ValueError(f"dump needs window >= 1 and tau > 0, not window={window} and tau={tau:g}")
        self.window, self.tau = window, tau
        self.heard: dict[str, deque[float]] = {arm.name: deque(maxlen=window) for arm in arms}
        """abs(R - group mean) of the last episodes of each arm."""
        self.counts = {arm.name: 0 for arm in arms}
        self.scale = Scale()

    def scores(self) -> list[float]:
        """The upper confidence bound of each arm."""
        total = math.log(sum(self.counts.values()) + 1)
        scores = []
        for arm in self.arms:
            heard = self.heard[arm.name]
            mean = fmean(heard) / self.scale[arm.name] if heard else 0.0
            scores.append(mean + math.sqrt(2 * total / (self.counts[arm.name] + 1)))
        return scores

    def probabilities(self) -> list[float]:
        """The softmax of the scores."""
        return softmax(self.scores(), self.tau)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Remember what each episode's advantage was."""
        self.scale.observe(groups)
        for group in groups:
            mean = group.mean_return
            self.heard[group.arm].extend(abs(value - mean) for value in group.returns)
            self.counts[group.arm] += len(group.returns)

    def metrics(self) -> dict[str, float]:
        """Probabilities and scores, for the log."""
        scores = zip(self.arms, self.scores(), strict=True)
        return super().metrics() | {f"curriculum/ucb/{arm.name}": score for arm, score in scores}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        heard = {arm: list(values) for arm, values in self.heard.items()}
        return super().state_dict() | {"heard": heard, "counts": dict(self.counts)} | self.scale.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        self.heard = {arm.name: deque(state["heard"][arm.name], maxlen=self.window) for arm in self.arms}
        self.counts = {arm.name: int(state["counts"][arm.name]) for arm in self.arms}
        self.scale.load_state_dict(state)
