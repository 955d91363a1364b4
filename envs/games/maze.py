"""Text mazes, in full and in partial view, after the maze of LMRL-Gym (arXiv 2311.18232, appendix).

The layout is a uniform spanning tree of the grid, with each other wall missing with probability ``loops``; start and
goal are two uniform cells. The start is told. In the ``full`` view the agent is told where it is and where the goal
is, in the ``partial`` view only which ways are open. A step into a wall is an action like any other: nothing happens,
and the reply says so.

What is hidden, and the belief about it:

- ``partial``: the cell of the goal. It does not depend on the layout, so all cells but those visited are equally
  likely: exact.
- ``full``: the layout. Without loops, all spanning trees that agree with the walls seen are equally likely, and
  Kirchhoff counts them: exact. With loops, the sum of the edges' entropies: an upper bound. The gain of a step (the
  entropy of the walls it will show) is exact with and without loops; see `spanning_trees`.

The double T is one fixed layout of our own drawing, with LMRL-Gym's size and number of starts; its full view hides
nothing. Unlike LMRL-Gym we draw the goal for each task, for a fixed goal could be learnt by heart.

A task holds out the whole of layout, start and goal. Episodes that run out of moves are truncated: the limit stands
for patience, not for a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Literal

from pydantic import Field, model_validator

from scoutgym.envs.belief import entropy, turns, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.games.maze_grid import DOUBLE_T, WAYS, Grid, adjacency
from scoutgym.envs.games.spanning_trees import TreeLaw, uniform_tree
from scoutgym.envs.grammar import Action, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

HOLD_OUT_FROM = 500
"""Fewer mazes than this are not held out."""

OPEN_WAYS = [[k for k in range(4) if digit >> k & 1] for digit in range(16)]
OPENS = {f"{digit:x}": f"Open: {', '.join(WAYS[k] for k in ways)}." for digit, ways in enumerate(OPEN_WAYS)}
LETS = {way: frozenset(f"{digit:x}" for digit in range(16) if digit >> k & 1) for k, way in enumerate(WAYS)}
"""The digits of the cells that one can leave by a way."""

PLACE = re.compile(r"You (?:are|start) at row (\d+), column (\d+)")
GOAL = re.compile(r"The goal is at row (\d+), column (\d+)")
OPEN = re.compile(r"Open: ([a-z, ]+)\.")


class MazeParams(Params):
    """Size, shape and view of the maze."""

    width: int = Field(5, ge=2, le=20, description="columns")
    height: int = Field(5, ge=2, le=20, description="rows")
    loops: float = Field(0.0, ge=0.0, lt=1.0, description="probability that a wall of a perfect maze is missing")
    view: Literal["full", "partial"] = Field("full", description="whether the agent is told where it is and the goal")
    layout: Literal["random", "double-t"] = Field("random", description="a new maze for each task, or a fixed one")
    max_turns: int = Field(50, ge=1, le=2000, description="how many moves there are")

    @model_validator(mode="after")
    def _fixed(self) -> MazeParams:
        size = (len(DOUBLE_T[0]), len(DOUBLE_T))
        if self.layout == "double-t" and ((self.width, self.height) != size or self.loops):
            raise ValueError(f"the double T is fixed: it needs width={size[0]}, height={size[1]} and no loops")
        return self


@dataclass
class MazeState(State):
    """The layout (a hexadecimal digit a cell), and where the agent is and was.

    A cell is ``row * width + column``; bit k of ``visited`` is cell k; ``bumped`` is the way of the wall that the last
    action met, or empty.
    """

    maze: str
    goal: int
    origin: int
    place: int
    visited: int
    bumped: str = ""


class Maze(World[MazeState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Maze-v0",
        family="games",
        group="maze",
        about="Walk through a maze to the goal.",
        presets={
            "3": {"width": 3, "height": 3, "max_turns": 12},
            "5": {},
            "9": {"width": 9, "height": 9, "max_turns": 160},
            "13": {"width": 13, "height": 13, "max_turns": 300},
            "9-loops": {"width": 9, "height": 9, "loops": 0.2, "max_turns": 100},
            "3-partial": {"width": 3, "height": 3, "view": "partial", "max_turns": 16},
            "5-partial": {"view": "partial"},
            "9-partial": {"width": 9, "height": 9, "view": "partial", "max_turns": 160},
            "13-partial": {"width": 13, "height": 13, "view": "partial", "max_turns": 340},
            "9-loops-partial": {"width": 9, "height": 9, "loops": 0.2, "view": "partial", "max_turns": 160},
            "lmrl": {"width": 13, "height": 10, "layout": "double-t", "max_turns": 100},
            "lmrl-partial": {"width": 13, "height": 10, "layout": "double-t", "view": "partial", "max_turns": 100},
        },
        limit="truncate",
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="bound",
        paper="Abdulhai et al. 2023, LMRL Gym, arXiv 2311.18232",
    )
    Params, State = MazeParams, MazeState

    def __init__(self, params: MazeParams) -> None:
        super().__init__(params)
        self.width, self.height, self.full = params.width, params.height, params.view == "full"
        self.fixed = params.layout == "double-t"
        self.grid = grid = Grid(self.width, self.height)
        self.delta = dict(zip(WAYS, grid.steps, strict=True))
        rows, columns = range(1, self.height + 1), range(1, self.width + 1)
        named = [f"row {row}, column {column}" for row, column in product(rows, columns)]
        self._here = [f"You are at {name}." for name in named]
        self._there = [f"The goal is at {name}." for name in named]
        self._start = [f"You start at {name}." for name in named]
        self._grammar = Grammar(Form("move {way}", way=Word(WAYS)))
        self._neighbors = adjacency(grid.size, {n: (cell, other) for n, (cell, _, other) in enumerate(grid.edges)})
        self.cells = list(range(grid.size))
        """The cells that can be the start or the goal."""
        self._layout = ""
        if self.fixed:
            marks = "".join(DOUBLE_T)
            self.cells = [cell for cell in self.cells if marks[cell] == "#"]
            self._layout = grid.dig(n for n, (a, _, b) in enumerate(grid.edges) if marks[a] == marks[b] == "#")
        self._law = lru_cache(maxsize=16)(self._law_of)
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"

    def start(self, task: Task, chance: Chance) -> MazeState:
        maze = self._layout
        if not self.fixed:
            tree = uniform_tree(self._neighbors, chance)
            maze = self.grid.dig(self._open_more(tree, range(len(self.grid.edges)), chance))
        origin = self.cells[place := chance.below(len(self.cells))]
        goal = self.cells[(place + 1 + chance.below(len(self.cells) - 1)) % len(self.cells)]
        return MazeState(maze=maze, goal=goal, origin=origin, place=origin, visited=1 << origin)

    def _open_more(self, given: Sequence[int], others: Sequence[int], chance: Chance) -> Sequence[int]:
        """The given edges, and each of the others with probability ``loops``."""
        loops = self.params.loops
        return [*given, *(edge for edge in others if chance.random() < loops)] if loops else given

    def intro(self, state: MazeState, role: str) -> str:
        text = (
            f"You are in a maze of {len(self.cells)} cells in {self.height} rows and {self.width} columns. "
            f"Row 1 is in the north, column 1 in the west. Walk to the goal in at most {self.max_turns} moves."
        )
        digit = state.maze[state.origin]
        if self.full:
            return f"{text}\n{self._here[state.origin]} {self._there[state.goal]} {OPENS[digit]}"
        return f"{text} You are told when you reach it.\n{self._start[state.origin]} {OPENS[digit]}"

    def grammar(self, state: MazeState) -> Grammar:
        return self._grammar

    def play(self, state: MazeState, action: Action, chance: Chance) -> Reply:
        way, place = action[1], state.place
        digit = state.maze[place]
        if digit in LETS[way]:
            state.place = place = place + self.delta[way]
            state.bumped = said = ""
            if place == state.goal:
                return Reply("You have reached the goal!", done=True, success=True)
            state.visited |= 1 << place
            digit = state.maze[place]
        else:
            state.bumped = way
            said = f"There is a wall to the {way}. "
        if self.full:
            return Reply(f"{said}{self._here[place]} {self._there[state.goal]} {OPENS[digit]}")
        return Reply(said + OPENS[digit])

    def out_of_turns(self, state: MazeState) -> str:
        row, column = divmod(state.goal, self.width)
        return f"You have run out of moves. The goal was at row {row + 1}, column {column + 1}."

    def privileged(self, state: MazeState) -> Privileged:
        row, column = divmod(state.goal, self.width)
        return Privileged(answer=f"row {row + 1}, column {column + 1}", extra={"maze": state.maze})

    def hidden_key(self, state: MazeState) -> Any:
        return [state.maze, state.origin, state.goal]

    def secrets(self) -> float:
        if self.params.loops:
            return float("inf")
        bits = 0.0 if self.fixed else self._law("?" * self.grid.size).bits
        pairs = len(self.cells) * (len(self.cells) - 1)
        return pairs * 2.0**bits if bits < 1000 else float("inf")

    def seen(self, state: MazeState) -> str:
        """The layout as far as the agent has seen it: ``?`` where it has not been."""
        return "".join([digit if state.visited >> cell & 1 else "?" for cell, digit in enumerate(state.maze)])

    def known(self, state: MazeState, role: str) -> Any:
        found = self.full or state.place == state.goal
        return [state.place, self.seen(state), state.goal if found else None]

    def view(self, state: MazeState, role: str) -> Any:
        shown = [state.maze[state.place], state.bumped, state.place == state.goal]
        return [*shown, state.place, state.goal] if self.full else shown

    # Belief. All of it is a function of what was seen.

    def _law_of(self, seen: str) -> TreeLaw:
        """The law of the tree given what was seen.

        Without loops, cells with an open way between them are one node. With loops, an open edge is in the tree or one
        of the missing walls (probability p), so it weighs 1/p against the 1 of an edge that was not seen.
        """
        loops, node = self.params.loops, list(range(self.grid.size))
        known = {n: self.grid.is_open(seen, n) for n in range(len(self.grid.edges))}
        for number in [] if loops else known:
            if known[number]:
                cell, _, other = self.grid.edges[number]
                node = [node[cell] if n == node[other] else n for n in node]
        label = {n: place for place, n in enumerate(dict.fromkeys(node))}
        edges = {}
        for number, (cell, _, other) in enumerate(self.grid.edges):
            if known[number] is None or (known[number] and loops):
                edges[number] = (label[node[cell]], label[node[other]], 1 / loops if known[number] else 1.0)
        return TreeLaw(len(label), edges)

    def _unseen(self, seen: str) -> list[int]:
        return [n for n in range(len(self.grid.edges)) if self.grid.is_open(seen, n) is None]

    def belief(self, state: MazeState, role: str) -> Belief:
        if not self.full:
            left = len(self.cells) - state.visited.bit_count()
            return Belief(0.0 if state.place == state.goal else uniform_bits(left))
        if self.fixed:
            return Belief(0.0)
        seen, loops = self.seen(state), self.params.loops
        law = self._law(seen)
        if not loops:
            return Belief(max(0.0, law.bits))
        closed = [law.avoids([number]) * (1 - loops) for number in self._unseen(seen)]
        return Belief(sum(entropy((p, 1 - p)) for p in closed), "bound")

    def gain(self, state: MazeState, action: Action) -> float:
        way = action[1]
        cell = state.place + self.delta[way]
        if state.maze[state.place] not in LETS[way] or state.visited >> cell & 1:
            return 0.0
        if not self.full:
            return entropy((1, len(self.cells) - state.visited.bit_count() - 1))
        if self.fixed or cell == state.goal:  # the goal ends the episode and shows no walls
            return 0.0
        seen = self.seen(state)
        law, loops = self._law(seen), self.params.loops
        number = self.grid.number
        sides = [number[cell, k] for k in range(4) if (cell, k) in number]
        sides = [side for side in sides if self.grid.is_open(seen, side) is None]
        chances: dict[int, float] = {}  # the set of closed sides, as bits: each by inclusion and exclusion
        for shut in range(2 ** len(sides)):
            edges = [n for k, n in enumerate(sides) if shut >> k & 1]
            chances[shut] = law.avoids(edges) * (1 - loops) ** len(edges)
        for k, shut in product(range(len(sides)), range(2 ** len(sides))):
            if not shut >> k & 1:
                chances[shut] -= chances[shut | 1 << k]
        return entropy(max(0.0, p) for p in chances.values())

    def best_gain(self, state: MazeState) -> tuple[Action, float]:
        """Where no step tells anything, the way to where one does."""
        toward = self.grid.path(self.seen(state), state.place, state.goal if self.full else None)
        ways = sorted(WAYS, key=lambda way: way != toward[0]) if toward else WAYS
        gains = [(("move", way), self.gain(state, ("move", way))) for way in ways]
        return max(gains, key=lambda pair: round(pair[1], 9))

    def resample(self, state: MazeState, role: str, chance: Chance) -> MazeState:
        new = state.copy()
        seen, loops = self.seen(state), self.params.loops
        if not self.fixed:
            law, unseen = self._law(seen), self._unseen(seen)
            is_open = [n for n in range(len(self.grid.edges)) if self.grid.is_open(seen, n)]
            graph = adjacency(law.nodes, {n: (one, other) for n, (one, other, _) in law.edges.items()})
            # Weights of 1/p and 1: a step along an edge that was not seen is taken with probability p.
            keep = (lambda edge: edge in is_open or chance.random() < loops) if loops else None
            tree = uniform_tree(graph, chance, keep)
            new.maze = self.grid.dig(self._open_more([*is_open, *tree], unseen, chance))
        if not self.full and state.place != state.goal:
            new.goal = chance.choice([cell for cell in self.cells if not state.visited >> cell & 1])
        return new

    # Players.

    def solver(self, state: MazeState) -> list[str]:
        return [f"move {way}" for way in self.grid.path(state.maze, state.place, state.goal)]

    def expert(self, history: History, chance: Chance) -> str:
        """In full view the shortest way as if unseen walls were open, else to the nearest cell not yet visited."""
        first = PLACE.findall(history[0])[-1]
        place = (int(first[0]) - 1) * self.width + int(first[1]) - 1
        seen = ["?"] * self.grid.size
        seen[place] = _digit(history[0])
        for text, said in turns(history):
            if not said.startswith(("Invalid action", "There is a wall")):
                place += self.delta[self._grammar.parse(text)[1]]
                seen[place] = _digit(said)
        goal = None
        if self.full:
            row, column = GOAL.findall(history[0])[-1]
            goal = (int(row) - 1) * self.width + int(column) - 1
        return f"move {self.grid.path(''.join(seen), place, goal)[0]}"

    def board(self, state: MazeState) -> str:
        seen = self.seen(state)
        marks = {cell: "[dim] · [/]" for cell, digit in enumerate(seen) if digit != "?"}
        if self.full or state.place == state.goal:
            marks[state.goal] = "[bold yellow] ★ [/]"
        marks[state.place] = "[bold green] ● [/]"
        return self.grid.board(seen, marks)


def _digit(text: str) -> str:
    """The digit of the cell whose open ways a text tells last."""
    ways = OPEN.findall(text)[-1].split(", ")
    return f"{sum(1 << WAYS.index(way) for way in ways):x}"


register(Maze)
