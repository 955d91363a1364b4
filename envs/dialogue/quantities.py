"""Numbers, bounds and comparisons in English words, read by rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_UNITS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
""".split()  # noqa: SIM905 (a word a line would fill the page)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905 (as above)
ONES = {word: value for value, word in enumerate(_UNITS)}
TENS = {word: 10 * value for value, word in enumerate(_TENS, 2)}
SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1_000, "k": 1_000, "million": 10**6, "mio": 10**6, "mil": 10**6,
    "billion": 10**9, "bn": 10**9, "hundreds": 100, "thousands": 1_000, "millions": 10**6, "billions": 10**9,
}  # fmt: skip

Op = Literal[">", ">=", "<", "<=", "=", "about", "between"]


@dataclass(frozen=True)
class Number:
    """A number at words ``start`` up to ``end``."""

    start: int
    end: int
    value: float


@dataclass(frozen=True)
class Bound:
    """A bound at words ``start`` up to ``end``: "more than 5", "5 or more", "between 5 and 7" (both included)."""

    start: int
    end: int
    op: Op
    low: float
    high: float

    def holds(self, value: float, slack: float = 0.1) -> bool:
        """Whether a value keeps the bound; "about" allows ``slack`` of the number on both sides."""
        if self.op == "between":
            return self.low <= value <= self.high
        if self.op == "about":
            return abs(value - self.low) <= slack * abs(self.low)
        kept = {">": value > self.low, ">=": value >= self.low, "<": value < self.low, "<=": value <= self.low}
        return kept.get(self.op, value == self.low)


def numbers(words: Sequence[str]) -> list[Number]:
    """The numbers in some words: "two million", "2 million", "a hundred and fifty", "half a million", "1500"."""
    found, place = [], 0
    while place < len(words):
        number = _number(words, place)
        if number is None:
            place += 1
        else:
            found.append(number)
            place = number.end
    return found


def _number(words: Sequence[str], start: int) -> Number | None:
    """The longest number that begins at a word."""
    place, half = start, False
    if words[place] == "half" and tuple(words[place + 1 : place + 2]) == ("a",):
        place, half = place + 2, True
    elif words[place] in ("a", "an"):
        place += 1
    scaled = place < len(words) and words[place] in SCALES and words[place] != "k"
    if place > start and not scaled:
        return None
    total, part, seen = 0.0, 0.0, False
    if scaled:
        part, seen = 0.5 if half else 1.0, True
    while place < len(words):
        word = words[place]
        if word[0].isdigit() and not seen:
            part, seen = float(word), True
        elif word in ONES and part % 100 in (0, *TENS.values()) and not (part % 10 and seen):
            part, seen = part + ONES[word], True
        elif word in TENS and part % 100 == 0:
            part, seen = part + TENS[word], True
        elif word in SCALES and seen:
            scale = SCALES[word]
            if scale <= 100:
                part *= scale
            else:
                total, part = total + part * scale, 0.0
        elif word == "and" and seen and place + 1 < len(words) and _small(words[place + 1]) and (total or part >= 100):
            pass
        else:
            break
        place += 1
    return Number(start, place, total + part) if seen else None


def _small(word: str) -> bool:
    return word in ONES or word in TENS


_BEFORE: dict[Op, str] = {
    ">": "more than|over|above|greater than|bigger than|larger than|higher than|exceeding|in excess of|upwards of|"
    "longer than|taller than|heavier than|older than|after|later than|beyond|past|exceed|exceeds|north of",
    ">=": "at least|no less than|no fewer than|not less than|not under|not fewer than|minimum|a minimum of|from|"
    "since|starting at",
    "<": "less than|fewer than|under|below|smaller than|lower than|shorter than|lighter than|younger than|before|"
    "earlier than|cheaper than|beneath|short of",
    "<=": "at most|no more than|not more than|up to|maximum|a maximum of|not over|not above|until|no greater than",
    "=": "exactly|precisely|equal to|just",
    "about": "about|around|roughly|approximately|circa|close to|near|nearly|almost|some",
}
_AFTER: dict[Op, str] = {
    ">=": "or more|or over|or above|or greater|or higher|or larger|or bigger|or later|plus|and up|and above|or longer",
    "<=": "or less|or fewer|or under|or below|or smaller|or lower|or earlier|or shorter|and below",
    "about": "or so|ish",
}
BEFORE, AFTER = (
    {tuple(phrase.split()): op for op, phrases in listed.items() for phrase in phrases.split("|")}
    for listed in (_BEFORE, _AFTER)
)
_BETWEEN = {"between": "and", "from": "to"}


