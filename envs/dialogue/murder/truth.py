"""What happened in a case, and the key that stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoutgym.envs.chance import Chance
from scoutgym.envs.dialogue.murder.case import case_of
from scoutgym.envs.dialogue.murder.rules import PEOPLE, Question, whereabouts

CASES = 1 << 32
"""How many public parts there are."""


@dataclass(frozen=True)
class Truth:
    """What happened: a row of `whereabouts`, and for each feature a value for each person."""

    row: int
    features: tuple[tuple[int, ...], ...]

    @property
    def culprit(self) -> int:
        """Who did it."""
        return int(whereabouts().culprit[self.row])

    def answer(self, question: Question) -> int:
        """The answer to a question of the rules."""
        if question[0] == "trace":
            return self.features[question[1]][self.culprit]
        if question[0] == "trait":
            return self.features[question[2]][question[1]]
        return int(whereabouts().answers[question][self.row])


def truth_of(secret: str) -> Truth:
    """What happened, from its key."""
    _, row, *features = secret.split(".")
    return Truth(int(row), tuple(tuple(map(int, digits)) for digits in features))


def secret_of(number: int, row: int, features: Sequence[Sequence[int]]) -> str:
    """The key of a secret."""
    return ".".join([f"{number:08x}", str(row), *("".join(map(str, values)) for values in features)])


def number_of(secret: str) -> int:
    """The number of the case of a secret."""
    return int(secret.partition(".")[0], 16)


def drawn(chance: Chance) -> str:
    """A secret by chance."""
    number = chance.below(CASES)
    row = chance.below(len(whereabouts().culprit))
    culprit = int(whereabouts().culprit[row])
    features = [
        [1 if one.trace == 1 and person == culprit else chance.below(one.values) for person in range(PEOPLE)]
        for one in case_of(number).logic.features
    ]
    return secret_of(number, row, features)
