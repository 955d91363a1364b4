"""Pictures of pages: as they are, whole, marked where that was asked for; and `scoutgym play` with a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from numpy.typing import NDArray
from PIL import Image
from web_pages import opened

from scoutgym.cli import app, doctor
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser import engine as engines
from scoutgym.envs.web.browser.chromium import ChromiumBrowser
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.engine import BrowserFailed, BrowserMissing, Look, engine, shut
from scoutgym.envs.web.browser.picture import Camera, marked
from scoutgym.envs.web.browser.program import chromium
from scoutgym.envs.web.browser.state import BrowserState
from scoutgym.envs.web.sites.site import Response, Site

pytestmark = pytest.mark.browser

STORE = "scoutgym/WebStore-v0"
Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


@pytest.fixture
def site() -> Site:
    """Boxes of plain colors at known places, one of them a picture; and a page of great height."""
    made = Site("colors", "scoutgym.envs.web.sites", "")
    style = "style='position: absolute; border: 0; margin: 0; padding: 0; "
    made.page("/")(
        lambda visit: Response(
            "<!doctype html><html><head><title>Colors</title></head><body style='margin: 0; background: white'>"
            f"<a href='/high' {style}left: 100px; top: 50px; width: 200px; height: 60px; background: #f00'>.</a>"
            f"<img alt='a picture' src='/blue.svg' {style}left: 400px; top: 50px; width: 100px; height: 100px'>"
            f"<form action='/'><label for='q'>Field</label><input id='q' {style}left: 100px; top: 900px; width: 300px; "
            "height: 40px; font: 40px monospace; color: rgb(0,128,0); background: white; outline: none'></form>"
            f"<p hidden>secret</p><div {style}left: 0; top: 1490px; width: 9px; height: 10px; background: #000'></div>"
            "</body></html>"
        )
    )
    made.page("/high")(
        lambda visit: Response("<!doctype html><title>High</title><div style='height: 90000px'>high</div>")
    )
    blue = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='100%' height='100%' fill='rgb(0,0,255)'/></svg>"
    made.asset("/blue.svg")(lambda visit: Response(blue, kind="image/svg+xml"))
    return made


def is_color(box: Pixels, *color: int) -> bool:
    return bool((box == np.array(color, np.uint8)).all())


def test_a_picture_is_the_page_from_top_to_bottom_with_its_pictures_and_what_was_typed(site: Site) -> None:
    dom = DomBrowser({site.host: site}, {site.host: site.empty()}, BrowserState())
    dom.open("/")
    camera = Camera(dom.sites, dom.databases)
    taken = camera.take(dom.here)
    empty = taken.pixels()
    assert empty.shape == (1500, 1280, 3)
    assert empty.dtype == np.uint8
    assert is_color(empty[51:109, 150:299], 255, 0, 0)
    assert is_color(empty[50:150, 400:500], 0, 0, 255)
    assert is_color(empty[160:890, 400:], 255, 255, 255)
    assert is_color(empty[1491:1499, 1:8], 0, 0, 0)
    bids = {node.tag: node.bid for node in dom.page.elements}
    assert taken.boxes[bids["a"]] == (100, 50, 200, 60)
    assert taken.boxes[bids["img"]] == (400, 50, 100, 100)
    assert bids["p"] not in taken.boxes
    assert bids["title"] not in taken.boxes
    dom.act(("fill", bids["input"], "WWW"))
    typed = camera.take(dom.here).pixels()
    changed = np.argwhere((typed != empty).any(axis=2))
    assert len(changed) > 100
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert 900 <= top <= bottom < 940
    assert 100 <= left <= right < 400
    dom.act(("click", bids["a"]))
    assert camera.take(dom.here).pixels().shape == (8192, 1280, 3)
    camera.close()


def test_marks_stand_at_what_can_be_operated_and_nowhere_else(site: Site) -> None:
    dom = DomBrowser({site.host: site}, {site.host: site.empty()}, BrowserState())
    dom.open("/")
    camera = Camera(dom.sites, dom.databases)
    plain, drawn = camera.take(dom.here), camera.take(dom.here, marks=True)
    assert drawn.boxes == plain.boxes
    changed = (plain.pixels() != drawn.pixels()).any(axis=2)
    inside = np.zeros_like(changed)
    for bid in marked(dom.page):
        left, top, width, height = map(round, plain.boxes[bid])
        assert changed[top - 1, left : left + width].all()  # the frame of a box lies around it
        assert changed[top + height, left : left + width].all()
        assert changed[top - 12 : top - 3, left + width - 8 : left + width].any()  # and its number above it
        inside[max(top - 20, 0) : top + height + 3, left - 3 : left + width + 3] = True
        assert not changed[top + 2 : top + height - 2, left + 2 : left + width - 2].any()
    assert not changed[~inside].any()
    assert [dom.page.elements[bid].tag for bid in marked(dom.page)] == ["a", "input"]
    assert (camera.take(dom.here).pixels() == plain.pixels()).all()
    camera.close()


def test_pictures_of_both_back_ends_are_equal_and_looking_changes_nothing() -> None:
    dom, chromium = DomBrowser(*opened("store")), ChromiumBrowser(*opened("store"))
    seen = []
    for browser in (dom, chromium):
        browser.open("http://store.test/")
        browser.act(("fill", browser.page.find("searchbox", "Search products")[0], "lamp"))
        before = browser.state.to_json()
        camera = Camera(browser.sites, browser.databases)
        seen.append(camera.take(browser.here))
        assert browser.state.to_json() == before
        camera.close()
    assert (seen[0].pixels() == seen[1].pixels()).all()
    assert seen[0].boxes == seen[1].boxes
    chromium.close()


# Gymnasium.


def test_a_world_renders_where_it_has_pictures() -> None:
    env = gymnasium.make(STORE, backend="chromium", render_mode="rgb_array")
    assert env.metadata["render_modes"] == ["ansi", "human", "rgb_array"]
    env.reset(seed=3)
    first: Any = env.render()
    assert env.observation_space
    assert first.shape[1:] == (1280, 3)
    env.step("goto('/cart')")
    second: Any = env.render()
    assert first.shape != second.shape or (first != second).any()
    inner = env.unwrapped
    assert isinstance(inner, TextEnv)
    point = inner.snapshot()
    copy = inner.blank()
    copy.restore(point)
    third: Any = copy.render()
    assert (third == second).all()
    for one in (env, copy):
        one.close()
    marks = gymnasium.make(STORE, backend="chromium", render_mode="rgb_array", marks=True)
    _, info = marks.reset(seed=3)
    drawn: Any = marks.render()
    assert (drawn != first).any()
    assert info["task"].params == {}  # neither back end nor marks are part of a task
    marks.close()


def test_a_world_without_pictures_says_so() -> None:
    assert gymnasium.make(STORE).metadata["render_modes"] == ["ansi", "human"]
    with pytest.raises(
        ValueError, match=r"unknown render_mode 'rgb_array': with these parameters it may be ansi, human"
    ):
        gymnasium.make(STORE, render_mode="rgb_array")
    with pytest.raises(ValueError, match="rgb_array"):
        gymnasium.make("scoutgym/Number-v0", render_mode="rgb_array")


def test_the_camera_is_given_back_with_the_episode() -> None:
    env = gymnasium.make(STORE, backend="chromium", render_mode="rgb_array").unwrapped
    assert isinstance(env, TextEnv)
    others = engine(Look(pictures=True))._users  # MiniWoB's pages are kept for the next episode
    for seed in (1, 2):
        env.reset(seed=seed)
        env.render()
        assert engine(Look(pictures=True))._users == others + 1
    env.close()
    assert engine(Look(pictures=True))._users == others


# Windows.


def test_a_window_is_asked_for_of_a_program_that_has_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no screen here, so what is tested is what Chromium would be started with."""
    asked: dict[str, Any] = {}

    class Launched(Exception):
        pass

    async def launch(self: Any, **given: Any) -> None:
        asked.update(given)
        raise Launched

    shut()
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.setattr(shutil, "which", lambda name: f"/programs/{name}")
    monkeypatch.setattr("playwright.async_api.BrowserType.launch", launch)
    env = gymnasium.make(STORE, backend="chromium", window=True)
    with pytest.raises(Launched):
        env.reset(seed=1)
    assert asked["headless"] is False
    assert asked["executable_path"] == "/programs/chromium"
    assert engines.BLIND not in asked["args"]
    with pytest.raises(Launched):
        gymnasium.make(STORE, backend="chromium").reset(seed=1)
    assert asked["headless"] is True
    assert asked["executable_path"] == "/programs/chromium-headless-shell"
    assert engines.BLIND in asked["args"]
    shut()


