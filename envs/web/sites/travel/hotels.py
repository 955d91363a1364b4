"""Hotels: search, and a hotel with its rooms and rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.fares import mixed, money, night_price
from scoutgym.envs.web.sites.travel.search import address, read_city
from scoutgym.envs.web.sites.travel.site import SITE, Traveler, counted, day

MOST_NIGHTS, MOST_GUESTS, MOST_ROOMS = 14, 8, 4
STARS = (("", "Any"), ("3", "3 stars or more"), ("4", "4 stars or more"), ("5", "5 stars"))
SORTS = {
    "price": ("Lowest price", lambda one: (one["cost"], one["id"])),
    "score": ("Best rated", lambda one: (-one["score"], one["id"])),
    "stars": ("Most stars", lambda one: (-one["stars"], one["cost"], one["id"])),
    "center": ("Nearest to the center", lambda one: (one["meters"], one["id"])),
}


@dataclass(frozen=True)
class Nights:
    """When, and for how many."""

    arrives: date
    leaves: date
    guests: int
    rooms: int

    @property
    def count(self) -> int:
        """How many nights."""
        return (self.leaves - self.arrives).days

    def query(self) -> dict[str, object]:
        """The pairs of an address."""
        return {"arrives": self.arrives, "leaves": self.leaves, "guests": self.guests, "rooms": self.rooms}

    def cost(self, room: Row) -> int:
        """What so many rooms cost for all nights."""
        days = (self.arrives + timedelta(n) for n in range(self.count))
        return self.rooms * sum(night_price(room["price"], room["id"], one) for one in days)

    def left(self, room: Row) -> int:
        """How many rooms of a kind are left."""
        return mixed(room["id"], room["price"], self.arrives.toordinal()) % 8

    def fits(self, room: Row) -> bool:
        """Whether so many sleep in so many rooms, and they are there."""
        return bool(room["sleeps"] * self.rooms >= self.guests and self.left(room) >= self.rooms)


def read_nights(visit: Traveler, posted: Posted) -> Nights | None:
    """The stay that a form names; None where something is wrong with it."""
    days = [
        posted.day(field, what) for field, what in (("arrives", "a day of arrival"), ("leaves", "a day of departure"))
    ]
    guests = posted.number("guests", "a number of guests", 1, MOST_GUESTS)
    rooms = posted.number("rooms", "a number of rooms", 1, MOST_ROOMS)
    arrives, leaves = days
    last = visit.timetable.last
    if arrives and arrives < visit.today:
        posted.errors["arrives"] = "This date is in the past."
    elif arrives and arrives > last:
        posted.errors["arrives"] = f"Rooms can be booked until {day(last)}."
    if arrives and leaves and leaves <= arrives:
        posted.errors["leaves"] = "The day of departure must be after the day of arrival."
    elif arrives and leaves and (leaves - arrives).days > MOST_NIGHTS:
        posted.errors["leaves"] = f"At most {MOST_NIGHTS} nights."
    if "rooms" not in posted.errors and rooms > guests:
        posted.errors["rooms"] = "There are more rooms than guests."
    if posted.errors or arrives is None or leaves is None:
        return None
    return Nights(arrives, leaves, guests, rooms)


def free_until(room: Row, arrives: date) -> date | None:
    """The last day on which a room can be cancelled; None where it never can."""
    return arrives - timedelta(room["free"]) if room["free"] >= 0 else None


@SITE.page("/hotels")
def hotels(visit: Traveler) -> Response:
    """The search form, and what it finds."""
    values = {"guests": "2", "rooms": "1"} | visit.query
    if "city" not in visit.query:
        return visit.show(
            "hotels.html", title="Hotels", found=None, stars=STARS, sorts=_sorts(), values=values, errors={}
        )
    posted = Posted(values)
    city = read_city(visit, posted, "city", "a city")
    nights = read_nights(visit, posted)
    found = None
    if nights is not None and city is not None:
        found = _found(visit, posted, city, nights)
    return visit.show(
        "hotels.html",
        title=f"Hotels in {city['name']}" if city else "Hotels",
        found=found,
        nights=nights,
        stars=STARS,
        sorts=_sorts(),
        link=lambda one: _link(one["id"], nights),
        values=values,
        errors=posted.errors,
    )


def _sorts() -> list[tuple[str, str]]:
    return [(code, shown) for code, (shown, _) in SORTS.items()]


def _link(hotel: int, nights: Nights | None) -> str:
    return address(f"/hotels/{hotel}", **(nights.query() if nights else {}))


def _found(visit: Traveler, posted: Posted, city: Row, nights: Nights) -> list[Row]:
    """The hotels with a room that fits, each with its cheapest."""
    values = posted.values
    rooms: dict[int, list[Row]] = {}
    for room in visit.rows("SELECT room.* FROM room JOIN hotel ON hotel.id = hotel WHERE city = ?", city["id"]):
        wanted = nights.fits(room) and (room["breakfast"] or not values.get("breakfast"))
        if wanted and (room["free"] >= 0 or not values.get("free")):
            rooms.setdefault(room["hotel"], []).append(room | {"cost": nights.cost(room)})
    stars = values.get("stars", "")
    most = posted.text("most", "", needed=False, most=12).removeprefix("$")
    if most and not (most.isascii() and most.isdecimal() and len(most) < 7):
        posted.errors["most"] = "Enter whole dollars, such as 400."
        most = ""
    found = []
    for hotel in visit.rows("SELECT * FROM hotel WHERE city = ?", city["id"]):
        best = min(rooms.get(hotel["id"], []), key=lambda room: room["cost"], default=None)
        enough = stars not in ("3", "4", "5") or hotel["stars"] >= int(stars)
        if best and enough and (not most or best["cost"] <= 100 * int(most)):
            found.append(hotel | {"cost": best["cost"], "room": best})
    return sorted(found, key=SORTS.get(values.get("sort", ""), SORTS["price"])[1])


@SITE.page("/hotels/<int:id>")
def hotel(visit: Traveler, id: int) -> Response:
    """One hotel, and its rooms for some nights."""
    posted = Posted({"guests": "2", "rooms": "1"} | visit.query)
    nights = read_nights(visit, posted) if "arrives" in visit.query else None
    found = visit.one(
        "SELECT hotel.*, city.name AS place, slug FROM hotel JOIN city ON city.id = city WHERE hotel.id = ?", id
    )
    rooms = visit.rows("SELECT * FROM room WHERE hotel = ? ORDER BY price", id)
    for room in rooms:
        room["until"] = free_until(room, nights.arrives) if nights else None
        room["cost"] = nights.cost(room) if nights else 0
        room["there"] = nights is not None and nights.fits(room)
    return visit.show(
        "hotel.html",
        title=found["name"],
        hotel=found,
        rooms=rooms,
        nights=nights,
        link=lambda room: address(f"/hotels/{id}/book", room=room["id"], **(nights.query() if nights else {})),
        values=posted.values,
        errors=posted.errors,
    )


def room_rule(room: Row, until: date | None) -> str:
    """Until when a room can be cancelled; without a date of arrival, how long before it."""
    if room["free"] < 0:
        return "Not refundable"
    if until is None:
        return f"Free cancellation until {counted(room['free'], 'day')} before arrival"
    return f"Free cancellation until {day(until)}"


def tax_rule(cents: int) -> str:
    """The city's tax."""
    return f"{money(cents)} a night for each guest" if cents else "none"


SITE.templates.globals.update(room_rule=room_rule, tax_rule=tax_rule, most_guests=MOST_GUESTS, most_rooms=MOST_ROOMS)
