"""Dr.GRPO: GRPO without the division by the group's deviation (Liu et al. 2025, arXiv 2503.20783).

::

    A_i = R_i - mean(R)        the same for every turn of episode i

Divided by the deviation, a question that is nearly always or nearly never answered weighs more than one in between;
without it all weigh as their returns do. Times G / (G - 1) it is RLOO. The paper's other half, a loss divided by a
constant instead of each answer's length, is the objective's.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import by_episode
from scoutgym.types import Group


class DrGRPO(Credit):
    """Advantages of every turn; None for a group of equal returns."""

    name = "dr_grpo"

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        return by_episode(groups, ctx.gamma, _centred)


def _centred(returns: Sequence[float]) -> list[float]:
    mean = statistics.fmean(returns)
    return [R - mean for R in returns]
