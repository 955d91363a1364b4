"""Lists of posts from everywhere: home, all, people one follows, saved posts; and search."""

from __future__ import annotations

from scoutgym.envs.web.sites.forum.listing import PERIODS, listed, wanted
from scoutgym.envs.web.sites.forum.site import SITE, Reader
from scoutgym.envs.web.sites.site import Response

SHOWN = "post.person NOT IN (SELECT other FROM bond WHERE bond.person = ? AND kind = 'block')"
"""Feeds leave out who is blocked."""


@SITE.page("/")
def home(visit: Reader) -> Response:
    """What is said in the communities that one has joined; for guests, everywhere."""
    mine = "post.community IN (SELECT community FROM member WHERE member.person = ?)" if visit.user else "? = 0"
    most = visit.rows(
        "SELECT slug, name, others + (SELECT count(*) FROM member WHERE community = community.id) AS members "
        "FROM community ORDER BY members DESC LIMIT 6"
    )
    return listed(visit, "home.html", f"{mine} AND {SHOWN}", [visit.person] * 2, "Home", most=most)


@SITE.page("/all")
def all_posts(visit: Reader) -> Response:
    """What is said everywhere."""
    return listed(visit, "feed.html", SHOWN, [visit.person], "All posts")


@SITE.page("/following")
def following(visit: Reader) -> Response:
    """What those say whom one follows."""
    if not visit.user:
        return visit.to_login()
    followed = visit.rows(
        "SELECT name FROM bond JOIN person ON person.id = other WHERE person = ? AND kind = 'follow' ORDER BY name",
        visit.person,
    )
    where = "post.person IN (SELECT other FROM bond WHERE bond.person = ? AND kind = 'follow')"
    return listed(visit, "following.html", where, [visit.person], "Following", followed=followed)


@SITE.page("/saved")
def saved(visit: Reader) -> Response:
    """What one has saved."""
    if not visit.user:
        return visit.to_login()
    where = "post.id IN (SELECT saved.post FROM saved WHERE saved.person = ?)"
    return listed(visit, "saved.html", where, [visit.person], "Saved posts")


@SITE.page("/search")
def search(visit: Reader) -> Response:
    """Posts or comments that fit the words and filters of a form."""
    table = "comment" if visit.query.get("in") == "comments" else "post"
    asked = wanted(visit.query, visit.now)
    where, values = asked.where(table)
    author = visit.maybe("SELECT name FROM person WHERE lower(name) = ?", asked.author.lower())
    errors = {"author": f"There is nobody called {asked.author}."} if asked.author and author is None else {}
    places = visit.rows("SELECT slug, name FROM community ORDER BY name")
    return listed(
        visit,
        "search.html",
        where,
        values,
        f"Search: {asked.q}" if asked.q else "Search",
        table,
        "new",
        part=table,
        values=visit.query,
        errors=errors,
        places=[("", "All"), *((one["slug"], one["name"]) for one in places)],
        periods=[(value, shown) for value, (shown, _) in PERIODS.items()],
    )
