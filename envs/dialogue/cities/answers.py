"""The answer of a city to a meaning: a yes or a no where one was asked for, and what is known of it."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.dialogue.cities.atlas import City, cities, countries
from scoutgym.envs.dialogue.cities.comparing import EITHER
from scoutgym.envs.dialogue.cities.facts import FACT
from scoutgym.envs.dialogue.cities.lists import price
from scoutgym.envs.dialogue.cities.topics import tell
from scoutgym.envs.dialogue.cities.truths import holds
from scoutgym.envs.dialogue.quantities import Bound

BANDS = (100, 300, 600, 1_000, 2_000, 4_000, 7_000, 10_000, 14_000)
"""Distances are told as lying between two of these, in kilometres."""

SAME = 0.3
"""Degrees within which two places are on one latitude or longitude."""

ONE = "Guess one city at a time, please."
WRONG = "No, that is not the city."
RIGHT = "Yes, that is the city!"
COUNTRY = "There is more than one city of that name: say the country too, as in: Is the city Atlantis, Utopia?"


def answer(city: City, meaning: dict[str, Any]) -> str:
    """What a city says."""
    if "guess" in meaning:
        return RIGHT if meaning["guess"] == city.key else WRONG
    if "guesses" in meaning:
        return ONE
    if "which" in meaning:
        return COUNTRY
    if "ask" in meaning:
        return " ".join(dict.fromkeys(tell(city, topic) for topic in _had(city, meaning["ask"])))
    if "both" in meaning:
        return " ".join(answer(city, one) for one in meaning["both"])
    truth, said = _judged(city, meaning)
    if truth is None:
        return said
    if meaning.get("not"):
        return f"Right. {said}" if not truth else f"No. {said}"
    return f"{'Yes' if truth else 'No'}. {said}"


def _had(city: City, topics: list[str]) -> list[str]:
    """The topics without the facts that are not so, where another one is: "is it tango or samba"."""
    had = [topic for topic in topics if not topic.startswith(FACT) or holds(city, topic, "")]
    return had or topics


def _judged(city: City, meaning: dict[str, Any]) -> tuple[bool | None, str]:
    """Whether it is so, and what is known of it."""
    if "is" in meaning:
        found = [holds(city, topic, value) for topic, value in meaning["is"]]
        said = " ".join(dict.fromkeys(tell(city, topic) for topic, _ in meaning["is"]))
        sure = [one for one in found if one is not None]
        if False in sure:
            return False, said
        return (True if len(sure) == len(found) else None), said
    if "in" in meaning:
        inside = any(_within(city, kind, key) for kind, key in meaning["in"])
        return inside, "It is there." if inside else "It is not there."
    if "borders" in meaning:
        names = {countries()[code].name for code in meaning["borders"]}
        return bool(names & set(city.land.neighbours)), tell(city, "neighbours")
    if "side" in meaning:
        return _side(city, meaning["side"], cities()[meaning["of"]])
    if "far" in meaning:
        return _far(city, meaning)
    if "nearer" in meaning:
        first, second = (cities()[key] for key in meaning["nearer"])
        nearer = "first" if city.distance(first) <= city.distance(second) else "second"
        return None, f"It is nearer to the {nearer} of them."
    if "than" in meaning:
        return _than(city, meaning)
    return _bound(city, meaning)


def _within(city: City, kind: str, key: str) -> bool:
    if kind in ("state", "people state"):
        return city.state == key
    return key in (city.country, city.land.part_of)


def _side(city: City, side: str, other: City) -> tuple[bool | None, str]:
    if side.removeprefix(EITHER) in ("north", "south"):
        apart, names = city.latitude - other.latitude, ("north", "south")
    else:
        apart, names = (city.longitude - other.longitude + 180) % 360 - 180, ("east", "west")
    if abs(apart) <= SAME:
        return (
            None if side.startswith(EITHER) else False
        ), f"It lies neither further {names[0]} nor further {names[1]}, or hardly."
    told = names[0] if apart > 0 else names[1]
    return (None if side.startswith(EITHER) else told == side), f"It lies further {told}."


def _far(city: City, meaning: dict[str, Any]) -> tuple[bool | None, str]:
    away = city.distance(cities()[meaning["far"]])
    above = next((band for band in BANDS if away < band), None)
    below = max((band for band in BANDS if band <= away), default=0)
    said = f"It is more than {below:,} km away." if above is None else f"It is less than {above:,} km away."
    if above is not None and below:
        said = f"It is between {below:,} and {above:,} km away."
    return (_keeps(meaning, away) if "op" in meaning else None), said


def _than(city: City, meaning: dict[str, Any]) -> tuple[bool | None, str]:
    other, what = cities()[meaning["than"]], meaning["what"]
    ours, theirs = _figure(city, what), _figure(other, what)
    near = {"population": 0.05 * theirs, "age": 100, "elevation": 50, "heat": 1, "price": 0}[what]
    if what == "price":
        return _dearer(meaning["op"], int(ours), int(theirs))
    names = {"population": "people", "age": "years of history", "elevation": "height above the sea", "heat": "warmth"}
    if meaning["op"] == EITHER:
        said = "about as much" if abs(ours - theirs) <= near else "more" if ours > theirs else "less"
        return None, f"It has {said} in {names[what]}."
    if abs(ours - theirs) <= near:
        return meaning["op"] == "about", f"It has about as much in {names[what]}."
    if ours > theirs:
        return meaning["op"] == ">", f"It has more in {names[what]}."
    return meaning["op"] == "<", f"It has less in {names[what]}."


def _dearer(op: str, ours: int, theirs: int) -> tuple[bool | None, str]:
    """Prices: levels differ, or the two are about as expensive."""
    said = "more expensive" if ours > theirs else "cheaper" if ours < theirs else "about as expensive"
    truth = {">": ours > theirs, "<": ours < theirs, "about": ours == theirs}.get(op) if ours != theirs else None
    return truth, f"It is {said}."


def _figure(city: City, what: str) -> float:
    figures = {
        "population": city.population,
        "age": -city.founded,
        "elevation": city.elevation,
        "heat": (city.january + city.july) / 2,
        "price": price(city),
    }
    return figures[what]


def _bound(city: City, meaning: dict[str, Any]) -> tuple[bool | None, str]:
    topic = meaning["bound"]
    said = tell(city, topic)
    if topic == "founded":
        doubt = 10 if city.founded > 1500 else 60
        near = [abs(city.founded - edge) < doubt for edge in (meaning["low"], meaning["high"])]
        return (None if any(near) else _keeps(meaning, city.founded)), said
    if topic.startswith("month"):
        return _keeps(meaning, city.temperature(int(topic.split()[1]))), said
    value = {"population": city.population, "elevation": city.elevation, "winter": city.coldest, "summer": city.warmest}
    return _keeps(meaning, value[topic]), said


def _keeps(meaning: dict[str, Any], value: float) -> bool:
    return Bound(0, 0, meaning["op"], meaning["low"], meaning["high"]).holds(value, 0.25)
