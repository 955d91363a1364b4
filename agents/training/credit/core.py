"""The contract of a credit rule, and what all of them need.

A rule looks at all groups of a training step at once, on plain numbers, at the level of turns and episodes; the
advantages are spread over tokens afterwards. So nothing depends on how episodes became rows or rows became batches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scoutgym.envs.tasks import nearest
from scoutgym.types import Episode, Group


@dataclass(frozen=True)
class Credited:
    """What a rule returns.

    Args:
        turns: an advantage for each turn of each episode of each group; None for a group that is left out.
        metrics: for the log.
    """

    turns: list[list[list[float]] | None]
    metrics: Mapping[str, float]


CreditRule = Callable[[Sequence[Group], float], Credited]
"""``credit(groups, gamma)``: gamma discounts turns."""


def returns_to_go(episode: Episode, gamma: float) -> list[float]:
    """``G_t = r_t + gamma G_{t+1}`` for each turn."""
    total, backwards = 0.0, []
    for turn in reversed(episode.turns):
        total = turn.reward + gamma * total
        backwards.append(total)
    return backwards[::-1]


def episode_return(episode: Episode, gamma: float) -> float:
    """The discounted return from the first turn."""
    return returns_to_go(episode, gamma)[0]


def flat(returns: Sequence[float]) -> bool:
    """Whether a group's returns are all equal, but for rounding: it says nothing about what to do."""
    return max(returns) - min(returns) < 1e-9


def zero_variance(groups: Sequence[Group], gamma: float) -> float:
    """The rate of groups whose returns are all equal."""
    return sum(flat([episode_return(episode, gamma) for episode in group.episodes]) for group in groups) / len(groups)


def credit_rule(name: str) -> CreditRule:
    """A rule by its name.

    Raises:
        ValueError: there is none.
    """
    from scoutgym.agents.training.credit.grpo import grpo
    from scoutgym.agents.training.credit.rebn import rebn

    known: dict[str, CreditRule] = {"grpo": grpo, "rebn": rebn}
    if name not in known:
        raise ValueError(f"unknown credit rule {name!r}{nearest(name, known)}; there are {', '.join(known)}")
    return known[name]
