"""Our own browser: what links, forms, redirects, cookies and history do by the HTML standard."""

from __future__ import annotations

import json
import random
import re
from urllib.parse import parse_qsl

import make_ax
import pytest
from web_pages import names, opened, pages, start, unmet
from web_walk import ADDRESSES, WORDS, walk

from scoutgym.envs.web.browser.actions import GRAMMAR
from scoutgym.envs.web.browser.browser import KEYS, LONGEST, Browser
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.browser.state import BLANK, BrowserState
from scoutgym.envs.web.sites.database import changes
from scoutgym.envs.web.sites.subset import ROLES, TAGS, TYPES, lint

pytestmark = pytest.mark.web


@pytest.fixture
def browser() -> DomBrowser:
    return DomBrowser(*opened("plant"))


def at(browser: Browser, path: str) -> Browser:
    assert browser.act(("goto", f"http://plant.test{path}")) == ""
    return browser


def bid(browser: Browser, name: str, role: str = "") -> int:
    return next(
        one for one, known in browser.page.names.items() if known == name and role in ("", browser.page.roles[one])
    )


def do(browser: Browser, verb: str, name: str, *rest: object) -> str:
    return browser.act((verb, bid(browser, name), *rest))


def line(browser: Browser, name: str) -> str:
    mark = f"[{bid(browser, name)}] "
    text = browser.page.text(browser.here.fields, browser.here.focus)
    return next(one.strip() for one in text.split("\n") if one.strip().startswith(mark))


def received(browser: Browser) -> list[tuple[str, str]]:
    rows = browser.databases["plant.test"].execute("SELECT pairs FROM received ORDER BY id DESC").fetchone()
    return parse_qsl(rows[0], keep_blank_values=True)


# Going about.


def test_a_link_a_redirect_and_back(browser: DomBrowser) -> None:
    at(browser, "/")
    assert do(browser, "click", "Moved to a part") == ""
    assert browser.here.url == "http://plant.test/far#low", "a fragment outlives redirects"
    assert do(browser, "click", "Home") == ""
    assert browser.act(("go_back",)) == ""
    assert browser.here.url == "http://plant.test/far#low"
    assert browser.act(("go_back",)) == ""
    assert browser.act(("go_back",)) == "there is no page to go back to"
    assert browser.act(("go_forward",)) == ""
    assert [entry.url[17:] for entry in browser.state.tab.entries] == ["/", "/far#low", "/"]


def test_what_cannot_be_reached_leaves_all_as_it_is(browser: DomBrowser) -> None:
    at(browser, "/")
    before = browser.state.to_json()
    for address in (
        "http://nowhere.example/",
        "https://plant.test/",
        "ftp://x",
        "javascript:1",
        "http://plant.test:81/",
    ):
        assert "cannot be reached" in browser.act(("goto", address))
    assert "cannot be reached" in do(browser, "click", "Outside")
    assert browser.state.to_json() == before
    assert "cannot be reached" in do(browser, "click", "Away")
    assert "redirects too often" in do(browser, "click", "In a circle")
    assert do(browser, "click", "Write") == "", "mailto: goes nowhere"
    assert browser.here.url == "http://plant.test/"
    assert len(browser.state.tab.entries) == 1
    assert "characters" in browser.act(("goto", "/search?q=" + "x" * LONGEST))


def test_history_is_a_line(browser: DomBrowser) -> None:
    for path in ("/", "/lists", "/texts"):
        at(browser, path)
    browser.act(("go_back",))
    browser.act(("go_back",))
    at(browser, "/tables")
    assert browser.act(("go_forward",)) == "there is no page to go forward to"
    assert [entry.url[17:] for entry in browser.state.tab.entries] == ["/", "/tables"]
    at(browser, "/tables")
    assert len(browser.state.tab.entries) == 2, "the same address is opened in its place"
    for n in range(60):
        at(browser, f"/search?q={n}")
    assert len(browser.state.tab.entries) == 50


def test_parts_of_a_page(browser: DomBrowser) -> None:
    at(browser, "/far")
    do(browser, "fill", "Field", "kept")
    do(browser, "click", "Down")
    assert (browser.here.url, browser.here.focus) == ("http://plant.test/far#low", 0)
    assert "value='kept'" in line(browser, "Field")
    do(browser, "click", "To the field")
    assert browser.here.focus == bid(browser, "Field")
    browser.act(("go_back",))
    assert browser.here.url == "http://plant.test/far#low"
    assert "value='kept'" in line(browser, "Field")


