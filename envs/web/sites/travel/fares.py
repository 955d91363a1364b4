"""What a trip costs, and what is paid back: all rules about money, in cents.

======================  ==============================================================================================
price of a day          the base price of a line, more on Fridays and Sundays and shortly before departure, up or down
                        by up to 15 % from day to day, in whole dollars
price of a journey      the sum of its lines; 85 % of that, in whole dollars, where there is more than one
fare of a traveler      the journey's price times the percentage of the fare (100 is the lowest) and of the age group
extras                  seat, bags and meal, for each traveler and direction
insurance               for each traveler, once; never paid back
booking fee             once a booking; never paid back
change of the date      the fare's fee for each traveler with a seat, and the difference where the new day costs more
cancellation            the fare keeps its percentage of the fares; with full insurance only a fifth of that is kept;
                        extras are paid back; where a fare keeps 100 % there is no cancellation
======================  ==============================================================================================

Half a cent is rounded up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ADULT, CHILD, INFANT = "adult", "child", "infant"
AGES = {ADULT: (12, 120), CHILD: (2, 11), INFANT: (0, 1)}
"""The first and the last year of life, on the day of departure."""

WEEKDAYS = (100, 92, 90, 98, 118, 104, 115)
"""Percent of the base price, from Monday on."""
SOON = ((2, 150), (6, 125), (13, 108))
"""Up to so many days before departure, percent."""
THROUGH = 85
"""Percent of the sum of its lines that a journey with changes costs."""
COVERED = 20
"""Percent of what a fare keeps that is kept in spite of full insurance."""
LEVELS = (("Gold", 4000, 50), ("Silver", 1500, 25), ("Blue", 0, 0))
"""Of the club: name, points from which on, extra points in percent."""
MOST_BAGS = 3
"""Of a traveler, those that the fare includes among them."""
MOST_TRAVELERS = 6
"""In one booking."""


def money(cents: int) -> str:
    """Dollars, as people read them."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


def share(cents: int, percent: int) -> int:
    """A percentage of an amount."""
    return (cents * percent + 50) // 100


def mixed(*numbers: int) -> int:
    """A number that looks like chance and is not: the same for the same numbers (xorshift and multiply, 32 bits)."""
    found = 2166136261
    for number in numbers:
        found = ((found ^ (number & 0xFFFFFFFF)) * 16777619 + 0x9E3779B9) & 0xFFFFFFFF
        found ^= found >> 15
        found = (found * 0x2C1B3C6D) & 0xFFFFFFFF
        found ^= found >> 13
    return found


def day_price(base: int, line: int, day: date, today: date) -> int:
    """What a line costs on a day for somebody who books today."""
    percent = WEEKDAYS[day.weekday()] * (85 + mixed(line, base, day.toordinal()) % 31)
    ahead = (day - today).days
    percent *= next((more for days, more in SOON if ahead <= days), 100)
    return (base * percent + 50_000_000) // 100_000_000 * 100


def journey_price(prices: Sequence[int]) -> int:
    """What lines that are taken one after the other cost together."""
    return prices[0] if len(prices) == 1 else (sum(prices) * THROUGH + 5000) // 10_000 * 100


def night_price(base: int, room: int, day: date) -> int:
    """What a room costs for the night that begins on a day."""
    weekend = 115 if day.weekday() in (4, 5) else 100
    return (base * weekend * (92 + mixed(room, base, day.toordinal()) % 17) + 500_000) // 1_000_000 * 100


@dataclass(frozen=True)
class Fare:
    """What a traveler may expect.

    Args:
        percent: of the lowest price.
        bags: checked bags that are included.
        change: for a change of the date in cents; -1 where there is none.
        keep: percent that is kept upon cancellation; 100 where there is none.
    """

    code: str
    name: str
    cabin: str
    percent: int
    bags: int
    change: int
    keep: int

    def price(self, journey: int, age: int = 100) -> int:
        """For one traveler, whose age group pays so many percent."""
        return share(share(journey, self.percent), age)


@dataclass(frozen=True)
class Rider:
    """One traveler in one booking; ``extras`` is for seat and meal, one direction.

    Args:
        age: percent that the age group pays.
        bags: checked bags, those that are included among them.
    """

    age: int
    extras: int = 0
    bags: int = 0


@dataclass(frozen=True)
class Bill:
    """The sums of a booking."""

    fares: int
    extras: int
    bags: int
    insurance: int
    fee: int

    @property
    def total(self) -> int:
        """What is to be paid."""
        return self.fares + self.extras + self.bags + self.insurance + self.fee


def bill(fare: Fare, journeys: Sequence[tuple[int, int]], riders: Sequence[Rider], insurance: int, fee: int) -> Bill:
    """What a booking costs.

    Args:
        fare: the same for all.
        journeys: the price of each direction, and what its carrier asks for one bag.
        riders: all travelers.
        insurance: for one traveler.
        fee: of the booking.
    """
    return Bill(
        sum(fare.price(price, rider.age) for price, _ in journeys for rider in riders),
        sum(rider.extras for rider in riders) * len(journeys),
        sum(bag_fee(fare, rider.bags, bag) for _, bag in journeys for rider in riders),
        insurance * len(riders),
        fee,
    )


def bag_fee(fare: Fare, bags: int, each: int) -> int:
    """For checked bags, in one direction: those that are not included."""
    return max(0, bags - fare.bags) * each


def change_cost(fare: Fare, seats: int, old: int, new: int) -> tuple[int, int]:
    """The fee for another date, and the difference of the fares: never less than nothing.

    Args:
        fare: which allows a change.
        seats: travelers with a seat of their own.
        old: the fares of the direction as they were paid.
        new: what they cost on the other day.
    """
    return fare.change * seats, max(0, new - old)


def cancelled(keep: int, fares: int, extras: int, full: bool) -> tuple[int, int]:
    """The cancellation fee, and what is paid back.

    Args:
        keep: percent, of the fare; below 100.
        fares: of all travelers.
        extras: seats, meals and bags.
        full: whether the full insurance covers it.
    """
    kept = share(fares, keep)
    fee = share(kept, COVERED) if full else kept
    return fee, fares + extras - fee


def level(points: int) -> tuple[str, int]:
    """The club level of somebody who has so many points, and the extra points in percent."""
    return next((name, extra) for name, start, extra in LEVELS if points >= start)


def earned(fares: int, points: int) -> int:
    """The points for a booking: one for each whole dollar of the fares, and the level's extra; parts are dropped."""
    return fares // 100 * (100 + level(points)[1]) // 100


def age_on(born: date, day: date) -> int:
    """Years of life that are complete on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
