"""Guards: how a judge's verdict becomes a reward where the world knows whether the task was done.

With v the verdict in [0, 1], y the world's success in [0, 1] and t the iteration::

    none                R = v
    success_gated       R = y + y v                          (Posterior-GRPO, 2025)
    trust_weighted      R = y + alpha g exp(-t / horizon) v  (Trust-GRPO: SophiaVL-R1, 2025)
                        g = 1 if m_1 >= m_0 else exp(m_1 - m_0), with m_1 and m_0 the mean verdicts on the members
                        of the group that succeeded (y >= 1/2) and that did not; 1 where one of them is empty
    verifier_dominant   R = sigmoid(alpha v) + (y - 1)       (Qwen2.5-Math: Yang et al. 2024, arXiv 2409.12122)

Gated, a failure earns nothing by looking good; dominated, it never earns as much as a success; weighted, a judge that
prefers failures is believed less, and all judges less and less. For judges whose truth is not known see
`scoutgym.wrappers.judges.panel.Ensemble`, which needs none.

Guards after each other (`Chain`) read v as the one before them has left it: v_k+1 = R_k, and the last R pays.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from scoutgym.types import Group


class Guard(ABC):
    """See the module's docstring."""

    def rewards(self, group: Group, verdicts: Sequence[float], step: int) -> list[float]:
        """R of each member.

        Args:
            group: of one task.
            verdicts: v of each member.
            step: the iteration, from 1.

        Raises:
            ValueError: the world does not know whether the task was done.
        """
        truth = []
        for episode in group.episodes:
            if episode.success is None:
                raise ValueError(
                    f"{type(self).__name__} needs worlds that know success, and {group.task.env_id} does not: "
                    "choose the guard none, or a judge of several (ensemble)"
                )
            truth.append(float(episode.success))
        return self.guarded(truth, verdicts, step)

    @abstractmethod
    def guarded(self, truth: Sequence[float], verdicts: Sequence[float], step: int) -> list[float]:
        """R from y and v."""


class Unguarded(Guard):
    """R = v: the judge alone."""

    def rewards(self, group: Group, verdicts: Sequence[float], step: int) -> list[float]:
        """The verdicts; whether the world knows better does not matter."""
        return list(verdicts)

    def guarded(self, truth: Sequence[float], verdicts: Sequence[float], step: int) -> list[float]:
        """The verdicts."""
        return list(verdicts)


class SuccessGated(Guard):
    """R = y + y v."""

    def guarded(self, truth: Sequence[float], verdicts: Sequence[float], step: int) -> list[float]:
        """A failure earns nothing."""
        return [y + y * v for y, v in zip(truth, verdicts, strict=True)]


@dataclass(frozen=True)
class TrustWeighted(Guard):
    """R = y + alpha g exp(-t / horizon) v."""

    alpha: float = 0.3
    horizon: float = 100.0
    """Iterations in which the judge's weight falls to 1/e."""

    def __post_init__(self) -> None:
        if not (self.alpha > 0 and self.horizon > 0):
            raise ValueError(f"alpha={self.alpha} and horizon={self.horizon} must be above 0")

    def trust(self, truth: Sequence[float], verdicts: Sequence[float]) -> float:
        """The weight g of a group."""
        won = [v for y, v in zip(truth, verdicts, strict=True) if y >= 0.5]
        lost = [v for y, v in zip(truth, verdicts, strict=True) if y < 0.5]
        return min(1.0, math.exp(fmean(won) - fmean(lost))) if won and lost else 1.0

    def guarded(self, truth: Sequence[float], verdicts: Sequence[float], step: int) -> list[float]:
        """The judge counts for less where it prefers failures, and later."""
        weight = self.alpha * self.trust(truth, verdicts) * math.exp(-step / self.horizon)
        return [y + weight * v for y, v in zip(truth, verdicts, strict=True)]


@dataclass(frozen=True)
class VerifierDominant(Guard):
    """R = sigmoid(alpha v) + (y - 1)."""

    alpha: float = 1.0

    def __post_init__(self) -> None:
        if not self.alpha > 0:
            raise ValueError(f"alpha={self.alpha} must be above 0")

    def guarded(self, truth: Sequence[float], verdicts: Sequence[float], step: int) -> list[float]:
        """Each success is above each failure."""
        return [1 / (1 + math.exp(-self.alpha * v)) + y - 1 for y, v in zip(truth, verdicts, strict=True)]


class Chain(Guard):
    """One guard after the other: the worth that one gives is the verdict that the next one reads.

    Args:
        guards: in their order.

    Raises:
        ValueError: there are none.
    """

    def __init__(self, guards: Sequence[Guard]) -> None:
        if not guards:
            raise ValueError("a list of guards names at least one; the guard that does nothing is none")
        self.guards = guards

    def guarded(self, truth: Sequence[float], verdicts: Sequence[float], step: int) -> list[float]:
        """What is left after the last one."""
        worth = list(verdicts)
        for guard in self.guards:
            worth = guard.guarded(truth, worth, step)
        return worth


GUARDS: dict[str, type[Guard]] = {
    "none": Unguarded,
    "success_gated": SuccessGated,
    "trust_weighted": TrustWeighted,
    "verifier_dominant": VerifierDominant,
}
