"""The map as far as words have told it: squares that are free or shut, where the player has been, what is unseen."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator

from scoutgym.envs.minihack.engine.seen import COLUMNS, ROWS, STEPS, Cell
from scoutgym.envs.minihack.engine.sight import Sight, aligned, distance, toward

SHUT = re.compile(
    r"^(hostile|peaceful|remembered)|boulder|closed door|^tree|iron bars|lava|^water|statue|drawbridge|trap\b|"
    r"squeaky board|land mine|\bpit$|^hole|teleporter|portal|^web$|field$"
)
"""Names of what no walk leads over."""

HOSTILE = re.compile("hostile")
DOOR = re.compile("open door|closed door")
MOST_EDGES = 5
"""As many edges as an observation tells."""


class Chart:
    """What is known of one level's squares."""

    def __init__(self) -> None:
        self.free: set[Cell] = set()
        self.shut: dict[Cell, str] = {}
        """Squares that bar the way for good, and what is there."""
        self.things: dict[Cell, str] = {}
        self.doors: set[Cell] = set()
        """Open and closed doors, which no diagonal step leads through."""
        self.trodden: set[Cell] = set()
        self.near: set[Cell] = set()
        """Where the player has been, and next to it."""
        self.edges: dict[Cell, None] = {}
        """Free squares next to unseen ones: those told, and those told before that may still be."""
        self.told_to = 0
        """How far from the player all edges are told."""
        self.here: Cell = (0, 0)

    def take(self, sight: Sight) -> None:
        """Add what an observation tells."""
        self.here = sight.at
        self.tread([sight.at])
        for thing in sight.things:
            if thing.count == 1:
                self.shut.pop(thing.at, None)
        self.things = {thing.at: thing.name for thing in sight.things}
        for at, name in self.things.items():
            if DOOR.search(name):
                self.doors.add(at)
            if not SHUT.search(name):
                self.free.add(at)
            elif re.search("tree|bars|lava|water|statue", name) and "hostile" not in name:
                self._close(at, name)
        for way, count, end in sight.rays:
            self._ray(sight.at, way, count, end)
        far = max((distance(sight.at, edge) for edge in sight.edges), default=0)
        self.told_to = far if len(sight.edges) == MOST_EDGES else max(COLUMNS, ROWS)
        old = [edge for edge in self.edges if distance(edge, sight.at) > self.told_to]
        self.edges = dict.fromkeys([*sight.edges, *old])
        self.free.update(sight.edges)

    def _ray(self, start: Cell, way: str, count: int, end: str) -> None:
        dx, dy = STEPS[way]
        x, y = start
        for number in range(1, count + 1):
            self._open((x + number * dx, y + number * dy))
        stop = (x + (count + 1) * dx, y + (count + 1) * dy)
        if end == "unknown" and count:
            return
        if end in ("wall", "unknown", "water") or "lava" in end:
            self._close(stop, end)
        elif DOOR.search(end):
            self.doors.add(stop)
        elif end.startswith("no diagonal"):
            self.free.add(stop)
            if count:
                self.doors.add(stop)

    def _open(self, cell: Cell) -> None:
        self.free.add(cell)
        self.shut.pop(cell, None)

    def _close(self, cell: Cell, what: str) -> None:
        self.shut[cell] = what
        self.free.discard(cell)

    def tread(self, cells: list[Cell]) -> None:
        """Note that the player has been somewhere."""
        for cell in cells:
            if cell not in self.trodden:
                self.trodden.add(cell)
                self.free.add(cell)
                self.near.update(around(cell))
                self.near.add(cell)

    def bump(self, cell: Cell, what: str = "something") -> None:
        """Note that no step leads to a place."""
        if cell not in self.trodden:
            self._close(cell, what)

    def passed(self, start: Cell, end: Cell) -> list[Cell]:
        """The squares of a walk between two places: straight where that can be, else a shortest known way."""
        if aligned(start, end):
            dx, dy = STEPS[toward(start, end)]
            line = [(start[0] + n * dx, start[1] + n * dy) for n in range(1, distance(start, end) + 1)]
            if not any(cell in self.shut for cell in line):
                return line
        return self.way(start, end, self.open) or [end]

    # What is asked of it.

    def open(self, cell: Cell) -> bool:
        """Whether a square is known to be free, and nothing stands there."""
        return cell in self.free and not SHUT.search(self.things.get(cell, ""))

    def maybe(self, cell: Cell) -> bool:
        """Whether nothing known bars a square."""
        return inside(cell) and cell not in self.shut and not SHUT.search(self.things.get(cell, ""))

    def unseen(self, cell: Cell) -> bool:
        """Whether a square next to a known one has never been seen: then an edge was told close to it."""
        if cell in self.free or cell in self.shut or cell in self.near or cell in self.things or not inside(cell):
            return False
        return distance(cell, self.here) > self.told_to or any(distance(cell, edge) <= 3 for edge in self.edges)

    def narrow(self, cell: Cell) -> int:
        """From how many sides one can be reached there, as far as is known."""
        return sum(1 for other in around(cell) if other in self.free or HOSTILE.match(self.things.get(other, "")))

    def joined(self, a: Cell, b: Cell) -> bool:
        """Whether doors allow the step between two neighbours."""
        return a[0] == b[0] or a[1] == b[1] or (a not in self.doors and b not in self.doors)

    def reach(self, start: Cell, passable: Callable[[Cell], bool], most: int = 4000) -> dict[Cell, Cell]:
        """Every place that can be walked to, nearest first, with the place before it (breadth-first)."""
        came = {start: start}
        wave = deque([start])
        while wave and len(came) < most:
            cell = wave.popleft()
            for other in around(cell):
                if other not in came and passable(other) and self.joined(cell, other):
                    came[other] = cell
                    wave.append(other)
        return came

    def way(self, start: Cell, end: Cell, passable: Callable[[Cell], bool]) -> list[Cell] | None:
        """A shortest way, without the start; None where there is none. The end itself need not be passable."""
        came = self.reach(start, lambda cell: cell == end or passable(cell))
        return trace(came, end)

    def around_it(self, end: Cell, avoid: Cell) -> Cell:
        """A place on the way to another to which no shortest way leads over a square that is to be avoided."""
        clear = self.reach(self.here, lambda cell: cell != avoid and self.open(cell))
        way = trace(clear, end) or [end]
        there, beyond = trace(self.reach(self.here, self.open), avoid), self.reach(avoid, self.open)
        for number, cell in reversed(list(enumerate(way, 1))):
            on = trace(beyond, cell)
            if there is None or on is None or len(there) + len(on) > number:
                return cell
        return way[0]


def trace(came: dict[Cell, Cell], end: Cell) -> list[Cell] | None:
    """The way to a place, from what `Chart.reach` found."""
    if end not in came:
        return None
    way = []
    while came[end] != end:
        way.append(end)
        end = came[end]
    return way[::-1]


def around(cell: Cell) -> Iterator[Cell]:
    """The eight neighbours."""
    x, y = cell
    return ((x + dx, y + dy) for dx, dy in STEPS.values())


def inside(cell: Cell) -> bool:
    """Whether a place is on NetHack's map, which has no column 0."""
    return 1 <= cell[0] < COLUMNS and 0 <= cell[1] < ROWS
