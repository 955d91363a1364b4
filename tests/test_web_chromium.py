"""Chromium and our own browser are one world: the same trees, the same walks, and nothing gets out."""

from __future__ import annotations

import difflib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import make_ax
import pytest
from chromium_tree import lines_of
from web_pages import addresses, names, opened, pages, start
from web_walk import ADDRESSES, WORDS, compare, differences, walk

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.browser.address import resolved
from scoutgym.envs.web.browser.browser import Browser
from scoutgym.envs.web.browser.chromium import ChromiumBrowser
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.engine import BrowserFailed, Engine, engine, shut
from scoutgym.envs.web.browser.state import BLANK, BrowserState
from scoutgym.envs.web.sites.database import changes
from scoutgym.envs.web.sites.site import Response, Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


@pytest.fixture
def chromium() -> Iterator[ChromiumBrowser]:
    browser = ChromiumBrowser(*opened("plant"))
    yield browser
    browser.close()


def both(name: str) -> tuple[DomBrowser, ChromiumBrowser]:
    return DomBrowser(*opened(name)), ChromiumBrowser(*opened(name))


def text(browser: Browser) -> list[str]:
    return browser.page.text(browser.here.fields, browser.here.focus).split("\n")


def unlike(browser: ChromiumBrowser) -> list[str]:
    """Lines that Chromium's own tree has otherwise."""
    return list(difflib.unified_diff(lines_of(browser), text(browser), "chromium", "ours", n=0, lineterm=""))


def named(browser: Browser, name: str) -> int:
    return next(bid for bid, one in browser.page.names.items() if one == name)


# The tree.


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", names())
def test_the_tree_of_every_page_is_chromiums(name: str) -> None:
    dom, browser = both(name)
    wrong, lines = [], 0
    for url in addresses(name, 1):
        browser.act(("goto", url))
        dom.act(("goto", url))
        lines += len(text(browser))
        wrong += [f"{url} {line}" for line in unlike(browser) + differences(dom, browser)]
    browser.close()
    assert not wrong, "\n".join(wrong)
    assert lines > 200


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", names())
def test_the_tree_of_what_forms_answer_and_solvers_pass_is_chromiums(name: str) -> None:
    found = [seen for seen in pages(name, 1) if not seen.lasting]
    assert found
    for seen in found:
        dom = seen.browser()
        browser = ChromiumBrowser(dom.sites, dom.databases, dom.state.copy())
        wrong = unlike(browser) + differences(dom, browser)
        browser.close()
        assert not wrong, "\n".join([seen.url, *wrong])


def test_the_trees_that_are_kept_are_chromiums() -> None:
    """`test_web_dom` holds our own browser to them, where there is no Chromium."""
    browser = ChromiumBrowser(*make_ax.opened())
    for name in make_ax.PAGES:
        mine = make_ax.written(browser, name, lambda: "\n".join(lines_of(browser)))
        assert mine == make_ax.kept(name)[1], f"{name}: Chromium has changed, or run tests/make_ax.py"
    browser.close()


@pytest.mark.parametrize("prefix", ["a", "b"])
def test_the_tree_follows_fields_and_focus(chromium: ChromiumBrowser, prefix: str) -> None:
    chance = random.Random(prefix)
    chromium.act(("goto", "/controls"))
    form = list(chromium.page.forms.values())[1 + (prefix == "b")]
    for control in form.controls:
        if control.kind in ("number", "date"):
            action = ("fill", control.bid, "12" if control.kind == "number" else "2026-05-17")
        elif control.kind == "select":
            action = ("select_option", control.bid, (control.options[0].label,))
        elif control.kind in ("checkbox", "radio"):
            action = ("check", control.bid)
        elif control.kind in ("submit", "hidden", "reset"):
            action = ("focus", control.bid)
        else:
            action = ("fill", control.bid, chance.choice([word for word in WORDS if word.isprintable()]))
        chromium.act(action)
        assert not unlike(chromium), (action, unlike(chromium))
    chromium.act(("focus", next(iter(chromium.page.links))))
    assert not unlike(chromium)


def test_the_tree_of_a_form_with_mistakes(chromium: ChromiumBrowser) -> None:
    chromium.act(("goto", "/sign"))
    chromium.act(("fill", named(chromium, "Text"), "two\nlines"))
    chromium.act(("click", chromium.page.find("button", "Sign")[0]))
    assert chromium.page.find("alert", "")
    assert chromium.here.posted
    assert not unlike(chromium)