def bounds(words: Sequence[str], units: frozenset[str] = frozenset()) -> list[Bound]:
    """The bounds in some words; a number without one is a bound of the kind "=".

    Args:
        words: of a clause.
        units: words that may stand between a number and "or more" or "and …": "5 metres or more".
    """
    found, known = [], numbers(words)
    skip = -1
    for place, number in enumerate(known):
        if number.start < skip:
            continue
        bound = _between(words, known, place, units) or _bound(words, number, units)
        skip = bound.end
        found.append(bound)
    return found


def _between(words: Sequence[str], known: Sequence[Number], place: int, units: frozenset[str]) -> Bound | None:
    """ "between … and …", "from … to …"."""
    low = known[place]
    joiner = _BETWEEN.get(words[low.start - 1]) if low.start else None
    if joiner is None:
        return None
    if place + 1 == len(known):
        return None
    high = known[place + 1]
    if [word for word in words[low.end : high.start] if word not in units] != [joiner]:
        return None
    first, second = low.value, high.value
    scale = SCALES.get(words[high.end - 1], 1)
    if words[low.end - 1] not in SCALES and first * scale <= second:  # "between 1 and 5 million"
        first *= scale
    return Bound(low.start - 1, high.end, "between", min(first, second), max(first, second))


def _bound(words: Sequence[str], number: Number, units: frozenset[str]) -> Bound:
    start, end = number.start, number.end
    op: Op = "="
    for phrase, kind in BEFORE.items():
        begin = number.start - len(phrase)
        if begin >= 0 and tuple(words[begin : number.start]) == phrase and begin < start:
            start, op = begin, kind
    if start == number.start:
        unit = end
        while unit < len(words) and words[unit] in units:
            unit += 1
        for phrase, kind in AFTER.items():
            if tuple(words[unit : unit + len(phrase)]) == phrase:
                end, op = unit + len(phrase), kind
    return Bound(start, end, op, number.value, number.value)


@dataclass(frozen=True)
class Graded:
    """A comparison by an adjective at words ``start`` up to ``end``: what it is compared with follows."""

    start: int
    end: int
    adjective: str
    op: Op


COMPARATIVES = {
    "bigger": "big", "larger": "large", "smaller": "small", "heavier": "heavy", "lighter": "light", "taller": "tall",
    "longer": "long", "shorter": "short", "cheaper": "cheap", "pricier": "pricey", "costlier": "costly",
    "older": "old", "newer": "new", "younger": "young", "faster": "fast", "slower": "slow", "wider": "wide",
    "narrower": "narrow", "thicker": "thick", "thinner": "thin", "deeper": "deep", "higher": "high", "lower": "low",
    "hotter": "hot", "warmer": "warm", "colder": "cold", "cooler": "cool", "wetter": "wet", "drier": "dry",
    "richer": "rich", "poorer": "poor", "stronger": "strong", "weaker": "weak", "louder": "loud", "sharper": "sharp",
    "farther": "far", "further": "far", "closer": "close", "nearer": "near", "later": "late", "earlier": "early",
    "better": "good", "worse": "bad", "safer": "safe", "tinier": "tiny", "softer": "soft", "harder": "hard",
}  # fmt: skip


def graded(words: Sequence[str]) -> Iterator[Graded]:
    """The comparisons by adjectives: "bigger than", "more expensive than", "less heavy than", "as big as"."""
    for place, word in enumerate(words):
        if word == "than" and place >= 1:
            one, two = words[place - 1], words[place - 2] if place >= 2 else ""
            if one in COMPARATIVES:
                yield Graded(place - 1, place + 1, COMPARATIVES[one], ">")
            elif two in ("more", "less"):
                yield Graded(place - 2, place + 1, one, ">" if two == "more" else "<")
        elif word == "as" and place >= 2 and words[place - 2] == "as":
            yield Graded(place - 2, place + 1, words[place - 1], "about")
