"""The objects of twenty questions: what each is like, as a table of three values, by hand, from common knowledge.

The ``.txt`` files list them: a line ``[category] codes`` gives what is true of the whole category, a line
``name (other names) | size weight price year | codes`` what is true of one object beside it or against it. A code alone
says yes, ``-code`` no, ``code?`` that it depends. Size is the longest side in centimeters, weight in
kilograms, price in dollars (each of a typical one), year that of its invention, before Christ negative; ``-`` where
there is none. What follows from these codes is in `scoutgym.envs.dialogue.objects.derive`; ``attributes.txt`` lists the
attributes that can be asked for, each with a question and the short forms of its paraphrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FILES = ("animals", "food", "things", "home", "more")

NO, DEPENDS, YES = 0, 1, 2
"""The values: "not" is 2 - value, "or" the largest, "and" the smallest."""

QUANTITIES = ("size", "weight", "price", "year")


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
    """Every object by name.

    Raises:
        ValueError: a line cannot be read, or a name occurs twice.
    """
    from scoutgym.envs.dialogue.objects.derive import derived

    found: dict[str, Object] = {}
    category, common = "", ""
    for line in (line for name in FILES for line in _lines(name)):
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
        if name in found:
            raise ValueError(f"{name!r} is there twice")
        values = derived(name, category, {**_values(common), **_values(codes)}, amounts)
        aka = _listed(others, ",")
        known = {one.code: values.get(one.code, NO) for one in attributes()}
        known |= {fact.code: fact.values.get(name, NO) for fact in facts()}
        found[name] = Object(name, aka, category, known, amounts)
    return found


@cache
def attributes() -> tuple[Attribute, ...]:
    """Every attribute, in the order of the file."""
    found = []
    for line in _lines("attributes"):
        code, question, forms = (part.strip() for part in line.split("|"))
        found.append(Attribute(code, question, _listed(forms, ";")))
    return tuple(found)


@dataclass(frozen=True)
class Fact:
    """What is true of few objects ("Does it bark?"): short forms, and the objects of which it is not simply false."""

    code: str
    forms: tuple[str, ...]
    values: Mapping[str, int]


@cache
def facts() -> tuple[Fact, ...]:
    """Every fact; its first form is its code."""
    found = []
    for line in _lines("facts"):
        forms, yes, depends = (_listed(part, sign) for part, sign in zip(line.split("|"), ";,,", strict=True))
        found.append(Fact(forms[0], forms, dict.fromkeys(depends, DEPENDS) | dict.fromkeys(yes, YES)))
    return tuple(found)


@cache
def compounds() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Short forms that mean several attributes together: codes (``-code`` where it must not be so) and forms."""
    found = []
    for line in _lines("compounds"):
        codes, forms = line.split(" | ")
        found.append((tuple(codes.split()), _listed(forms, ";")))
    return tuple(found)


@cache
def broader() -> Mapping[str, tuple[str, ...]]:
    """By object, the names that are true of it and of other things too: a wine glass is a glass."""
    return {name: _listed(rest, ",") for name, rest in (line.split(": ") for line in _lines("broader"))}


def _lines(name: str) -> list[str]:
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