def test_a_fragment_alone_goes_to_a_part_of_this_page(browser: DomBrowser) -> None:
    at(browser, "/far")
    browser.act(("goto", "#field"))
    assert browser.here.url == "http://plant.test/far#field"
    assert "focused" in line(browser, "Field")


def test_cookies_belong_to_a_host(browser: DomBrowser) -> None:
    at(browser, "/cookie/taste/sweet")
    at(browser, "/cookie/smell/none")
    assert browser.state.cookies == {"plant.test": {"taste": "sweet"}}
    assert "taste is sweet" in browser.page.text({})
    browser.act(("goto", "http://other.test/cookies"))
    assert "none" in browser.page.text({})
    at(browser, "/cookie/taste/none")
    assert browser.state.cookies == {}


def test_tabs(browser: DomBrowser) -> None:
    at(browser, "/lists")
    assert browser.act(("tab_close",)) == "this is the only tab"
    browser.act(("new_tab",))
    assert (browser.here.url, browser.act(("go_back",))) == (BLANK, "there is no page to go back to")
    at(browser, "/texts")
    assert browser.act(("tab_focus", 2)).startswith("there is no tab 2")
    browser.act(("tab_focus", 0))
    assert browser.here.url.endswith("/lists")
    browser.act(("tab_close",))
    assert (browser.here.url[-6:], len(browser.state.tabs)) == ("/texts", 1)
    for _ in range(20):
        browser.act(("new_tab",))
    assert len(browser.state.tabs) == 8


# Forms.


def test_a_form_is_posted_and_followed_by_a_page(browser: DomBrowser) -> None:
    at(browser, "/controls")
    do(browser, "fill", "Text", "a much too long text")
    do(browser, "fill", "Area", "one\ntwo")
    do(browser, "select_option", "Menu", ("Tea",))
    do(browser, "select_option", "Many", ("3", "Uno"))
    do(browser, "check", "One")
    do(browser, "uncheck", "Two")
    do(browser, "click", "Red")
    assert do(browser, "click", "Send it") == ""
    sent = received(browser)
    for pair in (
        ("text", "a much too l"),
        ("area", "one\r\ntwo"),
        ("menu", "t"),
        ("box", "one"),
        ("color", "red"),
        ("by", "first"),
    ):
        assert pair in sent
    assert [value for name, value in sent if name == "many"] == ["1", "3"]
    assert not {"off", "in"} & {name for name, _ in sent}
    assert ("box", "two") not in sent
    assert browser.here.url == "http://plant.test/received/1"
    assert not browser.here.posted
    at(browser, "/controls")
    do(browser, "click", "Second")
    assert ("by", "Second") in received(browser)


def test_mistakes_are_shown_on_the_answer(browser: DomBrowser) -> None:
    at(browser, "/sign")
    do(browser, "fill", "Text", "kept")
    do(browser, "click", "Sign")  # the heading: nothing happens
    assert not browser.here.posted
    browser.act(("click", bid(browser, "Sign", "button")))
    assert browser.here.posted
    assert "2 mistakes" in browser.page.text({})
    assert "value='kept'" in line(browser, "Text")
    at(browser, "/notes")
    browser.act(("go_back",))
    assert "2 mistakes" in browser.page.text({}), "the answer to a POST is kept"


def test_a_get_form_replaces_the_query(browser: DomBrowser) -> None:
    at(browser, "/enter?old=1")
    do(browser, "fill", "Mine", "new")
    do(browser, "click", "From outside")
    assert browser.here.url == "http://plant.test/enter?m=new&b=2"


@pytest.mark.parametrize(
    ("name", "goes"),
    [("Alone", "/asked?w="), ("One", ""), ("With", ""), ("Three", ""), ("Loose", ""), ("Mine", "/enter?m=1&b=2")],
)
def test_enter(browser: DomBrowser, name: str, goes: str) -> None:
    at(browser, "/enter")
    assert do(browser, "press", name, "Enter") == ""
    assert browser.here.url == f"http://plant.test{goes or '/enter'}"


