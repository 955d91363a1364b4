"""What each level of MiniHack asks for, and its milestones: subgoals that a judge or a shaped reward can be held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scoutgym.envs.minihack.engine.glyphs import CLOSED_DOOR, MONSTER, OPEN_DOOR, STAIRS
from scoutgym.envs.minihack.engine.seen import Seen

STAIRCASE = "Step on the staircase down."


@dataclass(frozen=True)
class Goal:
    """The task of a group of levels in words, its milestones in their usual order, and what a full success pays."""

    text: str
    milestones: tuple[str, ...]
    full: float = 1.0


def _goal(text: str, *milestones: str, full: float = 1.0) -> Goal:
    return Goal(text, (*milestones, "goal reached"), full)


SEEN_STAIRS = "staircase seen"
DOORS = ("door seen", "door opened")

GOALS: Mapping[str, Goal] = {
    "KeyRoom": _goal(
        "A small closed room lies inside the room. Pick up the key, unlock the door with it, and step on the staircase "
        "down.",
        "key seen",
        "key picked up",
        "door seen",
        "door unlocked",
        "door opened",
        SEEN_STAIRS,
    ),
    "Room": _goal(STAIRCASE, SEEN_STAIRS),
    "Corridor": _goal(f"Corridors join some rooms. {STAIRCASE}", SEEN_STAIRS),
    "CorridorBattle": _goal(
        f"Giant rats hunt you: meet them one by one in the corridor. {STAIRCASE}", "monster killed", SEEN_STAIRS
    ),
    "MazeWalk": _goal(f"You are in a maze. {STAIRCASE}", SEEN_STAIRS),
    "Labyrinth": _goal(f"You are in a labyrinth. {STAIRCASE}", SEEN_STAIRS),
    "ExploreMaze": _goal(
        "You are in a maze. Somewhere in it lie four apples: eat them (each is worth half a point), then step on the "
        "staircase down (one point), which ends the task.",
        "apple seen",
        "apple eaten",
        SEEN_STAIRS,
        full=3.0,
    ),
    "River": _goal(
        f"A river bars the way: push boulders into it until you can cross. {STAIRCASE}",
        "boulder seen",
        "boulder in the water",
        SEEN_STAIRS,
    ),
    "HideNSeek": _goal(f"A strong monster hunts you; trees and clouds hide you. {STAIRCASE}", SEEN_STAIRS),
    "MultiRoom": _goal(f"Doors join a row of rooms. {STAIRCASE}", *DOORS, SEEN_STAIRS),
    "SimpleCrossing": _goal(f"Walls bar the way, each with a gap. {STAIRCASE}", SEEN_STAIRS),
    "LavaCrossing": _goal(
        f"Streams of lava bar the way, each with a gap; to step into lava is death. {STAIRCASE}", SEEN_STAIRS
    ),
    "LavaCross": _goal(
        "A stream of lava bars the way; to step into it is death. Find a means to levitate or to freeze the lava, "
        "cross it, and step on the staircase down.",
        "item picked up",
        "levitating",
        "lava frozen",
        SEEN_STAIRS,
    ),
    "Quest": _goal(
        "Lava bars the way, and monsters wait behind it. Find what helps you across, and step on the staircase down.",
        "item picked up",
        "levitating",
        "lava frozen",
        "monster killed",
        SEEN_STAIRS,
    ),
    "Memento": _goal(
        "One of the ends of this place hides a trap that squeaks, the other a grid bug: kill the grid bug without "
        "stepping on a squeaky board. What you see at the start tells where it is.",
        "goal reached",
    ),
    "Eat": _goal("Eat the apple.", "apple seen", "apple eaten"),
    "Pray": _goal("Pray on the altar.", "altar seen"),
    "Sink": _goal("Drink from the sink, standing on it.", "sink seen"),
    "Wear": _goal("Put the robe on: pick it up and wear it.", "item picked up"),
    "Wield": _goal("Pick up the dagger and wield it.", "item picked up"),
    "PutOn": _goal("Pick up the amulet and put it on.", "item picked up"),
    "Zap": _goal("Pick up the wand and zap it.", "item picked up"),
    "Read": _goal("Pick up the scroll and read it.", "item picked up"),
    "Freeze": _goal(
        "Pick up what makes cold (a wand or a horn) and send a bolt of cold against a wall, so that it bounces.",
        "item picked up",
    ),
    "Freeze-Lava": _goal("Freeze the lava with what you find.", "item picked up", "lava frozen"),
    "Levitate": _goal("Make yourself levitate with what you find.", "item picked up", "levitating"),
    "ClosedDoor": _goal(f"It lies behind a door. {STAIRCASE}", *DOORS, SEEN_STAIRS),
    "LockedDoor": _goal(
        f"It lies behind a locked door, which you have no key for. {STAIRCASE}", *DOORS, "door broken", SEEN_STAIRS
    ),
    "WoD": _goal(
        f"A minotaur, far too strong to fight, is near; the wand you find kills with one zap. {STAIRCASE}",
        "item picked up",
        "monster killed",
        SEEN_STAIRS,
    ),
    "WoD-Easy": _goal(
        "A minotaur sleeps at the end of the corridor: kill it with the wand.", "item picked up", "monster killed"
    ),
    "Sokoban": _goal(
        f"Push the boulders into the pits or holes until all are filled, then take the staircase. {STAIRCASE}",
        "pit filled",
    ),
    "Boxoban": _goal("Push a boulder onto each fountain."),
    "Navigation-Custom": _goal(STAIRCASE, SEEN_STAIRS),
    "Skill-Custom": _goal(STAIRCASE, SEEN_STAIRS),
}
"""By the beginning of a level's name; the longest that fits counts."""


