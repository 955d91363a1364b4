"""E-mail addresses: with a tag ("ana.ruiz+news@example.org"); the part before the ``@`` alone is a part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.reading import Reading, Span, fold, whole

TELLING = 6
"""A local part of fewer characters may be anybody's."""


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds an address with a tag, or its local part."""
    local, _, domain = fold(item.value)[0].partition("@")
    tagged = re.compile(rf"{re.escape(local)}(?:\+[\w.-]+)?@{re.escape(domain)}")
    alone = re.compile(rf"(?<![\w.+-]){re.escape(local)}(?![\w+-]|\.\w|\s*@)")
    telling = len(local) >= TELLING and re.search(r"[\W\d_]", local)

    def find(reading: Reading) -> Iterator[Span]:
        if local not in reading.folded:
            return
        for found in tagged.finditer(reading.folded):
            if whole(reading.folded, *found.span(), "email"):
                yield Span("format", *reading.in_text(*found.span()), 0.95)
        if telling:
            for found in alone.finditer(reading.folded):
                yield Span("partial", *reading.in_text(*found.span()), 0.6)

    return find
