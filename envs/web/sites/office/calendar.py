"""The calendar: month, week, events with participants."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office.sheet import Field, Section, Sheet, read
from scoutgym.envs.web.sites.office.site import USER, Worker, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response

EVENT = Sheet(
    "event",
    "EV",
    "New event",
    "calendar",
    (
        Section(
            "",
            (
                Field("title", "Title", needed=True),
                Field("day", "Date", "day", True),
                Field("begins", "Start time", "time", True, hint="For example 14:30."),
                Field("ends", "End time", "time", True),
                Field("place", "Place"),
                Field("notes", "Notes", "area"),
                Field("guests", "Participants", "fixed"),
            ),
        ),
    ),
    "Save event",
)


def _between(visit: Worker, first: date, last: date) -> list[Row]:
    return visit.rows(
        "SELECT event.*, (SELECT count(*) FROM guest WHERE event = event.id) AS guests FROM event "
        "WHERE day BETWEEN ? AND ? ORDER BY day, begins",
        str(first),
        str(last),
    )


def _asked(visit: Worker, name: str) -> date:
    """A day from the address; today where it has none."""
    try:
        return max(min(date.fromisoformat(visit.query.get(name, visit.now)), date(2100, 1, 1)), date(1900, 1, 31))
    except ValueError:
        return date.fromisoformat(visit.now)


@page("/calendar")
def month(visit: Worker) -> Response:
    """The events of a month, as a list."""
    first = _asked(visit, "day").replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return _listed(
        visit, f"{first:%B %Y}", first, last, "/calendar", (first - timedelta(1)).replace(day=1), last + timedelta(1)
    )


@page("/calendar/week")
def week(visit: Worker) -> Response:
    """The events of a week."""
    day = _asked(visit, "day")
    first = day - timedelta(day.weekday())
    title = f"Week of {first:%B} {first.day}, {first.year}"
    return _listed(
        visit, title, first, first + timedelta(6), "/calendar/week", first - timedelta(7), first + timedelta(7)
    )


def _listed(visit: Worker, title: str, first: date, last: date, path: str, before: date, after: date) -> Response:
    holidays = visit.rows("SELECT * FROM holiday WHERE day BETWEEN ? AND ? ORDER BY day", str(first), str(last))
    return visit.show(
        "calendar.html",
        title=title,
        events=_between(visit, first, last),
        holidays=holidays,
        before=f"{path}?day={before}",
        after=f"{path}?day={after}",
    )


@page("/calendar/<int:id>")
def event(visit: Worker, id: int) -> Response:
    """One event."""
    found = visit.one("SELECT * FROM event WHERE id = ?", id)
    return visit.show("event.html", title=found["title"], event=found, guests=_guests(visit, id))


def _guests(visit: Worker, id: int) -> list[Row]:
    return visit.rows(
        "SELECT colleague.id, name FROM guest JOIN colleague ON colleague.id = colleague WHERE event = ? ORDER BY name",
        id,
    )


def _form(visit: Worker, posted: Posted, id: int) -> Response:
    people = visit.rows("SELECT id, name FROM colleague WHERE id != ? ORDER BY name", USER)
    return visit.show(
        "event_form.html",
        title="Change event" if id else "New event",
        sections=EVENT.sections,
        people=people,
        action=f"/calendar/{id}/edit" if id else "/calendar/new",
        values=posted.values,
        errors=posted.errors,
    )


@page("/calendar/new")
def new(visit: Worker) -> Response:
    """The form for a new one."""
    return _form(visit, Posted({}), 0)


@page("/calendar/<int:id>/edit")
def edit(visit: Worker, id: int) -> Response:
    """The form for an old one."""
    found = visit.one("SELECT * FROM event WHERE id = ?", id)
    values = {name: found[name] for name in ("title", "day", "begins", "ends", "place", "notes")}
    return _form(visit, Posted(values | {f"guest-{one['id']}": "yes" for one in _guests(visit, id)}), id)


@page("/calendar/new", post=True)
def new_posted(visit: Worker) -> Response:
    """Keep a new one."""
    return _save(visit, 0)


@page("/calendar/<int:id>/edit", post=True)
def edit_posted(visit: Worker, id: int) -> Response:
    """Change an old one."""
    visit.one("SELECT id FROM event WHERE id = ?", id)
    return _save(visit, id)


def _save(visit: Worker, id: int) -> Response:
    posted = Posted(visit.form)
    sent = read(EVENT.fields, posted, {}, visit.now)
    if not posted.errors and sent["ends"] <= sent["begins"]:
        posted.errors["ends"] = "It ends before it begins."
    if posted.errors:
        return _form(visit, posted, id)
    asked = [
        one
        for one in visit.rows("SELECT id, name FROM colleague WHERE id != ?", USER)
        if posted.on(f"guest-{one['id']}")
    ]
    visit.record(EVENT, sent | {"guests": ", ".join(one["name"] for one in asked)})
    if id:
        visit.do(
            "UPDATE event SET title = ?, day = ?, begins = ?, ends = ?, place = ?, notes = ? WHERE id = ?",
            *sent.values(),
            id,
        )
    else:
        id = visit.do("INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?, ?)", *sent.values())
    old = {one["id"] for one in _guests(visit, id)}
    for gone in sorted(old - {one["id"] for one in asked}):
        visit.do("DELETE FROM guest WHERE event = ? AND colleague = ?", id, gone)
    for one in asked:
        if one["id"] not in old:
            visit.do("INSERT INTO guest VALUES (NULL, ?, ?)", id, one["id"])
    return visit.go(f"/calendar/{id}", note="saved")


@page("/calendar/<int:id>/delete", post=True)
def deleted(visit: Worker, id: int) -> Response:
    """Forget one."""
    visit.do("DELETE FROM guest WHERE event = ?", id)
    visit.do("DELETE FROM event WHERE id = ?", id)
    return visit.go("/calendar", note="deleted")
