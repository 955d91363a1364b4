"""The cities and countries of Guess My City: `cities.json` and `countries.json`, read once.

Coordinates, most populations, states, neighbours and areas are from GeoNames (CC BY 4.0), rounded; all else was written
for ScoutGym. Figures are rounded so that they can be trusted: populations (of the city, not of its surroundings) to two
digits, coordinates to a hundredth of a degree, temperatures to a degree, years of foundation to the century where they
are older than a thousand years.
"""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

EARTH = 6371.0
"""Mean radius, in kilometres."""


@dataclass(frozen=True)
class Country:
    """A country, or a territory that has its own name in an address."""

    name: str
    aliases: tuple[str, ...]
    people: tuple[str, ...]
    """The adjectives of its name."""
    continents: tuple[str, ...]
    region: str
    languages: tuple[str, ...]
    currency: str
    """Without the country's name."""
    religion: str
    """Of the most people."""
    drives: str
    government: str
    flag: str
    sport: str
    income: str
    """The World Bank's class: high, upper middle, lower middle or low."""
    ruler: str | None
    """Who ruled it as a colony or as a part of an empire until modern times."""
    area: int
    population: int
    neighbours: tuple[str, ...]
    coast: str
    """landlocked, islands or coast."""
    clubs: tuple[str, ...]
    part_of: str | None = None
    """The code of the country that a territory belongs to."""


@dataclass(frozen=True)
class City:
    """A city. What it does not say of languages, religion, continents and region is as in its country."""

    name: str
    country: str
    """Its code, by ISO 3166."""
    latitude: float
    longitude: float
    population: int
    elevation: int
    """Metres above the sea."""
    climate: str
    """Köppen's class."""
    january: int
    """Mean temperature, in °C."""
    july: int
    founded: int
    """The year, before Christ negative; often only the century is known."""
    capital: tuple[str, ...]
    """Of what: country, state (or province or region); former: of a country or an empire, in the past."""
    utc: float
    """Hours that standard time is ahead of UTC."""
    has: tuple[str, ...]
    """Of port, island, hills, beaches, desert, old town, finance, …: what it has or is known to be."""
    landmarks: tuple[str, ...]
    foods: tuple[str, ...]
    known: str
    aliases: tuple[str, ...] = ()
    state: str | None = None
    sea: str | None = None
    rivers: tuple[str | None, ...] = ()
    """None is a river that shares its name with the city or the country."""
    lakes: tuple[str | None, ...] = ()
    languages: tuple[str, ...] = ()
    religion: str = ""
    continents: tuple[str, ...] = ()
    region: str = ""
    games: tuple[str, ...] = ()
    """Olympic Games: "summer 1900"."""
    famous: bool = False

    @property
    def key(self) -> str:
        """The name as it is guessed: "Paris, France"."""
        return f"{self.name}, {countries()[self.country].name}"

    @property
    def land(self) -> Country:
        """Its country."""
        return countries()[self.country]

    @property
    def hemisphere(self) -> str:
        """north or south."""
        return "north" if self.latitude >= 0 else "south"

    @property
    def warmest(self) -> int:
        """Mean temperature of the warmer of January and July."""
        return max(self.january, self.july)

    @property
    def coldest(self) -> int:
        """Mean temperature of the colder of January and July."""
        return min(self.january, self.july)

    def temperature(self, month: int) -> int:
        """Mean temperature of a month from 1, in °C: a cosine through those of January and July."""
        mean, swing = (self.january + self.july) / 2, (self.january - self.july) / 2
        return round(mean + swing * math.cos(math.pi * (month - 1) / 6))

    def distance(self, other: City) -> float:
        """Kilometres along the great circle."""
        one, two = math.radians(self.latitude), math.radians(other.latitude)
        apart = math.radians(self.longitude - other.longitude)
        half = math.sin((one - two) / 2) ** 2 + math.cos(one) * math.cos(two) * math.sin(apart / 2) ** 2
        return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of city and country."""
        land = self.land
        above = (countries()[land.part_of].name,) if land.part_of else ()
        nations = (self.state,) if self.country == "GB" and self.state else ()
        return (self.name, *self.aliases, land.name, *land.aliases, *nations, *above)

    @property
    def forms(self) -> tuple[str, ...]:
        """What the rules' answers may not hold: the names of city and country, and the adjectives of the country."""
        above = countries()[self.land.part_of].people if self.land.part_of else ()
        return (*self.names, *self.land.people, *above)


@cache
def countries() -> dict[str, Country]:
    """The countries by their codes."""
    return {code: Country(**_tuples(record)) for code, record in load("countries.json").items()}


@cache
def cities() -> dict[str, City]:
    """The cities by their keys."""
    return {city.key: city for city in (City(**_tuples(record)) for record in load("cities.json"))}


def plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def named_in(text: str, forms: tuple[str, ...]) -> str | None:
    """The first of some names that stands in a text as whole words, whatever its case and accents."""
    bare = f" {''.join(c if c.isalnum() else ' ' for c in plain(text))} "
    for form in forms:
        if f" {''.join(c if c.isalnum() else ' ' for c in plain(form))} " in bare:
            return form
    return None


def load(name: str) -> Any:
    """The data of a file beside this one."""
    return json.loads(resources.files("scoutgym.envs.dialogue.cities").joinpath(name).read_text(encoding="utf-8"))


def lines(name: str) -> list[str]:
    """The lines of a text beside this file, without empty ones and comments; headings begin with "##"."""
    text = resources.files("scoutgym.envs.dialogue.cities").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("# ") and line != "#"]


def _tuples(record: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
