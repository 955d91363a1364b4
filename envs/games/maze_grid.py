"""The grid under a maze: cells, edges, layouts, shortest ways, and the picture.

A cell is ``row * width + column``. A layout has a hexadecimal digit for each cell, whose bit k says whether way k of
`WAYS` is open; a layout that was seen in part has ``?`` for the cells that were not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

WAYS = ("north", "east", "south", "west")

DOUBLE_T = (
    "..#########..",
    "......#......",
    "......#......",
    "......#......",
    "......#......",
    "......#......",
    "......#......",
    "......#......",
    "......#......",
    "..#########..",
)
"""A fixed layout: all neighbors among the marked cells are joined."""

WALL = {False: "━━━", True: "   ", None: "[dim]┄┄┄[/]"}
POST = {False: "┃", True: " ", None: "[dim]┊[/]"}


class Grid:
    """A grid of ``width`` by ``height`` cells. Edge ``n`` of ``edges`` is (cell, way east or south, cell beyond)."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height, self.size = width, height, width * height
        self.steps = (-width, 1, width, -1)
        """What each way adds to a cell."""
        self.edges: list[tuple[int, int, int]] = []
        for cell in range(self.size):
            if (cell + 1) % width:
                self.edges.append((cell, 1, cell + 1))
            if cell + width < self.size:
                self.edges.append((cell, 2, cell + width))
        self.number = {(cell, way): number for number, (cell, way, _) in enumerate(self.edges)}
        """The edge that leaves a cell by a way."""
        self.number |= {(other, way ^ 2): number for number, (_, way, other) in enumerate(self.edges)}

    def dig(self, edges: Iterable[int]) -> str:
        """The layout in which these edges are open."""
        digits = [0] * self.size
        for number in edges:
            cell, way, other = self.edges[number]
            digits[cell] |= 1 << way
            digits[other] |= 1 << (way ^ 2)
        return "".join([f"{digit:x}" for digit in digits])

    def is_open(self, seen: str, edge: int) -> bool | None:
        """Whether an edge is open; None where neither of its cells was seen."""
        cell, way, other = self.edges[edge]
        if seen[cell] != "?":
            return bool(int(seen[cell], 16) >> way & 1)
        if seen[other] != "?":
            return bool(int(seen[other], 16) >> (way ^ 2) & 1)
        return None

    def path(self, seen: str, place: int, goal: int | None) -> list[str]:
        """The shortest way to ``goal`` if all unseen walls were open (goal None: to the nearest unseen cell).

        It is empty where there is none, and where the place is the goal.
        """
        came: dict[int, tuple[int, int]] = {place: (place, -1)}
        queue = deque([place])
        while queue:
            cell = queue.popleft()
            if cell == goal or (goal is None and seen[cell] == "?"):
                ways: list[str] = []
                while cell != place:
                    cell, way = came[cell]
                    ways.append(WAYS[way])
                return ways[::-1]
            for way, step in enumerate(self.steps):
                edge = self.number.get((cell, way))
                if edge is not None and cell + step not in came and self.is_open(seen, edge) is not False:
                    came[cell + step] = (cell, way)
                    queue.append(cell + step)
        return []

    def board(self, seen: str, marks: Mapping[int, str]) -> str:
        """The part of a layout that was seen, in rich markup, with a mark of three characters in some cells."""
        lines = ["    " + "".join(f"{column + 1:^4}" for column in range(self.width))]
        for row in range(self.height + 1):
            above, middle = "   ", f"{row + 1:>2} "
            for cell in range(row * self.width, (row + 1) * self.width):
                above += "+" + WALL[self._side(seen, cell, 0)]
                if row < self.height:
                    middle += POST[self._side(seen, cell, 3)] + marks.get(cell, "   ")
            lines += [above + "+"] if row == self.height else [above + "+", middle + "┃"]
        return "\n".join(lines)

    def _side(self, seen: str, cell: int, way: int) -> bool | None:
        edge = self.number.get((cell, way))
        return False if edge is None else self.is_open(seen, edge)


def adjacency(nodes: int, edges: Mapping[int, tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """For each node its neighbors as (node, edge); an edge from a node to itself is in no tree and left out."""
    neighbors: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
    for number, (one, other) in edges.items():
        if one != other:
            neighbors[one].append((other, number))
            neighbors[other].append((one, number))
    return neighbors
