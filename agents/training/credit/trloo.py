"""TRLOO: RLOO turn by turn (Dr. Kernel / KernelGYM, 2026).

::

    A_{i,t} = G_{i,t} - 1/(n_t - 1) sum_{j != i} G_{j,t}

``G_{i,t}`` is the discounted return from turn t on, and j runs over the n_t members of the group that reached turn t: a
member that was done before has no return there and is no part of the baseline (a padded 0 would be). With one turn it
is RLOO. Who is alone at a turn has nobody to be compared with: its advantage is 0 there. A group without any difference
is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import flat, returns_to_go, zero_variance
from scoutgym.agents.training.credit.rloo import leave_one_out
from scoutgym.types import Group


class TRLOO(Credit):
    """Advantages of every turn; None for a group in which no turn differs from its siblings."""

    name = "trloo"

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        return Credited([_advantages(group, ctx.gamma) for group in groups], zero_variance(groups, ctx.gamma))


def _advantages(group: Group, gamma: float) -> list[list[float]] | None:
    G = [returns_to_go(episode, gamma) for episode in group.episodes]
    A = [[0.0] * len(turns) for turns in G]
    different = False
    for t in range(max(map(len, G), default=0)):
        reached = [i for i, turns in enumerate(G) if len(turns) > t]
        at_t = [G[i][t] for i in reached]
        if flat(at_t):
            continue
        different = True
        for i, value in zip(reached, leave_one_out(at_t), strict=True):
            A[i][t] = value
    return A if different else None
