"""A Gymnasium space of strings: any Unicode, constant-time membership, samples that mean something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium


class TextSpace(gymnasium.Space[str]):
    """All strings. ``sample`` draws from ``sampler`` (an action of the grammar), never line noise.

    Gymnasium's own ``Text`` has a finite character set and looks at every character of every observation.

    Args:
        sampler: 16 random bytes to a string.
        seed: as in Gymnasium.
    """

    def __init__(self, sampler: Callable[[bytes], str] | None = None, seed: int | None = None) -> None:
        super().__init__(shape=None, dtype=None, seed=seed)
        self._sampler = sampler

    @property
    def is_np_flattenable(self) -> bool:
        """Never: a string of any length has no fixed array."""
        return False

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> str:
        """A string of the space: an action of the current grammar, or a hexadecimal number where there is none.

        Raises:
            ValueError: a mask or probabilities were given; strings have none.
        """
        if mask is not None or probability is not None:
            raise ValueError("TextSpace.sample takes no mask and no probability")
        noise = self.np_random.bytes(16)
        return self._sampler(noise) if self._sampler else noise.hex()

    def contains(self, x: Any) -> bool:
        """Whether ``x`` is a string."""
        return isinstance(x, str)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextSpace)

    def __hash__(self) -> int:
        return hash(TextSpace)

    def __repr__(self) -> str:
        return "TextSpace()"

    def __getstate__(self) -> dict[str, Any]:
        """Without the sampler, which belongs to one environment: a copied or sent space samples numbers."""
        return {**self.__dict__, "_sampler": None}
