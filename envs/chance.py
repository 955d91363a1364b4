"""Luck as a function: random draws keyed by (episode key, turn, draw), never by a generator's state.

A world's state then holds no random state: a saved state is small, replaying a turn gives the same draws, and a fork
chooses between the same luck (same key) and fresh luck (another key). One draw is one BLAKE2b call, about 0.8 µs;
nothing is computed until something is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, MutableSequence, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """The draws of one turn, and the replies of whatever stands outside the world.

    Args:
        key: 1 to 64 bytes; equal keys give equal draws.
        turn: the turn that the draws belong to.
    """

    __slots__ = ("drawn", "key", "outside", "recorded", "turn")

    def __init__(self, key: bytes, turn: int = 0) -> None:
        self.key = key
        self.turn = turn
        self.drawn = 0
        self.outside: list[str] = []
        self.recorded: list[str] = []

    def at(self, turn: int) -> Chance:
        """Move to the first draw of ``turn``."""
        self.turn = turn
        self.drawn = 0
        return self

    def bits(self) -> int:
        """A uniform 64-bit integer."""
        self.drawn += 1
        return int.from_bytes(blake2b(b"%d.%d" % (self.turn, self.drawn), digest_size=8, key=self.key).digest(), "big")

    def random(self) -> float:
        """A uniform float in [0, 1) with 53 random bits."""
        return (self.bits() >> 11) * 2.0**-53

    def below(self, n: int) -> int:
        """A uniform integer in [0, n); its bias is below n / 2^64.

        Raises:
            ValueError: n is not positive.
        """
        if n < 1:
            raise ValueError(f"cannot draw below {n}: it must be at least 1")
        return (self.bits() * n) >> 64

    def uniform(self, low: float, high: float) -> float:
        """A uniform float in [low, high)."""
        return low + (high - low) * self.random()

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """A normal deviate (Box and Muller)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
        return mean + sd * radius * math.cos(2.0 * math.pi * self.random())

    def choice(self, items: Sequence[T]) -> T:
        """A uniform item of a sequence that is not empty."""
        return items[self.below(len(items))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Shuffle in place (Fisher and Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def sample(self, items: Sequence[T], k: int) -> list[T]:
        """``k`` distinct items in random order.

        Raises:
            ValueError: there are fewer than ``k`` items.
        """
        if k > len(items):
            raise ValueError(f"cannot sample {k} of {len(items)} items")
        pool = list(items)
        for place in range(k):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:k]

    def ask(self, call: Callable[[], str]) -> str:
        """What something outside the world says (a language model, a server): asked once, recorded, read back later.

        A replay finds the recorded reply and never calls.
        """
        place = len(self.outside)
        said = self.recorded[place] if place < len(self.recorded) else call()
        self.outside.append(said)
        return said

    def stream(self, name: str) -> Chance:
        """An independent stream of the same key and turn, for a purpose with a name."""
        return Chance(blake2b(name.encode(), digest_size=16, key=self.key).digest(), self.turn)
