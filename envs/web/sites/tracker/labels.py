"""The labels of a project."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker
from scoutgym.envs.web.sites.tracker.words import COLORS


@SITE.page("/projects/<slug>/labels")
def labels(visit: Tracker, slug: str) -> Response:
    """All, with how often they are used."""
    project = visit.project(slug)
    found = visit.rows(
        "SELECT label.*, (SELECT count(*) FROM labeled JOIN issue ON issue.id = issue WHERE label = label.id "
        "AND state = 'open') AS open FROM label WHERE project = ? ORDER BY name",
        project["id"],
    )
    return visit.show("labels.html", title=f"Labels of {project['name']}", project=project, labels=found)


@SITE.page("/projects/<slug>/labels/new")
def new(visit: Tracker, slug: str) -> Response:
    """The form for a new one."""
    return _form(visit, visit.allowed(slug, "plan"), 0, Posted({"color": "gray"}))


@SITE.page("/projects/<slug>/labels/<int:id>/edit")
def edit(visit: Tracker, slug: str, id: int) -> Response:
    """The form for one that there is."""
    project = visit.allowed(slug, "plan")
    found = visit.one("SELECT * FROM label WHERE id = ? AND project = ?", id, project["id"])
    return _form(visit, project, id, Posted({key: found[key] for key in ("name", "color", "about")}))


def _form(visit: Tracker, project: Row, id: int, posted: Posted) -> Response:
    return visit.show(
        "label_form.html",
        title="Edit label" if id else "New label",
        project=project,
        id=id,
        colors=[(color, color.capitalize()) for color in COLORS],
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/projects/<slug>/labels/new", post=True)
def made(visit: Tracker, slug: str) -> Response:
    """Create one."""
    return _store(visit, slug, 0)


@SITE.page("/projects/<slug>/labels/<int:id>/edit", post=True)
def changed(visit: Tracker, slug: str, id: int) -> Response:
    """Change one."""
    return _store(visit, slug, id)


def _store(visit: Tracker, slug: str, id: int) -> Response:
    project, posted = visit.allowed(slug, "plan"), Posted(visit.form)
    if id:
        visit.one("SELECT id FROM label WHERE id = ? AND project = ?", id, project["id"])
    name = posted.text("name", "a name", most=30)
    color = posted.choice("color", "a color", COLORS)
    about = posted.text("about", "a description", needed=False)
    if visit.maybe(
        "SELECT id FROM label WHERE project = ? AND lower(name) = ? AND id != ?", project["id"], name.lower(), id
    ):
        posted.errors["name"] = "There is a label of this name."
    if posted.errors:
        return _form(visit, project, id, posted)
    if id:
        visit.do("UPDATE label SET name = ?, color = ?, about = ? WHERE id = ?", name, color, about, id)
    else:
        visit.do("INSERT INTO label VALUES (NULL, ?, ?, ?, ?)", project["id"], name, color, about)
    visit.log(project, "changed the label" if id else "created the label", what=name)
    return visit.go(f"/projects/{slug}/labels", note="saved" if id else "label")


@SITE.page("/projects/<slug>/labels/<int:id>/delete", post=True)
def deleted(visit: Tracker, slug: str, id: int) -> Response:
    """Delete one; issues lose it."""
    project = visit.allowed(slug, "plan")
    found = visit.one("SELECT name FROM label WHERE id = ? AND project = ?", id, project["id"])
    visit.do("DELETE FROM labeled WHERE label = ?", id)
    visit.do("DELETE FROM label WHERE id = ?", id)
    visit.log(project, "deleted the label", what=found["name"])
    return visit.go(f"/projects/{slug}/labels", note="unlabel")
