"""Exact odds on a Minesweeper board: how many layouts of the mines agree with what it shows, and where they lie.

Hidden cells that border on the same revealed numbers are interchangeable: they form a *box*, of which only the number
of mines matters. The boxes are counted through one after another, like the columns of a transfer matrix. What the
boxes before say to the ones behind is how many mines each open number still needs and how many are left in all, packed
into one integer. A number is closed after its last box, so unconnected parts of the board never multiply the states,
and the cells far from every number are simply the last box. Counts are whole numbers: nothing is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from scoutgym.envs.chance import Chance
from scoutgym.envs.games.minesweeper_grid import HIDDEN, MINE, Grid

_LEFT = 12
"""Bits of a state for the number of mines left; above them come five bits (one is a guard) for each number."""

_MANY = (1 << _LEFT) - 1


class Odds:
    """The layouts that agree with a board, all equally likely.

    Args:
        grid: the geometry and the number of mines.
        shown: the board as the player sees it, with the mine that ended the game, if any.
    """

    def __init__(self, grid: Grid, shown: str) -> None:
        cells = shown[::2]
        self.hidden = [cell for cell, symbol in enumerate(cells) if symbol == HIDDEN]
        self.exploded = [cell for cell, symbol in enumerate(cells) if symbol == MINE]
        needs: list[int] = []
        touching: dict[int, list[int]] = {cell: [] for cell in self.hidden}
        impossible = False
        for cell, symbol in enumerate(cells):
            if symbol in (HIDDEN, MINE):
                continue
            around = grid.neighbors[cell]
            need = int(symbol) - sum([cells[near] == MINE for near in around])
            near = [other for other in around if cells[other] == HIDDEN]
            impossible |= not 0 <= need <= len(near)
            for other in near:
                touching[other].append(len(needs))
            if near:
                needs.append(need)
        boxes: dict[tuple[int, ...], list[int]] = {}
        for other, numbers in touching.items():
            boxes.setdefault(tuple(numbers), []).append(other)
        self.interior = boxes.pop((), [])
        left = grid.mines - len(self.exploded)
        impossible |= not 0 <= left <= len(self.hidden)
        self._guard = 1 << _LEFT
        key = max(left, 0)
        for number, need in enumerate(needs):
            shift = _LEFT + 1 + 5 * number
            key |= (need & 15) << shift
            self._guard |= 16 << shift
        self._order(boxes)
        self._layers: list[dict[int, int]] = [{} if impossible else {key | self._guard: 1}]
        for place in range(len(self.boxes)):
            self._layers.append(self._step(place))
        self._last = {key: math.comb(len(self.interior), key & _MANY) for key in self._layers[-1]}
        self.total = sum([ways * self._last[key] for key, ways in self._layers[-1].items()])
        """How many layouts agree with the board."""
        self._behind: list[dict[int, int]] = []
        self._mined: list[int] = []

    def _order(self, boxes: dict[tuple[int, ...], list[int]]) -> None:
        """Put the boxes in an order that keeps few numbers open: the number that was opened first is closed first."""
        members: dict[int, list[tuple[int, ...]]] = {}
        room = _MANY - len(self.interior)
        for numbers, cells in boxes.items():
            for number in numbers:
                members.setdefault(number, []).append(numbers)
                room -= len(cells) << _LEFT + 1 + 5 * number
            room -= len(cells)
        room += sum([15 << _LEFT + 1 + 5 * number for number in members])
        waiting = {number: len(inside) for number, inside in members.items()}
        rest, opened = dict.fromkeys(boxes), dict[int, None]()
        self.boxes: list[list[int]] = []
        self._masks: list[tuple[int, int, list[int]]] = []
        while rest:
            oldest = next(iter(opened), None)
            near = rest if oldest is None else [box for box in members[oldest] if box in rest]
            box = min(near, key=lambda b: (sum([(n not in opened) - (waiting[n] == 1) for n in b]), b))
            del rest[box]
            size, mask = len(boxes[box]), 1
            for number in box:
                mask |= 1 << _LEFT + 1 + 5 * number
                waiting[number] -= 1
                opened[number] = None
                if not waiting[number]:
                    del opened[number]
            room += size * mask
            self.boxes.append(boxes[box])
            self._masks.append((mask, room, [math.comb(size, mines) for mines in range(size + 1)]))

    def _step(self, place: int) -> dict[int, int]:
        """From what each state before a box counts to what each state behind it counts.

        Taking a mine from a field that has none left borrows its guard bit. ``room`` is, for each field, what is
        missing at the highest value that the cells behind can still fill: where it carries, they are too few.
        """
        mask, room, choices = self._masks[place]
        guard, behind = self._guard, dict[int, int]()
        for key, ways in self._layers[place].items():
            for choice in choices:
                if key & guard != guard:
                    break
                if not (key ^ guard) + room & guard:
                    behind[key] = behind.get(key, 0) + ways * choice
                key -= mask
        return behind

    def _backward(self) -> list[dict[int, int]]:
        """For every state before each box: the ways to lay out that box and all behind it."""
        if not self._behind:
            layers, self._mined = [self._last], []
            for layer, (mask, _, choices) in zip(self._layers[-2::-1], self._masks[::-1], strict=True):
                find, before, inside = layers[-1].get, dict[int, int](), 0
                for key, ways in layer.items():
                    child, all_ways, mined = key, 0, 0
                    for mines, choice in enumerate(choices):
                        behind = find(child)
                        if behind:
                            all_ways += choice * behind
                            mined += choice * behind * mines
                        child -= mask
                    if all_ways:
                        before[key] = all_ways
                        inside += ways * mined
                layers.append(before)
                self._mined.append(inside)
            self._behind = layers[::-1]
            self._mined.reverse()
        return self._behind

    def counts(self) -> dict[int, int]:
        """For each hidden cell: in how many of the layouts it is a mine."""
        self._backward()
        counts = dict[int, int]()
        for box, mined in zip(self.boxes, self._mined, strict=True):
            counts |= dict.fromkeys(box, mined // len(box))
        if self.interior:
            inside = sum([ways * self._last[key] * (key & _MANY) for key, ways in self._layers[-1].items()])
            counts |= dict.fromkeys(self.interior, inside // len(self.interior))
        return counts

    def draw(self, chance: Chance) -> list[int]:
        """The mines of one of the layouts, each as likely as any other."""
        layers, mines = self._backward(), list(self.exploded)
        key = next(iter(self._layers[0]))
        for place, box in enumerate(self.boxes):
            mask, _, choices = self._masks[place]
            behind = layers[place + 1]
            ways = [choice * behind.get(key - taken * mask, 0) for taken, choice in enumerate(choices)]
            target, taken = chance.bits() * sum(ways) >> 64, 0
            while target >= ways[taken]:
                target -= ways[taken]
                taken += 1
            mines += chance.sample(box, taken)
            key -= taken * mask
        return mines + chance.sample(self.interior, key & _MANY)

    def layouts(self) -> Iterator[list[int]]:
        """Every layout: its mines."""
        if self.total:
            yield from self._layouts(0, next(iter(self._layers[0])), self.exploded)

    def _layouts(self, place: int, key: int, mines: list[int]) -> Iterator[list[int]]:
        if place == len(self.boxes):
            for rest in combinations(self.interior, key & _MANY):
                yield [*mines, *rest]
            return
        mask, behind = self._masks[place][0], self._backward()[place + 1]
        box = self.boxes[place]
        for taken in range(len(box) + 1):
            if key in behind:
                for some in combinations(box, taken):
                    yield from self._layouts(place + 1, key, [*mines, *some])
            key -= mask
