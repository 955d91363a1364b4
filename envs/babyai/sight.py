"""What an agent of minigrid sees, as words in its own frame, after BabyAI-Text (GLAM, arXiv 2302.02662).

The agent looks at seven rows of seven cells: its own row and six ahead, three cells to each side. What stands behind
walls and closed doors is hidden by minigrid's own rule, which `visible` follows row by row; two functions of ours are
faster than the images that minigrid makes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

SIZE = 7
"""Rows and columns of the view."""
SIDE = SIZE // 2

WAYS = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""East, south, west, north: steps of column and row."""

WALL, FLOOR = "wall", ""

Seen = list[tuple[int, int, int, Any]]
"""Cells in view: steps to the right, steps forward, place in the grid, and what is there."""


@lru_cache(8_192)
def window(width: int, height: int, x: int, y: int, way: int) -> tuple[tuple[int, ...], ...]:
    """Places in the grid of the cells in view, row by row from the agent's own, left to right; -1 is off the grid."""
    (ahead_x, ahead_y), (right_x, right_y) = WAYS[way], WAYS[(way + 1) % 4]
    rows = []
    for ahead in range(SIZE):
        row = []
        for side in range(-SIDE, SIDE + 1):
            column, line = x + ahead * ahead_x + side * right_x, y + ahead * ahead_y + side * right_y
            row.append(line * width + column if 0 <= column < width and 0 <= line < height else -1)
        rows.append(tuple(row))
    return tuple(rows)


@cache
def sweep(lit: int, opaque: int) -> tuple[int, int]:
    """minigrid's rule for one row of the view.

    Args:
        lit: the cells that are seen already, as bits, the leftmost lowest.
        opaque: the cells that nothing is seen behind.

    Returns:
        The cells of the row that are seen, and those of the row behind it that are seen from here.
    """
    behind = 0
    for cell in range(SIZE - 1):
        if lit >> cell & 1 and not opaque >> cell & 1:
            lit |= 2 << cell
            behind |= 3 << cell
    for cell in range(SIZE - 1, 0, -1):
        if lit >> cell & 1 and not opaque >> cell & 1:
            lit |= 1 << (cell - 1)
            behind |= 3 << (cell - 1)
    return lit, behind


def visible(cells: Sequence[Any], rows: tuple[tuple[int, ...], ...], through: bool) -> Seen:
    """The cells that the agent sees.

    Args:
        cells: the grid's objects.
        rows: the `window`.
        through: whether walls hide nothing.
    """
    seen: Seen = []
    lit = 1 << SIDE
    for ahead, row in enumerate(rows):
        things = [cells[place] for place in row]
        if through:
            lit = (1 << SIZE) - 1
        else:
            opaque = 0
            for cell, thing in enumerate(things):
                if thing is not None and (thing.type == "wall" or (thing.type == "door" and not thing.is_open)):
                    opaque |= 1 << cell
            lit, behind = sweep(lit, opaque)
        for cell, thing in enumerate(things):
            if lit >> cell & 1 and row[cell] >= 0:
                seen.append((cell - SIDE, ahead, row[cell], thing))
        if not through:
            lit = behind
            if not lit:
                break
    return seen


def name(thing: Any) -> str:
    """What is in a cell, in words without an article: "red ball", "locked red door", "wall", or nothing for floor."""
    kind: str = "" if thing is None else thing.type
    if kind in ("", "floor"):
        return FLOOR
    if kind in ("wall", "lava"):
        return kind
    if kind == "door":
        return f"{'open' if thing.is_open else 'locked' if thing.is_locked else 'closed'} {thing.color} door"
    return f"{thing.color} {kind}"


def a(thing: str) -> str:
    """A thing with its article."""
    return "lava" if thing == "lava" else f"an {thing}" if thing[0] in "aeiou" else f"a {thing}"


def steps(count: int) -> str:
    """A number of steps in words."""
    return "1 step" if count == 1 else f"{count} steps"


