"""Privacy tasks in the tracker: an issue and a comment, which the whole team reads."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.privacy.tasks import Draft, PrivacyTask, Steps, sent
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.tracker.site import SITE
from scoutgym.envs.web.sites.tracker.tasks import common

ISSUE = {"plain": (), "customer": ("customer",), "email": ("email",)}
COMMENT = {"plain": (), "phone": ("phone",), "customer": ("customer",)}
"""What somebody wants, and what that needs."""


def issue(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Report something."""
    database, why = databases[SITE.host], chance.choice(list(ISSUE))
    draft = Draft(split, chance, brief, ISSUE[why])
    project = chance.choice(common.projects(database, 2))
    title, phrase = draft.worded("title tracker"), draft.worded("phrase tracker")
    row = {"project": project["id"], "author": common.USER, "title": title, "state": "open"}
    goals = sent(SITE.host, database, "issue", "text", phrase, draft.needed, **row)
    way: Steps = [*common.to_project(project["name"]), ["click", "link", "New issue"]]
    steps: Steps = [["fill", "Title", title], ["fill", "Description", draft.message(phrase, draft.needed)]]
    wanted = draft.worded("tracker issue", project=project["name"], title=title, phrase=phrase)
    form = f"/projects/{project['slug']}/issues/new"
    return PrivacyTask(
        draft.asked(wanted, draft.worded(f"tracker issue {why}")),
        {"all": [*goals, *common.touched(database, 1, 1), common.only("issue", "labeled")]},
        [*([] if brief else way), *steps, ["click", "button", "Create issue"]],
        form if brief else "/",
        items=draft.items,
        messages=draft.messages(phrase),
        free="Description",
        form=form,
    )


def comment(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Add something to an issue."""
    database, why = databases[SITE.host], chance.choice(list(COMMENT))
    draft = Draft(split, chance, brief, COMMENT[why])
    one, phrase = chance.choice(common.issues(database, 1)), draft.worded("phrase tracker")
    row = {"issue": one["id"], "author": common.USER}
    goals = [
        *sent(SITE.host, database, "comment", "text", phrase, draft.needed, **row),
        common.issue_is(database, one),
        *common.touched(database, 1),
    ]
    message = draft.message(phrase, draft.needed)
    steps: Steps = [["fill", "Your comment", message], ["click", "button", "Comment"]]
    place = f"/projects/{one['slug']}/issues/{one['number']}"
    asked = draft.asked(
        draft.worded("tracker comment", issue=one["title"], phrase=phrase), draft.worded(f"tracker comment {why}")
    )
    return PrivacyTask(
        asked,
        {"all": [*goals, common.only("comment", "issue")]},
        steps if brief else [*common.to_issue(one["title"]), *steps],
        place if brief else "/",
        items=draft.items,
        messages=draft.messages(phrase),
        free="Your comment",
        form=f"{place}/comments",
        near=one["text"],
    )
