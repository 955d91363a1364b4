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
        before: lines that come before what it replies to, each with its speaker in brackets.
        speaker: who asks, as it stands in brackets.
        line: what is asked, in the speaker's words; it replies to that.
        words: of the line, those by which it asks for what it asks for: no line can ask for it without them.
        party: who hears the reply; "" for the principal.
        key: of the item that is asked for; "" where it is none.
        needed: whether the question must be answered.
        guess: whether the guess in it is true; None where there is none.
        heard: keys of the items that the question itself names.
        known: keys of the items that have been told by now.
        open: of those which the listener may hear.
        manner: how it is asked.
    """

    before: tuple[str, ...]
    speaker: str
    line: str
    words: str
    party: str
    key: str
    needed: bool
    guess: bool | None
    heard: tuple[str, ...]
    known: tuple[str, ...]
    open: tuple[str, ...]
    manner: str

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join((*self.before, told(self.speaker, self.line)))


def told(speaker: str, line: str) -> str:
    """A line as it is read."""
    return f"[{speaker}] {line}"


def answer(said: str) -> str:
    """The reply that tells a fact."""
    return f"It is {said}."


def fact_of(key: str) -> str:
    """The key of the fact that an item is a value of."""
    return key.removesuffix(NEW)
