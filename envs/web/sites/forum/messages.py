"""Private messages and notifications. Reading a page changes nothing: what is read is marked with a button."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.forum.profiles import named
from scoutgym.envs.web.sites.forum.site import SITE, Reader
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response


@SITE.page("/messages")
def inbox(visit: Reader) -> Response:
    """With whom one writes, the newest first."""
    if not visit.user:
        return visit.to_login()
    rows = visit.rows(
        "SELECT name, message.text, message.day, message.sender = ?1 AS mine, unread FROM "
        "(SELECT max(id) AS newest, CASE sender WHEN ?1 THEN receiver ELSE sender END AS other, "
        "sum(receiver = ?1 AND NOT seen) AS unread FROM message WHERE ?1 IN (sender, receiver) GROUP BY other) "
        "JOIN message ON message.id = newest JOIN person ON person.id = other ORDER BY newest DESC",
        visit.person,
    )
    return visit.show("inbox.html", title="Messages", rows=rows)


def _refused(visit: Reader, other: Row) -> str:
    """Why nothing can be sent; empty where it can."""
    if other["id"] == visit.person:
        return "You cannot write to yourself."
    if other["bond"] == "block":
        return f"You have blocked {other['name']}."
    return f"{other['name']} does not accept private messages." if other["inbox"] == "nobody" else ""


@SITE.page("/messages/new")
def new(visit: Reader) -> Response:
    """The form for a message to anybody."""
    return _new(visit, Posted({"to": visit.query.get("to", "")})) if visit.user else visit.to_login()


def _new(visit: Reader, posted: Posted) -> Response:
    return visit.show("message_new.html", title="New message", values=posted.values, errors=posted.errors)


@SITE.page("/messages/new", post=True)
def new_sent(visit: Reader) -> Response:
    """Send it."""
    if not visit.user:
        return visit.to_login()
    posted = Posted(visit.form)
    to, text = posted.text("to", "a user name"), posted.text("text", "a message", most=LONGEST)
    other = visit.maybe("SELECT name FROM person WHERE lower(name) = ?", to.lower())
    if to and other is None:
        posted.errors["to"] = f"There is nobody called {to}."
    if other and (refused := _refused(visit, named(visit, other["name"]))):
        posted.errors["to"] = refused
    if posted.errors or other is None:
        return _new(visit, posted)
    return _send(visit, named(visit, other["name"]), text)


@SITE.page("/messages/<name>")
def thread(visit: Reader, name: str) -> Response:
    """All messages between two people."""
    return _thread(visit, name, Posted({})) if visit.user else visit.to_login()


def _thread(visit: Reader, name: str, posted: Posted) -> Response:
    other = named(visit, name)
    rows = visit.rows(
        "SELECT * FROM message WHERE (sender, receiver) IN ((?1, ?2), (?2, ?1)) ORDER BY id", visit.person, other["id"]
    )
    return visit.show(
        "thread.html",
        title=f"Messages with {name}",
        other=other,
        rows=rows,
        unread=any(row["receiver"] == visit.person and not row["seen"] for row in rows),
        refused=_refused(visit, other),
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/messages/<name>", post=True)
def sent(visit: Reader, name: str) -> Response:
    """Answer."""
    if not visit.user:
        return visit.to_login()
    other, posted = named(visit, name), Posted(visit.form)
    text = posted.text("text", "a message", most=LONGEST)
    if refused := _refused(visit, other):
        posted.errors["text"] = refused
    return _thread(visit, name, posted) if posted.errors else _send(visit, other, text)


def _send(visit: Reader, other: Row, text: str) -> Response:
    visit.do("INSERT INTO message VALUES (NULL, ?, ?, ?, ?, 0)", visit.person, other["id"], text, visit.now)
    return visit.go(f"/messages/{other['name']}", note="sent")


@SITE.page("/messages/<name>/read", post=True)
def read(visit: Reader, name: str) -> Response:
    """Mark what somebody wrote as read."""
    other = named(visit, name)
    visit.do("UPDATE message SET seen = 1 WHERE sender = ? AND receiver = ? AND NOT seen", other["id"], visit.person)
    return visit.go(f"/messages/{name}", note="read")


# Notifications.


@SITE.page("/notifications")
def notices(visit: Reader) -> Response:
    """What others did that concerns one."""
    if not visit.user:
        return visit.to_login()
    rows = visit.rows(
        "SELECT notice.*, name, coalesce(title, '') AS title FROM notice JOIN person ON person.id = other "
        "LEFT JOIN post ON post.id = notice.post WHERE notice.person = ? ORDER BY notice.day DESC, notice.id DESC",
        visit.person,
    )
    return visit.show("notifications.html", title="Notifications", rows=rows)


@SITE.page("/notifications/read", post=True)
def notices_read(visit: Reader) -> Response:
    """Mark all as read."""
    visit.do("UPDATE notice SET seen = 1 WHERE person = ? AND NOT seen", visit.person)
    return visit.go("/notifications", note="read")
