"""Whether a value of a topic is true of a city: by stated bounds where words are vague ("big", "old", "hot")."""

from __future__ import annotations

from collections.abc import Callable

from scoutgym.envs.dialogue.cities.atlas import City
from scoutgym.envs.dialogue.cities.facts import FACT, THEME
from scoutgym.envs.dialogue.cities.facts import holds as fact_holds
from scoutgym.envs.dialogue.cities.geography import continents
from scoutgym.envs.dialogue.cities.lists import costs, in_part, ranked
from scoutgym.envs.dialogue.cities.regions import lies_in, lies_on
from scoutgym.envs.dialogue.cities.sentences import having
from scoutgym.envs.dialogue.cities.society import CORES, languages, script_of
from scoutgym.envs.dialogue.english import stems, words


def holds(city: City, topic: str, value: str) -> bool | None:
    """Whether a value of a topic is true of a city; None where that is not for a yes or a no."""
    if topic in having():
        return (topic in city.has) != (value == "flat")
    if topic.startswith((FACT, THEME)):
        return fact_holds(city, topic, value)
    if topic not in TESTS or not (value or topic in PLAIN):
        return None
    return TESTS[topic](city, value)


def _continent(city: City, value: str) -> bool:
    of = {"Eurasia": ("Europe", "Asia"), "America": ("North America", "South America")}
    return bool(set(of.get(value, (value,))) & set(continents(city)))


def _elevation(city: City, value: str) -> bool:
    return {"high": city.elevation >= 1000, "low": city.elevation < 100, "below": city.elevation < 0}[value]


def _snow(city: City, value: str) -> bool | None:
    return city.coldest <= 1 or (None if city.coldest <= 6 else False)


def _rain(city: City, value: str) -> bool | None:
    dry = city.climate[0] == "B"
    if value == "dry":
        return dry
    return city.climate in ("Af", "Am", "Cfb", "Cfc") or (False if dry else None)


def _population(city: City, value: str) -> bool:
    low, high = {"big": (1e6, 1e9), "mega": (1e7, 1e9), "small": (0, 5e5), "medium": (2e5, 1.5e6)}[value]
    return low <= city.population < high


def _climate(city: City, value: str) -> bool | None:
    if value == "humid":
        return city.climate in ("Af", "Am", "Aw", "Cfa", "Cwa") or None
    if value == "Am":
        return city.climate == "Am" or (None if city.climate in ("Aw", "Cwa", "Cwb", "BSh", "Dwa", "Dwb") else False)
    return any(city.climate.startswith(kind) for kind in value.split())


def _heat(city: City, value: str) -> bool:
    mean = (city.january + city.july) / 2
    return {"hot": mean >= 22, "warm": mean >= 17, "cold": mean < 10, "mild": 8 <= mean < 20}[value]


def _winter(city: City, value: str) -> bool:
    return {"cold": city.coldest < 5, "mild": 3 <= city.coldest < 16, "warm": city.coldest >= 16}[value]


def _summer(city: City, value: str) -> bool:
    return {"hot": city.warmest >= 25, "warm": city.warmest >= 18, "cool": city.warmest < 20}[value]


def _founded(city: City, value: str) -> bool:
    year = city.founded
    spans = {"ancient": year < 500, "medieval": 500 <= year < 1500, "old": year < 1500, "modern": year >= 1800}
    return spans[value]


def _ruler(city: City, value: str) -> bool:
    ruled = city.land.ruler or ""
    return value in (ruled, CORES.get(city.country)) or value in ruled if value else bool(ruled)


def _income(city: City, value: str) -> bool:
    return city.land.income == "high" if value == "high" else city.land.income in ("low", "lower middle")


def _sights(city: City, value: str) -> bool | None:
    like = {"fort": ("fort", "citadel", "fortress"), "park": ("park", "garden"), "market": ("market", "bazaar", "souk")}
    told = " ".join((*city.landmarks, city.known)).lower()
    return True if any(word in told for word in like.get(value, (value,))) else None


def _known(city: City, value: str) -> bool | None:
    """Whether a word's stem is in what is told; that it is not proves nothing."""
    return value in stems(words(" ".join((city.known, *city.landmarks, *city.foods)))) or None


def _coast_side(city: City, value: str) -> bool | None:
    """Whether it lies on the coast of that side of its country: in the United States by the ocean, else by its part."""
    if city.country == "US" and value in ("east", "west"):
        return lies_in(city, "the East Coast" if value == "east" else "the West Coast")
    if city.sea is None:
        return False
    return in_part(city, value)


def _power(city: City, value: str) -> bool | None:
    """Whether those who rule its country sit there: in the capital, but for countries where the two differ."""
    monarchy = city.land.government == "monarchy"
    if value == "king" and not monarchy:
        return False
    if (value == "king" and city.country in ("CA", "AU", "NZ", "JM", "BS", "PG")) or (
        value == "president" and monarchy
    ):
        return None
    if city.country in ("NL", "ZA", "BO", "CI", "BJ", "TZ", "MY", "LK"):
        return None
    return "country" in city.capital


PLAIN = frozenset("capital sea river lake water snow tropics ruler games coast".split()) | {"home of power"}  # noqa: SIM905 (a word a line would fill the page)
"""Topics that are a matter of yes or no by themselves."""

TESTS: dict[str, Callable[[City, str], bool | None]] = {
    "continent": _continent,
    "country": lambda city, value: value in (city.country, city.land.part_of),
    "region": lies_in,
    "hemisphere": lambda city, value: value
    in (city.hemisphere, "east" if city.longitude >= 0 else "west"),
    "latitude": lambda city, value: city.latitude > 66.5 if value == "arctic" else None,
    "tropics": lambda city, value: abs(city.latitude) < (23.4 if value else 10),
    "population": _population,
    "land size": lambda city, value: city.land.area >= 800_000 if value == "big" else city.land.area < 100_000,
    "language": lambda city, value: value in languages(city),
    "script": lambda city, value: value in script_of(city),
    "religion": lambda city, value: value in (city.religion or city.land.religion),
    "currency": lambda city, value: value == city.land.currency,
    "drives": lambda city, value: value == city.land.drives,
    "government": lambda city, value: value == city.land.government,
    "capital": lambda city, value: (value or "country") in city.capital,
    "sea": lies_on,
    "river": lambda city, value: bool(city.rivers),
    "lake": lambda city, value: bool(city.lakes),
    "water": lambda city, value: bool(city.sea or city.rivers or city.lakes),
    "elevation": _elevation,
    "climate": _climate,
    "heat": _heat,
    "winter": _winter,
    "summer": _summer,
    "snow": _snow,
    "rain": _rain,
    "founded": _founded,
    "ruler": _ruler,
    "sight": lambda city, value: value in city.landmarks,
    "sights": _sights,
    "known": _known,
    "food": lambda city, value: (value in city.foods or None),
    "sport": lambda city, value: value in city.land.sport,
    "games": lambda city, value: any(value in one for one in city.games),
    "income": _income,
    "flag": lambda city, value: value in city.land.flag,
    "coast": lambda city, value: city.land.coast == (value or "landlocked"),
    "clubs": lambda city, value: value in city.land.clubs,
    "rank": ranked,
    "price": costs,
    "part": in_part,
    "coast side": _coast_side,
    "home of power": _power,
    "neighbours": lambda city, value: value in city.land.neighbours,
}  # fmt: skip
"""Whether a value holds, by topic."""
