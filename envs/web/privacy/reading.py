"""A text as the layers of the ledger read it, with the way back to the places in the text itself."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from typing import NamedTuple

from scoutgym.envs.web.privacy import words

FAR = 100
"""An address for e-mail is not longer to either side."""
_END = re.compile(r"\w{3}[.!?;:]\s")
WORD = re.compile(r"[^\W_]+")

_LOOKALIKES = str.maketrans(
    dict(
        zip(
            "АВЕЅІЈКМНОРСТХУаеѕіјкморстухԁΑΒΕΖΗΙΚΜΝΟΡΤΧΥοινøØłŁđı",
            "abesijkmhopctxyaesijkmopctyxdabezhikmnoptxyoivoolldi",
            strict=True,
        )
    )
)
"""Cyrillic and Greek letters that look like Latin ones, and Latin ones that Unicode does not take apart."""


class Span(NamedTuple):
    """A place in a text where an item was found."""

    how: str
    """``exact``, ``normalized``, ``format``, ``fuzzy``, ``paraphrase`` (by a known alias), or ``partial``."""
    start: int
    end: int
    confidence: float


class Reading:
    """One text, seen without its case, accents, invisible and look-alike characters.

    Args:
        text: the text itself.
        about: what is known of the place where it stands: the label of a field, for example.
    """

    def __init__(self, text: str, about: str = "") -> None:
        self.text = text
        self.about = fold(about)[0]
        self.folded, self.places = fold(text)
        self.words = WORD.findall(self.folded)
        self.dates: list[tuple[int, int]] | None = None
        """Where dates may stand, when somebody has looked."""

    @cached_property
    def joined(self) -> str:
        """The words, a blank before and after each."""
        return f" {' '.join(self.words)} "

    @cached_property
    def glued(self) -> str:
        """The words without anything between them."""
        return "".join(self.words)

    @cached_property
    def digits(self) -> str:
        """All digits of the text."""
        return re.sub(r"\D+", "", self.folded)

    @cached_property
    def marks(self) -> list[tuple[int, int]]:
        """Where each word stands in ``folded``."""
        return [found.span() for found in WORD.finditer(self.folded)]

    @cached_property
    def short(self) -> list[str]:
        """The words, those of streets in their short form."""
        return [short_street(word) for word in self.words]

    @cached_property
    def stems(self) -> list[str]:
        """The words without their endings."""
        return [words.stem(word) for word in self.words]

    @cached_property
    def _edges(self) -> tuple[dict[int, int], dict[int, int]]:
        starts, ends, place = {}, {}, 0
        for number, word in enumerate(self.words):
            starts[place] = number
            place += len(word)
            ends[place] = number
        return starts, ends

    @cached_property
    def numeric(self) -> Reading:
        """The same text with its spoken numbers as digits: ``four two`` reads ``4 2``, ``forty-two`` reads ``42``."""
        if words.SPOKEN.isdisjoint(self.words):
            return self
        return _numeric(self)

    def in_text(self, start: int, end: int) -> tuple[int, int]:
        """A span of ``folded`` as one of the text itself."""
        return (start, end) if self.places is None else (self.places[start][0], self.places[end - 1][1])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """From one word to another, both included, in ``folded``."""
        return self.marks[first][0], self.marks[last][1]

    def sequence(self, joined: str) -> tuple[int, int] | None:
        """Where some words stand one after the other: the first and the last one's number."""
        at = self.joined.find(joined)
        if at < 0:
            return None
        first = self.joined.count(" ", 0, at + 1) - 1
        return first, first + joined.count(" ") - 2

    def run(self, glued: str) -> tuple[int, int] | None:
        """Where some whole words, however they are cut, make up ``glued``."""
        at = self.glued.find(glued)
        while at >= 0:
            starts, ends = self._edges
            if at in starts and at + len(glued) in ends:
                return starts[at], ends[at + len(glued)]
            at = self.glued.find(glued, at + 1)
        return None


@lru_cache(maxsize=4096)
def _character(character: str) -> str:
    plain = "".join(
        one
        for one in unicodedata.normalize("NFKD", character.translate(_LOOKALIKES))
        if unicodedata.category(one) not in ("Mn", "Cf")
    )
    return plain.casefold()


