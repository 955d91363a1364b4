"""Exact endgame tables by retrograde analysis (Thompson 1986): in how many moves White mates, against any defense.

A table covers the two kings and up to two more pieces without pawns, one of which may be Black's. It is made when it is
first needed, on sets of positions: the last piece's square is a bit, so one 64-bit word holds the 64 positions that
differ in it alone, and a rook's moves are shifts of words, for all positions at once. With

    L_0 = Black is mated,
    W_n = White to move can reach L_(n-1),
    L_n = Black to move is not stalemated, and all that he can reach is in W_n,

the first n at which a position is in W is the number of White's moves to mate. A capture is a move to where two stand
on one square; there a smaller table is read. The rule of fifty moves does not matter: no mate here takes as many.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

ALL = np.uint64(2**64 - 1)
SQUARES = np.arange(64, dtype=np.uint64)
BIT: Words = np.uint64(1) << SQUARES
ROOK = ((1, 0), (-1, 0), (0, 1), (0, -1))
BISHOP = ((1, 1), (1, -1), (-1, 1), (-1, -1))
STEPS = {
    "Q": ROOK + BISHOP,
    "R": ROOK,
    "B": BISHOP,
    "N": tuple((dx, dy) for dx in (-2, -1, 1, 2) for dy in (-2, -1, 1, 2) if abs(dx) != abs(dy)),
}
NEXT_TO = [[o for o in range(64) if max(abs(o % 8 - s % 8), abs(o // 8 - s // 8)) == 1] for s in range(64)]
"""The squares beside each square; 0 is a1, 1 is b1, 63 is h8."""
ENTERED: dict[int, np.uint64] = {
    dx: np.bitwise_or.reduce(BIT[[s for s in range(64) if 0 <= s % 8 - dx < 8]]) for dx in range(-2, 3)
}
"""The squares that a step of ``dx`` files can lead to: what leaves one edge must not come in at the other."""


class Table:
    """All positions of two kings, the white pieces ``white`` and the black pieces ``black``, as in ``Table("QR")``.

    A position is the squares of the white king, the black king and the pieces in order; a set of positions is an array
    of words with an axis for each but the last, which is the bits (without pieces, a word is 0 or all ones).
    """

    def __init__(self, white: str, black: str = "") -> None:
        self.white, self.black, self.pieces = white, black, white + black
        self._mine = range(len(white))
        self._theirs = range(len(white), len(self.pieces))
        self._axes = (64,) * max(2, len(self.pieces) + 1)
        without = [self.pieces[:place] + self.pieces[place + 1 :] for place in range(len(self.pieces))]
        self._smaller = [
            table(left[: len(white) - (place in self._mine)], left[len(white) - (place in self._mine) :])
            for place, left in enumerate(without)
        ]
        placed = self._placed()
        checked = placed & self._checks(self._mine, king=1)
        self.legal = placed & ~checked
        """White to move, and Black is not in check."""
        self._wins: list[Words] = []
        self._losses: list[Words] = []
        """Bit k of what is stored for each position: n for a win in n, n + 1 for a loss in n, 0 for neither."""
        self.longest = 0
        """The most moves that a mate takes."""
        if white:
            self._solve(checked, placed & ~self._checks(self._theirs, king=0))

    def win(self, white_king: int, black_king: int, squares: Sequence[int]) -> int | None:
        """White to move: in how many moves he mates; None where he cannot, or the position is not legal."""
        return _read(self._wins, (white_king, black_king, *squares)) or None

    def loss(self, white_king: int, black_king: int, squares: Sequence[int]) -> int | None:
        """Black to move: how many moves White then needs to mate; None where he cannot."""
        stored = _read(self._losses, (white_king, black_king, *squares))
        return stored - 1 if stored else None

    def _solve(self, checked: Words, black_to_move: Words) -> None:
        can_go = self.legal | self._captures(self._mine, [smaller.legal for smaller in self._smaller])
        stuck = black_to_move & ~self._can(can_go, king=1, places=self._theirs)
        mated = lost = stuck & checked
        won = np.zeros_like(lost)
        _store(self._losses, mated, 1)
        later = max(smaller.longest for smaller in self._smaller)
        for number in range(1, 63):
            taken = self._captures(self._theirs, [_within(smaller._losses, number) for smaller in self._smaller])
            win = self.legal & self._can(lost | taken, king=0, places=self._mine)
            _store(self._wins, win & ~won, number)
            if number > later + 1 and (win == won).all():
                return
            if (win != won).any():
                self.longest = number
            won = win
            taken = self._captures(self._mine, [_within(smaller._wins, number) for smaller in self._smaller])
            escapes = can_go & ~(won | taken)
            loss = mated | (black_to_move & ~stuck & ~self._can(escapes, king=1, places=self._theirs))
            _store(self._losses, loss & ~lost, number + 1)
            lost = loss

    def _placed(self) -> Words:
        """All stand on different squares, the kings not side by side."""
        apart = np.full((64, 64), ALL)
        for king in range(64):
            apart[king, [king, *NEXT_TO[king]]] = 0
        if not self.pieces:
            return apart
        words = self._free() & apart.reshape(self._axes[:2] + (1,) * (len(self._axes) - 2))
        if len(self.pieces) == 2:
            words[range(64), :, range(64)] = 0
            words[:, range(64), range(64)] = 0
        return words

    def _free(self) -> Words:
        """The squares on which nobody stands but the piece whose square is the bits: of two pieces, either one."""
        kings = BIT[:, None] | BIT[None, :]
        return ~kings if len(self.pieces) < 2 else ~(kings[:, :, None] | BIT[None, None, :])

    def _moves(self, goal: Words, place: int) -> Words:
        """The positions from which piece ``place`` gets to ``goal`` in one move."""
        if place == len(self.pieces) - 1:
            return _reach(goal, self.pieces[place], self._free())
        return _swap(_reach(_swap(goal), self.pieces[place], self._free()))

    def _checks(self, places: Iterable[int], king: int) -> Words:
        """One of the pieces attacks the king: white 0, black 1."""
        found = np.zeros(self._axes, dtype=np.uint64)
        for place in places:
            found |= self._moves(self._on_king(place, king), place)
        return found

    def _on_king(self, place: int, king: int) -> Words:
        """The piece stands where the king does."""
        words = np.broadcast_to(BIT[:, None] if king == 0 else BIT[None, :], (64, 64))
        if len(self.pieces) < 2:
            return words
        if place == 1:
            return np.broadcast_to(words[:, :, None], self._axes)
        return _swap(np.broadcast_to(words[:, :, None], self._axes))

    def _can(self, goal: Words, king: int, places: Iterable[int]) -> Words:
        """The side of this king is to move, and some move of it leads to ``goal``."""
        by_king = np.moveaxis(goal, king, 0)
        found = np.stack([np.bitwise_or.reduce(by_king[NEXT_TO[square]], axis=0) for square in range(64)], axis=king)
        for place in places:
            found |= self._moves(goal, place)
        return found

    def _captures(self, victims: range, then: Sequence[Words]) -> Words:
        """One of the victims has just been taken, and what is left is in its set of ``then``."""
        found = np.zeros(self._axes, dtype=np.uint64)
        takers = self._theirs if victims is self._mine else self._mine
        for victim in victims:
            left = then[victim]
            if len(self.pieces) == 2 and victim == 0:
                left = left[:, :, None]
            elif len(self.pieces) == 2:
                left = ((left[:, :, None] >> SQUARES) & np.uint64(1)) * ALL
            where = self._on_king(victim, king=1 if victims is self._mine else 0)
            for _ in takers:  # the one other piece
                where = where | BIT[None, None, :]
            found |= left & where
        return found


_TABLES: dict[tuple[str, str], Table] = {}
_LOCK = threading.RLock()


def table(white: str, black: str = "") -> Table:
    """The table of these pieces, made once a process: at once for one piece, in seconds for two."""
    with _LOCK:
        if (white, black) not in _TABLES:
            _TABLES[white, black] = Table(white, black)
        return _TABLES[white, black]


def _shift(words: Words, dx: int, dy: int) -> Words:
    by = dx + 8 * dy
    moved: Words = words << np.uint64(by) if by > 0 else words >> np.uint64(-by)
    return moved & ENTERED[dx]


def _reach(words: Words, piece: str, free: Words) -> Words:
    """The free squares from which ``piece`` gets to one of ``words`` in one move."""
    found = np.zeros_like(free)
    for dx, dy in STEPS[piece]:
        ray = words
        for _ in range(1 if piece == "N" else 7):
            ray = _shift(ray, dx, dy) & free
            found |= ray
    return found


def _swap(words: Words) -> Words:
    """Exchange the last axis and the bits: each block of 64 words is transposed as a matrix of bits."""
    words = words.copy()
    width = 32
    while width:
        mask = np.uint64(sum(1 << place for place in range(64) if not place & width))
        pairs = words.reshape(*words.shape[:-1], 32 // width, 2, width)
        low, high = pairs[..., 0, :], pairs[..., 1, :]
        change = ((low >> np.uint64(width)) ^ high) & mask
        high ^= change
        low ^= change << np.uint64(width)
        width //= 2
    return words


def _store(planes: list[Words], positions: Words, number: int) -> None:
    for place in range(number.bit_length()):
        if place == len(planes):
            planes.append(np.zeros_like(positions))
        if number >> place & 1:
            planes[place] |= positions


def _read(planes: list[Words], squares: Sequence[int]) -> int:
    *axes, bit = squares
    return sum((int(plane[tuple(axes)]) >> bit & 1) << place for place, plane in enumerate(planes))


def _within(planes: list[Words], number: int) -> Words:
    """The positions whose stored number is from 1 to ``number``."""
    below = np.zeros_like(planes[0]) if planes else np.zeros((64, 64), dtype=np.uint64)
    equal = ~below
    for place in reversed(range(max(len(planes), number.bit_length()))):
        plane = planes[place] if place < len(planes) else np.uint64(0)
        if number >> place & 1:
            below |= equal & ~plane
            equal = equal & plane
        else:
            equal = equal & ~plane
    stored = np.zeros_like(below)
    for plane in planes:
        stored |= plane
    return (below | equal) & stored
