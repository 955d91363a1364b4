"""Arithmetic step by step: two numbers on the table become one. What Game of 24 and Countdown share.

An action names two numbers and a sign, as in ``4 * 6``; numbers are exact, ``8/3`` is a fraction. Nothing is evaluated:
the grammar reads two numbers and one of four signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from scoutgym.envs.grammar import BadAction, Field, Form, Grammar, Word

SIGNS = ("+", "*", "-", "/")
Numbers = tuple[Fraction, ...]
"""Numbers on the table, the smallest first."""
Step = tuple[Fraction, str, Fraction]


class Number(Field):
    """A whole number or a fraction, as in ``7``, ``-3`` or ``8/3``; samples are whole numbers up to ``high``."""

    pattern = r"-?[0-9]{1,12}(?:/[0-9]{1,12})?"

    def __init__(self, high: int) -> None:
        self.size = high

    def read(self, text: str) -> Fraction:
        """The exact number."""
        above, _, below = text.partition("/")
        if below and not int(below):
            raise BadAction(f"{text} is no number: nothing can be divided by 0")
        return Fraction(int(above), int(below or 1))

    def value(self, number: int) -> Fraction:
        """From 1 up."""
        return Fraction(number + 1)

    def explain(self) -> str:
        """Whose numbers."""
        return "one of your numbers"

    def schema(self) -> dict[str, Any]:
        """A string with its pattern."""
        return {"type": "string", "pattern": "^-?[0-9]+(/[0-9]+)?$"}

    def example(self) -> str:
        """Small, and the same for every puzzle."""
        return "6"


def grammar(high: int) -> Grammar:
    """The language of steps."""
    number = Number(high)
    return Grammar(Form("{first} {sign} {second}", name="step", first=number, sign=Word(SIGNS), second=number))


def outcome(first: Fraction, sign: str, second: Fraction) -> Fraction | None:
    """What a step makes; None for a division by 0."""
    if sign == "+":
        return first + second
    if sign == "-":
        return first - second
    if sign == "*":
        return first * second
    return first / second if second else None


def without(numbers: Sequence[Fraction], *taken: Fraction) -> list[Fraction] | None:
    """The numbers left when these are taken from the table; None where they do not lie there."""
    left = list(numbers)
    for number in taken:
        if number not in left:
            return None
        left.remove(number)
    return left


def steps(numbers: Numbers) -> Iterator[tuple[Step, Numbers]]:
    """Every different step, and the table after it; a sum or a product is one step, whichever number comes first."""
    seen: set[Step] = set()
    for place, one in enumerate(numbers):
        for at in range(place + 1, len(numbers)):
            other = numbers[at]
            rest = numbers[:place] + numbers[place + 1 : at] + numbers[at + 1 :]
            for sign in SIGNS:
                for first, second in ((other, one),) if sign in "+*" else ((other, one), (one, other)):
                    step = (first, sign, second)
                    made = outcome(*step)
                    if made is not None and step not in seen:
                        seen.add(step)
                        yield step, tuple(sorted((*rest, made)))


def listed(numbers: Sequence[Fraction]) -> str:
    """The numbers as they are told."""
    return ", ".join(map(str, numbers))


def said(step: Step) -> str:
    """A step as an action."""
    return f"{step[0]} {step[1]} {step[2]}"