# Walks.


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=[pytest.mark.slow, pytest.mark.ci]) for n in range(2, 6))])
def test_both_browsers_walk_alike(seed: int) -> None:
    """Anywhere, on the site that has every kind of page; on the others see `test_web_alike`."""
    dom, chromium = both("plant")
    for browser in (dom, chromium):
        browser.open(start("plant"))
    try:
        compare(dom, chromium, signing(dom, seed), 60 if seed == 1 else 200)
        assert changes(dom.databases["plant.test"])["note"]
    finally:
        chromium.close()


def signing(browser: Browser, seed: int) -> Iterator[Action]:
    """A walk on which forms are completed, too: by itself it seldom fills one in so that the site takes it."""
    anywhere, chance = walk(browser, seed, ADDRESSES), random.Random(seed)
    while True:
        if chance.random() < 0.95:
            yield next(anywhere)
            continue
        yield ("goto", "http://plant.test/sign")
        yield ("fill", named(browser, "Name"), chance.choice(WORDS))
        yield ("select_option", named(browser, "Size"), ("small",))
        yield ("click", browser.page.find("button", "Sign")[0])


def script(*steps: tuple) -> None:
    """Do the same on both; an element is given by its name."""
    dom, chromium = both("plant")
    try:
        for verb, *rest in steps:
            if verb == "sql":
                for browser in (dom, chromium):
                    browser.databases["plant.test"].execute(rest[0])
                continue
            if rest and verb != "goto":
                rest[0] = named(dom, rest[0])
            errors = [browser.act((verb, *rest)) for browser in (dom, chromium)]
            assert errors[0] == errors[1], (verb, *rest)
            found = differences(dom, chromium)
            assert not found, "\n".join([str((verb, *rest)), *found])
    finally:
        chromium.close()


CHANGED = [
    *[("goto", "/fields"), ("fill", "Fern", "F"), ("fill", "Text", "T"), ("select_option", "Size", ("middle",))],
    *[("click", "Keep 1"), ("goto", "/notes")],
]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([*CHANGED, ("go_back",), ("go_forward",), ("go_back",)], id="as it was"),
        pytest.param(
            [*CHANGED, ("sql", "INSERT INTO note (name, size, text) VALUES ('New', 'large', '')"), ("go_back",)],
            id="grown",
        ),
        pytest.param([*CHANGED, ("sql", "DELETE FROM note WHERE id = 2"), ("go_back",)], id="shrunk"),
        pytest.param(
            [("goto", "/fields"), ("goto", "/notes"), ("sql", "UPDATE note SET size = 'middle'"), ("go_back",)],
            id="untouched",
        ),
        pytest.param([*CHANGED[:-1], ("goto", "/fields")], id="opened again"),
        pytest.param(
            [("goto", "/"), ("fill", "Search", "abc"), ("click", "This page"), ("go_back",)], id="link to itself"
        ),
        pytest.param(
            [
                *[("goto", "/far"), ("fill", "Field", "a"), ("click", "Down"), ("fill", "Field", "b"), ("go_back",)],
                *[("go_forward",), ("fill", "Field", "c"), ("goto", "/notes"), ("go_back",), ("go_back",)],
                *[("click", "To the field"), ("click", "Top"), ("click", "Gone"), ("goto", "/lists"), ("go_back",)],
            ],
            id="parts of a page",
        ),
        pytest.param(
            [
                *[("goto", "/sign"), ("fill", "Text", "one"), ("click", "Sign"), ("fill", "Text", "two")],
                *[("goto", "/notes"), ("go_back",), ("go_back",), ("go_forward",)],
            ],
            id="answer to a POST",
        ),
        pytest.param(
            [
                *[
                    ("goto", "/enter"),
                    ("fill", "Loose", "x"),
                    ("fill", "Alone", "y"),
                    ("press", "Alone", "Enter"),
                    ("go_back",),
                ],
                *[
                    ("press", "One", "Enter"),
                    ("press", "Three", "Enter"),
                    ("press", "With", "Space"),
                    ("press", "With", "Enter"),
                ],
                *[
                    ("go_back",),
                    ("click", "From outside"),
                    ("go_back",),
                    ("click", "Send out"),
                    ("press", "Out", "Enter"),
                ],
            ],
            id="Enter",
        ),
    ],
)
def test_going_back(steps: list[tuple]) -> None:
    script(*steps)


