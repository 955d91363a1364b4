"""Where the ships may lie: the placements of a fleet that agree with a record of shots, and what a shot would tell.

A hit names its ship. So what is known of one ship is a list of its placements, and the ships depend on each other only
in that they do not overlap. While the lists are short their combinations are enumerated; beyond, they are drawn ship by
ship, each uniformly among what the earlier ones leave free, and weighted by how much that was (sequential importance
sampling: the mean weight is an unbiased estimate of the number of fleets).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from scoutgym.types import digest

MISS = -1

ENUMERATED = 300_000
"""Up to so many combinations, overlapping ones included, fleets are enumerated."""

DRAWN = 4_000
"""Fleets drawn where there are more."""

Record = tuple[tuple[int, int], ...]
"""The shots, ordered by cell: the cell, and the number of the ship that was hit or ``MISS``."""


@dataclass(frozen=True)
class Posterior:
    """Fleets that agree with a record: the placement of each ship (fleets, ships), and the weight of each fleet."""

    fleets: NDArray[np.int16]
    weights: NDArray[np.float64]
    exact: bool
    bits: float
    """Entropy: the logarithm of the number of fleets."""
    stderr: float


class Waters:
    """A board and the lengths of the ships on it. Cells are numbered in reading order, ships as they are given.

    Args:
        rows: rows of the board.
        columns: columns of the board.
        lengths: cells of each ship.
    """

    def __init__(self, rows: int, columns: int, lengths: Sequence[int]) -> None:
        self.rows, self.columns, self.lengths = rows, columns, tuple(lengths)
        self.cells = rows * columns
        self.placements = [self._lines(length) for length in lengths]
        """For each ship the cells of each placement: those across in reading order, then those down."""
        self.combinations = math.prod(map(len, self.placements))
        self.posterior = lru_cache(maxsize=16)(self._posterior)
        self.shot = lru_cache(maxsize=20_000)(self._shot)

    def _lines(self, length: int) -> list[tuple[int, ...]]:
        columns = self.columns
        across = [
            tuple(range(row * columns + column, row * columns + column + length))
            for row in range(self.rows)
            for column in range(columns - length + 1)
        ]
        down = [
            tuple(range(first, first + length * columns, columns))
            for first in range((self.rows - length + 1) * columns)
        ]
        return across if length == 1 else across + down

    @cached_property
    def cover(self) -> list[NDArray[np.float32]]:
        """For each ship, which cells each placement covers: (placements, cells)."""
        cover = [np.zeros((len(lines), self.cells), np.float32) for lines in self.placements]
        for matrix, lines in zip(cover, self.placements, strict=True):
            for row, line in zip(matrix, lines, strict=True):
                row[list(line)] = 1
        return cover

    @cached_property
    def apart(self) -> list[list[NDArray[np.bool_]]]:
        """For two ships, which of their placements do not overlap: (placements of one, placements of the other)."""
        return [[one @ other.T == 0 for other in self.cover] for one in self.cover]

    def possible(self, record: Record) -> list[NDArray[np.intp]]:
        """For each ship the placements that agree with the record, other ships left aside."""
        found = []
        for ship, cover in enumerate(self.cover):
            mine = [cell for cell, told in record if told == ship]
            others = [cell for cell, told in record if told != ship]
            fits = (cover[:, mine].sum(1) == len(mine)) & (cover[:, others].sum(1) == 0)
            found.append(np.flatnonzero(fits))
        return found

    def _posterior(self, record: Record) -> Posterior:
        possible = self.possible(record)
        order = sorted(range(len(possible)), key=lambda ship: len(possible[ship]))
        if math.prod(map(len, possible)) <= ENUMERATED:
            return self._enumerate(possible, order)
        return self._draw(possible, order, np.random.Generator(np.random.PCG64(list(digest("fleets", record)))))

    def _free(
        self, ship: int, places: NDArray[np.intp], laid: dict[int, NDArray[np.intp]], count: int
    ) -> NDArray[np.bool_]:
        """Which of the places of a ship each of ``count`` part fleets leaves free: (part fleets, places)."""
        free = np.ones((count, len(places)), bool)
        for other, chosen in laid.items():
            free &= self.apart[other][ship][:, places][chosen]
        return free

    def _enumerate(self, possible: list[NDArray[np.intp]], order: list[int]) -> Posterior:
        laid: dict[int, NDArray[np.intp]] = {}
        count = 1
        for ship in order:
            parts, places = np.nonzero(self._free(ship, possible[ship], laid, count))
            laid = {other: chosen[parts] for other, chosen in laid.items()}
            laid[ship] = possible[ship][places]
            count = len(parts)
        if not count:
            raise ValueError("no fleet is consistent with what the world said: the belief oracle is wrong")
        fleets = np.stack([laid[ship] for ship in range(len(order))], 1).astype(np.int16)
        return Posterior(fleets, np.broadcast_to(1.0, count), True, math.log2(count), 0.0)

    def _draw(self, possible: list[NDArray[np.intp]], order: list[int], noise: np.random.Generator) -> Posterior:
        laid: dict[int, NDArray[np.intp]] = {}
        weights = np.ones(DRAWN)
        for ship in order:
            places = np.cumsum(self._free(ship, possible[ship], laid, DRAWN), 1, dtype=np.int16)
            free = places[:, -1]
            weights *= free
            wanted = (noise.random(DRAWN) * free).astype(np.int16) + 1
            laid[ship] = possible[ship][(places >= wanted[:, None]).argmax(1)]
        mean = float(weights.mean())
        stderr = float(weights.std()) / mean / math.sqrt(DRAWN) / math.log(2)
        keep = weights > 0
        fleets = np.stack([laid[ship] for ship in range(len(order))], 1).astype(np.int16)
        return Posterior(fleets[keep], weights[keep], False, math.log2(mean), stderr)

    def hits(self, posterior: Posterior) -> NDArray[np.float64]:
        """The probability that a shot hits each ship: (ships, cells)."""
        total = posterior.weights.sum()
        rows = []
        for ship, cover in enumerate(self.cover):
            weight = np.bincount(posterior.fleets[:, ship], posterior.weights, len(cover))
            rows.append(weight @ cover / total)
        return np.stack(rows)

    def gains(self, posterior: Posterior) -> NDArray[np.float64]:
        """The expected gain of a shot at each cell, in bits: the entropy of what will be said; 0 where it is known."""
        hits = self.hits(posterior)
        told = np.concatenate([hits, 1 - hits.sum(0, keepdims=True)])
        bits: NDArray[np.float64] = -(told * np.log2(np.where(told > 1e-12, told, 1.0))).sum(0)
        return np.maximum(bits, 0.0)

    def _shot(self, record: Record) -> int:
        """The cell that is most likely a hit; of equals the one that tells the most."""
        posterior = self.posterior(record)
        value = np.round(self.hits(posterior).sum(0), 9) + 1e-9 * self.gains(posterior)
        value[[cell for cell, _ in record]] = -1
        return int(value.argmax())
