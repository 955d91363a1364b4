"""What tasks in the forum are made of: rows of its database, goals over them, and steps through its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.forum.listing import POSTS
from scoutgym.envs.web.sites.forum.site import SITE
from scoutgym.envs.web.sites.forum.speech import Speech
from scoutgym.envs.web.sites.forum.topics import TOPICS

Steps = list[list[str]]
USER = 1
"""The person who is logged in."""
SPOKEN = 190
"""Characters that a text has at most which a task asks to be typed."""


# Rows.


def database(databases: Mapping[str, Database]) -> Database:
    """The forum's."""
    return databases[SITE.host]


def posts(db: Database, where: str = "1", *values: object) -> list[Row]:
    """Posts as lists show them, from the oldest to the newest."""
    return db.rows(f"{POSTS}{where} ORDER BY post.day, post.id", *values)


def others_post(db: Database, chance: Chance, where: str = "1") -> Row:
    """A post of somebody else."""
    return chance.choice(posts(db, f"post.person != {USER} AND {where}"))


def lone_comments(db: Database, where: str) -> list[Row]:
    """Comments whose author has no other one on the same post, with what is known of that post."""
    return db.rows(
        "SELECT comment.*, person.name AS author, title FROM comment JOIN person ON person.id = comment.person "
        "JOIN post ON post.id = comment.post WHERE NOT comment.gone AND NOT post.gone AND NOT EXISTS "
        "(SELECT 1 FROM comment AS twin WHERE twin.post = comment.post AND twin.person = comment.person "
        f"AND twin.id != comment.id) AND {where} ORDER BY comment.id",
    )


def communities(db: Database, where: str = "1") -> list[Row]:
    """Communities that fit."""
    return db.rows(f"SELECT * FROM community WHERE {where} ORDER BY id")


MINE = f"id IN (SELECT community FROM member WHERE person = {USER})"
"""A community that the user has joined."""


def person(db: Database, chance: Chance, where: str = "1") -> Row:
    """Somebody else, who has written a post."""
    found = f"SELECT * FROM person WHERE id != {USER} AND id IN (SELECT person FROM post) AND {where} ORDER BY id"
    return chance.choice(db.rows(found))


def bound(kind: str) -> str:
    """A condition on people: the user follows or blocks them."""
    return f"id IN (SELECT other FROM bond WHERE bond.person = {USER} AND kind = '{kind}')"


def one_most(found: Sequence[Row], key: str) -> Row | None:
    """The one row with most of something; None where several have as much."""
    ranked = sorted(found, key=lambda row: row[key], reverse=True)
    return ranked[0] if len(ranked) > 1 and ranked[0][key] > ranked[1][key] else None


# Texts.


def speech(chance: Chance, community: str) -> Speech:
    """How people speak in a community."""
    topics = [topic for topic in TOPICS if topic.name == community]
    return Speech(chance, topics[0] if topics else chance.choice(TOPICS))


def new_title(db: Database, chance: Chance, community: str) -> str:
    """A title that no post has."""
    known = {row["title"] for row in db.rows("SELECT title FROM post")}
    while (title := speech(chance, community).title()) in known:
        pass
    return title


def new_text(chance: Chance, community: str, comment: bool = False) -> str:
    """A text short enough to be dictated."""
    while len(text := speech(chance, community).comment() if comment else speech(chance, community).text()) > SPOKEN:
        pass
    return text


# Goals.


def has(table: str, count: int = 1, **where: Any) -> Goal:
    """That so many rows of a table are so."""
    return {"rows": {"host": SITE.host, "table": table, "where": where, "count": count}}


def grown(db: Database, table: str, by: int = 1, **where: Any) -> Goal:
    """That so many more rows of a table are so than at first."""
    tests = " AND ".join(["1", *(f"{column} = ?" for column in where)])
    count = db.execute(f"SELECT count(*) FROM {table} WHERE {tests}", list(where.values())).fetchone()[0]
    return has(table, count + by, **where)


def kept(db: Database, table: str, but: int = 0) -> list[Goal]:
    """That what the user wrote is as it was, all but one row."""
    found = db.rows(f"SELECT id, edited FROM {table} WHERE person = {USER} AND NOT gone AND id != ?", but)
    return [has(table, id=row["id"], edited=row["edited"], gone=0) for row in found]


def only(*tables: str) -> Goal:
    """That nothing else was changed."""
    return {"only": {SITE.host: list(tables)}}


# Steps.


def to_post(title: str) -> Steps:
    """From any page to a post."""
    return [["fill", "Search posts", title], ["click", "button", "Search"], ["click", "link", title]]


def to_community(name: str) -> Steps:
    """From any page to a community."""
    return [["click", "link", "Communities"], ["click", "link", name]]


def to_person(name: str) -> Steps:
    """From any page to somebody who has written a post."""
    search: Steps = [["click", "button", "Search"], ["fill", "Author", name], ["click", "button", "Apply"]]
    return [*search, ["click", "link", name]]


def submit(title: str, text: str, flair: str) -> Steps:
    """From a community's page to a new post."""
    steps: Steps = [["click", "link", "Write here"], ["fill", "Title", title], ["fill", "Text", text]]
    return [*steps, *([["choose", "Flair", flair]] if flair else []), ["click", "button", "Publish"]]


def say(text: str) -> Steps:
    """From a post's page to a new comment on it."""
    return [["fill", "Your comment", text], ["click", "button", "Comment"]]
