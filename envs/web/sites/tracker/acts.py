"""What one button does to an issue: close, reopen, take over, tie to another."""

from __future__ import annotations

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.issue import shown
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker


@SITE.page("/projects/<slug>/issues/<int:number>/close", post=True)
def close(visit: Tracker, slug: str, number: int) -> Response:
    """It is done."""
    project = visit.allowed(slug, "issues")
    one = visit.issue(project, number)
    if one["state"] == "open":
        visit.do("UPDATE issue SET state = 'closed', closed = ? WHERE id = ?", visit.now, one["id"])
        visit.log(project, "closed", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="closed")


@SITE.page("/projects/<slug>/issues/<int:number>/reopen", post=True)
def reopen(visit: Tracker, slug: str, number: int) -> Response:
    """It is not done."""
    project = visit.allowed(slug, "issues")
    one = visit.issue(project, number)
    if one["state"] == "closed":
        visit.do("UPDATE issue SET state = 'open', closed = '' WHERE id = ?", one["id"])
        visit.log(project, "reopened", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="reopened")


@SITE.page("/projects/<slug>/issues/<int:number>/take", post=True)
def take(visit: Tracker, slug: str, number: int) -> Response:
    """Assign it to oneself."""
    project = visit.allowed(slug, "issues")
    one = visit.issue(project, number)
    visit.do("UPDATE issue SET assignee = ? WHERE id = ?", visit.person, one["id"])
    visit.log(project, "took over", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="assigned")


@SITE.page("/projects/<slug>/issues/<int:number>/relate", post=True)
def relate(visit: Tracker, slug: str, number: int) -> Response:
    """Tie it to another issue of the project, by its number."""
    project, posted = visit.allowed(slug, "issues"), Posted(visit.form)
    one = visit.issue(project, number)
    text = posted.text("other", "the number of an issue").removeprefix("#")
    digits = text.isascii() and text.isdecimal() and len(text) < 10
    other = visit.maybe(
        "SELECT id FROM issue WHERE project = ? AND number = ?", project["id"], int(text) if digits else 0
    )
    if not posted.errors and other is None:
        posted.errors["other"] = f"There is no issue {text} in this project."
    elif other and other["id"] == one["id"]:
        posted.errors["other"] = "An issue cannot be related to itself."
    elif other and visit.maybe(
        "SELECT id FROM related WHERE (issue = ? AND other = ?) OR (other = ? AND issue = ?)",
        *(one["id"], other["id"], one["id"], other["id"]),
    ):
        posted.errors["other"] = "The two are related already."
    if posted.errors or other is None:
        return shown(visit, project, one, posted)
    visit.do("INSERT INTO related VALUES (NULL, ?, ?)", *sorted((one["id"], other["id"])))
    visit.log(project, "related", one["id"], f"to #{text}")
    return visit.go(f"/projects/{slug}/issues/{number}", note="related")


@SITE.page("/projects/<slug>/issues/<int:number>/related/<int:id>/delete", post=True)
def unrelate(visit: Tracker, slug: str, number: int, id: int) -> Response:
    """Untie it."""
    project = visit.allowed(slug, "issues")
    one = visit.issue(project, number)
    visit.do("DELETE FROM related WHERE id = ? AND ? IN (issue, other)", id, one["id"])
    visit.log(project, "unrelated an issue from", one["id"])
    return visit.go(f"/projects/{slug}/issues/{number}", note="unrelated")
