"""Reading a question of twenty questions: from English words to a meaning, or None.

A clause is brought to a short form, whose first word says its kind: ``be alive``, ``have wheel``, ``for cut`` (use),
``made wood``, ``at kitchen`` (place), ``you eat`` (what people do to it), ``it fly`` (what it does). A short form must
be one of the files'; nothing is guessed from single words. What is put together (or, and, relative clauses, an
adjective before a noun) is taken apart, and each part must be known.

Meanings: ``["is", code]``, ``["guess", name]``,
``["than", quantity, "<", ">" or "about", amount]``, and ``["not", m]``,
``["any", [m, …]]``, ``["all", [m, …]]`` of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from scoutgym.envs.dialogue.english import Clause, Phrasebook, Words, clause, split, stems, words
from scoutgym.envs.dialogue.objects import attributes, broader, compounds, facts, objects
from scoutgym.envs.dialogue.objects.amounts import than
from scoutgym.envs.dialogue.objects.phrases import (
    ARTICLES,
    BE,
    DROPPED,
    FIND,
    FOUND,
    GUESSING,
    HAVE,
    MODALS,
    NOUNS,
    PEOPLE,
    PLACES,
    PURPOSE,
    RELATIVE,
    SUBSTANCE,
    THING,
    WHOSE,
)

Meaning = list[Any]


@lru_cache(maxsize=8192)
def _cached(text: str) -> Meaning | None:
    asked = clause(text)
    if asked is None:
        return None
    meaning = _meaning(asked.words)
    return ["not", meaning] if meaning is not None and asked.negated else meaning


def read(text: str) -> Meaning | None:
    """The meaning of a question; None where it is not understood for certain."""
    if " or " in text.lower():
        text = text.replace(",", " or ")
    return _cached(text)


# Names.


@cache
def names() -> Phrasebook[str]:
    """Objects by name; a name that is only broader than others stands for itself."""
    book: Phrasebook[str] = Phrasebook()
    for one in objects().values():
        for name in (one.name, *one.others):
            book.add(name, one.name)
    for wider in {name for names in broader().values() for name in names}:
        if book.meaning(words(wider)) is None:
            book.add(wider, wider)
    return book


def _guess(of: Words, article: bool) -> Meaning | None:
    """A guess: with an article, or (tried later) without."""
    for phrase in (*GUESSING, ()):
        if of[: len(phrase)] == phrase:
            rest = of[len(phrase) :]
            if not rest or (rest[0] in (*ARTICLES, "some", "your") and len(rest) > 1) != article:
                continue
            name = names().meaning(rest[1:] if article else rest)
            if name is not None:
                return ["guess", name]
    return None


# Short forms.


@cache
def _forms() -> dict[Words, Meaning]:
    """What each short form means.

    Raises:
        ValueError: a form has two meanings.
    """
    known: dict[Words, Meaning] = {}
    listed: list[tuple[str, Meaning]] = []
    for attribute in attributes():
        listed += [(form, ["is", attribute.code]) for form in (*attribute.forms, attribute.question)]
    for fact in facts():
        listed += [(form, ["is", fact.code]) for form in fact.forms]
    for codes, forms in compounds():
        listed += [(form, _all([_part(code) for code in codes])) for form in forms]
    for form, meaning in listed:
        key = next(_short(words(form)))
        if known.setdefault(key, meaning) != meaning:
            raise ValueError(f"{form!r} means {meaning}, but its short form {key} means {known[key]}")
    return known


def _all(parts: list[Meaning]) -> Meaning:
    return parts[0] if len(parts) == 1 else ["all", parts]


def _part(code: str) -> Meaning:
    """A part of a compound: a code, ``-code`` where it must not be so, ``one/other`` where one will do."""
    if code[0] == "-":
        return ["not", ["is", code[1:]]]
    found: list[Meaning] = [["is", one] for one in code.split("/")]
    return found[0] if len(found) == 1 else ["any", found]


def _replaced(of: Words, phrases: tuple[Words, ...], by: Words) -> Words:
    found: list[str] = []
    place = 0
    while place < len(of):
        for phrase in phrases:
            if of[place : place + len(phrase)] == phrase:
                found += by
                place += len(phrase)
                break
        else:
            found.append(of[place])
            place += 1
    return tuple(found)


def _plain(of: Words) -> Words:
    """It and you alone as subjects, and no word that changes little."""
    of = _able(_pronouns(_replaced(of, THING, ("it",))))
    of = _replaced(of, PEOPLE, ("you",))
    of = _replaced(of, DROPPED, ())
    return tuple(word for word in of if word not in ARTICLES | WHOSE)


def _pronouns(of: Words) -> Words:
    """ "Is this …", "does that …" and "would you find one …" ask for it, too."""
    taken, ends = (
        {"find", "see", "have", "own", "buy", "keep", "meet", "get", "use", "eat", "wear", "need"},
        PLACES | {""},
    )
    around = zip(("", *of), of, (*of[1:], ""), strict=False)
    of = tuple("it" if word == "one" and before in taken and after in ends else word for before, word, after in around)
    return tuple("it" if word == "this" or (word == "that" and place <= 1) else word for place, word in enumerate(of))


def _able(of: Words) -> Words:
    """ "Is it able to fly" is "it fly"."""
    for able in (("able", "to"), ("capable", "of")):
        for place in range(1, min(4, len(of) - 2)):
            if of[place : place + 2] == able:
                subject = tuple(word for word in of[:place] if word not in BE)
                return (*subject, *of[place + 2 :])
    return of


def _without(of: Words, ends: frozenset[str]) -> Words:
    while len(of) > 1 and of[-1] in ends:
        of = of[:-1]
    return of


def _short(of: Words) -> Iterator[Words]:
    """The short forms that a clause may have, the nearest first."""
    of = tuple(word for word in _plain(of) if word not in MODALS)
    if not of:
        return
    if of[0] in ("made", "at", "for") and len(of) > 1:
        yield from _be(of)
    elif of[0] in BE and of[1:2] == ("it",):
        yield from _be(of[2:])
    elif (of[0] in BE and of[1:2] == ("there",)) or (of[:1] == ("there",) and of[1:2] and of[1] in BE):
        yield from _have(of[2:])
    elif of[0] in BE and of[1:2] == ("you",):
        yield from _you(of[2:])
    elif of[0] in HAVE and of[1:2] == ("it",):
        yield from _have(of[2:])
    elif of[0] == "it":
        yield from _it(of[1:])
    elif of[0] == "you":
        yield from _you(of[1:])
    elif of[0] in HAVE:
        yield from _have(of[1:])
    elif of[0] in BE:
        yield from _be(of[1:])
    else:
        yield from _be(of)
        if of[-1] == "it":
            yield from _be(of[:-1])


def _starting(of: Words, phrases: tuple[Words, ...]) -> int:
    return next((len(phrase) for phrase in phrases if of[: len(phrase)] == phrase and len(of) > len(phrase)), 0)


def _be(of: Words) -> Iterator[Words]:
    """Short forms after "it is"."""
    if not of:
        return
    if of[0] in NOUNS | {"one"} and len(of) > 1:
        rest = of[1:]
        if rest[0] in ("that", "which", "who"):
            rest = rest[1:]
            if rest:
                yield from _you(rest[1:]) if rest[0] == "you" else _it(rest)
            return
        if rest[0] == "you":
            yield from _you(rest[1:])
            return
        if rest[0] == "with":
            yield from _have(rest[1:])
            return
        if rest[0] == "to":
            yield ("to", *stems(rest[1:]))
            yield from _for(rest[1:])
            return
        yield from _be(rest)
        return
    if length := _starting(of, PURPOSE):
        yield from _for(of[length:])
    elif length := _starting(of, SUBSTANCE):
        yield from _made(of[length:])
    elif of[0] == "made" and len(of) > 1 and of[1] not in ("by", "in", "into", "for", "to"):
        yield from _made(of[1:])
    elif of[0] in FOUND and of[1:2] and of[1] in PLACES:
        yield from _at(of[1:])
    elif of[0] in PLACES and len(of) > 1:
        yield from _at(of)
    elif of[0] == "with" and len(of) > 1:
        yield from _have(of[1:])
    if of[:2] == ("part", "of") and len(of) > 2:
        yield ("be", *stems(of))
    bare = _colored(_without(of, NOUNS))
    yield ("be", *stems(bare))
    if "used" in bare[:1] and bare[1:2] and bare[1] in PLACES:
        yield from _at(bare[1:])


def _colored(of: Words) -> Words:
    """ "red in color", "red colored", "color red" → "red"."""
    shades = ("color", "colour", "colored", "coloured", "colors", "colours")
    if len(of) > 1 and of[0] in shades:
        return of[1:]
    if len(of) > 1 and of[-1] in shades and of[0] not in ("different", "many", "bright", "multiple"):
        return _without(of[:-1], frozenset(["in"]))
    return of


def _have(of: Words) -> Iterator[Words]:
    if of[:1] == ("got",):
        of = of[1:]
    bare = of
    while len(bare) > 1 and (bare[-1] == "it" or (bare[-1] in PLACES | {"inside", "with", "attached"})):
        bare = bare[:-1]
    if bare:
        yield ("have", *stems(bare))


def _for(of: Words) -> Iterator[Words]:
    bare = _without(tuple(word for word in of if word != "it"), NOUNS | {"with"})
    if bare:
        yield ("for", *stems(bare))


def _made(of: Words) -> Iterator[Words]:
    skipped = ("of", "from", "out", "up", "with", "mostly", "partly", "in", "part", "at", "least", "using", "material")
    bare = tuple(word for word in of if word not in skipped)
    if bare:
        yield ("made", *stems(bare))


def _at(of: Words) -> Iterator[Words]:
    """Short forms of a place, which begins with its preposition or not."""
    if of[0] in ("inside", "within", "under") and len(of) > 1:
        yield ("at", "inside" if of[0] != "under" else "under", *stems(_thing(of[1:])))
    while len(of) > 1 and of[0] in PLACES:
        of = of[1:]
    if of:
        yield ("at", *stems(_thing(of)))
        yield ("at", *stems(of))


def _thing(of: Words) -> Words:
    """A noun without whose it is."""
    skipped = ("your", "my", "our", "their", "most", "every", "each", "many", "you", "all", "of", "modern", "local")
    bare = tuple(word for word in of if word not in skipped)
    return bare or of


def _it(of: Words) -> Iterator[Words]:
    if not of:
        return
    if of[0] in BE:
        yield from _be(of[1:])
        return
    if of[0] in HAVE:
        yield from _have(of[1:])
        return
    bare = _without(of, NOUNS)
    yield ("it", *stems(bare))
    first, rest = stems(of)[0], of[1:]
    if not rest:
        return
    if first in ("live", "exist", "belong", "grow", "reside", "dwell", "occur", "appear", "stay") and rest[0] in PLACES:
        yield from _at(rest)
    elif first in ("contain", "include", "feature", "possess") or (first == "come" and rest[0] == "with"):
        yield from _have(rest[1:] if rest[0] == "with" else rest)
    elif first in ("help", "let", "allow", "enable", "assist") and rest[0] == "you":
        yield from _for(rest[2:] if rest[1:2] == ("to",) else rest[1:])
    elif first == "serve" and rest[0] in ("to", "for"):
        yield from _for(rest[1:])
    elif first in ("look", "feel", "taste", "appear", "seem", "get", "come") or (first == "tend" and rest[0] == "be"):
        yield from _be(rest)
    elif first in ("consist",):
        yield from _made(rest)


def _you(of: Words) -> Iterator[Words]:
    """Short forms after "people …"."""
    if not of:
        return
    first = stems(of)[0]
    bare = tuple(word for word in of if word != "it")
    if first in ("use", "utilize") and bare[1:2] and bare[1] in ("to", "for", "when", "while"):
        yield from _for(bare[2:])
    after = of[2:] if of[1:2] == ("it",) else of[1:]
    placed = first in FIND | {"use"} and len(after) > 1 and after[0] in PLACES and after[1] != "it"
    placed = placed and not (first in ("put", "use") and after[0] == "on")
    if placed:
        yield from _at(after)
    kept = _without(bare, frozenset(["too"]))
    if kept:
        yield ("you", *stems(kept))
        if kept[-1] == "with" and len(kept) > 1:
            yield from _for(kept[:-1])


# Meanings.


def _meaning(of: Words) -> Meaning | None:
    """The meaning of the words of a clause."""
    if not of or len(of) > 40:
        return None
    return _one(of) or _joined(of) or _parted(of)


def _one(of: Words) -> Meaning | None:
    """A guess, a comparison or an attribute."""
    subject = _replaced(_replaced(of, (("by", "any", "chance"),), ()), THING, ("it",))
    found = _guess(of, article=True) or _guess(subject, article=True) or than(subject, names())
    if found is not None:
        return found
    for key in _short(of):
        found = _forms().get(key)
        if found is not None:
            return found
    return _guess(of, article=False) or _guess(subject, article=False)


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
        if word not in RELATIVE or not right:
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
    for place in range(1, len(bare)):
        both = _one(("it", "is", *bare[:place])), _one(("it", "is", *bare[place:]))
        if both[0] is not None and both[1] is not None and not {both[0][0], both[1][0]} - {"is", "all"}:
            return ["all", list(both)]
    return None


def _subject(of: Words) -> Words | None:
    """What comes after "is it"; None where the clause is of another kind."""
    of = _replaced(of, THING, ("it",))
    for start in (("is", "it"), ("it", "is"), ("are", "it"), ("could", "it", "be"), ("would", "it", "be")):
        if of[: len(start)] == start:
            return of[len(start) :]
    return of if of[0] in ARTICLES else None


__all__ = ["Clause", "Meaning", "names", "read"]
