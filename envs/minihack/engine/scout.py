"""A scripted player that reads what an agent reads, and nothing else.

It goes to the staircase where it sees it, uses what the level is about (a key, an apple, a wand), and explores
otherwise: it walks to the nearest place beyond which nothing has been seen, opens doors on the way, and searches for
hidden ones where no such place is left. It fights whoever stands next to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.minihack.engine.forms import Commands
from scoutgym.envs.minihack.engine.seen import STEPS

PLACE = re.compile(r"You are at column (\d+), row (\d+)\. HP (\d+) of (\d+)([^.]*)\.")
VIEW = re.compile(r"^In view: (.*)\.$", re.MULTILINE)
EDGES = re.compile(r"^Unexplored beyond: (.*)\.$", re.MULTILINE)
BLOCKED = re.compile(r"Blocked: (.*)\.$", re.MULTILINE)
CHANGED = re.compile(r"^Changed: (.*)\.$", re.MULTILINE)
OWNED = re.compile(r"^Inventory: (.*)\.$", re.MULTILINE)
LEVEL = re.compile(r"on the level (\S+) of MiniHack")
THING = re.compile(r"(.*?) (?:\(\d+ squares, nearest )?(\d+ (?:east|west|north|south)(?:, \d+ (?:north|south))?)\)?$")

BY_OFFSET = {step: way for way, step in STEPS.items()}

USES = (
    ("wand", "zap {} at {}"),
    ("horn", "apply {} at {}"),
    ("potion", "quaff {}"),
    ("ring", "put on {}"),
    ("amulet", "put on {}"),
    ("boots", "wear {}"),
    ("shoes", "wear {}"),
    ("robe", "wear {}"),
    ("scroll", "read {}"),
    ("dagger", "wield {}"),
)
"""What a thing is for, by a part of its name."""

TASKS = {
    "Eat": "apple",
    "Wear": "robe",
    "Wield": "dagger",
    "PutOn": "amulet",
    "Zap": "wand",
    "Read": "scroll",
    "Freeze": "wand|horn",
    "Levitate": "potion|ring|boots|shoes",
    "LavaCross": "wand|horn|potion|ring|boots|shoes",
    "Quest": "wand|horn|potion|ring|boots|shoes",
    "WoD": "wand",
    "KeyRoom": "key",
}
"""What a level gives to those who pick it up, by the beginning of its name."""


@dataclass(frozen=True)
class Sight:
    """One observation, read."""

    x: int
    y: int
    conditions: str
    things: tuple[tuple[str, int, int], ...]
    """Name and steps east and south."""
    edges: tuple[tuple[str, int, int], ...]
    blocked: tuple[tuple[str, str], ...]
    """Way and what is there."""
    gained: tuple[str, ...]
    squares: bool
    """Whether something new was seen."""
    said: str

    def named(self, pattern: str) -> list[tuple[str, int, int]]:
        """Things by a part of their names, in the order told."""
        return [thing for thing in self.things if re.search(pattern, thing[0])]


@dataclass
class Memory:
    """What matters of all turns before the last."""

    level: str = ""
    owned: dict[str, str] = field(default_factory=dict)
    given_up: set[tuple[int, int, str]] = field(default_factory=set)
    """Walks that led nowhere, by goal and what was meant."""
    tried: dict[tuple[int, int], int] = field(default_factory=dict)
    """How often something was done to a door."""
    locked: set[tuple[int, int]] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    searched: int = 0
    places: dict[tuple[int, int], str] = field(default_factory=dict)
    """Altars and sinks, which stay where they are."""
    eaten: int = 0
    sight: Sight | None = None


def offset(text: str) -> tuple[int, int]:
    """Steps east and south of "2 west, 1 north"."""
    dx = dy = 0
    for part in text.split(", "):
        count, way = part.split(" ")
        step = STEPS[way]
        dx, dy = dx + int(count) * step[0], dy + int(count) * step[1]
    return dx, dy


@lru_cache(maxsize=50_000)
def read(text: str) -> Sight | None:
    """What an observation tells; None where it tells no place."""
    places = list(PLACE.finditer(text))
    if not places:
        return None
    place = places[-1]
    view, edges, blocked, changed = (pattern.search(text) for pattern in (VIEW, EDGES, BLOCKED, CHANGED))
    things = []
    for part in view[1].split("; ") if view else ():
        found = THING.fullmatch(part)
        if found:
            things.append((found[1], *offset(found[2])))
    shut = []
    for part in blocked[1].split("; ") if blocked else ():
        words = part.replace(",", "").split(" ")
        ways = [word for word in words if word in STEPS]
        shut += [(way, part[: part.index(ways[0])].strip()) for way in ways]
    told = changed[1].split("; ") if changed else []
    return Sight(
        x=int(place[1]),
        y=int(place[2]),
        conditions=place[5],
        things=tuple(things),
        edges=tuple((part, *offset(part)) for part in edges[1].split("; ")) if edges else (),
        blocked=tuple(shut),
        gained=tuple(part for part in told if part.startswith("inventory")),
        squares=any("new square" in part or part.startswith(("new:", "dungeon level")) for part in told),
        said=text[: place.start()],
    )


def remember(memory: Memory, action: str, text: str) -> None:
    """Take in one more turn."""
    before, sight = memory.sight, read(text)
    if before is not None and action.startswith("travel to "):
        target = action[len("travel to ") :]
        place = _goal(before, target)
        here = (sight.x, sight.y) if sight else (before.x, before.y)
        if sight is None or here == (before.x, before.y):
            memory.given_up.add((*place, target if sight is None and target[0].isalpha() else ""))
    if before is not None and sight is not None:
        where = STEPS.get(action.rpartition(" ")[2])
        if where:
            door = (before.x + where[0], before.y + where[1])
            if any(name == "closed door" and (dx, dy) == where for name, dx, dy in before.things):
                memory.tried[door] = memory.tried.get(door, 0) + 1
                if re.search("is locked|succeed in locking", sight.said):
                    memory.locked.add(door)
                if re.search("succeed in (unlocking|picking)", sight.said):
                    memory.locked.discard(door)
    if sight is None:
        return
    if "search" in action:
        memory.searched += 1
    if sight.squares:
        memory.given_up.clear()
        memory.searched = 0
    if action.startswith(("zap", "apply", "quaff", "put on", "wear")):
        memory.used.add(action.split(" at ")[0])
    for part in sight.gained:
        letter, _, name = part.partition(" - ")
        key = letter.rpartition(" ")[2]
        if letter.startswith("inventory +"):
            memory.owned[key] = name
        else:
            memory.owned.pop(key, None)
    memory.eaten += action == "eat apple" and "have anything" not in sight.said
    _note(memory, sight)


def _note(memory: Memory, sight: Sight | None) -> None:
    memory.sight = sight
    for name, dx, dy in sight.named("altar|sink") if sight else ():
        memory.places[sight.x + dx, sight.y + dy] = name  # type: ignore[union-attr]


def _goal(sight: Sight, target: str) -> tuple[int, int]:
    if target[0].isdigit():
        dx, dy = offset(target)
        return sight.x + dx, sight.y + dy
    for name, dx, dy in sight.things:
        if name.lower() == target:
            return sight.x + dx, sight.y + dy
    return sight.x, sight.y


def recall(history: Sequence[str]) -> Memory:
    """Everything that a history tells."""
    first = history[0]
    level, owned = LEVEL.search(first), OWNED.search(first)
    memory = Memory(level=level[1] if level else "")
    _note(memory, read(first[first.find("You are at column") :]))
    for part in owned[1].split("; ") if owned else ():
        letter, _, name = part.partition(" - ")
        memory.owned[letter] = name
    for action, text in turns(history):
        remember(memory, action, text)
    return memory


def advise(language: Commands, history: Sequence[str], chance: Chance) -> str:
    """The next action of the scripted player."""
    memory = recall(history)
    sight = memory.sight
    if sight is None:
        return "look"
    may = {form.template.partition(" {")[0] for form in language.forms}
    for plan in (_fight, _use, _descend, _fetch, _door, _explore):
        action = plan(memory, sight, may)
        if action:
            return action
    return _wander(sight, may, chance)


def _near(dx: int, dy: int) -> bool:
    return max(abs(dx), abs(dy)) == 1


def _walk(memory: Memory, sight: Sight, name: str, dx: int, dy: int) -> str:
    """A walk to a thing, unless it is known to lead nowhere."""
    place = (sight.x + dx, sight.y + dy)
    if (*place, "") in memory.given_up or (*place, name.lower()) in memory.given_up:
        return ""
    return f"travel to {_text(dx, dy)}"


def _text(dx: int, dy: int) -> str:
    parts = [f"{abs(dx)} {'east' if dx > 0 else 'west'}"] if dx else []
    if dy:
        parts.append(f"{abs(dy)} {'south' if dy > 0 else 'north'}")
    return ", ".join(parts)


def _fight(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Hit whoever stands next to one; kill what is far too strong with the wand, if there is one."""
    for name, dx, dy in sight.named("^hostile"):
        if "minotaur" in name and (dx == 0 or dy == 0 or abs(dx) == abs(dy)) and max(abs(dx), abs(dy)) < 7:
            wand = _owned(memory, "wand")
            if wand and "zap" in may:
                way = BY_OFFSET[(dx > 0) - (dx < 0), (dy > 0) - (dy < 0)]
                return f"zap {wand} at {way}"
        if _near(dx, dy) and "floating eye" not in name and "blue jelly" not in name:
            return f"go {BY_OFFSET[dx, dy]}"
    return ""


