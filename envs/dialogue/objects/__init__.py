"""The objects of twenty questions: what each is like, as a table of three values, by hand, from common knowledge.

The ``.txt`` files list them: a line ``[category] codes`` gives what is true of the whole category, a line
``name (other names) | size weight price year | codes`` what is true of one object beside it or against it. A code alone
says yes, ``-code`` no, ``code?`` that it depends. Size is the longest side in centimeters, weight in
kilograms, price in dollars (each of a typical one), year that of its invention, before Christ negative; ``-`` where
there is none. What follows from these codes is in `scoutgym.envs.dialogue.objects.derive`; ``attributes.txt`` lists the
attributes that can be asked for, each with a question and the short forms of its paraphrases. Narrower facts are in
``facts.txt`` (of few objects) and ``traits.txt`` (of many, mostly by rules): short forms, of what it is true, of what
in part; see `scoutgym.envs.dialogue.objects.choosing` for the lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from scoutgym.envs.dialogue.objects.choosing import DEPENDS, NO, QUANTITIES, YES, Choice

FILES = ("animals", "food", "things", "home", "more")


@dataclass(frozen=True)
class Object:
    """One object; ``values`` has every attribute, ``amounts`` the quantities that it has."""

    name: str
    others: tuple[str, ...]
    category: str
    values: Mapping[str, int]
    amounts: Mapping[str, float]


@dataclass(frozen=True)
class Attribute:
    """What can be asked for: a question, and the short forms of sentences that mean the same."""

    code: str
    question: str
    forms: tuple[str, ...]


@cache
def objects() -> Mapping[str, Object]:
    """Every object by name, with its attributes and facts."""
    nothing = {fact.code: NO for fact in facts()}
    values = {name: {**one.values, **nothing} for name, one in _attributed().items()}
    for fact in facts():
        for name, value in fact.values.items():
            values[name][fact.code] = value
    return {name: replace(one, values=values[name]) for name, one in _attributed().items()}


@cache
def _attributed() -> Mapping[str, Object]:
    """Every object by name, with its attributes alone.

    Raises:
        ValueError: a line cannot be read, or a name occurs twice.
    """
    from scoutgym.envs.dialogue.objects.derive import derived

    found: dict[str, Object] = {}
    category, common = "", ""
    for line in (line for name in FILES for line in lines(name)):
        if line.startswith("["):
            category, _, common = line[1:].partition("] ")
            continue
        try:
            names, numbers, codes = (part.strip() for part in line.split("|"))
            amounts = {
                quantity: float(number)
                for quantity, number in zip(QUANTITIES, numbers.split(), strict=True)
                if number != "-"
            }
        except ValueError:
            raise ValueError(f"expected 'name | size weight price year | codes', not {line!r}") from None
        name, _, others = names.removesuffix(")").partition(" (")
        if name in _speeds():
            amounts["speed"] = _speeds()[name]
        if name in found:
            raise ValueError(f"{name!r} is there twice")
        values = derived(name, category, {**_values(common), **_values(codes)}, amounts)
        aka = _listed(others, ",")
        known = {one.code: values.get(one.code, NO) for one in attributes()}
        found[name] = Object(name, aka, category, known, amounts)
    return found


@cache
def _speeds() -> Mapping[str, float]:
    """By object, how fast it goes when it goes fast, in kilometers an hour."""
    found = (line.split(": ") for line in lines("speeds"))
    return {name: float(speed) for speed, listed in found for name in _listed(listed, ",")}


@cache
def attributes() -> tuple[Attribute, ...]:
    """Every attribute, in the order of the file."""
    found = []
    for line in lines("attributes"):
        code, question, forms = (part.strip() for part in line.split("|"))
        found.append(Attribute(code, question, _listed(forms, ";")))
    return tuple(found)


@dataclass(frozen=True)
class Fact:
    """Something narrow ("Does it bark?"): short forms, and the objects of which it is not simply false."""

    code: str
    forms: tuple[str, ...]
    values: Mapping[str, int]


@cache
def facts() -> tuple[Fact, ...]:
    """Every fact; its first form is its code.

    Raises:
        ValueError: a list of objects cannot be read.
    """
    table = _attributed()
    choice = Choice(
        {name: one.category for name, one in table.items()},
        {name: one.amounts for name, one in table.items()},
        {one.code: {name: known.values[one.code] for name, known in table.items()} for one in attributes()},
    )
    found = []
    for line in (*lines("facts"), *lines("traits")):
        forms, yes, depends = (_listed(part, sign) for part, sign in zip(line.split("|"), ";,,", strict=True))
        try:
            partly, wholly = (choice.chosen(items) for items in (depends, yes))
        except ValueError as problem:
            raise ValueError(f"{line!r}: {problem}") from None
        fact = Fact(forms[0], forms, dict.fromkeys(sorted(partly), DEPENDS) | dict.fromkeys(sorted(wholly), YES))
        choice.learn(fact.code, fact.values)
        found.append(fact)
    return tuple(found)


@cache
def compounds() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Short forms that mean several attributes together: codes (``-code`` where it must not be so) and forms."""
    found = []
    for line in lines("compounds"):
        codes, forms = line.split(" | ")
        found.append((tuple(codes.split()), _listed(forms, ";")))
    return tuple(found)


@cache
def broader() -> Mapping[str, tuple[str, ...]]:
    """By object, the names that are true of it and of other things too: a wine glass is a glass."""
    return {name: _listed(rest, ",") for name, rest in (line.split(": ") for line in lines("broader"))}


def lines(name: str) -> list[str]:
    """The lines of a text file of this folder that are not empty."""
    text = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip()]


def _listed(text: str, sign: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(sign) if one.strip())


def _values(codes: str) -> dict[str, int]:
    found = {}
    for code in codes.split():
        plain = code.strip("?-")
        found[plain] = DEPENDS if "?" in code else NO if code[0] == "-" else YES
    return found


__all__ = [
    "DEPENDS",
    "NO",
    "QUANTITIES",
    "YES",
    "Attribute",
    "Fact",
    "Object",
    "attributes",
    "broader",
    "compounds",
    "facts",
    "lines",
    "objects",
]
