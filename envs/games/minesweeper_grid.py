"""The geometry of a Minesweeper board, and whole-board arithmetic on its text.

A board is one string: a symbol for each cell, with a blank or a line break behind it. Two characters a cell make it an
integer of sixteen bits a cell as well, so mines are counted and empty areas opened by shifting the whole board at once
instead of walking from cell to cell.
"""

from __future__ import annotations

import math

HIDDEN, MINE = "#", "*"

_CELL = 16
"""Bits of a cell: its symbol and the character behind it."""


class Grid:
    """A board of a size, with a number of mines. Cells are numbered in reading order.

    Args:
        rows: from 1.
        columns: from 1.
        mines: fewer than there are cells.
    """

    def __init__(self, rows: int, columns: int, mines: int) -> None:
        self.rows, self.columns, self.mines = rows, columns, mines
        self.cells = rows * columns
        self.drawn = max(1, int(32 / math.log2(self.cells)))
        """So many cells can be drawn as one number of 32 bits."""
        self.neighbors = tuple(
            tuple(
                row * columns + column
                for row in range(max(0, cell // columns - 1), min(rows, cell // columns + 2))
                for column in range(max(0, cell % columns - 1), min(columns, cell % columns + 2))
                if row * columns + column != cell
            )
            for cell in range(self.cells)
        )
        self.hidden = "\n".join([" ".join(HIDDEN * columns)] * rows)
        """The board before anything is revealed."""
        self._line = _CELL * columns
        self._ones = sum(1 << _CELL * cell for cell in range(self.cells))
        first = sum(1 << _CELL * cell for cell in range(0, self.cells, columns))
        self._inner = self._ones ^ first
        self._outer = self._ones ^ first << (self._line - _CELL)
        self._blank = _number(self.hidden.replace(HIDDEN, "0"))

    def around(self, field: int) -> int:
        """Each cell's sum over itself and its neighbors, for a field of one small number a cell."""
        wide = field + ((field & self._outer) << _CELL) + ((field & self._inner) >> _CELL)
        return (wide + (wide << self._line) + (wide >> self._line)) & (self._ones * 15)

    def lay(self, mines: list[int]) -> str:
        """The board with everything revealed: ``*`` on the mines, elsewhere the number of mines around."""
        field = 0
        for cell in mines:
            field |= 1 << _CELL * cell
        digits = self._blank + self.around(field)
        return self._text(digits & ~(field * 255) | field * ord(MINE))

    def open(self, truth: str, shown: str, cell: int) -> str:
        """The board after a cell is revealed: a 0 opens its neighbors too, and so on."""
        place = 2 * cell
        if truth[place] != "0":
            return shown[:place] + truth[place] + shown[place + 1 :]
        board = _number(truth)
        zeros = self._ones & ~(board | board >> 1 | board >> 2 | board >> 3)  # 0 alone has no bit here: "*" is 0x2a
        area, outer, inner, line = 1 << _CELL * cell, self._outer, self._inner, self._line
        while True:
            wide = area | (area & outer) << _CELL | (area & inner) >> _CELL
            wide |= wide << line | wide >> line
            grown = wide & zeros
            if grown == area:
                break
            area = grown
        before = _number(shown)
        return self._text(before ^ (before ^ board) & (wide & self._ones) * 255)

    def _text(self, number: int) -> str:
        return number.to_bytes(2 * self.cells - 1, "little").decode("ascii")


def _number(board: str) -> int:
    return int.from_bytes(board.encode("ascii"), "little")
