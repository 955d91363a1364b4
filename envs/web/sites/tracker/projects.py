"""Projects: all of them, a new one, the first page of one, its activity, stars."""

from __future__ import annotations

import re

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.feed import events
from scoutgym.envs.web.sites.tracker.listing import LETTERS
from scoutgym.envs.web.sites.tracker.site import SITE, VISIBILITIES, Tracker
from scoutgym.envs.web.sites.tracker.words import LABELS

SORTS = {
    "name": ("Name", "name"),
    "stars": ("Most stars", "stars DESC, name"),
    "open": ("Most open issues", "open DESC, name"),
    "new": ("Newest", "created DESC, name"),
}
OPEN = "(SELECT count(*) FROM issue WHERE issue.project = project.id AND state = 'open') AS open"
STARS = "(SELECT count(*) FROM star WHERE star.project = project.id) AS stars"
WHOSE = (("", "All"), ("member", "Where I am a member"), ("starred", "Starred by me"))


@SITE.page("/projects")
def projects(visit: Tracker) -> Response:
    """All that may be seen."""
    q, whose = visit.query.get("q", "").strip()[:LETTERS], visit.query.get("whose", "")
    sort = visit.query.get("sort", "")
    sort = sort if sort in SORTS else "name"
    parts, values = [visit.seen()], list[object]()
    if q:
        parts.append("instr(lower(name || ' ' || about), ?)")
        values.append(q.lower())
    if whose in ("member", "starred"):
        parts.append(f"id IN (SELECT project FROM {'member' if whose == 'member' else 'star'} WHERE person = ?)")
        values.append(visit.person)
    found = visit.rows(
        f"SELECT project.*, {OPEN}, {STARS} FROM project WHERE {' AND '.join(parts)} ORDER BY {SORTS[sort][1]}", *values
    )
    return visit.show(
        "projects.html",
        title="Projects",
        projects=found,
        whose=WHOSE,
        sorts=[(name, shown) for name, (shown, _) in SORTS.items()],
        values=visit.query | {"sort": sort},
    )


@SITE.page("/projects/<slug>")
def project(visit: Tracker, slug: str) -> Response:
    """Its readme, figures and last events."""
    found = visit.project(slug)
    number = found["id"]
    figures = visit.one(
        f"SELECT {OPEN}, {STARS}, (SELECT count(*) FROM issue WHERE issue.project = project.id) AS issues, "
        "(SELECT count(*) FROM member WHERE member.project = project.id) AS members FROM project WHERE id = ?",
        number,
    )
    return visit.show(
        "overview.html",
        title=found["name"],
        project=found,
        figures=figures,
        starred=visit.maybe("SELECT id FROM star WHERE project = ? AND person = ?", number, visit.person),
        owner=visit.maybe(
            "SELECT username, name FROM member JOIN person ON person.id = person WHERE project = ? AND role = 5", number
        ),
        next=visit.maybe(
            "SELECT id, title, due FROM milestone WHERE project = ? AND state = 'open' AND due >= ? ORDER BY due",
            *(number, visit.now),
        ),
        events=events(visit, "event.project = ?", number, most=6),
    )


@SITE.page("/projects/<slug>/activity")
def activity(visit: Tracker, slug: str) -> Response:
    """What was done in it."""
    found = visit.project(slug)
    return visit.show(
        "project_activity.html",
        title=f"Activity in {found['name']}",
        project=found,
        events=events(visit, "event.project = ?", found["id"], most=25),
    )


@SITE.page("/projects/<slug>/star", post=True)
def star(visit: Tracker, slug: str) -> Response:
    """Keep it in mind, or no longer."""
    if not visit.me:
        return visit.to_login()
    found = visit.project(slug)
    old = visit.maybe("SELECT id FROM star WHERE project = ? AND person = ?", found["id"], visit.person)
    if old:
        visit.do("DELETE FROM star WHERE id = ?", old["id"])
    else:
        visit.do("INSERT INTO star VALUES (NULL, ?, ?)", found["id"], visit.person)
    return visit.go(f"/projects/{slug}", note="unstarred" if old else "starred")


# A new one.


@SITE.page("/projects/new")
def new(visit: Tracker) -> Response:
    """The form."""
    return _form(visit, Posted({"visibility": "private", "labels": "yes"})) if visit.me else visit.to_login()


def _form(visit: Tracker, posted: Posted) -> Response:
    return visit.show("project_form.html", title="New project", values=posted.values, errors=posted.errors)


@SITE.page("/projects/new", post=True)
def made(visit: Tracker) -> Response:
    """Create it; who does so owns it."""
    if not visit.me:
        return visit.to_login()
    posted = Posted(visit.form)
    name = posted.text("name", "a name", most=60)
    about = posted.text("about", "a description", needed=False, most=200)
    visibility = posted.choice("visibility", "who can see it", VISIBILITIES)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if name and not slug:
        posted.errors["name"] = "The name needs at least one letter or digit."
    elif slug == "new" or visit.maybe("SELECT id FROM project WHERE slug = ? OR lower(name) = ?", slug, name.lower()):
        posted.errors["name"] = "There is a project of this name."
    if posted.errors:
        return _form(visit, posted)
    readme = f"## {name}\n\n{about}" if posted.on("readme") else ""
    number = visit.do(
        "INSERT INTO project VALUES (NULL, ?, ?, ?, ?, 0, ?, ?)", slug, name, about, visibility, readme, visit.now
    )
    visit.do("INSERT INTO member VALUES (NULL, ?, ?, 5, ?)", number, visit.person, visit.now)
    if posted.on("labels"):
        for label in list(LABELS)[:4]:
            visit.do("INSERT INTO label VALUES (NULL, ?, ?, ?, ?)", number, label, *LABELS[label])
    visit.log({"id": number}, "created the project")
    return visit.go(f"/projects/{slug}", note="project")
