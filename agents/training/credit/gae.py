"""Generalised advantage estimation (Schulman et al. 2015, arXiv 1506.02438, equation 16)::

    delta_t = r_t + gamma_t V_{t+1} - V_t
    A_t     = delta_t + gamma_t lambda A_{t+1}

``V`` behind the last step is what the caller gives: 0 where the episode terminated, the value of the last state where
it was cut off by a limit. A limit is no property of the state, and what would have come is not worth nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.types import Episode


def gae(
    rewards: Sequence[float], values: Sequence[float], last: float, gammas: Sequence[float], lam: float
) -> list[float]:
    """``A_t`` for each step; ``A_t + V_t`` is what the critic learns.

    Args:
        rewards: ``r_t``.
        values: ``V_t``.
        last: ``V`` behind the last step.
        gammas: the discount between a step and the next, for each step.
        lam: 0 for one step of bootstrapping, 1 for the whole return.
    """
    advantage, backwards = 0.0, []
    for r, V, gamma in zip(reversed(rewards), reversed(values), reversed(gammas), strict=True):
        advantage = r + gamma * last - V + gamma * lam * advantage
        last = V
        backwards.append(advantage)
    return backwards[::-1]


def bootstraps(episode: Episode) -> bool:
    """Whether the last state has a value: the episode was cut off and did not end."""
    return episode.truncated and not episode.terminated
