"""One issue: shown, opened, changed, closed, tied to others."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.site import PRIORITIES, SITE, Tracker, day

TITLE = 120
"""Characters of a title."""


@SITE.page("/projects/<slug>/issues/<int:number>")
def issue(visit: Tracker, slug: str, number: int) -> Response:
    """All about it, and what was written."""
    project = visit.project(slug)
    return shown(visit, project, visit.issue(project, number), Posted({}))


def shown(visit: Tracker, project: Row, one: Row, posted: Posted) -> Response:
    """The page of an issue; ``posted`` is a form on it that was sent back."""
    people = dict(
        visit.database.execute("SELECT id, name FROM person WHERE id IN (?, ?)", (one["author"], one["assignee"]))
    )
    comments = visit.rows(
        "SELECT comment.*, username, name FROM comment JOIN person ON person.id = author WHERE issue = ? "
        "ORDER BY comment.id",
        one["id"],
    )
    others = visit.rows(
        "SELECT related.id, number, title, state FROM related JOIN issue ON issue.id = related.issue + other - ? "
        "WHERE ? IN (related.issue, other) ORDER BY number",
        *(one["id"], one["id"]),
    )
    return visit.show(
        "issue.html",
        title=f"{one['title']} (#{one['number']})",
        project=project,
        issue=one,
        people=people,
        labels=visit.rows(
            "SELECT name, color FROM labeled JOIN label ON label.id = label WHERE issue = ? ORDER BY name", one["id"]
        ),
        milestone=visit.maybe("SELECT id, title FROM milestone WHERE id = ?", one["milestone"]),
        comments=comments,
        related=others,
        values=posted.values,
        errors=posted.errors,
    )


# Opening and changing.


@SITE.page("/projects/<slug>/issues/new")
def new(visit: Tracker, slug: str) -> Response:
    """The form for a new one."""
    return _form(
        visit, visit.allowed(slug, "issues"), None, Posted({"priority": "2", "assignee": "0", "milestone": "0"})
    )


@SITE.page("/projects/<slug>/issues/<int:number>/edit")
def edit(visit: Tracker, slug: str, number: int) -> Response:
    """The form for one that there is."""
    project = visit.allowed(slug, "issues")
    one = visit.issue(project, number)
    values = {key: str(one[key]) for key in ("title", "text", "assignee", "milestone", "due", "priority")}
    values |= {f"label-{label}": "yes" for label in _labels(visit, one)}
    return _form(visit, project, one, Posted(values))


def _labels(visit: Tracker, one: Row) -> set[int]:
    return {row[0] for row in visit.database.execute("SELECT label FROM labeled WHERE issue = ?", (one["id"],))}


def _choices(visit: Tracker, project: Row, one: Row | None) -> dict[str, Any]:
    """What the lists of the form offer; a milestone that is over only to an issue that is in it."""
    plans = visit.rows(
        "SELECT id, title FROM milestone WHERE project = ? AND (state = 'open' OR id = ?) ORDER BY due",
        *(project["id"], one["milestone"] if one else 0),
    )
    able = [(str(person["id"]), person["name"]) for person in visit.people(project, 2)]
    if one and one["assignee"] and str(one["assignee"]) not in dict(able):
        able.append((str(one["assignee"]), visit.one("SELECT name FROM person WHERE id = ?", one["assignee"])["name"]))
    return {
        "assignees": [("0", "Nobody"), *able],
        "milestones": [("0", "None"), *((str(plan["id"]), plan["title"]) for plan in plans)],
        "priorities": [(str(number), name) for number, name in PRIORITIES.items()],
    }


def _form(visit: Tracker, project: Row, one: Row | None, posted: Posted) -> Response:
    return visit.show(
        "issue_form.html",
        title=f"Edit issue #{one['number']}" if one else "New issue",
        project=project,
        issue=one,
        labels=visit.rows("SELECT id, name FROM label WHERE project = ? ORDER BY name", project["id"]),
        values=posted.values,
        errors=posted.errors,
        **_choices(visit, project, one),
    )


def _read(visit: Tracker, posted: Posted, project: Row, one: Row | None) -> dict[str, Any]:
    """The columns of an issue, as posted; a due date may not be before today unless it was so already."""
    choices = _choices(visit, project, one)
    due = posted.day("due", "a date", needed=False)
    shown_due = due.isoformat() if due else ""
    if due and shown_due < visit.now and not (one and one["due"] == shown_due):
        posted.errors["due"] = f"The due date is in the past: today is {day(visit.now)}."
    return {
        "title": posted.text("title", "a title", most=TITLE),
        "text": posted.text("text", "a description", needed=False, most=LONGEST),
        "assignee": posted.choice("assignee", "an assignee", dict(choices["assignees"])),
        "milestone": posted.choice("milestone", "a milestone", dict(choices["milestones"])),
        "priority": posted.choice("priority", "a priority", dict(choices["priorities"])),
        "due": shown_due,
    }


def _label(visit: Tracker, project: Row, one: int, posted: Posted) -> None:
    """Give an issue the labels that are ticked, and no others."""
    for row in visit.rows("SELECT id FROM label WHERE project = ?", project["id"]):
        has = visit.maybe("SELECT id FROM labeled WHERE issue = ? AND label = ?", one, row["id"])
        if posted.on(f"label-{row['id']}") and not has:
            visit.do("INSERT INTO labeled VALUES (NULL, ?, ?)", one, row["id"])
        elif has and not posted.on(f"label-{row['id']}"):
            visit.do("DELETE FROM labeled WHERE id = ?", has["id"])


@SITE.page("/projects/<slug>/issues/new", post=True)
def made(visit: Tracker, slug: str) -> Response:
    """Open one."""
    project, posted = visit.allowed(slug, "issues"), Posted(visit.form)
    read = _read(visit, posted, project, None)
    if posted.errors:
        return _form(visit, project, None, posted)
    last = visit.database.execute("SELECT max(number) FROM issue WHERE project = ?", (project["id"],)).fetchone()[0]
    number = (last or 0) + 1
    one = visit.do(
        "INSERT INTO issue (title, text, assignee, milestone, priority, due, project, number, state, author, created, "
        "updated, closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, '')",
        *read.values(),
        *(project["id"], number, visit.person, visit.now, visit.now),
    )
    _label(visit, project, one, posted)
    visit.log(project, "opened", one)
    return visit.go(f"/projects/{slug}/issues/{number}", note="opened")


@SITE.page("/projects/<slug>/issues/<int:number>/edit", post=True)
def changed(visit: Tracker, slug: str, number: int) -> Response:
    """Change one."""
    project, posted = visit.allowed(slug, "issues"), Posted(visit.form)
    one = visit.issue(project, number)
    read = _read(visit, posted, project, one)
    if posted.errors:
        return _form(visit, project, one, posted)
    visit.do(
        "UPDATE issue SET title = ?, text = ?, assignee = ?, milestone = ?, priority = ?, due = ? WHERE id = ?",
        *read.values(),
        one["id"],
    )
    _label(visit, project, one["id"], posted)
    visit.log(project, "changed", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="saved")
