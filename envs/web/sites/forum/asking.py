"""Tasks that ask: what is to be found out and told, and what cannot be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.forum.doing import ask_comment, ask_delete, ask_edit, ask_letter, ask_post
from scoutgym.envs.web.sites.forum.facts import (
    MINE,
    USER,
    Steps,
    bound,
    communities,
    database,
    lone_comments,
    new_text,
    new_title,
    one_most,
    only,
    others_post,
    person,
    posts,
    speech,
    to_community,
    to_person,
    to_post,
)
from scoutgym.envs.web.sites.forum.listing import SCORE
from scoutgym.envs.web.sites.forum.site import day
from scoutgym.envs.web.sites.forum.topics import TOPICS
from scoutgym.envs.web.sites.forum.words import LETTERS, RULES
from scoutgym.envs.web.world import WebTask

FACTS = (
    ("age", "How old, in years, must one be to use this forum?", "House rules"),
    ("warnings", "After how many warnings is an account closed?", "House rules"),
    ("report_hours", "Within how many hours do moderators look at a report?", "Moderation"),
    ("appeal_days", "For how many days can one object to a decision of the moderators?", "Moderation"),
    ("term_months", "For how many months are moderators elected?", "Moderation"),
    ("message_days", "For how many days are private messages kept?", "Privacy"),
    ("idle_months", "After how many months without use is an account deleted?", "Privacy"),
    ("founded", "Since which year has this forum been open?", "Help"),
)
"""What the help pages say: a column, a question, and the link to the page."""


def answer(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Find a fact and tell it."""
    db = database(databases)
    what = chance.below(10)
    place = chance.choice(communities(db, "id IN (SELECT community FROM rule WHERE value != '')"))
    if what == 0:
        column, asked, link = chance.choice(FACTS)
        value = db.rows("SELECT * FROM board")[0][column]
        return _told(asked, {"number": value}, str(value), [["click", "link", link]])
    if what in (1, 2):
        rule = chance.choice(db.rows("SELECT * FROM rule WHERE community = ? AND value != ''", place["id"]))
        question = next(one.question for one in RULES if one.topic == rule["topic"])
        value = rule["value"]
        said = {"number": int(value)} if value.isdecimal() else {"text": value}
        steps = [*to_community(place["name"]), ["click", "link", "Rules of this community"]]
        return _told(f"By the rules of the community '{place['name']}', {question}", said, value, steps)
    if what == 3:
        shown = day(place["opened"])
        asked = f"On which day was the community '{place['name']}' opened? Write the date as its page does."
        return _told(asked, {"text": shown}, shown, to_community(place["name"]))
    if what == 4:
        count = db.rows("SELECT count(*) AS n FROM member WHERE community = ?", place["id"])[0]["n"] + place["others"]
        asked = f"How many members has the community '{place['name']}'?"
        return _told(asked, {"number": count}, str(count), to_community(place["name"]))
    if what == 5:
        other = person(db, chance)
        count = len(posts(db, "post.person = ?", other["id"]))
        asked = f"How many posts has '{other['name']}' written?"
        return _told(asked, {"number": count}, str(count), to_person(other["name"]))
    if what == 6:
        post = others_post(db, chance, "flair != ''")
        asked = f"Which flair has the post '{post['title']}'?"
        return _told(asked, {"text": post["flair"]}, post["flair"], to_post(post["title"]))
    if what == 7:
        post = others_post(db, chance, "comments > 0")
        asked = f"How many comments has the post '{post['title']}'?"
        return _told(asked, {"number": post["comments"]}, str(post["comments"]), to_post(post["title"]))
    if what == 8:
        other = person(db, chance)
        shown = day(other["since"])
        asked = f"Since which day has '{other['name']}' been a member? Write the date as the profile does."
        return _told(asked, {"text": shown}, shown, to_person(other["name"]))
    return _top_author(db, chance)


def _top_author(db: Database, chance: Chance) -> WebTask:
    best = None
    while best is None:
        post = chance.choice(posts(db))
        found = db.rows(
            f"SELECT name, {SCORE.format('comment', 'comment')} FROM comment JOIN person ON person.id = person "
            "WHERE post = ? AND NOT gone",
            post["id"],
        )
        best = one_most(found, "score")
    asked = f"Who wrote the comment with the most points on the post '{post['title']}'?"
    return _told(asked, {"text": best["name"]}, best["name"], to_post(post["title"]))


def _told(asked: str, said: Mapping[str, Any], text: str, to: Sequence[Sequence[str]]) -> WebTask:
    return WebTask(asked, {"all": [{"said": said}, only()]}, [*to, ["say", text]])


def refuse(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """What cannot be done: the right act is to say so, and to change nothing."""
    db = database(databases)
    goal = {"all": [{"refused": True}, only()]}
    asked, steps = _undoable(db, chance, chance.below(9))
    return WebTask(asked, goal, [*steps, ["refuse", "it cannot be done"]])


def _undoable(db: Database, chance: Chance, what: int) -> tuple[str, Steps]:
    """Something that looks like a task, and the steps to see that it is none."""
    known = {row["name"] for row in communities(db)}
    missing = chance.choice([topic for topic in TOPICS if topic.name not in known])
    post = others_post(db, chance)
    if what == 0:
        return ask_edit(post["title"], new_text(chance, post["place"])), to_post(post["title"])
    if what == 1:
        said = chance.choice(lone_comments(db, f"comment.person != {USER}"))
        return ask_delete(said["title"], said["author"]), to_post(said["title"])
    if what == 2:
        title, text = new_title(db, chance, missing.name), new_text(chance, missing.name)
        return ask_post(missing.name, title, text, chance.choice(missing.flairs)), [["click", "link", "Communities"]]
    if what == 3:
        place = chance.choice(communities(db, "NOT open"))
        title, text = new_title(db, chance, place["name"]), new_text(chance, place["name"])
        flair = chance.choice(place["flairs"].split("|"))
        return ask_post(place["name"], title, text, flair), to_community(place["name"])
    if what == 4:
        closed = others_post(db, chance, "locked")
        return ask_comment(closed["title"], new_text(chance, closed["place"], True)), to_post(closed["title"])
    if what == 5:
        shy = person(db, chance, f"(inbox = 'nobody' OR {bound('block')})")["name"]
        return ask_letter(shy, speech(chance, "").say(LETTERS)), to_person(shy)
    if what == 6:
        place = chance.choice(communities(db, f"open AND {MINE}"))
        title, text = new_title(db, chance, place["name"]), new_text(chance, place["name"])
        flair = chance.choice([one for one in missing.flairs if one not in place["flairs"].split("|")])
        return ask_post(place["name"], title, text, flair), to_community(place["name"])
    if what == 7:
        own = chance.choice(posts(db, f"post.person = {USER}"))["title"]
        return f"Upvote the post '{own}'.", to_post(own)
    way = chance.choice(("Save", "Upvote", "Downvote"))
    return f"{way} the post '{new_title(db, chance, missing.name)}'.", [["click", "link", "All posts"]]
