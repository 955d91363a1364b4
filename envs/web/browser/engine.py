"""The Chromium of this process: started when it is first needed, shared by all its browsers, ended with the last.
One that loads pictures too, or has a window, is another; see `Look`.

Playwright's asynchronous interface runs in a thread of its own (the synchronous one must not be used beside an event
loop). Each browser has a *context* (cookies, storage, cache of its own); making one costs 100 ms and more, so a context
that is given back is emptied and lent again. Whatever fails is thrown away, never lent again, and made anew: that is
how the pool heals.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple, TypeVar

from playwright.async_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    ProxySettings,
    ViewportSize,
    async_playwright,
)

from scoutgym.envs.web.browser.front import Front
from scoutgym.envs.web.browser.program import HINT, NAMES, chromium
from scoutgym.envs.web.browser.serve import HEADER, Served, Server

T = TypeVar("T")

FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-software-rasterizer"),
    "--disable-smooth-scrolling",  # keys scroll at once
    "--disable-partial-raster",  # what has changed is drawn with all around it: a picture does not tell what was before
    # Nothing leaves: no name is looked up, every address goes through the proxy, UDP is not used.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--proxy-bypass-list=<-loopback>",
    *(f"--{name}webrtc-ip-handling-policy=disable_non_proxied_udp" for name in ("", "force-")),  # its name has changed
)
TRUSTED = ("--in-process-gpu", "--disable-site-isolation-trials", "--process-per-site", "--renderer-process-limit=1")
"""For pages that we wrote: one renderer for all, and a page is there in two thirds of the time."""

OFF = (
    *("PaintHolding", "RenderDocument", "AutofillServerCommunication", "OptimizationHints", "MediaRouter", "Translate"),
    "SpareRendererForSitePerProcess",  # and no frame of the page before is kept on the screen
    # No pages of its own, which would hear of every page.
    *("WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup", "AimEnabled", "PreloadTopChromeWebUI"),
    "LensOverlay",
    # What Playwright switches off too: of several such lists only the last one counts.
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("PreconnectToSearch", "DestroyProfileOnBrowserClose", "NetworkTimeServiceQuerying"),
)
TRUSTED_OFF = ("IsolateOrigins", "site-per-process")
"""Features, as `TRUSTED`."""

BLIND = "--blink-settings=imagesEnabled=false"
"""Waiting for pictures would make the first page of a store half as slow again."""

VIEWPORT = ViewportSize(width=1280, height=720)

DEADLINE = 20.0
"""Seconds for one action; a page that takes longer hangs."""

LINGER = 5.0
"""Seconds that an idle Chromium stays, as it often is needed again at once."""


class BrowserFailed(RuntimeError):
    """Chromium crashed, hangs, or cannot be started: no mistake of an agent."""


class BrowserMissing(BrowserFailed, OSError):
    """There is no Chromium, or no screen for its window: whoever started this can mend it."""


class Look(NamedTuple):
    """How Chromium is started: with the pictures of a page, or without; in a window, or without a screen; for our own
    pages, or for strangers', which get a process for each site and, but for root, Chromium's sandbox.
    """

    pictures: bool = False
    window: bool = False
    strangers: bool = False

    def flags(self) -> list[str]:
        """Of the command line."""
        off = OFF if self.strangers else (*TRUSTED_OFF, *OFF)
        return [
            *FLAGS,
            *(() if self.strangers else TRUSTED),
            *(() if self.pictures else (BLIND,)),
            f"--disable-features={','.join(off)}",
        ]

    def still(self) -> bool:
        """Whether pages do nothing once they are there: our sites', which have no scripts."""
        return not (self.pictures or self.window or self.strangers)

    def boxed(self) -> bool:
        """Whether in Chromium's sandbox, in which root's Chromium does not start."""
        return self.strangers and hasattr(os, "geteuid") and os.geteuid() != 0


