"""Short forms: what the many ways to ask one thing have in common.

The first word of a short form says its kind: ``be alive``, ``have wheel``, ``for cut`` (use), ``made wood``,
``at kitchen`` (place), ``you eat`` (what people do to it), ``it fly`` (what it does). A short form must be one of the
files'; nothing is guessed from single words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from scoutgym.envs.dialogue.english import Indexed, Words, indexed, replaced, stems, words
from scoutgym.envs.dialogue.objects import attributes, compounds, facts
from scoutgym.envs.dialogue.objects.phrases import (
    ARTICLES,
    BE,
    DROPPED,
    FIND,
    FOUND,
    HAVE,
    MODALS,
    NOUNS,
    PEOPLE,
    PLACES,
    PURPOSE,
    SUBSTANCE,
    THING,
    WHOSE,
)

Meaning = list[Any]

TWICE = indexed([("it", "it")])
TRAILING = frozenset(["it", "of", "to", "inside", "with", "attached", "printed", "written", "built"])
"""Behind what a thing has: "a hole in the middle of it", "numbers printed on it"."""

OUTSIDE = frozenset(
    ["color", "colour", "fur", "skin", "coat", "feather", "hair", "shape", "surface", "outside", "exterior"]
)
"""Parts whose color and shape are those of the whole."""


@cache
def forms() -> dict[Words, Meaning]:
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
        key = next(short_forms(words(form)))
        if known.setdefault(key, meaning) != meaning:
            raise ValueError(f"{form!r} means {meaning}, but its short form {key} means {known[key]}")
    return known


LITTLE = frozenset(
    "it you in on at to of for with as your its that thing something be do".split()  # noqa: SIM905 (a word a line would fill the page)
)
"""Words that a short form may have or lack without a change of meaning, where no other form differs by them alone."""


def _content(form: Words) -> tuple[str, frozenset[str]]:
    return form[0], frozenset(form[1:]) - LITTLE


@cache
def _loose() -> dict[tuple[str, frozenset[str]], Meaning | None]:
    """By kind and words in any order, what forms mean; None where forms of different meanings have the same words."""
    found: dict[tuple[str, frozenset[str]], Meaning | None] = {}
    for form, meaning in forms().items():
        key = _content(form)
        found[key] = meaning if found.get(key, meaning) == meaning else None
    return found


def loosely(of: Words) -> Meaning | None:
    """The meaning of the one form that has at least two words, and all the words, of a clause in some order."""
    for form in short_forms(of):
        key = _content(form)
        meaning = _loose().get(key) if len(key[1]) >= 2 else None
        if meaning is not None:
            return meaning
    return None


def _all(parts: list[Meaning]) -> Meaning:
    return parts[0] if len(parts) == 1 else ["all", parts]


def _part(code: str) -> Meaning:
    """A part of a compound: a code, ``-code`` where it must not be so, ``one/other`` where one will do."""
    if code[0] == "-":
        return ["not", ["is", code[1:]]]
    found: list[Meaning] = [["is", one] for one in code.split("/")]
    return found[0] if len(found) == 1 else ["any", found]


def _plain(of: Words) -> Words:
    """It and you alone as subjects, and no word that changes little."""
    of = _able(_pronouns(replaced(replaced(of, THING, ("it",)), TWICE, ("it",))))  # "this animal, it …"
    of = replaced(of, PEOPLE, ("you",))
    of = replaced(of, DROPPED, ())
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


def short_forms(of: Words) -> Iterator[Words]:
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


def _starting(of: Words, phrases: Indexed) -> int:
    known = phrases.get(of[0], ())
    return next((len(phrase) for phrase in known if of[: len(phrase)] == phrase and len(of) > len(phrase)), 0)


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
    if 2 <= len(of) <= 3 and of[0] not in NOUNS | PLACES:
        yield ("have", *stems(of[1:]), stems(of)[0])  # "is its neck long": it has a long neck
        if stems(of)[0] in OUTSIDE:
            yield ("be", *stems(of[1:]))


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
    while len(bare) > 1 and bare[-1] in PLACES | TRAILING:
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