def goal_of(level: str) -> Goal:
    """The goal of a level."""
    fitting = [name for name in GOALS if level.startswith(name)]
    return GOALS[max(fitting, key=len)] if fitting else _goal(STAIRCASE, SEEN_STAIRS)


@dataclass(frozen=True)
class Turn:
    """What a milestone is judged by: the moments before and after an action, and what was said."""

    before: Seen
    seen: Seen
    said: str
    won: bool


def _sees(part: str) -> Callable[[Turn], bool]:
    return lambda turn: any(part in thing.name for thing in turn.seen.things)


def _hears(*parts: str) -> Callable[[Turn], bool]:
    return lambda turn: any(part in turn.said for part in parts)


def _gains(part: str) -> Callable[[Turn], bool]:
    def check(turn: Turn) -> bool:
        if turn.seen.inventory is turn.before.inventory:
            return False
        return any(part in name and key not in turn.before.inventory for key, name in turn.seen.inventory.items())

    return check


def _opened(turn: Turn) -> bool:
    before, seen = turn.before, turn.seen
    if before.dungeon != seen.dungeon or before.map.count(CLOSED_DOOR) <= seen.map.count(CLOSED_DOOR):
        return False
    return bool(((before.grid == CLOSED_DOOR) & (seen.grid == OPEN_DOOR)).any())


MILESTONES: Mapping[str, Callable[[Turn], bool]] = {
    "key seen": _sees("key"),
    "key picked up": _gains("key"),
    "door seen": lambda turn: any(kind in turn.seen.kinds for kind in (CLOSED_DOOR, OPEN_DOOR)),
    "door unlocked": _hears("succeed in unlocking", "succeed in picking", "You unlock", "This door is now unlocked"),
    "door opened": _opened,
    "door broken": _hears("crashes open", "shatters to pieces", "WHAMM!! the door crashes", "you break the door"),
    "staircase seen": lambda turn: any(t.kind == STAIRS and "down" in t.name for t in turn.seen.things),
    "monster seen": lambda turn: MONSTER in turn.seen.kinds,
    "monster killed": _hears("You kill", "You destroy"),
    "apple seen": _sees("apple"),
    "apple eaten": _hears("delicious", "Macintosh", "Core dumped", "Rotten food", "last bite"),
    "boulder seen": _sees("boulder"),
    "boulder in the water": _hears(
        "Now you can cross it", "sinks without a trace", "fills a", "There is a large splash"
    ),
    "item picked up": lambda turn: (
        turn.seen.inventory is not turn.before.inventory and len(turn.seen.inventory) > len(turn.before.inventory)
    ),
    "levitating": lambda turn: "levitating" in turn.seen.conditions,
    "lava frozen": _hears("The lava cools and solidifies", "The water freezes", "soldify", "solidifies"),
    "altar seen": _sees("altar"),
    "sink seen": _sees("sink"),
    "pit filled": _hears("fills a pit", "fills a hole", "plugs a hole", "plug a hole", "fill a pit"),
    "goal reached": lambda turn: turn.won,
}
"""How each milestone is told, by its name."""
