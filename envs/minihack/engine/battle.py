"""Plans against enemies: strike, meet many in a narrow place, keep away from what is far too strong."""

from __future__ import annotations

import re

from scoutgym.envs.minihack.engine.chart import around
from scoutgym.envs.minihack.engine.errands import owned, untried
from scoutgym.envs.minihack.engine.memory import Memory
from scoutgym.envs.minihack.engine.seen import STEPS, Cell
from scoutgym.envs.minihack.engine.sight import Sight, Thing, aligned, distance, steps, toward

STRONG = re.compile(
    r"minotaur|dragon|troll|\bogre|naga\b(?! hatchling)|lich\b|(hill|stone|fire|frost|storm) giant|titan"
)
"""Monsters that a beginner does not survive."""

LEFT_ALONE = "floating eye|blue jelly|spotted jelly|red mold|green mold|yellow mold|brown mold|gas spore|acid blob"
"""Monsters that do harm only to those who touch them."""

SURE = 6
"""Squares within which a bolt always reaches."""

PATIENCE = 40
"""Turns in which enemies are awaited where only one of them can come near."""

MANY = 3
"""As many enemies at once are met in a corridor."""

CLOSE, DYING = 6, 7
"""A staircase so near is run to past enemies; prayers help those who have less than one part in so many of their HP."""


def foes(sight: Sight) -> list[Thing]:
    """Enemies in view that are worth a fight, nearest first."""
    found = [thing for thing in sight.named("^hostile") if not re.search(LEFT_ALONE, thing.name)]
    return sorted(found, key=lambda thing: distance(sight.at, thing.at))


def pray(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Pray when about to die of wounds or hunger, once."""
    low = foes(sight) and (sight.hp * DYING < sight.most or sight.hp <= 5 < sight.most)
    starving = re.search("weak|fainting", sight.conditions)
    return "pray" if (low or starving) and "pray" in may and untried(memory, "pray") else ""


def dash(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Run to a staircase that is near, or that is the only hope."""
    enemies = foes(sight)
    for thing in sight.named("staircase down") if enemies else ():
        if distance(sight.at, thing.at) <= CLOSE or STRONG.search(enemies[0].name):
            blocked = memory.bars(thing.at) or enemies[0].at == _next(sight.at, thing.at)
            return "" if blocked else f"travel to {steps(sight.at, thing.at)}"
    return ""


def _next(start: Cell, end: Cell) -> Cell:
    """The first step straight toward a place."""
    dx, dy = STEPS[toward(start, end)]
    return start[0] + dx, start[1] + dy


def zap(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Kill what is far too strong with a wand: from as far as it surely reaches."""
    wands = [letter for letter in owned(memory, "wand") if not re.search("cold|digging", memory.owned[letter])]
    if not wands or "zap" not in may:
        return ""
    for foe in foes(sight):
        far, way = distance(sight.at, foe.at), toward(sight.at, foe.at)
        straight = any(way == ray and count + 1 == far for ray, count, _ in sight.rays)
        if not STRONG.search(foe.name) or not aligned(sight.at, foe.at) or not straight:
            continue
        if far > SURE and foe.at not in memory.stood:  # it comes
            return wait(memory, sight, may, foe)
        if far > SURE:
            dx, dy = (foe.at[0] - sight.at[0]) // far, (foe.at[1] - sight.at[1]) // far
            spot = (sight.at[0] + dx * (far - SURE), sight.at[1] + dy * (far - SURE))
            return "" if memory.bars(spot) else f"travel to {steps(sight.at, spot)}"
        fewest = min(wands, key=lambda letter: memory.used.get(f"zap {letter} at {way}", 0))
        return f"zap {fewest} at {way}"
    return ""


def hold(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Await several enemies in a corridor, where one at a time can come near."""
    enemies = [foe for foe in foes(sight) if not STRONG.search(foe.name)]
    if not enemies or memory.most_foes < MANY or memory.idle > PATIENCE:
        return ""
    chart, near = memory.chart, distance(sight.at, enemies[0].at)
    if chart.narrow(sight.at) > 2:
        if near > 1 or sum(distance(sight.at, foe.at) == 1 for foe in enemies) > 1:
            shelter = _shelter(memory, sight, enemies)
            if shelter:
                return f"travel to {steps(sight.at, shelter)}"
        return ""
    if near == 1:
        return ""
    return wait(memory, sight, may, enemies[0])


def wait(memory: Memory, sight: Sight, may: set[str], foe: Thing) -> str:
    """Let an enemy come: by searching, or where that is not allowed by a step back to where one has been."""
    if "search" in may:
        return "search"
    chart = memory.chart
    back = [cell for cell in around(sight.at) if chart.open(cell) and cell in chart.trodden]
    back = [cell for cell in back if chart.narrow(cell) <= 2] or back
    return f"go {toward(sight.at, max(back, key=lambda cell: distance(cell, foe.at)))}" if back else ""


def _shelter(memory: Memory, sight: Sight, enemies: list[Thing]) -> Cell | None:
    """The nearest narrow place that is nearer to the player than to the enemies.

    It was walked through before, or is on a line of sight that leads out of a room: one that ends in the dark, not at a
    wall.
    """
    chart, passages = memory.chart, set()
    for way, count, end in sight.rays:
        if end == "unknown" and len(way) <= len("north"):
            dx, dy = STEPS[way]
            passages |= {(sight.at[0] + n * dx, sight.at[1] + n * dy) for n in range(2, count + 1)}
    for cell in chart.reach(sight.at, chart.open):
        known = (cell in chart.trodden or cell in passages) and cell != sight.at and not memory.bars(cell)
        nearer = distance(sight.at, cell) <= min(distance(foe.at, cell) for foe in enemies)
        if known and nearer and chart.narrow(cell) <= 2:
            return cell
    return None


def strike(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Hit whoever stands next to one; of what is too strong only what leaves no other way."""
    cornered = not any(count for _, count, _ in sight.rays)
    for foe in foes(sight):
        near = distance(sight.at, foe.at) == 1 and memory.chart.joined(sight.at, foe.at)
        if near and (cornered or not STRONG.search(foe.name)):
            return f"go {toward(sight.at, foe.at)}"
    return ""


def unsafe(memory: Memory, sight: Sight, cell: Cell) -> bool:
    """Whether one that is too strong would be at a place before the player."""
    return any(STRONG.search(foe.name) and distance(foe.at, cell) <= distance(sight.at, cell) for foe in foes(sight))
