"""A context of Chromium that is lent to a browser."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from scoutgym.envs.web.browser.engine import BrowserFailed, Engine, Lease, Look, engine
from scoutgym.envs.web.browser.serve import Served

T = TypeVar("T")


class Lent:
    """A context, until it is given back: by ``close``, or when nobody has it any more.

    Args:
        sites: by host; there is nothing else in the world.
        databases: of each host.
        look: how Chromium is started.
        gate: its own way out; None where it is the server that all share.

    Raises:
        BrowserFailed: here and in ``run``: Chromium is missing, crashed, or hangs. This context is then of no more use;
            another one can be had at once.
    """

    def __init__(self, sites: Any, databases: Any, look: Look, gate: Served | None = None) -> None:
        self.look = look
        self.engine, self.lease = _lent(sites, databases, look, gate)
        self._release = weakref.finalize(self, self.engine.drop, self.lease)
        self._release.atexit = False  # Chromium ends with the process

    @property
    def usable(self) -> bool:
        """Whether it can still do something."""
        sound = self.lease.sound and not self.lease.crashed.is_set()
        return sound and self._release.alive and not self.engine.closed and self.engine.ours()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it in Chromium's thread, and wait for it."""
        try:
            return self.engine.run(self._guarded(work))
        except BrowserFailed:
            self.lease.sound = False
            raise

    def close(self) -> None:
        """Give it back."""
        if self._release.detach() is not None and not self.engine.closed and self.engine.ours():
            with suppress(BrowserFailed):  # what is gone need not be given back
                self.engine.run(self.engine.take_back(self.lease))

    async def _guarded(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it, and stop at once where the page crashes: no answer will come."""
        doing, crashed = asyncio.ensure_future(work), asyncio.ensure_future(self.lease.crashed.wait())
        try:
            await asyncio.wait((doing, crashed), return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                return doing.result()
            raise BrowserFailed("the page crashed")
        finally:
            doing.cancel()
            crashed.cancel()


def _lent(sites: Any, databases: Any, look: Look, gate: Served | None) -> tuple[Engine, Lease]:
    for attempt in range(2):
        found = engine(look)
        try:
            return found, found.run(found.lend(sites, databases, gate), 60)
        except BrowserFailed:
            if attempt or not found.closed:  # one that was about to end is followed by another
                raise
    raise AssertionError
