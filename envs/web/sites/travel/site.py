"""The travel desk: its tables, what all its pages need, and the site that handlers are registered with."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.site import Response, Site, Visit
from scoutgym.envs.web.sites.travel.fares import MOST_TRAVELERS, Fare, money
from scoutgym.envs.web.sites.travel.timetable import Timetable

SCHEMA = """
CREATE TABLE desk (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, slogan TEXT NOT NULL, fee INTEGER NOT NULL,
    child INTEGER NOT NULL, infant INTEGER NOT NULL, refund_days INTEGER NOT NULL, invoice_days INTEGER NOT NULL,
    answer_hours INTEGER NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, hours TEXT NOT NULL, address TEXT NOT NULL
);
CREATE TABLE city (
    id INTEGER PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL, code TEXT NOT NULL, about TEXT NOT NULL,
    people INTEGER NOT NULL, airport TEXT NOT NULL, transfer INTEGER NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL
);
CREATE TABLE carrier (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, mode TEXT NOT NULL, cabin INTEGER NOT NULL,
    bag_kilos INTEGER NOT NULL, bag INTEGER NOT NULL, opens INTEGER NOT NULL, closes INTEGER NOT NULL,
    phone TEXT NOT NULL
);
CREATE TABLE fare (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, cabin TEXT NOT NULL, percent INTEGER NOT NULL,
    bags INTEGER NOT NULL, change INTEGER NOT NULL, keep INTEGER NOT NULL
);
CREATE TABLE extra (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, price INTEGER NOT NULL
);
CREATE TABLE line (
    id INTEGER PRIMARY KEY, carrier INTEGER NOT NULL, number TEXT NOT NULL, origin INTEGER NOT NULL,
    target INTEGER NOT NULL, departs INTEGER NOT NULL, minutes INTEGER NOT NULL, days INTEGER NOT NULL,
    price INTEGER NOT NULL
);
CREATE TABLE offer (id INTEGER PRIMARY KEY, journey TEXT NOT NULL);
CREATE TABLE hotel (
    id INTEGER PRIMARY KEY, city INTEGER NOT NULL, name TEXT NOT NULL, stars INTEGER NOT NULL, score INTEGER NOT NULL,
    votes INTEGER NOT NULL, district TEXT NOT NULL, about TEXT NOT NULL, perks TEXT NOT NULL, opens INTEGER NOT NULL,
    closes INTEGER NOT NULL, meters INTEGER NOT NULL, tax INTEGER NOT NULL
);
CREATE TABLE room (
    id INTEGER PRIMARY KEY, hotel INTEGER NOT NULL, name TEXT NOT NULL, sleeps INTEGER NOT NULL, size INTEGER NOT NULL,
    price INTEGER NOT NULL, breakfast INTEGER NOT NULL, free INTEGER NOT NULL
);
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, password TEXT NOT NULL,
    since TEXT NOT NULL
);
CREATE TABLE traveler (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, born TEXT NOT NULL,
    country TEXT NOT NULL, document TEXT NOT NULL, number TEXT NOT NULL, meal TEXT NOT NULL, seat TEXT NOT NULL
);
CREATE TABLE draft (
    id INTEGER PRIMARY KEY, out TEXT NOT NULL, back TEXT NOT NULL, fare TEXT NOT NULL, adults INTEGER NOT NULL,
    children INTEGER NOT NULL, infants INTEGER NOT NULL, insurance TEXT NOT NULL, email TEXT NOT NULL,
    phone TEXT NOT NULL, payment TEXT NOT NULL
);
CREATE TABLE rider (
    id INTEGER PRIMARY KEY, draft INTEGER NOT NULL, kind TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    born TEXT NOT NULL, document TEXT NOT NULL, number TEXT NOT NULL, seat TEXT NOT NULL, bags INTEGER NOT NULL,
    meal TEXT NOT NULL
);
CREATE TABLE trip (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, person INTEGER NOT NULL, state TEXT NOT NULL, placed TEXT NOT NULL,
    out TEXT NOT NULL, back TEXT NOT NULL, fare TEXT NOT NULL, insurance TEXT NOT NULL, email TEXT NOT NULL,
    phone TEXT NOT NULL, payment TEXT NOT NULL, out_fares INTEGER NOT NULL, back_fares INTEGER NOT NULL,
    extras INTEGER NOT NULL, bags INTEGER NOT NULL, cover INTEGER NOT NULL, fee INTEGER NOT NULL,
    changes INTEGER NOT NULL, refund INTEGER NOT NULL
);
CREATE TABLE passenger (
    id INTEGER PRIMARY KEY, trip INTEGER NOT NULL, kind TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
    born TEXT NOT NULL, document TEXT NOT NULL, number TEXT NOT NULL, seat TEXT NOT NULL, bags INTEGER NOT NULL,
    meal TEXT NOT NULL
);
CREATE TABLE stay (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, person INTEGER NOT NULL, state TEXT NOT NULL, placed TEXT NOT NULL,
    room INTEGER NOT NULL, arrives TEXT NOT NULL, leaves TEXT NOT NULL, guests INTEGER NOT NULL, rooms INTEGER NOT NULL,
    name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, wish TEXT NOT NULL, payment TEXT NOT NULL,
    total INTEGER NOT NULL
);
CREATE TABLE watch (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, day TEXT NOT NULL
);
CREATE TABLE alert (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, origin INTEGER NOT NULL, target INTEGER NOT NULL,
    price INTEGER NOT NULL, until TEXT NOT NULL, often TEXT NOT NULL
);
CREATE TABLE point (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, day TEXT NOT NULL, what TEXT NOT NULL, points INTEGER NOT NULL
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, topic TEXT NOT NULL,
    code TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL
);
"""
"""``draft`` is a booking that is not finished; it has its person's id, and its travelers are the table ``rider``.
``days`` of a line has a bit for each weekday, Monday's first. ``free`` of a room is the days before arrival until when
it can be cancelled; -1 never. A trip's payments are kept apart, as they are paid back by different rules."""

