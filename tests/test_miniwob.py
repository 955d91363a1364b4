"""MiniWoB++: pages on a clock of ours, every action, solvers that succeed, replays that are equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium
import pytest
from miniwob_tools import ID, begun

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it
pytest.importorskip("playwright")

from scoutgym.envs.registry import WORLDS
from scoutgym.envs.web.browser.engine import BrowserFailed, shut
from scoutgym.envs.web.wob.actions import GRAMMAR
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.files import Files, folder, read
from scoutgym.envs.web.wob.page import STEP
from scoutgym.envs.web.wob.pages import HELD_OUT, PAGES
from scoutgym.envs.web.wob.pool import give, take
from scoutgym.envs.web.wob.solvers import SOLVERS, solution
from scoutgym.types import Outcome, SchemaError

pytestmark = pytest.mark.browser

UNSOLVED = {"count-sides", "hover-shape"}
"""The one is a picture, the other never pays."""


CONTROLS = """document.body.innerHTML = `
    <div id=box style="width:40px;height:20px;background:red;position:absolute;top:100px">x</div>
    <input id=text><textarea id=area></textarea><input type=checkbox id=tick><input type=date id=date>
    <select id=one><option>A<option>B</select><select id=many multiple><option>C<option>D</select>
    <input id=off readonly>
    <div id=long style="height:50px;overflow:auto"><p style="height:400px">y</p></div><button id=under>u</button>`;
const under = document.getElementById('under').getBoundingClientRect(), cover = document.createElement('div');
cover.style = `position:absolute;left:${under.left}px;top:${under.top}px;width:99px;height:50px;background:blue`;
document.body.append(cover);
window.heard = [];
for (const name of ['click', 'dblclick', 'mousedown', 'mouseup', 'mouseover', 'keydown', 'input', 'change'])
    document.addEventListener(name, event => heard.push([name, event.target.id, event.isTrusted, event.key || '']));
