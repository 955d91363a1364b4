"""A post: reading, writing, changing, deleting, voting, saving."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.forum.communities import found
from scoutgym.envs.web.sites.forum.listing import SCORE
from scoutgym.envs.web.sites.forum.site import SITE, Reader
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response

LONGEST_TITLE = 120

POST = f"""
SELECT post.*, community.slug, community.name AS place, community.flairs, person.name AS author,
    {SCORE.format("post", "post")},
    (SELECT value FROM vote WHERE vote.post = post.id AND vote.person = ?) AS voted,
    EXISTS (SELECT 1 FROM saved WHERE saved.post = post.id AND saved.person = ?) AS kept
FROM post JOIN community ON community.id = post.community JOIN person ON person.id = post.person
WHERE NOT gone AND post.id = ?"""

COMMENTS = f"""
SELECT comment.*, person.name AS author, {SCORE.format("comment", "comment")},
    (SELECT value FROM vote WHERE vote.comment = comment.id AND vote.person = ?) AS voted
FROM comment JOIN person ON person.id = comment.person WHERE comment.post = ? ORDER BY """

ORDERS = {"top": ("Top", "score DESC, comment.id"), "new": ("New", "comment.day DESC, comment.id DESC")}


def post_of(visit: Reader, id: int) -> Row:
    """A post that is there."""
    return visit.one(POST, visit.person, visit.person, id)


@SITE.page("/post/<int:id>")
def post(visit: Reader, id: int) -> Response:
    """A post and what is said to it."""
    return shown(visit, id, Posted({}))


def shown(visit: Reader, id: int, posted: Posted) -> Response:
    """The page, with the form for a comment filled in."""
    one = post_of(visit, id)
    order = visit.query.get("comments", "")
    order = order if order in ORDERS else "top"
    rows = visit.rows(COMMENTS + ORDERS[order][1], visit.person, id)
    return visit.show(
        "post.html",
        title=one["title"],
        post=one,
        comments=tree(rows),
        count=sum(not row["gone"] for row in rows),
        order=order,
        orders=ORDERS,
        values=posted.values,
        errors=posted.errors,
    )


def tree(rows: list[Row]) -> list[Row]:
    """Comments with their ``replies``; one that is deleted is there only where it has some."""
    below: dict[int, list[Row]] = {}
    for row in rows:
        below.setdefault(row["parent"], []).append(row)

    def under(parent: int) -> list[Row]:
        all_ = [row | {"replies": under(row["id"])} for row in below.get(parent, ())]
        return [row for row in all_ if row["replies"] or not row["gone"]]

    return under(0)


# Writing.


@SITE.page("/submit")
def choose(visit: Reader) -> Response:
    """Where to write."""
    if not visit.user:
        return visit.to_login()
    return visit.show("submit_where.html", title="Write a post")


@SITE.page("/c/<slug>/submit")
def submit(visit: Reader, slug: str) -> Response:
    """The form for a new post."""
    return _form(visit, slug, Posted({})) if visit.user else visit.to_login()


def _form(visit: Reader, slug: str, posted: Posted) -> Response:
    place = found(visit, slug)
    return visit.show(
        "submit.html", title=f"Write in {place['name']}", place=place, values=posted.values, errors=posted.errors
    )


def _read(posted: Posted, flairs: str) -> tuple[str, str, str]:
    title = " ".join(posted.text("title", "a title", most=LONGEST_TITLE).split())
    text = posted.text("text", "what you want to say", most=LONGEST)
    return title, text, posted.choice("flair", "one of the flairs", ("", *flairs.split("|")))


@SITE.page("/c/<slug>/submit", post=True)
def submitted(visit: Reader, slug: str) -> Response:
    """Publish a post."""
    if not visit.user:
        return visit.to_login()
    place = found(visit, slug)
    posted = Posted(visit.form)
    title, text, flair = _read(posted, place["flairs"])
    if not _may_post(place):
        posted.errors["title"] = "You cannot post in this community."
    if posted.errors:
        return _form(visit, slug, posted)
    number = visit.do(
        "INSERT INTO post VALUES (NULL, ?, ?, ?, ?, ?, ?, '', 0, 0, 0)",
        *(place["id"], visit.person, title, text, flair, visit.now),
    )
    return visit.go(f"/post/{number}", note="posted")


def _may_post(place: Row) -> bool:
    return bool(place["moderated"] or (place["open"] and place["mine"]))


def _own(visit: Reader, id: int) -> Row:
    """A post of one's own.

    Raises:
        Forbidden: it is somebody else's.
    """
    one = post_of(visit, id)
    if one["person"] != visit.person:
        raise Forbidden("Only its author can change a post.")
    return one


@SITE.page("/post/<int:id>/edit")
def edit(visit: Reader, id: int) -> Response:
    """The form for changing one's own."""
    one = _own(visit, id)
    return _edit(visit, one, Posted({key: one[key] for key in ("title", "text", "flair")}))