def test_going_back_to_a_page_that_leads_elsewhere_now() -> None:
    """Whoever has logged out is led to where they can log in."""
    dom, chromium = both("store")
    out = ("click", 0)
    for action in (
        *[("goto", "http://store.test/orders"), ("goto", "#main"), ("goto", "http://store.test/account"), out],
        *[("go_back",)] * 3,
        *[("go_forward",)] * 3,
    ):
        action = ("click", named(dom, "Log out")) if action is out else action
        assert [browser.act(action) for browser in (dom, chromium)] == ["", ""]
        assert not differences(dom, chromium), (action, differences(dom, chromium))
    chromium.close()


def test_a_state_is_put_back() -> None:
    """Of any moment of a walk: into a fresh context, which then goes on as the one before."""
    dom, chromium = both("plant")
    for browser in (dom, chromium):
        browser.open(start("plant"))
    actions = walk(dom, 77, ADDRESSES)
    for _ in range(4):
        compare(dom, chromium, actions, 12)
        state = BrowserState.from_json(chromium.state.to_json())
        chromium.close()
        chromium = ChromiumBrowser(chromium.sites, chromium.databases, state)
        assert not differences(dom, chromium), "\n".join(differences(dom, chromium))
        assert not unlike(chromium)
    chromium.close()


def test_a_restored_history_gives_fields_back() -> None:
    dom, chromium = both("plant")
    for verb, *rest in (*CHANGED, ("goto", "/sign"), ("fill", "Text", "said"), ("press", "Name", "Enter")):
        if rest and verb != "goto":
            rest[0] = named(dom, rest[0])
        for browser in (dom, chromium):
            browser.act((verb, *rest))
    state = BrowserState.from_json(chromium.state.to_json())
    chromium.close()
    chromium = ChromiumBrowser(chromium.sites, chromium.databases, state)
    for action in (("go_back",), ("go_back",), ("go_back",), ("go_forward",), ("go_back",)):
        for browser in (dom, chromium):
            assert browser.act(action) == ""
        assert not differences(dom, chromium), "\n".join(differences(dom, chromium))
    assert chromium.here.fields
    chromium.close()


def test_our_state_opens_in_chromium() -> None:
    dom, chromium = both("plant")
    actions = walk(dom, 5, ADDRESSES)
    dom.open(start("plant"))
    for _, action in zip(range(40), actions, strict=False):
        dom.act(action)
    chromium.databases = dom.databases
    chromium.close()
    chromium = ChromiumBrowser(dom.sites, dom.databases, dom.state.copy())
    assert not differences(dom, chromium), "\n".join(differences(dom, chromium))
    chromium.close()


def test_addresses_are_read_as_in_chromium(chromium: ChromiumBrowser) -> None:
    chromium.act(("goto", "/"))
    chance = random.Random(3)
    signs = [
        "/",
        "\\",
        "..",
        ".",
        "?",
        "#",
        "%",
        "%2e",
        "ä",
        " ",
        "a",
        "B",
        ":",
        "@",
        "'",
        '"',
        "<",
        "^",
        "|",
        "`",
        "{",
        "[",
        "~",
        "*",
        "\t",
        ";",
        "&",
        "=",
        "+",
        "😀",
    ]
    given = ["".join(chance.choices(signs, k=chance.randrange(1, 8))) for _ in range(2000)] + ADDRESSES
    given = [one for one in given if "\ud800" not in one]
    base = "http://plant.test/dir/page?q=1#f"
    asked = chromium._lent.run(
        chromium._call(
            "((all, base) => all.map(one => { try { return new URL(one, base).href } catch { return null } }))",
            given,
            base,
        )
    )
    wrong = []
    for reference, theirs in zip(given, asked, strict=True):
        ours = resolved(base, reference)
        if theirs is not None and not theirs.startswith("http://plant.test/"):
            theirs = ours if ours is None or not ours.startswith("http://plant.test/") else theirs
        if ours != theirs:
            wrong.append((reference, theirs, ours))
    assert not wrong, wrong[:20]


# Nothing gets out, nothing is left.


@pytest.fixture
def canary() -> Iterator[tuple[int, list[bytes]]]:
    """A server on another port of loopback, and what came to it."""
    hits: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                hits.append(connection.recv(4096))

    port = server.getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", port))

    def listen() -> None:
        while True:
            hits.append(datagrams.recv(4096))

    for work in (serve, listen):
        threading.Thread(target=work, daemon=True).start()
    yield port, hits
    server.close()


