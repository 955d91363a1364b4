"""What a search form asks for: cities, days, travelers, class, filters and order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.travel.fares import MOST_TRAVELERS, Fare
from scoutgym.envs.web.sites.travel.site import Traveler, day
from scoutgym.envs.web.sites.travel.timetable import Journey

CABINS = (("economy", "Economy"), ("business", "Business"))
WAYS = (("one", "One way"), ("return", "Return"))
STOPS = (("", "Any"), ("0", "Direct only"), ("1", "At most 1 stop"))
MODES = (("", "Flights and trains"), ("flight", "Flights"), ("train", "Trains"))
TIMES = {
    "": ("Any time", 0, 1440),
    "morning": ("Before 12:00", 0, 720),
    "afternoon": ("12:00 to 17:59", 720, 1080),
    "evening": ("18:00 and later", 1080, 1440),
}
SORTS = {
    "price": ("Lowest price", lambda one: (one.price, one.departs, one.key)),
    "time": ("Shortest travel time", lambda one: (one.minutes, one.price, one.key)),
    "departs": ("Earliest departure", lambda one: (one.departs, one.price, one.key)),
    "arrives": ("Earliest arrival", lambda one: (one.arrives, one.price, one.key)),
}
FIELDS = ("way", "from", "to", "date", "back", "adults", "children", "infants", "cabin", "direct")
"""Of the form on the first page."""


@dataclass(frozen=True)
class Party:
    """Who travels, and in which class: what goes with a search from page to page."""

    adults: int = 1
    children: int = 0
    infants: int = 0
    cabin: str = "economy"

    @property
    def seats(self) -> int:
        """Infants have none."""
        return self.adults + self.children

    @property
    def kinds(self) -> list[str]:
        """One word for each."""
        return ["adult"] * self.adults + ["child"] * self.children + ["infant"] * self.infants

    @property
    def shown(self) -> str:
        """In words."""
        words = (("adult", "adults"), ("child", "children"), ("infant", "infants"))
        numbers = (self.adults, self.children, self.infants)
        return ", ".join(f"{n} {word[n != 1]}" for n, word in zip(numbers, words, strict=True) if n)

    def query(self) -> dict[str, Any]:
        """The pairs of an address."""
        return {"adults": self.adults, "children": self.children, "infants": self.infants, "cabin": self.cabin}


def read_party(posted: Posted) -> Party:
    """The travelers that a form or an address names; where it is wrong, one adult."""
    adults = posted.number("adults", "a number of adults", 0, MOST_TRAVELERS)
    children = posted.number("children", "a number of children", 0, MOST_TRAVELERS)
    infants = posted.number("infants", "a number of infants", 0, MOST_TRAVELERS)
    cabin = posted.choice("cabin", "a class", dict(CABINS))
    if not posted.errors.keys() & {"adults", "children", "infants"}:
        if not adults:
            posted.errors["adults"] = "At least one adult must travel along: children cannot travel alone."
        elif infants > adults:
            posted.errors["infants"] = "Each infant needs an adult to sit with."
        elif adults + children + infants > MOST_TRAVELERS:
            posted.errors["adults"] = f"At most {MOST_TRAVELERS} travelers in one booking."
    return Party() if posted.errors else Party(adults, children, infants, cabin)


@dataclass(frozen=True)
class Search:
    """A search without mistakes; ``back`` is there where one comes back."""

    origin: Row
    target: Row
    day: date
    back: date | None
    party: Party


def read_search(visit: Traveler, posted: Posted) -> Search | None:
    """The search of a form; None where something is wrong with it."""
    party = read_party(posted)
    way = posted.choice("way", "one way or return", dict(WAYS))
    origin = read_city(visit, posted, "from", "where you start")
    target = read_city(visit, posted, "to", "where you go")
    if origin and target and origin["id"] == target["id"]:
        posted.errors["to"] = "Start and destination are the same."
    there = read_day(visit, posted, "date", "a date of departure")
    back = read_day(visit, posted, "back", "a date of return") if way == "return" else None
    if there and back and back < there:
        posted.errors["back"] = "The return is before the departure."
    if posted.errors or origin is None or target is None or there is None:
        return None
    return Search(origin, target, there, back, party)


def read_city(visit: Traveler, posted: Posted, field: str, what: str) -> Row | None:
    """A city by its name or code; None where it is not known."""
    text = posted.text(field, what, most=60)
    found = visit.city(text) if text and field not in posted.errors else None
    if found is None and field not in posted.errors:
        posted.errors[field] = f"We do not know {text}. Choose one of our destinations."
    return found


def read_day(visit: Traveler, posted: Posted, field: str, what: str) -> date | None:
    """A day that can be booked: from tomorrow on, as long as there is a timetable."""
    found = posted.day(field, what)
    if found is not None and found < visit.today:
        posted.errors[field] = "This date is in the past."
    elif found is not None and found == visit.today:
        posted.errors[field] = "Bookings close the day before departure."
    elif found is not None and found > visit.timetable.last:
        posted.errors[field] = f"Our timetable ends on {day(visit.timetable.last)}."
    return found


def filtered(
    journeys: Iterable[Journey], values: Mapping[str, str], fare: Fare, errors: dict[str, str]
) -> list[Journey]:
    """Those that pass the filters of an address, in its order.

    Args:
        journeys: all on a day.
        values: of the address.
        fare: the lowest of the class, at which a highest price is meant.
        errors: gets what is wrong with the filters.
    """
    most = values.get("most", "").strip().removeprefix("$")
    if most and not (most.isascii() and most.isdecimal() and len(most) < 7):
        errors["most"] = "Enter whole dollars, such as 150."
        most = ""
    stops = values.get("stops", "") or ("0" if values.get("direct") else "")
    _, first, last = TIMES.get(values.get("time", ""), TIMES[""])
    mode, carrier = values.get("mode", ""), values.get("carrier", "")
    found = [
        one
        for one in journeys
        if (stops not in ("0", "1") or one.stops <= int(stops))
        and first <= one.departs < last
        and mode in ("", one.carrier["mode"])
        and carrier in ("", one.carrier["code"])
        and (not most or fare.price(one.price) <= 100 * int(most))
    ]
    return sorted(found, key=SORTS.get(values.get("sort", ""), SORTS["price"])[1])


def address(path: str, **pairs: Any) -> str:
    """An address of the site; pairs without a value are left out."""
    return f"{path}?{urlencode({name: value for name, value in pairs.items() if value not in ('', None)})}"
