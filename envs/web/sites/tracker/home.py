"""What concerns the user, all activity, and search over everything."""

from __future__ import annotations

from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.feed import events
from scoutgym.envs.web.sites.tracker.issues import found
from scoutgym.envs.web.sites.tracker.listing import LETTERS, Asked
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker

SHOWN = 8
"""Hits of a kind that a search shows."""


@SITE.page("/")
def home(visit: Tracker) -> Response:
    """The user's work; guests see the projects."""
    if not visit.me:
        return visit.go("/projects")
    work = found(visit, Asked(assignee=visit.me["username"], sort="due"), "1", size=6)
    projects = visit.rows(
        "SELECT slug, name, role, archived, "
        "(SELECT count(*) FROM issue WHERE issue.project = project.id AND state = 'open') AS open "
        "FROM member JOIN project ON project.id = project WHERE person = ? ORDER BY name",
        visit.person,
    )
    latest = events(
        visit,
        "event.person != ? AND event.project IN (SELECT project FROM member WHERE person = ?)",
        *(visit.person, visit.person),
        most=8,
    )
    return visit.show("home.html", title="Your work", found=work, projects=projects, events=latest)


@SITE.page("/activity")
def activity(visit: Tracker) -> Response:
    """What was done in all projects that may be seen."""
    return visit.show("activity.html", title="Activity", events=events(visit, "1", most=30))


@SITE.page("/search")
def search(visit: Tracker) -> Response:
    """Projects, issues and people that fit the words."""
    q = visit.query.get("q", "").strip()[:LETTERS]
    if not q:
        return visit.show("search.html", title="Search", q="", projects=[], found=None, people=[])
    issues = found(visit, Asked(q=q, state="all"), visit.seen(), size=SHOWN)
    projects = visit.rows(
        f"SELECT slug, name, about FROM project WHERE instr(lower(name || ' ' || about), ?) AND {visit.seen()} "
        "ORDER BY name LIMIT ?",
        *(q.lower(), SHOWN),
    )
    people = visit.rows(
        "SELECT username, name, job FROM person WHERE instr(lower(name || ' ' || username), ?) ORDER BY name LIMIT ?",
        *(q.lower(), SHOWN),
    )
    return visit.show("search.html", title=f"Search: {q}", q=q, projects=projects, found=issues, people=people)
