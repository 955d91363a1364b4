"""Lists of posts and comments: what is wanted, how it is sorted, and the links to further pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from scoutgym.envs.web.sites.forum.site import Reader
from scoutgym.envs.web.sites.site import Response

PAGE = 10
"""Posts on a page."""

TERMS, LETTERS = 16, 150
"""Words of a search that count, and letters of it."""

SORTS = {
    "new": ("New", "{0}.day DESC, {0}.id DESC"),
    "top": ("Top", "score DESC, {0}.id DESC"),
    "comments": ("Most commented", "comments DESC, {0}.id DESC"),
}
"""Of posts; comments have the first two."""
PERIODS = {"": ("Any time", 0), "week": ("Past week", 7), "month": ("Past month", 30), "year": ("Past year", 365)}

SCORE = "{0}.points + coalesce((SELECT sum(value) FROM vote WHERE vote.{1} = {0}.id), 0) AS score"
"""Points of all, of a row of ``post`` or ``comment``."""

FROM_POST = """
FROM post JOIN community ON community.id = post.community JOIN person ON person.id = post.person
WHERE NOT post.gone AND """

FROM_COMMENT = """
FROM comment JOIN post ON post.id = comment.post JOIN person ON person.id = comment.person
WHERE NOT comment.gone AND NOT post.gone AND """

POSTS = f"""
SELECT post.id, post.title, post.text, post.flair, post.day, post.locked, post.person, community.slug,
    community.name AS place, person.name AS author, {SCORE.format("post", "post")},
    (SELECT count(*) FROM comment WHERE comment.post = post.id AND NOT comment.gone) AS comments
{FROM_POST}"""

COMMENTS = f"""
SELECT comment.id, comment.text, comment.day, post.id AS post, post.title, person.name AS author,
    {SCORE.format("comment", "comment")}
{FROM_COMMENT}"""


@dataclass(frozen=True)
class Wanted:
    """What is searched for; an empty field asks for nothing.

    Args:
        q: words that all stand in it.
        community: a slug.
        author: a name, in capital letters or not.
        since: the first day; empty for all.
        flair: of a post.
    """

    q: str = ""
    community: str = ""
    author: str = ""
    since: str = ""
    flair: str = ""

    def where(self, table: str) -> tuple[str, list[Any]]:
        """The condition on a list of ``post`` or ``comment``, and its values."""
        text = "lower(post.title || ' ' || post.text)" if table == "post" else "lower(comment.text)"
        parts, values = ["1"], list[Any]()
        for word in self.q.lower().split()[:TERMS]:
            parts.append(f"instr({text}, ?)")
            values.append(word)
        for condition, value in (
            ("post.community = (SELECT id FROM community WHERE slug = ?)", self.community),
            (f"{table}.person = (SELECT id FROM person WHERE lower(name) = ?)", self.author.lower()),
            (f"{table}.day >= ?", self.since),
            ("post.flair = ?", self.flair),
        ):
            if value:
                parts.append(condition)
                values.append(value)
        return " AND ".join(parts), values


def wanted(query: Mapping[str, str], now: str) -> Wanted:
    """What the pairs of an address ask for; what is wrong asks for nothing."""
    days = PERIODS.get(query.get("period", ""), ("", 0))[1]
    return Wanted(
        query.get("q", "").strip()[:LETTERS],
        query.get("community", ""),
        query.get("author", "").strip(),
        (date.fromisoformat(now) - timedelta(days)).isoformat() if days else "",
        query.get("flair", ""),
    )


def listed(
    visit: Reader,
    template: str,
    where: str,
    values: list[Any],
    title: str,
    table: str = "post",
    sort: str = "",
    /,
    **more: Any,
) -> Response:
    """A page of posts or comments, with links to the others.

    Args:
        visit: the request.
        template: its name.
        where: a condition on the rows.
        values: of its question marks.
        title: of the page.
        table: post or comment.
        sort: the order where the address names none.
        more: what else the template needs.
    """
    comments = table == "comment"
    sorts = {name: one for name, one in SORTS.items() if name != "comments" or not comments}
    wishes = (visit.query.get("sort", ""), sort, visit.user["sort"] if visit.user else "", "new")
    sort = next(wish for wish in wishes if wish in sorts)
    count = visit.count(f"SELECT count(*) {FROM_COMMENT if comments else FROM_POST}{where}", *values)
    last = max(1, -(-count // PAGE))
    text = visit.query.get("page", "1")
    page = min(max(int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1, 1), last)
    rows = visit.rows(
        f"{COMMENTS if comments else POSTS}{where} ORDER BY {sorts[sort][1].format(table)} LIMIT ? OFFSET ?",
        *(*values, PAGE, (page - 1) * PAGE),
    )
    kept = {name: value for name, value in visit.query.items() if value and name not in ("page", "note")}

    def to(**changed: object) -> str:
        pairs = {name: value for name, value in (kept | changed).items() if value}
        return visit.request.path + (f"?{urlencode(pairs)}" if pairs else "")

    return visit.show(
        template, title=title, rows=rows, count=count, page=page, last=last, to=to, sort=sort, sorts=sorts, **more
    )
