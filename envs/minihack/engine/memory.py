"""What a scripted player remembers of an episode: the map, belongings, what was tried and what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from scoutgym.envs.belief import turns
from scoutgym.envs.minihack.engine.chart import Chart
from scoutgym.envs.minihack.engine.seen import STEPS, Cell
from scoutgym.envs.minihack.engine.sight import Sight, distance, offset, read

OWNED = re.compile(r"^Inventory: (.*)\.$", re.MULTILINE)
NO_WAY = "no way there is known"
OPENED = re.compile("kill|destroy|door opens|door crashes|shatters|solidif|cross it|disappears")
"""What is said when a way may have become free."""

KEPT = 4
"""Episodes whose memory is kept between two turns."""


@dataclass
class Memory:
    """What matters of all turns so far."""

    task: str = ""
    """The task in the world's words."""
    turn: int = 0
    sight: Sight | None = None
    chart: Chart = field(default_factory=Chart)
    owned: dict[str, str] = field(default_factory=dict)
    barred: dict[Cell, tuple[int, int]] = field(default_factory=dict)
    """Walks that led nowhere: how often, and until which turn they are not tried again."""
    tried: dict[Cell, int] = field(default_factory=dict)
    """How often something was done to a door."""
    locked: set[Cell] = field(default_factory=set)
    used: dict[str, int] = field(default_factory=dict)
    """How often a thing was used, by the letter or by the whole action."""
    searched: dict[Cell, int] = field(default_factory=dict)
    eaten: int = 0
    lies: dict[Cell, int] = field(default_factory=dict)
    """How many apples lie where the player has been."""
    most_foes: int = 0
    """The most enemies that were in view at once."""
    stood: set[Cell] = field(default_factory=set)
    """Where enemies stood a turn ago."""
    idle: int = 0
    """Turns with enemies in view and none of them near."""
    places: dict[Cell, str] = field(default_factory=dict)
    """Altars and sinks, which stay where they are."""
    filled: list[Cell] = field(default_factory=list)
    """Squares of water that a boulder has filled."""

    def bars(self, cell: Cell) -> bool:
        """Whether a walk there led nowhere of late."""
        return cell in self.barred and self.barred[cell][1] >= self.turn

    def bar(self, cell: Cell) -> None:
        """Do not walk there for a while, which grows each time."""
        count = self.barred.get(cell, (0, 0))[0] + 1
        self.barred[cell] = (count, self.turn + 2 ** min(count + 1, 9))


def take(memory: Memory, action: str, text: str) -> None:
    """Take in one more turn."""
    before, sight = memory.sight, read(text)
    memory.turn += 1
    if before is not None:
        _walked(memory, action, before, sight, text)
    if sight is None:
        return
    if any(part.startswith("dungeon level") for part in sight.changed):
        memory.chart, memory.barred, memory.searched, memory.places = Chart(), {}, {}, {}
        memory.tried, memory.locked = {}, set()
    elif before is not None:
        _door(memory, action, before, sight)
    way = STEPS.get(action.rpartition(" ")[2])
    if way and before is not None and "Now you can cross it" in sight.said:
        memory.filled.append((sight.at[0] + way[0], sight.at[1] + way[1]))
    if "search" in action:
        memory.searched[sight.at] = memory.searched.get(sight.at, 0) + 1
    if re.match("zap|apply|quaff|put on|wear|read|pray|take off|remove|wield", action):
        memory.used[action] = memory.used.get(action, 0) + 1
    if action == "pick up":
        here = f"pick up here {sight.at}"
        memory.used[here] = memory.used.get(here, 0) + 1
    if re.match("zap|apply", action) and not re.search("cools|freezes|solidif|ice", sight.said):
        memory.used[f"in vain {action}"] = 1
    for part in sight.changed:
        letter, _, name = part.partition(" - ")
        key = letter.rpartition(" ")[2]
        if letter.startswith("inventory +"):
            memory.owned[key] = name
        elif letter.startswith("inventory without"):
            memory.owned.pop(key, None)
    if action == "eat apple" and not re.search("have anything|not possible", sight.said):
        memory.eaten += 1
        memory.lies[sight.at] = memory.lies.get(sight.at, 1) - 1
    if OPENED.search(sight.said):
        memory.barred.clear()
    _look(memory, sight)
    if before is not None and action.startswith(("go far", "travel")):
        memory.chart.tread(memory.chart.passed(before.at, sight.at))


