"""Phrases: other forms of the same words, in any order and near each other.

Words count by what they tell: one that anybody uses counts a quarter of another. From `SHARE` of the whole on, the
words that are there are a part of the phrase; where all of them are words that anybody uses, none may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.reading import WORD, Reading, Span, fold, whole
from scoutgym.envs.web.privacy.words import COMMON_STEMS, stem

SHARE = 0.6
REACH = 4
"""How many words a phrase may be spread over, beyond its own."""
_STOP = "a an and as at by for from in is my of on or the to with he she his her their its it i we our your"
STOP = frozenset(_STOP.split())


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds most of a phrase."""
    some = [word for word in WORD.findall(fold(item.value)[0]) if word not in STOP]
    weights: dict[str, float] = {}
    for word in some:
        weights[stem(word)] = 0.25 if stem(word) in COMMON_STEMS else 1.0
    total, reach = sum(weights.values()), len(some) + REACH
    starts = tuple(weights)

    def find(reading: Reading) -> Iterator[Span]:
        if not any(one in reading.folded for one in starts):
            return
        hits = [(place, one) for place, one in enumerate(reading.stems) if one in weights]
        best: tuple[float, int, int] | None = None
        for number, (first, _) in enumerate(hits):
            near = [(place, one) for place, one in hits[number : number + reach] if place < first + reach]
            there_are = {one for _, one in near}
            share = sum(weights[one] for one in there_are) / total
            least = SHARE if any(weights[one] == 1.0 for one in there_are) else 1.0
            if share >= least and (best is None or share > best[0]):
                best = share, first, near[-1][0]
        if best is not None:
            start, end = reading.span(best[1], best[2])
            if whole(reading.folded, start, end, "text"):
                yield Span("partial", *reading.in_text(start, end), round(0.9 * best[0], 3))

    return find
