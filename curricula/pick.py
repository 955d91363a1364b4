"""How a choice is made from numbers: in proportion, by a softmax, or the best."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scoutgym.envs.chance import Chance


def pick(weights: Sequence[float], chance: Chance) -> int:
    """A place drawn in proportion to its weight; weights are not negative and sum to more than 0."""
    mark = chance.random() * sum(weights)
    last = 0
    for place, weight in enumerate(weights):
        if weight > 0:
            mark -= weight
            last = place  # the answer where rounding leaves a mark beyond the last weight
            if mark < 0:
                break
    return last


def softmax(values: Sequence[float], tau: float) -> list[float]:
    """``exp(v / tau)``, normalised."""
    highest = max(values)
    weights = [math.exp((value - highest) / tau) for value in values]
    total = sum(weights)
    return [weight / total for weight in weights]


def greedy(values: Sequence[float]) -> list[float]:
    """All on the largest, in equal shares where several are."""
    highest = max(values)
    hits = [value == highest for value in values]
    return [hit / sum(hits) for hit in hits]