0"""


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


@pytest.fixture
def browser() -> Iterator[WobBrowser]:
    found = take()
    yield found
    give(found)


def script(browser: WobBrowser, code: str) -> Any:
    """What a script says in the page."""
    return browser._lent.run(browser._front.evaluated(code))


# The package.


def test_there_is_a_preset_for_every_page_of_the_package() -> None:
    assert tuple(sorted(file.stem for file in (folder() / "miniwob").glob("*.html"))) == PAGES
    assert len(PAGES) == 130
    assert {WORLDS[ID].spec.presets[page]["task"] for page in PAGES} == set(PAGES)
    said = {page for page in PAGES if "WOB_DATA_MODE" in (folder() / f"miniwob/{page}.html").read_text()}
    assert set(HELD_OUT) == said
    assert set(PAGES) - set(SOLVERS) == UNSOLVED
    with pytest.raises(ValueError, match="did you mean 'click-button'"):
        gymnasium.make(ID, task="click-buton")


def test_files_are_served_and_nothing_else_is() -> None:
    page = read("/miniwob/tic-tac-toe.html")
    assert page is not None
    assert page.index(b"/clock.js") < page.index(b"core.js")
    assert b"url(data:image/png;base64," in page
    assert b"tic-tac-toe/x.png" not in page
    assert read("/../registration.py") is None
    assert read("/miniwob/../../__init__.py") is None
    assert read("/miniwob") is None
    said = list[Any]()
    body = b"".join(Files().wsgi(dict)({"PATH_INFO": "/core/core.css"}, lambda *given: said.extend(given)))
    assert said[0] == "200 OK"
    assert b"#wrap" in body
    assert dict(said[1])["Content-Type"].startswith("text/css")


# The clock.


def test_time_stands_still_and_passes_as_it_is_told(browser: WobBrowser) -> None:
    browser.begin("click-test", False, "clock")
    start = script(browser, "Date.now()")
    assert start == 1_767_268_800_000 + STEP
    assert (
        script(browser, "new Promise(done => scoutgym.pass(0).then(() => done([Date.now(), +new Date()])))")
        == [start] * 2
    )
    script(
        browser,
        """window.said = [];
        const say = what => () => said.push(what + performance.now());
        setTimeout(say('b'), 300); setTimeout(say('a'), 200); const every = setInterval(say('i'), 250);
        setTimeout(() => { clearInterval(every); setTimeout(say('c'), 10); }, 800);
        let frames = 0;
        const frame = now => { said.push('f' + now); if (++frames < 3) requestAnimationFrame(frame); };
        requestAnimationFrame(frame); 0""",
    )
    assert script(browser, "said") == []
    browser.act(("noop", 600))
    now = STEP + 600
    assert script(browser, "said") == [
        "f512",
        "f528",
        "f544",
        f"a{STEP + 200}",
        f"i{STEP + 250}",
        f"b{STEP + 300}",
        "i1000",
    ]
    assert script(browser, "performance.now()") == now
    browser.act(("noop", 1000))
    assert script(browser, "said.slice(7)") == ["i1250", "c1310"]


def test_a_timer_that_fails_or_never_ends_stops_nothing(browser: WobBrowser) -> None:
    browser.begin("click-test", False, "clock")
    script(
        browser, "setTimeout(() => { throw new Error('x') }, 5); const again = () => setTimeout(again, 0); again(); 0"
    )
    assert browser.act(("noop", 1000)) == ""
    assert script(browser, "new Date().getSeconds()") == 1


def test_chance_is_the_seeds(browser: WobBrowser) -> None:
    texts = list[str]()
    for seed in ("one", "two", "one"):
        browser.begin("click-button", False, seed)
        texts.append(browser.view.text)
    assert texts[0] == texts[2] != texts[1]


def test_a_delay_is_measured_by_the_clock_alone() -> None:
    """The page pays by how near the wait is to the one it asks for; a wrong one pays less."""
    env = begun("button-delay")
    one, two = (found.bid for found in env.session.state.live.view.all("button"))
    seconds = int(env.session.state.asked.split(" seconds")[0][-1])
    env.step(f"click('{one}')")
    env.step(f"noop({1000 * seconds - STEP})")
    _, reward, terminated, _, info = env.step(f"click('{two}')")
    assert (reward, terminated, info["rewards"]["raw"]) == (1.0, True, 1.0)
    env.reset(options={"index": 0})
    env.step(f"click('{one}')")
    _, reward, terminated, _, info = env.step(f"click('{two}')")
    assert terminated
    assert info["rewards"]["raw"] < 1


# What is read and done.


def test_the_text_has_what_eyes_see(browser: WobBrowser) -> None:
    browser.begin("click-shape", False, "text")
    figure = browser.view.all("svg *")[0]
    assert figure.color.startswith("#")
    assert f"[{figure.bid}] {figure.tag} " in browser.view.text
    assert f'box="({",".join(map(str, figure.box or ()))})"' in browser.view.text
    browser.begin("email-inbox", False, "text")
    assert "class='trash'" in browser.view.text
    assert "Last reward" not in browser.view.text
    assert "START" not in browser.view.text


def test_numbers_stay_with_their_elements(browser: WobBrowser) -> None:
    browser.begin("click-test-2", False, "bids")
    before = {one.get("id"): one.bid for one in browser.view.all("button")}
    script(browser, "document.body.prepend(document.createElement('p'), document.createElement('p')); 0")
    browser.act(("noop", 0))
    after = {one.get("id"): one.bid for one in browser.view.all("button")}
    assert after == before
    assert max(browser.view.elements) > max(after.values())


def test_every_action_is_what_the_page_hears(browser: WobBrowser) -> None:
    browser.begin("click-test", False, "events")
    script(browser, CONTROLS)
    browser.act(("noop", 0))
    bids = {one.get("id"): one.bid for one in browser.view.elements.values() if one.get("id")}

    def heard(*action: Any) -> list[Any]:
        script(browser, "heard.length = 0")
        assert browser.act(action) == ""
        return [tuple(one[:2]) for one in script(browser, "heard")]

    def value(name: str) -> Any:
        return browser.view.all(f"#{name}")[0].value

    assert heard("click", bids["box"])[-3:] == [("mousedown", "box"), ("mouseup", "box"), ("click", "box")]
    assert all(one[2] for one in script(browser, "heard"))
    assert heard("dblclick", bids["box"]).count(("click", "box")) == 2
    assert script(browser, "heard.at(-1)[0]") == "dblclick"
    assert heard("hover", bids["text"]) == [("mouseover", "text")]
    assert heard("fill", bids["text"], "Ünï 🙂") == [("input", "text")]
    assert value("text") == "Ünï 🙂"
    assert heard("clear", bids["text"])[-1] == ("input", "text")
    assert value("text") == ""
    assert set(heard("fill", bids["area"], "two\nlines")) == {("input", "area")}
    assert value("area") == "two\nlines"
    assert heard("fill", bids["date"], "2026-05-17")[-1] == ("change", "date")
    assert heard("check", bids["tick"])[-1] == ("change", "tick")
    assert heard("check", bids["tick"]) == []
    assert heard("uncheck", bids["tick"])[-1] == ("change", "tick")
    assert heard("select_option", bids["one"], ("B",)) == [("input", "one"), ("change", "one")]
    assert [one.selected for one in browser.view.all("#many option")] == [False, False]
    heard("select_option", bids["many"], ("C", "D"))
    assert [one.selected for one in browser.view.all("#many option")] == [True, True]
    assert heard("press", bids["text"], "Shift+A")[-1] == ("input", "text")
    assert value("text") == "A"
    heard("focus", bids["text"])
    heard("keyboard_type", "bc")
    heard("keyboard_insert_text", "d")
    heard("keyboard_down", "e")
    heard("keyboard_up", "e")
    assert value("text") == "Abcde"
    heard("keyboard_press", "Control+A")
    heard("keyboard_press", "Control+X")
    assert value("text") == ""
    heard("press", bids["area"], "Control+V")
    assert value("area").endswith("Abcde")
    assert heard("drag_and_drop", bids["box"], bids["text"])[0] == ("mouseover", "box")
    assert heard("mouse_move", 5, 105) == [("mouseover", "box")]
    assert heard("mouse_down", 5, 105) == [("mousedown", "box")]
    assert heard("mouse_up", 5, 105)[:2] == [("mouseup", "box"), ("click", "box")]
    assert ("click", "box") in heard("mouse_click", 5, 105)
    assert ("dblclick", "box") in heard("mouse_dblclick", 5, 105)
    assert heard("mouse_drag_and_drop", 5, 105, 30, 110)[0] == ("mousedown", "box")
    center = browser.view.one("#long").center
    heard("scroll_at", *center, 0, 60)
    assert script(browser, "document.getElementById('long').scrollTop") == 60
    heard("mouse_move", *center)
    heard("scroll", 0, -20)
    assert script(browser, "document.getElementById('long').scrollTop") == 40

    before = browser.view.text
    for action, why in (
        (("click", 999), "no element"),
        (("click", bids["under"]), "covered"),
        (("fill", bids["box"], "x"), "no text field"),
        (("fill", bids["off"], "x"), "read-only"),
        (("fill", bids["date"], "soon"), "does not take"),
        (("check", bids["text"]), "no checkbox"),
        (("select_option", bids["text"], ("A",)), "no list"),
        (("select_option", bids["one"], ("Z",)), "no choice 'Z'"),
        (("select_option", bids["one"], ("A", "B")), "one choice"),
        (("press", bids["text"], "Enterr"), "no such key"),
        (("noop", 99_999), "milliseconds"),
        (("keyboard_type", "x" * 20_000), "use fill"),
    ):
        now = script(browser, "performance.now()")
        assert why in browser.act(action), action
        assert script(browser, "performance.now()") == now
    assert browser.view.text.replace(", focused", "") == before.replace(", focused", "")


def test_what_one_episode_holds_the_next_has_not(browser: WobBrowser) -> None:
    """A button, a key, the clipboard and the mouse's place are left behind."""
    browser.begin("enter-text", False, "clean")
    fresh = browser.view.text
    bid = browser.view.one("#tt").bid
    for action in (
        ("fill", bid, "secret"),
        ("press", bid, "Control+A"),
        ("keyboard_press", "Control+C"),
        ("keyboard_down", "Shift"),
        ("mouse_down", *browser.view.one("#tt").center),
    ):
        browser.act(action)
    browser.begin("enter-text", False, "clean")
    assert browser.view.text == fresh
    browser.act(("click", bid))
    browser.act(("keyboard_press", "a"))
    browser.act(("keyboard_press", "Control+V"))
    assert browser.view.one("#tt").value == "a"


