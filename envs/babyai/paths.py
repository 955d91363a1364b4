"""Ways through a map of rooms, and what to do next on them: one planner for the expert, the solver and macro actions.

It sees a map, not the world: the expert's map is what it has read, the solver's the whole grid. A decision depends on
nothing but the map, the pose and what is carried, so a player may take over at any point of an episode. Ways are the
cheapest ones (Dijkstra); a closed door costs a turn more, a cell that nobody has seen counts as free, and a thing that
stands in the way is taken away only where there is no way around it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

from scoutgym.envs.babyai.sight import FLOOR, WALL, WAYS, Cells

LEFT, RIGHT, FORWARD, PICK_UP, DROP, TOGGLE, DONE = range(7)
"""minigrid's numbers of the actions."""

Locks = Literal["none", "known", "all"]

TRIES: tuple[tuple[bool, Locks], ...] = (
    (False, "none"),
    (True, "none"),
    (False, "known"),
    (True, "known"),
    (False, "all"),
    (True, "all"),
)
"""How much trouble a way may be, the least first: whether things are cleared away, and which locks are opened."""

Place = tuple[int, int]
Pose = tuple[int, int, int]

BLOCKED = 1_000
"""More than any way costs."""
CLEARING = 15
"""What a thing in the way costs: to take it, to put it down elsewhere, and to come back."""


class Lost(ValueError):
    """Nothing leads on that the planner knows of."""


@dataclass(frozen=True)
class Goal:
    """What to bring about. ``places`` are where the things are that it names, as far as they are known.

    ``stand`` on a place, ``face`` a thing, ``say`` done beside it, ``hold`` it, ``open`` a door, put what is held
    ``beside`` another thing (or ``near``: also diagonally). ``held`` says that what is carried is what it names.
    """

    verb: Literal["stand", "face", "say", "hold", "open", "beside", "near"]
    places: frozenset[Place]
    held: bool = False
    others: frozenset[Place] = frozenset()
    avoid: frozenset[str] = frozenset()
    """Names of things that must be left alone."""


def is_door(thing: str) -> bool:
    """Whether it is a door, by its name."""
    return thing.endswith(" door")


def is_loose(thing: str) -> bool:
    """Whether it can be picked up."""
    return thing.endswith((" ball", " key", " box"))


def ahead_of(pose: Pose) -> Place:
    """The cell that a pose looks at."""
    return pose[0] + WAYS[pose[2]][0], pose[1] + WAYS[pose[2]][1]


def walk(pose: Pose, cost: Callable[[Place], int], accept: Callable[[Pose], bool]) -> list[tuple[int, Pose]] | None:
    """The cheapest way to a pose that is accepted: actions, each with the pose after it; None where there is none."""
    queue, order = [(0, 0, pose)], 1
    came: dict[Pose, tuple[Pose, int] | None] = {pose: None}
    best = {pose: 0}
    while queue:
        spent, _, here = heapq.heappop(queue)
        if spent > best[here]:
            continue
        if accept(here):
            way = []
            while (step := came[here]) is not None:
                way.append((step[1], here))
                here = step[0]
            return way[::-1]
        x, y, d = here
        front = ahead_of(here)
        for action, there, price in (
            (FORWARD, (*front, d), cost(front)),
            (LEFT, (x, y, (d - 1) % 4), 1),
            (RIGHT, (x, y, (d + 1) % 4), 1),
        ):
            total = spent + price
            if price < BLOCKED and total < best.get(there, BLOCKED * BLOCKED):
                best[there], came[there] = total, (here, action)
                heapq.heappush(queue, (total, order, there))
                order += 1
    return None


