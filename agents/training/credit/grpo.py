"""GRPO: group-normalised advantage (Shao et al. 2024, arXiv 2402.03300, section 4.1.2).

All episodes of a group have the same task and the same luck; each is compared with its siblings::

    A_i = (R_i - mean(R)) / (std(R) + eps)        the same for every turn of episode i

``R_i`` is the return of the whole episode and ``std`` the sample deviation (n - 1). The mean is over episodes, never
over rows or tokens, so that a long episode counts once. A group of one, or whose returns are all equal, has no
direction: it is left out of the gradient and of the normaliser, and the rate is reported (DAPO, Yu et al. 2025, draws
it again).
"""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import by_episode, normalised
from scoutgym.types import Group


class GRPO(Credit):
    """Advantages of every turn; None for a group of equal returns."""

    name = "grpo"

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        return by_episode(groups, ctx.gamma, normalised)
