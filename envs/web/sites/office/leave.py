"""Leave: working days and halves of them, what is left, the form and the list; sick notes."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office.forms_work import LEAVE, SICK, VACATION
from scoutgym.envs.web.sites.office.sheet import Options, read
from scoutgym.envs.web.sites.office.site import USER, Worker, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response

LONGEST = 60
"""Calendar days of one leave."""


def halves(database: Database, first: date, last: date, half: str = "") -> int:
    """Half working days between two days, both included: weekends and holidays do not count, a half day counts once.

    Args:
        database: with its holidays.
        first: the first day.
        last: the last day.
        half: which day is a half one: ``first``, ``last``, ``both``, or empty.
    """
    free = {row[0] for row in database.execute("SELECT day FROM holiday")}
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    working = [one for one in days if one.weekday() < 5 and one.isoformat() not in free]
    short = {"": (), "first": (first,), "last": (last,), "both": (first, last)}[half]
    return 2 * len(working) - sum(one in working for one in set(short))


def rest(database: Database, today: str) -> dict[str, int]:
    """Days of vacation in this year, in halves: granted, carried over, taken or asked for, left."""
    granted, carried = database.execute("SELECT 2 * granted, 2 * carried FROM profile").fetchone()
    used = database.execute(
        "SELECT coalesce(sum(halves), 0) FROM leave WHERE kind = ? AND state IN ('approved', 'requested') "
        "AND substr(first, 1, 4) = ?",
        (VACATION, today[:4]),
    ).fetchone()[0]
    return {"granted": granted, "carried": carried, "used": used, "left": granted + carried - used}


@page("/hr/leave")
def leaves(visit: Worker) -> Response:
    """What was asked for, and what is left."""
    found = visit.rows("SELECT * FROM leave ORDER BY first DESC")
    holidays = visit.rows("SELECT * FROM holiday WHERE substr(day, 1, 4) = ? ORDER BY day", visit.now[:4])
    left = rest(visit.database, visit.now)
    return visit.show("leave.html", title="Your leave", leaves=found, rest=left, holidays=holidays)


def _options(visit: Worker) -> Options:
    found = visit.rows("SELECT name FROM colleague WHERE id != ? ORDER BY name", USER)
    names = [row["name"] for row in found]
    return {"substitute": names, "handed": names}


def _lead(visit: Worker) -> str:
    left = rest(visit.database, visit.now)["left"]
    notice = visit.firm["leave_notice"]
    return f"You have {left / 2:g} days of vacation left. Ask at least {notice} days before the first day."


@page("/hr/leave/new")
def leave(visit: Worker) -> Response:
    """The form."""
    return visit.ask(LEAVE, Posted({}), _options(visit), lead=_lead(visit))


@page("/hr/leave/new", post=True)
def leave_posted(visit: Worker) -> Response:
    """Ask for leave, where there is enough left and none at that time."""
    posted, options = Posted(visit.form), _options(visit)
    sent = read(LEAVE.fields, posted, options, visit.now)
    half = (
        "both"
        if sent["half_first"] and sent["half_last"]
        else "first" * bool(sent["half_first"]) + "last" * bool(sent["half_last"])
    )
    count = 0 if posted.errors else _counted(visit, posted, sent, half)
    if posted.errors:
        return visit.ask(LEAVE, posted, options, lead=_lead(visit))
    _, number = visit.record(LEAVE, sent)
    visit.do(
        "INSERT INTO leave VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, 'requested')",
        *(number, sent["kind"], sent["first"], sent["last"], half, count, sent["substitute"]),
    )
    return visit.go("/hr/leave", note="sent")


def _counted(visit: Worker, posted: Posted, sent: dict[str, str], half: str) -> int:
    """Halves of working days; ``posted`` holds what speaks against it afterwards."""
    first, last = date.fromisoformat(sent["first"]), date.fromisoformat(sent["last"])
    if last < first:
        posted.errors["last"] = "The last day is before the first one."
        return 0
    if (last - first).days >= LONGEST:
        posted.errors["last"] = f"One request is for at most {LONGEST} days."
        return 0
    soonest = date.fromisoformat(visit.now) + timedelta(visit.firm["leave_notice"])
    if first < soonest:
        posted.errors["first"] = (
            f"Leave must be asked for at least {visit.firm['leave_notice']} days before: {soonest} or later."
        )
    if first.year != last.year:
        posted.errors["last"] = "Leave over the turn of the year needs two requests."
    if first == last and half == "both":
        posted.errors["half_last"] = "A single day has one half day at most."
    clash = visit.maybe(
        "SELECT number FROM leave WHERE first <= ? AND last >= ? AND state != 'withdrawn'", sent["last"], sent["first"]
    )
    if clash is not None:
        posted.errors["first"] = f"You already have leave at this time: request {clash['number']}."
    count = halves(visit.database, first, last, half)
    if not count:
        posted.errors["first"] = "There is no working day at this time."
    left = rest(visit.database, visit.now)["left"]
    if sent["kind"] == VACATION and visit.now[:4] == sent["first"][:4] and count > left:
        posted.errors["kind"] = f"This takes {count / 2:g} days of vacation, and you have {left / 2:g} left."
    return count


@page("/hr/leave/<number>/withdraw", post=True)
def withdrawn(visit: Worker, number: str) -> Response:
    """Take a request back that has not been decided."""
    found = visit.one("SELECT * FROM leave WHERE number = ?", number)
    if found["state"] != "requested":
        return visit.go("/hr/leave")
    visit.do("UPDATE leave SET state = 'withdrawn' WHERE id = ?", found["id"])
    return visit.go("/hr/leave", note="withdrawn")


# Sick notes.


@page("/hr/sick")
def sick(visit: Worker) -> Response:
    """The form."""
    return visit.ask(SICK, Posted({}), _options(visit), lead=_certificate(visit))


def _certificate(visit: Worker) -> str:
    return f"A certificate is needed for {visit.firm['certificate_from']} days or more, weekends included."


@page("/hr/sick", post=True)
def sick_posted(visit: Worker) -> Response:
    """Tell HR."""
    posted, options = Posted(visit.form), _options(visit)
    sent = read(SICK.fields, posted, options, visit.now)
    if not posted.errors:
        span = (date.fromisoformat(sent["last"]) - date.fromisoformat(sent["first"])).days + 1
        if span < 1:
            posted.errors["last"] = "The last day is before the first one."
        elif span >= visit.firm["certificate_from"] and not sent["certificate"]:
            posted.errors["certificate"] = _certificate(visit)
    if posted.errors:
        return visit.ask(SICK, posted, options, lead=_certificate(visit))
    _, number = visit.record(SICK, sent)
    return visit.go(f"/hr/requests/{number}", note="sent")
