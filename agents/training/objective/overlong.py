"""Episodes that were cut off: their weight in the loss, and DAPO's penalty before they are.

A limit is not the agent's choice to fail, and punishing it as a failure teaches to stop early; not training on it at
all takes away the reason to come to an end. Both exist in the literature, so both are here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scoutgym.types import Episode, Group, Outcome

CUT = (Outcome.OUTPUT_TRUNCATED, Outcome.CONTEXT_OVERFLOW)


def episode_weights(episode: Episode, overlong: bool = False, over_turn: bool = False) -> list[float]:
    """A weight for each turn: 0 throughout an episode that is masked, else 1.

    Args:
        episode: what was played.
        overlong: mask an episode in which an answer was cut off, or the context was full (DAPO's overlong filtering,
            Yu et al. 2025, section 3.4).
        over_turn: mask an episode that ran into its turn limit.
    """
    cut = overlong and any(turn.outcome in CUT for turn in episode.turns)
    stopped = over_turn and episode.truncated and not episode.terminated
    return [0.0 if cut or stopped else 1.0] * len(episode.turns)


def overlong_penalty(length: int, longest: int, margin: int) -> float:
    """DAPO's soft overlong punishment (Yu et al. 2025, arXiv 2503.14476, eq. 13)::

    0 up to longest - margin,   (longest - margin - length) / margin within the margin,   -1 beyond longest
    """
    return min(0.0, max(-1.0, (longest - margin - length) / margin))


def shaped(groups: Sequence[Group], longest: int, margin: int) -> list[Group]:
    """Groups whose episodes have the penalty for their sampled tokens on the reward of their last turn."""
    return [replace(group, episodes=[_punished(one, longest, margin) for one in group.episodes]) for group in groups]


def _punished(episode: Episode, longest: int, margin: int) -> Episode:
    if not episode.turns:
        return episode
    penalty = overlong_penalty(sum(len(turn.ids) - len(turn.forced) for turn in episode.turns), longest, margin)
    last = episode.turns[-1]
    return replace(episode, turns=[*episode.turns[:-1], replace(last, reward=last.reward + penalty)])