@cache
def where(side: int, ahead: int) -> str:
    """A place in the agent's frame, as in "1 step left and 2 steps forward"."""
    across = f"{steps(abs(side))} {'right' if side > 0 else 'left'}" if side else ""
    return " and ".join(filter(None, (across, f"{steps(ahead)} forward" if ahead else "")))


@cache
def sentence(thing: str, side: int, ahead: int) -> str:
    """One line of what is seen."""
    return f"You see {a(thing)} {where(side, ahead)}."


RAYS = ((0, 1), (-1, 0), (1, 0))
"""Directions in which the nearest wall is told: forward, left, right."""


def describe(seen: Seen, carrying: str, gaps: bool) -> str:
    """What is seen, a line for each thing: the nearest first, then walls, then what the agent carries.

    Args:
        seen: the cells in view.
        carrying: what the agent holds; nothing where its hands are free.
        gaps: whether openings in walls are told.
    """
    things, walls = [], {}
    for side, ahead, _, thing in seen:
        if thing is None:
            continue
        if thing.type == "wall":
            if not side or not ahead:
                walls[side, ahead] = True
        elif (side or ahead) and thing.type != "floor":
            things.append((ahead + abs(side), ahead, side, name(thing)))
    things.sort()
    lines = [sentence(thing, side, ahead) for _, ahead, side, thing in things]
    if gaps:
        lines += [f"You see an opening in the wall {where(side, ahead)}." for side, ahead in openings(seen)]
    for side, ahead in RAYS:
        for far in range(1, SIZE):
            if (side * far, ahead * far) in walls:
                lines.append(sentence(WALL, side * far, ahead * far))
                break
    if carrying:
        lines.append(f"You carry {a(carrying)}.")
    return "\n".join(lines) or "You see nothing but floor."


def openings(seen: Seen) -> list[tuple[int, int]]:
    """Free cells between two pieces of wall (or lava) that lead out of the open: gaps and the mouths of hallways."""
    free, shut = set(), set()
    for side, ahead, _, thing in seen:
        if thing is None or thing.type == "floor":
            free.add((side, ahead))
        elif thing.type in ("wall", "lava"):
            shut.add((side, ahead))

    def narrow(side: int, ahead: int, across: bool) -> bool:
        if across:
            return (side - 1, ahead) in shut and (side + 1, ahead) in shut
        return (side, ahead - 1) in shut and (side, ahead + 1) in shut

    found = []
    for side, ahead in free - {(0, 0)}:
        for across in (True, False):
            ends = ((side, ahead - 1), (side, ahead + 1)) if across else ((side - 1, ahead), (side + 1, ahead))
            gap = narrow(side, ahead, across) and not any(end in shut for end in ends)
            if gap and any(end in free and not narrow(*end, across) for end in ends):
                found.append((ahead + abs(side), ahead, side))
    return [(side, ahead) for _, ahead, side in sorted(found)]


def relative(x: int, y: int, pose: tuple[int, int, int]) -> tuple[int, int]:
    """Steps right and forward of a cell, from a pose (column, row, way)."""
    (ahead_x, ahead_y), (right_x, right_y) = WAYS[pose[2]], WAYS[(pose[2] + 1) % 4]
    x, y = x - pose[0], y - pose[1]
    return x * right_x + y * right_y, x * ahead_x + y * ahead_y


def absolute(side: int, ahead: int, pose: tuple[int, int, int]) -> tuple[int, int]:
    """The cell that lies so many steps right and forward of a pose."""
    (ahead_x, ahead_y), (right_x, right_y) = WAYS[pose[2]], WAYS[(pose[2] + 1) % 4]
    return pose[0] + side * right_x + ahead * ahead_x, pose[1] + side * right_y + ahead * ahead_y


Cells = Mapping[tuple[int, int], str]
"""A map: what is known of each cell (column, row), by `name`; a cell that is not there is unknown."""
