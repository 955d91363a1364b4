"""Lists of issues: of a project, and of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.listing import CARD, FROM, PAGE, SORTS, STATES, Asked, asked
from scoutgym.envs.web.sites.tracker.site import PRIORITIES, SITE, Tracker

ANY = ("", "Any")


@dataclass(frozen=True)
class Found:
    """A page of issues, each with its ``labels``, and how many there are on all pages."""

    rows: list[Row]
    count: int
    page: int
    last: int


def found(visit: Tracker, what: Asked, where: str, *values: Any, size: int = PAGE) -> Found:
    """The issues that fit, on the page that is asked for; ``where`` is further SQL."""
    fits, given = what.where()
    condition = f"FROM {FROM} WHERE {where} AND {fits} AND {visit.seen()}"
    count = visit.database.execute(f"SELECT count(*) {condition}", (*values, *given)).fetchone()[0]
    page, last = visit.paged(count, size)
    rows = visit.rows(
        f"SELECT {CARD} {condition} ORDER BY {what.order()} LIMIT ? OFFSET ?",
        *values,
        *given,
        size,
        (page - 1) * size,
    )
    for row in rows:
        row["labels"] = []
    by_id = {row["id"]: row for row in rows}
    marks = ", ".join("?" * len(by_id))
    for one in visit.rows(
        f"SELECT issue, name, color FROM labeled JOIN label ON label.id = label WHERE issue IN ({marks}) ORDER BY name",
        *by_id,
    ):
        by_id[one["issue"]]["labels"].append(one)
    return Found(rows, count, page, last)


@SITE.page("/projects/<slug>/issues")
def of_project(visit: Tracker, slug: str) -> Response:
    """Those of a project, with all filters."""
    project = visit.project(slug)
    labels = visit.rows("SELECT name FROM label WHERE project = ? ORDER BY name", project["id"])
    plans = visit.rows("SELECT title FROM milestone WHERE project = ? ORDER BY due", project["id"])
    people = [(one["username"], one["name"]) for one in visit.people(project)]
    choices = [
        ("label", "Label", [ANY, *((one["name"], one["name"]) for one in labels)]),
        ("assignee", "Assignee", [ANY, ("none", "Nobody"), *people]),
        ("author", "Author", [ANY, *people]),
        ("milestone", "Milestone", [ANY, ("none", "None"), *((one["title"], one["title"]) for one in plans)]),
    ]
    return _listed(visit, "issues.html", f"Issues of {project['name']}", choices, "project.id = ?", project)


@SITE.page("/issues")
def of_all(visit: Tracker) -> Response:
    """Those of all projects that may be seen."""
    return _listed(visit, "all_issues.html", "Issues", [], "1", None)


def _listed(visit: Tracker, template: str, title: str, choices: list[Any], where: str, project: Row | None) -> Response:
    what = asked(visit.query)
    listed = found(visit, what, where, *((project["id"],) if project else ()))
    choices = [
        ("state", "State", STATES),
        *choices,
        ("priority", "Priority", [ANY, *((str(number), name) for number, name in PRIORITIES.items())]),
        ("sort", "Sort by", [(name, shown) for name, (shown, _) in SORTS.items()]),
    ]
    return visit.show(
        template,
        title=title,
        project=project,
        found=listed,
        choices=choices,
        values=visit.query | {"state": what.state, "sort": what.sort},
    )
