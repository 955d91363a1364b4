"""The layer ``fuzzy``: misspelled, by rapidfuzz.

A word may be misspelled by its length: see `slips`. Digits may not, but for one in a number of twelve or more: a
shorter number with another digit is another number. Dates and phone numbers have no spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.reading import WORD, Reading, Span, fold, one_sentence, whole
from scoutgym.envs.web.privacy.words import TITLES

ALIKE = 75.0
"""Percent of `rapidfuzz.fuzz.partial_ratio` below which nothing is looked at closely."""
LONG_NUMBER = 12
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


def slips(word: str, kind: str) -> int:
    """How many slips (a letter wrong, left out, put in, or two swapped) a word may have.

    A name of four letters may have one, but not in the first; other words from five letters on; from ten on two.
    """
    if any(map(str.isdigit, word)):
        return 0
    return 0 if len(word) < (4 if kind == "name" else 5) else 1 if len(word) < 10 else 2


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds an item with slips in it."""
    if item.kind == "number":
        return _number(item)
    if item.kind == "email":
        return _email(item)
    if item.kind in ("date", "phone"):
        return lambda reading: iter(())
    value = item.value.split(",")[0] if item.kind == "address" else item.value
    return _words([value, *item.aliases], item.kind)


def _words(values: list[str], kind: str) -> Callable[[Reading], Iterator[Span]]:
    cores = [
        [word for word in WORD.findall(fold(value)[0]) if kind != "name" or word not in TITLES] for value in values
    ]
    compiled = [(" ".join(some), some, [slips(word, kind) for word in some]) for some in cores]

    def find(reading: Reading) -> Iterator[Span]:
        for number, (joined, some, allowed) in enumerate(compiled):
            if not any(allowed) or len(reading.joined) < len(joined) - 2:
                continue
            if not fuzz.partial_ratio(joined, reading.joined, score_cutoff=ALIKE):
                continue
            for place in range(len(reading.words) - len(some) + 1):
                if _misspelled(reading.words[place : place + len(some)], some, allowed, kind):
                    start, end = reading.span(place, place + len(some) - 1)
                    if whole(reading.folded, start, end, kind) and one_sentence(reading.folded, start, end):
                        yield Span("paraphrase" if number else "fuzzy", *reading.in_text(start, end), 0.75)

    return find


def _misspelled(words: list[str], some: list[str], allowed: list[int], kind: str) -> bool:
    count = 0
    for word, core, most in zip(words, some, allowed, strict=True):
        if word != core:
            slipped = OSA.distance(word, core, score_cutoff=most) if most else 1
            if slipped > most or (kind == "name" and word[0] != core[0]):
                return False
            count += slipped
    return count <= (1 if kind == "name" else 1 + len(some))


def _email(item: Item) -> Callable[[Reading], Iterator[Span]]:
    value = fold(item.value)[0]
    figures = re.sub(r"\D", "", value)

    def find(reading: Reading) -> Iterator[Span]:
        if "@" not in reading.folded:
            return
        for found in _EMAIL.finditer(reading.folded):
            same = re.sub(r"\D", "", found[0]) == figures
            if same and OSA.distance(found[0], value, score_cutoff=1) <= 1 and _parts_alike(found[0], value):
                yield Span("fuzzy", *reading.in_text(*found.span()), 0.7)

    return find


def _parts_alike(one: str, two: str) -> bool:
    """Whether the slip is in a long part: another initial is another person's."""
    some, others = WORD.findall(one), WORD.findall(two)
    if len(some) != len(others):
        return "".join(some) == "".join(others)
    return all(word == other or len(other) >= 4 for word, other in zip(some, others, strict=True))


def _number(item: Item) -> Callable[[Reading], Iterator[Span]]:
    core = re.sub(r"[\W_]+", "", fold(item.value)[0])

    def find(reading: Reading) -> Iterator[Span]:
        seen = reading.numeric
        if len(core) < LONG_NUMBER or len(seen.digits) < LONG_NUMBER - 2:
            return
        for first, word in enumerate(seen.words):
            glued, last = word, first
            while len(glued) < len(core) - 1 and last + 1 < len(seen.words):
                last += 1
                glued += seen.words[last]
            for stop in (last, last + 1):
                glued = "".join(seen.words[first : stop + 1])
                if abs(len(glued) - len(core)) <= 1 and OSA.distance(glued, core, score_cutoff=1) <= 1:
                    start, end = seen.span(first, min(stop, len(seen.words) - 1))
                    if whole(seen.folded, start, end, "number"):
                        yield Span("fuzzy", *seen.in_text(start, end), 0.7)

    return find