@dataclass(eq=False)
class Lease:
    """A context that is lent to one browser."""

    context: BrowserContext
    blank: Front
    """Its first page."""
    served: Served
    crashed: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether one of its pages is no more."""
    sound: bool = True
    """Whether it may be lent again."""


class Engine:
    """See the module's docstring. `engine` gives the one of this process."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._loop = asyncio.new_event_loop()
        self._pid = os.getpid()
        self._idle: list[Lease] = []
        self._names = count(1)
        self._users = 0
        self.closed = False
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="chromium")
        self._thread.start()
        self._server = Server()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._starting = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    def ours(self) -> bool:
        """Whether it was started in this process: a forked one has no thread that would answer."""
        return self._pid == os.getpid()

    def serves(self) -> bool:
        """Whether its sites can be reached."""
        return self._server.open

    def run(self, work: Coroutine[Any, Any, T], seconds: float = DEADLINE) -> T:
        """Do it in Chromium's thread, and wait for it.

        Raises:
            BrowserFailed: Chromium is gone, or it takes too long.
        """
        if self.closed or not self.ours():
            work.close()
            raise BrowserFailed("Chromium has been closed, or belongs to the process that this one was forked from")
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, seconds), self._loop)
        try:
            return future.result(seconds + 5)
        except TimeoutError:
            raise BrowserFailed(f"Chromium did not answer within {seconds:.0f} s") from None
        except Error as error:
            raise BrowserFailed(f"Chromium failed: {str(error).partition(chr(10))[0]}") from None

    async def lend(self, sites: Any, databases: Any, gate: Served | None) -> Lease:
        """A context for a browser, which goes out by the server that all share, or by a gate of its own."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        self._users += 1
        try:
            browser = await self._started()
            if gate is not None:
                return await self._made(browser, gate)
            served = Served(f"{os.getpid()}-{next(self._names)}", sites, databases)
            lease = None
            while self._idle and lease is None:
                lease = self._idle.pop()
                if lease.crashed.is_set() or lease.context.browser is not browser:
                    lease = None
            if lease is None:
                lease = await self._made(browser, served)
            lease.served = served
            self._server.add(served)
            await lease.context.set_extra_http_headers({HEADER: served.name})
        except BaseException:
            self._users -= 1
            raise
        return lease

    async def take_back(self, lease: Lease) -> None:
        """Empty a context for the next browser, or close it where something in it failed."""
        self._server.remove(lease.served)
        try:
            if lease.sound and not lease.crashed.is_set():
                await self.emptied(lease)
                self._idle.append(lease)
            else:
                await asyncio.wait_for(lease.context.close(), 5)
        except (Error, TimeoutError):
            pass  # it is gone, as it should be
        self._users -= 1
        if not self._users:
            self._end = self._loop.call_later(LINGER, self._idles)

    def drop(self, lease: Lease) -> None:
        """Take back what nobody has any more. Garbage may be collected in any thread, also in Chromium's own, which
        must not wait for itself: so it is only asked for.
        """
        if not self.closed and self.ours():
            asyncio.run_coroutine_threadsafe(self.take_back(lease), self._loop)

    async def front(self, page: Page) -> Front:
        """A page that is listened to."""
        cdp = await page.context.new_cdp_session(page)
        tree = await cdp.send("Page.getFrameTree")
        made = Front(page, cdp, tree["frameTree"]["frame"]["id"])
        made.listen()
        await cdp.send("Page.enable")
        return made

    def close(self) -> None:
        """End Chromium and the server."""
        if self.closed:
            return
        try:
            self.run(self._ended(), 10)
        except BrowserFailed:
            self.closed = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _idles(self) -> None:
        """Nobody has needed Chromium for a while."""
        ending = self._loop.create_task(self._ended())
        ending.add_done_callback(lambda _: self._loop.stop())

    async def _ended(self) -> None:
        if self.closed:
            return
        self.closed = True
        try:
            if self._browser is not None:
                await self._browser.close()
            if self._playwright is not None:
                await self._playwright.stop()
        except Error:
            pass  # it had ended by itself
        self._server.close()

    async def _started(self) -> Browser:
        async with self._starting:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            path = _program(self._look)
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(
                executable_path=path,
                headless=not self._look.window,
                chromium_sandbox=self._look.boxed(),
                args=[*self._look.flags(), f"--proxy-server=http://127.0.0.1:{self._server.port}"],
            )
            return self._browser

    async def _made(self, browser: Browser, served: Served) -> Lease:
        context = await browser.new_context(
            service_workers="block",
            accept_downloads=False,
            viewport=VIEWPORT,
            locale="en-US",
            timezone_id="UTC",
            proxy=ProxySettings(server=served.proxy, bypass="<-loopback>") if served.proxy else None,
        )
        page = await context.new_page()
        lease = Lease(context, await self.front(page), served)
        watch(lease, page)
        return lease

    async def emptied(self, lease: Lease) -> None:
        """As new: one page, which is blank, or waits for the next one to take its place; and no cookies."""
        await asyncio.gather(*(page.close() for page in lease.context.pages if page is not lease.blank.page))
        await lease.context.clear_cookies()
        if lease.blank.page.is_closed():
            page = await lease.context.new_page()
            lease.blank = await self.front(page)
            watch(lease, page)
            return
        lease.blank.ids = [0]
        lease.blank.owed.clear()
        if self._look.still():
            lease.blank.stale = True
        else:
            await lease.blank.blank()


def _program(look: Look) -> str:
    found = chromium(look.window)
    if found is None:
        raise BrowserMissing(f"there is no Chromium: {', '.join(NAMES)} are not on the search path ({HINT})")
    if look.window and sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BrowserMissing("a window needs a screen, and there is none: neither DISPLAY nor WAYLAND_DISPLAY is set")
    return found


def watch(lease: Lease, page: Page) -> None:
    """Note when a page crashes."""

    def crashed(_: Any) -> None:
        lease.crashed.set()

    page.on("crash", crashed)


_lock = threading.Lock()
_engines: dict[Look, Engine] = {}


def engine(look: Look = Look()) -> Engine:
    """The Chromium of this process that looks so; of a forked process a new one."""
    with _lock:
        found = _engines.get(look)
        if found is not None and not found.closed and found.ours() and not found.serves():
            found.close()
        if found is None or found.closed or not found.ours():
            found = _engines[look] = Engine(look)
        return found


def shut() -> None:
    """End this process's Chromiums now, if it has any; the next browser starts another."""
    with _lock:
        ending = [found for found in _engines.values() if found.ours()]
        _engines.clear()
    for found in ending:
        found.close()


atexit.register(shut)
