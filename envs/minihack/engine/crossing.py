"""Plans to get over lava and water: freeze it, float over it, fill it with boulders."""

from __future__ import annotations

from itertools import product

from scoutgym.envs.minihack.engine.battle import SURE
from scoutgym.envs.minihack.engine.boulders import pushes
from scoutgym.envs.minihack.engine.chart import Chart, around
from scoutgym.envs.minihack.engine.errands import MEANS, bolts, levitate, owned, untried
from scoutgym.envs.minihack.engine.memory import Memory
from scoutgym.envs.minihack.engine.seen import Cell
from scoutgym.envs.minihack.engine.sight import BY_OFFSET, Sight, distance, steps, toward

NEEDED, MISSING = 3, 20
"""A first square is chosen by the pushes that so many boulders need to get there; one that cannot counts as so many."""

ROWS_WEIGHED = 3
"""As many first squares are weighed, those to which boulders are nearest."""

BOLTS = 4
"""As many bolts are sent the same way with one thing."""


def cross(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Get over lava that is in view: freeze it where something may send a bolt of cold, else float over it."""
    lava = sight.named("lava")
    if "levitating" in sight.conditions:
        return drift(memory, sight)
    if not lava or not owned(memory, MEANS):
        return ""
    for way, count, end in sight.rays:
        if "lava" in end and count < SURE and len(way) <= len("north"):
            for action in bolts(memory, may, way):
                if untried(memory, action, BOLTS) and untried(memory, f"in vain {action}"):
                    return action
    nearest = lava[0].at
    ready = any(untried(memory, action) for way in ("east", "west") for action in bolts(memory, may, way))
    if ready and not memory.bars(nearest) and distance(sight.at, nearest) > 1:
        return f"travel to {steps(sight.at, nearest)}"
    return levitate(memory, sight, may)


def drift(memory: Memory, sight: Sight) -> str:
    """Float to the staircase over lava and water, or else away over the lava that is nearest."""
    chart = memory.chart
    stairs = sight.named("staircase down")
    goals = [thing.at for thing in stairs] or [cell for cell in chart.edges if not memory.bars(cell)]

    def passable(cell: Cell) -> bool:
        what = chart.shut.get(cell, "") or chart.things.get(cell, "")
        return chart.maybe(cell) or what == "water" or "lava" in what

    for goal in goals:
        way = chart.way(sight.at, goal, passable)
        if way:
            return f"go {toward(sight.at, way[0])}"
    return ""


def bridge(memory: Memory, sight: Sight, may: set[str]) -> str:
    """Push boulders into the water until one can cross: the next square of a bridge, or the cheapest first one."""
    chart = memory.chart
    water = [cell for cell, what in chart.shut.items() if what == "water"]
    boulders = [thing.at for thing in sight.named("boulder")]
    if not water or not boulders:
        return ""
    if memory.filled:
        last = memory.filled[-1]
        if last not in chart.trodden and not memory.bars(last):
            return f"travel to {steps(sight.at, last)}"
        ahead = [(last[0] + dx, last[1] + dy) for dx, dy in onward(chart, memory.filled)]
        water = [cell for cell in ahead if cell in water]
        if not water or any(chart.open(cell) for cell in ahead):
            return ""
    columns, rows = [x for x, _ in chart.free], [y for _, y in chart.free]
    # Between squares that are free all is lit: what is not known to be shut there can be walked on.
    ground = {
        cell
        for cell in product(range(min(columns), max(columns) + 1), range(min(rows), max(rows) + 1))
        if chart.maybe(cell) and not memory.bars(cell)
    }
    best: tuple[int, list[Cell], Cell] | None = None
    for target in sorted(water, key=lambda cell: bound(boulders, cell))[:ROWS_WEIGHED]:
        plans = []
        for boulder in sorted(boulders, key=lambda cell: distance(cell, target)):
            plan = pushes(boulder, sight.at, target, ground.__contains__)
            if plan:
                plans.append((plan, boulder))
            if len(plans) == NEEDED:
                break
        if plans:
            plans.sort(key=lambda found: len(found[0]))
            price = sum(len(plan) for plan, _ in plans[:NEEDED]) + MISSING * max(0, NEEDED - len(plans))
            if best is None or price < best[0]:
                best = (price, *plans[0])
    if best is None:
        return ""
    _, plan, boulder = best
    side = (boulder[0] - plan[0][0], boulder[1] - plan[0][1])
    if side == sight.at:
        return f"go {BY_OFFSET[plan[0]]}"
    return f"travel to {steps(sight.at, side)}"


def onward(chart: Chart, filled: list[Cell]) -> list[Cell]:
    """The steps that lead on over a river: straight away from its bank, and the two beside that."""
    x, y = filled[0]
    bank = [cell for cell in around(filled[0]) if cell in chart.free and cell not in filled]
    east, south = sum(x - a for a, _ in bank), sum(y - b for _, b in bank)
    if abs(east) >= abs(south):
        return [((east > 0) - (east < 0), side) for side in (0, -1, 1)]
    return [(side, (south > 0) - (south < 0)) for side in (0, -1, 1)]


def bound(boulders: list[Cell], target: Cell) -> int:
    """The least pushes that bring as many boulders as are needed to a place."""
    return sum(sorted(distance(boulder, target) for boulder in boulders)[:NEEDED])
