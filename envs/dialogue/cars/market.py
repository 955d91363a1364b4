"""The buyers that may stand behind an opening, and what the answers leave of them: beliefs and gains by arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.belief import partition_gain
from scoutgym.envs.dialogue.cars.buyers import LEAVES, Buyers, everybody, tell
from scoutgym.envs.dialogue.cars.hearing import heard
from scoutgym.envs.dialogue.cars.lot import Lot
from scoutgym.envs.dialogue.case import Answers, Case, Places, Turn
from scoutgym.types import canonical

CODES = 128
"""More than any act has answers."""

FIRSTS = 16
"""How many first turns a market remembers what is left after."""


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
        self._firsts: dict[tuple[str, str], Places] = {}

    @property
    def bank(self) -> tuple[str, ...]:
        """The good questions, and offers."""
        return tuple(self._world.questions(self._opening))

    def left(self, said: Sequence[Turn]) -> Places:
        """The buyers who would have answered so; answers in other words are understood as far as can be."""
        told = [one for one in said if one.meaning is not None]
        if not told:
            return np.arange(len(self.numbers))
        first = canonical(told[0].meaning), told[0].answer
        places = self._firsts.get(first)
        if places is None:
            if len(self._firsts) >= FIRSTS:
                self._firsts.clear()
            places = self._firsts[first] = self._kept(np.arange(len(self.numbers)), told[0])
        for one in told[1:]:
            places = self._kept(places, one)
        return places

    def _kept(self, places: Places, one: Turn) -> Places:
        """Those of some buyers whom a turn fits; all of them where it fits none."""
        buyers = self._buyers(places)
        cells, tuples = self._cells(buyers, one.meaning)
        answer = one.answer.removesuffix(f" {LEAVES}")
        fits = [
            " ".join(tell(self.lot, act, code) for act, code in zip(one.meaning, codes, strict=True)) == answer
            for codes in tuples
        ]
        if any(fits):
            kept = np.array(fits)[cells]
        else:
            kept = heard(self.lot, buyers, one.meaning, one.answer)
        return places[kept] if kept.any() else places

    def gain(self, left: Places, text: str) -> float:
        """Bits that the answer to a text said at first is expected to tell."""
        meaning = self.meaning(text)
        return 0.0 if meaning is None else self.told(left, meaning)

    def told(self, left: Places, meaning: Any) -> float:
        """Bits that the answer to a meaning is expected to tell about which of ``left`` it is."""
        return self._told(self._buyers(left), meaning)

    def best(self, left: Places) -> tuple[str, float]:
        """The text of the bank with the largest gain; of equals the first."""
        buyers = self._buyers(left)
        gains = [self._told(buyers, meaning) for meaning in self._meanings]
        place = int(np.argmax(np.round(gains, 9)))
        return self.bank[place], gains[place]

    @cached_property
    def _meanings(self) -> list[Any]:
        """What the texts of the bank mean."""
        return [self.meaning(text) for text in self.bank]

    def _buyers(self, places: Places) -> Buyers:
        return everybody().of(self.numbers[places])

    def _told(self, buyers: Buyers, meaning: Any) -> float:
        return partition_gain(np.bincount(self._cells(buyers, meaning)[0]).tolist())

    def _cells(self, buyers: Buyers, meaning: Any) -> tuple[NDArray[np.intp], list[tuple[int, ...]]]:
        """For each buyer the number of the answer to a meaning, and for each such number the codes of its acts."""
        cells = np.zeros(len(buyers.brand), np.intp)
        tuples: list[tuple[int, ...]] = [()]
        for act in meaning:
            mixed = cells * CODES + buyers.codes(self.lot, act)
            counts = np.bincount(mixed)
            tuples = [(*tuples[cell // CODES], int(cell % CODES)) for cell in np.flatnonzero(counts)]
            cells = (np.cumsum(counts > 0) - 1)[mixed]
        return cells, tuples
