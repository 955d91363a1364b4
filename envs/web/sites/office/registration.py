"""Registration with the clinic: a questionnaire of a hundred fields in seven steps, then a look at all of it."""

from __future__ import annotations

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office.hr import entries
from scoutgym.envs.web.sites.office.questionnaire import REGISTRATION
from scoutgym.envs.web.sites.office.sheet import Options, read
from scoutgym.envs.web.sites.office.site import Worker, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response

LAST = len(REGISTRATION.sections)


def _begun(visit: Worker, state: str = "draft") -> Row | None:
    return visit.maybe("SELECT * FROM submission WHERE form = ? AND state = ?", REGISTRATION.name, state)


@page("/clinic/registration")
def registration(visit: Worker) -> Response:
    """What it is about; afterwards, what was sent."""
    sent = _begun(visit, "sent")
    said = entries(visit, sent) if sent else []
    steps = [section.title for section in REGISTRATION.sections]
    return visit.show("registration.html", title="Registration", sent=sent, entries=said, steps=steps)


@page("/clinic/registration/<int:step>")
def step(visit: Worker, step: int) -> Response:
    """One step, with what was entered before."""
    if not 1 <= step <= LAST:
        raise NotFound
    if _begun(visit, "sent"):
        return visit.go("/clinic/registration")
    draft = _begun(visit)
    rows = visit.rows("SELECT field, value FROM entry WHERE submission = ?", draft["id"]) if draft else []
    return _step(visit, step, Posted({row["field"]: row["value"] for row in rows}))


def _options(visit: Worker) -> Options:
    return {"doctor": [row["name"] for row in visit.rows("SELECT name FROM doctor ORDER BY id")]}


def _step(visit: Worker, step: int, posted: Posted) -> Response:
    section = REGISTRATION.sections[step - 1]
    return visit.ask(
        REGISTRATION,
        posted,
        _options(visit),
        title=f"Registration, step {step} of {LAST}",
        action=f"/clinic/registration/{step}",
        sections=[section],
        button="Save and continue",
    )


@page("/clinic/registration/<int:step>", post=True)
def step_posted(visit: Worker, step: int) -> Response:
    """Keep a step, and go on to the next."""
    if not 1 <= step <= LAST:
        raise NotFound
    if _begun(visit, "sent"):
        return visit.go("/clinic/registration")
    posted = Posted(visit.form)
    sent = read(REGISTRATION.sections[step - 1].fields, posted, _options(visit), visit.now)
    if posted.errors:
        return _step(visit, step, posted)
    draft = _begun(visit)
    if draft is None:
        visit.record(REGISTRATION, sent, "draft")
    else:
        visit.enter_fields(draft["id"], REGISTRATION, sent)
    return visit.go(f"/clinic/registration/{step + 1}" if step < LAST else "/clinic/registration/review")


def _missing(visit: Worker, draft: Row) -> list[tuple[int, str]]:
    """Steps that something is missing in, with their titles."""
    known = {
        row["field"]: row["value"]
        for row in visit.rows("SELECT field, value FROM entry WHERE submission = ?", draft["id"])
    }
    return [
        (number, section.title)
        for number, section in enumerate(REGISTRATION.sections, 1)
        if any(one.name not in known or (one.needed and not known[one.name]) for one in section.fields)
    ]


@page("/clinic/registration/review")
def review(visit: Worker) -> Response:
    """All that was entered."""
    draft = _begun(visit)
    if draft is None:
        return visit.go("/clinic/registration")
    steps = list(enumerate((section.title for section in REGISTRATION.sections), 1))
    missing = _missing(visit, draft)
    return visit.show(
        "review.html", title="Review your registration", entries=entries(visit, draft), steps=steps, missing=missing
    )


@page("/clinic/registration/review", post=True)
def sent(visit: Worker) -> Response:
    """Send it, where no step is missing."""
    draft = _begun(visit)
    if draft is None or _missing(visit, draft):
        return visit.go("/clinic/registration/review")
    visit.do("UPDATE submission SET state = 'sent', day = ? WHERE id = ?", visit.now, draft["id"])
    return visit.go("/clinic/registration", note="sent")
