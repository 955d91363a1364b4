"""Addresses: street and number in either order, with abbreviations ("14 Linden St."); the rest is not needed.

The street alone, the number with the street's name, and a postcode that is called one are a part. Another number in the
same street is somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.cues import POST, cued
from scoutgym.envs.web.privacy.reading import WORD, Reading, Span, capital, fold, short_street, whole
from scoutgym.envs.web.privacy.words import STREETS

POSTCODE = 5
"""A shorter postcode is found by chance."""
_DIGIT = re.compile(r"\d")
_KINDS = frozenset(STREETS.values())


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds the street and number of an address, or a part of it."""
    lines = [_short(line) for line in item.value.split(",")]
    number = next((word for word in lines[0] if word[0].isdigit()), None)
    street = [word for word in lines[0] if word != number]
    telling = [word for word in street if word not in _KINDS]
    telling_alone = len(street) > 1 or street[0].endswith("str")
    after = [WORD.findall(fold(line)[0]) for line in item.value.split(",")[1:]]
    postcode = max(("".join(word for word in line if _DIGIT.search(word)) for line in after), key=len, default="")
    postcode = postcode if len(postcode) >= POSTCODE else ""
    places = {word for line in after for word in line}

    def find(reading: Reading) -> Iterator[Span]:
        seen = reading.numeric
        words, part = seen.short, None
        if telling and telling[0] in words:
            for first, last, named in _streets(words, street, telling):
                beside = [place for place in (first - 1, last + 1) if 0 <= place < len(words)]
                close = [place for place in beside if words[place][0].isdigit() and _close(seen, place, first, last)]
                place = next((place for place in close if words[place] == number), None)
                if place is not None and (named or _is_name(seen, first, last)):
                    start, end = seen.span(min(first, place), max(last, place))
                    if whole(seen.folded, start, end, "address"):
                        yield Span("format" if named else "partial", *seen.in_text(start, end), 0.95 if named else 0.7)
                elif named and telling_alone and part is None and not close and not _goes_on(seen, last, places):
                    part = first, last
        if part is not None:
            start, end = seen.span(*part)
            if whole(seen.folded, start, end, "address"):
                yield Span("partial", *seen.in_text(start, end), 0.6)
        if postcode and postcode in seen.glued:
            run = seen.run(postcode)
            if run is not None:
                start, end = seen.span(*run)
                around = {*words[max(0, run[0] - 1) : run[0]], *words[run[1] + 1 : run[1] + 2]}
                said = not postcode.isdigit() or around & places or cued(seen, start, POST)
                if said and whole(seen.folded, start, end, "number"):
                    yield Span("partial", *seen.in_text(start, end), 0.6)

    return find


def _short(line: str) -> list[str]:
    return [short_street(word) for word in WORD.findall(fold(line)[0])]


def _is_name(seen: Reading, first: int, last: int) -> bool:
    """Whether a street's name without its kind is written as a name, not as a word before another ("linden tea")."""
    if not capital(seen, first):
        return False
    return last + 1 == len(seen.words) or capital(seen, last + 1) or bool(_between(seen, last).strip())


def _goes_on(seen: Reading, last: int, places: set[str]) -> bool:
    """Whether something is named after the street ("Linden Street Bakery")."""
    if last + 1 == len(seen.words) or seen.words[last + 1] in places or not capital(seen, last + 1):
        return False
    return not _between(seen, last).strip()


def _between(seen: Reading, place: int) -> str:
    return seen.folded[seen.marks[place][1] : seen.marks[place + 1][0]]


def _streets(words: list[str], street: list[str], telling: list[str]) -> Iterator[tuple[int, int, bool]]:
    """Where the street stands, and whether with the word for its kind."""
    for some, named in ((street, True), (telling, False)):
        if some == street and not named:
            return
        for place in range(len(words) - len(some) + 1):
            if words[place : place + len(some)] == some:
                yield place, place + len(some) - 1, named


def _close(seen: Reading, place: int, first: int, last: int) -> bool:
    """Whether a number stands at a street and not in another clause."""
    left, right = (place, first) if place < first else (last, place)
    between = seen.folded[seen.marks[left][1] : seen.marks[right][0]]
    return len(between) <= 5 and not re.search(r"[;:!?\n]|\.\s", between.removeprefix("."))
