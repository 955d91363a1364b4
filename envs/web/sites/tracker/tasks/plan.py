"""Several things that belong together: a label and an issue, a milestone and what is in it."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.tracker.site import SITE
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
from scoutgym.envs.web.sites.tracker.tasks.issue import TITLES, labeled, new_issue, next_issue
from scoutgym.envs.web.sites.tracker.words import COLORS, NEW_LABELS
from scoutgym.envs.web.world import WebTask

SAID = (
    "I will look at it on Monday.",
    "Please tell me when you have begun.",
    "See also the notes of the last meeting.",
    "This should not take more than a day.",
    "Ask me if anything is unclear.",
)
PLANS = ("Workshop week", "Security review", "Partner demo", "Long-term support", "Year-end freeze", "Pilot phase")


def plan(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """A label with its first issue, a milestone with two issues, or one that is closed and emptied."""
    database = databases[SITE.host]
    project = chance.choice(projects(database, 3))
    what = chance.below(3)
    if what == 0:
        return _with_label(database, project, chance)
    moved = _emptied(database, project, chance) if what == 1 else None
    return moved or _with_milestone(database, project, chance)


def _with_label(database: Database, project: Row, chance: Chance) -> WebTask:
    name, color = chance.choice(NEW_LABELS), chance.choice(COLORS)
    title, text = chance.choice(TITLES), chance.choice(SAID)
    person = chance.choice(members(database, project["id"], 2))
    label, issue = number(database, "SELECT max(id) FROM label") + 1, next_issue(database)
    goal = [
        has("label", id=label, project=project["id"], name=name, color=color, about=""),
        count(database, "label", 1),
        *new_issue(database, project, title=title, assignee=person["id"]),
        *labeled(database, issue, [label]),
        has("comment", issue=issue, author=USER, text=text),
        count(database, "comment", 1),
        only("label", "issue", "labeled", "comment"),
    ]
    asked = (
        f"In the project '{project['name']}', create the label '{name}' in the color '{color.capitalize()}', without a "
        f"description. Then open an issue with the title '{title}' and no description, with this label alone, assigned "
        f"to '{person['name']}', and comment on it: '{text}'"
    )
    steps: Steps = [
        *to_project(project["name"]),
        ["click", "link", "Labels"],
        ["click", "link", "New label"],
        ["fill", "Name", name],
        ["choose", "Color", color.capitalize()],
        ["click", "button", "Create label"],
        ["click", "link", "Issues"],
        ["click", "link", "New issue"],
        ["fill", "Title", title],
        ["choose", "Assignee", person["name"]],
        ["check", name],
        ["click", "button", "Create issue"],
        ["fill", "Your comment", text],
        ["click", "button", "Comment"],
    ]
    return WebTask(asked, {"all": goal}, steps)


def _into(title: str, name: str) -> Steps:
    """Put an issue into a milestone."""
    step = ["choose", "Milestone", name]
    return [*to_issue(title), ["click", "link", "Edit issue"], step, ["click", "button", "Save changes"]]


def _with_milestone(database: Database, project: Row, chance: Chance) -> WebTask:
    name, due = chance.choice(PLANS), later(database, 20 + chance.below(120))
    found = chance.sample(issues(database, 3, "issue.project = ? AND issue.state = 'open'", project["id"]), 2)
    new = number(database, "SELECT max(id) FROM milestone") + 1
    goal = [
        has("milestone", id=new, project=project["id"], title=name, about="", due=due, state="open"),
        count(database, "milestone", 1),
        *(issue_is(database, one, milestone=new) for one in found),
        *touched(database, 2),
        only("milestone", "issue"),
    ]
    asked = (
        f"In the project '{project['name']}', create the milestone '{name}', due on '{due}', without a description. "
        f"Put two issues into it: '{found[0]['title']}' and '{found[1]['title']}'."
    )
    steps: Steps = [
        *to_project(project["name"]),
        ["click", "link", "Milestones"],
        ["click", "link", "New milestone"],
        ["fill", "Title", name],
        ["fill", "Due date", due],
        ["click", "button", "Create milestone"],
    ]
    return WebTask(asked, {"all": goal}, [*steps, *(step for one in found for step in _into(one["title"], name))])


def _emptied(database: Database, project: Row, chance: Chance) -> WebTask | None:
    """None where no open milestone has one to three open issues."""
    plans = database.rows(
        "SELECT milestone.*, (SELECT count(*) FROM issue WHERE milestone = milestone.id AND state = 'open') AS work "
        "FROM milestone WHERE project = ? AND state = 'open' ORDER BY id",
        project["id"],
    )
    full = [row for row in plans if 0 < row["work"] < 4]
    if not full or len(plans) < 2:
        return None
    old = chance.choice(full)
    new = chance.choice([row for row in plans if row is not old])
    found = issues(database, 3, "issue.milestone = ? AND issue.state = 'open'", old["id"])
    columns = ("id", "project", "title", "about", "due")
    goal = [
        has("milestone", **{name: old[name] for name in columns}, state="closed"),
        count(database, "milestone"),
        count(database, "milestone", -1, state="open"),
        *(issue_is(database, one, milestone=new["id"]) for one in found),
        *touched(database, len(found)),
        only("milestone", "issue"),
    ]
    asked = (
        f"In the project '{project['name']}', move all open issues of the milestone '{old['title']}' to the milestone "
        f"'{new['title']}', and then close the milestone '{old['title']}'."
    )
    steps: Steps = [step for one in found for step in _into(one["title"], new["title"])]
    steps += [*to_project(project["name"]), ["click", "link", "Milestones"], ["click", "link", old["title"]]]
    return WebTask(asked, {"all": goal}, [*steps, ["click", "button", "Close milestone"]])
