"""Threads in which judges are asked, and which nobody has to wait for.

A pool of `concurrent.futures` is joined when the interpreter ends, so one question that is never answered would keep
it for ever. These threads end with the interpreter, whatever they wait for, and by themselves when there is no work.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")


class Workers:
    """Work for at most ``count`` threads at once, in the order in which it comes.

    Args:
        count: of threads.
    """

    def __init__(self, count: int) -> None:
        self._count, self._running = count, 0
        self._waiting: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._begun: set[Future[Any]] = set()
        self._lock = threading.Lock()

    def submit(self, work: Callable[..., T], *given: Any) -> Future[T]:
        """Have ``work(*given)`` done. What it raises, the future raises."""
        future: Future[T] = Future()
        with self._lock:
            self._waiting.append((future, work, given))
            if self._running < self._count:
                self._running += 1
                threading.Thread(target=self._work, daemon=True, name="judge").start()
        return future

    def stop(self, seconds: float = 0.0) -> None:
        """Give up what has not begun, and wait so long for what has."""
        with self._lock:
            waiting, begun = list(self._waiting), list(self._begun)
            self._waiting.clear()
        for future, _, _ in waiting:
            future.cancel()
        wait(begun, seconds)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running -= 1
                    return
                future, work, given = self._waiting.popleft()
                if not future.set_running_or_notify_cancel():
                    continue
                self._begun.add(future)
            try:
                future.set_result(work(*given))
            except BaseException as error:  # it is of no use here, but whoever waits for the future gets it
                future.set_exception(error)
            with self._lock:
                self._begun.remove(future)
