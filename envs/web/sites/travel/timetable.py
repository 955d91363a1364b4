"""The timetable: lines with a weekly pattern, and the journeys that they make on a day.

A journey is of one carrier, takes up to three lines that all depart on its day, and changes where there is time enough
and not too much. One that departs no later, arrives no earlier and changes no less than another is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.travel.fares import day_price, journey_price, mixed

HORIZON = 30
"""The last day that can be booked, from today."""
LINES = 3
"""The most that a journey has."""
CHANGE = {"flight": (40, 300), "train": (8, 150)}
"""Minutes between two lines, at least and at most."""
KEY = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,6}(?:-\d{1,6}){0,2})")


NAMED = """SELECT line.*, here.name AS origin_name, there.name AS target_name FROM line
JOIN city AS here ON here.id = line.origin JOIN city AS there ON there.id = line.target"""
"""Lines, with the names of their cities."""


@dataclass(frozen=True)
class Journey:
    """Lines taken one after the other.

    Args:
        day: of departure.
        legs: rows of the table ``line``, with the names of their cities.
        carrier: the row of whoever runs them.
        today: when it is booked; its price depends on that.
    """

    day: date
    legs: tuple[Row, ...]
    carrier: Row
    today: date

    @property
    def key(self) -> str:
        """What stands for it in an address."""
        return f"{self.day}.{'-'.join(str(leg['id']) for leg in self.legs)}"

    @property
    def origin(self) -> int:
        """The city where it begins."""
        return int(self.legs[0]["origin"])

    @property
    def target(self) -> int:
        """The city where it ends."""
        return int(self.legs[-1]["target"])

    @property
    def departs(self) -> int:
        """Minutes after midnight."""
        return int(self.legs[0]["departs"])

    @property
    def arrives(self) -> int:
        """Minutes after the midnight before departure."""
        return int(self.legs[-1]["departs"] + self.legs[-1]["minutes"])

    @property
    def minutes(self) -> int:
        """From departure to arrival."""
        return self.arrives - self.departs

    @property
    def stops(self) -> int:
        """How often one changes."""
        return len(self.legs) - 1

    @property
    def layovers(self) -> list[tuple[str, int]]:
        """The cities where one changes, and the minutes in between."""
        pairs = pairwise(self.legs)
        return [(one["target_name"], two["departs"] - one["departs"] - one["minutes"]) for one, two in pairs]

    @property
    def numbers(self) -> str:
        """Of all lines, as people say them."""
        return ", ".join(leg["number"] for leg in self.legs)

    @cached_property
    def price(self) -> int:
        """Of an adult at the lowest fare."""
        return journey_price([day_price(leg["price"], leg["id"], self.day, self.today) for leg in self.legs])

    @property
    def left(self) -> int:
        """How many seats are left at this price, up to 9."""
        return min(min(9, 1 + mixed(leg["id"], self.day.toordinal(), 7) % 14) for leg in self.legs)


@dataclass
class Timetable:
    """The lines of a desk's database, for somebody who books on its day."""

    database: Database
    booked: date | None = None
    """When it is booked, where that is not the day of the database."""
    _lines: dict[int, list[Row]] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        """When it is booked."""
        if self.booked is not None:
            return self.booked
        return date.fromisoformat(self.database.value("SELECT today FROM clock"))

    @property
    def last(self) -> date:
        """The last day that can be booked."""
        return self.today + timedelta(HORIZON)

    @cached_property
    def carriers(self) -> dict[int, Row]:
        """All, by id."""
        return {row["id"]: row for row in self.database.rows("SELECT * FROM carrier")}

    @cached_property
    def cities(self) -> dict[int, Row]:
        """All, by id."""
        return {row["id"]: row for row in self.database.rows("SELECT * FROM city")}

    def lines(self, day: date) -> list[Row]:
        """Those that run on a day, with the names of their cities."""
        weekday = day.weekday()
        if weekday not in self._lines:
            wanted = f"{NAMED} WHERE days & ? ORDER BY departs, line.id"
            self._lines[weekday] = self.database.rows(wanted, 1 << weekday)
        return self._lines[weekday]

    def journeys(self, origin: int, target: int, day: date) -> list[Journey]:
        """All from one city to another on a day, the earliest first."""
        leaving: dict[tuple[int, int], list[Row]] = {}
        for row in self.lines(day):
            leaving.setdefault((row["carrier"], row["origin"]), []).append(row)
        found: list[Journey] = []
        for number, carrier in self.carriers.items():
            ways = [legs for leg in leaving.get((number, origin), ()) for legs in _on(leaving, (leg,), target, carrier)]
            made = [Journey(day, legs, carrier, self.today) for legs in ways]
            found += [one for one in made if not any(_better(other, one) for other in made)]
        return sorted(found, key=lambda one: (one.departs, one.arrives, one.key))

    def read(self, key: str) -> Journey | None:
        """The journey of a key; None where there is none such."""
        match = KEY.fullmatch(key)
        if match is None:
            return None
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            return None
        numbers = [int(one) for one in match[2].split("-")]
        marks = ", ".join("?" * len(numbers))
        found = {row["id"]: row for row in self.database.rows(f"{NAMED} WHERE line.id IN ({marks})", *numbers)}
        legs = tuple(found[number] for number in numbers if number in found)
        if len(legs) < len(numbers) or not all(leg["days"] >> day.weekday() & 1 for leg in legs):
            return None
        carrier = self.carriers[legs[0]["carrier"]]
        if any(not _fits(one, two, carrier) for one, two in pairwise(legs)):
            return None
        return Journey(day, legs, carrier, self.today)


def leads_back(out: Journey, back: Journey) -> bool:
    """Whether one journey leads back from another, and departs after its arrival."""
    between = (back.day - out.day).days * 1440 + back.departs - out.arrives
    return (out.origin, out.target) == (back.target, back.origin) and between > 0


def _on(
    leaving: Mapping[tuple[int, int], Sequence[Row]], legs: tuple[Row, ...], target: int, carrier: Row
) -> list[tuple[Row, ...]]:
    """The ways to go on to the target; where several lines follow alike, those within the time for a change."""
    last = legs[-1]
    if last["target"] == target:
        return [legs]
    if len(legs) == LINES:
        return []
    been = {leg["origin"] for leg in legs}
    found = []
    for row in leaving.get((carrier["id"], last["target"]), ()):
        if row["target"] not in been and _fits(last, row, carrier):
            found += _on(leaving, (*legs, row), target, carrier)
    return found


def _fits(one: Row, two: Row, carrier: Row) -> bool:
    """Whether one line can be taken after another."""
    low, high = CHANGE[carrier["mode"]]
    between = two["departs"] - one["departs"] - one["minutes"]
    return one["carrier"] == two["carrier"] and one["target"] == two["origin"] and bool(low <= between <= high)


def _better(one: Journey, two: Journey) -> bool:
    """Whether there is no reason to take the second."""
    as_good = one.departs >= two.departs and one.arrives <= two.arrives and one.stops <= two.stops
    return as_good and (one.departs, one.arrives, one.stops) != (two.departs, two.arrives, two.stops)
