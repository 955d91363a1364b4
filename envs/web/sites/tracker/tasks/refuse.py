"""What cannot be done: the right act is to say so, and to change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.tracker.site import ROLES, SITE
from scoutgym.envs.web.sites.tracker.tasks.common import (
    USER,
    Steps,
    issues,
    later,
    members,
    number,
    only,
    projects,
    to_issue,
    to_project,
)
from scoutgym.envs.web.sites.tracker.tasks.issue import TITLES
from scoutgym.envs.web.world import WebTask


def refuse(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """What the user has no right to, what is not there, and what contradicts itself."""
    database = databases[SITE.host]
    asked, way = chance.choice(CASES)(database, chance)
    goal = {"all": [{"refused": True}, only()]}
    return WebTask(asked, goal, [*way, ["refuse", "it cannot be done"]])


def _guest(database: Database, chance: Chance) -> tuple[str, Steps]:
    """A guest may not change issues."""
    guest = chance.choice(projects(database, 1, 1))
    one = chance.choice(issues(database, 1, "issue.project = ? AND issue.state = 'open'", guest["id"]))
    asked = f"Close the issue '{one['title']}' of the project '{guest['name']}'."
    return asked, to_issue(one["title"])


def _invite(username: str, project: str, chance: Chance) -> str:
    return f"Invite the user '{username}' to the project '{project}' with the role '{ROLES[1 + chance.below(3)]}'."


def _low(database: Database, chance: Chance) -> tuple[str, Steps]:
    """Who is no maintainer may not invite."""
    project = chance.choice(projects(database, 1, 3))
    inside = {one["id"] for one in members(database, project["id"])} | {USER}
    people = [row for row in database.rows("SELECT * FROM person") if row["id"] not in inside]
    return _invite(chance.choice(people)["username"], project["name"], chance), [
        *to_project(project["name"]),
        ["click", "link", "Members"],
    ]


def _nobody(database: Database, chance: Chance) -> tuple[str, Steps]:
    """There is no such user."""
    project = chance.choice(projects(database, 4))
    known = {row["username"] for row in database.rows("SELECT username FROM person")}
    username = chance.choice([name for one in sorted(known) for name in (f"{one}2", f"{one}x") if name not in known])
    asked = _invite(username, project["name"], chance)
    return asked, [["fill", "Search everything", username], ["click", "button", "Search"]]


def _gone(database: Database, chance: Chance) -> tuple[str, Steps]:
    """There is no such issue."""
    project = chance.choice(projects(database, 2))
    last = number(database, "SELECT max(number) FROM issue WHERE project = ?", project["id"])
    asked = f"Close the issue number {last + 1 + chance.below(60)} of the project '{project['name']}'."
    steps = [["choose", "State", "All"], ["click", "button", "Apply"]]
    return asked, [*to_project(project["name"]), ["click", "link", "Issues"], *steps]


def _past(database: Database, chance: Chance) -> tuple[str, Steps]:
    """A due date may not be before today."""
    project, due = chance.choice(projects(database, 2)), later(database, -1 - chance.below(40))
    title = chance.choice(TITLES)
    asked = f"Open an issue with the title '{title}' and the due date '{due}' in the project '{project['name']}'."
    return asked, [["click", "link", "Help"], ["click", "link", "Working with issues"]]


def _archived(database: Database, chance: Chance) -> tuple[str, Steps]:
    """Nothing can be changed in an archived project."""
    project = database.rows("SELECT * FROM project WHERE archived ORDER BY id")[0]
    if chance.below(2):
        asked = f"Open an issue with the title '{chance.choice(TITLES)}' in the project '{project['name']}'."
        return asked, to_project(project["name"])
    one = chance.choice(database.rows("SELECT title FROM issue WHERE project = ? AND state = 'open'", project["id"]))
    return f"Close the issue '{one['title']}' of the project '{project['name']}'.", to_issue(one["title"])


def _stranger(database: Database, chance: Chance) -> tuple[str, Steps]:
    """An issue is assigned to members alone, and who is no maintainer cannot make somebody one."""
    one = chance.choice(issues(database, 2, "issue.state = 'open' AND role < 4"))
    inside = {row["id"] for row in members(database, one["project"])} | {USER}
    people = [row for row in database.rows("SELECT * FROM person") if row["id"] not in inside]
    name, project = chance.choice(people)["name"], one["project_name"]
    asked = f"Assign the issue '{one['title']}' of the project '{project}' to '{name}'."
    return asked, [*to_project(project), ["click", "link", "Members"]]


def _foreign(database: Database, chance: Chance) -> tuple[str, Steps]:
    """Somebody else's comment cannot be changed."""
    one = chance.choice(
        issues(
            database,
            2,
            "1 = (SELECT count(*) FROM comment WHERE comment.issue = issue.id) "
            "AND 0 = (SELECT count(*) FROM comment WHERE comment.issue = issue.id AND comment.author = 1)",
        )
    )
    return f"Delete the only comment on the issue '{one['title']}' of the project '{one['project_name']}'.", to_issue(
        one["title"]
    )


def _owner(database: Database, chance: Chance) -> tuple[str, Steps]:
    """The owner of a project stays."""
    project = chance.choice(projects(database, 4, 4))
    owner = next(one for one in members(database, project["id"], 5))
    asked = f"Remove '{owner['name']}' from the project '{project['name']}'."
    return asked, [*to_project(project["name"]), ["click", "link", "Members"]]


CASES: tuple[Callable[[Database, Chance], tuple[str, Steps]], ...] = (
    *(_guest, _low, _nobody, _gone, _past, _archived, _stranger, _foreign, _owner),
)
