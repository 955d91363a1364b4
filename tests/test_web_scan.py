"""A page that is read without a parser has the tree that the parser gives."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoutgym.envs.web.browser.html import Node, parse
from scoutgym.envs.web.browser.page import Page
from scoutgym.envs.web.browser.scan import FREE, UNDER, VOID, scan
from scoutgym.envs.web.content import contents, site_of
from scoutgym.envs.web.sites.database import Database, cookies
from scoutgym.envs.web.sites.site import Request

pytestmark = pytest.mark.web

SITES = ("store", "forum", "tracker", "travel", "office")


def flat(elements: list[Node]) -> list[object]:
    """A tree as plain values."""
    return [
        (one.tag, dict(one.attributes), one.parent and one.parent.bid, [getattr(c, "bid", c) for c in one.children])
        for one in elements
    ]


def page(body: str, head: str = "<title>T</title>") -> str:
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def walked(site: str, pages: int) -> list[str]:
    """Pages of a site, by its links."""
    (image,) = contents(site, "train", 0).values()
    database, here, seen = Database(image), site_of(site), dict[str, str]()
    asked, jar = ["/"], cookies(database)
    while asked and len(seen) < pages:
        path, _, query = asked.pop(0).partition("?")
        body = here.answer(database, Request(path, query, cookies=jar)).body
        seen[f"{path}?{query}"] = body
        links = [link for link in Page(body).links.values() if link.startswith("/")] if body else []
        asked += [link for link in links if f"{link}{'' if '?' in link else '?'}" not in seen]
    return [body for body in seen.values() if body]


@pytest.mark.parametrize("site", SITES)
def test_pages_of_the_sites_need_no_parser(site: str) -> None:
    shown = walked(site, 40)
    assert len(shown) > 20
    for html in shown:
        assert flat(scan(html)) == flat(parse(html))


@pytest.mark.parametrize("site", SITES)
def test_a_torn_page_is_read_as_the_parser_reads_it_or_left_to_it(site: str) -> None:
    chance, left = random.Random(site), 0
    shown = walked(site, 6)
    for _ in range(80):
        pieces = re.split(r"(<[^>]*>)", chance.choice(shown))
        for _ in range(chance.randint(1, 2)):
            one, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
            if chance.random() < 0.5:
                pieces[one] = chance.choice(["", pieces[other], "<p>", "</p>", "<", ">", "&lt", "&copy;", " <!-- -->"])
            else:
                pieces[one], pieces[other] = pieces[other], pieces[one]
        html = "".join(pieces)
        found = scan(html)
        left += not found
        assert not found or flat(found) == flat(parse(html)), html
    assert left > 10


TAGS = st.sampled_from([*sorted({*FREE, *UNDER}), "td", "tr", "li", "b", "pre", "svg"])
TEXTS = st.sampled_from(["", " ", "\n", "\n\n", "a", " b ", "&amp;", "&lt;x&gt;", "\u00a0", "&nbsp;", "&#39;", "é\t"])


def written(made: tuple[str, list[str]]) -> str:
    tag, inner = made
    return f'<{tag} class="x">' if tag in VOID else f'<{tag} id="y" hidden>{"".join(inner)}</{tag}>'


TREES = st.recursive(TEXTS, lambda inner: st.tuples(TAGS, st.lists(inner, max_size=3)).map(written), max_leaves=12)


@given(st.lists(TREES, max_size=4))
@settings(max_examples=800, deadline=None)
def test_any_nesting_is_read_as_the_parser_reads_it_or_left_to_it(inner: list[str]) -> None:
    html = page("".join(inner))
    found = scan(html)
    assert not found or flat(found) == flat(parse(html))


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>a",
        page("<p>a<div>b</div></p>"),
        page("<a href='/x'>b</a>"),
        page('<a href="/x"><span><a href="/y">b</a></span></a>'),
        page('<p id="a" id="b">c</p>'),
        page("<table>a<tr><td>b</td></tr></table>"),
        page("<ul><li>a<li>b</ul>"),
        page("<p>a</p></body><p>b</p>"),
        page("<p>&copy;</p>"),
        page("<p>a\r\nb</p>"),
        page("<p>a</p><!-- b -->"),
        page("<P>a</P>"),
        page("", "<title>T</title>a"),
        page("", "<title>T</title></head><head>"),
    ],
)
def test_what_needs_a_parser_is_left_to_it(html: str) -> None:
    assert scan(html) == []


def test_what_is_read() -> None:
    html = page('<table>\n<tr><td>a &amp; b</td></tr>\n</table><textarea>\nc</textarea><img alt="" hidden>')
    found = scan(html)
    assert flat(found) == flat(parse(html))
    assert [one.tag for one in found[4:]] == ["table", "tbody", "tr", "td", "textarea", "img"]
    assert found[7].children == ["a & b"]
    assert found[8].children == ["c"]
    assert found[9].attributes == {"alt": "", "hidden": None}