def test_whoever_watches_sees_the_tab_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    async def raised(self: Any) -> None:
        seen.append(self)

    monkeypatch.setattr("playwright.async_api.Page.bring_to_front", raised)
    browser = ChromiumBrowser(*opened("plant"))
    for action in (("new_tab",), ("new_tab",), ("tab_focus", 1)):
        browser.act(action)
    assert seen == []  # nobody watches
    browser._lent.look = Look(window=True)
    pages = [front.page for front in browser._fronts]
    browser.act(("tab_focus", 0))
    browser.act(("tab_close",))
    browser.load(BrowserState.from_json(browser.state.to_json() | {"active": 1}))
    assert seen == [pages[0], pages[1], browser._fronts[1].page]
    browser.close()


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="there is no screen, and no Xvfb that could be one")
def test_a_game_in_a_window_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    with subprocess.Popen(["Xvfb", "-displayfd", str(write)], pass_fds=[write], stderr=subprocess.DEVNULL) as screen:
        try:
            monkeypatch.setenv("DISPLAY", f":{os.read(read, 16).decode().strip()}")
            lines = "goto('/cart')\nnew_tab()\ntab_focus(0)\n"
            assert play("--backend", "chromium", "--headed", lines=lines) == play(lines=lines)
        finally:
            shut()
            screen.terminate()
            os.close(read)
            os.close(write)


