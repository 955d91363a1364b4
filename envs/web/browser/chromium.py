"""A real Chromium as a browser: trusted mouse and keyboard events, and what it then shows.

After each action the page is read in one call (HTML, values, focus, address) and written into the `BrowserState` as our
own browser would write it, so observations, goals and snapshots know nothing of which browser it was. Nothing sleeps:
Chromium says over its DevTools protocol when a page begins and ends to load, in order with the answers to what it is
asked; an action is over when nothing loads.

A state that is loaded is put back whole, the history too, but for the scroll position: pages of the past are there as
addresses, and are asked for when somebody goes back to them, which they would be in any case.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from typing import Any, ClassVar
from urllib.parse import urldefrag, urlsplit

from playwright.async_api import Error

from scoutgym.envs.web.browser import inpage
from scoutgym.envs.web.browser.browser import ActionError, Browser
from scoutgym.envs.web.browser.controls import Control, Fields, Value
from scoutgym.envs.web.browser.engine import BrowserFailed, Look, watch
from scoutgym.envs.web.browser.front import Front
from scoutgym.envs.web.browser.kept import given_back, leave
from scoutgym.envs.web.browser.lent import Lent
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.browser.serve import Served
from scoutgym.envs.web.browser.state import BLANK, BLANK_HTML, BrowserState, Entry, Tab
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import Site

KEYS: Mapping[str, Mapping[str, Any]] = {
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Space": {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
    "Backspace": {"key": "Backspace", "code": "Backspace", "windowsVirtualKeyCode": 8},
    "Escape": {"key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27},
}


class ChromiumBrowser(Browser):
    """See the module's docstring.

    Args:
        sites: by host; there is nothing else in the world.
        databases: of each host.
        state: where it stands; changed in place.
        look: how Chromium is started.
        gate: its own way out; None where it is the server that all share.

    Raises:
        BrowserFailed: here and in every action: Chromium is missing, crashed, or hangs. This browser is then of no
            more use; another one can be made at once.
    """

    DUMP: ClassVar = inpage.DUMP
    """How a page is read."""

    def __init__(
        self,
        sites: Mapping[str, Site],
        databases: Mapping[str, Database],
        state: BrowserState,
        look: Look = Look(),
        gate: Served | None = None,
    ) -> None:
        super().__init__(sites, databases, state)
        self._lent = Lent(sites, databases, look, gate)
        self._fronts = [self._lent.lease.blank]
        self._lent.run(self._stand(state))

    def load(self, state: BrowserState) -> None:
        """Stand where ``state`` says."""
        self._lent.run(self._load(state))

    def close(self) -> None:
        """Give the context back."""
        self._lent.close()

    @property
    def _front(self) -> Front:
        return self._fronts[self.state.active]

    def click(self, bid: int, target: int) -> None:
        """Press and release the mouse on a point of it that nothing covers."""
        self._act(self._click_at(bid, target))

    def write(self, control: Control, text: str) -> None:
        """Mark what stands there, and insert the text as an input method does; a date is set, as no key writes it."""
        self._act(self._written(control, text))

    def choose(self, control: Control, places: tuple[int, ...]) -> None:
        """Set the options and say so to the page, as Playwright does."""
        self._act(self._call(inpage.SET, [[control.bid, list(places)]], 0))

    def focus(self, bid: int) -> None:
        """Ask for the focus."""
        self._act(self._call(inpage.FOCUS, bid))

    def hover(self, bid: int) -> None:
        """Move the mouse to a point of it, if it has one."""
        self._act(self._hovered(bid))

    def type(self, bid: int, key: str) -> None:
        """Press and release the key."""
        self._act(self._typed(bid, key))

    def visit(self, url: str) -> None:
        """As typed into the address bar."""
        self._act(self._visited(url), leaving=True)

    def step(self, by: int) -> None:
        """By Chromium's own history."""
        self._act(self._stepped(by))

    def add_tab(self) -> None:
        """At the end, and in front."""
        self._fronts.append(self._lent.run(self._opened()))
        self.state.tabs.append(Tab([Entry(BLANK, BLANK_HTML)]))
        self.state.active = len(self.state.tabs) - 1

    def drop_tab(self) -> None:
        """The next one comes to the front."""
        front = self._fronts.pop(self.state.active)
        self._lent.run(front.page.close())
        del self.state.tabs[self.state.active]
        self.turn_to(min(self.state.active, len(self.state.tabs) - 1))

    def turn_to(self, index: int) -> None:
        """Every tab believes that it is in front, but somebody who watches sees one."""
        self.state.active = index
        self._lent.run(self._raised())

    # Doing.

    async def _click_at(self, bid: int, target: int) -> None:
        found = await self._call(inpage.AIM, bid)
        if "x" not in found:
            if target:
                over = f"lies under [{found['over']}]" if found["over"] >= 0 else "has no place on the screen"
                raise ActionError(f"element [{bid}] {over}")
            await self._front.evaluated(inpage.BLUR)
            return
        send = self._front.cdp.send
        at = {"x": found["x"], "y": found["y"], "clickCount": 1}
        await asyncio.gather(
            send("Input.dispatchMouseEvent", {**at, "type": "mouseMoved"}),
            send("Input.dispatchMouseEvent", {**at, "type": "mousePressed", "button": "left", "buttons": 1}),
            send("Input.dispatchMouseEvent", {**at, "type": "mouseReleased", "button": "left"}),
        )

    async def _written(self, control: Control, text: str) -> None:
        if control.kind == "date":
            await self._call(inpage.SET, [[control.bid, text]], control.bid)
            return
        await self._call(inpage.SELECT_ALL, control.bid)
        if text:
            await self._front.cdp.send("Input.insertText", {"text": text})
        else:
            await self._pressed(KEYS["Backspace"])

    async def _hovered(self, bid: int) -> None:
        found = await self._call(inpage.AIM, bid)
        if "x" in found:
            await self._front.cdp.send("Input.dispatchMouseEvent", {**found, "type": "mouseMoved"})

    async def _typed(self, bid: int, key: str) -> None:
        await self._call(inpage.CARET, bid)
        await self._pressed(KEYS.get(key) or {"key": key, "text": key})

    async def _pressed(self, key: Mapping[str, Any]) -> None:
        send, silent = self._front.cdp.send, {name: value for name, value in key.items() if name != "text"}
        await asyncio.gather(
            send("Input.dispatchKeyEvent", {**key, "type": "keyDown" if "text" in key else "rawKeyDown"}),
            send("Input.dispatchKeyEvent", {**silent, "type": "keyUp"}),
        )

    async def _visited(self, url: str) -> None:
        front = self._front
        if front.stale and "#" in url and urldefrag(front.page.url)[0] == urldefrag(url)[0]:  # a part of that page
            await front.blank()
        await front.reach(front.cdp.send("Page.navigate", {"url": url}))
        if front.stale:
            await (front.alone() if front.arrived else front.blank())

    async def _stepped(self, by: int) -> None:
        """And no element has the focus: whether one kept it would depend on what had been drawn before."""
        front, tab = self._front, self.state.tab
        place = tab.place + by
        await front.reach(front.cdp.send("Page.navigateToHistoryEntry", {"entryId": front.ids[place]}))
        shown, entry = await self._settled(front), tab.entries[place]
        if front.ids[place] in front.owed:
            front.owed -= {
                key for key, one in zip(front.ids, tab.entries, strict=True) if one.document == entry.document
            }
            await self._set(front, given_back(page_of(shown["html"]), entry.url, entry.kept), 0)
        if "#" in shown["url"]:
            await self._front.evaluated(inpage.DRAWN)
        await self._front.evaluated(inpage.BLUR)

    async def _opened(self) -> Front:
        page = await self._lent.lease.context.new_page()
        watch(self._lent.lease, page)
        return await self._lent.engine.front(page)

    async def _raised(self) -> None:
        if self._lent.look.window:
            await self._front.page.bring_to_front()

    # Reading.

    def _act(self, work: Coroutine[Any, Any, Any], leaving: bool = False) -> None:
        """Do it, wait until nothing loads, and write down what is shown.

        Args:
            work: what is done.
            leaving: whether it goes elsewhere, whatever is shown.
        """
        try:
            self._lent.run(self._acted(work, leaving))
        except BrowserFailed as error:
            if self._front.busy:
                raise BrowserFailed(f"{error}: it has not told of {self._front.awaited}") from None
            raise

    async def _acted(self, work: Coroutine[Any, Any, Any], leaving: bool = False) -> None:
        served, front = self._lent.lease.served, self._front
        if front.stale and not leaving:
            await front.blank()
        served.begin()
        front.begin()
        await work
        await self._read(front, self.state.tab)
        if self.here.url.startswith(ERROR_PAGE):
            self._lost()
        if served.cookies:
            self.state.cookies = {}
            for cookie in await self._lent.lease.context.cookies():
                self.state.cookies.setdefault(cookie["domain"], {})[cookie["name"]] = cookie["value"]
        if served.failure is not None:
            raise served.failure
        if served.refused and not front.arrived:  # where a page arrived, it was a frame in it that did not
            raise ActionError(served.refused)

    def _lost(self) -> None:
        """The sites do not answer."""
        raise BrowserFailed("Chromium does not reach the server of the sites")

    async def _read(self, front: Front, tab: Tab) -> None:
        """Write what a page shows into its tab."""
        shown = await self._settled(front)
        if front.moved:
            if "#" in shown["url"]:  # what the address points at takes the focus when the page is next drawn
                await front.evaluated(inpage.DRAWN)
                shown = await self._settled(front)
            await self._follow(front, tab)
        here = tab.here
        here.html, here.url, here.focus = shown["html"], shown["url"], shown["focus"]
        here.fields = fields_of(here.html, shown["values"])

    async def _settled(self, front: Front) -> dict[str, Any]:
        """The page, when nothing loads."""
        for _ in range(REDUMPS):
            await front.rest()
            try:
                answer = await front.cdp.send("Runtime.evaluate", {"expression": self.DUMP, "returnByValue": True})
            except Error:
                if not front.busy:
                    raise
                continue
            shown = answer["result"].get("value")
            if shown is not None and not front.busy:
                found: dict[str, Any] = shown
                return found
        raise BrowserFailed("Chromium shows no page that stays")

    async def _follow(self, front: Front, tab: Tab) -> None:
        """Write Chromium's history into a tab: known entries stay what they are."""
        history = await front.cdp.send("Page.getNavigationHistory")
        entries, place = history["entries"], history["currentIndex"]
        if len(entries) > 1 and entries[0]["url"] == BLANK:  # an empty tab leaves nothing to go back to
            entries, place = entries[1:], place - 1
        known = dict(zip(front.ids, tab.entries, strict=True))
        old = tab.here
        tab.entries = [known.get(one["id"]) or Entry(one["url"]) for one in entries]
        tab.place, front.ids = place, [one["id"] for one in entries]
        if tab.here is not old:
            leave(old)
        if front.arrived and (entries[place]["id"] not in known or tab.here is old):
            tab.here.document = 1 + max((one.document for one in known.values()), default=0)
            tab.here.posted = self._lent.lease.served.posted
        elif entries[place]["id"] not in known:
            tab.here.document, tab.here.posted = old.document, old.posted

    async def _call(self, function: str, *values: Any) -> Any:
        return await self._front.evaluated(f"{function}({', '.join(map(json.dumps, values))})")

    # Putting a state back.

    async def _load(self, state: BrowserState) -> None:
        if len(self._fronts) > 1 or self._fronts[0].ids != [0]:
            await self._lent.engine.emptied(self._lent.lease)
            self._fronts = [self._lent.lease.blank]
        else:
            await self._lent.lease.context.clear_cookies()
        await self._stand(state)

    async def _stand(self, state: BrowserState) -> None:
        self.state = state
        for _ in state.tabs[1:]:
            self._fronts.append(await self._opened())
        for front, tab in zip(self._fronts, state.tabs, strict=True):
            await self._returned(front, tab)
        await self._raised()
        await self._lent.lease.context.add_cookies(
            [
                {"name": name, "value": value, "domain": host, "path": "/"}
                for host, found in state.cookies.items()
                for name, value in found.items()
            ]
        )

    async def _returned(self, front: Front, tab: Tab) -> None:
        """Walk a tab's history again; the server gives the pages that were kept, and blank ones for all others."""
        front.begin()
        if [one.url for one in tab.entries] == [BLANK]:
            return
        if front.stale:
            await front.blank()
        before = Entry("")
        shown = {one.document: one.html or BLANK_HTML for one in tab.entries if one.posted}
        shown[tab.here.document] = tab.here.html
        for entry in tab.entries:
            await self._again(front, entry, before, shown.get(entry.document, BLANK_HTML))
            before = entry
        history = await front.cdp.send("Page.getNavigationHistory")
        entries = [one for one in history["entries"] if one["url"] != BLANK][-len(tab.entries) :]
        if [one["url"] for one in entries] != [one.url for one in tab.entries]:
            raise BrowserFailed("Chromium does not take back the history")
        front.ids = [one["id"] for one in entries]
        if tab.place < len(tab.entries) - 1:
            self._lent.lease.served.instead = tab.here.html
            await front.reach(front.cdp.send("Page.navigateToHistoryEntry", {"entryId": front.ids[tab.place]}))
            await self._settled(front)
            self._lent.lease.served.instead = None
        await self._set(front, tab.here.fields, tab.here.focus)
        front.owed = {key for key, one in zip(front.ids, tab.entries, strict=True) if one.document != tab.here.document}
        front.begin()
        await self._read(front, tab)

    async def _set(self, front: Front, fields: Fields, focus: int) -> None:
        pairs = [[bid, list(one) if isinstance(one, tuple) else one] for bid, one in fields.items()]
        await front.evaluated(f"{inpage.SET}({json.dumps(pairs)}, {focus})")

    async def _again(self, front: Front, entry: Entry, before: Entry, html: str) -> None:
        served = self._lent.lease.served
        if entry.document != before.document:
            served.instead = html
            if entry.posted:
                await front.reach(front.evaluated(f"{inpage.POST}({json.dumps(entry.url)})"))
                await self._settled(front)
                return
            if urldefrag(entry.url)[0] == urldefrag(before.url)[0]:  # or Chromium would take it for a reload
                served.detour = entry.url
                host = urlsplit(entry.url).netloc
                await front.reach(front.cdp.send("Page.navigate", {"url": f"http://{host}/.again"}))
                await self._settled(front)
                return
        await front.reach(front.cdp.send("Page.navigate", {"url": entry.url}))
        await self._settled(front)


ERROR_PAGE = "chrome-error:"
"""How the address begins of what Chromium shows in place of a page that it has not got."""

REDUMPS = 20
"""How often a page is read that moves on meanwhile."""


def fields_of(html: str, values: list[list[Any]]) -> dict[int, Value]:
    """Of the values of all controls those that differ from the markup."""
    controls, fields = page_of(html).controls, dict[int, Value]()
    for bid, value in values:
        now: Value = tuple(value) if isinstance(value, list) else value
        if bid in controls and now != controls[bid].given():
            fields[bid] = now
    return fields
