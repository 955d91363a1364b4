"""Find the issue that a description means, and do something to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.tracker.site import SITE
from scoutgym.envs.web.sites.tracker.tasks.common import (
    USER,
    Steps,
    issue_is,
    issues,
    only,
    projects,
    to_project,
    today,
    touched,
)
from scoutgym.envs.web.world import WebTask


def find(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """The oldest or newest with a label, the one with the most comments, or the one that is due first."""
    database = databases[SITE.host]
    project = chance.choice(projects(database, 2))
    described, one, steps = _described(database, project, chance)
    changes: dict[str, Any] = {"state": "closed", "closed": today(database)}
    button, asked = "Close issue", f"Close {described}."
    if one["assignee"] != USER and chance.below(3) == 0:
        changes, button, asked = {"assignee": USER}, "Assign to me", f"Assign {described} to me."
    made = {"all": [issue_is(database, one, **changes), *touched(database, 1), only("issue")]}
    way = [*to_project(project["name"]), ["click", "link", "Issues"], *steps, ["click", "button", "Apply"]]
    return WebTask(asked, made, [*way, ["click", "link", one["title"]], ["click", "button", button]])


def _described(database: Database, project: Row, chance: Chance) -> tuple[str, Row, Steps]:
    """An open issue, in words, and how to make it the first of the list."""
    where = f"of the project '{project['name']}'"
    found = issues(database, 2, "issue.project = ? AND issue.state = 'open'", project["id"])
    what = chance.below(4)
    if what == 0:
        talked = [(len(database.rows("SELECT id FROM comment WHERE issue = ?", one["id"])), one) for one in found]
        most = max(number for number, _ in talked)
        top = [one for number, one in talked if number == most]
        if len(top) == 1:
            return (
                f"the open issue {where} that has the most comments",
                top[0],
                [["choose", "Sort by", "Most comments"]],
            )
    if what == 1:
        first = min((one["due"] for one in found if one["due"]), default="")
        due = [one for one in found if one["due"] == first]
        if first and len(due) == 1:
            asked = f"the open issue {where} with the earliest due date"
            return asked, due[0], [["choose", "Sort by", "Due date"]]
    labels = database.rows(
        "SELECT label.id, label.name FROM label JOIN labeled ON label = label.id JOIN issue ON issue.id = issue "
        "WHERE label.project = ? AND state = 'open' GROUP BY label.id HAVING count(*) > 1 ORDER BY label.id",
        project["id"],
    )
    word = chance.choice(("oldest", "newest"))
    if not labels:
        found.sort(key=lambda one: one["created"], reverse=word == "newest")
        return f"the {word} open issue {where}", found[0], [["choose", "Sort by", f"{word.capitalize()} first"]]
    label = chance.choice(labels)
    marked = {row["issue"] for row in database.rows("SELECT issue FROM labeled WHERE label = ?", label["id"])}
    found = sorted((one for one in found if one["id"] in marked), key=lambda one: one["created"])
    one = found[0 if word == "oldest" else -1]
    steps = [["choose", "Label", label["name"]], ["choose", "Sort by", f"{word.capitalize()} first"]]
    return f"the {word} open issue {where} that has the label '{label['name']}'", one, steps