def test_playwrights_own_chromium_does_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = chromium()
    assert real is not None
    for number, place in ((1, "chrome-linux/chrome"), (2, "chrome-linux64/chrome")):
        (tmp_path / f"chromium-{number}" / place).parent.mkdir(parents=True)
        (tmp_path / f"chromium-{number}" / place).symlink_to(real)
    shell = tmp_path / "chromium_headless_shell-1" / "chrome-linux" / "headless_shell"
    shell.parent.mkdir(parents=True)
    shell.symlink_to(real)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with monkeypatch.context() as bare:
        bare.setattr(shutil, "which", lambda program, path=None: None)
        assert chromium() == str(shell)
        assert chromium(window=True) == str(tmp_path / "chromium-2" / "chrome-linux64" / "chrome")
        assert doctor.examine()["browser"] == str(shell)
        shut()
        env = gymnasium.make(STORE, backend="chromium")
        assert env.reset(seed=1)[0] == gymnasium.make(STORE).reset(seed=1)[0]
        env.close()
        shut()


def test_strangers_pages_have_a_process_for_each_site_and_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = Look(pictures=True).flags(), Look(pictures=True, strangers=True).flags()
    assert "--disable-site-isolation-trials" in ours
    assert not [flag for flag in theirs if "solat" in flag or "site-per-process" in flag or "in-process" in flag]
    assert sum(flag.startswith("--disable-features=") for flag in theirs) == 1
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert (Look().boxed(), Look(strangers=True).boxed()) == (False, True)
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert not Look(strangers=True).boxed()  # it would not start


def test_without_a_screen_or_a_chromium_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(BrowserMissing, match="neither DISPLAY nor WAYLAND_DISPLAY is set"):
        gymnasium.make(STORE, backend="chromium", window=True).reset(seed=1)
    shut()
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(BrowserFailed, match=r"there is no Chromium: .* are not on the search path \(make system, apt"):
        gymnasium.make(STORE, backend="chromium").reset(seed=1)
    found = doctor.examine()
    assert found["browser"] is None
    web = next(one for one in found["parts"] if one["extra"] == "web")
    assert "chromium" in web["missing"]
    assert any("playwright install chromium" in one for one in web["commands"])
    monkeypatch.undo()
    shut()
    assert doctor.examine()["browser"] == chromium() is not None


# Playing.


def play(*options: str, lines: str = "", code: int = 0) -> str:
    result = CliRunner().invoke(app, ["play", STORE, "--seed", "3", *options], input=lines)
    assert result.exit_code == code, result.output
    return result.output


def test_play_writes_a_picture_of_each_step(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "pictures"
    told = play("--backend", "chromium", "--screenshots", str(folder), lines="goto('/cart')\n")
    assert sorted(one.name for one in folder.iterdir()) == ["1-00.png", "1-01.png"]
    env = gymnasium.make(STORE, backend="chromium", render_mode="rgb_array")
    env.reset(seed=3)
    env.step("goto('/cart')")
    seen: Any = env.render()
    assert (np.asarray(Image.open(folder / "1-01.png")) == seen).all()
    assert (np.asarray(Image.open(folder / "1-00.png"))[:700] != seen[:700]).any()
    assert str(folder / "1-01.png") in "".join(told.split("\n"))
    env.close()


def test_play_in_chromium_is_the_same_game() -> None:
    script = "goto('/cart')\nclick('9')\n"
    assert play("--backend", "chromium", lines=script) == play(lines=script)
    assert play("-p", "backend=chromium", lines=script) == play("-p", "backend=dom", lines=script)


def test_play_says_what_does_not_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for options, said in [
        (("--headed",), "neither DISPLAY nor WAYLAND_DISPLAY"),
        (("--headed", "--backend", "dom"), "the dom back end shows nothing"),
        (("--screenshots", str(tmp_path / "x")), "with --backend chromium"),
        (("--backend", "firefox"), "'dom' or 'chromium'"),
    ]:
        assert said in " ".join(play(*options, code=2).split()), options
    assert not (tmp_path / "x").exists()
    shut()
