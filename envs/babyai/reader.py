"""A player that reads: it draws a map from what it is told, and goes by it. The expert of the grid worlds.

The map is in the frame of the start: the agent begins at (0, 0) and looks north. Text tells things and the nearest wall
in three directions; that the floor between them is free, and that walls go on to the side, is this player's guess. A
guess that leads nowhere is dropped.
"""

from __future__ import annotations

import re

from scoutgym.envs.babyai.missions import Clause, clauses
from scoutgym.envs.babyai.paths import (
    DONE,
    FORWARD,
    LEFT,
    RIGHT,
    Goal,
    Lost,
    Place,
    Planner,
    Pose,
    ahead_of,
    is_door,
    is_loose,
)
from scoutgym.envs.babyai.sight import FLOOR, SIDE, SIZE, WALL, absolute

MISSION = re.compile(r"^Your mission: (.*)\.$", re.MULTILINE)
SEES = re.compile(
    r"^You see (?:an? )?(.+?) (?:(\d) steps? (left|right))?(?: and )?(?:(\d) steps? forward)?\.$", re.MULTILINE
)
CARRIES = re.compile(r"^You carry an? (.+)\.$", re.MULTILINE)
TAKES = re.compile(r"^You pick up the (.+)\.$", re.MULTILINE)
DROPS = re.compile(r"^You drop the (.+)\.$", re.MULTILINE)
OPENS = re.compile(r"^You (?:unlock and )?open the (\w+ door)\.$", re.MULTILINE)
UNBOXES = re.compile(r"^You open the \w+ box\.", re.MULTILINE)
STOPPED = re.compile(r"^(.+) (?:is|are) in the way\.$", re.MULTILINE)
MOVES = re.compile(r"^You walk: (.*)\.$", re.MULTILINE)
TURNS = {"turn left": LEFT, "turn right": RIGHT, "go forward": FORWARD}