def _owned(memory: Memory, pattern: str) -> str:
    """The letter of something that is carried."""
    return next((letter for letter, name in memory.owned.items() if re.search(pattern, name)), "")


def _task(memory: Memory) -> str:
    """What the level is about."""
    fitting = [name for name in TASKS if memory.level.startswith(name)]
    return TASKS[max(fitting, key=len)] if fitting else ""


def _use(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Use what the level is about, once it is in hand or underfoot."""
    if memory.level.startswith("Pray") and "altar" in _under(memory, sight):
        return "pray"
    if memory.level.startswith("Sink") and "sink" in _under(memory, sight):
        return "quaff sink"
    if re.match("(Eat|ExploreMaze)", memory.level) and "eat" in may and re.search("see here.*apple", sight.said):
        return "eat apple"
    task = _task(memory)
    if not task or task == "key" or memory.level.startswith("WoD") or "levitating" in sight.conditions:
        return ""
    for part, use in USES:
        letter = _owned(memory, part)
        verb = use.partition(" {")[0]
        if not letter or not re.search(task, part) or verb not in may or "sickness" in memory.owned[letter]:
            continue
        way = "west"
        if re.match("LavaCross|Quest|Freeze-Lava", memory.level):
            way = "east"
            lava = sight.named("lava")
            if part in ("wand", "horn") and not any(dx > 0 for _, dx, _ in lava):
                continue
        action = use.format(letter, way)
        if action.split(" at ")[0] not in memory.used or (part in ("wand", "horn") and _again(memory, sight)):
            return action
    return ""


def _again(memory: Memory, sight: Sight) -> bool:
    """Whether a bolt of cold is needed once more: lava lies ahead in this row."""
    return any(dy == 0 and dx > 0 for _, dx, dy in sight.named("lava"))


def _under(memory: Memory, sight: Sight) -> str:
    """What one stands on, as far as is known."""
    return memory.places.get((sight.x, sight.y), "") or sight.said


def _descend(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Go to the staircase down; in NetHack itself, take it."""
    if memory.level.startswith("ExploreMaze") and memory.eaten < 4 and _explore(memory, sight, set()):
        return ""
    if not memory.level and "staircase down" in sight.said and "go down" in may:
        return "go down"
    for name, dx, dy in sight.named("staircase down"):
        action = _walk(memory, sight, name, dx, dy)
        if action:
            return action
    return ""


def _fetch(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Go to what the level is about, and pick it up."""
    if memory.level.startswith(("Pray", "Sink")):
        wanted = "altar|sink"
    elif memory.level.startswith("ExploreMaze"):
        wanted = "apple"
    else:
        wanted = _task(memory)
    if not wanted or (wanted not in ("altar|sink", "apple") and _owned(memory, wanted) and wanted != "dagger"):
        return ""
    if "pick up" in may and re.search(f"here .*({wanted})", sight.said) and wanted not in ("altar|sink",):
        return "pick up"
    for name, dx, dy in sight.named(wanted):
        action = _walk(memory, sight, name, dx, dy)
        if action:
            return action
    return ""


def _door(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Go to a closed door and open it: by walking into it, with a key, with a kick."""
    for _, dx, dy in sight.named("^closed door$"):
        door = (sight.x + dx, sight.y + dy)
        count = memory.tried.get(door, 0)
        if count > 25:
            continue
        if abs(dx) + abs(dy) == 1:
            way = BY_OFFSET[dx, dy]
            key = _owned(memory, "key|lock pick|credit card")
            if door in memory.locked and key and "apply" in may:
                return f"apply {key} at {way}"
            if door in memory.locked and "kick" in may:
                return f"kick {way}"
            if door in memory.locked and count > 3:
                continue
            return f"go {way}"
        if (*door, "") in memory.given_up:
            continue
        return f"travel to {_text(dx, dy)}"
    return ""


def _explore(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Walk to the nearest place beyond which nothing was seen."""
    for text, dx, dy in sight.edges:
        if (sight.x + dx, sight.y + dy, "") not in memory.given_up:
            return f"travel to {text}"
    if "search" in may and memory.searched < 3:
        return "search for 10 turns"
    return ""


def _wander(sight: Sight, may: set[str], chance: Chance) -> str:
    """Somewhere else, to search there or to come free."""
    shut = dict(sight.blocked)
    ways = [way for way in STEPS if way not in shut or shut[way] not in ("wall", "unknown", "molten lava", "water")]
    way = chance.choice(ways or list(STEPS))
    if way not in shut:
        return f"go far {way}"
    return f"go {way}"
