"""Words: comments on issues, and pages of a wiki."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.tracker.site import SITE
from scoutgym.envs.web.sites.tracker.tasks.common import (
    USER,
    Steps,
    count,
    has,
    issue_is,
    issues,
    number,
    only,
    projects,
    to_issue,
    to_project,
    today,
    touched,
)
from scoutgym.envs.web.world import WebTask

COMMENTS = (
    "It is fixed on my machine.",
    "Could this wait until next month?",
    "I have asked the customer for more details.",
    "The second draft is better than the first.",
    "We should test this on old devices too.",
    "Please close this when the texts are done.",
)
PAGES = {
    "Glossary": "What our words mean, from A to Z.",
    "Style guide": "Short sentences, plain words, no jokes.",
    "Backup": "A copy is made every night and kept for a month.",
    "Who is who": "Ask the owner first, then the maintainers.",
    "Travel": "Bring your own laptop and a power cord.",
}
ONE = "1 = (SELECT count(*) FROM comment WHERE comment.issue = issue.id AND comment.author = 1)"
"""That the user has written just one comment on an issue."""


def write(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Comment, change or delete a comment of one's own, write a new wiki page."""
    database = databases[SITE.host]
    what = chance.below(4)
    own = issues(database, 1, ONE)
    if what == 0 and own:
        return _changed(database, chance)
    if what == 1 and own:
        one = chance.choice(own)
        goal = [issue_is(database, one), *touched(database, 1), count(database, "comment", -1)]
        goal += [count(database, "comment", -1, issue=one["id"], author=USER), only("comment", "issue")]
        asked = f"Delete my comment on the issue '{one['title']}' of the project '{one['project_name']}'."
        return WebTask(asked, {"all": goal}, [*to_issue(one["title"]), ["click", "button", "Delete comment"]])
    if what == 2:
        return _page(database, chance)
    one, text = chance.choice(issues(database, 1)), chance.choice(COMMENTS)
    goal = [has("comment", issue=one["id"], author=USER, text=text), count(database, "comment", 1)]
    goal += [issue_is(database, one), *touched(database, 1), only("comment", "issue")]
    asked = f"Comment on the issue '{one['title']}' of the project '{one['project_name']}': '{text}'"
    steps: Steps = [*to_issue(one["title"]), ["fill", "Your comment", text], ["click", "button", "Comment"]]
    return WebTask(asked, {"all": goal}, steps)


def _changed(database: Database, chance: Chance) -> WebTask:
    one, text = chance.choice(issues(database, 1, ONE)), chance.choice(COMMENTS)
    id = number(database, "SELECT id FROM comment WHERE issue = ? AND author = ?", one["id"], USER)
    goal = [
        has("comment", id=id, issue=one["id"], author=USER, text=text),
        count(database, "comment"),
        count(database, "comment", 1, edited=today(database)),
        issue_is(database, one),
        *touched(database, 1),
        only("comment", "issue"),
    ]
    asked = f"Change my comment on the issue '{one['title']}' of the project '{one['project_name']}' to: '{text}'"
    steps = [["click", "link", "Edit comment"], ["fill", "Your comment", text], ["click", "button", "Save comment"]]
    return WebTask(asked, {"all": goal}, [*to_issue(one["title"]), *steps])


def _page(database: Database, chance: Chance) -> WebTask:
    project, title = chance.choice(projects(database, 3)), chance.choice(list(PAGES))
    text = PAGES[title]
    goal = [has("wiki", project=project["id"], title=title, text=text), count(database, "wiki", 1), only("wiki")]
    goal.append(count(database, "wiki", 1, updated=today(database)))
    asked = f"Write a new page in the wiki of the project '{project['name']}'. Title: '{title}'. Text: '{text}'"
    steps: Steps = [
        *to_project(project["name"]),
        ["click", "link", "Wiki"],
        ["click", "link", "New page"],
        ["fill", "Title", title],
        ["fill", "Text", text],
        ["click", "button", "Create page"],
    ]
    return WebTask(asked, {"all": goal}, steps)