def test_the_grammar_is_browsergyms() -> None:
    assert GRAMMAR.parse("mouse_drag_and_drop(from_x=10, from_y=20, to_x=30.5, to_y=40)") == (
        "mouse_drag_and_drop", 10, 20, 30, 40,
    )  # fmt: skip
    assert GRAMMAR.parse("drag_and_drop('5', to_bid='8')") == ("drag_and_drop", 5, 8)
    assert GRAMMAR.parse("mouse_click(1, 2, button='left')") == ("mouse_click", 1, 2)
    assert GRAMMAR.parse("noop()") == ("noop", 1000)
    assert all(hasattr(WobBrowser, f"_{form.name}") for form in GRAMMAR.forms if form.name != "noop")


# When something breaks.


def crash(browser: WobBrowser) -> None:
    """The page's process crashes, during this action or before the next."""
    browser._lent.run(browser._front.cdp.send("Page.navigate", {"url": "chrome://crash"}))
    browser.act(("noop", 0))


def test_a_crash_and_a_hanging_script_are_no_failure_of_the_agent() -> None:
    env = begun("click-test")
    live = env.session.state.live
    with pytest.raises(BrowserFailed):
        crash(live)
    _, reward, terminated, truncated, info = env.step("noop()")
    assert (reward, terminated, truncated, info["outcome"]) == (0.0, False, True, Outcome.ENV_ERROR)
    env.reset(options={"index": 0})
    assert env.step("noop()")[4]["outcome"] == Outcome.OK
    live = env.session.state.live
    with pytest.raises(BrowserFailed, match="did not answer within 1 s"):
        live._lent.engine.run(live._lent._guarded(live._front.evaluated("for (;;) {}")), 1)
    live._lent.lease.sound = False
    env.reset(options={"index": 0})
    assert env.step("noop()")[4]["outcome"] == Outcome.OK
    env.close()