def _edit(visit: Reader, one: Row, posted: Posted) -> Response:
    return visit.show("post_edit.html", title="Edit your post", post=one, values=posted.values, errors=posted.errors)


@SITE.page("/post/<int:id>/edit", post=True)
def edited(visit: Reader, id: int) -> Response:
    """Change it."""
    one, posted = _own(visit, id), Posted(visit.form)
    title, text, flair = _read(posted, one["flairs"])
    if posted.errors:
        return _edit(visit, one, posted)
    visit.do(
        "UPDATE post SET title = ?, text = ?, flair = ?, edited = ? WHERE id = ?", title, text, flair, visit.now, id
    )
    return visit.go(f"/post/{id}", note="edited")


@SITE.page("/post/<int:id>/delete", post=True)
def deleted(visit: Reader, id: int) -> Response:
    """Take it back."""
    one = _own(visit, id)
    visit.do("UPDATE post SET gone = 1 WHERE id = ?", id)
    return visit.go(f"/c/{one['slug']}", note="deleted")


# Voting and saving.


@SITE.page("/post/<int:id>/vote/<way>", post=True)
def voted(visit: Reader, id: int, way: str) -> Response:
    """Vote ``up`` or ``down``, or take a vote back (``off``)."""
    one = post_of(visit, id)
    if not visit.user:
        return visit.go("/login", next=f"/post/{id}")
    if one["person"] == visit.person:
        raise Forbidden("Nobody votes for their own posts.")
    return cast(visit, "post", id, way, id)


def cast(visit: Reader, column: str, id: int, way: str, post: int) -> Response:
    """Count a vote for a row of ``post`` or ``comment``, in place of an earlier one."""
    value = {"up": 1, "down": -1}.get(way, 0)
    old = visit.maybe(f"SELECT id FROM vote WHERE {column} = ? AND person = ?", id, visit.person)
    if old and value:
        visit.do("UPDATE vote SET value = ? WHERE id = ?", value, old["id"])
    elif old:
        visit.do("DELETE FROM vote WHERE id = ?", old["id"])
    elif value:
        ids = (id, 0) if column == "post" else (0, id)
        visit.do("INSERT INTO vote VALUES (NULL, ?, ?, ?, ?)", visit.person, *ids, value)
    return visit.go(f"/post/{post}", note="voted" if value else "unvoted")


@SITE.page("/post/<int:id>/save", post=True)
def saved(visit: Reader, id: int) -> Response:
    """Keep a post for later."""
    one = post_of(visit, id)
    if not visit.user:
        return visit.go("/login", next=f"/post/{id}")
    if not one["kept"]:
        visit.do("INSERT INTO saved VALUES (NULL, ?, ?, ?)", visit.person, id, visit.now)
    return visit.go(f"/post/{id}", note="saved")


@SITE.page("/post/<int:id>/unsave", post=True)
def unsaved(visit: Reader, id: int) -> Response:
    """Keep it no longer."""
    visit.do("DELETE FROM saved WHERE post = ? AND person = ?", id, visit.person)
    return visit.go(f"/post/{id}", note="unsaved")
