"""Where one can go: cities on a map, carriers, and the lines that they run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from math import hypot

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.travel import words

CITIES = 20
"""The last one has hotels, and neither airport nor station."""
MAP = (1100, 760)
"""Kilometers from west to east, and from north to south."""
DAILY = 0b1111111
PATTERNS = (DAILY, DAILY, DAILY, 0b0011111, 0b0011111, 0b1010101, 0b1101010, 0b1110000, 0b0111101)
"""On which weekdays a line runs, Monday's bit the lowest."""

Place = tuple[int, int]


def fill(database: Database, chance: Chance) -> None:
    """Cities, carriers and lines."""
    places = _cities(database, chance.stream("cities"))
    _carriers(database, chance.stream("carriers"))
    number = 0
    for carrier, (code, mode) in enumerate(
        database.execute("SELECT code, mode FROM carrier ORDER BY id").fetchall(), 1
    ):
        own = chance.stream(f"lines {code}")
        pairs = _spokes(own, places, carrier) if mode == "flight" else _chain(own, places, carrier)
        used = 100 + own.below(40)
        for origin, target, often in pairs:
            for departs in _times(own, often, mode):
                used += 1 + own.below(9)
                number += 1
                far = _far(places, origin, target)
                minutes, price = _run(own, far, mode)
                row = (number, carrier, f"{code} {used}", origin, target, departs, minutes, own.choice(PATTERNS), price)
                database.execute(f"INSERT INTO line VALUES ({', '.join('?' * len(row))})", row)


def _cities(database: Database, chance: Chance) -> list[Place]:
    """Spread over the map; the first in the list are the hubs."""
    places: list[Place] = []
    while len(places) < CITIES:
        place = chance.below(MAP[0]), chance.below(MAP[1])
        if all(hypot(place[0] - one[0], place[1] - one[1]) > 90 for one in places):
            places.append(place)
    codes = set[str]()
    names, sights = chance.sample(words.CITIES, CITIES), chance.sample(words.SIGHTS * 2, CITIES)
    for number, (name, place) in enumerate(zip(names, places, strict=True), 1):
        code = _code(name, 3, codes)
        people_ = 1000 * (40 + chance.below(900))
        airport = f"{name} {chance.choice(('North', 'South', 'East', 'West', 'Field', 'International'))}"
        about, transfer = f"Known for {sights[number - 1]}.", 10 + chance.below(11) * 5
        row = (number, name.lower(), name, code, about, people_, airport, transfer, *place)
        database.execute(f"INSERT INTO city VALUES ({', '.join('?' * len(row))})", row)
    return places


def _code(name: str, count: int, used: set[str]) -> str:
    """The first letter of a name and some that follow, as nothing else is written.

    Raises:
        ValueError: no letters are left.
    """
    for rest in combinations(name.upper()[1:], count - 1):
        code = name[0] + "".join(rest)
        if code not in used:
            used.add(code)
            return code
    raise ValueError(f"no {count} letters are left for {name}")


def _carriers(database: Database, chance: Chance) -> None:
    """Four airlines and two railways."""
    used = set[str]()
    for mode, first, ends, count in (
        ("flight", words.AIR, words.AIR_ENDS, 4),
        ("train", words.RAIL, words.RAIL_ENDS, 2),
    ):
        flying = mode == "flight"
        for name in chance.sample(first, count):
            row = (
                *(_code(name, 2, used), f"{name} {chance.choice(ends)}", mode),
                chance.choice((7, 8, 10, 12) if flying else (20, 25)),
                *(chance.choice((20, 23, 25) if flying else (28, 30)), 500 * (5 + chance.below(6) if flying else 2)),
                *(chance.choice((24, 30, 36, 48)), chance.choice((40, 45, 60) if flying else (5, 10))),
                people.phone(chance),
            )
            database.execute(f"INSERT INTO carrier VALUES (NULL, {', '.join('?' * len(row))})", row)


def _spokes(chance: Chance, places: Sequence[Place], carrier: int) -> Iterator[tuple[int, int, int]]:
    """From a hub to cities that are not near, and back; each with how often a day."""
    hub = carrier
    far = [number for number in range(1, CITIES) if number != hub and _far(places, hub, number) > 190]
    for number in chance.sample(far, min(11, len(far))):
        often = 1 + chance.below(4)
        yield hub, number, often
        yield number, hub, often
    one, two = chance.sample(far, 2)
    yield one, two, 1
    yield two, one, 1


def _chain(chance: Chance, places: Sequence[Place], carrier: int) -> Iterator[tuple[int, int, int]]:
    """Along cities one after the other, in the west or in the east; expresses leave one out."""
    west = carrier % 2 == 1
    order = sorted(range(1, CITIES), key=lambda number: places[number - 1][0], reverse=not west)[:10]
    way = [order.pop(0)]
    while order:
        nearest = min(order, key=lambda number: _far(places, way[-1], number))
        order.remove(nearest)
        way.append(nearest)
    for one, two in pairwise(way):
        yield one, two, 4
        yield two, one, 4
    for one, two in zip(way, way[2:], strict=False):
        if chance.below(2):
            yield one, two, 1
            yield two, one, 1


def _far(places: Sequence[Place], one: int, two: int) -> int:
    """Kilometers between two cities."""
    (x, y), (u, v) = places[one - 1], places[two - 1]
    return round(hypot(x - u, y - v))


def _times(chance: Chance, often: int, mode: str) -> list[int]:
    """When lines depart: spread over the day from six on."""
    first, last = 360, 1290
    part = (last - first) // often
    return [first + part * place + chance.below(part // 5) * 5 for place in range(often)]


def _run(chance: Chance, far: int, mode: str) -> tuple[int, int]:
    """How long it takes in minutes, and the base price in cents."""
    if mode == "flight":
        return (40 + far * 60 // 690 + chance.below(10)) // 5 * 5, (3900 + far * 9 + chance.below(2500)) // 100 * 100
    return 12 + far * 60 // 125 + chance.below(9), (700 + far * 8 + chance.below(600)) // 100 * 100
