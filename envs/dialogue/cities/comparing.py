"""A question that compares the city with another: its side, its distance, its size, age, height or warmth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoutgym.envs.dialogue.cities.figures import LARGEST
from scoutgym.envs.dialogue.cities.places import Place, named, places
from scoutgym.envs.dialogue.cities.words import fillers
from scoutgym.envs.dialogue.english import Span, Words, stem
from scoutgym.envs.dialogue.quantities import COMPARATIVES, bounds, graded

SIDES = {
    "north": "north", "northern": "north", "northward": "north", "south": "south", "southern": "south",
    "east": "east", "eastern": "east", "west": "west", "western": "west",
}  # fmt: skip

COMPARED = {
    "big": "population", "large": "population", "small": "population", "populous": "population",
    "populated": "population", "old": "age", "new": "age", "young": "age", "high": "elevation", "low": "elevation",
    "hot": "heat", "warm": "heat", "cold": "heat", "cool": "heat", "expensive": "price", "cheap": "price",
    "costly": "price", "pricey": "price", "dear": "price", "affordable": "price",
}  # fmt: skip
"""What adjectives compare."""

REVERSED = frozenset(("small", "new", "young", "low", "cold", "cool", "cheap", "affordable"))
"""Adjectives of less, not of more."""

FOLK = frozenset(("people", "inhabitants", "residents", "population"))
MORE = frozenset(("further", "farther", "than", "of", "to", "direction", "up", "more", "closer", "nearer", "life"))
DISTANT = frozenset(("far", "distance", "away", "within", "radius"))
UNITS = {"km": 1.0, "kilometre": 1.0, "kilometer": 1.0, "mile": 1.609, "mi": 1.609}

EITHER = "?"
"""Stands for a comparison that leaves open which way it goes."""

NEAR, FAR = 300.0, 3000.0
"""Kilometres: "near" is less than the first, "far" more than the second."""


def compared(of: Words) -> dict[str, Any] | None:
    """What is asked with regard to one city or two."""
    of = _rephrased(of)
    spans = [span for span in places().find(of) if named(span, "city")]
    keys = [named(span, "city")[0] for span in spans]
    rest = outside(of, spans)
    around = fillers() | MORE
    if len(keys) == 2 and keys[0] != keys[1] and {"closer", "nearer", "near", "close"} & set(rest):
        return {"nearer": keys} if set(rest) <= around | {"or", "and", "between", "distance"} else None
    if len(keys) != 1:
        return None
    sides = [SIDES[word] for word in rest if word in SIDES]
    if len(sides) == 2 and "or" in rest and set(sides) in ({"north", "south"}, {"east", "west"}):
        return {"side": f"{EITHER}{sides[0]}", "of": keys[0]} if set(rest) - SIDES.keys() <= around else None
    if len(sides) == 1 and set(rest) - SIDES.keys() <= around:
        return {"side": sides[0], "of": keys[0]}
    return _than(keys[0], of, rest, spans[0].start) or _far(keys[0], of, rest)


def outside(of: Words, spans: Sequence[Span[tuple[Place, ...]]]) -> Words:
    """The words that are in no span."""
    inside = {place for span in spans for place in range(span.start, span.end)}
    return tuple(word for place, word in enumerate(of) if place not in inside)


def _rephrased(of: Words) -> Words:
    """In the common form: "expensive compared with Rome" as "more expensive than Rome", without "there" and "in"."""
    if "than" in of:
        of = tuple(word for word in of if word != "there")
        at = of.index("than") + 1
        return of[:at] + of[at + 1 :] if of[at : at + 1] == ("in",) else of
    for place in range(len(of) - 1):
        if of[place] in ("compared", "comparison", "relative") and of[place + 1] in ("with", "to"):
            before = tuple(word for word in of[:place] if word not in ("in", "by", "when", "if"))
            for at, word in enumerate(before):
                if word in COMPARED or COMPARATIVES.get(word) in COMPARED:
                    more = (word,) if word in COMPARATIVES else ("more", word)
                    rest = tuple(one for one in (*before[:at], *before[at + 1 :]) if one not in ("a", "an", "more"))
                    return (*rest, *more, "than", *of[place + 2 :])
    return of


def _than(key: str, of: Words, rest: Words, place: int) -> dict[str, Any] | None:
    """ "bigger than …", "more people than …"; ``place`` is that of the other city."""
    around = fillers() | MORE
    for one in graded(of):
        before = {word for at, word in enumerate(of) if at < place and not one.start <= at < one.end}
        opposite = [COMPARATIVES[word] for word in before if word in COMPARATIVES and word not in MORE]
        either = len(opposite) == 1 and "or" in before and COMPARED.get(opposite[0]) == COMPARED.get(one.adjective)
        if either:
            before -= {word for word in before if COMPARATIVES.get(word) == opposite[0]}
        if one.end != place - (of[place - 1] == "the") or not before <= around | {"population"}:
            continue
        if "population" in before and one.adjective in ("high", "low"):
            return {"than": key, "what": "population", "op": ">" if one.adjective == "high" else "<"}
        if one.adjective in COMPARED and either:
            return {"than": key, "what": COMPARED[one.adjective], "op": EITHER}
        if one.adjective in COMPARED:
            op = {">": "<", "<": ">"}.get(one.op, one.op) if one.adjective in REVERSED else one.op
            return {"than": key, "what": COMPARED[one.adjective], "op": op}
    amount = {"more", "fewer", "less"} & set(rest)
    if "than" in rest and amount and FOLK & set(rest) and set(rest) <= around | FOLK | {"fewer", "less"}:
        return {"than": key, "what": "population", "op": ">" if "more" in amount else "<"}
    return None


def _far(key: str, of: Words, rest: Words) -> dict[str, Any] | None:
    """How far it is from a city."""
    known = fillers() | MORE | DISTANT
    unit = next((UNITS[stem(word)] for word in rest if stem(word) in UNITS), None)
    found = bounds(of, frozenset(UNITS))
    if len(found) == 1 and unit is not None and found[0].high <= LARGEST:
        bound = found[0]
        left = {word for word in (*of[: bound.start], *of[bound.end :]) if word in rest}
        if not all(word in known or stem(word) in UNITS for word in left):
            return None
        op = "<=" if "within" in rest and bound.op in ("=", "about") else bound.op
        return {"far": key, "op": op, "low": bound.low * unit, "high": bound.high * unit}
    if found or not all(word in known or stem(word) in UNITS for word in rest):
        return None
    if {"how", "what", "distance"} & set(rest) and {"far", "distance", "close", "away"} & set(rest):
        return {"far": key}
    if {"near", "close", "nearby"} & set(rest):
        return {"far": key, "op": "<", "low": NEAR, "high": NEAR}
    return {"far": key, "op": ">", "low": FAR, "high": FAR} if "far" in rest else None
