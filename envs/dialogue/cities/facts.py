"""What single cities are known for (`facts.txt`): a dance, an opera house, a wall; and the themes of such facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from scoutgym.envs.dialogue.cities.atlas import City, cities, countries, lines

FACT, THEME = "fact ", "theme "
"""What the topics of facts and of themes begin with."""

WITHIN = {"music": ("music", "dance")}
"""Themes that take in others."""

UNSURE = "That can be disputed."
NONE = "It is not known for that."
OPEN = "That is not among what I know of it."


@dataclass(frozen=True)
class Fact:
    """A line of the file; it is called by its first phrase."""

    name: str
    theme: str
    said: str
    phrases: tuple[str, ...]
    opposites: tuple[str, ...]
    """Phrases that ask whether it is not so."""
    cities: frozenset[str]
    unsure: frozenset[str]
    """Those of which it can be disputed."""
    whole: bool
    """Whether a city that is in neither set does not have it; else nothing is said of it."""
    of_land: bool
    """Whether it is told of whole countries too."""

    def holds(self, city: City) -> bool | None:
        """Whether a city has it; None where that is disputed or not told."""
        if city.key in self.cities:
            return True
        return False if self.whole and city.key not in self.unsure else None

    def tell(self, city: City) -> str:
        """A sentence."""
        if city.key in self.cities:
            return f"{self.said}."
        return OPEN if not self.whole else UNSURE if city.key in self.unsure else NONE


@cache
def facts() -> dict[str, Fact]:
    """All facts by their names.

    Raises:
        ValueError: two facts have one name.
    """
    found: dict[str, Fact] = {}
    for fact in _facts():
        if found.setdefault(fact.name, fact) is not fact:
            raise ValueError(f"two facts are asked for by {fact.name!r}")
    return found


@cache
def themes() -> dict[str, tuple[str, ...]]:
    """The words of open questions, by theme."""
    heads = (line[2:].partition(":") for line in lines("facts.txt") if line.startswith("##"))
    return {name.strip(): _items(phrases) for name, _, phrases in heads}


@cache
def of_theme(theme: str) -> tuple[Fact, ...]:
    """The facts of a theme."""
    within = WITHIN.get(theme, (theme,))
    return tuple(fact for fact in facts().values() if fact.theme in within)


def tell(city: City, topic: str) -> str:
    """What is told of a topic that is a fact or a theme."""
    if topic.startswith(FACT):
        return facts()[topic.removeprefix(FACT)].tell(city)
    had = [fact.said for fact in of_theme(topic.removeprefix(THEME)) if city.key in fact.cities]
    return f"{'. '.join(had)}." if had else f"Nothing of that kind is among what I know. It is known for {city.known}."


def holds(city: City, topic: str, value: str) -> bool | None:
    """Whether a city has a fact, or lacks it where the value is "no"; or has any of a theme, else that is not told."""
    if topic.startswith(FACT):
        truth = facts()[topic.removeprefix(FACT)].holds(city)
        return truth if truth is None or value != "no" else not truth
    return any(city.key in fact.cities for fact in of_theme(topic.removeprefix(THEME))) or None


def _facts() -> Iterator[Fact]:
    theme = ""
    for line in lines("facts.txt"):
        if line.startswith("##"):
            theme = line[2:].partition(":")[0].strip()
            continue
        said, phrases, has, unsure = (part.strip() for part in line.split("|"))
        asked, _, opposite = phrases.partition("!")
        names = _items(asked)
        of_land = any(name.startswith("@") for name in _items(has))
        whole = not said.startswith("~")
        yield Fact(
            names[0], theme, said.removeprefix("~"), names, _items(opposite), _keys(has), _keys(unsure), whole, of_land
        )


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _keys(text: str) -> frozenset[str]:
    """The keys of the cities that a list names, or all of a country: "Paris, @PE".

    Raises:
        ValueError: there is no such city or country.
    """
    found: set[str] = set()
    for name in _items(text):
        codes, keys = by_country(), by_name()
        if name not in keys and name.removeprefix("@") not in countries():
            raise ValueError(f"no city and no code of a country: {name!r}")
        found.update(codes[name[1:]] if name.startswith("@") else (keys[name],))
    return frozenset(found)


@cache
def by_name() -> dict[str, str]:
    """The keys of the cities by their names, which differ."""
    return {city.name: key for key, city in cities().items()}


@cache
def by_country() -> dict[str, tuple[str, ...]]:
    """The keys of the cities of a country."""
    return {code: tuple(key for key, city in cities().items() if city.country == code) for code in countries()}
