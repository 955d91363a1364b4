"""Engines that are dear to make and cheap to reset, kept between two episodes.

A world of somebody else's has an engine inside (NetHack, a Java process). Its state takes one when an episode starts,
and `World.close` gives it back.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

E = TypeVar("E")


class Pool(Generic[E]):
    """Engines by key: those of one key are alike, and whoever takes one resets it.

    A process that was forked starts with none: it must not touch those of its parent. At the end of the process all
    that lie idle are closed.

    Args:
        close: what ends an engine.
        idle: how many are kept; the one that has lain longest is closed for one more.
        usable: whether one that lay idle can still be taken; one that cannot is closed.
        linger: seconds after which one that nobody has taken is closed; None where it is kept.
    """

    def __init__(
        self,
        close: Callable[[E], None],
        idle: int = 16,
        usable: Callable[[E], bool] = lambda engine: True,
        linger: float | None = None,
    ) -> None:
        self._close, self._most, self._usable, self._linger = close, idle, usable, linger
        self._lock = threading.Lock()
        self._idle: list[tuple[Hashable, E, float]] = []
        """The one that has lain longest first, each with the time when it was given back."""
        self._timed = False
        """Whether a timer runs that will close what has lain too long."""
        self._owner = os.getpid()
        atexit.register(self.clear)

    def take(self, key: Hashable, make: Callable[[], E]) -> E:
        """One that nobody uses, or a new one."""
        while (found := self._pop(key)) is not None:
            if self._usable(found):
                return found
            self._close(found)
        return make()

    def give(self, key: Hashable, engine: E) -> None:
        """It is used no more. An engine that broke is not given back but closed."""
        left = None
        with self._lock:
            self._own()
            self._idle.append((key, engine, time.monotonic()))
            if len(self._idle) > self._most:
                left = self._idle.pop(0)[1]
            if self._linger is not None and not self._timed:
                self._later(self._linger)
        if left is not None:
            self._close(left)

    def clear(self) -> None:
        """Close all that lie idle."""
        with self._lock:
            self._own()
            idle, self._idle = self._idle, []
        for _, engine, _ in idle:
            self._close(engine)

    def _pop(self, key: Hashable) -> E | None:
        with self._lock:
            self._own()
            for place in range(len(self._idle) - 1, -1, -1):
                if self._idle[place][0] == key:
                    return self._idle.pop(place)[1]
        return None

    def _own(self) -> None:
        if os.getpid() != self._owner:
            self._idle, self._timed, self._owner = [], False, os.getpid()

    def _later(self, seconds: float) -> None:
        self._timed = True
        timer = threading.Timer(seconds, self._tidy)
        timer.daemon = True
        timer.start()

    def _tidy(self) -> None:
        """Close what has lain too long."""
        assert self._linger is not None
        with self._lock:
            old, self._timed = time.monotonic() - self._linger, False
            left = [engine for _, engine, since in self._idle if since <= old]
            del self._idle[: len(left)]
            if self._idle:
                self._later(max(0.1, self._idle[0][2] - old))
        for engine in left:
            self._close(engine)
