"""Who may hear what: the principal's instructions in their order, of which the latest that fits counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoutgym.envs.web.privacy.dialogue.facts import BY_KEY

ME = "me"

Fact = tuple[str, str]
"""Whose fact (`ME`, or the word for a relative), and the key of its kind."""


@dataclass
class Rules:
    """Instructions so far. What none of them is about may be told."""

    given: list[tuple[str, str, str, bool]] = field(default_factory=list)
    """Owner; kind or category; the party that it is about, or "" for all; whether it may be told."""

    def say(self, owner: str, what: str, allow: bool, party: str = "") -> None:
        """One more instruction, about a kind of fact or about all of a category."""
        self.given.append((owner, what, party, allow))

    def only(self, owner: str, what: str, party: str) -> None:
        """One party may hear it and nobody else."""
        self.say(owner, what, False)
        self.say(owner, what, True, party)

    def allow(self, fact: Fact, party: str) -> bool:
        """Whether a party may hear a fact now."""
        owner, kind = fact
        for whose, what, to, allowed in reversed(self.given):
            if whose == owner and what in (kind, BY_KEY[kind].category) and to in ("", party):
                return allowed
        return True
