"""The last steps of a booking: contact, payment, review, confirmation."""

from __future__ import annotations

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.booking import booking_of, step, turned_away
from scoutgym.envs.web.sites.travel.documents import DOCUMENTS
from scoutgym.envs.web.sites.travel.payment import PAYMENTS, read_payment
from scoutgym.envs.web.sites.travel.site import SITE, Traveler
from scoutgym.envs.web.sites.travel.trips import total


@SITE.page("/book/contact")
def contact(visit: Traveler) -> Response:
    """How to reach whoever books."""
    if away := turned_away(visit, "contact"):
        return away
    draft = visit.one("SELECT email, phone FROM draft WHERE id = ?", visit.person)
    known = visit.known or {}
    return step(visit, "contact", "Contact", Posted({key: draft[key] or known[key] for key in ("email", "phone")}))


@SITE.page("/book/contact", post=True)
def contact_posted(visit: Traveler) -> Response:
    """Write it down."""
    if away := turned_away(visit, "contact"):
        return away
    posted = Posted(visit.form)
    email, phone = posted.email("email"), posted.phone("phone")
    if posted.errors:
        return step(visit, "contact", "Contact", posted)
    visit.do("UPDATE draft SET email = ?, phone = ? WHERE id = ?", email, phone, visit.person)
    return visit.go("/book/payment")


@SITE.page("/book/payment")
def payment(visit: Traveler) -> Response:
    """How to pay."""
    if away := turned_away(visit, "payment"):
        return away
    draft = visit.one("SELECT payment FROM draft WHERE id = ?", visit.person)
    kind = draft["payment"].partition(" ")[0] or "card"
    holder = visit.known["name"] if visit.known else ""
    return step(visit, "payment", "Payment", Posted({"payment": kind, "holder": holder}), payments=PAYMENTS)


@SITE.page("/book/payment", post=True)
def payment_posted(visit: Traveler) -> Response:
    """Choose; of a card only the last four digits are kept."""
    if away := turned_away(visit, "payment"):
        return away
    posted = Posted(visit.form)
    kind = read_payment(posted, visit.now)
    if posted.errors:
        return step(visit, "payment", "Payment", posted, payments=PAYMENTS)
    visit.do("UPDATE draft SET payment = ? WHERE id = ?", kind, visit.person)
    return visit.go("/book/review")


# Review.


@SITE.page("/book/review")
def review(visit: Traveler) -> Response:
    """Everything once more, before it is booked."""
    return turned_away(visit, "review") or _review(visit, Posted({}))


def _review(visit: Traveler, posted: Posted) -> Response:
    return step(visit, "review", "Review your booking", posted, documents={c: d.name for c, d in DOCUMENTS.items()})


@SITE.page("/book/review", post=True)
def booked(visit: Traveler) -> Response:
    """Book it."""
    if away := turned_away(visit, "review"):
        return away
    posted = Posted(visit.form)
    if not posted.on("terms"):
        posted.errors["terms"] = "Accept the terms and the fare rules to book."
    if posted.errors:
        return _review(visit, posted)
    draft = visit.one("SELECT * FROM draft WHERE id = ?", visit.person)
    code = booking_of(visit, draft).store(
        visit.database, visit.person, visit.today, draft["email"], draft["phone"], draft["payment"]
    )
    visit.do("DELETE FROM rider WHERE draft = ?", visit.person)
    visit.do("DELETE FROM draft WHERE id = ?", visit.person)
    return visit.go(f"/book/done/{code}")


@SITE.page("/book/done/<code>")
def done(visit: Traveler, code: str) -> Response:
    """Thanks, and the booking code."""
    trip = visit.one("SELECT * FROM trip WHERE code = ? AND person = ?", code, visit.person)
    return visit.show("book_done.html", title="Thank you", trip=trip, total=total(trip))
