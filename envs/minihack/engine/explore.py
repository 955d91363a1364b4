"""Where to walk to see most: the expected number of new squares per turn, for walks and for straight runs.

A walk over known squares and a run that goes on until something is in the way are one turn each, however long they
are. So a run through the dark is worth the squares beside its whole line, and a walk to where a run begins is
worth half of both. An unseen square is taken to be free as often as squares were found free so far.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from scoutgym.envs.minihack.engine.chart import Chart, around, inside
from scoutgym.envs.minihack.engine.seen import STEPS, Cell
from scoutgym.envs.minihack.engine.sight import distance, steps

STARTS = 24
"""As many places are weighed, nearest first."""

FAR = 50
"""As many steps are held for one square less that is seen: a turn may be long, but hunger counts steps."""

HOPE = 0.05
"""A run is followed until it is less likely than this to get so far."""


def explore(chart: Chart, barred: Callable[[Cell], bool], avoid: Collection[Cell] = ()) -> str:
    """The action that shows most per turn; empty where nothing is left to be seen.

    Args:
        chart: what is known.
        barred: places not to go to: no way led there, or someone lies in wait.
        avoid: places not to be walked over.
    """
    here, chance = chart.here, openness(chart)
    best, action, goal = 0.0, "", here
    for way, step in STEPS.items():
        if _step_open(chart, here, step):
            gain = run(chart, here, step, chance, avoid)
            if gain > best and not barred((here[0] + step[0], here[1] + step[1])):
                best, action = gain, f"go far {way}"
    for start in starts(chart, barred):
        gain = max(len(fresh(chart, start)), start in chart.edges)  # the world knows better
        far = distance(here, start) / FAR
        runs = max(run(chart, start, step, chance, avoid) for step in STEPS.values())
        value = max(gain, (gain + runs) / 2) - far
        if value > best:
            best, action, goal = value, "travel", start
    if action == "travel":
        for place in avoid:
            goal = chart.around_it(goal, place)
        return f"travel to {steps(here, goal)}"
    return action


def _step_open(chart: Chart, here: Cell, step: Cell) -> bool:
    cell = (here[0] + step[0], here[1] + step[1])
    return chart.open(cell) and chart.joined(here, cell)


def starts(chart: Chart, barred: Callable[[Cell], bool]) -> Iterator[Cell]:
    """Places worth a walk: edges, and free squares beside which something is unseen."""
    chosen = [edge for edge in chart.edges if edge != chart.here and not barred(edge)]
    known = set(chosen)
    for cell in sorted(chart.free, key=lambda cell: distance(cell, chart.here)):
        if len(known) >= STARTS:
            break
        fits = cell not in known and cell != chart.here and chart.open(cell) and not barred(cell)
        if fits and any(chart.unseen(other) for other in around(cell)):
            known.add(cell)
            chosen.append(cell)
    return iter(chosen)


def openness(chart: Chart) -> float:
    """How often a run gets one square farther, from a prior of 4 in 5: half of the shut squares are beside ways."""
    return (len(chart.free) + 4) / (len(chart.free) + len(chart.shut) / 2 + 5)


def fresh(chart: Chart, cell: Cell) -> set[Cell]:
    """What one would see for the first time at a place in the dark."""
    if cell in chart.free:
        return {other for other in around(cell) if chart.unseen(other)}
    return {other for other in around(cell) if inside(other) and not _charted(chart, other)}


def _charted(chart: Chart, cell: Cell) -> bool:
    return cell in chart.free or cell in chart.shut or cell in chart.near


def run(chart: Chart, start: Cell, step: Cell, chance: float, avoid: Collection[Cell] = ()) -> float:
    """How many new squares a run is expected to show."""
    cell, likely, total = start, 1.0, 0.0
    found: set[Cell] = fresh(chart, start)
    while likely > HOPE:
        after = (cell[0] + step[0], cell[1] + step[1])
        if not chart.maybe(after) or not chart.joined(cell, after):
            break
        if after in avoid:
            return 0.0
        if after not in chart.free:
            likely *= chance
        cell = after
        new = fresh(chart, cell) - found
        total += likely * len(new)
        found |= new
    return total
