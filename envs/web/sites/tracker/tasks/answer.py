"""Find a fact and tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.tracker.help import PAGES
from scoutgym.envs.web.sites.tracker.pages import FACT
from scoutgym.envs.web.sites.tracker.site import PRIORITIES, ROLES, SITE
from scoutgym.envs.web.sites.tracker.tasks.common import (
    Steps,
    issues,
    members,
    number,
    only,
    projects,
    to_issue,
    to_project,
    today,
)
from scoutgym.envs.web.world import WebTask

HELP = {
    "megabytes": ("How many MB may an attachment to a mail have?", "limits"),
    "projects": ("How many projects can a person own?", "limits"),
    "requests": ("How many requests a minute does the programming interface allow?", "limits"),
    "kept_days": ("For how many days is a deleted project kept?", "projects"),
    "urgent_hours": ("Within how many hours do urgent issues get a first answer?", "issues"),
    "high_days": ("Within how many working days do issues of high priority get a first answer?", "issues"),
}


def answer(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Of an issue, a project, a person, a wiki or help page."""
    database = databases[SITE.host]
    return chance.choice(QUESTIONS)(database, chance.choice(projects(database, 1)), chance)


def _told(asked: str, said: Goal, text: str, way: Steps) -> WebTask:
    return WebTask(asked, {"all": [said, only()]}, [*way, ["say", text]])


def _number(asked: str, value: int, way: Steps) -> WebTask:
    return _told(asked, {"said": {"number": value}}, str(value), way)


def _person(asked: str, person: Row, way: Steps) -> WebTask:
    names = person["name"], person["username"], f"{person['name']} ({person['username']})"
    return _told(asked, {"any": [{"said": {"text": one}} for one in names]}, person["name"], way)


def _open(database: Database, project: Row, chance: Chance) -> WebTask:
    person = chance.choice(members(database, project["id"], 2))
    found = number(
        database,
        "SELECT count(*) FROM issue WHERE project = ? AND assignee = ? AND state = 'open'",
        *(project["id"], person["id"]),
    )
    asked = f"How many open issues of the project '{project['name']}' are assigned to '{person['name']}'?"
    way: Steps = [*to_project(project["name"]), ["click", "link", "Issues"], ["choose", "Assignee", person["name"]]]
    return _number(asked, found, [*way, ["click", "button", "Apply"]])


def _labeled(database: Database, project: Row, chance: Chance) -> WebTask:
    label = chance.choice(database.rows("SELECT id, name FROM label WHERE project = ?", project["id"]))
    found = number(
        database,
        "SELECT count(*) FROM labeled JOIN issue ON issue.id = issue WHERE label = ? AND state = 'closed'",
        label["id"],
    )
    asked = f"How many closed issues of the project '{project['name']}' have the label '{label['name']}'?"
    way: Steps = [*to_project(project["name"]), ["click", "link", "Issues"], ["choose", "State", "Closed"]]
    return _number(asked, found, [*way, ["choose", "Label", label["name"]], ["click", "button", "Apply"]])


def _assignee(database: Database, project: Row, chance: Chance) -> WebTask:
    one = chance.choice(issues(database, 1, "issue.project = ? AND issue.assignee > 0", project["id"]))
    person = database.rows("SELECT name, username FROM person WHERE id = ?", one["assignee"])[0]
    asked = f"Who is assigned to the issue '{one['title']}' of the project '{project['name']}'?"
    return _person(asked, person, to_issue(one["title"]))


def _owner(database: Database, project: Row, chance: Chance) -> WebTask:
    person = database.rows(
        "SELECT name, username FROM member JOIN person ON person.id = person WHERE project = ? AND role = 5",
        project["id"],
    )[0]
    return _person(f"Who is the owner of the project '{project['name']}'?", person, to_project(project["name"]))


def _next(database: Database, project: Row, chance: Chance) -> WebTask:
    first = database.rows(
        "SELECT title FROM milestone WHERE project = ? AND state = 'open' AND due >= ? ORDER BY due",
        *(project["id"], today(database)),
    )[0]["title"]
    asked = f"Which open milestone of the project '{project['name']}' is due next?"
    way: Steps = [*to_project(project["name"]), ["click", "link", "Milestones"]]
    return _told(asked, {"said": {"text": first}}, first, way)


def _role(database: Database, project: Row, chance: Chance) -> WebTask:
    person = chance.choice(members(database, project["id"]))
    role = ROLES[person["role"]]
    asked = f"Which role does '{person['name']}' have in the project '{project['name']}'?"
    way: Steps = [*to_project(project["name"]), ["click", "link", "Members"]]
    return _told(asked, {"said": {"text": role}}, role, way)


def _fact(database: Database, project: Row, chance: Chance) -> WebTask:
    page = chance.choice(database.rows("SELECT title, text FROM wiki WHERE project = ?", project["id"]))
    name, value = chance.choice(FACT.findall(page["text"]))
    asked = (
        f"What does the page '{page['title']}' in the wiki of the project '{project['name']}' say about "
        f"'{name}'? Give it as it stands there."
    )
    way: Steps = [*to_project(project["name"]), ["click", "link", "Wiki"], ["click", "link", page["title"]]]
    said: Goal = {"number": int(value)} if value.isdecimal() else {"text": value}
    return _told(asked, {"said": said}, value, way)


def _priority(database: Database, project: Row, chance: Chance) -> WebTask:
    one = chance.choice(issues(database, 1, "issue.project = ?", project["id"]))
    shown = PRIORITIES[one["priority"]]
    asked = f"Which priority does the issue '{one['title']}' of the project '{project['name']}' have?"
    return _told(asked, {"said": {"text": shown}}, shown, to_issue(one["title"]))


def _comments(database: Database, project: Row, chance: Chance) -> WebTask:
    one = chance.choice(issues(database, 1, "issue.project = ?", project["id"]))
    found = number(database, "SELECT count(*) FROM comment WHERE issue = ?", one["id"])
    asked = f"How many comments does the issue '{one['title']}' of the project '{project['name']}' have?"
    return _number(asked, found, to_issue(one["title"]))


def _help(database: Database, project: Row, chance: Chance) -> WebTask:
    column = chance.choice(list(HELP))
    asked, topic = HELP[column]
    value = number(database, f"SELECT {column} FROM tracker")
    way = [["click", "link", "Help"], ["click", "link", PAGES[topic][0]]]
    return _number(f"{asked} The help pages know.", value, way)


def _username(database: Database, project: Row, chance: Chance) -> WebTask:
    person = chance.choice(members(database, project["id"]))
    asked = f"What is the user name of '{person['name']}'?"
    return _told(asked, {"said": {"text": person["username"]}}, person["username"], to_issue(person["name"]))


QUESTIONS: tuple[Callable[[Database, Row, Chance], WebTask], ...] = (
    *(_open, _labeled, _assignee, _owner, _next, _role, _fact, _priority, _comments, _help, _username),
)
