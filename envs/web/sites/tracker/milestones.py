"""The milestones of a project: what should be done by when, and how far it is."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.issues import found
from scoutgym.envs.web.sites.tracker.listing import Asked
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker, day

COLUMNS = (
    "milestone.*, (SELECT count(*) FROM issue WHERE milestone = milestone.id) AS total, "
    "(SELECT count(*) FROM issue WHERE milestone = milestone.id AND issue.state = 'closed') AS closed"
)


@SITE.page("/projects/<slug>/milestones")
def milestones(visit: Tracker, slug: str) -> Response:
    """All, those that are still open first."""
    project = visit.project(slug)
    plans = visit.rows(f"SELECT {COLUMNS} FROM milestone WHERE project = ? ORDER BY state DESC, due, id", project["id"])
    return visit.show("milestones.html", title=f"Milestones of {project['name']}", project=project, milestones=plans)


def _plan(visit: Tracker, project: Row, id: int) -> Row:
    return visit.one(f"SELECT {COLUMNS} FROM milestone WHERE id = ? AND project = ?", id, project["id"])


@SITE.page("/projects/<slug>/milestones/<int:id>")
def milestone(visit: Tracker, slug: str, id: int) -> Response:
    """One, with its issues."""
    project = visit.project(slug)
    plan = _plan(visit, project, id)
    issues = found(visit, Asked(state="all", sort="old"), "issue.milestone = ?", id, size=40)
    return visit.show("milestone.html", title=plan["title"], project=project, milestone=plan, found=issues)


@SITE.page("/projects/<slug>/milestones/new")
def new(visit: Tracker, slug: str) -> Response:
    """The form for a new one."""
    return _form(visit, visit.allowed(slug, "plan"), 0, Posted({}))


@SITE.page("/projects/<slug>/milestones/<int:id>/edit")
def edit(visit: Tracker, slug: str, id: int) -> Response:
    """The form for one that there is."""
    project = visit.allowed(slug, "plan")
    plan = _plan(visit, project, id)
    return _form(visit, project, id, Posted({key: plan[key] for key in ("title", "about", "due")}))


def _form(visit: Tracker, project: Row, id: int, posted: Posted) -> Response:
    return visit.show(
        "milestone_form.html",
        title="Edit milestone" if id else "New milestone",
        project=project,
        id=id,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/projects/<slug>/milestones/new", post=True)
def made(visit: Tracker, slug: str) -> Response:
    """Create one."""
    return _store(visit, slug, 0)


@SITE.page("/projects/<slug>/milestones/<int:id>/edit", post=True)
def changed(visit: Tracker, slug: str, id: int) -> Response:
    """Change one."""
    return _store(visit, slug, id)


def _store(visit: Tracker, slug: str, id: int) -> Response:
    project, posted = visit.allowed(slug, "plan"), Posted(visit.form)
    old = _plan(visit, project, id) if id else None
    title = posted.text("title", "a title", most=60)
    about = posted.text("about", "a description", needed=False, most=300)
    due = posted.day("due", "a due date")
    if due and due.isoformat() < visit.now and not (old and old["due"] == due.isoformat()):
        posted.errors["due"] = f"The due date is in the past: today is {day(visit.now)}."
    if visit.maybe(
        "SELECT id FROM milestone WHERE project = ? AND lower(title) = ? AND id != ?", project["id"], title.lower(), id
    ):
        posted.errors["title"] = "There is a milestone of this title."
    if posted.errors or due is None:
        return _form(visit, project, id, posted)
    values = (title, about, due.isoformat())
    if id:
        visit.do("UPDATE milestone SET title = ?, about = ?, due = ? WHERE id = ?", *values, id)
    else:
        id = visit.do("INSERT INTO milestone VALUES (NULL, ?, ?, ?, ?, 'open')", project["id"], *values)
    visit.log(project, "changed the milestone" if old else "created the milestone", what=title)
    return visit.go(f"/projects/{slug}/milestones/{id}", note="saved" if old else "milestone")


@SITE.page("/projects/<slug>/milestones/<int:id>/close", post=True)
def close(visit: Tracker, slug: str, id: int) -> Response:
    """It is over, whatever became of its issues."""
    return _turn(visit, slug, id, "closed")


@SITE.page("/projects/<slug>/milestones/<int:id>/reopen", post=True)
def reopen(visit: Tracker, slug: str, id: int) -> Response:
    """It is not over."""
    return _turn(visit, slug, id, "open")


def _turn(visit: Tracker, slug: str, id: int, state: str) -> Response:
    project = visit.allowed(slug, "plan")
    plan = _plan(visit, project, id)
    verb = "closed" if state == "closed" else "reopened"
    if plan["state"] != state:
        visit.do("UPDATE milestone SET state = ? WHERE id = ?", state, id)
        visit.log(project, f"{verb} the milestone", what=plan["title"])
    return visit.go(f"/projects/{slug}/milestones/{id}", note=f"milestone-{verb}")
