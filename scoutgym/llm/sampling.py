"""How an answer is sampled: the numbers, for every kind of model. What they mean is in `draw.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sampling:
    """How an answer is sampled.

    Args:
        temperature: divides the logits; 0 takes the likeliest token, whose log-probability is then 0.
        top_p: mass of the likeliest tokens that is kept, in (0, 1].
        min_p: tokens less likely than this fraction of the likeliest are left out, in [0, 1].
        max_tokens: of one answer, the end token included.

    Raises:
        ValueError: a number is outside its range.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    min_p: float = 0.0
    max_tokens: int = 16

    def __post_init__(self) -> None:
        if not self.temperature >= 0:
            raise ValueError(f"temperature={self.temperature}: it must be 0 (greedy) or more")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p={self.top_p}: it must be above 0 and at most 1 (1 keeps all tokens)")
        if not 0 <= self.min_p <= 1:
            raise ValueError(f"min_p={self.min_p}: it must be from 0 (keeps all tokens) to 1")
        if self.max_tokens < 1:
            raise ValueError(f"max_tokens={self.max_tokens}: an answer has at least one token")
