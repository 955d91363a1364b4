"""A scripted player that reads what an agent reads, and nothing else.

Each turn it takes the first of its plans that has something to do: to defend itself, to do what the task's words ask
for, to take the staircase, to fetch a thing, to cross lava or water, to open a door, to see more of the map.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scoutgym.envs.chance import Chance
from scoutgym.envs.minihack.engine.battle import dash, hold, pray, strike, unsafe, zap
from scoutgym.envs.minihack.engine.crossing import bridge, cross
from scoutgym.envs.minihack.engine.errands import errand_of, fetch, owned, use
from scoutgym.envs.minihack.engine.explore import explore
from scoutgym.envs.minihack.engine.forms import Commands
from scoutgym.envs.minihack.engine.memory import Memory, recall
from scoutgym.envs.minihack.engine.seen import STEPS
from scoutgym.envs.minihack.engine.sight import Sight, steps, toward

APPLES = 4
"""As many as a maze of apples has."""

FOOD = r"apple|carrot|ration|wafer|tripe|orange|pear|melon|banana|fortune cookie|pancake|lump of royal jelly"
SEARCHES = 3
KICKS = 25
"""What is done to one place or door before it is given up."""


def advise(language: Commands, history: Sequence[str], chance: Chance) -> str:
    """The next action of the scripted player."""
    memory = recall(history)
    sight = memory.sight
    if sight is None:
        return "look"
    may = {form.template.partition(" {")[0] for form in language.forms}
    for plan in PLANS:
        action = plan(memory, sight, may)
        if action:
            return action
    return wander(sight, chance)


def descend(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Go to the staircase down; in NetHack itself, take it."""
    errand = errand_of(memory)
    if errand is not None and errand.thing == "apple" and memory.eaten < APPLES and look_around(memory, sight, may):
        return ""
    if "MiniHack" not in memory.task and "staircase down" in sight.said + sight.below and "go down" in may:
        return "go down"
    for thing in sight.named("staircase down"):
        if not memory.bars(thing.at):
            return f"travel to {steps(sight.at, thing.at)}"
    return ""


def door(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Go to a closed door and open it: by walking into it, with a key, with a kick."""
    for thing in sight.named("^closed door$"):
        count = memory.tried.get(thing.at, 0)
        if count > KICKS or memory.bars(thing.at):
            continue
        if abs(thing.at[0] - sight.at[0]) + abs(thing.at[1] - sight.at[1]) > 1:
            return f"travel to {steps(sight.at, thing.at)}"
        way = toward(sight.at, thing.at)
        if thing.at not in memory.locked:
            return f"go {way}"
        for letter in owned(memory, "key|lock pick|credit card") if "apply" in may else ():
            return f"apply {letter} at {way}"
        if "kick" in may:
            return f"kick {way}"
        if count <= 3:
            return f"go {way}"
    return ""


def look_around(memory: Memory, sight: Sight, may: set[str]) -> str:
    """See more of the map."""
    stairs = [thing.at for thing in sight.named("staircase down")]  # where it were seen and wanted, one would be there
    safe = explore(memory.chart, lambda cell: memory.bars(cell) or unsafe(memory, sight, cell), stairs)
    return safe or explore(memory.chart, memory.bars, stairs)


def eat(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Eat something that is carried when hungry."""
    if "eat" in may and re.search("hungry|weak|fainting", sight.conditions):
        for letter in owned(memory, FOOD):
            return f"eat {letter}"
    return ""


def search(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Search for hidden doors where one stands."""
    if "search" in may and memory.searched.get(sight.at, 0) < SEARCHES:
        return "search for 10 turns"
    return ""


PLANS = (pray, zap, dash, hold, strike, eat, use, descend, fetch, cross, bridge, door, look_around, search)
"""What is tried, in this order."""


def wander(sight: Sight, chance: Chance) -> str:
    """Somewhere else, to search there or to come free."""
    free = [way for way, count, _ in sight.rays if count]
    if free:
        return f"go far {chance.choice(free)}"
    shut = {way for way, _, end in sight.rays if end in ("wall", "unknown", "water") or "lava" in end}
    return f"go {chance.choice([way for way in STEPS if way not in shut] or list(STEPS))}"
