"""REINFORCE (Williams 1992): every turn is credited with its own discounted return-to-go.

::

    A_t = G_t - b,    G_t = sum_{k >= t} gamma^(k - t) r_k

``b`` is a constant that is not learned; 0 is the plain estimator. Nothing is normalised.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import returns_to_go, zero_variance
from scoutgym.types import Group


class REINFORCE(Credit):
    """Advantages of every turn.

    Args:
        baseline: ``b``.
    """

    name = "reinforce"

    def __init__(self, baseline: float = 0.0) -> None:
        self.baseline = baseline

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        turns: list[list[list[float]] | None] = [
            [[G - self.baseline for G in returns_to_go(episode, ctx.gamma)] for episode in group.episodes]
            for group in groups
        ]
        return Credited(turns, zero_variance(groups, ctx.gamma))
