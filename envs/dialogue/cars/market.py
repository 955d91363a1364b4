"""The buyers that may stand behind an opening, and what the answers leave of them: beliefs and gains by arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.belief import partition_gain
from scoutgym.envs.dialogue.cars.buyers import everybody, tell
from scoutgym.envs.dialogue.cars.lot import Lot
from scoutgym.envs.dialogue.case import Answers, Case, Places, Turn


class Keys(Sequence[str]):
    """The keys of some buyers of a lot, made when they are looked at."""

    def __init__(self, lot: Lot, numbers: NDArray[np.intp]) -> None:
        self._lot, self._numbers = lot, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, place: Any) -> Any:
        return f"{self._lot.number:08x}.{self._numbers[place]}"


class Market(Case):
    """The buyers who would buy some car of a lot at a price at which it may be sold; all are as likely.

    Args:
        world: what reads.
        opening: what the seller is told.
        lot: its cars.
    """

    def __init__(self, world: Answers, opening: str, lot: Lot) -> None:
        self._world, self._opening, self.lot = world, opening, lot
        self.numbers = np.flatnonzero(everybody().best(lot))
        self.secrets = Keys(lot, self.numbers)

    @property
    def bank(self) -> tuple[str, ...]:
        """The good questions, and offers."""
        return tuple(self._world.questions(self._opening))

    def left(self, said: Sequence[Turn]) -> Places:
        """The buyers who would have answered so; an answer that nobody would have given is passed over."""
        places = np.arange(len(self.numbers))
        for one in said:
            if one.meaning is None:
                continue
            cells, tuples = self._cells(places, one.meaning)
            fits = [
                " ".join(tell(self.lot, act, code) for act, code in zip(one.meaning, codes, strict=True)) == one.answer
                for codes in tuples
            ]
            if any(fits):
                places = places[np.array(fits)[cells]]
        return places

    def gain(self, left: Places, text: str) -> float:
        """Bits that the answer to a text said at first is expected to tell."""
        meaning = self.meaning(text)
        return 0.0 if meaning is None else self.told(left, meaning)

    def told(self, left: Places, meaning: Any) -> float:
        """Bits that the answer to a meaning is expected to tell about which of ``left`` it is."""
        return partition_gain(np.bincount(self._cells(left, meaning)[0]).tolist())

    def best(self, left: Places) -> tuple[str, float]:
        """The text of the bank with the largest gain; of equals the first."""
        gains = [self.gain(left, text) for text in self.bank]
        place = int(np.argmax(np.round(gains, 9)))
        return self.bank[place], gains[place]

    def _cells(self, places: Places, meaning: Any) -> tuple[NDArray[np.intp], list[list[int]]]:
        """For each buyer the number of the answer to a meaning, and for each such number the codes of its acts."""
        buyers = everybody().of(self.numbers[places])
        codes = np.stack([buyers.codes(self.lot, act) for act in meaning])
        mixed, base = codes[0], 1 << 17
        for row in codes[1:]:
            _, mixed = np.unique(mixed, return_inverse=True)
            mixed = mixed * base + row
        _, first, cells = np.unique(mixed, return_index=True, return_inverse=True)
        return cells.reshape(-1), codes[:, first].T.tolist()
