"""From a text to its meaning: a guess, a comparison with a place, a bound on a figure, or topics and their values.

Meanings are JSON objects:

    {"guess": key} {"which": keys} {"guesses": n}       see `scoutgym.envs.dialogue.cities.places`
    {"ask": [topic, …]}                                 tell about topics
    {"is": [[topic, value], …]}                         yes if all hold, then tell about each
    {"in": [place, …]}                                  whether it is in a country or state
    {"borders": [country, …]}                           whether its country borders another
    {"side": "north", "of": key}                        whether it is further north than a city
    {"far": key, "op": …, "low": …, "high": …}          how far it is from a city, and whether that keeps a bound
    {"nearer": [key, key]}                              to which of two cities it is nearer
    {"than": key, "what": …, "op": …}                   compared with a city
    {"bound": topic, "op": …, "low": …, "high": …}      whether a figure keeps a bound
    {"both": [meaning, …]}                              several questions in one text

and ``"not": true`` where what is asked is denied. A word that no rule knows makes the whole text not understood: so
what is answered is what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from scoutgym.envs.dialogue.cities.comparing import compared, outside
from scoutgym.envs.dialogue.cities.concepts import THINGS, chosen
from scoutgym.envs.dialogue.cities.facts import FACT, THEME, facts
from scoutgym.envs.dialogue.cities.figures import bounded
from scoutgym.envs.dialogue.cities.places import guess_of, named, places
from scoutgym.envs.dialogue.cities.several import bare, pieces
from scoutgym.envs.dialogue.cities.words import Concept, around_facts, fame, fillers, phrasebook, synonyms
from scoutgym.envs.dialogue.english import Clause, Span, Words, clause, stem

DOTTED = re.compile(r"\b([A-Za-z])\.([A-Za-z])\.(?:([A-Za-z])\.)?")
SAINT = re.compile(r"\b([Ss]t)\.(?= ?[A-Z])")

OPEN = frozenset(("what", "which", "where", "when", "who", "how", "name", "describe", "tell", "list", "give"))
"""Words that begin a question which is not for yes or no."""

JUDGED = frozenset(("is", "in", "borders", "side", "bound", "than"))
"""Meanings that can be denied."""

BORDER = frozenset(
    "border borders bordering neighbour neighbor neighbouring neighboring country with adjacent".split()  # noqa: SIM905 (a word a line would fill the page)
)
ABOUT = frozenset(
    "near nearby close next beside around speak spoken speaks used use followed eat".split()  # noqa: SIM905 (as above)
)
"""Fillers that mean something before the name of a country."""
BARE = frozenset("is it a an city the town or this place located in".split())  # noqa: SIM905
"""What may stand around the adjective of a country: "is it a French city"."""

ADJECTIVES = frozenset("big large small huge tall old ancient new modern young hot rich".split())  # noqa: SIM905

GUESSING = frozenset(("guess", "guesses", "which"))
"""Meanings of guesses: they are made alone."""

TOLD = frozenset(("landmarks", "sights", "known", "food"))
"""Topics that are told in full, however they are asked for, as facts are."""

PERSONAL = frozenset(("born", "birthplace", "birth", "died", "die", "buried", "grave", "grew"))
"""What is asked of a person with these words is not told by facts that only tie the person to the city."""

OF_PERSONS = frozenset(("writer", "scientist", "politics"))
"""Themes of facts that name persons."""

PERSONS = frozenset(f"{THEME}{theme}" for theme in ("artist", "writer", "scientist", "music", "power", "film"))
"""Themes of people."""

ANSWERED = {
    "who": frozenset(("ruler",)) | PERSONS,
    "when": frozenset(("founded", "rain", "games", "summer", "winter")),
    "how many": frozenset(("population", "land population", "language", "neighbours", "games")),
    "how long": frozenset(("founded",)),
    "how far": frozenset(("latitude", "longitude", f"{FACT}far from any mainland")),
    "where": frozenset(("continent", "region", "part", "hemisphere", "coordinates", "country")),
    "did": frozenset(("ruler", "games", "capital")),
}
"""Beginnings of questions that only some topics answer."""


@lru_cache(maxsize=8192)
def read(text: str) -> dict[str, Any] | None:
    """The meaning of a text, or None where it is not understood for certain."""
    text = SAINT.sub(r"\1", DOTTED.sub(lambda found: "".join(part for part in found.groups() if part), text))
    meaning = _read(text)
    if meaning is not None:
        return meaning
    asked = [_read(piece) for piece in pieces(bare(text))]
    found = [one for one in asked if one is not None]
    if not found or len(found) < len(asked):
        return None
    if len(found) == 1:
        return found[0]
    return None if any(one.keys() & GUESSING for one in found) else {"both": found}


def _read(text: str) -> dict[str, Any] | None:
    """The meaning of a text that asks one thing."""
    said = clause(text)
    if said is None:
        return None
    of = tuple(part for word in said.words for part in synonyms().get(word, word).split())
    meaning = guess_of(Clause(of, said.negated), text) or compared(of) or bounded(of) or _in(of) or _topics(of)
    if meaning is None or not said.negated:
        return meaning
    return {**meaning, "not": True} if meaning.keys() & JUDGED else None


def _in(of: Words) -> dict[str, Any] | None:
    """Whether it is in a country or state, is the capital of one, or its country borders one."""
    spans = places().find(of)
    options = [list(option) for span in spans for option in span.concept if option[0] != "city"]
    if not spans or any(all(kind == "city" for kind, _ in span.concept) for span in spans):
        return None
    rest = set(outside(of, spans))
    codes = [key for span in spans for key in named(span, "country")]
    if rest & BORDER - {"country", "with"}:
        return {"borders": codes} if codes and len(spans) == 1 and rest <= fillers() | BORDER else None
    if "capital" in rest:
        alone = len(options) == 1 and bool(codes) and rest <= fillers() | {"capital"}
        return {"is": [["capital", "country"], ["country", codes[0]]]} if alone else None
    if any(named(span, "people") or named(span, "people state") for span in spans) and not rest <= BARE:
        return None
    return {"in": options} if rest <= (fillers() - ABOUT) | {"or", "country", "state", "town"} else None


def _topics(of: Words) -> dict[str, Any] | None:
    """The topics and values in the words, if every word is one, part of one, or a filler."""
    spans = _qualified(of, phrasebook().find(of))
    if any(one[0] == "letters" for span in spans for one in span.concept):
        return {"ask": ["name"]}
    inside = {place for span in spans for place in range(span.start, span.end)}
    rest = [word for place, word in enumerate(of) if place not in inside]
    told = any(one[0].startswith((FACT, THEME)) or one[0] in TOLD for span in spans for one in span.concept)
    known = fillers() | around_facts() if told else fillers()
    if ("rather", "than") in pairwise(of):
        return None
    strange = [word for word in rest if stem(word) not in known and word not in known | ADJECTIVES]
    if PERSONAL & set(rest) and any(_personal(one[0]) for span in spans for one in span.concept):
        return None
    if strange:
        famed = any(("known", "") in span.concept for span in spans) and of[0] not in OPEN
        found = len(spans) == 1 and all(stem(word) in fame() for word in strange)
        return {"is": [["known", stem(word)] for word in strange]} if famed and found else None
    concepts = chosen([span.concept for span in spans], of)
    if not concepts:
        return None
    values = {topic for topic, value in concepts if value}
    topics = list(dict.fromkeys(topic for topic, _ in concepts))
    if of[0] in OPEN and "country" in of[1:3] and set(topics) <= {"continent", "region"}:  # "which European country"
        return {"ask": ["country"]}
    for start, answering in ANSWERED.items():
        told_of = {topic for topic in topics if start == "did" and topic.startswith((FACT, THEME))}
        if " ".join(of[:2]).startswith(start) and not answering | told_of >= set(topics):
            return None
    either = "or" in rest and (len(topics) > 1 or sum(bool(value) for _, value in concepts) != 1 or _opposed(concepts))
    if either or of[0] in OPEN or (not values and set(of[:3]) & OPEN):
        return {"ask": topics}
    return {"is": [list(one) for one in dict.fromkeys(concepts) if one[1] or one[0] not in values]}


def _personal(topic: str) -> bool:
    """Whether a topic is a fact of a person."""
    return topic.startswith(FACT) and facts()[topic.removeprefix(FACT)].theme in OF_PERSONS


def _opposed(concepts: Sequence[Concept]) -> bool:
    """Whether a topic is asked for beside one of its own values: "on the coast or inland"."""
    return any((topic, "") in concepts for topic, value in concepts if value)


def _qualified(of: Words, spans: list[Span[tuple[Concept, ...]]]) -> list[Span[tuple[Concept, ...]]]:
    """The phrases without "the town" and without the adjectives that stand right before the name of a thing."""
    kept = []
    for place, span in enumerate(spans):
        after = spans[place + 1 : place + 2]
        joined = (
            after
            and after[0].start == span.end
            and any(one[0] in THINGS or one[0].startswith((FACT, THEME)) for one in after[0].concept)
        )
        named = span.end - span.start == 1 and of[span.start] == "town" and of[span.start - 1] in ("the", "this")
        if not named and not (joined and span.end - span.start == 1 and of[span.start] in ADJECTIVES):
            kept.append(span)
    return kept
