"""Dates, read by dateutil: day or month first, ISO's form, written out in several languages.

Where the order of day and month is open, both are tried: 03/04/1990 is found for the third of April and for the fourth
of March. The day and month without the year, and the month and year, are a part. That another fact has the same date
cannot be told from the text: it is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache

from dateutil import parser

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.cues import BIRTH, VERSION, alone, cued
from scoutgym.envs.web.privacy.reading import Reading, Span, whole
from scoutgym.envs.web.privacy.words import MONTHS

_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|o)?\.?"
_YEAR = r"(?:\d{4}|['’]?\d{2})"
_OF = r"[\s,./\-]{0,3}(?:(?:of|de|del|the|den)\b\s?){0,2}"
_SIGN = r"[./\-\s]\s?"
_EDGE = r"(?![^\W_])"
_FORMS = (
    rf"\d{{4}}{_SIGN}\d{{1,2}}{_SIGN}\d{{1,2}}",
    rf"\d{{1,2}}{_SIGN}\d{{1,2}}{_SIGN}{_YEAR}",
    r"\d{8}",
    rf"{_DAY}{_OF}{_MONTH}\b\.?(?:{_OF}{_YEAR}{_EDGE})?",
    rf"(?:\d{{4}}{_OF})?{_MONTH}\b\.?[\s,./\-]{{0,3}}(?:the\s)?{_DAY}(?:,?\s?{_YEAR}{_EDGE})?",
    rf"{_MONTH}\b\.?{_OF}\d{{4}}",
)
_CANDIDATE = re.compile(rf"(?<![^\W_])(?:{'|'.join(_FORMS)}){_EDGE}")
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS = re.compile(r"[a-z]+")

Parts = tuple[int | None, int | None, int | None]
"""Year, month and day, as far as they are said."""


def _plain(word: re.Match[str]) -> str:
    month = MONTHS.get(word[0])
    return f" {_NAMES[month - 1]} " if month else " "


@lru_cache(maxsize=4096)
def readings(text: str) -> frozenset[Parts]:
    """What a text that may be a date says, each way that its order can be meant."""
    if re.fullmatch(r"\d{8}", text):
        forms = [f"{text[:4]}-{text[4:6]}-{text[6:]}", f"{text[:2]}-{text[2:4]}-{text[4:]}"]
    else:
        forms = [re.sub(r"[’'º,]", " ", _WORDS.sub(_plain, text)).strip(" .")]
    found = set()
    for form in forms:
        # dateutil reads even 2000-12-06 as the twelfth of June where the day is to be first
        for day_first in (False,) if form[:4].isdigit() else (True, False):
            try:
                one, two = (
                    parser.parse(form, dayfirst=day_first, default=default)
                    for default in (datetime(2000, 1, 1), datetime(1904, 12, 28))
                )
            except (parser.ParserError, OverflowError):
                continue
            pairs = ((one.year, two.year), (one.month, two.month), (one.day, two.day))
            year, month, day = (first if first == second else None for first, second in pairs)
            found.add((year, month, day))
    return frozenset(found)


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds a date or most of it."""
    day = date.fromisoformat(item.value)
    year, short = str(day.year), f"{day.year % 100:02}"
    months = [name for name, place in MONTHS.items() if place == day.month]

    def find(reading: Reading) -> Iterator[Span]:
        seen = reading.numeric
        digits = seen.digits
        if not (short in digits or any(month in seen.folded for month in months)):
            return
        part = None
        for start, end in _candidates(seen):
            text = seen.folded[start:end]
            if not (short in text or str(day.day) in text):
                continue
            said = readings(text)
            if _is(said, (day.year, day.month, day.day)):
                if whole(seen.folded, start, end, "date"):
                    yield Span("format", *seen.in_text(start, end), 0.95 if len(said) == 1 else 0.8)
            elif part is None and (_is(said, (None, day.month, day.day)) or _is(said, (day.year, day.month, None))):
                part = start, end
        if part is not None:
            yield Span("partial", *seen.in_text(*part), 0.6)
        if year in seen.words:
            number = seen.words.index(year)
            start, end = seen.marks[number]
            if cued(seen, start, BIRTH) and whole(seen.folded, start, end, "date") and not alone(seen, start, end):
                yield Span("partial", *seen.in_text(start, end), 0.6)

    return find


def _candidates(seen: Reading) -> list[tuple[int, int]]:
    """Where a date may stand; kept with the reading, since several items may be dates."""
    if seen.dates is None:
        some = (found.span() for found in _CANDIDATE.finditer(seen.folded))
        seen.dates = [one for one in some if not VERSION.search(seen.folded, max(0, one[0] - 12), one[0])]
    return seen.dates


def _is(said: frozenset[Parts], wanted: Parts) -> bool:
    """Whether one way to read a date is the wanted one; a year of the future is the century before."""
    year, *rest = wanted
    return any(list(one[1:]) == rest and (one[0] == year or (one[0] and year and one[0] - 100 == year)) for one in said)
