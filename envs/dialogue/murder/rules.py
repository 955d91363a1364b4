"""The logic of a case, without its names: five people, a scene and four other rooms, and all that can be found out.

The rules, as the agent is told them. Exactly one of the five, the culprit, was at the scene at the time; the others
were in the four other rooms, at most two in each. Asked where they were and with whom, the innocent say the truth,
except for one; that one and the culprit each name a room where they were not (never the scene) and say that they were
alone. A room shows how many were in it. A witness truly saw one of the innocent in a room. The culprit left traces,
each the value of a feature (shoes, hand, …), and the weapon could be taken only with a key.

The hypotheses are all states of affairs that these rules allow and whose answers about the rooms, taken together, leave
one culprit: so every case can be solved by logic, and the first words leave all five. They are equally likely. They
fall into independent factors given the culprit c (who was where; each feature; the keys), so that

    P(c | told) ∝ Π_f n_f(c),

with n_f(c) the number of ways that factor f can be, if c did it and what was told of f holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

PEOPLE, ROOMS = 5, 4

Question = tuple[Any, ...]
"""``("where", p)``, ``("room", r)``, ``("witness",)``, ``("trace", k)``, ``("trait", p, k)``; rooms count from 1."""

Told = Mapping[Question, int]
"""Answers so far, each as a number."""

Counts = NDArray[np.float64]

PLACES: tuple[Question, ...] = (
    *(("where", person) for person in range(PEOPLE)),
    *(("room", room) for room in range(1, ROOMS + 1)),
    ("witness",),
)
"""The questions about who was where."""

NOBODY = 5
"""Stands for the companion of who says to have been alone."""


def claim(room: int, mate: int) -> int:
    """The answer to ``where``: a room and a companion."""
    return room * 6 + mate


def sight(person: int, room: int) -> int:
    """The answer of the witness."""
    return person * 6 + room


@dataclass(frozen=True)
class Whereabouts:
    """Every way in which people can have been where and say so: a row each, for each question the answer."""

    culprit: NDArray[np.int64]
    answers: dict[Question, NDArray[np.int64]]
    cells: dict[Question, NDArray[np.int64]]
    """For each question a number for each pair of an answer and a culprit: 5 a + c, the answers counted from 0."""

    def rows(self, told: Told) -> NDArray[np.intp]:
        """The rows in which everything was answered so."""
        return _rows(tuple((question, told[question]) for question in PLACES if question in told))


@lru_cache(maxsize=64)
def _rows(told: tuple[tuple[Question, int], ...]) -> NDArray[np.intp]:
    if not told:
        return np.arange(len(whereabouts().culprit))
    *before, (question, answer) = told
    left = _rows(tuple(before))
    fits: NDArray[np.intp] = left[whereabouts().answers[question][left] == answer]
    return fits


@cache
def whereabouts() -> Whereabouts:
    """All rows that the rules allow and whose answers, taken together, leave one culprit."""
    assignments = [one for one in product(range(1, ROOMS + 1), repeat=PEOPLE - 1) if max(map(one.count, one)) <= 2]
    innocent = np.array([[p for p in range(PEOPLE) if p != c] for c in range(PEOPLE)])
    grid = np.indices((PEOPLE, len(assignments), PEOPLE - 1, ROOMS, ROOMS - 1, PEOPLE - 1)).reshape(6, -1)
    culprit, assignment, liar, false, shift, seen = grid
    row = np.arange(len(culprit))
    place = np.zeros((len(row), PEOPLE), np.int64)
    for number in range(PEOPLE - 1):
        place[row, innocent[culprit, number]] = np.array(assignments)[assignment, number]
    liar, seen = innocent[culprit, liar], innocent[culprit, seen]
    said = place.copy()
    said[row, culprit] = false + 1
    said[row, liar] = (place[row, liar] + shift) % ROOMS + 1  # any of the rooms but the true one
    answers: dict[Question, NDArray[np.int64]] = {}
    for person in range(PEOPLE):
        mate = np.full(len(row), NOBODY)
        for other in set(range(PEOPLE)) - {person}:
            mate[place[:, other] == place[:, person]] = other
        mate[(culprit == person) | (liar == person)] = NOBODY
        answers["where", person] = said[:, person] * 6 + mate
    for room in range(1, ROOMS + 1):
        answers["room", room] = (place == room).sum(1)
    answers["witness",] = seen * 6 + place[row, seen]
    cell = np.zeros(len(row), np.int64)
    for answer in answers.values():
        cell = cell * 36 + answer
    _, cell = np.unique(cell, return_inverse=True)
    low, high = np.full(cell.max() + 1, PEOPLE), np.full(cell.max() + 1, -1)
    np.minimum.at(low, cell, culprit)
    np.maximum.at(high, cell, culprit)
    solved = (low == high)[cell]
    culprit, answers = culprit[solved], {question: answer[solved] for question, answer in answers.items()}
    dense = {question: np.unique(answer, return_inverse=True)[1] for question, answer in answers.items()}
    return Whereabouts(culprit, answers, {question: code * PEOPLE + culprit for question, code in dense.items()})


@dataclass(frozen=True)
class Feature:
    """A factor: a value for each person, ``values`` of them equally likely, and the trace has the culprit's.

    Args:
        number: k of the questions.
        values: how many there are.
        trace: the value of the trace where it is public (the key); None where it must be looked at.
    """

    number: int
    values: int
    trace: int | None = None

    def ways(self, told: Told) -> Counts:
        """n_f(c) for each culprit c."""
        trace = told.get(("trace", self.number), self.trace)
        known = [told.get(("trait", person, self.number)) for person in range(PEOPLE)]
        free = float(self.values) ** sum(one is None for one in known)
        ways = np.empty(PEOPLE)
        for person, value in enumerate(known):
            if trace is None:
                ways[person] = free
            else:
                ways[person] = free / self.values if value is None else free * (value == trace)
        return ways


class Logic:
    """What follows from what was told, for features of these numbers of values; the last is the key.

    Args:
        values: of each feature but the key.
    """

    def __init__(self, values: Sequence[int]) -> None:
        self.features = [Feature(number, size) for number, size in enumerate(values)]
        self.features.append(Feature(len(values), 2, trace=1))

    def questions(self) -> list[Question]:
        """All that can be asked."""
        traces: list[Question] = [("trace", one.number) for one in self.features if one.trace is None]
        traits: list[Question] = [("trait", p, one.number) for one in self.features for p in range(PEOPLE)]
        return [*PLACES, *traces, *traits]

    def culprits(self, told: Told) -> Counts:
        """P(c | told); all zero where what was told contradicts the rules."""
        ways = self._places(told).astype(float)
        for feature in self.features:
            ways *= feature.ways(told)
        total = ways.sum()
        return ways / total if total else ways

    def joint(self, told: Told, question: Question) -> Counts:
        """P(answer, c | told): a row for each answer."""
        ways = np.ones(PEOPLE)
        if question[0] in ("trace", "trait"):
            feature = self.features[question[-1]]
            rows = [feature.ways({**told, question: value}) for value in range(feature.values)]
            ways = self._places(told).astype(float)
        else:
            cells = np.bincount(whereabouts().cells[question][whereabouts().rows(told)])
            rows = list(np.append(cells, np.zeros(-len(cells) % PEOPLE)).reshape(-1, PEOPLE))
            feature = None
        for other in self.features:
            if other is not feature:
                ways = ways * other.ways(told)
        found = np.array(rows) * ways
        return np.asarray(found / found.sum())

    def gain(self, told: Told, question: Question) -> tuple[float, float]:
        """Bits that the answer is expected to tell of the culprit, I(answer; c), and of anything, H(answer)."""
        if question in told:
            return 0.0, 0.0
        joint = self.joint(told, question)
        answer = entropy(joint.sum(1))
        return max(0.0, entropy(joint.sum(0)) + answer - entropy(joint)), answer

    @staticmethod
    def _places(told: Told) -> NDArray[np.intp]:
        table = whereabouts()
        return np.bincount(table.culprit[table.rows(told)], minlength=PEOPLE)


def entropy(shares: Counts) -> float:
    """Shannon entropy in bits of shares that sum to one."""
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum())
