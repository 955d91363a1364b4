"""Battleship: find and sink a hidden fleet with a limited number of shots.

PAPRIKA's rules (arXiv 2502.17543, section 4 and appendix): ships of 5, 4 and 2 cells on a board of 5 by 5 or 6 by 6,
20 shots, a hit names the ship and its size, the board is shown after each shot. There a task is only the size of the
board; here it fixes the fleet. A second shot at a cell is an invalid action: it tells nothing and costs a turn.

The prior is uniform over all ways to lay the ships without overlap (they may touch). The belief counts the ways that
agree with the shots, or estimates their number where there are too many (`Waters`). The expert shoots where a hit is
most likely, of equals where it learns the most. Looking one shot further, a bonus for information, and an exhaustive
search of the last 16 fleets were tried and sank no more fleets of the paper's sizes in time.

The test split holds out fleets where there are at least 1,000 of them; fewer could be learnt by heart from what is left
out as well, so there nothing is held out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, model_validator

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.games.battleship_odds import ENUMERATED, MISS, Record, Waters
from scoutgym.envs.grammar import Action, BadAction, Cell, Form, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import part, split_of
from scoutgym.types import Task, digest

NAMES = {
    1: ("buoy", "raft", "canoe"),
    2: ("destroyer", "tug", "ferry"),
    3: ("cruiser", "submarine", "frigate"),
    4: ("battleship", "tanker", "galleon"),
    5: ("carrier", "freighter", "liner"),
}
COLORS = ("red3", "dark_orange3", "gold3", "medium_purple3", "deep_pink3", "chartreuse4")

HOLD_OUT_FROM = 1_000
"""Fewer fleets than this are not held out."""

LISTED_UP_TO = 50_000
"""Up to so many fleets the tasks of a split are all different until its fleets are used up."""


class BattleshipParams(Params):
    """The board, the fleet and how many shots there are."""

    rows: int = Field(5, ge=2, le=16, description="rows of the board")
    columns: int = Field(5, ge=2, le=16, description="columns of the board")
    ships: tuple[int, ...] = Field((5, 4, 2), description="the length of each ship, 1 to 5 cells")
    board: bool = Field(True, description="whether every reply shows the board")
    max_turns: int = Field(20, ge=1, le=1000, description="how many shots there are")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not 1 <= len(self.ships) <= len(COLORS) or not set(self.ships) <= set(NAMES):
            raise ValueError(f"ships must be 1 to {len(COLORS)} lengths from 1 to {max(NAMES)}, not {self.ships}")
        for length in self.ships:
            if self.ships.count(length) > len(NAMES[length]):
                raise ValueError(f"there are at most {len(NAMES[length])} ships of length {length}")
        # Laid row after row along the longer side, ships that fit it and fill at most half of the board always fit.
        if max(self.ships) > max(self.rows, self.columns) or 2 * sum(self.ships) > self.rows * self.columns:
            raise ValueError(
                f"ships of {self.ships} do not fit on {self.rows} by {self.columns}: none may be longer than the "
                "board, and together they may fill half of it"
            )
        return self


@dataclass
class BattleshipState(State):
    """The fleet, and the record of the shots.

    ``fleet`` has the number of each ship's placement. ``told`` says for each of the ``shots`` which ship it hit, or
    ``MISS``; ``left`` how many cells of each ship are not hit; ``shown`` is the board, where it is shown.
    """

    fleet: list[int]
    shots: list[int]
    told: list[int]
    left: list[int]
    shown: str


class Battleship(World[BattleshipState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Battleship-v0",
        family="games",
        group="battleship",
        about="Sink a hidden fleet: search, then follow up the hits.",
        presets={
            "tiny": {"rows": 3, "columns": 3, "ships": (2,), "max_turns": 5, "board": False},
            "small": {"rows": 4, "columns": 4, "ships": (3, 2), "max_turns": 10, "board": False},
            "paper5": {},
            "paper6": {"rows": 6, "columns": 6},
            "beyond": {"rows": 10, "columns": 10, "ships": (5, 4, 3, 3, 2), "max_turns": 50},
        },
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="arXiv 2502.17543",
    )
    Params, State = BattleshipParams, BattleshipState
    counts = {"train": 1000, "dev": 200, "test": 200}

    def __init__(self, params: BattleshipParams) -> None:
        super().__init__(params)
        rows, columns = params.rows, params.columns
        self.waters = Waters(rows, columns, params.ships)
        self.names = [NAMES[n][params.ships[:i].count(n)] for i, n in enumerate(params.ships)]
        self._cell = Cell(rows, columns)
        self._grammar = Grammar(Form("{cell}", cell=self._cell, name="shoot"))
        self._masks = [[sum(1 << cell for cell in line) for line in lines] for lines in self.waters.placements]
        margin = len(str(rows))
        lines = [" " * margin + "".join([f" {chr(ord('A') + column)}" for column in range(columns)])]
        lines += [f"{row:{margin}d}" + " ." * columns for row in range(1, rows + 1)]
        width = len(lines[0]) + 1
        self._shown = "\n".join(lines) if params.board else ""
        self._places = [(c // columns + 1) * width + margin + 1 + 2 * (c % columns) for c in range(rows * columns)]
        self._hit = [f"Hit: {name}, {n} cells." for name, n in zip(self.names, params.ships, strict=True)]
        self._sunk = [f"{hit} The {name} is sunk." for hit, name in zip(self._hit, self.names, strict=True)]
        self._decks: dict[str, list[list[int]]] = {}
        exact = self.waters.combinations <= ENUMERATED
        self._secrets = len(self.waters.posterior(()).fleets) if exact else math.inf
        if self._secrets < HOLD_OUT_FROM:
            self.holdout = "none"

    # The rules.

    def start(self, task: Task, chance: Chance) -> BattleshipState:
        if self.holdout == "secret" and self._secrets <= LISTED_UP_TO:
            deck = self._decks.get(task.split) or self._deck(task.split)
            fleet = deck[task.index % len(deck)].copy()
        else:
            fleet = self._lay([range(len(masks)) for masks in self._masks], chance)
        return BattleshipState(fleet, [], [], list(self.params.ships), self._shown)

    def _deck(self, split: str) -> list[list[int]]:
        """The fleets of a split in random order: item ``i`` is the ``i``-th."""
        mine = part(split)
        deck = [fleet for fleet in self.waters.posterior(()).fleets.tolist() if split_of(self, fleet) == mine]
        Chance(digest(self.spec.id, split, self.params.rows, self.params.columns, self.params.ships)).shuffle(deck)
        self._decks[split] = deck
        return deck

    def _lay(self, possible: list[Any], chance: Chance) -> list[int]:
        """A fleet from the possible placements, uniform over the ways that do not overlap: by rejection."""
        while True:
            taken, fleet = 0, list[int]()
            for masks, places in zip(self._masks, possible, strict=True):
                place = int(places[chance.below(len(places))])
                if taken & masks[place]:
                    break
                taken |= masks[place]
                fleet.append(place)
            else:
                return fleet

    def intro(self, state: BattleshipState, role: str) -> str:
        rows, columns = self.params.rows, self.params.columns
        fleet = ", ".join([f"{name} ({n} cells)" for name, n in zip(self.names, self.params.ships, strict=True)])
        text = (
            f"A fleet is hidden on a board of {rows} rows and {columns} columns: {fleet}. Each ship lies in a straight "
            f"line, across or down. Ships do not overlap, but may touch. Sink them all with at most {self.max_turns} "
            "shots. I say which ship you hit, or that you missed. A second shot at the same cell is wasted."
        )
        return f"{text} On the board, X is a hit and M is a miss.\n{self._shown}" if self._shown else text

    def grammar(self, state: BattleshipState) -> Grammar:
        return self._grammar

    def play(self, state: BattleshipState, action: Action, chance: Chance) -> Reply:
        row, column = action[1]
        cell = row * self.waters.columns + column
        if cell in state.shots:
            return self._reply(f"You have already shot at {self._cell.show(action[1])}.", state, invalid=True)
        state.shots.append(cell)
        bit, hit = 1 << cell, MISS
        for ship, place in enumerate(state.fleet):
            if self._masks[ship][place] & bit:
                hit = ship
        state.told.append(hit)
        if state.shown:
            place, mark = self._places[cell], "M" if hit == MISS else "X"
            state.shown = f"{state.shown[:place]}{mark}{state.shown[place + 1 :]}"
        if hit == MISS:
            return self._reply("Miss.", state)
        state.left[hit] -= 1
        if state.left[hit]:
            return self._reply(self._hit[hit], state)
        if any(state.left):
            return self._reply(self._sunk[hit], state)
        return Reply(f"{self._sunk[hit]} That was the whole fleet. You win!", done=True, success=True)

    @staticmethod
    def _reply(text: str, state: BattleshipState, invalid: bool = False) -> Reply:
        return Reply(f"{text}\n{state.shown}" if state.shown else text, invalid=invalid)

    def out_of_turns(self, state: BattleshipState) -> str:
        return f"That was your last shot. You lose. The fleet was at {self._where(state)}."

    def actions(self, state: BattleshipState) -> list[Action]:
        return [("shoot", self._cell.value(c)) for c in range(self.waters.cells) if c not in state.shots]

    # What a perfect reasoner would know.

    def _where(self, state: BattleshipState) -> str:
        ends = []
        for name, lines, place in zip(self.names, self.waters.placements, state.fleet, strict=True):
            first, last = self._name(lines[place][0]), self._name(lines[place][-1])
            ends.append(f"{name} {first} to {last}" if first != last else f"{name} {first}")
        return ", ".join(ends)

    def _name(self, cell: int) -> str:
        return self._cell.show(self._cell.value(cell))

    def privileged(self, state: BattleshipState) -> Privileged:
        return Privileged(extra={"fleet": self._where(state)})

    def hidden_key(self, state: BattleshipState) -> list[int]:
        return state.fleet

    def secrets(self) -> float:
        return self._secrets

    def known(self, state: BattleshipState, role: str) -> Any:
        return [list(pair) for pair in self._record(state)]

    def view(self, state: BattleshipState, role: str) -> Any:
        return [state.shown, state.told[-1:]]

    @staticmethod
    def _record(state: BattleshipState) -> Record:
        return tuple(sorted(zip(state.shots, state.told, strict=True)))

    def belief(self, state: BattleshipState, role: str) -> Belief:
        found = self.waters.posterior(self._record(state))
        if found.exact:
            return Belief(found.bits)
        return Belief(found.bits, "sampled", len(found.weights), found.stderr)

    def gain(self, state: BattleshipState, action: Action) -> float:
        row, column = action[1]
        gains = self.waters.gains(self.waters.posterior(self._record(state)))
        return float(gains[row * self.waters.columns + column])

    def best_gain(self, state: BattleshipState) -> tuple[Action, float]:
        gains = self.waters.gains(self.waters.posterior(self._record(state)))
        best = int(gains.argmax())
        return ("shoot", self._cell.value(best)), float(gains[best])

    def resample(self, state: BattleshipState, role: str, chance: Chance) -> BattleshipState:
        new = state.copy()
        new.fleet = self._lay(self.waters.possible(self._record(state)), chance)
        return new

    # Players and pictures.

    def solver(self, state: BattleshipState) -> list[str]:
        lines = [lines[place] for lines, place in zip(self.waters.placements, state.fleet, strict=True)]
        return [self._name(cell) for line in lines for cell in line if cell not in state.shots]

    def expert(self, history: History, chance: Chance) -> str:
        told: dict[int, int] = {}
        for text, said in turns(history):
            if not said.startswith(("Miss.", "Hit: ")):
                continue
            try:
                row, column = self._grammar.parse(text)[1]
            except BadAction:
                continue
            hit = next((ship for ship, name in enumerate(self.names) if said.startswith(f"Hit: {name},")), MISS)
            told[row * self.waters.columns + column] = hit
        return self._name(self.waters.shot(tuple(sorted(told.items()))))

    def board(self, state: BattleshipState) -> str:
        told = dict(zip(state.shots, state.told, strict=True))
        columns = self.params.columns
        lines = ["[dim]    " + "".join([f" {chr(ord('A') + column)} " for column in range(columns)]) + "[/]"]
        for row in range(self.params.rows):
            cells = [told.get(row * columns + column) for column in range(columns)]
            lines.append(f"[dim]{row + 1:3d}[/] " + "".join(map(self._picture, cells)))
        for ship, (name, length) in enumerate(zip(self.names, self.params.ships, strict=True)):
            done = length - state.left[ship]
            hull = f"[white on {COLORS[ship]}]{' ✖ ' * done}[/][on grey30]{'   ' * state.left[ship]}[/]"
            lines.append(f"    {hull} {name}{' [dim]sunk[/]' if not state.left[ship] else ''}")
        return "\n".join(lines)

    @staticmethod
    def _picture(told: int | None) -> str:
        if told is None:
            return "[on blue3]   [/]"
        return "[white on blue] · [/]" if told == MISS else f"[bold white on {COLORS[told]}] ✖ [/]"


register(Battleship)
