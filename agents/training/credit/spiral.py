"""SPIRAL's role-conditioned advantage estimation (Liu et al. 2025, arXiv 2506.24119).

::

    A_t       = gamma^(T - 1 - t) (R - b_{game, role})
    b         <- alpha b + (1 - alpha) R                for every episode of this game and role, after it was read

The roles of a game differ in what they can expect (who moves first, who holds the better card); one baseline for both
would reward the luckier role. ``R`` is the undiscounted return and T the number of the role's own turns.

Where we differ: a baseline that is not known yet is the mean of its first batch, not 0 (a cold start takes about
1/(1 - alpha) episodes to forget); and the n episodes of a batch count as n steps towards their mean, so that their
order does not matter: b <- alpha^n b + (1 - alpha^n) mean(R). There is one baseline for the run, not one a process.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import members, zero_variance
from scoutgym.types import Group


class SPIRAL(Credit):
    """Advantages of every turn.

    Args:
        alpha: how much of a baseline is kept at each episode.
    """

    name = "spiral"

    def __init__(self, alpha: float = 0.95) -> None:
        self.alpha = alpha
        self.baselines: dict[str, float] = {}
        """By environment and role."""

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        b = _means(groups) | self.baselines
        turns: list[list[list[float]] | None] = [
            [
                [ctx.gamma**left * (episode.total - b[_key(group)]) for left in reversed(range(len(episode.turns)))]
                for episode in group.episodes
            ]
            for group in groups
        ]
        known = {f"credit/baseline/{key}": value for key, value in sorted(b.items())}
        return Credited(turns, {**zero_variance(groups, ctx.gamma), **known})

    def update(self, groups: Sequence[Group], ctx: Context) -> Mapping[str, float]:
        for key, returns in _returns(groups).items():
            mean = statistics.fmean(returns)
            kept = self.alpha ** len(returns)
            self.baselines[key] = kept * self.baselines.get(key, mean) + (1 - kept) * mean
        return {}

    def state_dict(self) -> dict[str, Any]:
        return {"baselines": dict(self.baselines)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.baselines = {str(key): float(value) for key, value in state["baselines"].items()}


def _key(group: Group) -> str:
    return f"{group.task.env_id} {group.role}"


def _returns(groups: Sequence[Group]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for group in groups:
        for episode in members(group):
            found[_key(group)].append(episode.total)
    return found


def _means(groups: Sequence[Group]) -> dict[str, float]:
    return {key: statistics.fmean(returns) for key, returns in _returns(groups).items()}
