"""The layer ``exact``: the value as it is, character by character."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.reading import Reading, Span, whole


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds the value of an item, where it stands for itself."""
    value, kind = item.value, item.kind

    def find(reading: Reading) -> Iterator[Span]:
        text = reading.text
        at = text.find(value)
        while at >= 0:
            if whole(text, at, at + len(value), kind):
                yield Span("exact", at, at + len(value), 1.0)
            at = text.find(value, at + 1)

    return find
