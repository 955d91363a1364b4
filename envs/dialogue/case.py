"""What the secrets behind one opening would answer: the table that beliefs, gains and the expert read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.belief import partition_gain
from scoutgym.types import canonical

REMEMBERED = 5_000
"""How many questions a case remembers the answers of."""

Places = NDArray[np.intp]
"""Secrets, by their place in `Case.secrets`."""


class Turn(Protocol):
    """What was understood, and answered to it."""

    @property
    def meaning(self) -> Any:
        """None where nothing was understood."""

    @property
    def answer(self) -> str:
        """In words."""


class Answers(Protocol):
    """What a case asks its world; see `scoutgym.envs.dialogue.core.Dialogue`."""

    def possible(self, opening: str) -> Sequence[str]:
        """The secrets."""

    def questions(self, opening: str) -> Sequence[str]:
        """Good questions."""

    def guess(self, secret: str) -> str:
        """The text that succeeds if this is the secret."""

    def read(self, text: str, opening: str) -> Any:
        """The meaning of a text."""

    def reply(self, secret: str, meaning: Any) -> str:
        """The answer to a meaning."""

    def consistent(self, secret: str, meaning: Any, answer: str) -> bool:
        """Whether it could be an answer."""


class Case:
    """The secrets of an opening, and the bank of texts that tell them apart.

    Args:
        world: what reads and answers.
        opening: what all these secrets are introduced by.

    Raises:
        ValueError: nothing begins like that.
    """

    def __init__(self, world: Answers, opening: str) -> None:
        self._world, self._opening = world, opening
        self.secrets: Sequence[str] = tuple(world.possible(opening))
        if not self.secrets:
            raise ValueError(f"no task begins with {opening[:80]!r}")
        self._fits: dict[tuple[str, str], NDArray[np.bool_]] = {}
        self._rows: dict[str, NDArray[np.intp]] = {}

    @cached_property
    def bank(self) -> tuple[str, ...]:
        """The good questions, then every guess."""
        world = self._world
        return (*world.questions(self._opening), *(world.guess(secret) for secret in self.secrets))

    def meaning(self, text: str) -> Any:
        """What a text means here."""
        return self._world.read(text, self._opening)

    def left(self, said: Sequence[Turn]) -> Places:
        """The secrets that contradict the fewest answers."""
        wrong = np.zeros(len(self.secrets), np.intp)
        for one in said:
            if one.meaning is not None:
                wrong += ~self._fitting(one.meaning, one.answer)
        return np.flatnonzero(wrong == wrong.min())

    def gain(self, left: Places, text: str) -> float:
        """Bits that the answer to a text is expected to tell about which of ``left`` it is."""
        meaning = self.meaning(text)
        return 0.0 if meaning is None else self._gain(left, self._row(meaning))

    def best(self, left: Places) -> tuple[str, float]:
        """The text of the bank with the largest gain; of equals the first."""
        gains = [self._gain(left, row) for row in self._table]
        place = int(np.argmax(np.round(gains, 9)))
        return self.bank[place], gains[place]

    @cached_property
    def _table(self) -> list[NDArray[np.intp]]:
        return [self._row(self.meaning(text)) for text in self.bank]

    def _row(self, meaning: Any) -> NDArray[np.intp]:
        """The answer of every secret to a meaning, as numbers from 0."""
        key = canonical(meaning)
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= REMEMBERED:
                self._rows.clear()
            seen: dict[str, int] = {}
            replies = [self._world.reply(secret, meaning) for secret in self.secrets]
            row = self._rows[key] = np.array([seen.setdefault(said, len(seen)) for said in replies], np.intp)
        return row

    def _gain(self, left: Places, row: NDArray[np.intp]) -> float:
        return partition_gain(np.bincount(row[left]).tolist())

    def _fitting(self, meaning: Any, answer: str) -> NDArray[np.bool_]:
        key = canonical(meaning), answer
        fits = self._fits.get(key)
        if fits is None:
            if len(self._fits) >= REMEMBERED:
                self._fits.clear()
            can = [self._world.consistent(secret, meaning, answer) for secret in self.secrets]
            fits = self._fits[key] = np.array(can, np.bool_)
        return fits
