"""Names of cities, countries and states in a question, and whether it is a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

from scoutgym.envs.dialogue.cities.atlas import cities, countries, plain
from scoutgym.envs.dialogue.english import Clause, Phrasebook, Span, Words, stems, words

Place = tuple[str, str]
"""What kind of place (city, country, people, state), and its key."""

FILLERS = frozenset(
    """is are was be it its it's the city this that my guess answer called named name think i a of in located secret you
    would could might must has to going with say town country state place your final then s capital so maybe perhaps by
    any chance we looking for referring thinking about am us believe one correct possibly probably let me""".split()  # noqa: SIM905 (a word a line would fill the page)
)
"""What may stand around a guess."""

WORDS = frozenset({"nice", "split", "male", "hue", "cork", "phoenix", "orlando", "rio", "la", "salvador", "darwin"})
"""Names that are words too: they are names with a country behind them, or a capital letter and no article before."""

ELSEWHERE = re.compile(
    r"\W*(?:is|so is|i guess|my guess is)? ?(?:it|the city|this)? ?(?:is )?"
    r"([A-Z][\w'’. -]{1,40}), ([A-Z][\w'’. -]{1,40})\W*",
    re.ASCII,
)
ENGLISH = {"english": "England", "scottish": "Scotland", "welsh": "Wales"}


@cache
def places() -> Phrasebook[tuple[Place, ...]]:
    """Every name, with all that it may mean."""
    found: dict[Words, dict[Place, None]] = {}
    spelled: dict[Words, str] = {}

    def learn(place: Place, name: str) -> None:
        key = stems(words(name))
        spelled.setdefault(key, name)
        found.setdefault(key, {})[place] = None

    for key, city in cities().items():
        for name in (city.name, *city.aliases):
            learn(("city", key), name)
        if city.state:
            learn(("state", city.state), city.state)
    for code, land in countries().items():
        for name in (land.name, *land.aliases, *(("the US",) if code == "US" else ())):  # "us" alone is a pronoun
            learn(("country", code), name)
        for name in land.people:
            learn(("people", code), name)
    for name, state in ENGLISH.items():
        learn(("people state", state), name)
    return Phrasebook((spelled[key], tuple(meanings)) for key, meanings in found.items())


def named(span: Span[tuple[Place, ...]], kind: str) -> list[str]:
    """The keys of the places of a kind that a name may mean."""
    return [key for what, key in span.concept if what == kind]


def in_country(key: str, span: Span[tuple[Place, ...]]) -> bool:
    """Whether a city lies in the country or the state that a name means."""
    city = cities()[key]
    codes = {city.country, city.land.part_of}
    return any(code in codes for code in named(span, "country")) or city.state in named(span, "state")


def guess_of(clause: Clause, text: str) -> dict[str, object] | None:
    """The guess that a text makes, or None.

    ``{"guess": key}``; the key is "" for a city that is not among the known ones, and where a name is that of several
    cities, there is a list of keys instead: ``{"which": [key, …]}``. ``{"guesses": n}`` names several cities.
    """
    if clause.negated:
        return None
    of = clause.words
    spans = [span for span in places().find(of) if span.concept[0][0] not in ("people", "people state")]
    inside = {place for span in spans for place in range(span.start, span.end)}
    rest = [word for place, word in enumerate(of) if place not in inside]
    cited = [span for span in spans if named(span, "city")]
    if not cited or not set(rest) <= FILLERS | {"or", "and"}:
        return _elsewhere(text)
    first = cited[0]
    if of[first.start - 1 : first.start] == ("in",) or "state" in rest:  # "is it in New York", a state
        return None
    others = [span for span in spans if span is not first]
    keys = named(first, "city")
    for span in others:
        same = bool(set(named(span, "city")) & set(keys))
        if not same and not (named(span, "country") or named(span, "state")):
            return {"guesses": len(cited)}
        if not same:
            keys = [key for key in keys if in_country(key, span)]
    if "or" in rest:
        return {"guesses": 2}
    if not others and of[first.start] in WORDS and first.end - first.start == 1 and not _capital(text, of, first.start):
        return None
    if len(keys) > 1:
        return {"which": keys}
    return {"guess": keys[0] if keys else ""}


def _capital(text: str, of: Sequence[str], place: int) -> bool:
    """Whether a word is written as a name: with a capital, and no article before it."""
    name = of[place].capitalize()
    return (name in text or name.upper() in text) and not (place and of[place - 1] in ("a", "an", "very", "so"))


def _elsewhere(text: str) -> dict[str, object] | None:
    """A guess of the plain form at a city whose name is spelled otherwise, or that is not known here."""
    found = ELSEWHERE.fullmatch(text[:1].lower() + text[1:] if text.startswith(("Is", "So", "My")) else text)
    if found is None:
        return None
    span = places().find(words(found[2]))
    whole = len(span) == 1 and span[0].start == 0 and span[0].end == len(words(found[2]))
    if not whole or not (named(span[0], "country") or named(span[0], "state")):
        return None
    there = {
        _letters(name): key
        for key, city in cities().items()
        if in_country(key, span[0])
        for name in (city.name, *city.aliases)
    }
    near = get_close_matches(_letters(found[1]), there, 1, 0.85)
    return {"guess": there[near[0]] if near else ""}


def _letters(name: str) -> str:
    """The letters of a name, without accents, case and blanks."""
    return "".join(c for c in plain(name) if c.isalnum())
