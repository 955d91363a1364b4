"""What one observation tells, read from its words alone: what a scripted player knows that an agent knows, too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from scoutgym.envs.minihack.engine.seen import STEPS, Cell

BY_OFFSET = {step: way for way, step in STEPS.items()}

_WAYS = "|".join(STEPS)
PLACE = re.compile(r"You are at column (\d+), row (\d+)\. HP (-?\d+) of (\d+)([^.]*)\.(?: You stand on: ([^.]*)\.)?")
FREE = re.compile(r"^Free: (.*?)\.(?: Blocked: (.*)\.)?$", re.MULTILINE)
RAY = re.compile(rf"({_WAYS}) (\d+) \(then (.*?)\)(?=$|, (?:{_WAYS}) \d)")
VIEW = re.compile(r"^In view: (.*)\.$", re.MULTILINE)
EDGES = re.compile(r"^Unexplored beyond: (.*)\.$", re.MULTILINE)
CHANGED = re.compile(r"^Changed: (.*)\.$", re.MULTILINE)
THING = re.compile(
    r"(.*?) (?:\((\d+) squares, nearest )?(\d+ (?:east|west|north|south)(?:, \d+ (?:north|south))?|here)\)?$"
)


@dataclass(frozen=True)
class Thing:
    """Something in view, by its name and its place on the map; of what comes in masses, the nearest and how many."""

    name: str
    at: Cell
    count: int = 1


@dataclass(frozen=True)
class Sight:
    """One observation, read. Places are columns and rows of the map."""

    at: Cell
    hp: int
    most: int
    conditions: str
    below: str
    """What the player stands on, where that is told."""
    rays: tuple[tuple[str, int, str], ...]
    """Ways, how many squares of each are free, and what ends it."""
    things: tuple[Thing, ...]
    edges: tuple[Cell, ...]
    """Free squares next to some that were never seen."""
    changed: tuple[str, ...]
    said: str
    """What was said before the player's place was told."""

    def named(self, pattern: str) -> list[Thing]:
        """Things by a part of their names, in the order told."""
        return [thing for thing in self.things if re.search(pattern, thing.name)]

    @property
    def news(self) -> bool:
        """Whether something was seen that had not been seen before."""
        return any("new square" in part or part.startswith(("new:", "dungeon level")) for part in self.changed)


def offset(text: str) -> Cell:
    """Steps east and south of "2 west, 1 north"."""
    dx = dy = 0
    for part in text.split(", "):
        if part != "here":
            count, way = part.split(" ")
            dx, dy = dx + int(count) * STEPS[way][0], dy + int(count) * STEPS[way][1]
    return dx, dy


def steps(start: Cell, end: Cell) -> str:
    """A place as it is told from another: "2 west, 1 north"."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    parts = [f"{abs(dx)} {'east' if dx > 0 else 'west'}"] if dx else []
    if dy:
        parts.append(f"{abs(dy)} {'south' if dy > 0 else 'north'}")
    return ", ".join(parts)


def distance(a: Cell, b: Cell) -> int:
    """Steps between two places where nothing is in the way."""
    return max(abs(a[0] - b[0]), abs(a[1] - b[1]))


def toward(start: Cell, end: Cell) -> str:
    """The way from one place to another."""
    return BY_OFFSET[(end[0] > start[0]) - (end[0] < start[0]), (end[1] > start[1]) - (end[1] < start[1])]


def aligned(start: Cell, end: Cell) -> bool:
    """Whether one of the eight ways leads from one place straight to another."""
    dx, dy = abs(start[0] - end[0]), abs(start[1] - end[1])
    return start != end and (dx == 0 or dy == 0 or dx == dy)


@lru_cache(maxsize=20_000)
def read(text: str) -> Sight | None:
    """What an observation tells; None where it tells no place."""
    place = None
    for place in PLACE.finditer(text):  # noqa: B007 (the last one counts)
        pass
    if place is None:
        return None
    x, y = int(place[1]), int(place[2])
    view, edges, changed, free = (pattern.search(text) for pattern in (VIEW, EDGES, CHANGED, FREE))
    things = []
    for part in view[1].split("; ") if view else ():
        found = THING.fullmatch(part)
        if found:
            dx, dy = offset(found[3])
            things.append(Thing(found[1], (x + dx, y + dy), int(found[2] or 1)))
    rays = [(way, int(count), end) for way, count, end in RAY.findall(free[1])] if free else []
    for part in (free[2] or "").split("; ") if free else ():
        words = part.replace(",", "").split(" ")
        ways = [word for word in words if word in STEPS]
        rays += [(way, 0, part[: part.index(ways[0])].strip()) for way in ways]
    places = (offset(part) for part in edges[1].split("; ")) if edges else ()
    return Sight(
        at=(x, y),
        hp=int(place[3]),
        most=int(place[4]),
        conditions=place[5],
        below=place[6] or "",
        rays=tuple(rays),
        things=tuple(things),
        edges=tuple((x + dx, y + dy) for dx, dy in places),
        changed=tuple(changed[1].split("; ")) if changed else (),
        said=text[: place.start()],
    )