def test_nothing_but_the_pages_can_be_reached(browser: WobBrowser) -> None:
    browser.begin("click-test", False, "out")
    for url in ("http://127.0.0.1:1/", "http://example.com/", "https://example.com/", "http://store.test/"):
        assert script(browser, f"fetch('{url}', {{mode: 'no-cors'}}).then(one => one.status, () => 'no')") in (
            "no",
            0,
            204,
        )
    script(browser, "location.href = 'http://example.com/'; 0")
    browser.act(("noop", 100))
    assert script(browser, "location.host") == "miniwob.test"


FORM = "const made = document.createElement('form'); document.body.append(made); "
LINK = "const made = document.createElement('a'); document.body.append(made); made.href = 'click-test-2.html'; "
LEAVING = {
    "reload": "location.reload()",
    "address": "location.href = 'click-test-2.html'",
    "another address": "location.replace('http://example.com/')",
    "form": FORM + "made.submit()",
    "form that is posted": FORM + "made.method = 'post'; made.requestSubmit()",
    "link": LINK + "made.click()",
    "timer": "setTimeout(() => location.reload(), 400)",
    "history": "history.go(0)",
}
STAYING = {
    "another part": "location.hash = 'part'",
    "history without a past": "history.back()",
    "form that is held": FORM + "made.onsubmit = event => event.preventDefault(); made.requestSubmit()",
    "window": LINK + "made.target = '_blank'; made.click()",
    "file": LINK + "made.download = 'file'; made.click()",
}


def test_leaving_the_page_is_a_failure() -> None:
    env = begun("click-test")
    live = env.session.state.live
    script(live, "core.endEpisode = () => {}; document.querySelector('button').onclick = () => location.reload(); 0")
    bid = live.view.one("button").bid
    observation, reward, terminated, _, info = env.step(f"click('{bid}')")
    assert "has been left" in observation
    assert (reward, terminated, info["success"]) == (-0.1, True, False)
    env.close()