def fold(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """A text by Unicode's compatibility form, without case, accents, invisible and look-alike characters.

    Returns:
        The folded text, and for each of its characters where it comes from; None where the two texts run in parallel.
    """
    if text.isascii():
        return text.lower(), None
    pieces, places = [], []
    for place, character in enumerate(text):
        plain = _character(character)
        pieces.append(plain)
        places += [(place, place + 1)] * len(plain)
    return "".join(pieces), places


def capital(reading: Reading, place: int) -> bool:
    """Whether a word begins with a capital in the text itself."""
    start, _ = reading.in_text(*reading.marks[place])
    return reading.text[start].isupper()


def short_street(word: str) -> str:
    """A word of an address in its short form: ``street`` is ``st``, ``lindenstrasse`` is ``lindenstr``."""
    return words.STREETS.get(word) or (word.removesuffix("asse") if word.endswith("strasse") else word)


def whole(text: str, start: int, end: int, kind: str) -> bool:
    """Whether a span stands for itself and is no part of something else.

    A number is not part of a longer one, an address for e-mail not the end of another, and what is not an address for
    e-mail does not stand within one.
    """
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if (before[-1:].isalnum() and text[start].isalnum()) or (text[end - 1].isalnum() and after[:1].isalnum()):
        return False
    if kind == "email":
        return not (re.fullmatch(r"[^\W_][._%+-]", before) or re.fullmatch(r"[.-][^\W_]", after))
    if kind in ("number", "phone", "date"):
        signs = r"[-./,:_]" if end - start >= 9 else r"[-./,:_ ]"
        if re.fullmatch(rf"\d{signs}", before) or re.fullmatch(rf"{signs}\d", after):
            return False
    return not _in_address(text, start, end)


def one_sentence(text: str, start: int, end: int) -> bool:
    """Whether no sentence ends within a span; a point after one or two letters is an abbreviation's."""
    return not _END.search(text, start, end)


def _in_address(text: str, start: int, end: int) -> bool:
    if "@" not in text:
        return False
    left, right = start, end
    while left > max(0, start - FAR) and not text[left - 1].isspace():
        left -= 1
    while right < min(len(text), end + FAR) and not text[right].isspace():
        right += 1
    return "@" in text[left:right]


def _numeric(reading: Reading) -> Reading:
    """A reading with digits for spoken numbers."""
    some, marks, folded = reading.words, reading.marks, reading.folded
    places = reading.places or [(place, place + 1) for place in range(len(folded))]
    pieces, origins, done, place = list[str](), list[tuple[int, int]](), 0, 0
    for first, word in enumerate(some):
        if first < place or (word not in words.SPOKEN and word not in _SAID_BETWEEN):
            continue
        found = _between(some, first) if word in _SAID_BETWEEN else spoken(some, first)
        if found is None:
            continue
        text, place = found
        start, end = marks[first][0], marks[place - 1][1]
        origin = (places[start][0], places[end - 1][1])
        pieces += [folded[done:start], text]
        origins += [*places[done:start], *[origin] * len(text)]
        done = end
    pieces.append(folded[done:])
    origins += places[done:]
    new = Reading("")
    new.text, new.about, new.folded, new.places = reading.text, reading.about, "".join(pieces), origins
    new.words = WORD.findall(new.folded)
    return new


_SAID_BETWEEN = words.BETWEEN | {"oh", "o"}


def _between(some: list[str], place: int) -> tuple[str, int] | None:
    """What a word means between digits: a zero, or a sign, which is read as a blank."""
    beside = some[max(0, place - 1) : place] + some[place + 1 : place + 2]
    if not any(word.isdigit() or word in words.SPOKEN or word in ("oh", "o") for word in beside):
        return None
    return ("0" if some[place] in ("oh", "o") else " "), place + 1


def spoken(some: list[str], place: int) -> tuple[str, int] | None:
    """The number that is spoken from one word on: its digits, and the number of the word after it."""
    if place >= len(some):
        return None
    word = some[place]
    if word in ("double", "triple"):
        digit = words.UNITS.get(some[place + 1]) if place + 1 < len(some) else None
        return None if digit is None else (str(digit) * (2 if word == "double" else 3), place + 2)
    if word in words.FOREIGN:
        return str(words.FOREIGN[word]), place + 1
    if word in words.ORDINALS:
        return str(words.ORDINALS[word]), place + 1
    found = _below_thousand(some, place)
    if found is None:
        return None
    number, after = found
    if number in (18, 19, 20):  # a year, said in two halves
        half = _below_hundred(some, after)
        if half is not None and half[0] >= 10:
            return f"{number}{half[0]}", half[1]
    if some[after : after + 1] == ["thousand"]:
        number, after = number * 1000, after + 1
        rest = _below_thousand(some, after + 1 if some[after : after + 1] == ["and"] else after)
        if rest is not None:
            number, after = number + rest[0], rest[1]
    return str(number), after


def _below_thousand(some: list[str], place: int) -> tuple[int, int] | None:
    found = _below_hundred(some, place)
    if found is None or some[found[1] : found[1] + 1] != ["hundred"]:
        return found
    number, after = found[0] * 100, found[1] + 1
    rest = _below_hundred(some, after + 1 if some[after : after + 1] == ["and"] else after)
    return (number, after) if rest is None else (number + rest[0], rest[1])


def _below_hundred(some: list[str], place: int) -> tuple[int, int] | None:
    word = some[place] if place < len(some) else ""
    if word in words.SMALL:
        return words.SMALL[word], place + 1
    if word not in words.TENS:
        return None
    unit = some[place + 1] if place + 1 < len(some) else ""
    more = words.UNITS.get(unit) or words.FIRST.get(unit)
    return (words.TENS[word] + more, place + 2) if more else (words.TENS[word], place + 1)
