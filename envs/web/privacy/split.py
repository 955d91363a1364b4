"""Items that are split over the fields of a form: which fields may hold pieces, and how these are put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.reading import WORD, fold

PIECE = 60
"""A field with more characters holds no piece of a split item."""

_YEAR = re.compile(r"\s*\d{4}\s*")
_DATE = re.compile(r"(?:\d{1,2}(?:st|nd|rd|th)?|\d{4})\.?|[^\W\d_]{3,12}\.?")


def arrangements(fields: Mapping[str, str], field: str, item: Item) -> Iterator[tuple[Sequence[str], str]]:
    """The fields that may hold pieces of an item, ``field`` among them, in the orders that are worth a try.

    Digits are read in the form's order, words in the item's; a date's pieces are three fields that follow each other.

    Args:
        fields: what each holds, in the order in which they were seen.
        field: the one that has changed.
        item: what may be split.

    Yields:
        The fields, and their pieces joined by one character.
    """
    words = _words(item.value)
    names = [name for name, text in fields.items() if is_piece(text, item)]
    if field not in names or len(names) < 2:
        return
    if item.kind in ("number", "phone"):
        orders: Iterator[Sequence[str]] = iter([names])
    elif item.kind == "date":  # a year of two digits among other fields would be found everywhere
        every = list(fields)
        some = (every[place : place + 3] for place in range(len(every) - 2))
        orders = (
            three for three in some if set(three) <= set(names) and any(_YEAR.fullmatch(fields[name]) for name in three)
        )
    else:
        orders = iter([sorted(names, key=lambda name: words.index(_words(fields[name])[0])), names])
    for order in orders:
        yield order, ("@" if item.kind == "email" else " ").join(fields[name].strip() for name in order)


def lain_on(names: Sequence[str], fields: Mapping[str, str], start: int, end: int) -> list[str]:
    """The fields whose pieces, joined by one character, a span lies on."""
    touched, place = [], 0
    for name in names:
        length = len(fields[name].strip())
        if place < end and start < place + length:
            touched.append(name)
        place += length + 1
    return touched


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text)[0])


def is_piece(text: str, item: Item) -> bool:
    """Whether a text may be a piece of an item and nothing else."""
    if item.kind == "text" or not text:
        return False
    if item.kind == "date":
        return bool(_DATE.fullmatch(text.strip()))
    words, core = _words(text), _words(item.value)
    if item.kind in ("number", "phone"):
        return bool(words) and "".join(words) in "".join(core)
    return bool(words) and set(words) <= set(core)
