"""Deep sea in text: a treasure that only a long row of right moves finds, and whose every step costs (bsuite).

A dive goes through a square of cells from the top left corner to the bottom, one row a move. In every cell one of two
levers moves the diver one column right, the other one left (at the left edge: straight down). Which is which was drawn
for each cell of the task, and stays the same in all its dives. The treasure lies to the right of the bottom right cell,
so every move of a dive must be to the right, and each of those costs 0.01 / ``size``: who learns from rewards alone
learns to avoid the way. Random play finds the treasure in a dive with probability 2^-size.

One episode has several dives, so that what a dive showed can be used in the next: the best a diver can do is to try one
lever in the first cell of the diagonal that it does not know, and to take the other one in the next dive if that was
wrong. That takes 1 + k dives with probability C(size, k) / 2^size, and never more than ``size + 1``.

The belief is about the levers of the diagonal, which are all that matters: independent bits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import NOTHING, Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

LEVERS = ("red", "blue")
COST = 0.01

PLACE = re.compile(r"You are at row (\d+), column (\d+)\.")
MOVED = re.compile(r"^The (red|blue) lever moves you (right|left)\.")

HOLD_OUT_FROM = 500
"""Fewer seas than this are not held out."""


class DeepSeaParams(Params):
    """How deep and wide the sea is, and how many dives there are."""

    size: int = Field(8, ge=1, le=40, description="rows and columns of the sea")
    dives: int = Field(0, ge=0, le=100, description="how many dives there are; 0: one more than rows, always enough")
    max_turns: int = Field(0, ge=0, le=4000, description="0: as many as all dives take")


@dataclass
class DeepSeaState(State):
    """For each cell ``r`` or ``b``, the lever that moves right; which cells were tried; where the diver is.

    The cell in row ``r`` and column ``c`` (from 0; ``c <= r``) has the number ``r (r + 1) / 2 + c``.
    """

    levers: str
    tried: int = 0
    dive: int = 1
    row: int = 0
    column: int = 0
    last: str = ""
    """The lever of the last move and whether it moved right, for example ``red right``."""


class DeepSea(World[DeepSeaState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/DeepSea-v0",
        family="probes",
        group="deep_sea",
        about="Dive for a treasure that only a long row of costly moves finds.",
        presets={"4": {"size": 4}, "8": {}, "16": {"size": 16}},
        rewards={"effort": Part("minus 0.01 / size for every move to the right", -COST, 0.0, 1.0)},
        figures={"dives": "dives until the treasure was found, over the episodes that found it"},
        hidden=True,
        holdout="secret",
        expert="optimal",
        belief="exact",
        paper="Osband et al. 2020, Behaviour Suite for Reinforcement Learning, arXiv 1908.03568",
    )
    Params, State = DeepSeaParams, DeepSeaState

    def __init__(self, params: DeepSeaParams) -> None:
        super().__init__(params)
        self.size = params.size
        self.dives = params.dives or params.size + 1
        self.max_turns = params.max_turns or self.dives * self.size
        self.cells = self.size * (self.size + 1) // 2
        self.diagonal = sum(1 << _cell(row, row) for row in range(self.size))
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"
        self._grammar = Grammar(Form("pull {lever}", lever=Word(LEVERS)))

    def start(self, task: Task, chance: Chance) -> DeepSeaState:
        return DeepSeaState(levers="".join(["rb"[chance.below(2)] for _ in range(self.cells)]))

    def intro(self, state: DeepSeaState, role: str) -> str:
        size = self.size
        return (
            f"You dive for a treasure in a sea of {size} rows and {size} columns. Every move takes you one row down. "
            "In each cell one of two levers, red and blue, moves you one column right as well, and the other one "
            "column left (in column 1: straight down). Which lever does what differs from cell to cell and stays the "
            f"same in all your dives. The treasure lies to the right of row {size}, column {size}. Every move to the "
            f"right costs {COST / size:.4g}. A dive ends at the bottom and the next one begins at the top; you have "
            f"{self.dives} {'dive' if self.dives == 1 else 'dives'}.\n{self._place(state)}"
        )

    def _place(self, state: DeepSeaState) -> str:
        dive = f"Dive {state.dive} of {self.dives}. " if state.row == 0 else ""
        return f"{dive}You are at row {state.row + 1}, column {state.column + 1}."

    def grammar(self, state: DeepSeaState) -> Grammar:
        return self._grammar

    def play(self, state: DeepSeaState, action: Action, chance: Chance) -> Reply:
        lever, cell = action[1], _cell(state.row, state.column)
        right = state.levers[cell] == lever[0]
        state.tried |= 1 << cell
        state.last = f"{lever} {'right' if right else 'left'}"
        said = f"The {lever} lever moves you {'right' if right else 'left'}."
        rewards = {"effort": -COST / self.size} if right else NOTHING
        if right and state.column == self.size - 1:
            return Reply(f"{said} You have found the treasure!", rewards, done=True, success=True)
        state.row += 1
        state.column = state.column + 1 if right else max(state.column - 1, 0)
        if state.row == self.size:
            said += " You are at the bottom, and there is no treasure here."
            if state.dive == self.dives:
                return Reply(f"{said} That was your last dive.", rewards, done=True, success=False)
            state.dive, state.row, state.column = state.dive + 1, 0, 0
        return Reply(f"{said} {self._place(state)}", rewards)

    def privileged(self, state: DeepSeaState) -> Privileged:
        way = [LEVERS["rb".index(state.levers[_cell(row, row)])] for row in range(self.size)]
        return (
            Privileged(answer=f"pull {way[state.row]}", extra={"way": way}) if state.row < self.size else Privileged()
        )

    def figures(self, state: DeepSeaState) -> Mapping[str, tuple[float, float]]:
        found = state.last.endswith("right") and state.row == state.column == self.size - 1
        return {"dives": (state.dive, 1)} if found else NOTHING

    # Knowledge.

    def hidden_key(self, state: DeepSeaState) -> str:
        return state.levers

    def secrets(self) -> float:
        return 2.0**self.cells

    def known(self, state: DeepSeaState, role: str) -> Any:
        seen = "".join([lever if state.tried >> cell & 1 else "?" for cell, lever in enumerate(state.levers)])
        return [state.dive, state.row, state.column, seen]

    def view(self, state: DeepSeaState, role: str) -> Any:
        return [state.last, state.row, state.column, state.dive if state.row == 0 else None]

    def belief(self, state: DeepSeaState, role: str) -> Belief:
        return Belief(float((self.diagonal & ~state.tried).bit_count()))

    def gain(self, state: DeepSeaState, action: Action) -> float:
        return float(state.row == state.column and not state.tried >> _cell(state.row, state.column) & 1)

    def best_gain(self, state: DeepSeaState) -> tuple[Action, float]:
        """Where nothing is to be learnt in a known cell of the diagonal, the way on."""
        return ("pull", self._lever(state)), self.gain(state, ("pull", "red"))

    def _lever(self, state: DeepSeaState) -> str:
        """What a diver who knows the cells that were tried should pull."""
        cell = _cell(state.row, state.column)
        known = state.levers[cell] if state.tried >> cell & 1 else "r"
        return LEVERS[("rb".index(known) + (state.row != state.column)) % 2]

    def resample(self, state: DeepSeaState, role: str, chance: Chance) -> DeepSeaState:
        new = state.copy()
        cells = enumerate(state.levers)
        new.levers = "".join([lever if state.tried >> cell & 1 else "rb"[chance.below(2)] for cell, lever in cells])
        return new

    # Players.

    def solver(self, state: DeepSeaState) -> list[str]:
        way = [f"pull {LEVERS['rb'.index(state.levers[_cell(row, row)])]}" for row in range(self.size)]
        if state.row == state.column:
            return way[state.row :]
        return ["pull red"] * (self.size - state.row) + way

    def expert(self, history: History, chance: Chance) -> str:
        right: dict[tuple[str, ...], str] = {}
        place = PLACE.findall(history[0])[-1]
        for _, said in turns(history):
            moved, now = MOVED.match(said), PLACE.search(said)
            if moved and now:
                other = LEVERS[1 - LEVERS.index(moved[1])]
                right[place] = moved[1] if moved[2] == "right" else other
                place = now.groups()
        lever = right.get(place, LEVERS[0])
        return f"pull {lever if place[0] == place[1] else LEVERS[1 - LEVERS.index(lever)]}"

    def board(self, state: DeepSeaState) -> str:
        lines = [f"dive {state.dive} of {self.dives}"]
        for row in range(self.size):
            marks = []
            for column in range(self.size):
                cell = _cell(row, column)
                mark = "·" if column <= row else " "
                if column <= row and state.tried >> cell & 1:
                    mark = f"[{LEVERS['rb'.index(state.levers[cell])]}]→[/]"
                marks.append("[bold green]●[/]" if (row, column) == (state.row, state.column) else mark)
            lines.append(" ".join(marks) + (" [bold yellow]★[/]" if row == self.size - 1 else ""))
        return "\n".join(lines)


def _cell(row: int, column: int) -> int:
    return row * (row + 1) // 2 + column


register(DeepSea)
