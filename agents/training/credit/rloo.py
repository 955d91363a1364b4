"""RLOO: REINFORCE with the mean of the others as baseline (Kool et al. 2019; Ahmadian et al. 2024, arXiv 2402.14740).

::

    A_i = R_i - 1/(G - 1) sum_{j != i} R_j        the same for every turn of episode i

The baseline does not hold the episode's own return, so the gradient is unbiased for any G >= 2. LOOP (Chen et al. 2025,
arXiv 2502.01600) is this advantage under PPO's clipped objective.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import by_episode
from scoutgym.types import Group


class RLOO(Credit):
    """Advantages of every turn; None for a group of equal returns."""

    name = "rloo"

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        return by_episode(groups, ctx.gamma, leave_one_out)


def leave_one_out(returns: Sequence[float]) -> list[float]:
    """Each of two or more values less the mean of the others."""
    total, others = sum(returns), len(returns) - 1
    return [R - (total - R) / others for R in returns]
