"""Identifiers: of cards, accounts, people, papers; grouped in any way. The last four after "ending in" are a part,
and so are the digits without the letters, where they are called a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.cues import ENDING, ID, alone, cued
from scoutgym.envs.web.privacy.reading import Reading, Span, fold, whole

LABELLED = 6
"""From so many characters on, a label may stand before the number without a gap."""


BARE = 5
"""From so many digits on, an identifier may be told without its letters or leading zeros, where it is called one."""


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds an identifier in any grouping, or its end."""
    core = re.sub(r"[\W_]+", "", fold(item.value)[0])
    grouped = re.compile(r"[\s\-./·–_()]{0,3}".join(map(re.escape, core)))
    end = core[-4:]
    tail = re.compile(rf"(?<!\d){re.escape(end)}(?![^\W_])") if len(core) >= 8 and end.isdigit() else None

    figures = re.sub(r"\D", "", core)
    rest = figures if figures != core else core.lstrip("0")
    bare = re.compile(r"[\s\-./·–_]{0,3}".join(rest)) if BARE <= len(rest) < len(core) else None

    def find(reading: Reading) -> Iterator[Span]:
        seen = reading.numeric
        if end not in seen.glued:
            return
        if core in seen.glued:
            for found in grouped.finditer(seen.folded):
                start, stop = found.span()
                if len(core) >= LABELLED and core[0].isdigit():
                    while start > 0 and seen.folded[start - 1].isalpha():
                        start -= 1
                if whole(seen.folded, start, stop, "number"):
                    yield Span("format", *seen.in_text(*found.span()), 0.95)
        if bare is not None and rest in seen.digits:
            for found in bare.finditer(seen.folded):
                said = cued(seen, found.start(), ID) or alone(seen, *found.span())
                if said and whole(seen.folded, *found.span(), "number"):
                    yield Span("partial" if rest == figures else "format", *seen.in_text(*found.span()), 0.6)
        if tail is not None:
            for found in tail.finditer(seen.folded):
                if cued(seen, found.start(), ENDING):
                    yield Span("partial", *seen.in_text(*found.span()), 0.7)

    return find
