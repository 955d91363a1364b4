"""The Chromium of a process: what nobody closed comes back, and what is told of navigations is understood.

The sequences of events are those that Chromium was seen to send.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from web_pages import opened

from scoutgym.envs.web.browser.chromium import ChromiumBrowser
from scoutgym.envs.web.browser.engine import Engine, engine, shut
from scoutgym.envs.web.browser.front import Front
from scoutgym.envs.web.browser.state import BrowserState
from scoutgym.envs.web.sites.site import Response, Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


def test_what_nobody_closed_is_given_back_though_chromiums_own_thread_collects_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Engine.run, "__defaults__", (20.0,))  # whoever waits for its own thread waits no longer
    gc.collect()
    kept = ChromiumBrowser(*opened("plant"))
    used = engine()._users
    browser: Any = ChromiumBrowser(*opened("plant"))
    lease, found = browser._lent.lease, browser._lent.engine
    browser.itself = browser  # so that only the collector finds it
    gc.disable()
    try:
        del browser

        async def collect() -> int:
            return gc.collect()

        begun = time.monotonic()
        assert found.run(collect())
        assert time.monotonic() - begun < 10
    finally:
        gc.enable()
    assert kept.act(("goto", "/lists")) == ""
    again = ChromiumBrowser(*opened("plant"))
    assert again._lent.lease is lease
    assert engine()._users == used + 1
    for one in (kept, again):
        one.close()


# Navigations.


class Told:
    """Hands a front the events that a test writes."""

    def __init__(self) -> None:
        self.heard: dict[str, Callable[[dict[str, Any]], None]] = {}

    def on(self, event: str, call: Callable[[dict[str, Any]], None]) -> None:
        self.heard[event.removeprefix("Page.")] = call

    def say(self, event: str, given: dict[str, Any]) -> None:
        if event in self.heard:
            self.heard[event](given)


EVENTS = {
    "starts": ("frameStartedLoading", {"frameId": "main"}),
    "stops": ("frameStoppedLoading", {"frameId": "main"}),
    "inner stops": ("frameStoppedLoading", {"frameId": "inner"}),
    "old arrives": ("frameNavigated", {"frame": {"id": "main", "loaderId": "old"}}),
    "arrives": ("frameNavigated", {"frame": {"id": "main", "loaderId": "new"}}),
    "planned": ("frameScheduledNavigation", {"frameId": "main", "delay": 0}),
    "planned for later": ("frameScheduledNavigation", {"frameId": "main", "delay": 30}),
    "planned no more": ("frameClearedScheduledNavigation", {"frameId": "main"}),
    "asked": ("frameRequestedNavigation", {"frameId": "main", "disposition": "currentTab"}),
    "asked elsewhere": ("frameRequestedNavigation", {"frameId": "main", "disposition": "newTab"}),
    "moves": ("navigatedWithinDocument", {"frameId": "main"}),
}


ADDRESS = {"loaderId": "new"}
"""What Chromium answers when it is asked for an address."""


def listening() -> tuple[Front, Told]:
    told: Any = Told()
    front = Front(told, told, "main")
    front.listen()
    return front, told


@pytest.mark.parametrize(
    ("answer", "events"),
    [
        pytest.param(ADDRESS, "starts, arrives, stops", id="an address"),
        pytest.param({}, "starts, moves, stops", id="a part of the page"),
        pytest.param({**ADDRESS, "errorText": "net::ERR_ABORTED"}, "starts, stops", id="refused"),
        pytest.param(ADDRESS, "starts, inner stops, arrives, stops", id="with a frame in it"),
        pytest.param({}, "stops, starts, arrives, stops", id="the page before has only now loaded"),
        pytest.param({}, "old arrives, stops, starts, arrives, stops", id="the page before has only now come"),
        pytest.param(ADDRESS, "starts, old arrives, stops, arrives, starts, stops", id="it had been on its way"),
        pytest.param(ADDRESS, "starts, planned, asked, planned no more, arrives, stops", id="it asks too, in vain"),
        pytest.param({}, "planned, starts, asked, planned no more, stops", id="it asks too, and both are refused"),
    ],
)
def test_what_was_asked_for_is_waited_for(answer: dict[str, str], events: str) -> None:
    """It is there with the last event, and not before."""

    async def asked() -> dict[str, str]:
        return answer

    async def follow() -> None:
        front, told = listening()
        reached = asyncio.ensure_future(front.reach(asked()))
        for event in ["", *events.split(", ")]:
            assert not reached.done(), event
            if event:
                told.say(*EVENTS[event])
            for _ in range(4):
                await asyncio.sleep(0)
        assert reached.done()

    asyncio.run(follow())


@pytest.mark.parametrize(
    "events",
    [
        pytest.param("planned, asked, planned no more, starts, arrives, stops", id="a link"),
        pytest.param("planned, asked, starts, arrives, stops", id="a link to another site, its last words lost"),
        pytest.param("planned, starts, moves, stops, planned no more", id="a link to a part of the page"),
        pytest.param("planned, planned no more", id="a link that runs a script"),
        pytest.param("asked, planned, starts, stops, planned no more", id="a form that may not be sent"),
        pytest.param("planned, stops, asked, starts, planned no more, arrives, stops", id="a page that sends on"),
        pytest.param(
            "planned, asked, starts, planned no more, planned, asked, starts, planned no more, arrives, stops", id="two"
        ),
        pytest.param("planned for later", id="a page that will send on"),
        pytest.param("asked elsewhere", id="a link that opens a window"),
    ],
)
def test_what_a_page_does_is_waited_for(events: str) -> None:
    """It is idle after the last event, and not before."""
    front, told = listening()
    assert not front.busy
    *before, last = events.split(", ")
    for event in before:
        told.say(*EVENTS[event])
        assert front.busy, event
        assert not front.idle.is_set()
    told.say(*EVENTS[last])
    assert not front.busy


def page(title: str, more: str = "") -> Response:
    return Response(f"<!doctype html><title>{title}</title>{more}")


@pytest.fixture
def restless() -> Iterator[ChromiumBrowser]:
    """Pages with scripts, which go on by themselves, also when they are left."""
    site = Site("restless", "scoutgym.envs.web.sites", "")
    site.page("/")(
        lambda visit: page("Home", "<a href='javascript:void 0'>Script</a><a href='/away' target='_blank'>Window</a>")
    )
    site.page("/on")(lambda visit: page("On", "<script>setTimeout(() => { location = '/away' }, 10)</script>"))
    site.page("/leave")(
        lambda visit: page(
            "Leave",
            "<script>for (const when of ['beforeunload', 'pagehide', 'unload'])"
            "addEventListener(when, () => { location = '/away' })</script><a href='/slow'>Slow</a>",
        )
    )
    site.page("/later")(lambda visit: page("Later", "<meta http-equiv='refresh' content='60; url=/away'>"))
    site.page("/away")(lambda visit: page("Away"))

    @site.page("/slow")
    def slow(visit: object) -> Response:
        time.sleep(0.05)
        return Response("", 303, "/there")

    site.page("/there")(lambda visit: page("There"))
    browser = ChromiumBrowser({site.host: site}, {site.host: site.empty()}, BrowserState())
    browser.open("/")
    yield browser
    browser.close()


def test_a_link_that_leads_nowhere_is_done_at_once(restless: ChromiumBrowser) -> None:
    for name in ("Script", "Window"):
        begun = time.monotonic()
        assert restless.act(("click", restless.page.find("link", name)[0])) == ""
        assert restless.page.title == "Home"
        assert time.monotonic() - begun < 5
    begun = time.monotonic()
    assert restless.act(("goto", "/later")) == ""
    assert (restless.page.title, time.monotonic() - begun < 5) == ("Later", True)


def test_what_is_shown_is_what_was_asked_for_though_the_page_before_goes_elsewhere(restless: ChromiumBrowser) -> None:
    for wait in range(0, 30, 2):
        restless.act(("goto", "/on"))
        time.sleep(wait / 1000)
        assert restless.act(("goto", "/slow")) == ""
        assert (restless.page.title, restless.here.url) == ("There", "http://restless.test/there")
    for _ in range(3):
        restless.act(("goto", "/leave"))
        restless.act(("click", restless.page.find("link", "Slow")[0]))
        assert restless.page.title == "There"
        assert restless.act(("go_back",)) == ""
        assert restless.page.title == "Leave"
