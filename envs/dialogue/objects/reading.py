"""Reading a question of twenty questions: from English words to a meaning, or None.

A clause is looked up as a guess, as a comparison or by its short forms. What is put together (or, and, but, relative
clauses, an adjective before a noun) is taken apart, and each part must be known. A clause that is not understood as it
stands is tried once more in plainer words (`scoutgym.envs.dialogue.objects.rewording`).

Meanings: ``["is", code]``, ``["guess", name]``, ``["than", quantity, "<", ">" or "about", amount]``,
``["more", code, "<" or ">", value]``, and ``["not", m]``, ``["any", [m, …]]``, ``["all", [m, …]]`` of these.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from scoutgym.envs.dialogue.english import AUXILIARIES, Words, clause, indexed, replaced, split
from scoutgym.envs.dialogue.objects.amounts import than
from scoutgym.envs.dialogue.objects.forms import forms, loosely, short_forms
from scoutgym.envs.dialogue.objects.naming import guess, names
from scoutgym.envs.dialogue.objects.phrases import ARTICLES, BE, HAVE, MODALS, RELATIVE, THING
from scoutgym.envs.dialogue.objects.rewording import reworded, untitled

Meaning = list[Any]
CHANCE = indexed([("by", "any", "chance")])


def read(text: str) -> Meaning | None:
    """The meaning of a question; None where it is not understood for certain."""
    if " or " in text.lower():
        text = text.replace(",", " or ")
    return _cached(text)


@lru_cache(maxsize=8192)
def _cached(text: str) -> Meaning | None:
    return _read(text) or _halves(text) or _about(text)


def _read(text: str) -> Meaning | None:
    """One clause, as it stands or in plainer words."""
    asked = clause(text)
    if asked is None:
        return None
    meaning = _meaning(asked.words)
    if meaning is None:
        plainer = reworded(asked.words)
        meaning = (_meaning(plainer) if plainer != asked.words else None) or loosely(plainer)
    return ["not", meaning] if meaning is not None and asked.negated else meaning


def _about(text: str) -> Meaning | None:
    """ "What about its color, is it red?": what follows the topic."""
    rest = untitled(text)
    return _read(rest) if rest is not None else None


def _halves(text: str) -> Meaning | None:
    """ "Does it have legs but isn't alive?": two clauses of which each is understood."""
    for joint in (" but ", " and yet ", " and "):
        first, found, second = text.partition(joint)
        if not found:
            continue
        second = second.removeprefix("also ").removeprefix("yet ")
        starts = (second.split() or [""])[0].lower().split("n't")[0].strip(",.?!")
        if starts in AUXILIARIES or starts in ("ca", "wo"):
            second = f"it {second}"
        elif starts == "not":
            second = f"it is {second}"
        elif starts not in ("it", "you", "people", "they"):
            second = f"is it {second}"
        both = _read(first), _read(second)
        if both[0] is not None and both[1] is not None and "guess" not in (both[0][0], both[1][0]):
            return ["all", list(both)]
    return None


def _meaning(of: Words) -> Meaning | None:
    """The meaning of the words of a clause."""
    if not of or len(of) > 40:
        return None
    return _one(of) or _joined(of) or _parted(of)


@lru_cache(maxsize=4096)
def _one(of: Words) -> Meaning | None:
    """A guess, a comparison or an attribute."""
    subject = replaced(replaced(of, CHANCE, ()), THING, ("it",))
    found = guess(of, article=True) or guess(subject, article=True) or than(subject, names())
    if found is not None:
        return found
    for key in short_forms(of):
        found = forms().get(key)
        if found is not None:
            return found
    return guess(of, article=False) or guess(subject, article=False)


def _joined(of: Words) -> Meaning | None:
    """ "… or …", "… and …": each part alone, with what it shares with the other put back."""
    for word, kind in (("or", "any"), ("and", "all")):
        parts = split(tuple(other for other in of if other not in ("either", "both")), word)
        if not 2 <= len(parts) <= 5:
            continue
        first = _first(parts[0], parts[-1])
        found = [first, *(_next(parts[0], part) for part in parts[1:])]
        if all(one is not None for one in found):
            return [kind, found]
    return None


def _first(first: Words, last: Words) -> Meaning | None:
    """The first part, perhaps with the end of the last: "can you eat (or drink it)"."""
    for length in range(min(4, len(last))):
        found = _one(first + last[len(last) - length :]) or (_parted(first) if not length else None)
        if found is not None:
            return found
    return None


def _next(first: Words, part: Words) -> Meaning | None:
    """A later part, with as much of the first before it as makes sense."""
    alone = _one(part) if part[0] in MODALS | BE | HAVE | {"it"} else None
    if alone is not None:
        return alone
    for kept in range(len(first) - 1, -1, -1):
        if kept == 0 and len(part) > 3:
            break
        found = _one((*first[:kept], *part))
        if found is not None:
            return found
    return None


def _parted(of: Words) -> Meaning | None:
    """ "an animal that flies", "a red fruit": both parts."""
    rest = _subject(of)
    if rest is None:
        return None
    for place in range(1, len(rest)):
        left, word, right = ("it", "is", *rest[:place]), rest[place], rest[place + 1 :]
        if word not in RELATIVE or not right or right[-1] in ("inside", "outside", "middle"):
            continue
        if word in ("that", "which", "who"):
            more = right if right[0] in ("you", "people", "we", "i", "humans", "someone") else ("it", *right)
        elif word == "with":
            more = ("it", "has", *right)
        elif word == "you":
            more = (word, *right)
        else:
            more = ("it", "is", word, *right)
        both = _one(left), _one(more)
        if both[0] is not None and both[1] is not None and "guess" not in (both[0][0], both[1][0]):
            return ["all", list(both)]
    bare = tuple(word for word in rest if word not in ARTICLES)
    if bare and bare[-1] in ("inside", "outside", "middle"):
        return None  # "red on the inside" is not red and inside
    for place in range(1, len(bare)):
        both = _one(("it", "is", *bare[:place])), _one(("it", "is", *bare[place:]))
        if both[0] is not None and both[1] is not None and not {both[0][0], both[1][0]} - {"is", "all"}:
            return ["all", list(both)]
    return None


def _subject(of: Words) -> Words | None:
    """What comes after "is it"; None where the clause is of another kind."""
    of = replaced(of, THING, ("it",))
    for start in (("is", "it"), ("it", "is"), ("are", "it"), ("could", "it", "be"), ("would", "it", "be")):
        if of[: len(start)] == start:
            return of[len(start) :]
    return of if of[0] in ARTICLES else None
