"""The words of questions about a city (`words.json`): which phrase asks for what.

A phrase names a topic ("language") or a value of one ("Spanish"); `scoutgym.envs.dialogue.cities.topics` answers them.
Fillers add nothing to a question that has a phrase in it; a word that is neither is not understood.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from scoutgym.envs.dialogue.cities.atlas import cities, countries, load
from scoutgym.envs.dialogue.cities.facts import FACT, THEME, facts, themes
from scoutgym.envs.dialogue.english import Phrasebook, Words, stems, words

Concept = tuple[str, str]
"""A topic, and a value of it or ""."""

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
COLORS = ("red", "white", "blue", "green", "yellow", "black", "orange", "gold")

UNKNOWN = ("unknown", "")
"""What phrases mean that consist of known words, but ask for what is not known."""


@cache
def fillers() -> frozenset[str]:
    """Words that change nothing in a question that holds a phrase."""
    found = load("words.json")["fillers"]
    return frozenset((*found, *stems(found)))


@cache
def around_facts() -> frozenset[str]:
    """Words that change nothing beside a fact or a theme, which ask for one thing however they are put."""
    found = load("words.json")["around facts"]
    return frozenset((*found, *stems(found)))


@cache
def synonyms() -> dict[str, str]:
    """Words that are read as others."""
    found: dict[str, str] = load("words.json")["synonyms"]
    return found


@cache
def phrasebook() -> Phrasebook[tuple[Concept, ...]]:
    """All phrases, each with what it may mean; where it may mean a value, it means no topic alone."""
    found: dict[Words, list[Concept]] = {}
    spelled: dict[Words, str] = {}
    for concept, phrase in _phrases(load("words.json")):
        key = stems(words(phrase))
        spelled.setdefault(key, phrase)
        meanings = found.setdefault(key, [])
        if concept not in meanings:
            meanings.append(concept)
    book: Phrasebook[tuple[Concept, ...]] = Phrasebook()
    for key, meanings in found.items():
        valued = [one for one in meanings if one[1]]
        book.add(spelled[key], tuple(valued or meanings))
    return book


def _phrases(record: dict[str, Any]) -> Iterable[tuple[Concept, str]]:
    """Those of `words.json`, and then what is named in the atlas where nothing else is called so."""
    taken: set[Words] = set()
    for one in record["values"]:
        yield from (((one["topic"], one["value"]), phrase) for phrase in one["phrases"])
        taken.update(stems(words(phrase)) for phrase in one["phrases"])
    yield from ((("language", language), language) for language in _languages())
    taken.update(stems(words(language)) for language in _languages())
    named = [(UNKNOWN, phrase) for phrase in record["unknown"]]
    named += [((topic, ""), phrase) for topic, phrases in record["topics"].items() for phrase in phrases]
    named += _told()
    named += [((f"month {number}", ""), month) for number, month in enumerate(MONTHS, 1)]
    named += [(("currency", money), money) for money in sorted({land.currency for land in countries().values()})]
    named += [(("flag", color), color) for color in COLORS]
    named += [(("food", food), food) for food in sorted({food for city in cities().values() for food in city.foods})]
    named += [(("sight", sight), sight.removeprefix("the ")) for sight in _sights()]
    for concept, phrase in named:
        key = stems(words(phrase))
        if key and key not in taken:
            taken.add(key)
            yield concept, phrase


@cache
def fame() -> frozenset[str]:
    """The stems of the words that say what cities are known for, where they are no fillers."""
    told = " ".join(" ".join((city.known, *city.landmarks, *city.foods)) for city in cities().values())
    return frozenset(stems(words(told))) - fillers()


def _told() -> list[tuple[Concept, str]]:
    """The phrases of facts, then those of themes."""
    found = [((f"{FACT}{fact.name}", "yes"), phrase) for fact in facts().values() for phrase in fact.phrases]
    found += [((f"{FACT}{fact.name}", "no"), phrase) for fact in facts().values() for phrase in fact.opposites]
    return found + [((f"{THEME}{theme}", ""), phrase) for theme, phrases in themes().items() for phrase in phrases]


def _languages() -> list[str]:
    lands = (language for land in countries().values() for language in land.languages)
    return sorted({*lands, *(language for city in cities().values() for language in city.languages)})


def _sights() -> list[str]:
    """Sights that are called by a name, not described."""
    sights = sorted({sight for city in cities().values() for sight in city.landmarks})
    return [sight for sight in sights if len(sight.split()) in (2, 3, 4) and sight.split()[-1][0].isupper()]
