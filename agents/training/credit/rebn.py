"""ReBN: return batch normalisation (Liu et al. 2025, GEM, arXiv 2510.01051, section 3).

Every turn is credited with its own discounted return-to-go, normalised over all turns of the whole batch::

    A_t = (G_t - mean_B(G)) / (std_B(G) + eps)

``std`` is the population deviation. It needs no groups and no critic, and with gamma below 1 an early success is worth
more. The mean is one for all tasks of a batch: where tasks differ much in difficulty, easy ones look good and hard ones
bad whatever the policy does, which adds noise but no bias.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import dealt, returns_to_go, whitened, zero_variance
from scoutgym.types import Group


class ReBN(Credit):
    """Advantages of every turn; where all returns are equal they are 0."""

    name = "rebn"

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        every = [G for group in groups for episode in group.episodes for G in returns_to_go(episode, ctx.gamma)]
        return Credited(dealt(groups, whitened(every)), zero_variance(groups, ctx.gamma))
