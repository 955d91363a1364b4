"""Names of people: "Ruiz, Ana", with a middle name or title; the surname, or initials, alone are a part.

The surname after somebody else's given name, or before another capitalized word (a street, a firm), is somebody else's.
A given name alone is everybody's: it is a part only in a field for names that says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.cues import INITIALS, NAME, alone, cued
from scoutgym.envs.web.privacy.reading import WORD, Reading, Span, capital, fold, whole
from scoutgym.envs.web.privacy.words import COMMON, PARTICLES, TITLES


def parts(name: str) -> tuple[list[str], list[str]]:
    """Given names and surnames; of four words and more the last two are surnames, particles belong to what follows."""
    some = [word for word in WORD.findall(fold(name)[0]) if word not in TITLES]
    at = len(some) - (2 if len([word for word in some if word not in PARTICLES]) >= 4 else 1)
    while at > 1 and some[at - 1] in PARTICLES:
        at -= 1
    return some[: max(at, 1)], some[max(at, 1) :]


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds a name or a telling part of it."""
    given, surnames = parts(item.value)
    main = next((word for word in surnames if word not in PARTICLES), given[0])
    own = {*given, *surnames}
    second = [word for word in given[1:] if len(word) > 2 and word not in PARTICLES]
    initials = re.compile(rf"(?<![\w.]){re.escape(given[0][0])}\.\s?{re.escape(main[0])}\.(?!\w)")

    def find(reading: Reading) -> Iterator[Span]:
        words = reading.words
        part: tuple[int, int, float] | None = None
        for place in _places(words, main):
            first = _before(reading, place, given[0], own)
            if first is not None:
                yield from _span(reading, first, place, "format", 0.95)
                continue
            last = _end(words, place, surnames)
            if words[last + 1 : last + 2] == [given[0]] and _near(reading, last, last + 1, ", "):
                yield from _span(reading, place, last + 1, "format", 0.9)
                continue
            part = part or _part(reading, place, last, given, own)
        for place in _places(words, given[0]):
            after = words[place + 1 : place + 2]
            if after and after[0] in second:
                yield from _span(reading, place, place + 1, "format", 0.8)
            elif part is not None:
                continue
            elif after == [main[0]] and capital(reading, place + 1) and _near(reading, place, place + 1, " "):
                part = place, place + 1, 0.6
            elif NAME.search(reading.about) and alone(reading, *reading.marks[place]):
                part = place, place, 0.6
        for place in (place for word in second for place in _places(words, word)):
            if place and words[place - 1] == given[0][0] and _near(reading, place - 1, place, " ."):
                part = part or (place - 1, place, 0.6)
        if part is not None:
            yield from _span(reading, part[0], part[1], "partial", part[2])
        elif surnames:
            for found in initials.finditer(reading.folded):
                start, end = reading.in_text(*found.span())
                said = cued(reading, found.start(), INITIALS) or alone(reading, *found.span())
                if said and reading.text[start].isupper():
                    yield Span("partial", start, end, 0.5)

    return find


def _places(words: list[str], word: str) -> list[int]:
    return [place for place, one in enumerate(words) if one == word] if word in words else []


def _before(reading: Reading, place: int, given: str, own: set[str]) -> int | None:
    """Where the given name stands, if nothing but the person's own names and one unknown middle name stand between."""
    unknown = 0 if len(own) > 2 else 1
    for first in range(place - 1, max(-1, place - 5), -1):
        word = reading.words[first]
        signs = " .-'’" if len(word) == 1 else " -'’"
        if not _near(reading, first, first + 1, signs):
            return None
        if word == given:
            return first
        if word not in own and word not in PARTICLES:
            unknown -= 1 if len(word) > 1 else 0
            if unknown < 0 or not capital(reading, first):
                return None
    return None


def _end(words: list[str], place: int, surnames: list[str]) -> int:
    """The last of the person's surnames after one of them."""
    last = place
    while last + 1 < min(len(words), place + len(surnames)) and words[last + 1] in surnames:
        last += 1
    return last


def _part(reading: Reading, place: int, last: int, given: list[str], own: set[str]) -> tuple[int, int, float] | None:
    """The surname with an initial, a title, or alone."""
    words = reading.words
    start, titled = place, False
    while (
        start > max(0, place - len(own))
        and words[start - 1] in own
        and len(words[start - 1]) > (0 if words[start - 1] in PARTICLES else 1)
    ):
        start -= 1
    if start > 0:
        word = words[start - 1]
        close = _near(reading, start - 1, start, " .")
        if close and word in TITLES:
            start, titled = start - 1, True
        elif close and len(word) == 1 and word.isalpha() and capital(reading, start - 1):
            return (start - 1, last, 0.7) if word in {one[0] for one in given} else None
        elif close and capital(reading, start - 1) and word not in COMMON:
            return None  # somebody else's given name
    if alone(reading, *reading.span(place, last)) and NAME.search(reading.about):
        return place, last, 0.7
    if not capital(reading, place) or len(words[place]) < 3:
        return None
    follows = last + 1 < len(words) and _near(reading, last, last + 1, " ") and capital(reading, last + 1)
    if follows or (words[place] in COMMON and not titled):
        return None
    return start, last, 0.8 if titled else 0.6


def _near(reading: Reading, one: int, two: int, signs: str) -> bool:
    """Whether two words have nothing between them but these signs."""
    return not reading.folded[reading.marks[one][1] : reading.marks[two][0]].strip(signs)


def _span(reading: Reading, first: int, last: int, how: str, confidence: float) -> Iterator[Span]:
    start, end = reading.span(first, last)
    if whole(reading.folded, start, end, "name"):
        yield Span(how, *reading.in_text(start, end), confidence)
