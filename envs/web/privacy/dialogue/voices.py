"""Who speaks in a dialogue, and the lines that are spoken."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.privacy.dialogue import phrases
from scoutgym.envs.web.privacy.dialogue.facts import BY_KEY
from scoutgym.envs.web.privacy.dialogue.rules import ME, Fact
from scoutgym.envs.web.privacy.dialogue.values import name


class Voices:
    """A principal with a relative, and the listeners, all with different names.

    Args:
        split: train, dev or test.
        listeners: how many.
        chance: chooses people and sentences.
    """

    def __init__(self, split: str, listeners: int, chance: Chance) -> None:
        self.chance = chance
        self.phrases = phrases.style_of(split)
        self.wording = int(self.phrases == phrases.TEST)
        """Which of two words for a thing is used."""
        names: list[str] = []
        while len({word for one in names for word in one.split()}) < 6:
            names = [name(chance, split) for _ in range(3)]
        self.principal = names[0]
        self.kin = chance.choice(phrases.KIN[self.phrases])
        self.people = dict(zip(chance.sample(phrases.PARTIES[self.phrases], listeners), names[1:], strict=False))
        """By office, who calls from there."""
        self.lines: list[tuple[str, str]] = []
        """Since the last question: who spoke, and what."""

    def mine(self, owner: str, noun: str) -> str:
        """Something of an owner's, as the principal says it."""
        return f"my {noun}" if owner == ME else f"my {owner}'s {noun}"

    def theirs(self, owner: str, noun: str) -> str:
        """The same as others say it."""
        return f"{self.who(owner)}'s {noun}"

    def who(self, owner: str) -> str:
        """An owner, as others say it."""
        first = self.principal.split()[0]
        return first if owner == ME else f"{first}'s {owner}"

    def noun(self, fact: Fact) -> str:
        """The word for a kind of fact."""
        return BY_KEY[fact[1]].nouns[self.wording]

    def principal_says(self, some: Sequence[str], **blanks: str) -> None:
        """A line of the principal's, one of several sentences."""
        self.lines.append((self.principal, self._one(some, **blanks)))

    def party_says(self, party: str, some: Sequence[str], **blanks: str) -> None:
        """A line of a listener's, one of several sentences."""
        self.lines.append((f"{self.people[party]}, {party}", self._one(some, **blanks)))

    def _one(self, some: Sequence[str], **blanks: str) -> str:
        what = blanks.get("what", "")
        return self.chance.choice(some).format(**blanks, What=what[:1].upper() + what[1:], principal=self.principal)