def _walked(memory: Memory, action: str, before: Sight, sight: Sight | None, text: str) -> None:
    """Note where an action that was to change the player's place did not."""
    if sight is not None and sight.at != before.at:
        return
    if action.startswith("travel to ") and (NO_WAY in text or sight is not None):
        goal = action[len("travel to ") :]
        dx, dy = offset(goal) if goal[0].isdigit() else (0, 0)
        memory.bar((before.at[0] + dx, before.at[1] + dy))
    way = action.rpartition(" ")[2]
    if "in vain" in text or "Perhaps that's why" in text:  # a boulder that does not move
        dx, dy = STEPS[way]
        memory.bar((before.at[0] + 2 * dx, before.at[1] + 2 * dy))
    elif action.startswith("go ") and way in STEPS and sight is not None:
        cell = (before.at[0] + STEPS[way][0], before.at[1] + STEPS[way][1])
        if cell not in memory.chart.things and "You " not in sight.said.replace("You see", ""):
            memory.chart.bump(cell)


def _door(memory: Memory, action: str, before: Sight, sight: Sight) -> None:
    """Note what was done to a door."""
    step = STEPS.get(action.rpartition(" ")[2])
    if step is None:
        return
    door = (before.at[0] + step[0], before.at[1] + step[1])
    if any(thing.at == door and thing.name == "closed door" for thing in before.things):
        memory.tried[door] = memory.tried.get(door, 0) + 1
        if re.search("is locked|succeed in locking", sight.said):
            memory.locked.add(door)
        if re.search("succeed in (unlocking|picking)", sight.said):
            memory.locked.discard(door)


def _look(memory: Memory, sight: Sight) -> None:
    memory.stood = {thing.at for thing in memory.sight.named("^hostile")} if memory.sight else set()
    memory.sight = sight
    memory.chart.take(sight)
    for thing in sight.named("altar|sink"):
        memory.places[thing.at] = thing.name
    apples = re.search(r"here:? (?:[^.]*?, )?(an?|\d+) [^.,]*apple|objects here", sight.said)
    if apples:
        memory.lies[sight.at] = int(apples[1]) if (apples[1] or "").isdigit() else 1
    enemies = sight.named("^hostile")
    memory.most_foes = max(memory.most_foes, len(enemies))
    near = any(distance(thing.at, sight.at) == 1 for thing in enemies)
    memory.idle = memory.idle + 1 if enemies and not near else 0


_KEPT: dict[tuple[str, ...], Memory] = {}
"""Memories by the history they are of, so that a turn costs what is new in it."""


def recall(history: Sequence[str]) -> Memory:
    """Everything that a history tells."""
    key = tuple(history)
    if key in _KEPT:
        return _KEPT[key]
    memory = _KEPT.pop(key[:-2], None) if len(key) > 2 else None
    if memory is None:
        memory = _begin(key[0])
        for action, text in turns(key):
            take(memory, action, text)
    else:
        take(memory, key[-2], key[-1])
    while len(_KEPT) >= KEPT:
        _KEPT.pop(next(iter(_KEPT)))
    _KEPT[key] = memory
    return memory


def _begin(first: str) -> Memory:
    memory, owned = Memory(task=first.split("\n", 1)[0]), OWNED.search(first)
    sight = read(first[first.find("You are at column") :])
    if sight is not None:
        _look(memory, sight)
    for part in re.split(r"; (?=\w - )", owned[1]) if owned else ():
        letter, _, name = part.partition(" - ")
        memory.owned[letter] = name
    return memory
