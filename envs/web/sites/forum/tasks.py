"""Tasks in the forum: each kind draws one from what the database holds, with a goal over it and a script."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.forum.asking import answer, refuse
from scoutgym.envs.web.sites.forum.doing import edit, join, message, settings, write
from scoutgym.envs.web.sites.forum.facts import (
    USER,
    Steps,
    communities,
    database,
    grown,
    has,
    one_most,
    only,
    others_post,
    person,
    posts,
    to_community,
    to_person,
    to_post,
)
from scoutgym.envs.web.sites.forum.listing import SCORE
from scoutgym.envs.web.world import WebTask

PLACES = (
    ("saved posts", "/saved", ["Saved"]),
    ("settings", "/settings", ["Settings"]),
    ("preferences", "/settings/preferences", ["Settings", "Preferences"]),
    ("list of the people that I have blocked", "/settings/blocked", ["Settings", "Blocked people"]),
    ("list of posts by people that I follow", "/following", ["Following"]),
    ("form for a new private message", "/messages/new", ["/messages", "New message"]),
    ("notifications", "/notifications", ["/notifications"]),
    ("messages", "/messages", ["/messages"]),
)
"""The user's own pages: what they are called, their address, and the links that lead there, or an address."""

SORTED = (("points", "top", "Top"), ("comments", "comments", "Most commented"))


def reach(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Show a page: of a community, a post, a person, or the user's own."""
    db = database(databases)
    what = chance.below(7)
    place = chance.choice(communities(db))
    name, path = place["name"], f"/c/{place['slug']}"
    if what == 0:
        return WebTask(f"Show me the community '{name}'.", {"at": {"path": path}}, to_community(name))
    if what == 1:
        steps = [*to_community(name), ["click", "link", "Rules of this community"]]
        return WebTask(f"Show me the rules of the community '{name}'.", {"at": {"path": f"{path}/rules"}}, steps)
    if what == 2:
        shown, value, link = chance.choice(SORTED)
        asked = f"Show me the posts of the community '{name}', those with the most {shown} first."
        goal = {"at": {"path": path, "query": {"sort": value}}}
        return WebTask(asked, goal, [*to_community(name), ["click", "link", link]])
    if what == 3:
        flair = chance.choice(place["flairs"].split("|"))
        asked = f"Show me only those posts of the community '{name}' that have the flair '{flair}'."
        goal = {"at": {"path": path, "query": {"flair": flair}}}
        return WebTask(asked, goal, [*to_community(name), ["click", "link", flair]])
    if what == 4:
        post = others_post(db, chance)
        return WebTask(
            f"Open the post '{post['title']}'.", {"at": {"path": f"/post/{post['id']}"}}, to_post(post["title"])
        )
    if what == 5:
        other, part = person(db, chance)["name"], chance.choice(("", "posts", "comments"))
        asked = f"Show me all {part} by '{other}', on the profile." if part else f"Show me the profile of '{other}'."
        steps = to_person(other)
        if part:
            count = _written(db, other, part)
            steps.append(["click", "link", f"{part.capitalize()} ({count})"])
        return WebTask(asked, {"at": {"path": f"/u/{other}/{part}".rstrip("/")}}, steps)
    shown, path, links = chance.choice(PLACES)
    steps = [["goto", link] if link[0] == "/" else ["click", "link", link] for link in links]
    return WebTask(
        f"Show me my {shown}." if "form" not in shown else f"Open the {shown}.", {"at": {"path": path}}, steps
    )


def _written(db: Database, name: str, part: str) -> int:
    table = part.removesuffix("s")
    sql = f"SELECT count(*) AS n FROM {table} WHERE NOT gone AND person = (SELECT id FROM person WHERE name = ?)"
    return int(db.rows(sql, name)[0]["n"])


def find(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Save or vote for a post or a comment that is known by its title, or by a description alone."""
    db = database(databases)
    what = chance.below(5)
    if what == 0:
        return _best_comment(db, chance)
    made: WebTask | None = None
    while made is None:
        if what == 1:
            post = others_post(db, chance)
            made = _kept(db, chance, post, f"the post '{post['title']}'", to_post(post["title"])[:-1])
        else:
            made = _by(db, chance) if what == 2 else _in_community(db, chance)
    return made


def _in_community(db: Database, chance: Chance) -> WebTask | None:
    """The most of something in a community; None where several have as much."""
    place = chance.choice(communities(db))
    shown, _, link = chance.choice(SORTED)
    found = one_most(posts(db, "post.community = ?", place["id"]), "score" if shown == "points" else "comments")
    which = f"the post with the most {shown} in the community '{place['name']}'"
    return _kept(db, chance, found, which, [*to_community(place["name"]), ["click", "link", link]])


def _by(db: Database, chance: Chance) -> WebTask | None:
    """The most of something by an author."""
    other = person(db, chance)
    shown, _, link = chance.choice(SORTED)
    found = posts(db, "post.person = ?", other["id"])
    best = one_most(found, "score" if shown == "points" else "comments")
    which = f"the post with the most {shown} by '{other['name']}'"
    steps = [*to_person(other["name"]), ["click", "link", f"Posts ({len(found)})"], ["click", "link", link]]
    return _kept(db, chance, best, which, steps)


def _kept(db: Database, chance: Chance, post: Row | None, which: str, steps: Steps) -> WebTask | None:
    """Save it or vote for it; None where that is done, or the post is the user's own."""
    if post is None or post["person"] == USER:
        return None
    way = chance.choice(("Save", "Upvote", "Downvote"))
    table = "saved" if way == "Save" else "vote"
    if db.rows(f"SELECT id FROM {table} WHERE person = ? AND post = ?", USER, post["id"]):
        return None
    more = {} if way == "Save" else {"comment": 0, "value": 1 if way == "Upvote" else -1}
    goal = {"all": [has(table, person=USER, post=post["id"], **more), *_counted(db, table, more), only(table)]}
    return WebTask(
        f"{way} {which}.", goal, [*steps, ["click", "link", post["title"]], ["click", "button", f"{way} post"]]
    )


def _counted(db: Database, table: str, more: Mapping[str, int]) -> list[dict[str, object]]:
    """That one row came, and no other one is of another value."""
    if table == "saved":
        return [dict(grown(db, table))]
    return [dict(grown(db, table, int(value == more["value"]), value=value)) for value in (1, -1)]


def _best_comment(db: Database, chance: Chance) -> WebTask:
    """The comment with the most points on a post."""
    while True:
        post = chance.choice(posts(db))
        found = db.rows(
            f"SELECT comment.*, name, {SCORE.format('comment', 'comment')} FROM comment "
            "JOIN person ON person.id = person WHERE post = ? AND NOT gone",
            post["id"],
        )
        best = one_most(found, "score")
        if best is None or best["person"] == USER or sum(row["person"] == best["person"] for row in found) > 1:
            continue
        if not db.rows("SELECT id FROM vote WHERE person = ? AND comment = ?", USER, best["id"]):
            break
    way = chance.choice(("Upvote", "Downvote"))
    value = 1 if way == "Upvote" else -1
    mine = has("vote", person=USER, comment=best["id"], value=value)
    goal = {"all": [mine, *_counted(db, "vote", {"value": value}), only("vote")]}
    asked = f"{way} the comment with the most points on the post '{post['title']}'."
    return WebTask(asked, goal, [*to_post(post["title"]), ["click", "button", f"{way} comment by {best['name']}"]])


__all__ = ["answer", "edit", "find", "join", "message", "reach", "refuse", "settings", "write"]
