"""The members of a project and their roles. Each project has one owner, who stays."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.site import ROLES, SITE, Tracker

GIVEN = [(str(number), name) for number, name in ROLES.items() if number < 5]
"""Roles that can be given."""


@SITE.page("/projects/<slug>/members")
def members(visit: Tracker, slug: str) -> Response:
    """All, the highest roles first."""
    return _members(visit, visit.project(slug), Posted({}))


def _members(visit: Tracker, project: Row, posted: Posted) -> Response:
    found = visit.rows(
        "SELECT member.*, username, name FROM member JOIN person ON person.id = person WHERE project = ? "
        "ORDER BY role DESC, name",
        project["id"],
    )
    return visit.show(
        "members.html",
        title=f"Members of {project['name']}",
        project=project,
        members=found,
        roles=GIVEN,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/projects/<slug>/members", post=True)
def invited(visit: Tracker, slug: str) -> Response:
    """Add somebody, by user name."""
    project, posted = visit.allowed(slug, "manage"), Posted(visit.form)
    username = posted.text("username", "a user name").removeprefix("@")
    role = posted.choice("role", "a role", dict(GIVEN))
    person = visit.maybe("SELECT id, name FROM person WHERE username = ?", username.lower())
    if username and person is None:
        posted.errors["username"] = f"There is no user {username}."
    elif person and visit.maybe("SELECT id FROM member WHERE project = ? AND person = ?", project["id"], person["id"]):
        posted.errors["username"] = f"{person['name']} is a member already."
    if posted.errors or person is None:
        return _members(visit, project, posted)
    visit.do("INSERT INTO member VALUES (NULL, ?, ?, ?, ?)", project["id"], person["id"], int(role), visit.now)
    visit.log(project, "added the member", what=person["name"])
    return visit.go(f"/projects/{slug}/members", note="invited")


def _other(visit: Tracker, project: Row, id: int) -> Row:
    """A member who is not the owner."""
    found = visit.one(
        "SELECT member.*, name FROM member JOIN person ON person.id = person WHERE member.id = ? AND project = ?",
        *(id, project["id"]),
    )
    if found["role"] == 5:
        raise Forbidden("The owner of a project keeps this role.")
    return found


@SITE.page("/projects/<slug>/members/<int:id>/role", post=True)
def changed(visit: Tracker, slug: str, id: int) -> Response:
    """Give somebody another role."""
    project, posted = visit.allowed(slug, "manage"), Posted(visit.form)
    one = _other(visit, project, id)
    role = posted.choice("role", "a role", dict(GIVEN))
    if posted.errors:
        return _members(visit, project, Posted({}))
    visit.do("UPDATE member SET role = ? WHERE id = ?", int(role), id)
    visit.log(project, "changed the role of", what=one["name"])
    return visit.go(f"/projects/{slug}/members", note="role")


@SITE.page("/projects/<slug>/members/<int:id>/remove", post=True)
def removed(visit: Tracker, slug: str, id: int) -> Response:
    """Remove somebody. What they have written stays."""
    project = visit.allowed(slug, "manage")
    one = _other(visit, project, id)
    visit.do("DELETE FROM member WHERE id = ?", id)
    visit.log(project, "removed the member", what=one["name"])
    return visit.go(f"/projects/{slug}/members" if one["person"] != visit.person else "/projects", note="removed")


@SITE.page("/projects/<slug>/members/leave", post=True)
def left(visit: Tracker, slug: str) -> Response:
    """Go of one's own accord; only the owner cannot."""
    project = visit.project(slug)
    mine = visit.one("SELECT id FROM member WHERE project = ? AND person = ?", project["id"], visit.person)
    _other(visit, project, mine["id"])
    visit.do("DELETE FROM member WHERE id = ?", mine["id"])
    visit.log(project, "left")
    return visit.go("/projects", note="left-project")
