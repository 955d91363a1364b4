"""A generated fictional world, as a small corpus of documents: people, towns, companies, books and rivers.

Every entity has one document and, for each relation of its kind, one fact, uniform among the entities (or words) that
the relation leads to. A document tells its entity's facts in sentences whose wording varies, between sentences that
name other entities and mean nothing. All of it is a function of a key: no world is written down, and none is the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scoutgym.envs.chance import Chance
from scoutgym.envs.probes.bm25 import BM25
from scoutgym.types import digest

FIRST = "Orla Milo Tessa Bram Ines Odo Runa Falk Lena Piet Vera Anton Greta Hugo Selma Ivo Nora Emil Ada Karl".split()  # noqa: SIM905
LAST = "Vance Rask Holm Quill Drury Penn Sorel Thorn Lund Marsh Veit Asker Bly Corr Dane Eck".split()  # noqa: SIM905
TOWN = ("Tarn", "Dun", "Elm", "Vor", "Kes", "Mar", "Hol", "Brin", "Ost", "Wex", "Ash", "Gren")
ENDING = ("mere", "by", "ford", "wick", "stead", "gate", "haven")
TRADE = ("Works", "Mills", "Shipping", "Press", "Glass", "Brothers")
ADJECTIVE = "Silent Glass Hollow Crooked Paper Distant Salt Iron Winter Borrowed Second Last".split()  # noqa: SIM905
NOUN = "Ferry Anvil Orchard Lantern Bridge Harvest Mirror Winter Crossing Clock Island Letter".split()  # noqa: SIM905
RIVER = ("Asel", "Brenna", "Coll", "Deva", "Esk", "Fenn", "Gala", "Hest", "Isk", "Lorn", "Moss", "Nith")
DISH = ("plum dumplings", "smoked eel", "rye pancakes", "onion tart", "barley soup", "pickled pears", "honey cake")
MOUNTAIN = ("Mount Arvo", "Mount Bessel", "Mount Cray", "Mount Dolm", "Mount Erin", "Mount Foss", "Mount Gorse")

COUNTS = {"person": 24, "town": 14, "company": 12, "book": 14, "river": 8}


@dataclass(frozen=True)
class Relation:
    """A kind of fact: the noun that questions use, from which kind to which, and how documents say it."""

    noun: str
    source: str
    target: str
    sayings: tuple[str, ...]


RELATIONS = (
    Relation("birthplace", "person", "town", ("{x} was born in {y}.", "{x} spent the first years of life in {y}.")),
    Relation("employer", "person", "company", ("{x} works for {y}.", "{x} has long been on the payroll of {y}.")),
    Relation("teacher", "person", "person", ("{x} was taught by {y}.", "{x} learned everything from {y}.")),
    Relation("mayor", "town", "person", ("The mayor of {x} is {y}.", "{x} is governed by {y}.")),
    Relation("river", "town", "river", ("{x} lies on the {y}.", "Through {x} runs the {y}.")),
    Relation("dish", "town", "dish", ("{x} is known for its {y}.", "In {x} people eat {y}.")),
    Relation("seat", "company", "town", ("{x} is based in {y}.", "{x} has its offices in {y}.")),
    Relation("founder", "company", "person", ("{x} was founded by {y}.", "{x} was started by {y}.")),
    Relation("author", "book", "person", ("{x} was written by {y}.", "{x} is a novel by {y}.")),
    Relation("setting", "book", "town", ("{x} is set in {y}.", "The story of {x} takes place in {y}.")),
    Relation("source", "river", "mountain", ("The {x} rises on {y}.", "The {x} springs from {y}.")),
)
OF = {kind: [relation for relation in RELATIONS if relation.source == kind] for kind in COUNTS}
BY_NOUN = {relation.noun: relation for relation in RELATIONS}
IDLE = {
    "person": ("{x} once wrote a long letter to {y}.", "{x} is often seen in {t}."),
    "town": ("A fair is held in {x} every spring.", "The road from {x} to {t} is in poor repair."),
    "company": ("{x} once lost a lawsuit against {y}.", "{x} sponsors the fair of {t}."),
    "book": ("{x} was praised by {y}.", "A copy of {x} lies in the library of {t}."),
    "river": ("The {x} freezes in hard winters.", "The {x} does not pass through {t}."),
}


@dataclass(frozen=True)
class Corpus:
    """Documents by title, in order, with their index; and the truth behind them."""

    kinds: Mapping[str, str]
    facts: Mapping[tuple[str, str], str]
    """(entity, noun of a relation) to what it leads to."""
    titles: Sequence[str]
    documents: Mapping[str, str]
    index: BM25


@lru_cache(maxsize=64)
def corpus(key: str) -> Corpus:
    """The world of a key."""
    chance = Chance(digest("fiction", key))
    entities = {kind: chance.sample(_names(kind), count) for kind, count in COUNTS.items()}
    reached = {**entities, "dish": DISH, "mountain": MOUNTAIN}
    kinds = {name: kind for kind, names in entities.items() for name in names}
    facts, documents = {}, {}
    for name, kind in kinds.items():
        lines = []
        for relation in OF[kind]:
            other = chance.choice([one for one in reached[relation.target] if one != name])
            facts[name, relation.noun] = other
            lines.append(chance.choice(relation.sayings).format(x=name, y=other))
        person, town = (chance.choice([one for one in entities[of] if one != name]) for of in ("person", "town"))
        lines += [line.format(x=name, y=person, t=town) for line in IDLE[kind]]
        chance.shuffle(lines)
        documents[name] = " ".join([f"{name} is a {kind}.", *lines])
    titles = list(documents)
    chance.shuffle(titles)
    return Corpus(kinds, facts, titles, documents, BM25([f"{title} {documents[title]}" for title in titles]))


def _names(kind: str) -> list[str]:
    if kind == "person":
        return [f"{first} {last}" for first in FIRST for last in LAST]
    if kind == "town":
        return [start + end for start in TOWN for end in ENDING]
    if kind == "company":
        return [f"{last} {trade}" for last in LAST for trade in TRADE]
    if kind == "book":
        return [f"The {adjective} {noun}" for adjective in ADJECTIVE for noun in NOUN]
    return list(RIVER)


def told(document: str, name: str, noun: str) -> str | None:
    """What a document says that a relation leads to; None where it does not say it."""
    for saying in BY_NOUN[noun].sayings:
        pattern = re.escape(saying.format(x=name, y="\x00")).replace("\x00", r"([\w ]+)")
        found = re.search(rf"(?:^|(?<=\. )){pattern}", document)
        if found:
            return found[1]
    return None
