"""Messages: inbox, sent, threads, writing and answering."""

from __future__ import annotations

from scoutgym.envs.web.sites.office.forms_work import MAIL
from scoutgym.envs.web.sites.office.sheet import Options, read
from scoutgym.envs.web.sites.office.site import USER, Worker, page
from scoutgym.envs.web.sites.posted import EMAIL, Posted
from scoutgym.envs.web.sites.site import Response


@page("/messages")
def inbox(visit: Worker) -> Response:
    """What came, the newest first."""
    return _list(visit, "Inbox", 0)


@page("/messages/sent")
def outbox(visit: Worker) -> Response:
    """What was sent."""
    return _list(visit, "Sent messages", 1)


def _list(visit: Worker, title: str, sent: int) -> Response:
    found = visit.rows(
        "SELECT id, thread, name, subject, day, document, unread FROM mail WHERE sent = ? "
        "ORDER BY day DESC, id DESC LIMIT 40",
        sent,
    )
    return visit.show("messages.html", title=title, mails=found, sent=sent)


@page("/messages/<int:thread>")
def thread(visit: Worker, thread: int) -> Response:
    """A conversation, the oldest message first."""
    found = visit.rows(
        "SELECT mail.*, document.title AS attached FROM mail LEFT JOIN document ON document.id = document "
        "WHERE thread = ? ORDER BY mail.id",
        thread,
    )
    first = found[0] if found else visit.one("SELECT * FROM mail WHERE id = ?", thread)
    return visit.show("thread.html", title=first["subject"], mails=found, thread=thread)


def _options(visit: Worker) -> Options:
    return {"document": [row["title"] for row in visit.rows("SELECT title FROM document ORDER BY id")]}


@page("/messages/new")
def new(visit: Worker) -> Response:
    """The form; ``to`` may stand in the address."""
    return visit.ask(MAIL, Posted({"to": visit.query.get("to", "")}), _options(visit))


@page("/messages/<int:thread>/reply")
def reply(visit: Worker, thread: int) -> Response:
    """The form, for the other side of a conversation."""
    last = visit.one("SELECT * FROM mail WHERE thread = ? ORDER BY id DESC LIMIT 1", thread)
    subject = last["subject"] if last["subject"].startswith("Re: ") else f"Re: {last['subject']}"
    values = {"to": last["email"], "subject": subject}
    return visit.ask(MAIL, Posted(values), _options(visit), title="Reply", action=f"/messages/{thread}/reply")


@page("/messages/new", post=True)
def new_posted(visit: Worker) -> Response:
    """Send a message."""
    return _send(visit, 0)


@page("/messages/<int:thread>/reply", post=True)
def reply_posted(visit: Worker, thread: int) -> Response:
    """Send an answer."""
    visit.one("SELECT id FROM mail WHERE thread = ?", thread)
    return _send(visit, thread)


def _send(visit: Worker, thread: int) -> Response:
    posted = Posted(visit.form)
    sent = read(MAIL.fields, posted, _options(visit), visit.now)
    to = sent["to"]
    known = visit.rows("SELECT name, email FROM colleague WHERE lower(name) = ? AND id != ?", to.lower(), USER)
    known += visit.rows(
        "SELECT name, email FROM mail WHERE lower(name) = ? OR lower(email) = ?", to.lower(), to.lower()
    )
    known += visit.rows("SELECT name, email FROM colleague WHERE lower(email) = ?", to.lower())
    if not known and EMAIL.fullmatch(to):
        known = [{"name": to, "email": to}]
    if not known and "to" not in posted.errors:
        posted.errors["to"] = "Nobody of this name is known. Enter a name from the directory, or an e-mail address."
    if posted.errors:
        title = "Reply" if thread else MAIL.title
        return visit.ask(MAIL, posted, _options(visit), title=title)
    visit.record(MAIL, sent)
    document = visit.maybe("SELECT id FROM document WHERE title = ?", sent["document"])
    id = visit.do(
        "INSERT INTO mail VALUES (NULL, ?, 1, ?, ?, ?, ?, ?, ?, 0)",
        *(
            thread,
            visit.now,
            known[0]["name"],
            known[0]["email"],
            sent["subject"],
            sent["text"],
            document["id"] if document else 0,
        ),
    )
    if not thread:
        visit.do("UPDATE mail SET thread = id WHERE id = ?", id)
    return visit.go(f"/messages/{thread or id}", note="sent")
