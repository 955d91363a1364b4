"""How facts are put into words: lists, round figures, centuries, and the sentences of `sentences.json`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from scoutgym.envs.dialogue.cities.atlas import load

OWN = "one that shares a name with it"
"""Stands for a name that may not be told."""

STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""Large figures are told as the nearest of these times a power of ten."""


@cache
def table(name: str) -> Mapping[str, str]:
    """Sentences by class: ``climates`` and ``rains`` (Köppen's), ``scripts`` (by language)."""
    found: Mapping[str, str] = load("sentences.json")[name]
    return found


@cache
def having() -> Mapping[str, tuple[str, str]]:
    """By what a city may have (`City.has`) the sentence of those that have it, and that of those that have not."""
    return {name: (yes, no) for name, (yes, no) in load("sentences.json")["has"].items()}


def listed(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def rounded(number: float) -> str:
    """In round figures: "about 2 million", "about 300,000"."""
    scale = 10.0 ** math.floor(math.log10(number))
    value = min(STEPS, key=lambda step: abs(step - number / scale)) * scale
    return f"about {value / 1e6:g} million" if value >= 1e6 else f"about {value:,.0f}"


def degrees(temperature: int) -> str:
    """A temperature in steps of 5 °C."""
    low = temperature // 5 * 5
    return f"{low} to {low + 5} °C"


def century(year: int) -> str:
    """ "the 16th century"; of very old times only millennia."""
    if year <= -1000:
        return f"about {round(-year / 1000) * 1000:,} BC"
    number = (abs(year) + 99) // 100 if year > 0 else (abs(year) + 100) // 100
    ends = {1: "st", 2: "nd", 3: "rd"}
    end = "th" if number % 100 in (11, 12, 13) else ends.get(number % 10, "th")
    return f"the {number}{end} century{' BC' if year < 0 else ''}"
