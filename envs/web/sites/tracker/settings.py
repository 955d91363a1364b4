"""What can be changed about a project itself."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.site import SITE, VISIBILITIES, Tracker


def _managed(visit: Tracker, slug: str) -> Row:
    """A project whose settings the user may see; the owner's even while it is archived."""
    project = visit.project(slug)
    return project if project["role"] == 5 else visit.allowed(slug, "manage")


@SITE.page("/projects/<slug>/settings")
def settings(visit: Tracker, slug: str) -> Response:
    """The forms."""
    project = _managed(visit, slug)
    return _form(visit, project, Posted({key: project[key] for key in ("name", "about", "visibility", "readme")}))


def _form(visit: Tracker, project: Row, posted: Posted) -> Response:
    return visit.show(
        "settings.html",
        title=f"Settings of {project['name']}",
        project=project,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/projects/<slug>/settings", post=True)
def changed(visit: Tracker, slug: str) -> Response:
    """Change name, description and readme, and as the owner who can see it."""
    project, posted = visit.allowed(slug, "manage"), Posted(visit.form)
    name = posted.text("name", "a name", most=60)
    about = posted.text("about", "a description", needed=False, most=200)
    readme = posted.text("readme", "a readme", needed=False, most=LONGEST)
    visibility = project["visibility"]
    if visit.may(project, "own"):
        visibility = posted.choice("visibility", "who can see it", VISIBILITIES)
    if visit.maybe("SELECT id FROM project WHERE lower(name) = ? AND id != ?", name.lower(), project["id"]):
        posted.errors["name"] = "There is a project of this name."
    if posted.errors:
        return _form(visit, project, posted)
    visit.do(
        "UPDATE project SET name = ?, about = ?, readme = ?, visibility = ? WHERE id = ?",
        *(name, about, readme, visibility, project["id"]),
    )
    visit.log(project, "changed the settings")
    return visit.go(f"/projects/{slug}/settings", note="saved")


@SITE.page("/projects/<slug>/archive", post=True)
def archived(visit: Tracker, slug: str) -> Response:
    """Freeze it, or thaw it again."""
    project = visit.project(slug)
    if project["role"] < 5:
        raise Forbidden("Only the owner can archive a project.")
    now = 0 if project["archived"] else 1
    visit.do("UPDATE project SET archived = ? WHERE id = ?", now, project["id"])
    visit.log(project, "archived the project" if now else "took the project out of the archive")
    return visit.go(f"/projects/{slug}/settings", note="archived" if now else "unarchived")