def test_keys(browser: DomBrowser) -> None:
    at(browser, "/controls")
    for key, left in (("x", "givenx"), ("Space", "givenx "), ("Backspace", "givenx"), ("Escape", "givenx")):
        assert do(browser, "press", "Text", key) == ""
        assert f"value='{left}', focused" in line(browser, "Text")
    do(browser, "press", "One", "Space")
    assert "checked='true'" in line(browser, "One")
    do(browser, "fill", "Search", "x")
    do(browser, "press", "Search", "Escape")
    assert "value" not in line(browser, "Search"), "Escape empties a search field"
    for name, said in (("Number", "use fill"), ("Menu", "use select_option"), ("Off", "is disabled"), ("Controls", "")):
        assert said in browser.act(("press", bid(browser, name), "5"))
    assert "is not one of" in do(browser, "press", "Text", "F5")
    heading = bid(browser, "Controls", "heading")
    assert "takes no keys" in browser.act(("press", heading, KEYS[0]))


@pytest.mark.parametrize(
    ("name", "verb", "rest", "said"),
    [
        ("Off", "fill", ("x",), "is disabled"),
        ("Read", "fill", ("x",), "is read-only"),
        ("Inside", "clear", (), "is disabled"),
        ("Number", "fill", ("x",), "takes a number"),
        ("Date", "fill", ("1.2.2026",), "takes a date"),
        ("Send it", "fill", ("x",), "is no text field"),
        ("Three", "click", (), "is disabled"),
        ("Three", "check", (), "is disabled"),
        ("Gray", "check", (), "is disabled"),
        ("Red", "uncheck", (), "choose another one"),
        ("Text", "check", (), "is no checkbox"),
        ("Not now", "click", (), "is disabled"),
        ("Coffee", "click", (), "is in a closed list"),
        ("West", "click", (), "is disabled"),
        ("Menu", "select_option", (("Beer",),), "has no choice 'Beer'"),
        ("Menu", "select_option", (("Ice",),), "is disabled"),
        ("Menu", "select_option", (("Tea", "Milk"),), "takes one choice"),
        ("Text", "select_option", (("x",),), "is no list"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    browser: DomBrowser, name: str, verb: str, rest: tuple, said: str
) -> None:
    at(browser, "/controls")
    before = browser.state.to_json()
    assert said in do(browser, verb, name, *rest)
    assert browser.state.to_json() == before


def test_radio_buttons_reset_and_options(browser: DomBrowser) -> None:
    at(browser, "/controls")
    do(browser, "click", "Red")
    assert ["'true'" in line(browser, name) for name in ("Red", "Blue")] == [True, False]
    do(browser, "click", "North")
    assert "selected=True" in line(browser, "North")
    assert "selected=False" in line(browser, "South")
    do(browser, "fill", "Text", "x")
    do(browser, "click", "Reset")
    assert browser.here.fields == {}
    do(browser, "fill", "Text", "x")
    do(browser, "fill", "Text", "given")
    assert browser.here.fields == {}, "what is as the markup has it is not kept"


def test_going_back_gives_changed_fields_back(browser: DomBrowser) -> None:
    at(browser, "/fields")
    do(browser, "fill", "Fern", "F")
    do(browser, "select_option", "Size", ("middle",))
    at(browser, "/notes")
    browser.databases["plant.test"].execute("INSERT INTO note (name, size, text) VALUES ('New', 'large', '')")
    browser.act(("go_back",))
    assert "value='F'" in line(browser, "Ivy"), "the third field of this name has it, as in Chromium"
    assert "value='middle'" in line(browser, "Size")


def test_going_back_to_a_page_that_leads_elsewhere_now() -> None:
    """As in Chromium; see the test of this name there."""
    browser = DomBrowser(*opened("store"))
    for address in ("http://store.test/orders", "#main", "http://store.test/account"):
        assert browser.act(("goto", address)) == ""
    assert do(browser, "click", "Log out") == ""
    shown = []
    for by in ("back", "back", "back", "forward"):
        assert browser.act((f"go_{by}",)) == ""
        assert browser.page.title.startswith("Log in")
        shown.append(browser.here.url.partition("=")[2])
    assert shown == ["%2Faccount", "%2Forders#main", "%2Forders", "%2Forders#main"]


# All of it.


def test_no_action_ever_raises() -> None:
    chance = random.Random(9)
    made = [form.name for form in GRAMMAR.forms if form.name not in ("send_msg_to_user", "report_infeasible")]
    browser = DomBrowser(*opened("plant"))
    browser.open("/")
    steps = walk(browser, 9, ADDRESSES)
    for n in range(10_000):
        if n % 200 < 150:
            action = next(steps)
        else:
            number = chance.choice([*browser.page.roles, 0, 10**8])
            word = chance.choice(WORDS)
            values = {"Bid": number, "Text": word, "Texts": (word,), "Amount": chance.randrange(-5, 9)}
            form = GRAMMAR._by_name[chance.choice(made)]
            action = (form.name, *(values[type(field).__name__] for field in form.fields))
        assert isinstance(browser.act(action), str)
        if n % 100 == 0:
            text = json.dumps(browser.state.to_json())
            assert BrowserState.from_json(json.loads(text)) == browser.state
            browser.page.text(browser.here.fields, browser.here.focus)
    assert len(changes(browser.databases["plant.test"])["received"]) > 5


def test_long_and_strange_texts_go_through(browser: DomBrowser) -> None:
    for text in ("x" * 100_000, "\u202e<script>alert(1)</script>", "Robert'); DROP TABLE note;--", "😀" * 1000):
        at(browser, "/sign")
        do(browser, "fill", "Name", text)
        do(browser, "select_option", "Size", ("small",))
        assert browser.act(("click", bid(browser, "Sign", "button"))) == ""
        assert browser.here.url == "http://plant.test/notes"
        assert text in browser.page.names.values()


UNMET = {
    "plant": {
        *(f"plant.test GET {rule}" for rule in ("/old", "/older", "/round", "/away", "/cookie/<name>/<value>"))
    },  # they show no page, but lead on
    "store": {
        "store.test GET /checkout",  # leads on
        "store.test POST /cart/code/remove",  # there is no code in the cart, and an empty form gives none
        "store.test POST /product/<int:id>/review/delete",  # the user has written none, and no task asks for one
    },
}
"""What the pages of a site are without, and why; of sites that are not here there is every one."""


@pytest.mark.parametrize("name", names())
def test_every_rule_of_every_site_is_met(name: str) -> None:
    """What else is tested on the pages of `web_pages` is tested on all kinds of pages, and of forms."""
    assert unmet(name) == UNMET.get(name, set())


@pytest.mark.parametrize("name", make_ax.PAGES)
def test_the_tree_is_the_one_that_chromium_had(name: str) -> None:
    """Of small pages, read from Chromium itself: no Chromium is needed here. Made by `make_ax`."""
    browser = DomBrowser(*make_ax.opened())
    version, text = make_ax.kept(name)
    assert re.fullmatch(r"(Headless)?Chrome/[0-9.]+", version)
    assert make_ax.written(browser, name, lambda: browser.page.text(browser.here.fields, browser.here.focus)) == text


def test_the_small_pages_have_all_that_the_subset_allows() -> None:
    elements = [node for name in make_ax.PAGES for node in page_of(make_ax.html_of(name)).elements]
    assert {node.tag for node in elements} == TAGS - {"link"}, "a style sheet says nothing"
    assert {node.get("type") or "text" for node in elements if node.tag == "input"} == TYPES
    assert {node.get("role") for node in elements if "role" in node.attributes} == ROLES
    given = {attribute for node in elements for attribute in node.attributes}
    assert {"aria-label", "aria-labelledby", "aria-hidden", "hidden", "disabled", "readonly", "required"} <= given
    assert not [mistake for name in make_ax.PAGES for mistake in lint(make_ax.html_of(name))]
    assert {path.stem for path in make_ax.FOLDER.glob("*.txt")} == set(make_ax.PAGES)


def test_a_second_label_is_outside_the_subset() -> None:
    """Chromium makes one name of all labels of a control."""
    twice = make_ax.html_of("names").replace("</form>", '<label for="a">Again</label></form>', 1)
    assert [mistake.partition("] ")[2] for mistake in lint(twice)] == ["is not the only label of its control"] * 2


@pytest.mark.parametrize("name", names())
def test_every_page_of_every_site_keeps_to_the_subset(name: str) -> None:
    found = pages(name)
    assert found[0].url == start(name)
    wrong = [f"{seen.url}: {mistake}" for seen in found for mistake in lint(seen.html)]
    assert not wrong, "\n".join(wrong)
