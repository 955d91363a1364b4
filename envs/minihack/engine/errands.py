"""What the task's words ask for: things to fetch, and what is then to be done with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoutgym.envs.minihack.engine.memory import Memory
from scoutgym.envs.minihack.engine.sight import Sight, steps


@dataclass(frozen=True)
class Errand:
    """One kind of task.

    Args:
        words: how its text tells of it.
        thing: what to fetch or to go to, by a part of its name.
        action: what to do with it; empty where other plans use it.
        place: whether the thing stays where it is, and is used there.
    """

    words: str
    thing: str
    action: str = ""
    place: bool = False


MEANS = r"wand|horn|potion|\bring\b(?! mail)|boots|shoes"
"""What may carry one over lava."""

ERRANDS = (
    Errand("[Ee]at the apple|apples: eat", "apple", "eat apple", place=True),
    Errand("Pray on", "altar", "pray", place=True),
    Errand("Drink from the sink", "sink", "quaff sink", place=True),
    Errand("the robe", "robe", "wear {}"),
    Errand("the dagger", "dagger", "wield {}"),
    Errand("the amulet", "amulet", "put on {}"),
    Errand("the wand and zap", "wand", "zap {} at {}"),
    Errand("the scroll", "scroll", "read {}"),
    Errand("makes cold", "wand|horn", "cold"),
    Errand("levitate with", MEANS, "levitate"),
    Errand("[Ll]ava", MEANS),
    Errand("the wand", "wand"),
    Errand("the key", "key"),
)
"""The first whose words are in the task's text counts."""

LEVITATE = (("potion", "quaff {}"), (r"\bring\b(?! mail)", "put on {}"), ("boots|shoes", "wear {}"))
BOLT = (("wand", "zap {} at {}"), ("horn", "apply {} at {}"))


TRIES = 5
"""As often a bolt is sent against a wall."""


def errand_of(memory: Memory) -> Errand | None:
    """What the task asks for; None where it asks for nothing but the staircase."""
    return next((errand for errand in ERRANDS if re.search(errand.words, memory.task)), None)


def owned(memory: Memory, pattern: str) -> list[str]:
    """Letters of what is carried and called so, the last found first."""
    return [letter for letter, name in reversed(memory.owned.items()) if re.search(pattern, name)]


def use(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Do what the task asks for, once the thing is in hand or underfoot."""
    errand = errand_of(memory)
    if errand is None or not errand.action:
        return ""
    if errand.place:
        under = f"{memory.places.get(sight.at, '')} {sight.below}"
        found = re.search(errand.thing, under) or (errand.thing == "apple" and memory.lies.get(sight.at, 0) > 0)
        return errand.action if found and errand.action.split(" ")[0] in may else ""
    if errand.action == "cold":
        return next((action for action in bolts(memory, may, toward_wall(sight)) if untried(memory, action, TRIES)), "")
    if errand.action == "levitate":
        return levitate(memory, sight, may)
    for letter in owned(memory, errand.thing):
        action = errand.action.format(letter, toward_wall(sight))
        if errand.action.partition(" {")[0] in may and untried(memory, action):
            return action
    return ""


def untried(memory: Memory, action: str, most: int = 1) -> bool:
    """Whether an action was not yet done so often."""
    return memory.used.get(action, 0) < most


def toward_wall(sight: Sight) -> str:
    """The straight way on which a wall is nearest: a bolt bounces there."""
    walls = [
        (count, way) for way, count, end in sight.rays if end == "wall" and way in ("north", "east", "south", "west")
    ]
    return min(walls)[1] if walls else "west"


def bolts(memory: Memory, may: set[str], way: str) -> list[str]:
    """The actions that may send a bolt of cold that way."""
    return [
        action.format(letter, way)
        for pattern, action in BOLT
        if action.partition(" {")[0] in may
        for letter in owned(memory, pattern)
        if not re.search("death|sleep|digging|striking", memory.owned[letter])
    ]


def levitate(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Try what may make one levitate, each thing once."""
    if "levitating" in sight.conditions:
        return ""
    for pattern, action in LEVITATE:
        for letter in owned(memory, pattern):
            if "sickness" in memory.owned[letter] or action.partition(" {")[0] not in may:
                continue
            if "being worn" not in memory.owned[letter] and untried(memory, action.format(letter)):
                return action.format(letter)
    return ""


def fetch(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Go to what the task asks for, and pick it up."""
    errand = errand_of(memory)
    if errand is None:
        return ""
    here = f"pick up here {sight.at}"
    lies_here = re.search(rf"(?:see here|[Tt]here is|Things that are here).*({errand.thing})|objects here", sight.said)
    if "pick up" in may and not errand.place and lies_here and untried(memory, here, 2):
        return "pick up"
    stairs = sight.named("staircase down") if errand.thing == "apple" else []  # to step there ends the task
    for thing in sight.named(errand.thing):
        if not memory.bars(thing.at) and not thing.name.startswith(("hostile", "peaceful")):
            goal = memory.chart.around_it(thing.at, stairs[0].at) if stairs else thing.at
            return f"travel to {steps(sight.at, goal)}"
    return ""
