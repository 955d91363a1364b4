"""Engines that are dear to make and cheap to reset, kept between two episodes.

A world of somebody else's has an engine inside (NetHack, a Java process). Its state takes one when an episode starts,
and `World.close` gives it back.
"""

from __future__ import annotations

import atexit
import os
import threading
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
    """

    def __init__(self, close: Callable[[E], None], idle: int = 16) -> None:
        self._close, self._most = close, idle
        self._lock = threading.Lock()
        self._idle: list[tuple[Hashable, E]] = []
        self._owner = os.getpid()
        atexit.register(self.clear)

    def take(self, key: Hashable, make: Callable[[], E]) -> E:
        """One that nobody uses, or a new one."""
        with self._lock:
            self._own()
            for place in range(len(self._idle) - 1, -1, -1):
                if self._idle[place][0] == key:
                    return self._idle.pop(place)[1]
        return make()

    def give(self, key: Hashable, engine: E) -> None:
        """It is used no more. An engine that broke is not given back but closed."""
        left = None
        with self._lock:
            self._own()
            self._idle.append((key, engine))
            if len(self._idle) > self._most:
                left = self._idle.pop(0)[1]
        if left is not None:
            self._close(left)

    def clear(self) -> None:
        """Close all that lie idle."""
        with self._lock:
            self._own()
            idle, self._idle = self._idle, []
        for _, engine in idle:
            self._close(engine)

    def _own(self) -> None:
        if os.getpid() != self._owner:
            self._idle, self._owner = [], os.getpid()
