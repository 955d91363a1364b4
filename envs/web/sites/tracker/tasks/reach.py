"""Show a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.tracker.site import SITE
from scoutgym.envs.web.sites.tracker.tasks.common import USER, issues, only, projects, to_issue, to_project
from scoutgym.envs.web.world import WebTask

PARTS = ("Issues", "Milestones", "Labels", "Members", "Wiki", "Activity")
HELP = (
    ("Roles and rights", "roles"),
    ("Working with issues", "issues"),
    ("Owning a project", "projects"),
    ("Limits", "limits"),
    ("Contact", "contact"),
)


def reach(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Of a project or a part of it, an issue, a milestone, somebody, a list of issues."""
    task = _place(databases, chance)
    return replace(task, goal={"all": [task.goal, only()]})


def _place(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    database = databases[SITE.host]
    project = chance.choice(projects(database, 1))
    name, at = project["name"], f"/projects/{project['slug']}"
    what = chance.below(7)
    if what == 0:
        part = chance.choice(PARTS)
        asked, path = f"Show me the page '{part}' of the project '{name}'.", f"{at}/{part.lower()}"
        return WebTask(asked, {"at": {"path": path}}, [*to_project(name), ["click", "link", part]])
    if what == 1:
        plan = chance.choice(database.rows("SELECT id, title FROM milestone WHERE project = ?", project["id"]))
        asked, path = (
            f"Show me the milestone '{plan['title']}' of the project '{name}'.",
            f"{at}/milestones/{plan['id']}",
        )
        steps = [*to_project(name), ["click", "link", "Milestones"], ["click", "link", plan["title"]]]
        return WebTask(asked, {"at": {"path": path}}, steps)
    if what == 2:
        person = chance.choice(database.rows("SELECT username, name FROM person WHERE id != ?", USER))
        asked, path = f"Open the page of '{person['name']}'.", f"/users/{person['username']}"
        return WebTask(asked, {"at": {"path": path}}, to_issue(person["name"]))
    if what == 3:
        page = chance.choice(database.rows("SELECT slug, title FROM wiki WHERE project = ?", project["id"]))
        asked = f"Show me the page '{page['title']}' in the wiki of the project '{name}'."
        steps = [*to_project(name), ["click", "link", "Wiki"], ["click", "link", page["title"]]]
        return WebTask(asked, {"at": {"path": f"{at}/wiki/{page['slug']}"}}, steps)
    if what == 4:
        label = chance.choice(database.rows("SELECT name FROM label WHERE project = ?", project["id"]))["name"]
        asked = f"List the open issues of the project '{name}' that have the label '{label}', the oldest first."
        listed = {"at": {"path": f"{at}/issues", "query": {"label": label, "sort": "old"}}}
        wrong = [{"not": {"at": {"query": {"state": state}}}} for state in ("closed", "all")]
        steps = [
            *to_project(name),
            ["click", "link", "Issues"],
            ["choose", "Label", label],
            ["choose", "Sort by", "Oldest first"],
            ["click", "button", "Apply"],
        ]
        return WebTask(asked, {"all": [listed, *wrong]}, steps)
    if what == 5:
        title, topic = chance.choice(HELP)
        asked, path = f"Open the help page '{title}'.", f"/help/{topic}"
        return WebTask(asked, {"at": {"path": path}}, [["click", "link", "Help"], ["click", "link", title]])
    one = chance.choice(issues(database, 1))
    asked = f"Show me the issue '{one['title']}' of the project '{one['project_name']}'."
    path = f"/projects/{one['slug']}/issues/{one['number']}"
    return WebTask(asked, {"at": {"path": path}}, to_issue(one["title"]))
