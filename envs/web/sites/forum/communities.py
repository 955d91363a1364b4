"""Communities: the list of them, their pages, their rules, joining and leaving."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.forum.listing import listed
from scoutgym.envs.web.sites.forum.site import SITE, Reader
from scoutgym.envs.web.sites.site import Response

COMMUNITY = """
SELECT community.*, others + (SELECT count(*) FROM member WHERE member.community = community.id) AS members,
    (SELECT count(*) FROM post WHERE post.community = community.id AND NOT gone) AS posts,
    EXISTS (SELECT 1 FROM member WHERE member.community = community.id AND member.person = ?) AS mine,
    EXISTS (SELECT 1 FROM moderator WHERE moderator.community = community.id AND moderator.person = ?) AS moderated
FROM community """


def found(visit: Reader, slug: str) -> Row:
    """A community, as who reads stands to it."""
    return visit.one(f"{COMMUNITY} WHERE slug = ?", visit.person, visit.person, slug)


def _moderators(visit: Reader, id: int) -> list[Row]:
    return visit.rows(
        "SELECT name FROM moderator JOIN person ON person.id = person WHERE community = ? ORDER BY moderator.id", id
    )


@SITE.page("/communities")
def communities(visit: Reader) -> Response:
    """All of them."""
    rows = visit.rows(f"{COMMUNITY} ORDER BY name", visit.person, visit.person)
    return visit.show("communities.html", title="Communities", rows=rows)


@SITE.page("/c/<slug>")
def community(visit: Reader, slug: str) -> Response:
    """What is said in one."""
    place = found(visit, slug)
    flair = visit.query.get("flair", "")
    return listed(
        visit,
        "community.html",
        "post.community = ?" + (" AND post.flair = ?" if flair else ""),
        [place["id"], *([flair] if flair else [])],
        place["name"],
        place=place,
        flair=flair,
        moderators=_moderators(visit, place["id"]),
    )


@SITE.page("/c/<slug>/rules")
def rules(visit: Reader, slug: str) -> Response:
    """What its members agreed on."""
    place = found(visit, slug)
    rows = visit.rows("SELECT title, text FROM rule WHERE community = ? ORDER BY id", place["id"])
    return visit.show(
        "rules.html",
        title=f"Rules of {place['name']}",
        place=place,
        rows=rows,
        moderators=_moderators(visit, place["id"]),
    )


@SITE.page("/c/<slug>/join", post=True)
def joined(visit: Reader, slug: str) -> Response:
    """Become a member."""
    place = found(visit, slug)
    if not visit.user:
        return visit.go("/login", next=f"/c/{slug}")
    if not place["mine"]:
        visit.do("INSERT INTO member VALUES (NULL, ?, ?, ?)", place["id"], visit.person, visit.now)
    return visit.go(f"/c/{slug}", note="joined")


@SITE.page("/c/<slug>/leave", post=True)
def left(visit: Reader, slug: str) -> Response:
    """Be a member no longer."""
    place = found(visit, slug)
    visit.do("DELETE FROM member WHERE community = ? AND person = ?", place["id"], visit.person)
    return visit.go(f"/c/{slug}", note="left")
