"""Comments: writing, replying, changing, deleting, voting; and reporting what breaks the rules."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.forum.listing import SCORE
from scoutgym.envs.web.sites.forum.posts import cast, post_of, shown
from scoutgym.envs.web.sites.forum.site import SITE, Reader
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response

REASONS = (
    ("spam", "Spam or advertising"),
    ("rude", "Rude or insulting"),
    ("topic", "Not about the topic"),
    ("private", "Shares private data"),
    ("danger", "Dangerous advice"),
    ("other", "Something else"),
)


def _comment(visit: Reader, id: int) -> Row:
    return visit.one(
        f"SELECT comment.*, person.name AS author, title, locked, {SCORE.format('comment', 'comment')} FROM comment "
        "JOIN post ON post.id = comment.post JOIN person ON person.id = comment.person "
        "WHERE comment.id = ? AND NOT comment.gone AND NOT post.gone",
        id,
    )


def _said(posted: Posted) -> str:
    return posted.text("text", "a comment", most=LONGEST)


@SITE.page("/post/<int:id>/comment", post=True)
def commented(visit: Reader, id: int) -> Response:
    """Say something to a post."""
    if not visit.user:
        return visit.go("/login", next=f"/post/{id}")
    post, posted = post_of(visit, id), Posted(visit.form)
    text = _said(posted)
    if post["locked"]:
        posted.errors["text"] = LOCKED
    if posted.errors:
        return shown(visit, id, posted)
    return _publish(visit, id, 0, text)


LOCKED = "Comments on this post are closed."


def _publish(visit: Reader, post: int, parent: int, text: str) -> Response:
    visit.do("INSERT INTO comment VALUES (NULL, ?, ?, ?, ?, ?, '', 0, 0)", post, parent, visit.person, text, visit.now)
    return visit.go(f"/post/{post}", note="commented")


@SITE.page("/comment/<int:id>/reply")
def reply(visit: Reader, id: int) -> Response:
    """The form for a reply."""
    return _reply(visit, id, Posted({})) if visit.user else visit.to_login()


def _reply(visit: Reader, id: int, posted: Posted) -> Response:
    one = _comment(visit, id)
    return visit.show(
        "reply.html", title=f"Reply to {one['author']}", one=one, values=posted.values, errors=posted.errors
    )


@SITE.page("/comment/<int:id>/reply", post=True)
def replied(visit: Reader, id: int) -> Response:
    """Answer a comment."""
    if not visit.user:
        return visit.to_login()
    one, posted = _comment(visit, id), Posted(visit.form)
    text = _said(posted)
    if one["locked"]:
        posted.errors["text"] = LOCKED
    return _reply(visit, id, posted) if posted.errors else _publish(visit, one["post"], id, text)


def _own(visit: Reader, id: int) -> Row:
    """A comment of one's own.

    Raises:
        Forbidden: it is somebody else's.
    """
    one = _comment(visit, id)
    if one["person"] != visit.person:
        raise Forbidden("Only its author can change a comment.")
    return one


@SITE.page("/comment/<int:id>/edit")
def edit(visit: Reader, id: int) -> Response:
    """The form for changing one's own."""
    one = _own(visit, id)
    return _edit(visit, one, Posted({"text": one["text"]}))


def _edit(visit: Reader, one: Row, posted: Posted) -> Response:
    return visit.show(
        "comment_edit.html", title="Edit your comment", one=one, values=posted.values, errors=posted.errors
    )


@SITE.page("/comment/<int:id>/edit", post=True)
def edited(visit: Reader, id: int) -> Response:
    """Change it."""
    one, posted = _own(visit, id), Posted(visit.form)
    text = _said(posted)
    if posted.errors:
        return _edit(visit, one, posted)
    visit.do("UPDATE comment SET text = ?, edited = ? WHERE id = ?", text, visit.now, id)
    return visit.go(f"/post/{one['post']}", note="edited")


@SITE.page("/comment/<int:id>/delete", post=True)
def deleted(visit: Reader, id: int) -> Response:
    """Take it back."""
    one = _own(visit, id)
    visit.do("UPDATE comment SET gone = 1 WHERE id = ?", id)
    return visit.go(f"/post/{one['post']}", note="comment-deleted")


@SITE.page("/comment/<int:id>/vote/<way>", post=True)
def voted(visit: Reader, id: int, way: str) -> Response:
    """Vote ``up`` or ``down``, or take a vote back (``off``)."""
    one = _comment(visit, id)
    if not visit.user:
        return visit.go("/login", next=f"/post/{one['post']}")
    if one["person"] == visit.person:
        raise Forbidden("Nobody votes for their own comments.")
    return cast(visit, "comment", id, way, one["post"])


# Reports.


@SITE.page("/post/<int:id>/report")
def report_post(visit: Reader, id: int) -> Response:
    """The form for reporting a post."""
    return _report(visit, "post", id, Posted({})) if visit.user else visit.to_login()


@SITE.page("/comment/<int:id>/report")
def report_comment(visit: Reader, id: int) -> Response:
    """The form for reporting a comment."""
    return _report(visit, "comment", id, Posted({})) if visit.user else visit.to_login()


def _report(visit: Reader, kind: str, id: int, posted: Posted) -> Response:
    one = post_of(visit, id) if kind == "post" else _comment(visit, id)
    return visit.show(
        "report.html",
        title=f"Report a {kind}",
        kind=kind,
        one=one,
        reasons=REASONS,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/post/<int:id>/report", post=True)
def post_reported(visit: Reader, id: int) -> Response:
    """Tell the moderators of a post."""
    return _reported(visit, "post", id)


@SITE.page("/comment/<int:id>/report", post=True)
def comment_reported(visit: Reader, id: int) -> Response:
    """Tell the moderators of a comment."""
    return _reported(visit, "comment", id)


def _reported(visit: Reader, kind: str, id: int) -> Response:
    if not visit.user:
        return visit.to_login()
    one = post_of(visit, id) if kind == "post" else _comment(visit, id)
    posted = Posted(visit.form)
    reason = posted.choice("reason", "a reason", dict(REASONS))
    text = posted.text("text", "what is wrong", needed=reason == "other", most=LONGEST)
    if posted.errors:
        return _report(visit, kind, id, posted)
    ids = (id, 0) if kind == "post" else (0, id)
    visit.do("INSERT INTO report VALUES (NULL, ?, ?, ?, ?, ?, ?)", visit.person, *ids, reason, text, visit.now)
    return visit.go(f"/post/{id if kind == 'post' else one['post']}", note="reported")
