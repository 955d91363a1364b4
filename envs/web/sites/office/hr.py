"""HR: overview, profile, what was asked for, training courses, and changes of address and bank data."""

from __future__ import annotations

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office.forms_work import ADDRESS, COURSE, PAYMENT
from scoutgym.envs.web.sites.office.leave import rest
from scoutgym.envs.web.sites.office.sheet import read
from scoutgym.envs.web.sites.office.site import Worker, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response

NAMES = {
    "leave": "Leave request",
    "sick": "Sick note",
    "expense": "Expense claim",
    "course": "Course registration",
    "address": "Change of address",
    "payment": "Change of bank data",
}
"""Forms of HR, as lists have them."""


@page("/hr")
def overview(visit: Worker) -> Response:
    """What there is, and how much leave is left."""
    return visit.show("hr.html", title="HR", rest=rest(visit.database, visit.now))


@page("/hr/profile")
def profile(visit: Worker) -> Response:
    """What the employer knows."""
    manager = visit.one("SELECT * FROM colleague WHERE id = (SELECT manager FROM colleague WHERE id = ?)", visit.person)
    return visit.show("profile.html", title="Profile", manager=manager)


@page("/hr/requests")
def requests(visit: Worker) -> Response:
    """Everything that was sent to HR, the newest first."""
    marks = ", ".join("?" * len(NAMES))
    found = visit.rows(f"SELECT * FROM submission WHERE form IN ({marks}) ORDER BY id DESC", *NAMES)
    return visit.show("requests.html", title="Your requests", requests=found, names=NAMES)


@page("/hr/requests/<number>")
def request(visit: Worker, number: str) -> Response:
    """One of them, field by field."""
    found = visit.one("SELECT * FROM submission WHERE number = ? AND state != 'draft'", number)
    if found["form"] not in NAMES:
        raise NotFound
    title = f"{NAMES[found['form']]} {number}"
    return visit.show("request.html", title=title, request=found, entries=entries(visit, found))


def entries(visit: Worker, submission: Row) -> list[Row]:
    """What was sent, without empty fields."""
    return visit.rows(
        "SELECT label, value FROM entry WHERE submission = ? AND value != '' ORDER BY id", submission["id"]
    )


# Training courses.


@page("/hr/courses")
def courses(visit: Worker) -> Response:
    """All."""
    return visit.show(
        "courses.html", title="Training courses", courses=visit.rows("SELECT * FROM course ORDER BY day, id")
    )


@page("/hr/courses/<int:id>")
def course(visit: Worker, id: int) -> Response:
    """One course."""
    found = visit.one("SELECT * FROM course WHERE id = ?", id)
    return visit.show("course.html", title=found["title"], course=found)


@page("/hr/courses/<int:id>/register")
def course_form(visit: Worker, id: int) -> Response:
    """The form, where there is a seat and the course is still to come."""
    found = visit.one("SELECT * FROM course WHERE id = ?", id)
    if _closed(visit, found):
        return visit.go(f"/hr/courses/{id}")
    return _course(visit, found, Posted({"cost_center": visit.profile["cost_center"]}))


def _closed(visit: Worker, course: Row) -> bool:
    return not course["seats"] or course["day"] <= visit.now or bool(course["mine"])


def _course(visit: Worker, course: Row, posted: Posted) -> Response:
    lead = f"{course['title']}, ${course['price'] // 100:,} for your department"
    return visit.ask(COURSE, posted, {}, action=f"/hr/courses/{course['id']}/register", lead=lead)


@page("/hr/courses/<int:id>/register", post=True)
def course_posted(visit: Worker, id: int) -> Response:
    """Take a seat."""
    found = visit.one("SELECT * FROM course WHERE id = ?", id)
    if _closed(visit, found):
        return visit.go(f"/hr/courses/{id}")
    posted = Posted(visit.form)
    sent = read(COURSE.fields, posted, {}, visit.now)
    if posted.errors:
        return _course(visit, found, posted)
    _, number = visit.record(COURSE, {"course": found["title"]} | sent)
    visit.do("UPDATE course SET mine = 1, seats = seats - 1 WHERE id = ?", id)
    return visit.go(f"/hr/requests/{number}", note="sent")


# Changes of personal data.


@page("/hr/address")
def address(visit: Worker) -> Response:
    """The form, with the address that is known."""
    known = {
        name: visit.profile[name]
        for name in ("street", "postcode", "city", "country", "private_phone", "private_email")
    }
    return visit.ask(ADDRESS, Posted(known), {})


@page("/hr/address", post=True)
def address_posted(visit: Worker) -> Response:
    """Change it."""
    posted = Posted(visit.form)
    sent = read(ADDRESS.fields, posted, {}, visit.now)
    if posted.errors:
        return visit.ask(ADDRESS, posted, {})
    _, number = visit.record(ADDRESS, sent)
    visit.do(
        "UPDATE profile SET street = ?, postcode = ?, city = ?, country = ?, private_phone = ?, private_email = ?",
        *(sent[name] for name in ("street", "postcode", "city", "country", "private_phone", "private_email")),
    )
    return visit.go(f"/hr/requests/{number}", note="sent")


@page("/hr/payment")
def payment(visit: Worker) -> Response:
    """The form for the account that the salary goes to."""
    return visit.ask(PAYMENT, Posted({"holder": visit.profile["holder"]}), {})


@page("/hr/payment", post=True)
def payment_posted(visit: Worker) -> Response:
    """Change it."""
    posted = Posted(visit.form)
    sent = read(PAYMENT.fields, posted, {}, visit.now)
    if not posted.errors and sent["iban"] != sent["again"]:
        posted.errors["again"] = "The two account numbers differ."
    if posted.errors:
        return visit.ask(PAYMENT, posted, {})
    _, number = visit.record(PAYMENT, sent)
    visit.do("UPDATE profile SET holder = ?, iban = ?", sent["holder"], sent["iban"])
    return visit.go(f"/hr/requests/{number}", note="sent")
