"""GiGPO: groups inside groups (Feng et al. 2025, arXiv 2505.10978).

::

    A^E_i     = (R_i - mean_group(R)) / F                R_i = sum_t r_t, the same for every turn
    A^S_{i,t} = (G_{i,t} - mean_anchor(G)) / F           G discounted by gamma; 0 where nobody else was in this state
    A_{i,t}   = A^E_i + omega A^S_{i,t}

An anchor group is all turns of a group, of all its episodes, that were taken in the same state. ``F`` is 1 (``mean``)
or the sample deviation + eps (``mean_std``). The paper's gamma is 0.95; with 1 and a reward at the end only, ``G`` is
``R`` and the step part tells only which states the better episodes passed through.

Where we differ: the state is the world's own key (``Turn.key`` of the turn before) where it was recorded, and the
observation where it was not. A text such as "higher" comes back in many states; the key does not. All members begin in
the same state. Groups without any difference are left out.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Literal

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import flat, members, normalised, returns_to_go, zero_variance
from scoutgym.types import Episode, Group


class GiGPO(Credit):
    """Advantages of every turn; None for a group in which all of them are 0.

    Args:
        omega: weight of the step part.
        norm: what both parts are divided by.

    Raises:
        ValueError: there is no such ``norm``.
    """

    name = "gigpo"

    def __init__(self, omega: float = 1.0, norm: Literal["mean", "mean_std"] = "mean") -> None:
        if norm not in ("mean", "mean_std"):
            raise ValueError(f"norm={norm!r} is wrong: GiGPO knows 'mean' and 'mean_std'")
        self.omega, self.norm = omega, norm

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        turns: list[list[list[float]] | None] = []
        sizes: list[int] = []
        for group in groups:
            episodes = members(group)
            whole = self._relative([episode.total for episode in episodes])
            anchors: dict[Hashable, list[tuple[int, int]]] = defaultdict(list)
            for i, episode in enumerate(episodes):
                for t in range(len(episode.turns)):
                    anchors[_state(episode, t)].append((i, t))
            G = [returns_to_go(episode, ctx.gamma) for episode in episodes]
            A = [[value] * len(returns) for value, returns in zip(whole, G, strict=True)]
            for places in anchors.values():
                sizes += [len(places)] * len(places)
                step = self._relative([G[i][t] for i, t in places])
                for (i, t), value in zip(places, step, strict=True):
                    A[i][t] += self.omega * value
            rows = iter(A)
            dealt = [next(rows) if episode.turns else [] for episode in group.episodes]
            turns.append(dealt if any(value for row in A for value in row) else None)
        alone = sum(size == 1 for size in sizes) / len(sizes) if sizes else 0.0
        return Credited(turns, {**zero_variance(groups, ctx.gamma), "credit/alone": alone})

    def _relative(self, values: Sequence[float]) -> list[float]:
        """``(x - mean) / F``; zeros for one value alone or equal ones."""
        if self.norm == "mean_std":
            return normalised(values)
        if flat(values):
            return [0.0] * len(values)
        mean = statistics.fmean(values)
        return [value - mean for value in values]


def _state(episode: Episode, t: int) -> Hashable:
    """What turn t was taken in."""
    if t == 0:
        return "start"
    key = episode.turns[t - 1].key
    return ("key", key) if key is not None else ("observation", episode.turns[t].obs)