class Reader:
    """What has been read so far."""

    def __init__(self, first: str) -> None:
        mission = MISSION.search(first)
        self.clauses: list[Clause] = clauses(mission[1]) if mission else []
        self.says = "`done`" in first
        self.restless = "The balls move" in first
        self.strict = "Picking up anything else" in first
        self.pose: Pose = (0, 0, 3)
        self.cells: dict[Place, str] = {}
        self.guessed: set[Place] = set()
        self.bumped: set[Place] = set()
        self.been = {(0, 0)}
        self.carrying = ""
        self.done = 0
        self.tried: set[Place] = set()
        self._look(first)
        self._progress(first)

    def copy(self) -> Reader:
        """One that reads on by itself."""
        new = object.__new__(Reader)
        for field, value in vars(self).items():
            vars(new)[field] = value.copy() if isinstance(value, (dict, set)) else value
        return new

    def hear(self, action: str, said: str) -> None:
        """An action of the agent's, and what the world said to it."""
        for move in self._moves(action.strip().lower(), said):
            if move == FORWARD:
                self.pose = (*ahead_of(self.pose), self.pose[2])
                self.been.add(self.pose[:2])
            else:
                self.pose = (*self.pose[:2], (self.pose[2] + (1 if move == RIGHT else -1)) % 4)
        front = ahead_of(self.pose)
        if TAKES.search(said) or UNBOXES.search(said):
            self.cells[front] = FLOOR
        for stop in STOPPED.findall(said):
            if stop == "A wall":
                self.bumped.add(front)
        self._look(said)
        self._progress(said)

    def _moves(self, action: str, said: str) -> list[int]:
        walked = MOVES.search(said)
        if walked:
            moves = []
            for part in walked[1].split(", "):
                words, _, count = part.partition(" x ")
                moves += [TURNS[words]] * int(count or 1)
            return moves
        move = TURNS.get(" ".join(action.split()))
        return [] if move is None or (move == FORWARD and STOPPED.search(said)) else [move]

    def _look(self, said: str) -> None:
        """Draw what is told: things, walls on three sides, and what is likely between them."""
        if self.restless:
            for place in [place for place, thing in self.cells.items() if thing.endswith(" ball")]:
                self.cells[place] = FLOOR
        carried = CARRIES.search(said)
        self.carrying = carried[1] if carried else ""
        told: dict[tuple[int, int], str] = {}
        for thing, side, way, ahead in SEES.findall(said):
            place = (int(side or 0) * (-1 if way == "left" else 1), int(ahead or 0))
            told[place] = FLOOR if thing == "opening in the wall" else thing
        shuts = {place for place, thing in told.items() if thing == WALL or is_door(thing)}
        front = min((ahead for side, ahead in shuts if not side and ahead), default=SIZE)
        left = min((-side for side, ahead in shuts if not ahead and side < 0), default=SIDE + 1)
        right = min((side for side, ahead in shuts if not ahead and side > 0), default=SIDE + 1)
        for side in range(-left, right + 1):
            for ahead in range(front + 1):
                if (side, ahead) in told or abs(side) > SIDE or ahead >= SIZE:
                    continue
                place = absolute(side, ahead, self.pose)
                if -left < side < right and ahead < front:
                    in_doorway = (side, ahead) == (0, 0) and is_door(self.cells.get(place, ""))
                    if place not in self.bumped and not in_doorway:
                        self.cells[place] = FLOOR
                elif place not in self.cells:
                    self.guessed.add(place)
        for (side, ahead), thing in told.items():
            self.cells[absolute(side, ahead, self.pose)] = thing
        for place in self.bumped:
            self.cells[place] = WALL

    # The mission.

    def _progress(self, said: str) -> None:
        """Tick off what has been done; a mission that is all done and goes on was done with the wrong thing."""
        front = ahead_of(self.pose)
        while self.done < len(self.clauses) and self._did(self.clauses[self.done], said, front):
            self.done += 1
            if self.done == len(self.clauses):
                self.tried.add(front)
        if self.clauses and self.done == len(self.clauses):
            self.done = 0

    def _did(self, clause: Clause, said: str, front: Place) -> bool:
        if clause.verb == "face":
            return not self.says and clause.thing.fits(self.cells.get(front, ""))
        if clause.verb == "hold":
            return any(clause.thing.fits(thing) for thing in TAKES.findall(said))
        if clause.verb == "open":
            return any(clause.thing.fits(thing) for thing in OPENS.findall(said))
        if clause.verb == "beside":
            beside = [(front[0] + dx, front[1] + dy) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))]
            near = any(clause.other.fits(self.cells.get(place, "")) for place in beside)
            return near and any(clause.thing.fits(thing) for thing in DROPS.findall(said))
        return False

    def _goal(self, cells: dict[Place, str]) -> Goal:
        """What to bring about next."""
        if not self.clauses:
            return Goal("stand", frozenset())
        clause = self.clauses[self.done]
        if clause.verb == "goal":
            return Goal("stand", frozenset(place for place, thing in cells.items() if thing == "green goal"))
        if clause.verb == "match":
            return Goal("stand", self._match())
        places = clause.thing.places(cells)
        places = places - self.tried or places
        verb = "say" if clause.verb == "face" and self.says else clause.verb
        avoid = frozenset[str]()
        if self.says:
            avoid = frozenset(t for t in cells.values() if is_door(t))
        elif self.strict:
            avoid = frozenset(t for t in cells.values() if is_loose(t) and not clause.thing.fits(t))
        elif clause.verb == "open" and self.done + 1 < len(self.clauses):
            then = self.clauses[self.done + 1].thing
            avoid = frozenset(
                t for t in cells.values() if then.kind == "door" and then.fits(t) and not clause.thing.fits(t)
            )
        held = clause.thing.fits(self.carrying)
        return Goal(verb, places, held, clause.other.places(cells), avoid)

    def _match(self) -> frozenset[Place]:
        """Beside which thing to stand at the end of the hallway: the one like that in the first room.

        The agent begins in the hallway's middle line and looks along it. The first room's thing is one step to the left
        of the line, the two others are two steps to its sides.
        """
        cue = [thing for (x, _), thing in self.cells.items() if x == -1 and is_loose(thing)]
        ends = {place: thing for place, thing in self.cells.items() if abs(place[0]) == 2 and is_loose(thing)}
        if not cue:
            back = max(y for x, y in self.cells if x == 0)
            return frozenset({(0, back)}) if (0, back) not in self.been else frozenset()
        for (x, y), thing in ends.items():
            side = x if thing == cue[0] else -x
            return frozenset({(side // 2, y)})
        return frozenset()

    def act(self) -> int:
        """The next action.

        Raises:
            Lost: the map shows no way on.
        """
        walls = {place: WALL for place in self.guessed if place not in self.cells}
        visited = {place: thing for place, thing in self.cells.items() if thing != FLOOR or place in self.been}
        for cells in ({**walls, **self.cells}, self.cells, visited):
            goal = self._goal(cells)
            if goal.verb == "stand" and self.pose[:2] in goal.places:
                return DONE
            try:
                return Planner(cells, self.pose, self.carrying, None, goal.avoid).act(goal)
            except Lost:
                continue
        raise Lost("the map shows no way on")
