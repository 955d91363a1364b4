"""Pushing boulders: the cheapest way to bring one to a square.

A search over where the boulder is and where the player stands (A*, with the boulder's distance as the bound). A push is
one turn; so is a walk to another side of the boulder, however long.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from scoutgym.envs.minihack.engine.chart import around
from scoutgym.envs.minihack.engine.seen import STEPS, Cell
from scoutgym.envs.minihack.engine.sight import distance

MOST = 500
"""States looked at before a search is given up."""


def pushes(
    boulder: Cell, player: Cell, target: Cell, free: Callable[[Cell], bool], diagonal: bool = True
) -> list[Cell] | None:
    """The steps of a cheapest way to push a boulder to a place: the direction of each push.

    Args:
        boulder: where it is; ``free`` is not asked about it.
        player: where the player stands.
        target: where it is to go; ``free`` is not asked about it, either.
        free: whether a square can be walked on, and a boulder be pushed there.
        diagonal: whether boulders can be pushed diagonally, as everywhere but in Sokoban.

    Returns:
        The pushes, or None where there is no way.
    """
    ways = [step for step in STEPS.values() if diagonal or 0 in step]
    start = (boulder, player)
    costs = {start: 0}
    came: dict[tuple[Cell, Cell], tuple[tuple[Cell, Cell], Cell]] = {}
    queue = [(distance(boulder, target), 0, start)]
    while queue and len(costs) < MOST:
        _, cost, state = heapq.heappop(queue)
        if cost > costs[state]:
            continue
        at, stands = state
        if at == target:
            return _directions(came, state)
        for step in ways:
            side, after = (at[0] - step[0], at[1] - step[1]), (at[0] + step[0], at[1] + step[1])
            if after != target and not free(after):
                continue
            walk = side != stands
            if walk and not (free(side) and connected(stands, side, free, at)):
                continue
            new, price = (after, at), cost + 1 + walk
            if price < costs.get(new, price + 1):
                costs[new] = price
                came[new] = (state, step)
                heapq.heappush(queue, (price + distance(after, target), price, new))
    return None


def _directions(came: dict[tuple[Cell, Cell], tuple[tuple[Cell, Cell], Cell]], state: tuple[Cell, Cell]) -> list[Cell]:
    found = []
    while state in came:
        state, step = came[state]
        found.append(step)
    return found[::-1]


def connected(start: Cell, end: Cell, free: Callable[[Cell], bool], boulder: Cell) -> bool:
    """Whether one can walk from one place to another around a boulder; what is nearer to the end is looked at first."""
    seen, queue = {start}, [(distance(start, end), start)]
    while queue:
        _, cell = heapq.heappop(queue)
        if cell == end:
            return True
        for other in around(cell):
            if other not in seen and other != boulder and free(other):
                seen.add(other)
                heapq.heappush(queue, (distance(other, end), other))
    return False