def test_nothing_leaves(canary: tuple[int, list[bytes]]) -> None:
    port, hits = canary
    outside = [
        f"127.0.0.1:{port}",
        f"localhost:{port}",
        f"[::1]:{port}",
        "example.com",
        f"trap.test:{port}",
        "192.0.2.1",
    ]
    tried = "".join(
        f"""<img src="http://{host}/img"><link rel="stylesheet" href="http://{host}/css"><link rel="prefetch" href="http://{host}/pre">
<link rel="preconnect" href="http://{host}"><iframe src="http://{host}/frame"></iframe><script src="http://{host}/js"></script>
<iframe src="https://{host}/frame"></iframe><link rel="dns-prefetch" href="//{host}">
<script>for (const scheme of ["http", "https"]) fetch(scheme + "://{host}/fetch", {{mode: "no-cors"}}).catch(() => 0);
navigator.sendBeacon("http://{host}/beacon", "x"); try {{ new WebSocket("ws://{host}/ws") }} catch {{}}
try {{ new WebSocket("wss://{host}/ws") }} catch {{}} try {{ new EventSource("http://{host}/es") }} catch {{}}
try {{ const rtc = new RTCPeerConnection({{iceServers: [{{urls: "stun:{host}"}}]}}); rtc.createDataChannel("x");
rtc.createOffer().then(offer => rtc.setLocalDescription(offer)) }} catch {{}}</script>"""
        for host in outside
    )
    links = "".join(
        f'<p><a href="http://{host}/link">to {n}</a><a href="/away/{n}">moved {n}</a></p>'
        f'<form action="http://{host}/form" method="post"><button>send {n}</button></form>'
        for n, host in enumerate(outside)
    )
    site = Site("trap", "scoutgym.envs.web.sites", "")
    site.page("/")(lambda visit: Response(f"<!doctype html><title>Trap</title>{links}{tried}"))
    site.page("/plain")(lambda visit: Response(f"<!doctype html><title>Trap</title>{links}"))
    site.page("/away/<int:n>")(lambda visit, n: Response("", 303, f"http://{outside[n]}/moved"))
    with socket.create_connection(("127.0.0.1", port)) as probe, socket.socket(type=socket.SOCK_DGRAM) as other:
        probe.sendall(b"probe")
        other.sendto(b"probe", ("127.0.0.1", port))
    while len(hits) < 2:
        time.sleep(0.01)
    assert hits == [b"probe", b"probe"]  # the canary sings
    hits.clear()
    database = site.empty()
    browser = ChromiumBrowser({site.host: site}, {site.host: database}, BrowserState())
    dom = DomBrowser({site.host: site}, {site.host: database}, BrowserState())
    browser.act(("goto", "/"))
    assert browser.page.title == "Trap"
    browser._lent.run(browser._front.evaluated("new Promise(done => setTimeout(done, 1500))"))
    for one in (browser, dom):
        one.act(("goto", "/plain"))
        assert one.page.title == "Trap"
        for bid in [*one.page.links, *one.page.find("button", "send 0"), *one.page.find("button", "send 3")]:
            assert "cannot be reached from here" in one.act(("click", bid))
        for host in outside:
            assert "cannot be reached from here" in one.act(("goto", f"http://{host}/"))
        assert one.here.url == "http://trap.test/plain"
    browser.close()
    assert not hits


def test_a_site_that_fails_raises_in_both() -> None:
    site = Site("broken", "scoutgym.envs.web.sites", "")
    site.page("/")(lambda visit: Response("<!doctype html><title>x</title><a href='/fail'>fail</a>"))

    @site.page("/fail")
    def fail(visit: object) -> Response:
        raise ZeroDivisionError("of the site")

    for kind in (DomBrowser, ChromiumBrowser):
        browser = kind({site.host: site}, {site.host: site.empty()}, BrowserState())
        browser.open("/")
        with pytest.raises(ZeroDivisionError, match="of the site"):
            browser.act(("click", next(iter(browser.page.links))))
        browser.close()


def crash(browser: ChromiumBrowser) -> None:
    """The page's process crashes, during this action or before the next."""
    browser._lent.run(browser._front.cdp.send("Page.navigate", {"url": "chrome://crash"}))
    browser.act(("goto", "/lists"))


def test_a_crash_is_raised_and_healed() -> None:
    browser = ChromiumBrowser(*opened("plant"))
    browser.open("/")
    with pytest.raises(BrowserFailed):
        crash(browser)
    browser.close()
    browser = ChromiumBrowser(*opened("plant"))
    assert not browser.act(("goto", "/lists"))
    for pid in children(os.getpid()):  # and now all of Chromium
        if "--type=" not in command(pid) and "--remote-debugging-pipe" in command(pid):
            os.kill(pid, signal.SIGKILL)
    with pytest.raises(BrowserFailed):
        browser.act(("goto", "/"))
    browser.close()
    browser = ChromiumBrowser(*opened("plant"))
    assert not browser.act(("goto", "/texts"))
    browser.close()


