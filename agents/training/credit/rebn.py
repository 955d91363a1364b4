"""ReBN: return batch normalisation (Liu et al. 2025, GEM, arXiv 2510.01051, section 3).

Every turn is credited with its own discounted return-to-go, normalised over all turns of the whole batch::

    A_t = (G_t - mean_B(G)) / (std_B(G) + eps)

``std`` is the population deviation. It needs no groups and no critic, and with gamma below 1 an early success is worth
more. The mean is one for all tasks of a batch: where tasks differ much in difficulty, easy ones look good and hard ones
bad whatever the policy does, which adds noise but no bias.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Credited, returns_to_go, zero_variance
from scoutgym.types import Group

EPS = 1e-9


def rebn(groups: Sequence[Group], gamma: float) -> Credited:
    """Advantages of every turn; where all returns are equal they are 0."""
    returns = [[returns_to_go(episode, gamma) for episode in group.episodes] for group in groups]
    every = [G for group in returns for episode in group for G in episode]
    mean = statistics.fmean(every)
    spread = statistics.pstdev(every, mean) + EPS
    turns: list[list[list[float]] | None] = [
        [[(G - mean) / spread for G in episode] for episode in group] for group in returns
    ]
    return Credited(turns, {"credit/zero_variance": zero_variance(groups, gamma)})
