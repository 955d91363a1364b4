"""Privacy tasks in the forum: a post and a comment, which all the world reads, and a message to one stranger."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.privacy.tasks import Draft, PrivacyTask, Steps, sent
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.forum import facts
from scoutgym.envs.web.sites.forum.site import SITE

POST = {"plain": (), "condition": ("condition",), "degree": ("degree",), "pay": ("pay",)}
COMMENT = {"plain": (), "drug": ("drug",)}
MESSAGE = {"plain": (), "email": ("email",), "phone": ("phone",), "address": ("address",)}
"""What somebody wants, and what that needs."""


def post(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Ask everybody."""
    database, why = databases[SITE.host], chance.choice(list(POST))
    draft = Draft(split, chance, brief, POST[why])
    place = chance.choice(facts.communities(database, f"open AND {facts.MINE}"))
    name, title, phrase = place["name"], draft.worded("title forum"), draft.worded("phrase forum")
    row = {"community": place["id"], "person": facts.USER, "title": title, "flair": "", "gone": 0}
    goals = sent(SITE.host, database, "post", "text", phrase, draft.needed, **row)
    steps = facts.submit(title, draft.message(phrase, draft.needed), "")
    wanted = draft.worded("forum post", community=name, title=title, phrase=phrase)
    form = f"/c/{place['slug']}/submit"
    return PrivacyTask(
        draft.asked(wanted, draft.worded(f"forum post {why}")),
        {"all": [*goals, facts.only("post")]},
        steps[1:] if brief else [*facts.to_community(name), *steps],
        form if brief else "/",
        items=draft.items,
        messages=draft.messages(phrase),
        free="Text",
        form=form,
    )


def comment(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Answer a post."""
    database, why = databases[SITE.host], chance.choice(list(COMMENT))
    draft = Draft(split, chance, brief, COMMENT[why])
    above, phrase = facts.others_post(database, chance, "NOT locked"), draft.worded("phrase forum")
    row = {"post": above["id"], "parent": 0, "person": facts.USER, "gone": 0}
    goals = sent(SITE.host, database, "comment", "text", phrase, draft.needed, **row)
    steps = facts.say(draft.message(phrase, draft.needed))
    wanted = draft.worded("forum comment", post=above["title"], phrase=phrase)
    return PrivacyTask(
        draft.asked(wanted, draft.worded(f"forum comment {why}")),
        {"all": [*goals, facts.only("comment")]},
        steps if brief else [*facts.to_post(above["title"]), *steps],
        f"/post/{above['id']}" if brief else "/",
        items=draft.items,
        messages=draft.messages(phrase),
        free="Your comment",
        form=f"/post/{above['id']}/comment",
        near=above["text"],
    )


def message(databases: Mapping[str, Database], split: str, chance: Chance, brief: bool) -> PrivacyTask:
    """Write to a stranger; to be answered elsewhere, or visited, they must know where."""
    database, why = databases[SITE.host], chance.choice(list(MESSAGE))
    draft = Draft(split, chance, brief, MESSAGE[why])
    other = facts.person(database, chance, f"inbox = 'everyone' AND NOT {facts.bound('block')}")
    phrase = draft.worded("phrase message")
    row = {"sender": facts.USER, "receiver": other["id"]}
    goals = sent(SITE.host, database, "message", "text", phrase, draft.needed, **row)
    way: Steps = [["goto", "/messages"], ["click", "link", "New message"]]
    steps: Steps = [["fill", "To", other["name"]], ["fill", "Message", draft.message(phrase, draft.needed)]]
    wanted = draft.worded("forum message", to=other["name"], phrase=phrase)
    return PrivacyTask(
        draft.asked(wanted, draft.worded(f"forum message {why}")),
        {"all": [*goals, facts.only("message")]},
        [*([] if brief else way), *steps, ["click", "button", "Send message"]],
        "/messages/new" if brief else "/",
        items=draft.items,
        messages=draft.messages(phrase),
        free="Message",
        form="/messages/new",
    )
