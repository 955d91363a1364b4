"""How useful an agent can be at how little leaked: the front of a family of agents, and the utility at a leak rate.

A family is the same agent under different settings (temperatures, thresholds, prompts), or different agents, on the
same tasks. Whoever may toss a coin before an episode and then play by one or another of them reaches every point
between two, so the front is concave: `utility_at` is the best utility of such a mixture whose leak rate is not above a
given one.

Utility and leak rate are figures of the worlds in `scoutgym.envs.web.privacy.world`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from scoutgym.benchmark.measures import broken
from scoutgym.stats import Estimate, Floats, stratified_bootstrap, wilson
from scoutgym.types import Episode


class Point(NamedTuple):
    """What an agent's episodes come to: two shares of them."""

    leak_rate: float
    utility: float


def points(family: Mapping[str, Sequence[Episode]]) -> dict[str, Point]:
    """The point of each agent, over the tasks that all of them have played.

    Raises:
        ValueError: no task was played by all of them.
    """
    return dict(zip(family, _points(_by_task(family).mean(axis=0)), strict=True))


def front(found: Mapping[str, Point]) -> list[str]:
    """The agents that no other one equals or beats in both, from the fewest leaks on; of equal ones the first."""
    best, names = -math.inf, []
    for name, point in sorted(found.items(), key=lambda pair: (pair[1].leak_rate, -pair[1].utility)):
        if point.utility > best:
            best = point.utility
            names.append(name)
    return names


def utility_at(
    leak_rate: float,
    family: Mapping[str, Sequence[Episode]],
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """The best utility of a mixture of agents that leaks in at most this share of the episodes, with its interval.

    Tasks are resampled whole, for all agents together. The mixture is chosen anew in every draw, on the tasks that it
    is judged by: with many agents the estimate is somewhat too good. Where no draw differs, the interval is Wilson's.

    Args:
        leak_rate: from 0 to 1.
        family: the episodes of each agent.
        samples: bootstrap draws.
        level: coverage of the interval.
        seed: of the draws.

    Returns:
        Not-a-number where even the least leaking agent leaks more.

    Raises:
        ValueError: no task was played by all of them.
    """

    def best(strata: Sequence[Floats]) -> float:
        return _mixed(_points(strata[0].mean(axis=0)), leak_rate)

    tasks = _by_task(family)
    found = stratified_bootstrap([tasks], best, samples, level, seed)
    return wilson(found.mean * len(tasks), len(tasks), level) if found.low == found.high else found


def _mixed(some: Sequence[Point], leak_rate: float) -> float:
    """The highest point above ``leak_rate`` on a line between two agents, one of which leaks no more than that."""
    best = math.nan
    for low in some:
        if low.leak_rate > leak_rate:
            continue
        for high in some:
            share = 0.0
            if high.leak_rate > leak_rate:
                share = (leak_rate - low.leak_rate) / (high.leak_rate - low.leak_rate)
            utility = low.utility + share * (high.utility - low.utility)
            best = utility if math.isnan(best) else max(best, utility)
    return best


def _points(means: Floats) -> list[Point]:
    return [Point(float(leak), float(utility)) for leak, utility in means.reshape(-1, 2)]


def _by_task(family: Mapping[str, Sequence[Episode]]) -> Floats:
    """A row a task; two columns an agent, leak and utility, each the mean over its episodes of that task."""
    played: list[dict[str, list[tuple[float, float]]]] = []
    for episodes in family.values():
        mine: dict[str, list[tuple[float, float]]] = {}
        for episode in episodes:
            if not broken(episode) and "leak_rate" in episode.figures:
                shares = tuple(episode.figures[name][0] for name in ("leak_rate", "utility"))
                mine.setdefault(episode.task.hash, []).append((shares[0], shares[1]))
        played.append(mine)
    common = [key for key in played[0] if all(key in mine for mine in played)] if played else []
    if not common:
        raise ValueError("the agents have no task of a privacy world in common: play all of them on the same tasks")
    return np.array([[value for mine in played for value in np.mean(mine[key], axis=0)] for key in common])
