"""What is told of where a city lies, of its waters and of its climate."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.envs.dialogue.cities.atlas import City, named_in
from scoutgym.envs.dialogue.cities.sentences import OWN, degrees, listed, table


def continents(city: City) -> Sequence[str]:
    """One, or two."""
    return city.continents or city.land.continents


def continent(city: City) -> str:
    """By name."""
    names = continents(city)
    return f"It is in {names[0]}." if len(names) == 1 else f"It lies where {listed(names)} meet."


def region(city: City) -> str:
    """Of the continent."""
    return f"It is in {city.region or city.land.region}."


def state(city: City) -> str:
    """Where it is told."""
    if city.state is None:
        return "I do not tell its state or province."
    return "I may not tell its state or province." if named_in(city.state, city.forms) else f"It is in {city.state}."


def hemisphere(city: City) -> str:
    """Both halves of the globe."""
    east = "eastern" if city.longitude >= 0 else "western"
    return f"It is in the {city.hemisphere}ern and the {east} hemisphere."


def latitude(city: City) -> str:
    """In steps of ten degrees."""
    low = int(abs(city.latitude) // 10 * 10)
    return f"It lies between {low} and {low + 10} degrees {city.hemisphere}."


def longitude(city: City) -> str:
    """In steps of ten degrees."""
    low = int(abs(city.longitude) // 10 * 10)
    return f"It lies between {low} and {low + 10} degrees {'east' if city.longitude >= 0 else 'west'}."


def timezone(city: City) -> str:
    """Standard time."""
    hours = int(abs(city.utc))
    minutes = round((abs(city.utc) - hours) * 60)
    sign = "-" if city.utc < 0 else "+"
    return f"Its standard time is UTC{sign}{hours}{f':{minutes:02d}' if minutes else ''}."


def sea(city: City) -> str:
    """By name."""
    if city.sea is None:
        return "It does not lie by the sea."
    return f"It lies by the {city.sea}, or close to it."


def river(city: City) -> str:
    """By name, where the name may be told."""
    if not city.rivers:
        return "No great river is known to flow through it."
    return f"It lies on a river: the {listed([name or OWN for name in city.rivers])}."


def lake(city: City) -> str:
    """By name, where the name may be told."""
    if not city.lakes:
        return "It does not lie on a large lake."
    return f"It lies on a lake: {listed([name or OWN for name in city.lakes])}."


def water(city: City) -> str:
    """Sea, river and lake."""
    said = [tell(city) for tell, there in ((sea, city.sea), (river, city.rivers), (lake, city.lakes)) if there]
    return " ".join(said) or "It lies by no great water."


def elevation(city: City) -> str:
    """In round figures."""
    if city.elevation < 0:
        return "It lies a little below sea level."
    if city.elevation < 50:
        return "It lies less than 50 metres above sea level."
    step = 50 if city.elevation < 500 else 100
    return f"It lies about {round(city.elevation / step) * step:,} metres above sea level."


def climate(city: City) -> str:
    """The class in words, rain and temperatures."""
    return f"It has {table('climates')[city.climate]}. {rain(city)} {heat(city)}"


def heat(city: City) -> str:
    """January and July."""
    return f"The mean temperature is {degrees(city.january)} in January and {degrees(city.july)} in July."


def winter(city: City) -> str:
    """The colder of January and July."""
    month = "January" if city.january <= city.july else "July"
    return f"The coldest time is about {month}, with a mean of {degrees(city.coldest)}."


def summer(city: City) -> str:
    """The warmer of January and July."""
    month = "January" if city.january > city.july else "July"
    return f"The warmest time is about {month}, with a mean of {degrees(city.warmest)}."


def snow(city: City) -> str:
    """By the temperature of the coldest month."""
    if city.coldest <= 1:
        return "It snows there in winter."
    return "Snow is rare there." if city.coldest <= 6 else "It does not snow there, or hardly ever."


def rain(city: City) -> str:
    """By Köppen's class."""
    rains = table("rains")
    return rains.get(city.climate) or rains[city.climate[:2]]
