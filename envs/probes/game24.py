"""Game of 24: make 24 of four numbers from 1 to 13, step by step, with exact fractions.

Each action takes two numbers from the table and puts the result of one operation back; after three steps one number is
left, and it must be 24. A step cannot be taken back: to look ahead is the agent's own work, or that of a search that
saves and restores.

Of the 1,820 sets of four numbers 1,362 can make 24 (``game24.txt``, the hardest first; `make_game24` says how they are
ranked and ranks them). Level ``hard`` is the 100 that random play solves least often, the same hundred in every split:
they are a benchmark, and a run that trains on them says so. ``easy`` is the 500 that it solves most often, ``medium``
the rest; these two hold a tenth of their sets out as test puzzles. The expert searches everything: it is optimal, and
from a table that cannot make 24 any more it plays on.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.probes import arithmetic
from scoutgym.envs.probes.arithmetic import Numbers, Step, listed, said, steps, without
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import dealt
from scoutgym.types import Task

GOAL = Fraction(24)
HARD, EASY = 100, 500
LEFT = "Numbers left: "


class Game24Params(Params):
    """Which puzzles."""

    level: Literal["easy", "medium", "hard"] = Field("medium", description="how seldom random play solves a puzzle")
    max_turns: int = Field(6, ge=3, le=1000, description="turns; three are needed")


@dataclass
class Game24State(State):
    """The four numbers of the puzzle, and what lies on the table: exact numbers as texts, the smallest first."""

    puzzle: str
    numbers: list[str]


class Game24(World[Game24State]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Game24-v0",
        family="probes",
        group="game24",
        about="Make 24 of four numbers, step by step.",
        presets={"easy": {"level": "easy"}, "medium": {}, "hard": {"level": "hard"}},
        holdout="secret",
        expert="optimal",
        paper="Yao et al. 2023, Tree of Thoughts, arXiv 2305.10601",
    )
    Params, State = Game24Params, Game24State
    counts: ClassVar = {"train": 1_000, "dev": 100, "test": 100}

    def __init__(self, params: Game24Params) -> None:
        super().__init__(params)
        every = _puzzles()
        self.puzzles = {"hard": every[:HARD], "medium": every[HARD:-EASY], "easy": every[-EASY:]}[params.level]
        if params.level == "hard":
            self.holdout = "none"
        self._grammar = arithmetic.grammar(13)

    def start(self, task: Task, chance: Chance) -> Game24State:
        if self.holdout == "none":
            puzzle = self.puzzles[task.index % len(self.puzzles)]
        else:
            puzzle = dealt(self, task, lambda: self.puzzles)
        return Game24State(puzzle, puzzle.split())

    def intro(self, state: Game24State, role: str) -> str:
        return (
            "Make 24. Each turn you take two of your numbers, and the result of one operation takes their place. "
            "Fractions are exact. When one number is left, it must be 24. Steps cannot be taken back; you have "
            f"{self.max_turns} turns.\n{LEFT}{', '.join(state.numbers)}."
        )

    def grammar(self, state: Game24State) -> Grammar:
        return self._grammar

    def play(self, state: Game24State, action: Action, chance: Chance) -> Reply:
        _, first, sign, second = action
        rest = without([Fraction(text) for text in state.numbers], first, second)
        made = arithmetic.outcome(first, sign, second)
        if rest is None:
            return Reply(f"{first} and {second} are not among your numbers: {', '.join(state.numbers)}.", invalid=True)
        if made is None:
            return Reply("Nothing can be divided by 0.", invalid=True)
        numbers = sorted([*rest, made])
        state.numbers = [str(number) for number in numbers]
        told = f"{said((first, sign, second))} = {made}."
        if len(numbers) > 1:
            return Reply(f"{told} {LEFT}{listed(numbers)}.")
        won = made == GOAL
        return Reply(f"{told} {'You have made 24!' if won else 'That is not 24.'}", done=True, success=won)

    def actions(self, state: Game24State) -> list[Action]:
        return [("step", *step) for step, _ in steps(_table(state.numbers))]

    def hidden_key(self, state: Game24State) -> str:
        return state.puzzle

    def secrets(self) -> float:
        return float(len(self.puzzles))

    def known(self, state: Game24State, role: str) -> Any:
        return state.numbers

    def solver(self, state: Game24State) -> list[str]:
        return [said(step) for step in solution(_table(state.numbers)) or ()]

    def expert(self, history: History, chance: Chance) -> str:
        told = next(text for text in reversed(history[::2]) if LEFT in text and not text.startswith("Invalid action"))
        numbers = _table(told.rpartition(LEFT)[2].partition(".")[0].split(", "))
        found = solution(numbers)
        return said(found[0] if found else next(steps(numbers))[0])

    def board(self, state: Game24State) -> str:
        return "  ".join(f"[bold reverse] {number} [/]" for number in state.numbers) + "   → [bold yellow]24[/]"


def _table(numbers: list[str]) -> Numbers:
    return tuple(sorted(map(Fraction, numbers)))


@lru_cache(maxsize=1)
def _puzzles() -> list[str]:
    return Path(__file__).with_name("game24.txt").read_text(encoding="utf-8").splitlines()


@lru_cache(maxsize=100_000)
def solution(numbers: Numbers) -> tuple[Step, ...] | None:
    """The first steps found that make 24 of the numbers; None where none do."""
    if len(numbers) == 1:
        return () if numbers[0] == GOAL else None
    for step, after in steps(numbers):
        rest = solution(after)
        if rest is not None:
            return (step, *rest)
    return None


register(Game24)
