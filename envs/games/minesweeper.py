"""Minesweeper: reveal every cell that hides no mine, reasoning from the numbers of mines around those revealed.

PAPRIKA's rules (arXiv 2502.17543, section 4 and appendix): boards of 4 to 7 rows and columns, a mine for every ten
cells but at least one, 20 turns. A 0 opens the cells around it, a mine ends the game. The first cell is always safe: a
task fixes which cells are mined, and one spare cell, where a mine goes that would lie under the first reveal. So the
board is a function of the task and of the first reveal, in every trial and after every restore.

The prior is uniform over the layouts that spare the first cell. The belief is the number of layouts that agree with the
board, counted exactly; before the first reveal it is that of the board to come. The expert begins in a corner, then
reveals the cell that is least likely mined and, among equals, has the fewest mines to expect around it: certain cells
first, and of them those that open most. Its guesses are near the best ones, not always the best: on 5 by 5 with 3 mines
it wins 0.876 of all layouts, where full search from the same corner wins 0.888.

The test split holds out layouts where there are at least 1,000 of them; fewer could be learnt by heart from what is
left out as well, so there nothing is held out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from pydantic import Field, model_validator

from scoutgym.envs.belief import uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.games.minesweeper_gains import Gains
from scoutgym.envs.games.minesweeper_grid import HIDDEN, MINE, Grid
from scoutgym.envs.games.minesweeper_odds import Odds
from scoutgym.envs.grammar import Action, Form, Grammar, Integer
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

SIDES = range(4, 8)
"""Rows and columns that a task draws where the parameters do not say."""

HOLD_OUT_FROM = 1_000
"""Fewer layouts than this are not held out."""

COLORS = {
    HIDDEN: "white on grey30",
    MINE: "bold white on red",
    "0": "grey30",
    "1": "bold dodger_blue1",
    "2": "bold green3",
    "3": "bold red1",
    "4": "bold medium_purple1",
    "5": "bold orange3",
    "6": "bold cyan3",
    "7": "bold magenta",
    "8": "bold white",
}


class MinesweeperParams(Params):
    """The size of the board, its mines and how many reveals there are."""

    rows: int | None = Field(None, ge=2, le=24, description="rows of the board; by default 4 to 7, drawn for each task")
    columns: int | None = Field(None, ge=2, le=24, description="its columns; by default 4 to 7, drawn for each task")
    mines: int | None = Field(None, ge=1, description="mines; by default one for every ten cells, and at least one")
    max_turns: int = Field(20, ge=1, le=1000, description="how many reveals there are")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        cells = (self.rows or SIDES[0]) * (self.columns or SIDES[0])
        if self.mines is not None and self.mines >= cells:
            raise ValueError(f"{self.mines} mines leave no safe cell on {cells} cells: at most {cells - 1}")
        return self


@dataclass
class MinesweeperState(State):
    """The size, the secret, and the board.

    ``order`` are the cells to be mined and the spare one. ``truth`` is the board with everything revealed, empty before
    the first reveal; ``shown`` is what the player sees.
    """

    rows: int
    columns: int
    order: list[int]
    truth: str
    shown: str


class Minesweeper(World[MinesweeperState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Minesweeper-v0",
        family="games",
        group="minesweeper",
        about="Reveal all cells without a mine, from the numbers of mines around.",
        presets={
            "paper": {},
            "tiny": {"rows": 3, "columns": 3, "mines": 1, "max_turns": 8},
            "4x4": {"rows": 4, "columns": 4, "mines": 2, "max_turns": 14},
            "5x5": {"rows": 5, "columns": 5, "mines": 3},
            "7x7": {"rows": 7, "columns": 7, "mines": 4},
            "9x9": {"rows": 9, "columns": 9, "mines": 10, "max_turns": 71},
            "16x16": {"rows": 16, "columns": 16, "mines": 40, "max_turns": 216},
        },
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="arXiv 2502.17543",
    )
    Params, State = MinesweeperParams, MinesweeperState
    counts = {"train": 1000, "dev": 200, "test": 200}

    def __init__(self, params: MinesweeperParams) -> None:
        super().__init__(params)
        self._sizes = [
            (rows, columns)
            for rows in (SIDES if params.rows is None else [params.rows])
            for columns in (SIDES if params.columns is None else [params.columns])
        ]
        self._grids: dict[tuple[int, int], Grid] = {}
        self._grammars: dict[tuple[int, int], Grammar] = {}
        self._intros: dict[tuple[int, int], str] = {}
        for rows, columns in self._sizes:
            grid = Grid(rows, columns, params.mines or max(1, rows * columns // 10))
            self._grids[rows, columns] = grid
            self._intros[rows, columns] = _intro(grid, params.max_turns)
            self._grammars[rows, columns] = Grammar(
                Form("reveal {row} {column}", row=Integer(1, rows), column=Integer(1, columns))
            )
        line = f"[{HIDDEN}0-8](?: [{HIDDEN}0-8])*"
        self._boards = re.compile(rf"^{line}(?:\n{line})*$", re.MULTILINE).findall
        self._gains = lru_cache(maxsize=256)(Gains)
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"

    def start(self, task: Task, chance: Chance) -> MinesweeperState:
        rows, columns = self._sizes[0] if len(self._sizes) == 1 else chance.choice(self._sizes)
        grid = self._grids[rows, columns]
        return MinesweeperState(rows, columns, _draw(grid, chance), "", grid.hidden)

    def intro(self, state: MinesweeperState, role: str) -> str:
        return self._intros[state.rows, state.columns]

    def grammar(self, state: MinesweeperState) -> Grammar:
        return self._grammars[state.rows, state.columns]

    def play(self, state: MinesweeperState, action: Action, chance: Chance) -> Reply:
        _, row, column = action
        cell = (row - 1) * state.columns + column - 1
        shown = state.shown
        if shown[2 * cell] != HIDDEN:
            return Reply(f"Row {row}, column {column} is already revealed.\n{shown}", invalid=True)
        grid = self._grids[state.rows, state.columns]
        if not state.truth:
            state.truth = grid.lay(_mines(state.order, cell))
        state.shown = shown = grid.open(state.truth, shown, cell)
        if shown[2 * cell] == MINE:
            return Reply(f"Boom! Row {row}, column {column} hides a mine. You lose.", done=True, success=False)
        if shown.count(HIDDEN) == grid.mines:
            return Reply(f"{shown}\nAll cells without a mine are revealed. You win!", done=True, success=True)
        return Reply(shown)

    def out_of_turns(self, state: MinesweeperState) -> str:
        return "That was your last turn. You lose."

    def actions(self, state: MinesweeperState) -> list[Action]:
        columns = state.columns
        hidden = [cell for cell, symbol in enumerate(state.shown[::2]) if symbol == HIDDEN]
        return [("reveal", cell // columns + 1, cell % columns + 1) for cell in hidden]

    def privileged(self, state: MinesweeperState) -> Privileged:
        mines = [place for place, symbol in enumerate(state.truth[::2]) if symbol == MINE] or sorted(state.order[:-1])
        return Privileged(extra={"mines": [[cell // state.columns + 1, cell % state.columns + 1] for cell in mines]})

    def hidden_key(self, state: MinesweeperState) -> Any:
        mined = 0
        for cell in state.order[:-1]:
            mined |= 1 << cell
        return f"{state.rows}x{state.columns}:{mined:x}"

    def secrets(self) -> float:
        return sum(math.comb(grid.cells, grid.mines) for grid in self._grids.values())

    def known(self, state: MinesweeperState, role: str) -> Any:
        return state.shown

    def belief(self, state: MinesweeperState, role: str) -> Belief:
        grid = self._grid(state)
        if state.shown == grid.hidden:
            return Belief(uniform_bits(math.comb(grid.cells - 1, grid.mines)))
        return Belief(uniform_bits(Odds(grid, state.shown).total))

    def gain(self, state: MinesweeperState, action: Action) -> float:
        cell = (action[1] - 1) * state.columns + action[2] - 1
        return self._gains(self._grid(state), state.shown).gain(cell)

    def best_gain(self, state: MinesweeperState) -> tuple[Action, float] | None:
        best = self._gains(self._grid(state), state.shown).best()
        if best is None:
            return None
        cell, gain = best
        return ("reveal", cell // state.columns + 1, cell % state.columns + 1), gain

    def resample(self, state: MinesweeperState, role: str, chance: Chance) -> MinesweeperState:
        new, grid = state.copy(), self._grid(state)
        if not state.truth:
            new.order = _draw(grid, chance)
            return new
        mines = Odds(grid, state.shown).draw(chance)
        new.truth = grid.lay(mines)
        new.order = [*mines, next(cell for cell in range(grid.cells) if cell not in mines)]
        return new

    def solver(self, state: MinesweeperState) -> list[str]:
        grid, truth, shown = self._grid(state), state.truth, state.shown
        cells: list[int] = []
        while not truth or shown.count(HIDDEN) > grid.mines:
            if not truth:
                cell = next((cell for cell in range(grid.cells) if self._empty(grid, state, cell)), state.order[-1])
                truth = grid.lay(_mines(state.order, cell))
            else:
                safe = [c for c in range(grid.cells) if shown[2 * c] == HIDDEN and truth[2 * c] != MINE]
                cell = min(safe, key=lambda c: truth[2 * c])
            shown = grid.open(truth, shown, cell)
            cells.append(cell)
        return [self._reveal(grid, cell) for cell in cells]

    @staticmethod
    def _empty(grid: Grid, state: MinesweeperState, cell: int) -> bool:
        return grid.lay(_mines(state.order, cell))[2 * cell] == "0"

    def _grid(self, state: MinesweeperState) -> Grid:
        return self._grids[state.rows, state.columns]

    @staticmethod
    def _reveal(grid: Grid, cell: int) -> str:
        return f"reveal {cell // grid.columns + 1} {cell % grid.columns + 1}"

    def expert(self, history: History, chance: Chance) -> str:
        shown = next(found[-1] for text in reversed(history[::2]) if (found := self._boards(text)))
        lines = shown.split("\n")
        grid = self._grids[len(lines), len(lines[0]) // 2 + 1]
        if shown == grid.hidden:
            return self._reveal(grid, 0)
        counts = Odds(grid, shown).counts()

        def mined(cell: int) -> tuple[int, int]:
            return counts[cell], sum([counts.get(near, 0) for near in grid.neighbors[cell]])

        return self._reveal(grid, min(counts, key=mined))

    def board(self, state: MinesweeperState) -> str:
        lines = ["[dim]    " + "".join([f"{column:^3d}" for column in range(1, state.columns + 1)]) + "[/]"]
        for row, line in enumerate(state.shown.split("\n"), 1):
            cells = [f"[{COLORS[symbol]}] {symbol} [/]" for symbol in line.split(" ")]
            lines.append(f"[dim]{row:3d}[/] {''.join(cells)}")
        left = state.shown.count(HIDDEN) - self._grid(state).mines
        lines.append(f"[dim]{self._grid(state).mines} mines, {max(left, 0)} cells to reveal[/]")
        return "\n".join(lines)


def _intro(grid: Grid, turns: int) -> str:
    mines = f"{grid.mines} mine{'s' if grid.mines > 1 else ''}"
    return (
        f"The board has {grid.rows} rows and {grid.columns} columns and hides {mines}. Reveal all cells without a "
        f"mine, in at most {turns} turns. {HIDDEN} is a hidden cell; a number counts the mines in the cells around it; "
        "around a 0 all is revealed for you. The first cell you reveal is safe. If you reveal a mine, you lose.\n"
        f"{grid.hidden}"
    )


def _draw(grid: Grid, chance: Chance) -> list[int]:
    """The cells to be mined and a spare one: different cells in random order, several from one draw of the chance."""
    cells, many = grid.cells, grid.drawn
    order: dict[int, None] = {}  # a set that keeps its order
    while len(order) <= grid.mines:
        block = chance.below(cells**many)
        for _ in range(many):
            block, cell = divmod(block, cells)
            order[cell] = None
    return list(order)[: grid.mines + 1]


def _mines(order: list[int], first: int) -> list[int]:
    """The mines of an order, where ``first`` is the first cell to be revealed."""
    *mines, spare = order
    return [spare if cell == first else cell for cell in mines]


register(Minesweeper)
