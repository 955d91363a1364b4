"""A booking as a whole: its journeys, fare and travelers, what it costs, and how it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.travel.fares import Bill, Fare, Rider, bill, earned
from scoutgym.envs.web.sites.travel.timetable import Journey

LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
"""Of booking codes: those that are not mistaken for others, and make no words."""


@dataclass(frozen=True)
class Booking:
    """What is booked.

    Args:
        journeys: there, and back where one comes back.
        fare: the same for all.
        riders: rows with ``kind``, names, birth date, document, ``seat``, ``bags`` and ``meal``.
        ages: the percentage that each kind of traveler pays.
        extras: the rows of seats and meals by code, and of insurances.
        insurance: its code.
        fee: of the desk.
    """

    journeys: Sequence[Journey]
    fare: Fare
    riders: Sequence[Row]
    ages: Mapping[str, int]
    extras: Mapping[str, Mapping[str, Row]]
    insurance: str
    fee: int

    @property
    def bill(self) -> Bill:
        """What it costs."""
        riders = [
            Rider(
                self.ages[one["kind"]],
                self.extras["seat"][one["seat"]]["price"] + self.extras["meal"][one["meal"]]["price"],
                one["bags"],
            )
            for one in self.riders
        ]
        journeys = [(one.price, one.carrier["bag"]) for one in self.journeys]
        return bill(self.fare, journeys, riders, self.extras["insurance"][self.insurance]["price"], self.fee)

    def fares(self, journey: Journey) -> int:
        """Of all travelers, in one direction."""
        return sum(self.fare.price(journey.price, self.ages[one["kind"]]) for one in self.riders)

    def store(self, database: Database, person: int, placed: date, email: str, phone: str, payment: str) -> str:
        """Write it down; the booking code."""
        there, *back = self.journeys
        sums = self.bill
        highest = database.execute("SELECT coalesce(max(id), 0) FROM trip").fetchone()[0]
        code = code_of("trip", highest + 1, placed, there.key)
        row = (
            *(code, person, "booked", placed.isoformat(), there.key, back[0].key if back else "", self.fare.code),
            *(self.insurance, email, phone, payment, self.fares(there), self.fares(back[0]) if back else 0),
            *(sums.extras, sums.bags, sums.insurance, sums.fee, 0, 0),
        )
        trip = database.execute(f"INSERT INTO trip VALUES (NULL, {', '.join('?' * len(row))})", row).lastrowid
        for one in self.riders:
            values = [one[key] for key in RIDER]
            database.execute(f"INSERT INTO passenger VALUES (NULL, ?, {', '.join('?' * len(values))})", (trip, *values))
        points = database.execute("SELECT coalesce(sum(points), 0) FROM point WHERE person = ?", (person,)).fetchone()[
            0
        ]
        database.execute(
            "INSERT INTO point VALUES (NULL, ?, ?, ?, ?)",
            (person, placed.isoformat(), f"Trip {code}", earned(sums.fares, points)),
        )
        return code


RIDER = ("kind", "first", "last", "born", "document", "number", "seat", "bags", "meal")
"""The columns of a traveler in a booking."""


def code_of(kind: str, number: int, placed: date, what: str) -> str:
    """A booking code of six signs."""
    rest = int.from_bytes(blake2b(f"{kind} {number} {placed} {what}".encode(), digest_size=8).digest(), "big")
    code = ""
    for _ in range(6):
        rest, place = divmod(rest, len(LETTERS))
        code += LETTERS[place]
    return code
