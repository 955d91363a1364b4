"""One question of a dialogue, as a state keeps it. What is imported here needs no extra."""

from __future__ import annotations

from dataclasses import dataclass

NEW = ".new"
"""Ends the key of an item that is the value of a fact after it was corrected."""

FILE = "file."
"""Begins the key of a listener's own number, which is nobody's secret."""


@dataclass(frozen=True)
class Ask:
    """What the assistant reads before one of its replies.

    Args:
        text: the lines, each with its speaker in brackets; the last one is what it replies to.
        party: who hears the reply; "" for the principal.
        key: of the item that is asked for; "" where it is none.
        needed: whether the question must be answered.
        guess: whether the guess in it is true; None where there is none.
        heard: keys of the items that the question itself names.
        known: keys of the items that have been told by now.
        open: of those which the listener may hear.
        manner: how it is asked.
    """

    text: str
    party: str
    key: str
    needed: bool
    guess: bool | None
    heard: tuple[str, ...]
    known: tuple[str, ...]
    open: tuple[str, ...]
    manner: str


def answer(said: str) -> str:
    """The reply that tells a fact."""
    return f"It is {said}."


def fact_of(key: str) -> str:
    """The key of the fact that an item is a value of."""
    return key.removesuffix(NEW)
