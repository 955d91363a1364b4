"""Arithmetic shared by belief oracles: entropies and expected gains over a finite set of equally likely answers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any


def entropy(weights: Iterable[float]) -> float:
    """Shannon entropy in bits of a distribution given by weights that need not sum to one (negatives are an error)."""
    total, weighted = 0.0, 0.0
    for weight in weights:
        if weight > 0.0:
            total += weight
            weighted += weight * math.log2(weight)
        elif weight < 0.0:
            raise ValueError(f"a weight of {weight} is no probability")
    return max(0.0, math.log2(total) - weighted / total) if total > 0.0 else 0.0


def partition_gain(sizes: Iterable[int]) -> float:
    """Bits that an answer is expected to tell when it splits equally likely hypotheses into cells of these sizes.

    The answer is a function of the hypothesis, so its entropy is the whole gain: H = log2 N - sum (n/N) log2 n.
    """
    return entropy(sizes)


def turns(history: Sequence[str]) -> Iterable[tuple[str, str]]:
    """The pairs (action, what the world said to it) of a history."""
    return zip(history[1::2], history[2::2], strict=False)


def uniform_bits(count: int) -> float:
    """Entropy in bits of ``count`` equally likely hypotheses.

    Raises:
        ValueError: there is none left: the oracle contradicts the world.
    """
    if count < 1:
        raise ValueError("no hypothesis is consistent with what the world said: the belief oracle is wrong")
    return math.log2(count)


__all__: list[Any] = ["entropy", "partition_gain", "turns", "uniform_bits"]
