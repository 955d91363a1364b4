"""Issues from instructions: a new one, and changes to one that there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.tracker.site import PRIORITIES, SITE
from scoutgym.envs.web.sites.tracker.tasks.common import (
    USER,
    Steps,
    count,
    has,
    issue_is,
    issues,
    later,
    members,
    number,
    only,
    projects,
    to_issue,
    to_project,
    touched,
)
from scoutgym.envs.web.world import WebTask

TITLES = (
    "Buttons overlap on narrow screens",
    "Old backups are never deleted",
    "The start page loads twice",
    "Error message names the wrong file",
    "Copying text loses line breaks",
    "Keyboard focus jumps to the top",
    "Export leaves out the last row",
    "Numbers are rounded differently on paper",
    "Colors are hard to tell apart",
    "The search forgets the last word",
    "Help texts mention a page that is gone",
    "Updates fail behind a proxy",
)
TEXTS = (
    "A customer has sent us three screenshots of it.",
    "It began with the last update and happens every day.",
    "Please have a look before the next meeting.",
    "I have tried it on two machines with the same result.",
    "The workaround is to restart, but nobody likes that.",
    "Nobody has complained so far, and still it is wrong.",
)


def report(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Open a new issue."""
    database = databases[SITE.host]
    project = chance.choice(projects(database, 2))
    person = chance.choice(members(database, project["id"], 2))
    labels = database.rows("SELECT id, name FROM label WHERE project = ? ORDER BY id", project["id"])
    label = chance.choice(labels)
    title, text, due = chance.choice(TITLES), chance.choice(TEXTS), later(database, 3 + chance.below(60))
    priority = 1 + chance.below(4)
    asked = (
        f"Open a new issue in the project '{project['name']}'. Title: '{title}'. Description: '{text}'. "
        f"Assignee: '{person['name']}'. Label: '{label['name']}', and no other. "
    )
    values: dict[str, Any] = {"assignee": person["id"], "due": "", "priority": 2}
    steps: Steps = [["choose", "Assignee", person["name"]], ["check", label["name"]]]
    if chance.below(2):
        asked += f"Due date: '{due}'. "
        values["due"] = due
        steps.append(["fill", "Due date", due])
    if priority != 2:
        asked += f"Priority: '{PRIORITIES[priority]}'. "
        values["priority"] = priority
        steps.append(["choose", "Priority", PRIORITIES[priority]])
    goal = [
        *new_issue(database, project, title=title, text=text, **values),
        *labeled(database, next_issue(database), [label["id"]]),
        only("issue", "labeled"),
    ]
    way = [*to_project(project["name"]), ["click", "link", "New issue"], ["fill", "Title", title]]
    way += [["fill", "Description", text], *steps, ["click", "button", "Create issue"]]
    return WebTask(asked.strip(), {"all": goal}, way)


def next_issue(database: Database) -> int:
    """The id that the next new issue will have."""
    return number(database, "SELECT max(id) FROM issue") + 1


def new_issue(database: Database, project: Row, **values: Any) -> list[Goal]:
    """That there is one new issue, like this, and that no other was touched."""
    given = {"milestone": 0, "due": "", "priority": 2, "assignee": 0, "text": ""} | values
    place = number(database, "SELECT max(number) FROM issue WHERE project = ?", project["id"]) + 1
    made = has(
        "issue", id=next_issue(database), project=project["id"], number=place, author=USER, state="open", **given
    )
    return [made, *touched(database, 1, 1)]


def labeled(database: Database, issue: int, labels: Sequence[int]) -> list[Goal]:
    """That an issue without labels has got these, and no other issue any."""
    return [*(has("labeled", issue=issue, label=label) for label in labels), count(database, "labeled", len(labels))]


def edit(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Change two things about an issue."""
    database = databases[SITE.host]
    one = chance.choice(issues(database, 2, "issue.state = 'open'"))
    offers = _offers(database, one, chance)
    changes: dict[str, Any] = {}
    more, wanted, steps, words = 0, list[Goal](), Steps(), list[str]()
    for asked, columns, label, step in chance.sample(offers, 2):
        changes |= columns
        words.append(asked)
        steps.append(step)
        if label:
            more += 1
            wanted.append(has("labeled", issue=one["id"], label=label))
    goal = [issue_is(database, one, **changes), *touched(database, 1), *wanted, count(database, "labeled", more)]
    asked = f"In the issue '{one['title']}' of the project '{one['project_name']}', {words[0]}, and {words[1]}."
    way = [*to_issue(one["title"]), ["click", "link", "Edit issue"], *steps, ["click", "button", "Save changes"]]
    return WebTask(asked, {"all": [*goal, only("issue", *(["labeled"] if more else []))]}, way)


def _offers(database: Database, one: Row, chance: Chance) -> list[tuple[str, dict[str, Any], int, list[str]]]:
    """What may be changed about an issue: words, columns, a label to add, a step."""
    found: list[tuple[str, dict[str, Any], int, list[str]]] = []
    people = [row for row in members(database, one["project"], 2) if row["id"] != one["assignee"]]
    if people:
        person = chance.choice(people)
        step = ["choose", "Assignee", person["name"]]
        found.append((f"change the assignee to '{person['name']}'", {"assignee": person["id"]}, 0, step))
    due = later(database, 75 + chance.below(60))
    found.append((f"set the due date to '{due}'", {"due": due}, 0, ["fill", "Due date", due]))
    priority = chance.choice([level for level in PRIORITIES if level != one["priority"]])
    step = ["choose", "Priority", PRIORITIES[priority]]
    found.append((f"set the priority to '{PRIORITIES[priority]}'", {"priority": priority}, 0, step))
    plans = database.rows(
        "SELECT id, title FROM milestone WHERE project = ? AND state = 'open' AND id != ?",
        *(one["project"], one["milestone"]),
    )
    if plans:
        plan = chance.choice(plans)
        step = ["choose", "Milestone", plan["title"]]
        found.append((f"set the milestone to '{plan['title']}'", {"milestone": plan["id"]}, 0, step))
    free = database.rows(
        "SELECT id, name FROM label WHERE project = ? AND id NOT IN (SELECT label FROM labeled WHERE issue = ?)",
        *(one["project"], one["id"]),
    )
    if free:
        label = chance.choice(free)
        found.append((f"add the label '{label['name']}'", {}, label["id"], ["check", label["name"]]))
    title = f"{one['title']} (again)"
    found.append((f"change the title to '{title}'", {"title": title}, 0, ["fill", "Title", title]))
    return found
