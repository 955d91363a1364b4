"""Figures in a question: "more than two million people", "before 1500", "above 1,000 metres", "over 20 degrees"."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.dialogue.cities.words import MONTHS, fillers
from scoutgym.envs.dialogue.english import Words, stem
from scoutgym.envs.dialogue.quantities import Bound, bounds

FEET = 0.3048
LARGEST = 1e12
"""Larger numbers are no figures of a city."""

CUES = {
    "population": "people inhabitants residents population inhabitant resident citizens live populous million",
    "elevation": "metres meters feet metre meter foot elevation altitude sea level above m ft high",
    "founded": "founded built established founding date dates year century old settled existed exist history age",
    "temperature": "degrees celsius fahrenheit temperature temperatures degree c f winter summer",
}
"""Words that tell which figure is meant; they may stand in such a question."""

UNITS = frozenset(
    "people inhabitants residents metres meters feet degrees celsius fahrenheit years citizens m".split()  # noqa: SIM905 (a word a line would fill the page)
)
MORE = frozenset(
    """more less fewer than exceed over under between number higher lower larger smaller greater it
    ago""".split()  # noqa: SIM905 (as above)
)
NOW = 2025
"""The year from which ages are counted."""


def bounded(of: Words) -> dict[str, Any] | None:
    """A bound on a figure of the city."""
    found = bounds(of, UNITS)
    if len(found) != 1 or {"thousands", "hundreds", "millions", "dozens"} & set(of):
        return None
    bound = found[0]
    if bound.high > LARGEST:
        return None
    rest = of[: bound.start] + of[bound.end :]
    topic = _topic(bound, rest)
    if topic is None:
        return None
    month = next((number for number, name in enumerate(MONTHS, 1) if name in rest), 0)
    known = fillers() | MORE | frozenset(CUES[topic].split())
    if topic == "temperature":
        known |= frozenset(MONTHS) | {"hot", "warm", "cold", "get", "average", "mean", "reach"}
    if not all(word in known or stem(word) in known for word in rest):
        return None
    low, high, op = bound.low, bound.high, bound.op
    if topic == "founded":
        return _year(bound, rest)
    if topic == "temperature":
        if "fahrenheit" in rest or "f" in rest:
            low, high = (low - 32) / 1.8, (high - 32) / 1.8
        when = f"month {month}" if month else next((word for word in ("winter", "summer") if word in rest), "")
        return {"bound": when, "op": op, "low": low, "high": high} if when else None
    if topic == "elevation" and {"feet", "foot", "ft"} & set(rest):
        low, high = low * FEET, high * FEET
    return {"bound": topic, "op": "about" if op == "=" else op, "low": low, "high": high}


def _topic(bound: Bound, rest: Words) -> str | None:
    """Which figure it is about."""
    has = set(rest)
    if has & {"degrees", "celsius", "fahrenheit", "degree", "temperature"}:
        return "temperature"
    if has & {"metres", "meters", "feet", "elevation", "altitude", "metre", "meter"}:
        return "elevation"
    if has & {"founded", "built", "established", "settled", "old", "century", "exist", "existed"}:
        return "founded"
    if has & {"people", "inhabitants", "residents", "population", "citizens", "live", "inhabitant"}:
        return "population" if "country" not in has else None
    return "population" if bound.low >= 10_000 else None


def _year(bound: Bound, rest: Words) -> dict[str, Any] | None:
    low, high, op = bound.low, bound.high, bound.op
    if "century" in rest:
        return None
    if "years" in rest or ("year" in rest and "old" in rest):
        turned: dict[str, Any] = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
        return {"bound": "founded", "op": turned.get(op, op), "low": NOW - high, "high": NOW - low}
    if not (100 <= low <= NOW and 100 <= high <= NOW):
        return None
    if "bc" in rest:
        return None
    return {"bound": "founded", "op": "about" if op == "=" else op, "low": low, "high": high}