NOTES = {
    "watched": "Saved to your watch list.",
    "unwatched": "Removed from your watch list.",
    "saved": "Your changes were saved.",
    "added": "The traveler was saved.",
    "deleted": "The traveler was deleted.",
    "alert": "Your price alert is set.",
    "no-alert": "The price alert was deleted.",
    "sent": "Thank you. Your message was sent.",
    "booked": "Thank you. Your room is booked.",
    "cancelled": "Your booking was cancelled.",
    "changed": "Your trip was changed.",
    "bags": "The bags were added to your trip.",
    "welcome": "Welcome! You are logged in.",
    "left": "You are logged out.",
}
"""What a page says of what was just done, by the value of ``note`` in its address."""


class Traveler(Visit):
    """A request to the desk: who travels, and by what timetable."""

    @cached_property
    def desk(self) -> Row:
        """The desk itself."""
        return self.one("SELECT * FROM desk")

    @cached_property
    def known(self) -> Row | None:
        """Who is logged in; None for guests."""
        return self.maybe("SELECT * FROM person WHERE id = ?", self.person) if self.person else None

    @cached_property
    def today(self) -> date:
        """The day."""
        return date.fromisoformat(self.now)

    @cached_property
    def timetable(self) -> Timetable:
        """All lines and journeys."""
        return Timetable(self.database)

    @cached_property
    def fares(self) -> dict[str, Fare]:
        """By code, the lowest first."""
        found = self.rows("SELECT code, name, cabin, percent, bags, change, keep FROM fare ORDER BY id")
        return {row["code"]: Fare(**row) for row in found}

    @cached_property
    def extras(self) -> dict[str, dict[str, Row]]:
        """Seats, meals and insurances, by code."""
        found: dict[str, dict[str, Row]] = {}
        for row in self.rows("SELECT * FROM extra ORDER BY id"):
            found.setdefault(row["kind"], {})[row["code"]] = row
        return found

    @cached_property
    def note(self) -> str:
        """What was just done."""
        return NOTES.get(self.query.get("note", ""), "")

    def city(self, text: str) -> Row | None:
        """The city of a name or a code."""
        wanted = text.strip().lower()
        found = (one for one in self.timetable.cities.values() if wanted in (one["name"].lower(), one["code"].lower()))
        return next(found, None)

    def ages(self) -> dict[str, int]:
        """The percentage that each age group pays."""
        return {"adult": 100, "child": self.desk["child"], "infant": self.desk["infant"]}

    def offered(self, kind: str) -> list[tuple[str, str]]:
        """The extras of a kind as options to choose from, with their prices."""
        return [(code, named(row)) for code, row in self.extras[kind].items()]

    def to_login(self) -> Response:
        """To the log-in page, and back from there."""
        return self.go("/login", next=self.request.path)


def named(extra: Row) -> str:
    """An extra and its price."""
    return f"{extra['name']} ({money(extra['price'])})" if extra["price"] else str(extra["name"])


def day(iso: str | date) -> str:
    """A date as people read it."""
    found = date.fromisoformat(iso) if isinstance(iso, str) else iso
    return f"{found:%A}, {found:%B} {found.day}, {found.year}"


def clock(minutes: int) -> str:
    """A time of day; past midnight with the days in between."""
    days, rest = divmod(minutes, 1440)
    return f"{rest // 60:02}:{rest % 60:02}" + (f" (+{days})" if days else "")


def lasting(minutes: int) -> str:
    """Hours and minutes."""
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def stops(count: int) -> str:
    """How often one changes."""
    return "direct" if not count else "1 stop" if count == 1 else f"{count} stops"


def payment(kept: str) -> str:
    """A way of payment: ``invoice``, or ``card`` and the last digits."""
    return "Invoice" if kept == "invoice" else f"Card ending in {kept[-4:]}"


def counted(number: int, what: str, more: str = "") -> str:
    """A number of things."""
    return f"{number} {what if number == 1 else more or what + 's'}"


SITE = Site("travel", "scoutgym.envs.web.sites.travel", SCHEMA, Traveler)
SITE.templates.filters.update(
    money=money, day=day, clock=clock, lasting=lasting, stops=stops, payment=payment, counted=counted
)
SITE.templates.globals.update(most_travelers=MOST_TRAVELERS)
