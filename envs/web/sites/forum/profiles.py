"""People's pages: who they are, what they write, following and blocking them."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.forum.listing import listed
from scoutgym.envs.web.sites.forum.site import SITE, Reader
from scoutgym.envs.web.sites.site import Response

PERSON = """
SELECT person.*,
    (SELECT count(*) FROM post WHERE post.person = person.id AND NOT gone) AS posts,
    (SELECT count(*) FROM comment JOIN post ON post.id = comment.post
     WHERE comment.person = person.id AND NOT comment.gone AND NOT post.gone) AS comments,
    coalesce((SELECT kind FROM bond WHERE bond.other = person.id AND bond.person = ?), '') AS bond
FROM person WHERE name = ?"""


def named(visit: Reader, name: str) -> Row:
    """Somebody, as who reads stands to them."""
    return visit.one(PERSON, visit.person, name)


@SITE.page("/u/<name>")
def profile(visit: Reader, name: str) -> Response:
    """Who somebody is."""
    one = named(visit, name)
    moderated = visit.rows(
        "SELECT slug, name FROM moderator JOIN community ON community.id = community WHERE person = ? ORDER BY name",
        one["id"],
    )
    active = visit.rows(
        "SELECT slug, name, count(*) AS posts FROM post JOIN community ON community.id = post.community "
        "WHERE person = ? AND NOT gone GROUP BY slug ORDER BY posts DESC, name",
        one["id"],
    )
    return visit.show("profile.html", title=name, one=one, moderated=moderated, active=active)


@SITE.page("/u/<name>/posts")
def posts(visit: Reader, name: str) -> Response:
    """What somebody has posted."""
    one = named(visit, name)
    return listed(visit, "profile_posts.html", "post.person = ?", [one["id"]], f"Posts by {name}", one=one)


@SITE.page("/u/<name>/comments")
def comments(visit: Reader, name: str) -> Response:
    """What somebody has said to posts."""
    one = named(visit, name)
    where, title = "comment.person = ?", f"Comments by {name}"
    return listed(visit, "profile_comments.html", where, [one["id"]], title, "comment", "new", one=one)


@SITE.page("/u/<name>/<act>", post=True)
def bound(visit: Reader, name: str, act: str) -> Response:
    """Follow or block somebody, or neither: one takes the place of the other."""
    one = named(visit, name)
    if not visit.user:
        return visit.go("/login", next=f"/u/{name}")
    if one["id"] == visit.person or act not in ("follow", "block", "unfollow", "unblock"):
        return visit.go(f"/u/{name}")
    kind = act.removeprefix("un")
    if act != kind:
        visit.do("DELETE FROM bond WHERE person = ? AND other = ? AND kind = ?", visit.person, one["id"], kind)
    elif one["bond"]:
        visit.do(
            "UPDATE bond SET kind = ?, day = ? WHERE person = ? AND other = ?", kind, visit.now, visit.person, one["id"]
        )
    else:
        visit.do("INSERT INTO bond VALUES (NULL, ?, ?, ?, ?)", visit.person, one["id"], kind, visit.now)
    return visit.go(f"/u/{name}", note=act)
