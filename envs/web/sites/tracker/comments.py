"""Comments on issues: written, and changed or deleted by who wrote them."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.issue import shown
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker


@SITE.page("/projects/<slug>/issues/<int:number>/comments", post=True)
def written(visit: Tracker, slug: str, number: int) -> Response:
    """Write one."""
    project, posted = visit.allowed(slug, "comment"), Posted(visit.form)
    one = visit.issue(project, number)
    text = posted.text("comment", "a comment", most=LONGEST)
    if posted.errors:
        return shown(visit, project, one, posted)
    visit.do("INSERT INTO comment VALUES (NULL, ?, ?, ?, ?, '')", one["id"], visit.person, text, visit.now)
    visit.log(project, "commented on", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="commented")


def _own(visit: Tracker, slug: str, number: int, id: int) -> tuple[Row, Row, Row]:
    """Project, issue and a comment that the user has written."""
    project = visit.allowed(slug, "comment")
    one = visit.issue(project, number)
    comment = visit.one("SELECT * FROM comment WHERE id = ? AND issue = ?", id, one["id"])
    if comment["author"] != visit.person:
        raise Forbidden("Only who has written a comment can change or delete it.")
    return project, one, comment


@SITE.page("/projects/<slug>/issues/<int:number>/comments/<int:id>/edit")
def edit(visit: Tracker, slug: str, number: int, id: int) -> Response:
    """The form."""
    project, one, comment = _own(visit, slug, number, id)
    return _form(visit, project, one, id, Posted({"comment": comment["text"]}))


def _form(visit: Tracker, project: Row, one: Row, id: int, posted: Posted) -> Response:
    return visit.show(
        "comment_form.html",
        title=f"Edit comment on #{one['number']}",
        project=project,
        issue=one,
        id=id,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/projects/<slug>/issues/<int:number>/comments/<int:id>/edit", post=True)
def changed(visit: Tracker, slug: str, number: int, id: int) -> Response:
    """Change it."""
    project, one, _ = _own(visit, slug, number, id)
    posted = Posted(visit.form)
    text = posted.text("comment", "a comment", most=LONGEST)
    if posted.errors:
        return _form(visit, project, one, id, posted)
    visit.do("UPDATE comment SET text = ?, edited = ? WHERE id = ?", text, visit.now, id)
    visit.log(project, "changed a comment on", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="edited")


@SITE.page("/projects/<slug>/issues/<int:number>/comments/<int:id>/delete", post=True)
def deleted(visit: Tracker, slug: str, number: int, id: int) -> Response:
    """Delete it."""
    project, one, _ = _own(visit, slug, number, id)
    visit.do("DELETE FROM comment WHERE id = ?", id)
    visit.log(project, "deleted a comment on", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="uncommented")
