"""The rank of a city in its country, what it costs, its part of the country and the nearest sea (`lists.txt`)."""

from __future__ import annotations

from functools import cache

from scoutgym.envs.dialogue.cities.atlas import City, lines, named_in

ORDINALS = ("", "the largest", "the second largest", "the third largest", "the fourth largest", "the fifth largest")
PRICES = ("", "It is a cheap place", "It is a rather cheap place", "Its prices are of the middle kind",
          "It is an expensive place", "It is one of the most expensive places")  # fmt: skip
NEXT = 2
"""Places by which a rank may be wrong: the orders of lists differ."""


@cache
def _lists() -> dict[str, dict[str, str]]:
    """What is listed, by the name of the list and that of a city or country."""
    found: dict[str, dict[str, str]] = {}
    for line in lines("lists.txt"):
        if line.startswith("##"):
            entries = found.setdefault(line[2:].partition(":")[0].strip(), {})
            continue
        for item in line.split(", "):
            key, _, value = item.partition(": ")
            entries[key] = value
    return found


def _of(city: City, name: str) -> str | None:
    listed = _lists()[name]
    return listed.get(city.name, listed.get(f"@{city.country}"))


def rank(city: City) -> int | None:
    """About the how-many-th city of its country it is, by population; None where that is not told."""
    found = _of(city, "rank")
    return None if found is None else int(found)


def tell_rank(city: City) -> str:
    """In words: exact up to five, and in classes after."""
    place = rank(city)
    if place is None:
        return "It is not the largest city of its country; I do not tell its rank."
    if place < len(ORDINALS):
        return f"It is {ORDINALS[place]} city of its country, or about that."
    return f"It is {'among the ten' if place <= 10 else 'not among the ten'} largest cities of its country."


def ranked(city: City, value: str) -> bool | None:
    """Whether it is exactly of a rank ("2"), or among the first ("top 5"); None where lists may differ."""
    place = rank(city)
    if place is None:
        return None
    if value.startswith("top "):
        first = int(value[4:])
        return True if place <= first else None if place <= first + NEXT else False
    exact = int(value)
    if place == exact:
        return True
    return None if place > 1 and abs(place - exact) <= 1 and exact > 1 else False


def price(city: City) -> int:
    """From 1, cheap, to 5, among the most expensive."""
    return int(_of(city, "price") or 2)


def tell_price(city: City) -> str:
    """In words."""
    return f"{PRICES[price(city)]}, compared with others in the world."


def costs(city: City, value: str) -> bool | None:
    """Whether it is expensive, or cheap; None in the middle."""
    level = price(city)
    if level == 3:
        return None
    return (level > 3) == (value == "expensive")


def part(city: City) -> tuple[float, float] | None:
    """How far north and how far east in its country it lies, from 0 to 1; None where its country is small or odd."""
    extent = _lists()["extent"].get(city.country)
    if extent is None:
        return None
    south, north, west, east = map(float, extent.split())
    up, right = (city.latitude - south) / (north - south), (city.longitude - west) / (east - west)
    return (up, right) if -0.1 <= up <= 1.1 and -0.1 <= right <= 1.1 else None


def tell_part(city: City) -> str:
    """In words, by thirds."""
    found = part(city)
    if found is None:
        return "I do not tell in which part of its country it lies."
    up, right = found
    words = (
        "north" if up > 2 / 3 else "south" if up < 1 / 3 else "",
        "east" if right > 2 / 3 else "west" if right < 1 / 3 else "",
    )
    return f"It lies in the {''.join(words) or 'middle'} of its country."


def in_part(city: City, value: str) -> bool | None:
    """Whether it lies in a part of its country; None near the limits of the part."""
    found = part(city)
    if found is None or not value:
        return None
    up, right = found
    if value == "middle":
        return all(1 / 3 <= one <= 2 / 3 for one in found) or (None if all(0.2 < one < 0.8 for one in found) else False)
    share = {"north": up, "south": 1 - up, "east": right, "west": 1 - right}[value]
    return True if share > 2 / 3 else False if share < 0.45 else None


def tell_nearest(city: City) -> str:
    """The sea by which it lies, or the nearest one."""
    if city.sea is not None:
        return f"It lies by the {city.sea}, or close to it."
    sea = _of(city, "nearest")
    if sea is None or named_in(sea, city.forms):
        return "It does not lie by the sea; I do not tell which is nearest."
    return f"It does not lie by the sea; the nearest is the {sea}."


def tell_coast(city: City) -> str:
    """East coast or west coast: of the United States, or the side of its country on which it lies by the sea."""
    if city.sea is None:
        return f"It does not lie by the sea. {tell_part(city)}"
    return f"It lies by the {city.sea}, or close to it. {tell_part(city)}"
