"""What is told of a city's people, past and trade, and of its country."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.envs.dialogue.cities.atlas import City, named_in
from scoutgym.envs.dialogue.cities.sentences import century, listed, table

CORES = {"RU": "the Soviet Union", "TR": "the Ottoman Empire"}
"""Countries that others were ruled from."""


def capital(city: City) -> str:
    """Of what it is or was the capital."""
    now = "It is a capital of its country" if "country" in city.capital else "It is not the capital of its country"
    if "state" in city.capital:
        now += f", {'and' if 'country' in city.capital else 'but'} that of a state, province or region"
    past = ". It was a capital of a country or an empire in the past" if "former" in city.capital else ""
    return f"{now}{past}."


def founded(city: City) -> str:
    """To the century."""
    return f"It dates from {century(city.founded)}."


def ruler(city: City) -> str:
    """Of its country."""
    if city.country in CORES:
        return f"Its country was the core of {CORES[city.country]}."
    if city.land.ruler is None:
        return "Its country was no colony in modern times."
    return f"Its country was ruled by {city.land.ruler} until modern times."


def languages(city: City) -> Sequence[str]:
    """Those of the city, or of its country."""
    return city.languages or city.land.languages


def script(city: City) -> str:
    """In a sentence."""
    return f"They write with {script_of(city)}."


def script_of(city: City) -> str:
    """By its first language."""
    first = languages(city)[0]
    return table("scripts").get(first, "the Latin alphabet")


def economy(city: City) -> str:
    """What it lives on."""
    lives = {"finance": "finance", "industry": "manufacturing", "tourism": "tourism", "port": "its port"}
    found = [words for tag, words in lives.items() if tag in city.has]
    more = ["government"] if "country" in city.capital else []
    return f"It lives on {listed([*found, *more, 'services'])}."


def neighbours(city: City) -> str:
    """Of its country; names like its own are not told."""
    names = [name for name in city.land.neighbours if not named_in(name, city.forms)]
    like = len(city.land.neighbours) - len(names)
    told = [*names, *(["one whose name is like its own"] if like else [])]
    return f"Its country borders {listed(told)}." if told else "Its country has no land border."


def coast(city: City) -> str:
    """Of its country."""
    kinds = {"landlocked": "is landlocked", "islands": "lies on islands", "coast": "has a coast"}
    return f"Its country {kinds[city.land.coast]}."


def clubs(city: City) -> str:
    """Of its country."""
    names = city.land.clubs
    if not names:
        return "Its country is not in the European Union, in NATO or in the Commonwealth."
    return f"Its country is a member of {listed(names)}."


def games(city: City) -> str:
    """Olympic ones."""
    if not city.games:
        return "It has not held the Olympic Games."
    return f"It has held the Olympic Games: {listed(city.games)}."
