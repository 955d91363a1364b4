"""Countdown: make a target of some numbers by arithmetic, step by step; not all of them need be used.

The numbers round of the television game: up to two large numbers (25, 50, 75, 100, each once), the rest from two each
of 1 to 10. Results must be positive whole numbers. Each action takes two numbers and puts the result in their place,
and the target is reached as soon as a result equals it. The target is what a random play of all the numbers made, if it
has two digits (three numbers) or three (more), so every task can be solved.

The expert searches everything there is to be made, in the order of the number of steps: it is optimal. From a table
that cannot make the target any more it plays on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import Any

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.probes import arithmetic
from scoutgym.envs.probes.arithmetic import listed, outcome, without
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

LARGE = (25, 50, 75, 100)
SMALL = (*range(1, 11), *range(1, 11))
LEFT = "Numbers left: "
TARGET = re.compile(r"^Make (\d+) of these", re.MULTILINE)

Table = tuple[int, ...]


class CountdownParams(Params):
    """How many numbers there are."""

    numbers: int = Field(4, ge=3, le=6, description="numbers on the table")
    max_turns: int = Field(0, ge=0, le=1000, description="0: twice as many as there are numbers")


@dataclass
class CountdownState(State):
    """The numbers that were drawn, what lies on the table (the smallest first), and the target."""

    drawn: list[int]
    numbers: list[int]
    target: int


class Countdown(World[CountdownState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Countdown-v0",
        family="probes",
        group="countdown",
        about="Make a target of several numbers by arithmetic, step by step.",
        presets={"3": {"numbers": 3}, "4": {}, "5": {"numbers": 5}, "6": {"numbers": 6}},
        holdout="secret",
        expert="optimal",
        paper="Gandhi et al. 2024, Stream of Search, arXiv 2404.03683",
    )
    Params, State = CountdownParams, CountdownState

    def __init__(self, params: CountdownParams) -> None:
        super().__init__(params)
        self.count = params.numbers
        self.range = (10, 99) if self.count == 3 else (100, 999)
        self.max_turns = params.max_turns or 2 * self.count
        self._grammar = arithmetic.grammar(100)

    def start(self, task: Task, chance: Chance) -> CountdownState:
        low, high = self.range
        while True:
            large = chance.sample(LARGE, chance.below(3))
            drawn = sorted([*large, *chance.sample(SMALL, self.count - len(large))])
            numbers = tuple(drawn)
            while len(numbers) > 1:
                numbers = chance.choice([after for _, after in moves(numbers)])
            if low <= numbers[0] <= high and numbers[0] not in drawn:
                return CountdownState(drawn, list(drawn), numbers[0])

    def intro(self, state: CountdownState, role: str) -> str:
        return (
            f"Make {state.target} of these numbers. Each turn you take two of them, and the result of one operation "
            "takes their place. Results must be positive whole numbers. You need not use all numbers. Steps cannot be "
            f"taken back; you have {self.max_turns} turns.\n{LEFT}{', '.join(map(str, state.numbers))}."
        )

    def grammar(self, state: CountdownState) -> Grammar:
        return self._grammar

    def play(self, state: CountdownState, action: Action, chance: Chance) -> Reply:
        _, first, sign, second = action
        rest = without([Fraction(number) for number in state.numbers], first, second)
        made = outcome(first, sign, second)
        told = f"{first} {sign} {second}"
        if rest is None:
            mine = ", ".join(map(str, state.numbers))
            return Reply(f"{first} and {second} are not among your numbers: {mine}.", invalid=True)
        if made is None or made < 1 or made.denominator > 1:
            return Reply(f"{told} makes no positive whole number.", invalid=True)
        numbers = sorted([*rest, made])
        state.numbers = [int(number) for number in numbers]
        told = f"{told} = {made}."
        if made == state.target:
            return Reply(f"{told} You have made {made}!", done=True, success=True)
        if len(numbers) == 1:
            return Reply(f"{told} That is not {state.target}.", done=True, success=False)
        return Reply(f"{told} {LEFT}{listed(numbers)}.")

    def actions(self, state: CountdownState) -> list[Action]:
        found = []
        for (one, sign, other), _ in moves(tuple(state.numbers)):
            found.append(("step", Fraction(one), sign, Fraction(other)))
        return found

    def hidden_key(self, state: CountdownState) -> Any:
        return [state.drawn, state.target]

    def secrets(self) -> float:
        """At most: draws times targets."""
        low, high = self.range
        return float(comb(len(LARGE) + len(SMALL), self.count) * (high - low + 1))

    def known(self, state: CountdownState, role: str) -> Any:
        return [state.numbers, state.target]

    def solver(self, state: CountdownState) -> list[str]:
        return list(solution(tuple(state.numbers), state.target) or ())

    def expert(self, history: History, chance: Chance) -> str:
        target = TARGET.search(history[0])
        assert target
        told = next(text for text in reversed(history[::2]) if LEFT in text and not text.startswith("Invalid action"))
        numbers = tuple(map(int, told.rpartition(LEFT)[2].partition(".")[0].split(", ")))
        found = solution(numbers, int(target[1]))
        if found:
            return found[0]
        one, sign, other = moves(numbers)[0][0]
        return f"{one} {sign} {other}"

    def board(self, state: CountdownState) -> str:
        numbers = "  ".join(f"[bold reverse] {number} [/]" for number in state.numbers)
        return f"{numbers}   → [bold yellow]{state.target}[/]"


def moves(numbers: Table) -> list[tuple[tuple[int, str, int], Table]]:
    """Every different step with a positive whole result, and the table after it."""
    found: dict[tuple[int, str, int], Table] = {}
    for low, high in combinations(range(len(numbers)), 2):
        small, large = numbers[low], numbers[high]
        rest = numbers[:low] + numbers[low + 1 : high] + numbers[high + 1 :]
        made = [("+", large + small), ("*", large * small)]
        if large > small:
            made.append(("-", large - small))
        if large % small == 0:
            made.append(("/", large // small))
        for sign, result in made:
            found[large, sign, small] = tuple(sorted((*rest, result)))
    return list(found.items())


@lru_cache(maxsize=10_000)
def solution(numbers: Table, target: int) -> tuple[str, ...] | None:
    """The fewest steps that make the target, as actions; None where none do."""
    for depth in range(1, len(numbers)):
        found = _within(numbers, target, depth, set())
        if found is not None:
            return found
    return None


def _within(numbers: Table, target: int, depth: int, failed: set[Table]) -> tuple[str, ...] | None:
    """A solution of at most ``depth`` steps; tables in ``failed`` have none (a table of a size has one depth left)."""
    if numbers in failed:
        return None
    if depth == 1:
        return _last(numbers, target)
    for (one, sign, other), after in moves(numbers):
        step = f"{one} {sign} {other}"
        if target in after:
            return (step,)
        rest = _within(after, target, depth - 1, failed)
        if rest is not None:
            return (step, *rest)
    failed.add(numbers)
    return None


def _last(numbers: Table, target: int) -> tuple[str, ...] | None:
    """A single step that makes the target: two numbers with that sum, difference, product or quotient."""
    have = set(numbers)
    for number in have:
        for other, sign in ((target - number, "+"), (target + number, "-"), (target * number, "/")):
            if other in have and (other != number or numbers.count(number) > 1):
                return (f"{other} {sign} {number}",)
        other = target // number
        if other * number == target and other in have and (other != number or numbers.count(number) > 1):
            return (f"{other} * {number}",)
    return None


register(Countdown)
