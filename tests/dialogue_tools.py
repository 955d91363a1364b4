"""A dialogue that is small enough to enumerate, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoutgym.envs.dialogue.core import FIGURES, REWARDS, Dialogue, DialogueParams, DialogueState
from scoutgym.envs.spec import Spec


class Bits(Dialogue[DialogueState]):
    """A number below 24, found by asking for its bits: small enough to enumerate."""

    spec = Spec(
        id="test/Bits-v0",
        family="dialogue",
        group="bits",
        about="Guess a number by its bits.",
        rewards=REWARDS,
        figures=FIGURES,
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
    )
    about = "a bit or a guess"
    samples = ("bit 0", "guess 3")

    def keys(self) -> Sequence[str]:
        return [str(number) for number in range(24)]

    def opening(self, secret: str) -> str:
        return f"A number that is {'odd' if int(secret) % 2 else 'even'}."

    def questions(self, opening: str) -> Sequence[str]:
        return [f"bit {place}" for place in range(5)]

    def guess(self, secret: str) -> str:
        return f"guess {secret}"

    def read(self, text: str, opening: str) -> Any:
        parts = text.split()
        known = len(parts) == 2 and parts[0] in ("bit", "guess") and parts[1] in self.keys()
        return parts if known else None

    def reply(self, secret: str, meaning: Any) -> str:
        if meaning[0] == "guess":
            return "Goal reached." if meaning[1] == secret else "No."
        return "Yes." if int(secret) >> int(meaning[1]) & 1 else "No."

    def won(self, secret: str, meaning: Any) -> bool | None:
        return True if meaning == ["guess", secret] else None

    def facts(self, secret: str) -> str:
        return f"The number is {secret}. {{Braces}} are harmless."

    def choices(self, state: DialogueState, text: str) -> Sequence[str]:
        return ("Yes.", "No.")


def bits_world(**params: Any) -> Bits:
    return Bits(DialogueParams(**params))
