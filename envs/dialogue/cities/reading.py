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

and ``"not": true`` where what is asked is denied. A word that no rule knows makes the whole text not understood: so
what is answered is what was asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from scoutgym.envs.dialogue.cities.comparing import compared, outside
from scoutgym.envs.dialogue.cities.concepts import THINGS, chosen
from scoutgym.envs.dialogue.cities.figures import bounded
from scoutgym.envs.dialogue.cities.places import guess_of, named, places
from scoutgym.envs.dialogue.cities.words import Concept, fame, fillers, phrasebook, synonyms
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

ANSWERED = {
    "who": frozenset(("ruler",)),
    "when": frozenset(("founded", "rain", "games", "summer", "winter")),
    "how many": frozenset(("population", "land population", "language", "neighbours", "games")),
    "did": frozenset(("ruler", "games", "capital")),
}
"""Beginnings of questions that only some topics answer."""


@lru_cache(maxsize=8192)
def read(text: str) -> dict[str, Any] | None:
    """The meaning of a text, or None where it is not understood for certain."""
    text = SAINT.sub(r"\1", DOTTED.sub(lambda found: "".join(part for part in found.groups() if part), text))
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
    strange = [word for word in rest if stem(word) not in fillers() and word not in fillers() | ADJECTIVES]
    if strange:
        known = any(("known", "") in span.concept for span in spans) and of[0] not in OPEN
        found = len(spans) == 1 and all(stem(word) in fame() for word in strange)
        return {"is": [["known", stem(word)] for word in strange]} if known and found else None
    concepts = chosen([span.concept for span in spans])
    if not concepts:
        return None
    values = {topic for topic, value in concepts if value}
    topics = list(dict.fromkeys(topic for topic, _ in concepts))
    if of[0] in OPEN and "country" in of[1:3] and set(topics) <= {"continent", "region"}:  # "which European country"
        return {"ask": ["country"]}
    for start, answering in ANSWERED.items():
        if " ".join(of[:2]).startswith(start) and not answering >= set(topics):
            return None
    either = "or" in rest and sum(bool(value) for _, value in concepts) != 1
    if either or of[0] in OPEN or (not values and set(of[:3]) & OPEN):
        return {"ask": topics}
    return {"is": [list(one) for one in dict.fromkeys(concepts) if one[1] or one[0] not in values]}


def _qualified(of: Words, spans: list[Span[tuple[Concept, ...]]]) -> list[Span[tuple[Concept, ...]]]:
    """The phrases without the adjectives that stand right before the name of a thing."""
    kept = []
    for place, span in enumerate(spans):
        after = spans[place + 1 : place + 2]
        joined = after and after[0].start == span.end and any(one[0] in THINGS for one in after[0].concept)
        if not (joined and span.end - span.start == 1 and of[span.start] in ADJECTIVES):
            kept.append(span)
    return kept
