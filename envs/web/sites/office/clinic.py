"""The clinic: doctors, free times, appointments, prescriptions, messages to the practice."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office.forms_care import APPOINTMENT, PRACTICE, REPEAT
from scoutgym.envs.web.sites.office.sheet import read
from scoutgym.envs.web.sites.office.site import Worker, page, weekday
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response


@page("/clinic")
def overview(visit: Worker) -> Response:
    """What comes next, and where the clinic is."""
    coming = _appointments(visit, "state = 'booked' AND day >= ?", visit.now)
    open_registration = visit.maybe("SELECT number FROM submission WHERE form = 'registration' AND state = 'sent'")
    return visit.show("clinic.html", title=visit.firm["clinic"], coming=coming, registered=open_registration)


def _appointments(visit: Worker, where: str, *values: object) -> list[Row]:
    return visit.rows(
        "SELECT appointment.*, name, field, room FROM appointment JOIN doctor ON doctor.id = doctor "
        f"WHERE {where} ORDER BY day, time",
        *values,
    )


@page("/clinic/doctors")
def doctors(visit: Worker) -> Response:
    """All doctors, with the next free time of each."""
    found = visit.rows(
        "SELECT doctor.*, (SELECT min(day || ' ' || time) FROM slot WHERE doctor = doctor.id AND NOT taken "
        "AND day > ?) AS free FROM doctor ORDER BY id",
        visit.now,
    )
    return visit.show("doctors.html", title="Doctors and appointments", doctors=found)


@page("/clinic/doctors/<int:id>")
def doctor(visit: Worker, id: int) -> Response:
    """One doctor, and on which days there are free times."""
    found = visit.one("SELECT * FROM doctor WHERE id = ?", id)
    days = visit.rows(
        "SELECT day, sum(NOT taken) AS free FROM slot WHERE doctor = ? AND day > ? GROUP BY day ORDER BY day",
        id,
        visit.now,
    )
    return visit.show("doctor.html", title=found["name"], doctor=found, days=days)


def _times(visit: Worker, id: int, day: str) -> list[str]:
    found = visit.rows(
        "SELECT time FROM slot WHERE doctor = ? AND day = ? AND NOT taken AND day > ? ORDER BY time", id, day, visit.now
    )
    return [row["time"] for row in found]


@page("/clinic/doctors/<int:id>/<day>")
def times(visit: Worker, id: int, day: str) -> Response:
    """The form, where something is free on that day."""
    found = visit.one("SELECT * FROM doctor WHERE id = ?", id)
    if not _times(visit, id, day):
        return visit.go(f"/clinic/doctors/{id}")
    return _book(visit, found, day, Posted({}))


def _book(visit: Worker, doctor: Row, day: str, posted: Posted) -> Response:
    lead = f"{doctor['name']}, {doctor['field']}, {weekday(day)}"
    options = {"time": _times(visit, doctor["id"], day)}
    return visit.ask(APPOINTMENT, posted, options, lead=lead, action=f"/clinic/doctors/{doctor['id']}/{day}")


@page("/clinic/doctors/<int:id>/<day>", post=True)
def booked(visit: Worker, id: int, day: str) -> Response:
    """Book a time that is free."""
    found = visit.one("SELECT * FROM doctor WHERE id = ?", id)
    free = _times(visit, id, day)
    if not free:
        return visit.go(f"/clinic/doctors/{id}")
    posted = Posted(visit.form)
    sent = read(APPOINTMENT.fields, posted, {"time": free}, visit.now)
    clash = visit.maybe("SELECT id FROM appointment WHERE day = ? AND time = ? AND state = 'booked'", day, sent["time"])
    if clash is not None:
        posted.errors["time"] = "You have another appointment at this time."
    if posted.errors:
        return _book(visit, found, day, posted)
    _, number = visit.record(APPOINTMENT, {"doctor": found["name"], "day": day} | sent)
    visit.do("UPDATE slot SET taken = 1 WHERE doctor = ? AND day = ? AND time = ?", id, day, sent["time"])
    visit.do(
        "INSERT INTO appointment VALUES (NULL, ?, ?, ?, ?, ?, 'booked')", number, id, day, sent["time"], sent["reason"]
    )
    return visit.go(f"/clinic/appointments/{number}", note="sent")


@page("/clinic/appointments")
def appointments(visit: Worker) -> Response:
    """Those to come, and those before."""
    coming = _appointments(visit, "state = 'booked' AND day >= ?", visit.now)
    past = _appointments(visit, "state != 'booked' OR day < ?", visit.now)
    return visit.show("appointments.html", title="Your appointments", coming=coming, past=past)


def _cancellable(visit: Worker, appointment: Row) -> bool:
    last = date.fromisoformat(appointment["day"]) - timedelta(visit.firm["cancel_days"])
    return appointment["state"] == "booked" and visit.now <= last.isoformat()


@page("/clinic/appointments/<number>")
def appointment(visit: Worker, number: str) -> Response:
    """One appointment."""
    found = _appointments(visit, "appointment.number = ?", number) or [visit.one("SELECT 1 FROM clock WHERE 0")]
    may = _cancellable(visit, found[0])
    return visit.show("appointment.html", title=f"Appointment {number}", one=found[0], may=may)


@page("/clinic/appointments/<number>/cancel", post=True)
def cancelled(visit: Worker, number: str) -> Response:
    """Cancel one in time; the time is free again."""
    found = visit.one("SELECT * FROM appointment WHERE number = ?", number)
    if not _cancellable(visit, found):
        return visit.go(f"/clinic/appointments/{number}")
    visit.do("UPDATE appointment SET state = 'cancelled' WHERE id = ?", found["id"])
    visit.do(
        "UPDATE slot SET taken = 0 WHERE doctor = ? AND day = ? AND time = ?",
        found["doctor"],
        found["day"],
        found["time"],
    )
    return visit.go(f"/clinic/appointments/{number}", note="cancelled")


# Prescriptions.


@page("/clinic/prescriptions")
def prescriptions(visit: Worker) -> Response:
    """All prescriptions."""
    found = visit.rows(
        "SELECT prescription.*, name FROM prescription JOIN doctor ON doctor.id = doctor ORDER BY prescription.id"
    )
    return visit.show("prescriptions.html", title="Prescriptions", prescriptions=found)


@page("/clinic/prescriptions/<int:id>")
def repeat(visit: Worker, id: int) -> Response:
    """The form to have one again, where it may be repeated."""
    found = visit.one("SELECT * FROM prescription WHERE id = ?", id)
    if not found["repeats"] or found["state"] == "ordered":
        return visit.go("/clinic/prescriptions")
    return _repeat(visit, found, Posted({"packs": "1"}))


def _repeat(visit: Worker, prescription: Row, posted: Posted) -> Response:
    lead = f"{prescription['drug']}, {prescription['dose']}. Ready within {visit.firm['repeat_days']} working days."
    return visit.ask(REPEAT, posted, {}, lead=lead, action=f"/clinic/prescriptions/{prescription['id']}")


@page("/clinic/prescriptions/<int:id>", post=True)
def repeated(visit: Worker, id: int) -> Response:
    """Order it."""
    found = visit.one("SELECT * FROM prescription WHERE id = ?", id)
    if not found["repeats"] or found["state"] == "ordered":
        return visit.go("/clinic/prescriptions")
    posted = Posted(visit.form)
    sent = read(REPEAT.fields, posted, {}, visit.now)
    if sent["pickup"] == "Sent to a pharmacy" and not sent["pharmacy"]:
        posted.errors["pharmacy"] = "Enter the name of the pharmacy."
    if posted.errors:
        return _repeat(visit, found, posted)
    visit.record(REPEAT, {"drug": found["drug"]} | sent)
    visit.do("UPDATE prescription SET state = 'ordered', repeats = repeats - 1 WHERE id = ?", id)
    return visit.go("/clinic/prescriptions", note="sent")


# Messages to the practice.


@page("/clinic/contact")
def contact(visit: Worker) -> Response:
    """The form."""
    return _contact(visit, Posted({}))


def _contact(visit: Worker, posted: Posted) -> Response:
    return visit.ask(PRACTICE, posted, _doctors(visit))


def _doctors(visit: Worker) -> dict[str, list[str]]:
    return {"doctor": [row["name"] for row in visit.rows("SELECT name FROM doctor ORDER BY id")]}


@page("/clinic/contact", post=True)
def contact_posted(visit: Worker) -> Response:
    """Send it."""
    posted = Posted(visit.form)
    sent = read(PRACTICE.fields, posted, _doctors(visit), visit.now)
    if sent["callback"] and not sent["phone"]:
        posted.errors["phone"] = "Enter a phone number for the call."
    if posted.errors:
        return _contact(visit, posted)
    visit.record(PRACTICE, sent)
    return visit.go("/clinic/contact", note="sent")
