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
    ALIBI,
    ASK,
    BEGINS,
    BETWEEN,
    BLAMES,
    BODY,
    CLUES,
    COMMANDS,
    CORROBORATE,
    DEATH,
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
    SCENE,
    SEEN,
    SEES,
    SPOKEN,
    WEAK,
    WHERE,
    WISHES,
    Lexicon,
    lexicon,
    taken,
    within,
)
from scoutgym.envs.dialogue.murder.speaking import addressed
from scoutgym.envs.dialogue.murder.topics import ABOUT, NOTHING, TAKES, YOU, covered, topic_of

Meaning = list[Any]
"""``["accuse", p]``; ``["ask", question]``, a question of the rules as a list; ``["say", topic, …]`` for the rest."""


ASKING = frozenset(("what", "how", "which", "whom"))
"""Words that begin questions, beside the auxiliaries and those of ``BEGINS``."""

ALIBIED = ASKING | BEGINS | {"do", "be", "have"}
"""Words that begin a question about somebody, and no order to look at a room."""

SHORT = 4
"""A statement of so many words is no thought, but what is wanted: "The library, please"."""


def read(number: int, text: str) -> Meaning | None:
    """What a text means in a case; None where that is not clear. An accusation counts before all else."""
    known = lexicon(number)
    to = addressed(known, text)
    found: list[Meaning] = []
    short: list[Meaning] = []  # counts only where nothing else is said
    for sentence in sentences(text):
        of = _bare(known, sentence.words, to)
        if sentence.asks and len(of) > 4 and of[-2] == "not" and of[-3] in AUXILIARIES:
            of = of[:-3]  # "…, didn't she?"
        meaning = _accusation(known, of, sentence.asks, to) if of else None
        wish = next((place for place in range(len(of)) if of[place : place + 2] in WISHES), 0)
        of = of if sentence.asks else of[wish:]  # "since …, I will examine …"
        plain = sentence.asks or _commands(of)
        if meaning is None and of and (plain or (len(of) <= SHORT and not YOU.intersection(of))):
            meaning = _inquiry(known, of, sentence.asks, to)
            (found if plain else short).extend([meaning] if meaning else [])
        elif meaning is not None and meaning not in found:
            found.append(meaning)
    found = found or short
    for wanted in ("accuse", "ask", "say"):
        some = [one for one in found if one[0] == wanted]
        if some:
            return some[0] if wanted != "accuse" or len(some) == 1 else None
    return None


def _bare(known: Lexicon, of: Words, to: int | None) -> Words:
    """A sentence without its first words that say nothing: "Well, Gideon, …"."""
    while of:
        size = next((n for n in (3, 2, 1) if taken(known.names, tuple(map(stem, of[:n]))) == ([to], ())), 0)
        size = size or (of[0] in OPENERS)
        if not size or (len(of) == size and of[0] not in OPENERS):
            break
        of = of[size:]
    return of


def _commands(of: Words) -> bool:
    """Whether a statement wants something done: it begins with a verb of inquiry."""
    return bool(of) and (of[0] in AUXILIARIES or stem(of[0]) in COMMANDS | BEGINS)


def _accusation(known: Lexicon, of: Words, asks: bool, to: int | None) -> Meaning | None:
    """An accusation, or the request to make it plain; None where nobody is accused.

    Who is spoken to is accused by "you": "Gideon, you did it", "I put it to you, Gideon, that you did the deed".
    """
    keys = tuple(map(stem, of))
    people, said = known.people(keys), set(keys)
    you = to is not None and people in ([], [to]) and "you" in of
    people = [to] if you and to is not None else people
    if not people or keys[0] in ASK or said & (DENIALS | {"why"}) or "who" in of[:2] or not _blames(known, keys, you):
        return None
    plain = not asks and of[0] not in AUXILIARIES and not HEDGES & said and len(people) == 1
    return ["accuse", people[0]] if plain else ["say", "sure"]


def _blames(known: Lexicon, keys: Words, you: bool) -> bool:
    """Whether a name and the guilt stand together: "the killer is X", "X did it", "it was X", "killed by X", ….

    "The killer left a print like that of X" blames nobody. With ``you`` that word stands for the name.
    """
    line = [
        "guilt" if word in GUILT else "accuse" if word in ACCUSE else "deed" if word in DEED else word
        for word in taken(dict.fromkeys(known.names, 0), keys, "name")[1]
        if word not in BETWEEN | HEDGES
    ]
    if you:
        line = ["name" if word == "you" else word for word in line if word != "name"]
    line = [word for place, word in enumerate(line) if not (word == "name" and line[place + 1 : place + 2] == ["name"])]
    if "who" in line and not {"do", "deed"}.intersection(line[line.index("who") + 1 :][:1]):
        line = line[: line.index("who")][:-3]  # "was it X who took it" blames nobody of the deed
    return any(within(blame, tuple(line)) for blame in BLAMES)


