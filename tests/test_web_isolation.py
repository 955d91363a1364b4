"""Nothing gets out, nothing is left behind, nothing stays broken; and what an agent writes is text, whatever it is.

What a page could try was tried in `test_web_chromium` too; here whole episodes are played, through Gymnasium.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from test_web_chromium import alive, children, command
from web_pages import Seen, names, opened, pages, start
from web_walk import differences

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.grammar import Action
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.browser import Browser
from scoutgym.envs.web.browser.chromium import ChromiumBrowser
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.engine import Engine, Look, engine, shut
from scoutgym.envs.web.browser.page import Page, page_of
from scoutgym.envs.web.browser.serve import Served
from scoutgym.envs.web.sites.database import Changes, changes
from scoutgym.types import Outcome

pytestmark = pytest.mark.browser

STORE = "scoutgym/WebStore-v0"
HERE = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


def begun(seed: int = 3, **options: Any) -> TextEnv:
    env = gymnasium.make(STORE, **{"backend": "chromium", **options}).unwrapped
    assert isinstance(env, TextEnv)
    env.reset(seed=seed)
    return env


# Nothing gets out.


def own_network() -> None:
    """Skip where a process gets no network of its own; where CI is set, as `.ci/run` sets it, that is a failure."""
    command = ["unshare", "-rnm", "mount", "--bind", "/etc", "/etc"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        said = f"this machine gives no network of its own (unshare -rnm): {error}"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)


@pytest.mark.parametrize(("ci", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_no_network_of_its_own_is_a_failure_where_ci_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no unshare
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no network of its own"):
        own_network()


@pytest.mark.slow
@pytest.mark.ci
def test_episodes_in_a_network_of_their_own_ask_for_nothing() -> None:
    """No name is looked up and no address is tried, by either back end, where each attempt would be seen."""
    own_network()
    inside = ["unshare", "-rnm", sys.executable, str(HERE / "web_offline.py")]
    done = subprocess.run(inside, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["probes"] == 2, "the canaries sing"
    assert found["solved"] == [True, True]
    assert found["titles"] == ["Trap", "Trap"]
    assert found["hits"] == []


@pytest.mark.parametrize("backend", ["dom", "chromium"])
def test_each_episode_has_cookies_rows_and_pages_of_its_own(backend: str) -> None:
    one, two = begun(backend=backend), begun(backend=backend)
    first = two.step("goto('/account/profile')")[0]
    one.step("goto('/account/profile')")
    page = one.world._page(one.session.state)  # type: ignore[attr-defined]
    field = next(control.bid for control in page.controls.values() if control.name == "name")
    one.step(f"fill('{field}', 'Somebody Else')")
    one.step(f"click('{page.find('button', 'Save profile')[0]}')")
    assert "Somebody Else" in one.step("goto('/account/profile')")[0]
    assert two.step("goto('/account/profile')")[0] == first
    state = one.session.state
    one.reset(seed=3)
    assert one.step("goto('/account/profile')")[0] == first
    assert one.session.state.databases["store.test"] is not state.databases["store.test"]
    for env in (one, two):
        env.close()


# Nothing stays broken, and nothing is left.


def broken(env: TextEnv, action: str) -> None:
    """An action meets a Chromium that is gone: an outcome, no exception, no reward."""
    _, reward, terminated, truncated, info = env.step(action)
    assert (reward, terminated, truncated, info["outcome"]) == (0.0, False, True, Outcome.ENV_ERROR)


def test_a_chromium_that_is_killed_ends_its_episodes_and_all_play_on() -> None:
    several = [begun(seed) for seed in (1, 2, 3)]
    assert {env.step("noop()")[4]["outcome"] for env in several} == {Outcome.OK}
    for pid in children(os.getpid()):
        if "--type=" not in command(pid) and "--remote-debugging-pipe" in command(pid):
            os.kill(pid, signal.SIGKILL)
    for env in several:
        broken(env, "goto('/cart')")
    for env in several:
        env.reset(seed=5)
        text, *_ = env.step("goto('/cart')")
        assert text.startswith("URL: http://store.test/cart\n")
    for env in several:
        env.close()
    assert engine()._users == 0


def test_a_page_that_hangs_ends_the_episode(monkeypatch: pytest.MonkeyPatch) -> None:
    wait, answer = threading.Event(), Served.answer

    def slow(self: Served, environ: dict[str, Any], begin: Any) -> Any:
        if environ["PATH_INFO"] == "/cart":
            wait.wait(60)
        return answer(self, environ, begin)

    env = begun()
    monkeypatch.setattr(Served, "answer", slow)
    monkeypatch.setattr(Engine.run, "__defaults__", (2.0,))
    broken(env, "goto('/cart')")
    monkeypatch.undo()
    wait.set()
    env.reset(seed=3)
    assert env.step("goto('/cart')")[4]["outcome"] == Outcome.OK
    env.close()


def test_a_port_that_is_closed_ends_the_episode() -> None:
    env = begun()
    env.step("noop()")
    engine()._server.close()
    broken(env, "goto('/cart')")
    env.reset(seed=3)
    assert env.step("goto('/cart')")[4]["outcome"] == Outcome.OK
    env.close()
    assert engine()._users == 0


CHILD = """
import gymnasium, scoutgym, time
from scoutgym.envs.web.browser.engine import Look, engine
env = gymnasium.make("scoutgym/WebStore-v0", backend="chromium", render_mode="rgb_array")
env.reset(seed=1)
env.render()
print(engine()._server.port, engine(Look(pictures=True))._server.port, flush=True)
{then}
"""


def is_browser(line: str) -> bool:
    """Whether a command line is that of a Chromium: not of what it has started, nor of what starts it."""
    return "--remote-debugging-pipe" in line and "--type=" not in line and not line.startswith("/bin/sh ")


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("end", ["raise", "terminate", "kill"])
def test_no_process_and_no_port_is_left(end: str) -> None:
    """Of an episode with a camera, which is a second Chromium."""
    sleep = "time.sleep(60)"
    then = {"raise": "1 / 0", "terminate": sleep, "kill": sleep}[end]
    with subprocess.Popen(
        [sys.executable, "-c", CHILD.format(then=then)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        ports = [int(port) for port in child.stdout.readline().split()]
        below = children(child.pid)
        if then == sleep:
            assert sum(is_browser(command(pid)) for pid in below) == 2
            child.send_signal(signal.SIGKILL if end == "kill" else signal.SIGTERM)
        try:
            child.wait(30)
        finally:
            child.kill()
    until = time.monotonic() + 20
    while time.monotonic() < until and any(alive(pid) for pid in below):
        time.sleep(0.1)
    assert not [command(pid) for pid in below if alive(pid)]
    assert len(ports) == 2
    for port in ports:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), 1)


# What an agent writes is text.

BAD = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'; DROP TABLE session; --"
    ' " OR 1=1 {{7*7}} {% raise %} ${7*7} %s \\ \x00\x07\x1b[31m \u202eright \u05e9\u05dc\u05d5\u05dd\u2066 &lt;b&gt;'
    " </textarea></title></main> http://example.com/"
)
POLITE = {"number": "1", "date": "2026-05-17", "email": "a@b.test", "tel": "0123456789", "text": "Somebody"}


def forms(name: str) -> Iterator[tuple[Seen, int]]:
    """The forms of a site into which text can be written, each kind once: a page that has it, and its place there."""
    known = set()
    for seen in pages(name, 1):
        for place, form in enumerate(page_of(seen.html).forms.values()):
            what = tuple(one.name for one in form.controls)
            if what not in known and any(one.kind in ("text", "search", "textarea") for one in form.controls):
                known.add(what)
                yield seen, place


def filled(page: Page, place: int, harsh: bool) -> Iterator[Action]:
    """Fill a form and send it; ``harsh``: bad text wherever there is text, else where it is likely to be taken."""
    controls = list(page.forms.values())[place].controls
    for one in controls:
        if one.bid not in page.roles:
            continue
        if one.kind in ("search", "textarea") or (harsh and one.kind == "text"):
            yield ("fill", one.bid, BAD)
        elif one.kind in POLITE and (one.required or one.kind != "text"):
            yield ("fill", one.bid, POLITE[one.kind])
        elif one.kind == "checkbox":
            yield ("check", one.bid)
        elif one.kind == "select":
            yield ("select_option", one.bid, (one.options[-1].label,))
    yield from [("click", one.bid) for one in controls if one.kind == "submit" and not one.disabled][:1]


def unharmed(browser: Browser, tables: set[str]) -> None:
    """No script, no element of the text's, no table gone."""
    page, (database,) = browser.page, browser.databases.values()
    assert page.title != "owned"
    assert not [node.tag for node in page.elements if node.tag == "script" or node.get("src") == "x"]
    assert {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")} == tables
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def tables_of(browser: Browser) -> set[str]:
    (database,) = browser.databases.values()
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def rows_of(browser: Browser) -> Changes:
    (database,) = browser.databases.values()
    return changes(database)


SITES = [name for name in names() if name != "plant"]


@pytest.mark.parametrize("name", SITES)
def test_bad_text_in_every_form(name: str) -> None:
    found, stored = list(forms(name)), 0
    for seen, place in found:
        for harsh in (True, False):
            browser = seen.browser()
            tables, before = tables_of(browser), rows_of(browser)
            for action in filled(browser.page, place, harsh):
                assert not browser.act(action), (seen.url, action)
            unharmed(browser, tables)
            stored += rows_of(browser) != before
    assert len(found) >= 8
    assert stored >= 2


@pytest.mark.parametrize("name", [name for name in SITES if name in ("store", "forum", "tracker", "travel")])
def test_bad_text_is_stored_as_it_is_and_shown_alike_in_both(name: str) -> None:
    found: list[tuple[str, int]] = []
    for seen, place in forms(name):
        kinds = [one.kind for one in list(page_of(seen.html).forms.values())[place].controls]
        if seen.lasting and ("textarea" in kinds or not found):
            found.append((seen.url, place))
    dom, chromium = DomBrowser(*opened(name)), ChromiumBrowser(*opened(name))
    for browser in (dom, chromium):
        browser.open(start(name))
    tables = tables_of(dom)
    for url, place in found[:4]:
        for browser in (dom, chromium):
            browser.act(("goto", url))
        for action in filled(dom.page, place, harsh=False):
            assert dom.act(action) == chromium.act(action)
            assert not differences(dom, chromium), (url, action, differences(dom, chromium))
        for browser in (dom, chromium):
            unharmed(browser, tables)
            browser.act(("goto", url))
        assert not differences(dom, chromium)
    kept = [changes(next(iter(browser.databases.values()))) for browser in (dom, chromium)]
    assert kept[0] == kept[1]
    values = [str(value) for rows in kept[0].values() for row in rows for value in row]
    assert any("<script>document.title='owned'</script><img src=x onerror=\"" in value for value in values)
    chromium.close()


def test_a_million_characters() -> None:
    """More than an action may have is no action; into a page it can be written all the same, and is stored whole."""
    dom, chromium = DomBrowser(*opened("plant")), ChromiumBrowser(*opened("plant"))
    text = "ab <i>'\"" * 125_000
    assert len(text) == 1_000_000
    for browser in (dom, chromium):
        browser.open("/sign")
    page = dom.page
    area = page.find("textbox", "Text")[0]
    for action in (("fill", area, text), ("click", page.find("button", "Sign")[0])):
        assert [browser.act(action) for browser in (dom, chromium)] == ["", ""]
        assert not differences(dom, chromium)
    assert dom.page.text({}) == chromium.page.text({})
    kept = [changes(browser.databases["plant.test"]) for browser in (dom, chromium)]
    assert kept[0] == kept[1]
    search = page.find("searchbox", "Search")[0]
    for browser in (dom, chromium):
        browser.open("/notes")
        search = browser.page.find("searchbox", "Search")[0]
        browser.act(("fill", search, text))
        assert "an address of more than" in browser.act(("press", search, "Enter"))
    chromium.close()
    for backend in ("dom", "chromium"):
        env = begun(backend=backend)
        said, _, _, truncated, info = env.step(f"fill('11', '{'x' * 1_000_000}')")
        assert (truncated, info["outcome"]) == (False, Outcome.INVALID_ACTION)
        assert len(said) < 20_000
        assert env.step("noop()")[4]["outcome"] == Outcome.OK
        env.close()
    assert engine(Look())._users == 0
