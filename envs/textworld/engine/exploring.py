"""What a player has seen of a map, read from its history alone, and where to go next.

A room is told apart by its title; where none is told, by how it was reached, as if the map lay on a grid.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

from scoutgym.envs.chance import Chance
from scoutgym.envs.textworld.engine.story import BACK, WAYS

TITLE = re.compile(r"^-= (.+) =-$", re.MULTILINE)
EXIT = re.compile(rf"\b({'|'.join(WAYS)})\b")
DOOR = re.compile(rf"\b(closed|open) ([a-z0-9' -]+?) leading ({'|'.join(WAYS)})", re.IGNORECASE)
LID = re.compile(
    r"\b(?:a|the) closed ([a-z0-9' -]+?)(?=,|\.| is | in | here| close by| right there| leading|$)",
    re.IGNORECASE | re.MULTILINE,
)
NOUN = re.compile(
    r"\b(?:an?|the) ([a-z0-9' -]{2,40}?)(?=[.,!?]| here| in the| close by| right there| leading)", re.IGNORECASE
)
LISTED = re.compile(r"\b(?:an?|some) ([a-z0-9' -]+?)(?= on the |,| and |\.)", re.IGNORECASE)
LOCKED = re.compile(r"You have to unlock the (.+?) with the (.+?) first")
OFFSET = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
REFUSED = (
    "You can't",
    "You have to",
    "That's",
    "Invalid action",
    "It isn't",
    "Which do you",
    "You need",
    "You haven't",
)


class Walk:
    """A history, read up to now."""

    def __init__(self, history: Sequence[str]) -> None:
        self.exits: dict[str, list[str]] = {}
        self.joined: dict[tuple[str, str], str] = {}
        self.tried: dict[str, set[str]] = {}
        """By room: commands that were refused there, or need not be given again."""
        self.text: dict[str, str] = {}
        """By room: what was told of it last."""
        self.locked: dict[str, tuple[str, str]] = {}
        """By what is locked: the room of it, and its key."""
        self.held: set[str] = set()
        """What has been taken."""
        self.misses = 0
        """How often something could not be opened."""
        self.place = ""
        self.spot = (0, 0)
        self._arrive(history[0], history[0].rsplit("\n\n", 1)[0])
        for said, told in zip(history[1::2], history[2::2], strict=True):
            way = EXIT.search(said) if said.startswith("go ") else None
            if told.startswith(REFUSED):
                self.tried[self.place].add(said)
                self.misses += said.startswith("open ")
                if need := LOCKED.match(told):
                    self.locked[need[1].lower()] = (self.place, need[2].lower())
            elif way and _shows_room(told):
                before, right = self.place, OFFSET[way[1]]
                self.spot = (self.spot[0] + right[0], self.spot[1] + right[1])
                self._arrive(told, told)
                self.joined[before, way[1]] = self.place
                self.joined.setdefault((self.place, BACK[way[1]]), before)
            else:
                self.tried[self.place].add(said)
                self.text[self.place] += f"\n{told}"
                verb, _, thing = said.partition(" ")
                if verb == "take":
                    self.held.add(thing.partition(" from ")[0].lower())
                elif verb == "unlock":
                    self.locked.pop(thing.partition(" with ")[0].lower(), None)
                    self.tried[self.place] -= {
                        one for one in self.tried[self.place] if one.startswith(("go ", "open "))
                    }

    def _arrive(self, told: str, text: str) -> None:
        title = TITLE.search(told)
        room = text[title.start() :] if title else text
        self.place = title[1] if title else str(self.spot)
        self.text[self.place] = room
        ways = room.partition("You can go ")[2].partition("\n")[0] if "You can go " in room else room
        self.exits[self.place] = list(dict.fromkeys(EXIT.findall(ways)))
        self.tried.setdefault(self.place, set())

    @property
    def here(self) -> str:
        """What was told of this room last, and since."""
        return self.text[self.place]

    def step(self) -> str:
        """A command on the way to the nearest exit that nobody has taken; empty where all are known."""
        came: dict[str, str] = {self.place: ""}
        wave = deque([self.place])
        while wave:
            room = wave.popleft()
            for way in self.exits.get(room, []):
                to = self.joined.get((room, way))
                if to is None and f"go {way}" not in self.tried.get(room, ()):
                    return self._through(came[room] or way)
                if to is not None and to not in came:
                    came[to] = came[room] or way
                    wave.append(to)
        return ""

    def toward(self, goal: str) -> str:
        """A command on the way to a room that has been seen; empty where it is this one, or no way is known."""
        came: dict[str, str] = {self.place: ""}
        wave = deque([self.place])
        while wave:
            room = wave.popleft()
            if room == goal:
                return self._through(came[room]) if came[room] else ""
            for way in self.exits.get(room, []):
                to = self.joined.get((room, way))
                if to is not None and to not in came:
                    came[to] = came[room] or way
                    wave.append(to)
        return ""

    def wander(self, chance: Chance) -> str:
        """Any way that is known to be open; a look around where there is none."""
        ways = [way for way in self.exits[self.place] if (self.place, way) in self.joined]
        return self._through(chance.choice(ways)) if ways else "look"

    def _through(self, way: str) -> str:
        """Go, or first open the door that is there."""
        for lid, door, leads in DOOR.findall(self.here):
            command = f"open {door}"
            if leads == way and lid.lower() == "closed" and command not in self.tried[self.place]:
                return command
        return f"go {way}"


def _shows_room(told: str) -> bool:
    return bool(TITLE.search(told)) or "You can go " in told
