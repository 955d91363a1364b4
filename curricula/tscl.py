"""TSCL: teacher-student curriculum learning (Matiisen et al. 2017, arXiv 1707.00183): where the score moves, up or
down.

The teacher prefers the arm on which the student's score ``x`` changes fastest. The slope is learned

* ``online``, from one visit to the next: ``Q <- alpha (x_t - x_t') + (1 - alpha) Q``, with ``t'`` the visit before;
* over a ``window``: by least squares on the arm's last ``window`` pairs of step and score.

The choice is by the slope's *size*: by a softmax of temperature ``tau``, or greedy but for a share ``epsilon``. A
negative slope is an arm that is being forgotten: its size brings the student back to it.

The score is the mean return of the arm's groups in a step, over the arm's `Scale`. An arm with fewer than two scores
has no slope, and is tried first.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from statistics import fmean, linear_regression
from typing import Any, Literal

from scoutgym.curricula.core import Arm, ArmCurriculum, GroupStats
from scoutgym.curricula.pick import greedy, softmax
from scoutgym.curricula.scale import Scale


class TSCL(ArmCurriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        slope: ``online`` or ``window``.
        choice: ``boltzmann`` or ``greedy``.
        window: scores of an arm that its slope is fitted to.
        alpha: how fast an online slope forgets.
        epsilon: share of greedy draws that are uniform.
        tau: temperature of the softmax, in score a step.

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        seed: int,
        slope: Literal["online", "window"] = "online",
        choice: Literal["boltzmann", "greedy"] = "boltzmann",
        window: int = 10,
        alpha: float = 0.1,
        epsilon: float = 0.1,
        tau: float = 0.02,
    ) -> None:
        super().__init__(arms, seed)
        if slope not in ("window", "online") or choice not in ("greedy", "boltzmann"):
            raise ValueError(
                "tscl takes slope='online' or 'window' and choice='boltzmann' or 'greedy', not "
                f"{slope!r} and {choice!r}"
            )
        if window < 2 or not 0 < alpha <= 1 or not 0 <= epsilon <= 1 or tau <= 0:
            raise ValueError(
                "tscl needs window >= 2, 0 < alpha <= 1, 0 <= epsilon <= 1 and tau > 0, not "
                f"window={window}, alpha={alpha:g}, epsilon={epsilon:g} and tau={tau:g}"
            )
        self.slope, self.choice, self.window = slope, choice, window
        self.alpha, self.epsilon, self.tau = alpha, epsilon, tau
        self.step = 0
        self.scores: dict[str, deque[tuple[int, float]]] = {arm.name: deque(maxlen=window) for arm in arms}
        """Step and score of each arm's last visits."""
        self.values = {arm.name: 0.0 for arm in arms}
        self.scale = Scale()

    def probabilities(self) -> list[float]:
        """By the size of the slope."""
        sizes = [abs(self.values[arm.name]) for arm in self.arms]
        new = [len(self.scores[arm.name]) < 2 for arm in self.arms]
        if any(new):
            return greedy([math.inf if is_new else size for is_new, size in zip(new, sizes, strict=True)])
        if self.choice == "boltzmann":
            return softmax(sizes, self.tau)
        return [self.epsilon / len(sizes) + (1 - self.epsilon) * share for share in greedy(sizes)]

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """One more score for each arm that is among the groups."""
        self.step += 1
        self.scale.observe(groups)
        heard: dict[str, list[float]] = defaultdict(list)
        for group in groups:
            heard[group.arm].append(group.mean_return)
        for arm, returns in heard.items():
            score, scores = fmean(returns) / self.scale[arm], self.scores[arm]
            if self.slope == "online" and scores:
                self.values[arm] += self.alpha * (score - scores[-1][1] - self.values[arm])
            scores.append((self.step, score))
            if self.slope == "window" and len(scores) > 1:
                self.values[arm] = linear_regression(*zip(*scores, strict=True)).slope

    def metrics(self) -> dict[str, float]:
        """Probabilities and slopes, for the log."""
        return super().metrics() | {f"curriculum/slope/{name}": value for name, value in self.values.items()}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        scores = {arm: list(visits) for arm, visits in self.scores.items()}
        own = {"step": self.step, "scores": scores, "values": dict(self.values)}
        return super().state_dict() | own | self.scale.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        self.step = int(state["step"])
        for arm, visits in self.scores.items():
            visits.clear()
            visits.extend((int(step), float(score)) for step, score in state["scores"][arm])
        self.values = {arm.name: float(state["values"][arm.name]) for arm in self.arms}
        self.scale.load_state_dict(state)
