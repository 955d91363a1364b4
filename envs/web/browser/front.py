"""A page of Chromium, and where it is going, as its DevTools protocol tells it.

Every navigation is told alike: it is planned or asked for (by a link, a script, or by us), it starts, another document
arrives (or another part of the same; or nothing, where it was refused), it stops. A plan may be given up without a
start. When we ask for a page, what is told next may still be of the one before; so what we ask for is not over before
it has started, nor before the document has arrived that Chromium names in its answer. A document that arrives ends
what the one before had in mind, told or not: of a document of another site Chromium may lose the last words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession, Error, Page


@dataclass(eq=False)
class Front:
    """See the module's docstring."""

    page: Page
    cdp: CDPSession
    frame: str
    """The id of its main frame."""
    ids: list[int] = field(default_factory=lambda: [0])
    """Chromium's numbers of the entries of its history."""
    moved: bool = False
    """Whether its history has changed since the action began."""
    documents: set[str] = field(default_factory=set)
    """Chromium's names of those that have arrived since then."""
    owed: set[int] = field(default_factory=set)
    """Entries that a restored state brought: Chromium does not know what their controls had."""
    stale: bool = False
    """Whether it still shows what somebody else was shown, which the next page takes away."""
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever there is nothing more to wait for."""
    _awaited: set[str] = field(default_factory=set)
    """What is still to be told: the end of a plan, a start (ours, or its own), a stop, a document of this name."""

    @property
    def busy(self) -> bool:
        """Whether it is on the way to another page."""
        return bool(self._awaited)

    @property
    def awaited(self) -> str:
        """What is still to be told, in words."""
        return ", ".join(sorted(self._awaited))

    @property
    def arrived(self) -> bool:
        """Whether it has got another document since the action began."""
        return bool(self.documents)

    def begin(self) -> None:
        """An action begins."""
        self.moved, self.documents = False, set()

    async def reach(self, asking: Coroutine[Any, Any, Any]) -> None:
        """Ask for another page, and wait until it is there, or is refused."""
        self._await("our start")
        answer = await asking or {}
        if "loaderId" in answer and "errorText" not in answer and answer["loaderId"] not in self.documents:
            self._await(answer["loaderId"])
        await self.rest()

    async def alone(self) -> None:
        """What it shows is all that it has ever shown."""
        await self.cdp.send("Page.resetNavigationHistory")
        self.stale = False

    async def blank(self) -> None:
        """As new: an empty page."""
        await self.page.goto("about:blank")
        await self.alone()
        self.begin()

    async def rest(self) -> None:
        """Wait until it is on the way to nowhere."""
        while self.busy:
            await self.idle.wait()

    async def evaluated(self, expression: str) -> Any:
        """What a script says in the page.

        Raises:
            Error: it fails.
        """
        how = {"returnByValue": True, "userGesture": True, "awaitPromise": True}
        return value_of(await self.cdp.send("Runtime.evaluate", {"expression": expression, **how}))

    def listen(self) -> None:
        """Follow its navigations."""
        self._on("frameScheduledNavigation", self._planned)
        self._on("frameClearedScheduledNavigation", lambda _: self._came("plan"))
        self._on("frameRequestedNavigation", self._asked)
        self._on("frameStartedLoading", self._started)
        self._on("frameStoppedLoading", lambda _: self._came("stop", "start"))  # what it asked for itself was dropped
        self._on("navigatedWithinDocument", self._moved)
        self._on("frameNavigated", self._arrived)

    def _on(self, event: str, change: Callable[[dict[str, Any]], None]) -> None:
        def hear(given: dict[str, Any]) -> None:
            if (given["frame"]["id"] if "frame" in given else given["frameId"]) == self.frame:
                change(given)

        self.cdp.on(f"Page.{event}", hear)

    def _planned(self, given: dict[str, Any]) -> None:
        if not given["delay"]:  # a page that goes on by itself after a while is a page until then
            self._await("plan")

    def _asked(self, given: dict[str, Any]) -> None:
        if given["disposition"] == "currentTab":
            self._await("start")

    def _started(self, given: dict[str, Any]) -> None:
        self._await("stop")
        self._came("start", "our start")

    def _moved(self, given: dict[str, Any]) -> None:
        self.moved = True

    def _arrived(self, given: dict[str, Any]) -> None:
        self.moved = True
        self.documents.add(given["frame"]["loaderId"])
        self._await("stop")
        self._came(given["frame"]["loaderId"], "plan", "start")

    def _await(self, what: str) -> None:
        self._awaited.add(what)
        self.idle.clear()

    def _came(self, *what: str) -> None:
        self._awaited.difference_update(what)
        if not self._awaited:
            self.idle.set()


def value_of(answer: dict[str, Any]) -> Any:
    """What a script has answered.

    Raises:
        Error: it failed.
    """
    if "exceptionDetails" in answer:
        raise Error(f"a script failed: {answer['exceptionDetails'].get('exception', {}).get('description')}")
    return answer["result"].get("value")
