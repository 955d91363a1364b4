"""A page of Chromium that is lent for MiniWoB++: what begins an episode in it, and reads it.

Each episode has a document of its own, on the clock of `scoutgym.envs.web.wob.clock`.
"""

from __future__ import annotations

import asyncio
import json
import threading
import weakref
from base64 import b64decode
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.browser.engine import BrowserFailed, Engine, Lease, Look, engine
from scoutgym.envs.web.wob.files import HOST, Files, address
from scoutgym.envs.web.wob.view import STYLES, Element, View

T = TypeVar("T")

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

    def __init__(self) -> None:
        self._engine, self._lease = _lent()
        self._sound = [True]
        self._release = weakref.finalize(self, _forgotten, self._engine, self._lease, self._sound)
        self._release.atexit = False
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
        self._show(self._run(self._begun(task, test, seed)))

    def picture(self) -> bytes:
        """What a person sees, as PNG, at twice its size."""
        shot = self._lease.blank.cdp.send("Page.captureScreenshot", {"clip": {**AREA, "x": 0, "y": 0, "scale": 2}})
        return b64decode(self._run(shot)["data"])

    @property
    def usable(self) -> bool:
        """Whether it can begin another episode."""
        sound = self._sound[0] and not self._lease.crashed.is_set()
        return sound and self._release.alive and not self._engine.closed and self._engine.ours()

    def close(self) -> None:
        """Give the page back."""
        if self._release.detach() is not None:
            _give_back(self._engine, self._lease, self._sound)

    # Inside.

    def _show(self, shown: tuple[Any, Any]) -> None:
        """Read what Chromium says of the page: here, and not in its thread, which has more to do."""
        self.view = View(shown[0], shown[1]["nodes"], self._bids)

    async def _let_go(self) -> None:
        """Hold nothing any more that was held in the episode before."""

    async def _begun(self, task: str, test: bool, seed: str) -> tuple[Any, Any]:
        front, served = self._lease.blank, self._lease.served
        await self._let_go()
        served.begin()
        self._bids = {}
        front.begin()
        front.starts()
        await front.cdp.send("Page.navigate", {"url": address(task, test)})
        while front.busy or not front.arrived:  # it may still be told that an earlier page has loaded
            front.idle.clear()
            await front.idle.wait()
            if served.failure is not None:
                raise served.failure
        front.begin()
        start = f"(async () => [scoutgym.begin({json.dumps(seed)}), await scoutgym.pass({STEP})])()"
        said, state = await self._evaluated(start)
        self.asked, self.fields = said["utterance"], said["fields"]
        self._note(state)
        return await self._read()

    def _note(self, state: dict[str, Any]) -> None:
        self.done, self.raw, self._hovers = state["done"], state["raw"], state["hovers"]

    async def _read(self) -> tuple[Any, Any]:
        send = self._lease.blank.cdp.send
        snapshot, tree = await asyncio.gather(
            send("DOMSnapshot.captureSnapshot", {"computedStyles": list(STYLES)}),
            send("Accessibility.getFullAXTree"),
        )
        return snapshot, tree

    async def _evaluated(self, expression: str) -> Any:
        answer = await self._lease.blank.cdp.send(
            "Runtime.evaluate",
            {"expression": expression, "returnByValue": True, "userGesture": True, "awaitPromise": True},
        )
        return _value(answer)

    async def _call(self, element: Element, function: str, *given: Any) -> Any:
        send = self._lease.blank.cdp.send
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
        return _value(answer)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return self._engine.run(self._guarded(work))
        except BrowserFailed:
            self._sound[0] = False
            raise

    async def _guarded(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it, and stop at once where the page crashes: no answer will come."""
        doing, crashed = asyncio.ensure_future(work), asyncio.ensure_future(self._lease.crashed.wait())
        try:
            await asyncio.wait((doing, crashed), return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return doing.result()
            raise BrowserFailed("the page crashed")
        finally:
            doing.cancel()
            crashed.cancel()


def _value(answer: dict[str, Any]) -> Any:
    if "exceptionDetails" in answer:
        raise BrowserFailed(f"a script failed: {answer['exceptionDetails'].get('exception', {}).get('description')}")
    return answer["result"].get("value")


def _lent() -> tuple[Engine, Lease]:
    for attempt in range(2):
        found = engine(Look(pictures=True))
        try:
            return found, found.run(found.lend({HOST: Files()}, {HOST: None}, None), 60)
        except BrowserFailed:
            if attempt or not found.closed:  # one that was about to end is followed by another
                raise
    raise AssertionError


def _give_back(found: Engine, lease: Lease, sound: list[bool]) -> None:
    if not found.closed and found.ours():
        with suppress(BrowserFailed):  # what is gone need not be given back
            found.run(found.take_back(lease, sound[0]))


def _forgotten(found: Engine, lease: Lease, sound: list[bool]) -> None:
    """Give back what nobody has closed: beside, as garbage may be collected in Chromium's own thread."""
    threading.Thread(target=_give_back, args=(found, lease, sound), daemon=True).start()