@pytest.mark.parametrize("way", [*LEAVING, *STAYING])
def test_it_is_known_at_once_what_leaves_a_page(browser: WobBrowser, way: str) -> None:
    """And the document stays what it is."""
    leaves, code = way in LEAVING, {**LEAVING, **STAYING}[way]
    browser.begin("click-link", False, "before")
    for seed in ("one", "two"):
        browser.begin("click-test", False, seed)
        script(browser, f"document.querySelector('button').onclick = () => {{ {code} }}; window.mine = core; 0")
        script(browser, "core.endEpisode = () => {}; 0")
        said = browser.act(("click", browser.view.one("button").bid))
        assert (said, browser.done) == (("the page of the task has been left", True) if leaves else ("", False))
        assert script(browser, "[mine === core, location.pathname]") == [True, "/miniwob/click-test.html"]
        assert len(browser._lent.lease.context.pages) <= 2


def test_a_link_opens_no_window_with_a_key_held(browser: WobBrowser) -> None:
    browser.begin("click-link", False, "held")
    windows = len(browser._lent.lease.context.pages)
    script(browser, "document.body.innerHTML = '<a href=# style=\"font-size:50px\">here</a>'; 0")
    browser.act(("keyboard_down", "Shift"))
    browser.act(("mouse_click", 40, 40))
    browser.begin("click-test", False, "later")
    assert len(browser._lent.lease.context.pages) == windows


# The next document.


def test_the_next_document_is_loaded_ahead_and_nothing_of_an_episode_is_in_it(browser: WobBrowser) -> None:
    texts, fronts = list[str](), list[Any]()
    for _ in range(4):
        browser.begin("enter-text", False, "same")
        texts.append(browser.view.text)
        fronts.append(browser._front)
        script(browser, "window.mine = 1; localStorage; document.title = 'x'; 0")
        browser.act(("fill", browser.view.one("#tt").bid, "secret"))
        browser.act(("keyboard_down", "Shift"))
        browser.act(("mouse_down", *browser.view.one("#tt").center))
    assert len(set(texts)) == 1
    assert fronts[0] is fronts[1] is not fronts[2]
    assert fronts[3] is fronts[1]
    browser.begin("enter-text", False, "same")
    assert script(browser, "[typeof mine, history.length, Date.now()]") == ["undefined", 1, 1_767_268_800_000 + STEP]
    script(browser, "addEventListener('mousemove', event => { window.heard = [event.buttons, event.shiftKey]; }); 0")
    browser.act(("mouse_move", 50, 100))
    assert script(browser, "heard") == [0, False]


@pytest.mark.parametrize("there", [False, True])
def test_what_is_loaded_ahead_may_be_of_no_use(browser: WobBrowser, there: bool) -> None:
    """Another page is wanted, or the second window goes before or after its document is there; one is given back."""
    for _ in range(2):
        browser.begin("click-test", False, "one")
    front = browser._front
    browser.begin("click-link", False, "two")
    assert browser._front is front
    assert browser.view.all(".alink")
    browser.begin("click-test", False, "one")
    assert browser._front is not front  # it was kept
    for _ in range(2):
        browser.begin("click-link", False, "two")
    if there:
        browser._lent.run(browser._ahead.over())
    browser._lent.run(front.page.close())
    text = browser.view.text
    browser.begin("click-link", False, "two")
    assert browser.view.text == text
    lease = browser._lent.lease
    for _ in range(2):
        browser.begin("click-test", False, "one")
    browser.close()
    again = WobBrowser()
    assert again._lent.lease is lease
    assert len(lease.context.pages) == 1
    again.begin("click-test", False, "one")
    again.close()


def test_solution_and_snapshot_say_what_is_wrong(browser: WobBrowser) -> None:
    browser.begin("count-sides", False, "none")
    with pytest.raises(ValueError, match="no solver for 'count-sides'"):
        solution("count-sides", browser)
    browser.begin("click-test-2", False, "wrong")
    browser.act(("click", browser.view.all("button")[1].bid))
    with pytest.raises(ValueError, match="does not succeed from here"):
        solution("click-test-2", browser)
    with pytest.raises(SchemaError):
        begun("click-test").restore(b"{}")
