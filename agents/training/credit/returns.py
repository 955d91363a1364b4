"""What most rules need: returns, spread, and the conversation that stood before each action."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from scoutgym.agents.training.credit.core import Credited
from scoutgym.types import Episode, Group

EPS = 1e-4
"""Added to a deviation before dividing by it, as in TRL's GRPO."""


def discounted(rewards: Sequence[float], gamma: float) -> list[float]:
    """``G_t = r_t + gamma G_{t+1}`` for each reward."""
    total, backwards = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        backwards.append(total)
    return backwards[::-1]


def returns_to_go(episode: Episode, gamma: float) -> list[float]:
    """``G_t`` for each turn, whatever its reward: a turn is a turn by the record, not by a reward that is not 0."""
    return discounted([turn.reward for turn in episode.turns], gamma)


def episode_return(episode: Episode, gamma: float) -> float:
    """The discounted return from the first turn; 0 where there is none."""
    return returns_to_go(episode, gamma)[0] if episode.turns else 0.0


def members(group: Group) -> list[Episode]:
    """The episodes that were played at all."""
    return [episode for episode in group.episodes if episode.turns]


def flat(values: Sequence[float]) -> bool:
    """Whether values are all equal, but for rounding: they say nothing about what to do."""
    return not values or max(values) - min(values) < 1e-9


def normalised(values: Sequence[float]) -> list[float]:
    """``(x - mean) / (std + eps)`` with the sample deviation; zeros where the values are all equal."""
    if flat(values):
        return [0.0] * len(values)
    mean, spread = statistics.fmean(values), statistics.stdev(values) + EPS
    return [(value - mean) / spread for value in values]


def whitened(values: Sequence[float]) -> list[float]:
    """``(x - mean) / (std + eps)`` with the deviation of the whole batch, which is the population."""
    if flat(values):
        return [0.0] * len(values)
    mean = statistics.fmean(values)
    spread = statistics.pstdev(values, mean) + 1e-9
    return [(value - mean) / spread for value in values]


def zero_variance(groups: Sequence[Group], gamma: float) -> dict[str, float]:
    """The metric that every rule reports: the rate of groups whose returns are all equal."""
    equal = [flat([episode_return(episode, gamma) for episode in members(group)]) for group in groups]
    return {"credit/zero_variance": sum(equal) / len(equal) if equal else 0.0}


def by_episode(
    groups: Sequence[Group], gamma: float, advantage: Callable[[Sequence[float]], Sequence[float]]
) -> Credited:
    """Rules that compare whole episodes of a group: one advantage an episode, the same for each of its turns.

    A group of one member, or of equal returns, has no direction: it is left out.

    Args:
        groups: of a training step.
        gamma: discounts turns.
        advantage: from the returns of a group to its advantages.
    """
    turns: list[list[list[float]] | None] = []
    for group in groups:
        returns = [episode_return(episode, gamma) for episode in members(group)]
        if flat(returns):
            turns.append(None)
            continue
        values = iter(advantage(returns))
        turns.append([[next(values)] * len(e.turns) if e.turns else [] for e in group.episodes])
    return Credited(turns, zero_variance(groups, gamma))


def dealt(groups: Sequence[Group], values: Sequence[float]) -> list[list[list[float]] | None]:
    """One value a turn, in order of groups, episodes and turns, dealt back to where they belong."""
    rest = iter(values)
    return [[[next(rest) for _ in episode.turns] for episode in group.episodes] for group in groups]


def conversations(episode: Episode) -> list[list[int]]:
    """The tokens that stood before each action: all that was read and written, or the new prompt after a fork."""
    ids: list[int] = []
    found = []
    for turn in episode.turns:
        ids = [*([] if turn.fork else ids), *turn.prompt_ids]
        found.append(ids)
        ids = [*ids, *turn.ids]
    return found
