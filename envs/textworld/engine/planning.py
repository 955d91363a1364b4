"""Commands that end a story well, from any point of it: what must be true, and backwards what that needs.

The plan is played on a copy as it is made, so that what it says has been tried. It is not the shortest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from scoutgym.envs.grammar import Action
from scoutgym.envs.textworld.engine import acts
from scoutgym.envs.textworld.engine.commands import commands_of
from scoutgym.envs.textworld.engine.scene import Scene
from scoutgym.envs.textworld.engine.story import HANDS, HEAT, PLAYER, Fact

LONGEST = 1_000
ORDER = {"at": 1, "open": 2, "closed": 3, "locked": 4, "free": 5}
"""What is made true first: where things lie, then what is open; that a way is free follows from it."""
CUTTING = {cut: verb for verb, cut in acts.CUTTING.items()}


class _Stuck(Exception):
    """This way leads nowhere."""


class _Over(Exception):
    """The game has ended; the argument says whether it is won."""


def plan(scene: Scene) -> list[str]:
    """The commands, or none where there are none, or nothing is to be won."""
    planner = _Planner(scene.copy())
    try:
        planner.win()
    except _Over as end:
        return planner.said if end.args[0] else []
    except (_Stuck, acts.Cannot):
        pass
    return []


class _Planner:
    def __init__(self, scene: Scene) -> None:
        self.scene, self.story = scene, scene.story
        self.said: list[str] = []
        self.seeking: list[str] = []
        """What is being fetched: a key that lies behind its own lock is not to be had."""
        self.keep: tuple[str, ...] = ()

    def win(self) -> None:
        story = self.story
        if story.recipe:
            self._cook()
        for place, quest in enumerate(story.quests):
            if quest.wins and not quest.optional and not self.scene.reached[place]:
                self._reach(quest.wins)
        self._do("look")  # a goal that was true from the beginning is counted with the next turn

    def _do(self, verb: str, *things: str) -> None:
        if len(self.said) >= LONGEST:
            raise _Stuck
        names = [self.story.name.get(one, one) for one in things]
        action: Action = (verb, *names)
        acts.do(self.scene, action)
        self.said.append(commands_of(self.story).format(action))
        won = acts.after(self.scene)[1]
        if won is not None:
            raise _Over(won)

    def _reach(self, ways: Sequence[Sequence[Fact]]) -> None:
        for facts in ways:
            saved, length = self.scene.copy(), len(self.said)
            try:
                for _ in range(2):  # one fact may undo another: those that stand still are reached first
                    for fact in sorted(facts, key=lambda one: (one[1] == PLAYER, ORDER.get(one[0], 0))):
                        if not acts.holds(self.scene, fact):
                            self._make(fact)
            except (_Stuck, acts.Cannot):
                self.scene, self.said = saved, self.said[:length]
                continue
            if all(acts.holds(self.scene, fact) for fact in facts):
                return
            self.scene, self.said = saved, self.said[:length]
        raise _Stuck

    def _make(self, fact: Fact) -> None:
        name, thing, *rest = fact
        if thing == PLAYER:
            self._go(rest[0])
        elif name in ("in", "on", "at"):
            self._get(thing)
            if rest[0] == HANDS:
                return
            self._go(self._room(rest[0]))
            if name == "at":
                self._do("drop", thing)
            else:
                self._open(rest[0])
                self._do("put" if name == "on" else "insert", thing, rest[0])
        elif name == "open":
            self._open(thing)
        elif name == "closed":
            if self.scene.lids[thing] == "locked":
                self._unlock(thing)
            else:
                self._near(thing)
                self._do("close", thing)
        elif name == "locked":
            self._get(self.story.keys[thing])
            self._near(thing)
            if self.scene.lids[thing] == "open":
                self._do("close", thing)
            self._do("lock", thing, self.story.keys[thing])
        elif name in ("eaten", "consumed"):
            self._get(thing)
            self._do("eat", thing)
        elif name == "free":
            self._open(next((door for to, door in self.story.exits[thing].values() if to == rest[0] and door), ""))
        else:
            raise _Stuck

    def _room(self, thing: str) -> str:
        """The room where a thing is, wherever it lies there."""
        scene = self.scene
        while thing not in self.story.exits:
            if thing == HANDS:
                return scene.place
            if thing not in scene.holder:
                raise _Stuck
            thing = scene.holder[thing]
        return thing

    def _near(self, thing: str) -> None:
        if self.story.kind[thing] != "door":
            self._go(self._room(thing))
        elif thing not in self.story.doors[self.scene.place]:
            self._walk([room for room, doors in self.story.doors.items() if thing in doors])

    def _go(self, room: str) -> None:
        self._walk([room])

    def _walk(self, rooms: Sequence[str]) -> None:
        """Go to the nearest of some rooms, through doors; through locked ones only where there is no other way."""
        if self.scene.place in rooms:
            return
        path = self._path(rooms, locked=False) or self._path(rooms, locked=True)
        if not path:
            raise _Stuck
        for way, door in path:
            if door and self.scene.lids[door] != "open":
                if self.scene.lids[door] == "locked":
                    here = self.scene.place
                    self._unlock(door)
                    if self.scene.place != here:  # the key lay elsewhere
                        return self._walk(rooms)
                self._do("open", door)
            self._do("go", way)

    def _path(self, rooms: Sequence[str], locked: bool) -> list[tuple[str, str]]:
        """The ways to go, each with the door that is in it."""
        start = self.scene.place
        came: dict[str, tuple[str, str, str]] = {start: ("", "", "")}
        wave = deque([start])
        while wave:
            room = wave.popleft()
            if room in rooms:
                path = []
                while room != start:
                    room, way, door = came[room]
                    path.append((way, door))
                return path[::-1]
            for way, (to, door) in self.story.exits[room].items():
                shut = door and self.scene.lids[door] == "locked"
                if to not in came and (not shut or (locked and self._has_key(door))):
                    came[to] = (room, way, door)
                    wave.append(to)
        return []

    def _has_key(self, lock: str) -> bool:
        key = self.story.keys.get(lock)
        return key is not None and key in self.scene.holder and key not in self.seeking

    def _open(self, thing: str) -> None:
        """Open a lid or a door; of what has neither there is nothing to open."""
        lid = self.scene.lids.get(thing, "open")
        if lid == "open":
            return
        if lid == "locked":
            self._unlock(thing)
        self._near(thing)
        self._do("open", thing)

    def _unlock(self, thing: str) -> None:
        key = self.story.keys.get(thing)
        if key is None:
            raise _Stuck
        self._get(key)
        self._near(thing)
        self._do("unlock", thing, key)

    def _get(self, thing: str) -> None:
        scene = self.scene
        holder = scene.holder.get(thing, "")
        if holder == HANDS:
            return
        if not holder or thing in self.seeking:
            raise _Stuck
        self.seeking.append(thing)
        self._go(self._room(thing))
        if holder not in self.story.exits:
            self._open(holder)
            self._go(self._room(thing))
        if scene.free == 0:
            held = scene.contents(HANDS)
            self._do("drop", next((one for one in held if one not in self.keep), held[-1]))
        if holder in self.story.exits:
            self._do("take", thing)
        else:
            self._do("take from", thing, holder)
        self.seeking.remove(thing)

    # A meal.

    def _cook(self) -> None:
        story, scene = self.story, self.scene
        if story.meal not in scene.holder and ("consumed", story.meal) not in scene.marks:
            foods = tuple(food for food, _, _ in story.recipe)
            for food, cooking, cut in story.recipe:
                self.keep = (food,)
                if cooking != "raw" and (cooking, food) not in scene.marks:
                    source = next((one for one, kind in story.type.items() if HEAT.get(kind) == cooking), "")
                    self._get(food)
                    self._go(self._room(source))
                    self._do("cook", food, source)
                if cut != "uncut" and (cut, food) not in scene.marks:
                    knife = next((one for mark, one in sorted(scene.marks) if mark == "sharp"), "")
                    self._get(food)
                    self._get(knife)
                    self._do(CUTTING[cut], food, knife)
            self.keep = foods
            for food in foods:
                self._get(food)
            self._go(story.kitchen)
            self._do("prepare")
        self._get(story.meal)
        self._do("eat", story.meal)
