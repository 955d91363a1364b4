"""GRPO: group-normalised advantage (Shao et al. 2024, arXiv 2402.03300, section 4.1.2).

All episodes of a group have the same task and the same luck; each is compared with its siblings::

    A_i = (R_i - mean(R)) / (std(R) + eps)        the same for every turn of episode i

``R_i`` is the return of the whole episode and ``std`` the sample deviation (n - 1). The mean is over episodes, never
over rows or tokens, so that a long episode counts once. A group whose returns are all equal has no direction: it is
left out of the gradient and of the normaliser, and its rate is reported (DAPO, Yu et al. 2025, draws it again).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Credited, episode_return, flat, zero_variance
from scoutgym.types import Group

EPS = 1e-4


def grpo(groups: Sequence[Group], gamma: float) -> Credited:
    """Advantages of every turn; None for a group of equal returns."""
    turns: list[list[list[float]] | None] = []
    for group in groups:
        returns = [episode_return(episode, gamma) for episode in group.episodes]
        if flat(returns):
            turns.append(None)
            continue
        mean, spread = statistics.fmean(returns), statistics.stdev(returns) + EPS
        turns.append(
            [[(R - mean) / spread] * len(episode.turns) for R, episode in zip(returns, group.episodes, strict=True)]
        )
    return Credited(turns, {"credit/zero_variance": zero_variance(groups, gamma)})