def _inquiry(known: Lexicon, of: Words, asks: bool, to: int | None) -> Meaning | None:
    """What a sentence wants to know; ``to`` is who is spoken to."""
    keys = tuple(map(stem, of))
    if of[:2] in (("do", "not"), ("what", "if")) or of[0] in ("never", "if", "suppose"):
        return None
    people, keys = taken(known.names, keys)
    if to is not None and (YOU & set(of) or not people):
        people = [to, *(person for person in people if person != to)]
    rooms, rest = taken(known.rooms, keys)
    said = set(rest)
    features = [number for number, some in enumerate(known.traits) if said & some]
    if any(within(name, rest) for name in known.witness) and (not rooms or said & (ASK | SEES)):
        return ["ask", ["witness"]]
    topic = topic_of(rest, known.victim)
    others = [room for room in rooms if room]
    asking = asks or of[0] in AUXILIARIES or of[0] in ASKING or stem(of[0]) in BEGINS | ASK | LOOK
    personal = topic == "nothing" or others or said & (WHERE | SEEN | NOTHING | MOTIVE)
    if to is None and personal and not (people and said & ASK) and _to_somebody(of):
        return ["say", "one"]
    if topic == "people" and said & (WHERE | MOTIVE | KEY):
        return ["say", "one"]
    if topic is not None and not people:
        return {"job": ["say", "one"], "motive": ["say", "one"], "culprit": None}.get(topic, ["say", topic])
    if people:
        return _of_person(known, rest, people, features, rooms, asking, topic)
    if said & EVERYONE and not others:
        if said & {"who", "list", "name"} and not features and not said & KEY:
            return ["say", "people"]
        if asking and said & NOTHING and not said & ALIBI:
            return ["say", "nothing"]
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
    if asking and not rooms and said & (NOTHING | MOTIVE):
        return ["say", "one" if said & MOTIVE else "nothing"]
    body = said & (BODY | known.victim) and (said & LOOK or not asking)
    return ["say", "scene"] if rooms or body or said & (CLUES | SCENE) else None


def _to_somebody(of: Words) -> bool:
    """Whether a question is to one of the five, and not to the game master: "were you alone", "which one of you"."""
    return any(of[place : place + 2] in SPOKEN for place in range(len(of))) or "your" in of


def _of_person(
    known: Lexicon,
    keys: Words,
    people: Sequence[int],
    features: Sequence[int],
    rooms: Sequence[int],
    asking: bool,
    topic: str | None,
) -> Meaning | None:
    """What is to be known of a person; ``keys`` are the words beside names, ``topic`` what of `TOPICS` they ask for."""
    said, asked = set(keys), bool(set(keys) & ASK)
    key = said & {"key", "access"} or (said & KEY and said & (known.locked | known.weapon))
    motive = said & MOTIVE or topic == "motive" or ("why" in said and (said & DEATH or within(("do", "it"), keys)))
    if len(people) > 2 or bool(features) + bool(key) + bool(motive) > 1 or len(features) > 1:
        return None
    if topic == "job" or keys == ("who", "be"):
        return ["say", "job", people[0]]
    if features or key or motive:
        if said & OTHERS:
            return None
        if len(people) == 2 and not asked:
            return ["say", "nothing"] if motive and asking else None
        person = people[-1]
        if motive:
            return ["say", "motive", person]
        return ["ask", ["trait", person, features[0] if features else len(known.traits)]]
    if (
        asking
        and not said & ALIBI
        and (said & NOTHING or topic in ("nothing", "culprit") or (said & known.weapon and said & TAKES))
    ):
        return ["say", "nothing"]
    if "about" in said and said <= ABOUT:
        return ["say", "which", people[0]]
    if topic == "case" and "about" in said and not said & ALIBI:
        return None  # what somebody thinks of the victim
    others = [room for room in rooms if room]
    told = not ALIBIED.intersection(keys[:2])
    if others and told and said & LOOK - {"see"} and not asked and ("by" in said or not said & WHERE):
        return ["ask", ["room", others[0]]] if len(others) == 1 else None
    if asking and said & GUILT:
        return ["say", "sure"]
    if said & ALIBI or (
        (said & WHERE or rooms or asked or (asking and said & WEAK and said - {"be", "do", "have", "you"}))
        and covered(keys, WEAK | ASK | LOOK)
    ):
        second = len(people) == 2 and said & CORROBORATE and said & {"with", "by"} and not asked
        return ["ask", ["where", people[1 if second else 0]]]
    return ["say", "which", people[0]] if told and said & LOOK else None
