"""The bits that a reveal is expected to tell on a Minesweeper board: over all layouts, or drawn where they are many."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.belief import partition_gain
from scoutgym.envs.chance import Chance
from scoutgym.envs.games.minesweeper_grid import Grid
from scoutgym.envs.games.minesweeper_odds import Odds
from scoutgym.types import digest

ENUMERATED = 2_000
"""Up to so many layouts, a gain is computed over all of them."""

FEW, MANY = 16, 512
"""Where there are more: draws for what a 0 opens, for every cell at first and for the best cell in the end."""

SEARCHED = 100
"""On more cells than this a gain takes ``MANY`` draws at once, and the best cell is not looked for."""


@dataclass
class Estimate:
    """The gain of one cell: what a mine or a number tells is exact, what a 0 opens is drawn."""

    told: float
    """The gain if a 0 left nothing open."""
    share: float
    """The probability of a 0."""
    zero: Odds
    draws: int = 0
    left: float = 0.0
    """Bits left open after a 0, summed over the draws."""

    @property
    def gain(self) -> float:
        """The estimate, unbiased; never below 0."""
        return max(0.0, self.told - self.share * self.left / max(1, self.draws))


class Gains:
    """The bits that revealing a cell is expected to tell, for each hidden cell of a board.

    What is seen is a function of the layout, so a gain is the entropy of what will be seen. Up to ``ENUMERATED``
    layouts it is computed over all of them. Beyond, a mine and every number but 0 are still counted exactly; what a 0
    opens is drawn, and the layouts that each draw leaves are counted exactly. The cell that looks best is drawn more
    often until it is the best by ``MANY`` draws, so that it does not merely look best by luck.

    Args:
        grid: the geometry and the number of mines.
        shown: the board as the player sees it. Where nothing is revealed the first cell to be is safe.
    """

    def __init__(self, grid: Grid, shown: str) -> None:
        self.grid, self.shown = grid, shown
        self.odds = Odds(grid, shown)
        self.opening = shown == grid.hidden
        self.total = math.comb(grid.cells - 1, grid.mines) if self.opening else self.odds.total
        self._counts = dict.fromkeys(self.odds.hidden, 0) if self.opening else self.odds.counts()
        self._gains: dict[int, float] = {}
        self._estimates: dict[int, Estimate] = {}
        self.searched = self.odds.total <= ENUMERATED or grid.cells <= SEARCHED
        if self.odds.total <= ENUMERATED:
            self._enumerate()
        elif self.searched:
            self._search()

    def gain(self, cell: int) -> float:
        """The expected gain of revealing a cell, in bits; 0 where it is revealed."""
        if cell not in self._counts:
            return 0.0
        cell = self._representative(cell)
        if cell not in self._gains:
            self._gains[cell] = self._estimate(cell, MANY).gain
        return self._gains[cell]

    def best(self) -> tuple[int, float] | None:
        """The cell of the largest gain, and the gain; None where that is too dear to find out."""
        if not self.searched:
            return None
        best = max(self._gains, key=self._gains.__getitem__)
        return best, self._gains[best]

    def _representative(self, cell: int) -> int:
        """Before anything is revealed, mirror images are alike."""
        if not self.opening:
            return cell
        row, column = divmod(cell, self.grid.columns)
        row, column = min(row, self.grid.rows - 1 - row), min(column, self.grid.columns - 1 - column)
        if self.grid.rows == self.grid.columns:
            row, column = sorted((row, column))
        return row * self.grid.columns + column

    def _search(self) -> None:
        """Estimate every cell, the best ones more closely."""
        cells = [cell for cell in self._counts if self._representative(cell) == cell]
        draws = dict.fromkeys(cells, FEW)
        self._gains = {cell: self._estimate(cell, FEW).gain for cell in cells}
        while draws[best := max(cells, key=self._gains.__getitem__)] < MANY:
            draws[best] *= 4
            self._gains[best] = self._estimate(best, draws[best]).gain

    def _estimate(self, cell: int, draws: int) -> Estimate:
        """The gain of a cell from ``draws`` draws, fewer where a 0 is unlikely; earlier draws count."""
        found = self._estimates.get(cell)
        if found is None:
            told = [self._counts[cell]]
            told += [self._if(cell, number).total for number in range(1, len(self.grid.neighbors[cell]) + 1)]
            left = sum([count * math.log2(count) for count in told if count]) / self.total
            zero = self._if(cell, 0)
            found = Estimate(math.log2(self.total) - left, zero.total / self.total, zero)
            self._estimates[cell] = found
        chance = Chance(digest("gain", self.shown, cell, found.draws))
        while found.draws < draws * found.share:
            seen = self.grid.open(self.grid.lay(found.zero.draw(chance)), self.shown, cell)
            found.left += math.log2(Odds(self.grid, seen).total)
            found.draws += 1
        return found

    def _if(self, cell: int, number: int) -> Odds:
        """The odds if a cell showed a number (of the cells around a 0, all that follows is that they are safe)."""
        return Odds(self.grid, f"{self.shown[: 2 * cell]}{number}{self.shown[2 * cell + 1 :]}")

    def _enumerate(self) -> None:
        """The gains of all cells, from all the layouts: what each would show is reduced to a 64-bit hash."""
        grid, hidden = self.grid, self.odds.hidden
        near = np.eye(grid.cells, dtype=np.float32)
        for cell, around in enumerate(grid.neighbors):
            near[cell, list(around)] = 1
        mined = np.zeros((self.odds.total, grid.cells), np.float32)
        for row, mines in zip(mined, self.odds.layouts(), strict=True):
            row[mines] = 1
        number = (mined @ near).astype(np.int64)
        zero = number == 0
        labels = _areas(zero, near)
        hashes = np.random.default_rng(0).integers(2**63, size=(grid.cells, 10), dtype=np.uint64)
        value = np.zeros((self.odds.total, grid.cells), np.uint64)
        for cell in hidden:
            value[:, cell] = hashes[cell, number[:, cell]]
        for cell in hidden:
            seen = value[:, cell].copy()
            seen[mined[:, cell] > 0] = 0
            empty = np.flatnonzero(zero[:, cell])
            area = labels[empty] == labels[empty, cell][:, None]
            opened = (area.astype(np.float32) @ near) > 0
            seen[empty] = (value[empty] * opened).sum(1)
            if self.opening:
                seen = seen[mined[:, cell] == 0]
            self._gains[cell] = partition_gain(np.unique(seen, return_counts=True)[1].tolist())


def _areas(zero: NDArray[np.bool_], near: NDArray[np.float32]) -> NDArray[np.int64]:
    """Of each layout, the connected areas of zeros: a cell's label is the largest cell of its area."""
    labels = np.where(zero, np.arange(zero.shape[1]), -1)
    around = [np.flatnonzero(row) for row in near]
    while True:
        grown = np.stack([labels[:, cells].max(1) for cells in around], 1)
        grown[~zero] = -1
        if (grown == labels).all():
            return labels
        labels = grown
