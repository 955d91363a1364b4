"""A page of Chromium that is lent for MiniWoB++: what begins an episode in it, and reads it.

Each episode has a document of its own, on the clock of `scoutgym.envs.web.wob.clock`. Where two episodes in succession
are of one page, the document of the next one is loaded ahead (`scoutgym.envs.web.wob.sheet`).
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from contextlib import suppress
from typing import Any

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.browser.engine import BrowserFailed, Look
from scoutgym.envs.web.browser.front import Front, value_of
from scoutgym.envs.web.browser.lent import Lent
from scoutgym.envs.web.wob.files import HOST, Files, address
from scoutgym.envs.web.wob.sheet import Ahead, Sheet
from scoutgym.envs.web.wob.view import STYLES, Element, View

STEP = 500
"""Milliseconds that pass with an action: a little more than what these pages take to show what it did."""

AREA = {"width": 160, "height": 210}
"""Pixels of what belongs to a task."""


class WobPage:
    """See the module's docstring.

    Raises:
        BrowserFailed: here and in every call: Chromium is missing, crashed, or hangs. This page is then of no more use;
            another one can be made at once.
    """

    view: View
    """The page as it is now."""
    asked: str
    """The task in words."""
    fields: dict[str, str]
    """Of what is asked in free words, what the page says it means."""
    played: list[Action]
    """What was done in the episode."""
    done: bool
    """Whether the episode is over."""
    raw: float
    """What the page pays, as long as it takes."""
    left: bool
    """Whether something in the page would have led to another document."""

    def __init__(self) -> None:
        self._lent = Lent({HOST: Files()}, {HOST: None}, Look(pictures=True))
        self._sheet = Sheet(self._lent.lease.blank)
        self._ahead = Ahead(self._lent)
        self._url = ""
        """Of the episode."""
        self._clipboard = ""
        self._bids: dict[int, int] = {}
        self._hovers = False
        """Whether the page listens for where the mouse is."""

    def begin(self, task: str, test: bool, seed: str) -> None:
        """Begin an episode.

        Args:
            task: the name of its page.
            test: whether its problems are those that a page holds out for tests.
            seed: of all its chance.
        """
        self._task, self.played = (task, test, seed), []
        self._show(self._lent.run(self._begun(task, test, seed)))

    def picture(self) -> bytes:
        """What a person sees, as PNG, at twice its size."""
        shot = self._front.cdp.send("Page.captureScreenshot", {"clip": {**AREA, "x": 0, "y": 0, "scale": 2}})
        return b64decode(self._lent.run(shot)["data"])

    @property
    def usable(self) -> bool:
        """Whether it can begin another episode."""
        return self._lent.usable

    def close(self) -> None:
        """Give the page back."""
        if self.usable:
            with suppress(BrowserFailed):  # what is gone loads nothing
                self._lent.run(self._ahead.over())
        self._lent.close()

    # Inside.

    @property
    def _front(self) -> Front:
        return self._sheet.front

    def _show(self, shown: tuple[Any, Any]) -> None:
        """Read what Chromium says of the page: here, and not in its thread, which has more to do."""
        self.view = View(shown[0], shown[1]["nodes"], self._bids)

    async def _begun(self, task: str, test: bool, seed: str) -> tuple[Any, Any]:
        served, url, before = self._lent.lease.served, address(task, test), self._url
        served.begin()
        self._bids, self._clipboard, self._url = {}, "", url
        ready = await self._ahead.take(url, self._sheet)
        if ready is not None:
            self._sheet = ready
        else:
            await self._sheet.load(url)
        if served.failure is not None:
            raise served.failure
        start = f"(async () => [scoutgym.begin({json.dumps(seed)}), await scoutgym.pass({STEP})])()"
        said, state = await self._front.evaluated(start)
        self.asked, self.fields = said["utterance"], said["fields"]
        self._note(state)
        shown = await self._read()
        if url == before:  # as it will be again
            self._ahead.load(url)
        return shown

    def _note(self, state: dict[str, Any]) -> None:
        self.done, self.raw, self.left = state["done"], state["raw"], state["left"]
        self._hovers = state["hovers"]

    async def _read(self) -> tuple[Any, Any]:
        send = self._front.cdp.send
        snapshot, tree = await asyncio.gather(
            send("DOMSnapshot.captureSnapshot", {"computedStyles": list(STYLES)}),
            send("Accessibility.getFullAXTree"),
        )
        return snapshot, tree

    async def _call(self, element: Element, function: str, *given: Any) -> Any:
        send = self._front.cdp.send
        found = await send("DOM.resolveNode", {"backendNodeId": element.key, "objectGroup": "scoutgym"})
        answer = await send(
            "Runtime.callFunctionOn",
            {
                "objectId": found["object"]["objectId"],
                "functionDeclaration": function,
                "arguments": [{"value": one} for one in given],
                "returnByValue": True,
                "userGesture": True,
            },
        )
        return value_of(answer)