def test_a_page_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    site, wait = Site("slow", "scoutgym.envs.web.sites", ""), threading.Event()
    site.page("/")(lambda visit: Response("<!doctype html><title>x</title>" if wait.wait(60) else ""))
    browser = ChromiumBrowser({site.host: site}, {site.host: site.empty()}, BrowserState())
    with monkeypatch.context() as impatient:
        impatient.setattr(Engine.run, "__defaults__", (1.0,))
        with pytest.raises(BrowserFailed, match=r"within 1 s: it has not told of .*st"):
            browser.open("/")
    assert not browser._lent.usable
    wait.set()
    browser.close()
    browser = ChromiumBrowser(*opened("plant"))
    assert not browser.act(("goto", "/texts"))
    browser.close()


def test_contexts_are_used_again_and_know_nothing_of_each_other() -> None:
    one = ChromiumBrowser(*opened("plant"))
    one.act(("goto", "/cookie/taste/sweet"))
    one.act(("new_tab",))
    first = one._lent.lease.context
    one.close()
    two, three = (ChromiumBrowser(*opened("plant")) for _ in range(2))
    assert two._lent.lease.context is first
    two.act(("goto", "/cookies"))
    three.act(("goto", "/cookie/taste/sour"))
    assert "taste" not in "\n".join(text(two))
    assert two.state.cookies == {}
    assert len(two.state.tab.entries) == 1
    two.act(("go_back",))
    assert two.here.url != BLANK
    assert [len(two._lent.lease.context.pages), len(two.state.tabs)] == [1, 1]
    two.close()
    three.close()


@pytest.mark.parametrize(
    "first",
    [("goto", "/lists"), ("goto", "/enter"), ("goto", "/enter#w"), ("goto", "/away"), ("new_tab",), ("noop", 1)],
)
def test_nothing_is_left_of_what_the_one_before_was_shown(first: Action) -> None:
    """It goes elsewhere, to the same page, or where nothing is; or it does something else first."""
    one = ChromiumBrowser(*opened("plant"))
    one.act(("goto", "/lists"))
    one.act(("goto", "/enter"))
    assert one.act(("fill", one.page.find("textbox", "Alone")[0], "a secret")) == ""
    front = one._front
    one.close()
    two, ours = ChromiumBrowser(*opened("plant")), DomBrowser(*opened("plant"))
    assert two._front is front
    for action in (
        first,
        ("tab_focus", 0),
        ("noop", 1),
        ("go_back",),
        ("goto", "/enter"),
        ("go_back",),
        ("go_forward",),
    ):
        assert two.act(action) == ours.act(action), action
        told = [[(tab.place, [(e.url, e.fields) for e in tab.entries]) for tab in o.state.tabs] for o in (two, ours)]
        assert (told[0], text(two)) == (told[1], text(ours)), action
        if two._front is not front or not front.stale:
            assert two._lent.run(two._front.evaluated("location.href")) == two.here.url
    two.close()


CHILD = """
import sys, time
sys.path[:0] = {path!r}
from web_pages import opened
from scoutgym.envs.web.browser.chromium import ChromiumBrowser
browser = ChromiumBrowser(*opened("plant"))
browser.open("/")
print(browser._lent.engine._server.port, flush=True)
{then}
"""


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("end", ["exit", "raise", "kill"])
def test_no_process_and_no_port_is_left(end: str) -> None:
    then = {"exit": "browser.close()", "raise": "1 / 0", "kill": "time.sleep(60)"}[end]
    code = CHILD.format(path=[str(Path(__file__).parent)], then=then)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        below = children(child.pid)
        assert end != "kill" or any("chrom" in command(pid) for pid in below)
        if end == "kill":
            child.kill()
        try:
            child.wait(30)
        finally:
            child.kill()
    until = time.monotonic() + 20
    while time.monotonic() < until and any(alive(pid) for pid in below):
        time.sleep(0.1)
    assert not [command(pid) for pid in below if alive(pid)]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 1)


def test_the_last_one_shuts_chromium() -> None:
    browser = ChromiumBrowser(*opened("plant"))
    port = engine()._server.port
    browser.close()
    shut()
    assert not [pid for pid in children(os.getpid()) if "chrom" in command(pid)]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 1)


def children(pid: int) -> list[int]:
    """All processes below one."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(folder.name))
    found, ask = [], [pid]
    while ask:
        below = parents.get(ask.pop(), [])
        found += below
        ask += below
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
