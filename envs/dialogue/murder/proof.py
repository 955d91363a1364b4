"""The shortest proof of a case: the fewest questions whose true answers leave one culprit.

Given the culprit c the factors of a case are independent, so a set of questions excludes exactly the people whom the
questions of one factor exclude. For each set of questions about who was where it is known whom it leaves; each of
these may then be excluded by a feature that differs from its trace: one question, and one for the trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.dialogue.murder.rules import PEOPLE, PLACES, Logic, Question, Told, whereabouts


class Answers(Protocol):
    """What happened."""

    @property
    def culprit(self) -> int:
        """Who did it."""

    def answer(self, question: Question) -> int:
        """The answer to a question."""


def shortest(logic: Logic, truth: Answers, told: Told) -> list[Question]:
    """The fewest questions that, with what is told, leave one culprit."""
    best: list[Question] | None = None
    for asked, left in _subsets(truth, told):
        if best is not None and len(asked) >= len(best):
            continue
        rest = _by_features(logic, truth, told, left)
        if rest is not None and (best is None or len(asked) + len(rest) < len(best)):
            best = [*asked, *rest]
    assert best is not None, "all questions about who was where leave one culprit: see rules.whereabouts"
    return best


def _subsets(truth: Answers, told: Told) -> Iterator[tuple[list[Question], set[int]]]:
    """Sets of questions about who was where, and whom their answers leave; none that a part of it does as well."""
    table = whereabouts()
    start = table.rows(told)
    stack: list[tuple[int, list[Question], NDArray[np.intp]]] = [(0, [], start)]
    while stack:
        place, asked, rows = stack.pop()
        left = set(np.flatnonzero(np.bincount(table.culprit[rows], minlength=PEOPLE)).tolist())
        yield asked, left
        if len(left) == 1:
            continue
        for number in range(place, len(PLACES)):
            question = PLACES[number]
            if question not in told:
                answer = truth.answer(question)
                stack.append((number + 1, [*asked, question], rows[table.answers[question][rows] == answer]))


def _by_features(logic: Logic, truth: Answers, told: Told, left: set[int]) -> list[Question] | None:
    """The fewest questions about features that exclude all of ``left`` but the culprit; None where none do."""
    best: list[Question] | None = None
    for size in range(len(logic.features) + 1):
        for used in combinations(logic.features, size):
            asked: list[Question] = [
                ("trace", one.number) for one in used if one.trace is None and ("trace", one.number) not in told
            ]
            for person in left - {truth.culprit}:
                can: list[Question] = [("trait", person, one.number) for one in used]
                can = [one for one in can if truth.answer(one) != truth.answer(("trait", truth.culprit, one[-1]))]
                if not can:
                    break
                if not any(one in told for one in can):
                    asked.append(can[0])
            else:
                if best is None or len(asked) < len(best):
                    best = asked
    return best