class Planner:
    """What to do next, from one point of an episode.

    Args:
        cells: the map.
        pose: where the agent is and looks.
        carrying: what it holds; nothing where its hands are free.
        inside: what is in the boxes, where that is known.
        avoid: names of things that must be left alone.
    """

    def __init__(
        self, cells: Cells, pose: Pose, carrying: str, inside: Mapping[Place, str] | None, avoid: Collection[str] = ()
    ) -> None:
        self.cells, self.pose, self.carrying, self.inside, self.avoid = cells, pose, carrying, inside, avoid
        self.front = ahead_of(pose)
        self._keys: set[str] = set()
        self._edge = self._bounds()

    def _bounds(self) -> tuple[int, int, int, int]:
        columns, rows = [x for x, _ in self.cells], [y for _, y in self.cells]
        return min(columns) - 1, max(columns) + 1, min(rows) - 1, max(rows) + 1

    def act(self, goal: Goal) -> int:
        """The next action toward a goal.

        Raises:
            Lost: nothing leads on.
        """
        if goal.verb == "hold":
            return self._hold(goal.places, goal.held)
        if goal.verb in ("beside", "near"):
            return self._put(goal)
        if not goal.places:
            if goal.held and goal.verb == "face":
                return DROP if self.cells.get(self.front) == FLOOR else self._stash()
            return self._explore()
        if goal.verb == "stand":
            return self._follow(lambda pose: pose[:2] in goal.places)
        if goal.verb == "open":
            return self._open(goal.places)
        if self.front in goal.places:  # nothing can be dropped onto a thing, so that nothing changes but the turn
            return DONE if goal.verb == "say" else DROP
        return self._follow(lambda pose: ahead_of(pose) in goal.places)

    # Goals.

    def _hold(self, places: frozenset[Place], held: bool = False) -> int:
        if held:
            return self._stash()
        if not places:
            return self._explore()
        if self.front in places and not self.carrying:
            return PICK_UP
        way, obstacle = self._way(lambda pose: ahead_of(pose) in places)
        uses_key = any(self.cells.get(pose[:2], FLOOR).startswith("locked") for _, pose in way)
        if obstacle is None and self.carrying and not uses_key:
            return self._stash(_cells(way))
        return self._go(way, obstacle)

    def _put(self, goal: Goal) -> int:
        if not goal.others:
            return self._explore() if goal.held else self._hold(goal.places)
        reach = [(1, 0), (-1, 0), (0, 1), (0, -1)]
        if goal.verb == "near":
            reach += [(1, 1), (1, -1), (-1, 1), (-1, -1)]
        spots = {(x + dx, y + dy) for x, y in goal.others for dx, dy in reach}
        spots = {spot for spot in spots if self.cells.get(spot) == FLOOR}
        if goal.held and self.front in spots:
            return DROP
        try:
            way, obstacle = self._way(lambda pose: ahead_of(pose) in spots)
        except Lost:
            return self._explore() if goal.held else self._hold(goal.places)
        if not goal.held and (obstacle is None or obstacle in goal.places):  # the way is free: only now take the thing
            return self._hold(goal.places)
        return self._go(way, obstacle)

    def _open(self, places: frozenset[Place]) -> int:
        if self.front in places:
            thing = self.cells[self.front]
            return self._unlock(self.front) if thing.startswith("locked") else TOGGLE
        way, obstacle = self._way(lambda pose: ahead_of(pose) in places)
        end = ahead_of(way[-1][1])
        if self.cells[end].startswith("locked") and not self._has_key(end):
            return self._unlock(end)
        return self._go(way, obstacle)

    def _unlock(self, door: Place) -> int:
        """Open a locked door: clear the way to it, fetch its key, come back."""
        if self._has_key(door):
            if self.front == door:
                return TOGGLE
            way, obstacle = self._way(lambda pose: ahead_of(pose) == door)
            if obstacle is not None and is_loose(self.cells[obstacle]):
                return self._stash(_cells(way))
            return self._go(way, obstacle)
        key = self._key(door)
        if key in self._keys:
            raise Lost(f"the {key} is behind its own door")
        self._keys.add(key)
        places = frozenset(place for place, thing in self.cells.items() if thing == key)
        way, obstacle = self._way(lambda pose: ahead_of(pose) == door)
        if obstacle is not None:
            if not places and self.cells[obstacle].endswith(" box") and self._may_hold(obstacle, key):
                return TOGGLE if self.front == obstacle else self._follow(lambda pose: ahead_of(pose) == obstacle)
            return self._go(way, obstacle)
        if places:
            return self._hold(places)
        if self.inside is None:
            try:
                return self._explore()
            except Lost:
                pass
        boxes = frozenset(p for p, thing in self.cells.items() if thing.endswith(" box") and self._may_hold(p, key))
        if not boxes:
            raise Lost(f"there is no {key}")
        if self.front in boxes:
            return TOGGLE
        return self._follow(lambda pose: ahead_of(pose) in boxes)

    def _may_hold(self, box: Place, key: str) -> bool:
        return self.inside is None or self.inside.get(box) == key

    def _explore(self) -> int:
        """To the nearest cell that nobody has seen, but not off the edge of the map by more than one."""
        west, east, north, south = self._edge

        def fresh(pose: Pose) -> bool:
            x, y, _ = pose
            return (x, y) not in self.cells and west <= x <= east and north <= y <= south

        return self._follow(fresh)

    # Ways.

    def _cost(self, blockers: bool, locks: Locks) -> Callable[[Place], int]:
        """What it costs to enter a cell.

        Args:
            blockers: whether loose things may be cleared away.
            locks: which locked doors may be opened by keys that are not in hand: those whose key has been seen, or all.
        """
        cells, avoid = self.cells, self.avoid
        opens = {f"locked {thing[:-4]} door" for thing in cells.values() if thing.endswith(" key")}
        west, east, north, south = self._edge

        def cost(place: Place) -> int:
            thing = cells.get(place)
            if thing == FLOOR:
                return 1
            if thing is None:
                return 1 if west <= place[0] <= east and north <= place[1] <= south else BLOCKED
            if thing in (WALL, "lava") or thing in avoid:
                return BLOCKED
            if is_door(thing):
                if thing.startswith("locked"):
                    known = locks == "all" or (locks == "known" and thing in opens)
                    return 3 if self._has_key(place) or (known and self._key(place) not in self._keys) else BLOCKED
                return 1 if thing.startswith("open") else 2
            if is_loose(thing):
                return CLEARING if blockers else BLOCKED
            return 1

        return cache(cost)

    def _way(self, accept: Callable[[Pose], bool]) -> tuple[list[tuple[int, Pose]], Place | None]:
        """The way with the least trouble, and the first thing on it that is in the way: loose, or locked without a key.

        Raises:
            Lost: there is none.
        """
        for blockers, locks in TRIES:
            way = walk(self.pose, self._cost(blockers, locks), accept)
            if way is None:
                continue
            for action, pose in way:
                thing = self.cells.get(pose[:2], FLOOR)
                if action == FORWARD and thing.startswith("locked"):
                    return way, None if self._has_key(pose[:2]) else pose[:2]
                if action == FORWARD and is_loose(thing):
                    return way, pose[:2]
            return way, None
        raise Lost("there is no way")

    def _follow(self, accept: Callable[[Pose], bool]) -> int:
        return self._go(*self._way(accept))

    def _go(self, way: list[tuple[int, Pose]], obstacle: Place | None) -> int:
        """The next action of a way."""
        if obstacle is not None:
            thing = self.cells[obstacle]
            if is_door(thing):
                return self._unlock(obstacle)
            if self.carrying:
                return self._stash(_cells(way))
            if self.front == obstacle:
                return PICK_UP
        if not way:
            raise Lost("nothing is left to do")
        action = way[0][0]
        thing = self.cells.get(self.front, FLOOR)
        if action == FORWARD and is_door(thing) and not thing.startswith("open"):
            return TOGGLE
        return action

    def _stash(self, keep: Collection[Place] = ()) -> int:
        """Put down what is carried where it is in nobody's way, or at least not on cells to ``keep`` free.

        Raises:
            Lost: there is no such place.
        """
        bare = {place for place in self.cells if self._bare(place)}
        for places in ({place for place in bare if self._aside(place)}, bare.difference(keep), bare):
            if self.front in places:
                return DROP
            way = walk(self.pose, self._cost(False, "none"), partial(_faces, places))
            if way:
                return self._go(way, None)
        raise Lost(f"there is no place to put down the {self.carrying}")

    def _bare(self, place: Place) -> bool:
        return self.cells.get(place) == FLOOR and place != self.pose[:2]

    def _aside(self, place: Place) -> bool:
        """Free floor, beside no door, whose free neighbors hang together without it."""
        if not self._bare(place):
            return False
        x, y = place
        ring = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
        around = [self.cells.get((x + dx, y + dy), WALL) for dx, dy in ring]
        if any(is_door(thing) for thing in around[::2]):
            return False
        free = [thing == FLOOR or is_door(thing) for thing in around]
        return sum(free[k] != free[k - 1] for k in range(8)) <= 2 and any(free)

    def _key(self, door: Place) -> str:
        return f"{self.cells[door].split()[1]} key"

    def _has_key(self, door: Place) -> bool:
        return bool(self.carrying) and self.carrying == self._key(door)


def _faces(places: Collection[Place], pose: Pose) -> bool:
    return ahead_of(pose) in places


def _cells(way: list[tuple[int, Pose]]) -> set[Place]:
    return {pose[:2] for _, pose in way}
