"""How a detective's words are read: an accusation, or a question about one person, room or thing.

A sentence counts if it asks or commands, or is short; what is merely thought aloud does not. Names, rooms and words for
things are looked up; which people, rooms and features there are is public. An accusation must be a plain statement of
one name ("the culprit is X", "X did it", "I accuse X"): a question, a guess with "maybe" or a denial accuses nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoutgym.envs.dialogue.english import AUXILIARIES, Words, sentences, stem
from scoutgym.envs.dialogue.murder.lexicon import (
    ACCUSE,
    ASK,
    BEGINS,
    BETWEEN,
    BLAMES,
    BODY,
    CLUES,
    COMMANDS,
    CORROBORATE,
    DEED,
    DENIALS,
    EVERYONE,
    GUILT,
    HEDGES,
    KEY,
    LOOK,
    MOTIVE,
    OPENERS,
    OTHERS,
    SEES,
    WEAK,
    WHERE,
    WISHES,
    Lexicon,
    lexicon,
    taken,
    within,
)

Meaning = list[Any]
"""``["accuse", p]``; ``["ask", question]``, a question of the rules as a list; ``["say", topic, …]`` for the rest."""


SHORT = 4
"""A statement of so many words is no thought, but what is wanted: "The library, please"."""


def read(number: int, text: str) -> Meaning | None:
    """What a text means in a case; None where that is not clear. An accusation counts before all else."""
    known = lexicon(number)
    found: list[Meaning] = []
    short: list[Meaning] = []  # counts only where nothing else is said
    for sentence in sentences(text):
        of = sentence.words
        while of and of[0] in OPENERS:
            of = of[1:]
        meaning = _accusation(known, of, sentence.asks) if of else None
        wish = next((place for place in range(len(of)) if of[place : place + 2] in WISHES), 0)
        of = of if sentence.asks else of[wish:]  # "since …, I will examine …"
        plain = sentence.asks or _commands(of)
        if meaning is None and of and (plain or len(of) <= SHORT):
            meaning = _inquiry(known, of, sentence.asks)
            (found if plain else short).extend([meaning] if meaning else [])
        elif meaning is not None and meaning not in found:
            found.append(meaning)
    found = found or short
    for wanted in ("accuse", "ask", "say"):
        some = [one for one in found if one[0] == wanted]
        if some:
            return some[0] if wanted != "accuse" or len(some) == 1 else None
    return None


def _commands(of: Words) -> bool:
    """Whether a statement wants something done: it begins with a verb of inquiry."""
    return bool(of) and (of[0] in AUXILIARIES or stem(of[0]) in COMMANDS | BEGINS)


def _accusation(known: Lexicon, of: Words, asks: bool) -> Meaning | None:
    """An accusation, or the request to make it plain; None where nobody is accused."""
    keys = tuple(map(stem, of))
    people, said = known.people(keys), set(keys)
    if not people or keys[0] in ASK or said & (DENIALS | {"why"}) or "who" in of[:2] or not _blames(known, keys):
        return None
    plain = not asks and of[0] not in AUXILIARIES and not HEDGES & said and len(people) == 1
    return ["accuse", people[0]] if plain else ["say", "sure"]


def _blames(known: Lexicon, keys: Words) -> bool:
    """Whether a name and the guilt stand together: "the killer is X", "X did it", "it was X", "killed by X", ….

    "The killer left a print like that of X" blames nobody.
    """
    line = [
        "guilt" if word in GUILT else "accuse" if word in ACCUSE else "deed" if word in DEED else word
        for word in taken(dict.fromkeys(known.names, 0), keys, "name")[1]
        if word not in BETWEEN | HEDGES
    ]
    line = [word for place, word in enumerate(line) if not (word == "name" and line[place + 1 : place + 2] == ["name"])]
    return any(within(blame, tuple(line)) for blame in BLAMES)


def _inquiry(known: Lexicon, of: Words, asks: bool) -> Meaning | None:
    """What a sentence wants to know."""
    keys = tuple(map(stem, of))
    if of[:2] == ("do", "not") or of[0] in ("never", "if"):
        return None
    people, keys = taken(known.names, keys)
    rooms, rest = taken(known.rooms, keys)
    said = set(rest)
    features = [number for number, some in enumerate(known.traits) if said & some]
    if any(within(name, rest) for name in known.witness) and (not rooms or said & (ASK | SEES)):
        return ["ask", ["witness"]]
    if people:
        asking = asks or of[0] in AUXILIARIES or stem(of[0]) in BEGINS | ASK | LOOK
        return _of_person(known, rest, people, features, rooms, WHERE | WEAK if asking else WHERE)
    others = [room for room in rooms if room]
    if said & EVERYONE and not others:
        if said & {"who", "list", "name"} and not features and not said & KEY:
            return ["say", "people"]
        return ["say", "one"] if said & (ASK | WHERE | MOTIVE | KEY) or features else None
    if {"who", "where"} <= said and not rooms:
        return ["say", "one"]
    if len(features) > 1 or len(others) > 1:
        return None
    if features:
        return ["ask", ["trace", features[0]]]
    if others:
        return ["ask", ["room", others[0]]]
    if said & (known.weapon | known.locked):
        return ["say", "weapon"]
    return ["say", "scene"] if rooms or said & (BODY | CLUES | known.victim) else None


def _of_person(
    known: Lexicon,
    keys: Words,
    people: Sequence[int],
    features: Sequence[int],
    rooms: Sequence[int],
    where: frozenset[str],
) -> Meaning | None:
    """What is to be known of a person; ``keys`` are the words beside names, ``where`` those that mean an alibi."""
    said, asked = set(keys), bool(set(keys) & ASK)
    key = said & {"key", "access"} or (said & KEY and said & (known.locked | known.weapon))
    if len(people) > 2 or bool(features) + bool(key) + bool(said & MOTIVE) > 1 or len(features) > 1:
        return None
    if features or key or said & MOTIVE:
        if (len(people) == 2 and not asked) or said & OTHERS:
            return None
        person = people[-1]
        if said & MOTIVE:
            return ["say", "motive", person]
        return ["ask", ["trait", person, features[0] if features else len(known.traits)]]
    others = [room for room in rooms if room]
    if others and said & LOOK - {"see"} and not asked and ("by" in said or not said & WHERE):
        return ["ask", ["room", others[0]]] if len(others) == 1 else None
    if asked:
        return ["ask", ["where", people[0]]]
    if said & GUILT:
        return ["say", "sure"]
    if said & where or rooms:
        second = len(people) == 2 and said & CORROBORATE and said & {"with", "by"}
        return ["ask", ["where", people[1 if second else 0]]]
    return ["say", "which", people[0]] if said & LOOK else None
