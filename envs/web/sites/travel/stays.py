"""Staying in a hotel: booking a room, a stay that was booked, cancelling it."""

from __future__ import annotations

from datetime import date

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.booked import code_of
from scoutgym.envs.web.sites.travel.hotels import Nights, free_until, read_nights
from scoutgym.envs.web.sites.travel.payment import PAYMENTS, read_payment
from scoutgym.envs.web.sites.travel.site import SITE, Traveler, day


def _asked(visit: Traveler, id: int, values: dict[str, str]) -> tuple[Row, Nights]:
    """The room and the nights that a page is about.

    Raises:
        NotFound: it is not there.
    """
    nights, number = read_nights(visit, Posted(values)), values.get("room", "")
    if nights is None or not (number.isascii() and number.isdecimal() and len(number) < 9):
        raise NotFound
    room = visit.one(
        "SELECT room.*, hotel.name AS house, stars, district, tax, city.name AS place FROM room "
        "JOIN hotel ON hotel.id = hotel JOIN city ON city.id = city WHERE room.id = ? AND hotel = ?",
        *(int(number), id),
    )
    if not nights.fits(room):
        raise NotFound
    return room, nights


@SITE.page("/hotels/<int:id>/book")
def booking(visit: Traveler, id: int) -> Response:
    """The form."""
    if not visit.known:
        return visit.to_login()
    room, nights = _asked(visit, id, visit.query)
    values = {key: visit.known[key] for key in ("name", "email", "phone")} | {
        "payment": "card",
        "holder": visit.known["name"],
    }
    return _form(visit, room, nights, Posted(values))


def _form(visit: Traveler, room: Row, nights: Nights, posted: Posted) -> Response:
    return visit.show(
        "stay_book.html",
        title="Book a room",
        room=room,
        nights=nights,
        until=free_until(room, nights.arrives),
        total=nights.cost(room) + taxes(room, nights),
        taxes=taxes(room, nights),
        payments=PAYMENTS,
        values=posted.values,
        errors=posted.errors,
    )


def taxes(room: Row, nights: Nights) -> int:
    """The city's tax: for each guest and night."""
    return int(room["tax"]) * nights.guests * nights.count


@SITE.page("/hotels/<int:id>/book", post=True)
def booked(visit: Traveler, id: int) -> Response:
    """Book it."""
    if not visit.known:
        return visit.go("/login")
    room, nights = _asked(visit, id, visit.form)
    posted = Posted(visit.form)
    name, email, phone = posted.text("name", "the guest's name"), posted.email("email"), posted.phone("phone")
    wish = posted.text("wish", "", needed=False, most=LONGEST)
    payment = read_payment(posted, visit.now)
    if not posted.on("terms"):
        posted.errors["terms"] = "Accept the terms and the cancellation rule to book."
    if posted.errors:
        return _form(visit, room, nights, posted)
    number = visit.one("SELECT coalesce(max(id), 0) AS n FROM stay")["n"] + 1
    code = code_of("stay", number, visit.today, str(nights.arrives))
    visit.do(
        "INSERT INTO stay VALUES (NULL, ?, ?, 'booked', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(code, visit.person, visit.now, room["id"], nights.arrives.isoformat(), nights.leaves.isoformat()),
        *(nights.guests, nights.rooms, name, email, phone, wish, payment, nights.cost(room) + taxes(room, nights)),
    )
    return visit.go(f"/stays/{code}", note="booked")


# Stays that were booked.


def _stay(visit: Traveler, code: str) -> Row:
    return visit.one(
        "SELECT stay.*, room.name AS room_name, free, breakfast, hotel.id AS hotel, hotel.name AS house, district, "
        "opens, closes, city.name AS place, slug FROM stay JOIN room ON room.id = room JOIN hotel ON hotel.id = hotel "
        "JOIN city ON city.id = city WHERE stay.code = ? AND person = ?",
        *(code, visit.person),
    )


def cancellable(visit: Traveler, stay: Row) -> bool:
    """Whether it can be cancelled now."""
    until = free_until(stay, date.fromisoformat(stay["arrives"]))
    return stay["state"] == "booked" and until is not None and visit.today <= until


@SITE.page("/stays/<code>")
def stay(visit: Traveler, code: str) -> Response:
    """One stay."""
    if not visit.known:
        return visit.to_login()
    found = _stay(visit, code)
    until = free_until(found, date.fromisoformat(found["arrives"]))
    rule = f"Free of charge until {day(until)}" if until else "This room cannot be cancelled"
    return visit.show("stay.html", title=f"Stay {code}", stay=found, rule=rule, open=cancellable(visit, found))


@SITE.page("/stays/<code>/cancel", post=True)
def stay_cancelled(visit: Traveler, code: str) -> Response:
    """Cancel it; all is paid back."""
    found = _stay(visit, code)
    if not cancellable(visit, found):
        return visit.go(f"/stays/{code}")
    visit.do("UPDATE stay SET state = 'cancelled' WHERE id = ?", found["id"])
    return visit.go(f"/stays/{code}", note="cancelled")
