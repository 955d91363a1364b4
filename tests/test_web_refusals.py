"""What the store, the forum and the tracker ask for that cannot be done is tried by hand, and the site says no.

What is tried is read from the words of the task alone. The same hand does what is asked for in the same words where it
can be done, so that a task which could be done after all would be found. Travel and office have tests of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from web_hand import Hand

from scoutgym.envs.chance import Chance
from scoutgym.envs.tasks import SPLITS
from scoutgym.envs.web.sites.database import Database, changes, cookies
from scoutgym.envs.web.sites.forum.comments import LOCKED
from scoutgym.envs.web.sites.site import Request, Response
from scoutgym.envs.web.sites.store.tasks import MISSING
from scoutgym.envs.web.sites.tracker.site import ROLES
from scoutgym.envs.web.world import contents, site_of

pytestmark = pytest.mark.web

Tried = tuple[str, list[Response]]
"""What was tried, and what the site answered to each try."""
Try = Callable[..., Tried]


def hand_of(name: str, index: int) -> Hand:
    """Whoever is logged in, on contents of all splits in turn."""
    site, split = site_of(name), SPLITS[index % 3]
    return Hand(site, Database(contents(name, split, index // 3 % 3)[site.host]))


def post(hand: Hand, path: str, **fields: Any) -> Response:
    (site,) = hand.browser.sites.values()
    return site.answer(hand.database, Request(path, "", True, urlencode(fields), cookies(hand.database)))


WHY = (LOCKED, "does not accept private messages.", "You have blocked ", "Only moderators post in this community.")
"""What stands on a page that says no where its form would be."""


def said_no(answer: Response) -> bool:
    """Forbidden, not there, a form that comes back with one mistake (not half empty), or a page without its form."""
    once = answer.body.count('class="mistake"') == 1
    return answer.status in (403, 404) or (answer.status == 200 and (once or any(why in answer.body for why in WHY)))


def tried(hand: Hand, ways: Mapping[str, Try], asked: str) -> Tried | None:
    """Do what is asked for; None where it is asked for in words that no task to refuse has."""
    for words, way in ways.items():
        match = re.fullmatch(words, asked, re.DOTALL)
        if match:
            return way(hand, *match.groups())
    return None


def asked_for(name: str, kind: str, many: int) -> Iterator[tuple[Hand, str]]:
    """The words of many tasks of a kind, each with a hand on the contents that it is of."""
    draw = getattr(import_module(f"scoutgym.envs.web.sites.{name}.tasks"), kind)
    for index in range(many):
        hand = hand_of(name, index)
        task = draw({site_of(name).host: hand.database}, Chance(b"asked for", index))
        for asked in {task.asked, task.asked_test or task.asked}:
            yield hand_of(name, index), asked


def refusals(name: str, ways: Mapping[str, Try], many: int) -> Counter[str]:
    """How often each thing was tried that a task says cannot be done; the site has always said no."""
    found = Counter[str]()
    for hand, asked in asked_for(name, "refuse", many):
        done = tried(hand, ways, asked)
        assert done is not None, f"no try is known for {asked}"
        what, answers = done
        assert answers, asked
        assert all(map(said_no, answers)), (asked, [answer.location for answer in answers])
        assert changes(hand.database) == {}, asked
        found[what] += 1
    return found


def feasible(name: str, ways: Mapping[str, Try], kinds: tuple[str, ...], many: int) -> Counter[str]:
    """How often each thing was done that other kinds of tasks ask for in the words of those to refuse."""
    found = Counter[str]()
    for kind in kinds:
        for hand, asked in asked_for(name, kind, many):
            done = tried(hand, ways, asked)
            if done is not None:
                assert changes(hand.database), asked
                found[done[0]] += 1
    return found


# The store.


def _put(hand: Hand, name: str) -> Tried:
    listed = hand.goto(f"/search?{urlencode({'q': name})}")
    product = next(iter(hand.database.rows("SELECT * FROM product WHERE lower(name) = ?", name.lower())), None)
    if product is None:
        words = " AND ".join(["instr(lower(name || ' ' || kind), ?)"] * len(name.split()))
        assert not hand.database.rows(f"SELECT id FROM product WHERE {words}", *name.lower().split())
        assert "Nothing fits" in listed.text
        return f"put {name}", [post(hand, "/product/0/add", quantity=1)]
    assert listed.browser.page.find("link", name)
    ways = [(color, size) for color in product["colors"].split("|") for size in product["sizes"].split("|")]
    path = f"/product/{product['id']}/add"
    return "put what is gone", [post(hand, path, quantity=1, color=color, size=size) for color, size in ways]


def _cancel(hand: Hand, number: str) -> Tried:
    """The page has no button for it; where the address is posted to all the same, it is shown again as it was."""
    button = hand.goto(f"/orders/{number}").browser.page.find("button", "Cancel this order")
    answer = post(hand, f"/orders/{number}/cancel")
    assert bool(button) == ("note=cancelled" in answer.location)
    return "cancel", [Response("", 200 if button else 403)]


STORE = {"Put one '(.+)' into my cart\\.": _put, "Cancel my order '(.+)'\\.": _cancel}


def test_what_the_store_refuses_cannot_be_done() -> None:
    found = refusals("store", STORE, 90)
    assert set(found) == {"put what is gone", "cancel", *(f"put {name}" for name in MISSING)}


def test_the_store_does_it_where_it_can_be_done() -> None:
    for index in range(9):
        hand = hand_of("store", index)
        name = hand.row("SELECT name FROM product WHERE stock > 0 ORDER BY id DESC LIMIT 1 OFFSET ?", index)[0]
        hand.database.execute("DELETE FROM cart")
        tried(hand, STORE, f"Put one '{name}' into my cart.")
        assert hand.row("SELECT count(*) FROM cart JOIN product ON product.id = product WHERE name = ?", name)[0]
        number = hand.row("SELECT number FROM orders WHERE person = 1")[0]
        hand.database.execute("UPDATE orders SET state = 'processing' WHERE number = ?", (number,))
        tried(hand, STORE, f"Cancel my order '{number}'.")
        assert hand.row("SELECT state FROM orders WHERE number = ?", number)[0] == "cancelled"


# The forum.


def _posts(hand: Hand, title: str) -> list[dict[str, Any]]:
    """Those of a title; where it has none, a search for it finds none either."""
    found = hand.database.rows("SELECT * FROM post WHERE lower(title) = ? AND NOT gone", title.lower())
    listed = hand.goto(f"/search?{urlencode({'q': title})}").browser.page.find("link", title)
    assert bool(listed) == bool(found)
    return found


def _replace(hand: Hand, title: str, text: str) -> Tried:
    found = _posts(hand, title)
    return "edit", [post(hand, f"/post/{one['id']}/edit", **(one | {"text": text})) for one in found]


def _uncomment(hand: Hand, name: str, title: str) -> Tried:
    found = hand.database.rows(
        "SELECT comment.id FROM comment JOIN person ON person.id = comment.person WHERE name = ? AND post IN "
        "(SELECT id FROM post WHERE title = ?)",
        *(name, title),
    )
    return "delete", [post(hand, f"/comment/{one['id']}/delete") for one in found]


def _publish(hand: Hand, name: str, title: str, flair: str, text: str) -> Tried:
    place = next(iter(hand.database.rows("SELECT * FROM community WHERE lower(name) = ?", name.lower())), None)
    links = hand.goto("/communities").browser.page.find("link", name)
    assert bool(links) == (place is not None)
    if place is None:
        slug = re.sub("[^a-z]+", "-", name.lower())
        return "write nowhere", [post(hand, f"/c/{slug}/submit", title=title, flair=flair, text=text)]
    fields = {"title": title, "flair": flair, "text": text}
    if place["open"]:
        known = flair in place["flairs"].split("|")
        return "write" if known else "write with a flair", [post(hand, f"/c/{place['slug']}/submit", **fields)]
    copy = Hand(site_of("forum"), hand.database.copy())
    post(copy, f"/c/{place['slug']}/join")  # who joins first cannot write there either
    return "write where it is closed", [post(one, f"/c/{place['slug']}/submit", **fields) for one in (hand, copy)]


def _comment(hand: Hand, title: str, text: str) -> Tried:
    return "comment", [post(hand, f"/post/{one['id']}/comment", text=text) for one in _posts(hand, title)]


def _send(hand: Hand, name: str, text: str) -> Tried:
    ways = [("/messages/new", {"to": name, "text": text}), (f"/messages/{name}", {"text": text})]
    blocked = f"You have blocked {name}." in hand.goto(f"/messages/{name}").text
    return f"send to who is {'blocked' if blocked else 'shy'}", [post(hand, path, **fields) for path, fields in ways]


def _keep(hand: Hand, way: str, title: str) -> Tried:
    act = {"Save": "save", "Upvote": "vote/up", "Downvote": "vote/down"}[way]
    found = _posts(hand, title)
    if not found:
        return f"{way} what is not there", [post(hand, f"/post/0/{act}")]
    return way, [post(hand, f"/post/{one['id']}/{act}") for one in found]


FORUM: dict[str, Try] = {
    "Replace the text of the post '(.+)' with: '(.+)'": _replace,
    "Delete the comment by '(.+)' on the post '(.+)'\\.": _uncomment,
    "Write a post in the community '(.+)'\\. Title: '(.+)'\\. Flair: '(.+)'\\. Text: '(.+)'": _publish,
    "Comment on the post '(.+?)': '(.+)'": _comment,
    "Send a private message to '(.+?)': '(.+)'": _send,
    "(Save|Upvote|Downvote) the post '(.+)'\\.": _keep,
}


def test_what_the_forum_refuses_cannot_be_done() -> None:
    found = refusals("forum", FORUM, 180)
    assert set(found) == {
        *("edit", "delete", "write nowhere", "write where it is closed", "write with a flair", "comment", "Upvote"),
        *("send to who is blocked", "send to who is shy"),
        *(f"{way} what is not there" for way in ("Save", "Upvote", "Downvote")),
    }


def test_the_forum_does_it_where_it_can_be_done() -> None:
    found = feasible("forum", FORUM, ("write", "edit", "message", "find"), 30)
    assert {"edit", "delete", "write", "comment", "Upvote"} <= set(found)
    assert any(what.startswith("send") for what in found)


# The tracker.


def _project(hand: Hand, name: str) -> dict[str, Any]:
    (found,) = hand.database.rows("SELECT * FROM project WHERE name = ?", name)
    return found


def _issues(hand: Hand, title: str, project: str) -> list[dict[str, Any]]:
    return hand.database.rows(
        "SELECT issue.*, slug FROM issue JOIN project ON project.id = project WHERE title = ? AND name = ?",
        *(title, project),
    )


def _archived(hand: Hand, project: str) -> list[Response]:
    """Where a project is archived, who is not its owner cannot take it out of there either."""
    one = _project(hand, project)
    return [post(hand, f"/projects/{one['slug']}/archive")] if one["archived"] else []


def _close(hand: Hand, title: str, project: str) -> Tried:
    first = _archived(hand, project)
    found = [f"/projects/{one['slug']}/issues/{one['number']}/close" for one in _issues(hand, title, project)]
    return "close in the archive" if first else "close", [*first, *(post(hand, path) for path in found)]


def _close_number(hand: Hand, number: str, project: str) -> Tried:
    return "close a number", [post(hand, f"/projects/{_project(hand, project)['slug']}/issues/{number}/close")]


def _invite(hand: Hand, username: str, project: str, role: str) -> Tried:
    number = next(number for number, name in ROLES.items() if name == role)
    known = hand.database.rows("SELECT id FROM person WHERE username = ?", username)
    path = f"/projects/{_project(hand, project)['slug']}/members"
    return f"invite {'somebody' if known else 'nobody'}", [post(hand, path, username=username, role=number)]


def _open(hand: Hand, title: str, due: str | None, project: str) -> Tried:
    first = _archived(hand, project)
    fields = {"title": title, "due": due or "", "assignee": 0, "milestone": 0, "priority": 2}
    answer = post(hand, f"/projects/{_project(hand, project)['slug']}/issues/new", **fields)
    return "open in the archive" if first else "open", [*first, answer]


def _assign(hand: Hand, title: str, project: str, name: str) -> Tried:
    """And to invite them first, which takes a maintainer."""
    answers = []
    for person in hand.database.rows("SELECT * FROM person WHERE name = ?", name):
        for one in _issues(hand, title, project):
            fields = one | {"assignee": person["id"]}
            answers.append(post(hand, f"/projects/{one['slug']}/issues/{one['number']}/edit", **fields))
            path = f"/projects/{one['slug']}/members"
            answers.append(post(hand, path, username=person["username"], role=3))
    return "assign", answers


def _uncomment_issue(hand: Hand, title: str, project: str) -> Tried:
    paths = [
        f"/projects/{one['slug']}/issues/{one['number']}/comments/{said['id']}/delete"
        for one in _issues(hand, title, project)
        for said in hand.database.rows("SELECT id FROM comment WHERE issue = ?", one["id"])
    ]
    return "delete", [post(hand, path) for path in paths]


def _remove(hand: Hand, name: str, project: str) -> Tried:
    one = _project(hand, project)
    found = hand.database.rows(
        "SELECT member.id FROM member JOIN person ON person.id = person WHERE project = ? AND name = ?", one["id"], name
    )
    return "remove", [post(hand, f"/projects/{one['slug']}/members/{row['id']}/remove") for row in found]


TRACKER: dict[str, Try] = {
    "Close the issue '(.+)' of the project '(.+)'\\.": _close,
    "Close the issue number ([0-9]+) of the project '(.+)'\\.": _close_number,
    "Invite the user '(.+)' to the project '(.+)' with the role '(.+)'\\.": _invite,
    "Open an issue with the title '(.+?)'(?: and the due date '(.+)')? in the project '(.+)'\\.": _open,
    "Assign the issue '(.+)' of the project '(.+)' to '(.+)'\\.": _assign,
    "Delete the only comment on the issue '(.+)' of the project '(.+)'\\.": _uncomment_issue,
    "Remove '(.+)' from the project '(.+)'\\.": _remove,
}


def test_what_the_tracker_refuses_cannot_be_done() -> None:
    found = refusals("tracker", TRACKER, 120)
    assert set(found) == {
        *("close", "close in the archive", "close a number", "invite somebody", "invite nobody", "open"),
        *("open in the archive", "assign", "delete", "remove"),
    }


def test_the_tracker_does_it_where_it_can_be_done() -> None:
    found = feasible("tracker", TRACKER, ("members",), 60)
    assert {"invite somebody", "remove"} <= set(found)
    for index in range(6):
        hand = hand_of("tracker", index)
        title, number, project, name = hand.row(
            "SELECT title, number, project.name, person.name FROM issue JOIN project ON project.id = issue.project "
            "JOIN member AS mine ON mine.project = project.id AND mine.person = 1 AND mine.role > 2 "
            "JOIN member ON member.project = project.id AND member.role BETWEEN 2 AND 4 AND member.person > 1 "
            "JOIN person ON person.id = member.person WHERE issue.state = 'open' AND NOT archived "
            "AND assignee != person.id AND issue.id IN (SELECT issue FROM comment)"
        )
        hand.database.execute("UPDATE comment SET author = 1")
        rows = len(str(changes(hand.database)))
        for asked in (
            f"Delete the only comment on the issue '{title}' of the project '{project}'.",
            f"Assign the issue '{title}' of the project '{project}' to '{name}'.",
            f"Close the issue '{title}' of the project '{project}'.",
            f"Open an issue with the title 'A' in the project '{project}'.",
            f"Open an issue with the title 'B' and the due date '2040-01-01' in the project '{project}'.",
            f"Close the issue number {number + 1} of the project '{project}'.",
        ):
            hand.database.execute("UPDATE issue SET state = 'open' WHERE number = ?", (number + 1,))
            done = tried(hand, TRACKER, asked)
            assert done is not None
            assert not all(map(said_no, done[1])), asked
            assert len(str(changes(hand.database))) != rows, asked
            rows = len(str(changes(hand.database)))
