"""Which conversations read their new tokens in one forward pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

PASS = 16384
"""A forward pass takes at most so many tokens, padding included, if it takes more than one row."""

OVERHEAD = 128
"""A forward pass costs about as much as so many tokens, beside its own: of a small model, on a CPU."""

COPY = 1 / 32
"""To copy one position's keys and values costs about as much as to read so much of a token: of a small model."""


def passes(slots: Sequence[int], new: dict[int, Sequence[int]], width: int) -> Iterable[list[int]]:
    """Slots that read together: of like lengths, where what is saved in padding is more than what the passes cost.

    With lengths ``n_1 > n_2 > …`` and ``c_k`` slots of each, the cheapest way to read the first j costs::

        best(j) = min over i < j of  best(i) + OVERHEAD + n_(i+1) (c_(i+1) + … + c_j)
    """
    same: dict[int, list[int]] = defaultdict(list)
    for slot in sorted(slots):
        same[len(new[slot])].append(slot)
    lengths = sorted(same, reverse=True)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for stop in range(1, len(lengths) + 1):
        rows, ways = 0, []
        for start in reversed(range(stop)):
            rows += len(same[lengths[start]])
            ways.append((best[start][0] + OVERHEAD + lengths[start] * rows, start))
        best.append(min(ways))
    cuts = [len(lengths)]
    if best[-1][0] + COPY * width * len(slots) < OVERHEAD + lengths[0] * len(slots):
        while cuts[-1]:
            cuts.append(best[cuts[-1]][1])
    else:
        cuts.append(0)
    for start, stop in pairwise(reversed(cuts)):
        together = sorted(slot for length in lengths[start:stop] for slot in same[length])
        step = max(1, PASS // lengths[start])
        yield from (together[first : first + step] for first in range(0, len(together), step))
