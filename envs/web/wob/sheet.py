"""A document of MiniWoB++ in Chromium, and the hand on it; the next one, which is loaded while an agent thinks.

A document that is loaded ahead is what it would be if it were loaded later: its episode has not begun, no time has
passed in it, no chance has been taken, and nothing that an agent does reaches it.
"""

from __future__ import annotations

import asyncio

from playwright.async_api import Error

from scoutgym.envs.web.browser.engine import VIEWPORT, BrowserFailed, watch
from scoutgym.envs.web.browser.front import Front
from scoutgym.envs.web.browser.lent import Lent

AWAY = (VIEWPORT["width"] - 1, VIEWPORT["height"] - 1)
"""Where the mouse is at first: on nothing."""


class Sheet:
    """A page of Chromium, with its mouse and its keyboard.

    Args:
        front: the page.
    """

    def __init__(self, front: Front) -> None:
        self.front = front
        self.mouse: tuple[float, float] = AWAY
        self.held: set[str] = set()
        """Keys."""
        self._closed = asyncio.Event()
        front.page.on("close", lambda _: self._closed.set())

    @property
    def closed(self) -> bool:
        """Whether somebody has closed the page."""
        return self._closed.is_set()

    async def load(self, url: str) -> None:
        """Let go of what is held, and get a document that has no past.

        Raises:
            BrowserFailed: it has not come.
        """
        page, front = self.front.page, self.front
        for key in sorted(self.held):
            await page.keyboard.up(key)
        if self.mouse != AWAY:
            await asyncio.gather(page.mouse.move(*AWAY), page.mouse.up())  # a move alone would wait for a frame
        self.held, self.mouse = set(), AWAY
        front.begin()
        await front.reach(front.cdp.send("Page.navigate", {"url": url}))
        if not front.arrived:
            raise BrowserFailed("the page of the task has not come")
        await front.cdp.send("Page.resetNavigationHistory")
        front.begin()

    async def loaded(self, url: str) -> bool:
        """Load it in nobody's presence: what fails is told by False. A page that somebody closes ends this."""
        loading, closed = asyncio.ensure_future(self.load(url)), asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait((loading, closed), return_when=asyncio.FIRST_COMPLETED)
            return loading.done() and not loading.cancelled() and loading.exception() is None
        finally:
            loading.cancel()
            closed.cancel()


class Ahead:
    """The document of the next episode, in a second page of the same context.

    Args:
        lent: the context.
    """

    def __init__(self, lent: Lent) -> None:
        self._lent = lent
        self._url = ""
        """Of what is loaded."""
        self._spare: Sheet | None = None
        """The page that nobody plays on; None as long as there is none."""
        self._work: asyncio.Task[bool] | None = None

    def load(self, url: str) -> None:
        """Begin to load a document, and do not wait; nothing where it is there, or another one is on its way."""
        if self._work is None or (self._work.done() and self._url != url):
            self._url, self._work = url, asyncio.ensure_future(self._loaded(url))

    async def take(self, url: str, played: Sheet) -> Sheet | None:
        """The page with this document, in exchange for another page; None where it was not loaded ahead."""
        if self._work is None or self._url != url:
            return None
        work, self._work = self._work, None
        loaded, found = await work, self._spare
        if found is None or not loaded or found.closed:  # a page may be closed after its document has come, too
            self._spare = None
            return None
        self._spare = played
        return found

    async def over(self) -> None:
        """Nothing is loaded any more."""
        if self._work is not None:
            await self._work

    async def _loaded(self, url: str) -> bool:
        try:
            if self._spare is None:
                self._spare = await self._made()
            return await self._spare.loaded(url)
        except Error:
            return False

    async def _made(self) -> Sheet:
        """A page in a window of its own: one that lies behind another one draws a frame a second."""
        lease = self._lent.lease
        assert lease.context.browser is not None
        place = (await lease.blank.cdp.send("Target.getTargetInfo"))["targetInfo"]["browserContextId"]
        windows = await lease.context.browser.new_browser_cdp_session()
        async with lease.context.expect_page() as coming:
            await windows.send(
                "Target.createTarget", {"url": "about:blank", "browserContextId": place, "newWindow": True}
            )
        await windows.detach()
        page = await coming.value
        watch(lease, page)
        return Sheet(await self._lent.engine.front(page))
