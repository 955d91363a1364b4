"""What a city tells of each topic: a sentence, however the question was put.

No sentence holds the city's name, its country's, or the adjective of its country; only a language is told, although it
may be called as the people are.
"""

from __future__ import annotations

from collections.abc import Callable

from scoutgym.envs.dialogue.cities import facts, geography, lists, society
from scoutgym.envs.dialogue.cities.atlas import City
from scoutgym.envs.dialogue.cities.sentences import degrees, having, listed, rounded

Tell = Callable[[City], str]

NO_NAME = (
    "I may not tell the name, nor how it is spelled. Guess it with a question such as: Is the city Atlantis, Utopia?"
)


def _has(name: str) -> Tell:
    yes, no = having()[name]
    return lambda city: yes if name in city.has else no


TELL: dict[str, Tell] = {
    "name": lambda city: NO_NAME,
    "country": lambda city: f"I may not name its country. {geography.region(city)} {geography.continent(city)}",
    "continent": geography.continent,
    "region": geography.region,
    "state": geography.state,
    "hemisphere": geography.hemisphere,
    "latitude": geography.latitude,
    "longitude": geography.longitude,
    "coordinates": lambda city: f"{geography.latitude(city)} {geography.longitude(city)}",
    "tropics": geography.latitude,
    "timezone": geography.timezone,
    "population": lambda city: f"{rounded(city.population).capitalize()} people live in the city.",
    "land population": lambda city: f"{rounded(city.land.population).capitalize()} people live in its country.",
    "land size": lambda city: f"Its country has {rounded(city.land.area)} square kilometres.",
    "language": lambda city: f"They speak {listed(society.languages(city))}.",
    "script": society.script,
    "religion": lambda city: f"The religion of most people: {city.religion or city.land.religion}.",
    "currency": lambda city: f"They pay with this currency: {city.land.currency}.",
    "drives": lambda city: f"They drive on the {city.land.drives}.",
    "government": lambda city: f"Its country's form of state: {city.land.government}.",
    "capital": society.capital,
    "sea": geography.sea,
    "river": geography.river,
    "lake": geography.lake,
    "water": geography.water,
    "elevation": geography.elevation,
    "climate": geography.climate,
    "heat": geography.heat,
    "winter": geography.winter,
    "summer": geography.summer,
    "snow": geography.snow,
    "rain": geography.rain,
    "founded": society.founded,
    "ruler": society.ruler,
    "landmarks": lambda city: f"Among its sights: {listed(city.landmarks)}.",
    "sight": lambda city: f"Among its sights: {listed(city.landmarks)}.",
    "sights": lambda city: f"Among its sights: {listed(city.landmarks)}.",
    "food": lambda city: f"Typical there: {listed(city.foods)}.",
    "known": lambda city: f"It is known for {city.known}.",
    "sport": lambda city: f"The most popular sport: {city.land.sport}.",
    "games": society.games,
    "economy": society.economy,
    "income": lambda city: f"Its country is of {city.land.income} income.",
    "flag": lambda city: f"The flag of its country is {city.land.flag}.",
    "neighbours": society.neighbours,
    "coast": society.coast,
    "clubs": society.clubs,
    "rank": lists.tell_rank,
    "price": lists.tell_price,
    "part": lists.tell_part,
    "nearest": lists.tell_nearest,
    "coast side": lists.tell_coast,
    "home of power": society.capital,
    **{name: _has(name) for name in having()},
}
"""The sentence of each topic."""


def tell(city: City, topic: str) -> str:
    """What is known of a topic; "month 7" is one too, and the facts."""
    if topic.startswith("month"):
        warmth = degrees(city.temperature(int(topic.split()[1])))
        return f"The mean temperature of that month is {warmth}. {geography.rain(city)}"
    if topic.startswith((facts.FACT, facts.THEME)):
        return facts.tell(city, topic)
    return TELL[topic](city)
