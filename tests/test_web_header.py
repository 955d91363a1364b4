"""A page whose header was read before is the page that is read whole."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.browser import page as pages
from scoutgym.envs.web.browser.html import Placed
from scoutgym.envs.web.browser.page import Page, header_of
from scoutgym.envs.web.browser.scan import scan
from scoutgym.envs.web.content import contents, site_of
from scoutgym.envs.web.sites.database import Database, cookies
from scoutgym.envs.web.sites.site import Request, Templates

pytestmark = pytest.mark.web

SITES = ("store", "forum", "tracker", "travel", "office")

SEARCH = '<form role="search" action="/s"><input name="q" aria-label="Find" value="x"><button>Go</button></form>'
LIST = '<select name="n" aria-label="N"><option>1</option><option selected>2</option></select>'
MAIN = '<main><p><label for="mail">Mail</label></p><input id="mail" name="mail"></main>'


def written(body: str) -> str:
    return f'<!doctype html>\n<html lang="en">\n<head>\n<title>T</title>\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def told(page: Page) -> list[object]:
    """All that is known of a page, with the order in which it is kept."""
    names = ("controls", "forms", "links", "labels", "options", "named", "names", "roles", "heads", "places")
    return [page.title, page.lines, *(list(getattr(page, name).items()) for name in names)]


def whole(html: str) -> Page:
    with patch.object(pages, "header_of", lambda html, bid: None):
        return Page(html)


def kept(html: str) -> bool:
    """Whether the header of a page is read by itself."""
    return any(isinstance(one, Placed) for one in scan(html, header_of))


@pytest.mark.parametrize("site", SITES)
def test_pages_of_the_sites_are_the_same_whole(site: str) -> None:
    (image,) = contents(site, "dev", 0).values()
    database, here, chance = Database(image), site_of(site), Chance(b"header")
    path, jar, seen = "/", cookies(database), 0
    for _ in range(40):
        address, _, query = path.partition("?")
        html = here.answer(database, Request(address, query, cookies=jar)).body
        if html:
            seen += 1
            assert kept(html)
            page = Page(html)
            assert told(page) == told(whole(html))
            links = [link for link in page.links.values() if link.startswith("/")]
            path = chance.choice(links).partition("#")[0]
        else:
            path = "/"
    assert seen > 20


@pytest.mark.parametrize(
    ("body", "alone"),
    [
        (f"<header>{SEARCH}{LIST}<a href='/'>Home</a></header>\n{MAIN}".replace("'", '"'), True),
        (f"<p>Before</p>\n<header>{SEARCH}</header>{MAIN}<footer>{SEARCH}</footer>", True),
        (f"<header><p></p></header>{MAIN}<header>{SEARCH}</header>", True),
        (f'<header><input id="mail" name="mail"></header>{MAIN}', False),  # the label is of the first of this id
        ('<header><input id="q" name="q"></header><main><label for="q">Q</label></main>', False),
        (f'<header><label for="mail">Also</label></header>{MAIN}', False),
        ('<header><input form="f" name="q" aria-label="Q"></header><form id="f" action="/"></form>', False),
        ('<header><h1 aria-labelledby="t"></h1></header><p id="t">Told</p>', False),
        (f"<main><article><header>{SEARCH}</header></article></main>", False),
        (f"<header>{SEARCH}", False),
        ("<main></header><header></main>", False),
        ("<header><p>a</header></p>", False),
    ],
)
def test_a_header_is_read_by_itself_where_nothing_else_has_to_do_with_it(body: str, alone: bool) -> None:
    html = written(body)
    assert kept(html) == alone
    assert told(Page(html)) == told(whole(html))


def test_a_header_that_stands_elsewhere_has_other_numbers() -> None:
    html = f"<header>{SEARCH}{LIST}</header>"
    for before in ("", "<p>a</p>", "<p>a</p><p>b</p>"):
        page = Page(written(before + html))
        assert told(page) == told(whole(written(before + html)))
        assert min(page.controls) == 6 + before.count("<p>")


@given(st.text(alphabet="ab &<>\"'é\n") | st.integers() | st.booleans() | st.text().map(Markup) | st.none())
def test_what_templates_put_out_is_escaped_as_jinja_does(value: object) -> None:
    assert str(Templates.shown(value)) == str(escape(value))


def test_templates_escape() -> None:
    made = Templates(autoescape=True).from_string('<a href="{{ one.text }}">{{ one.text ~ 1 }}{{ 2 }}</a>')
    assert made.render(one={"text": "<\"&'>"}) == ('<a href="&lt;&#34;&amp;&#39;&gt;">&lt;&#34;&amp;&#39;&gt;12</a>')
