"""The browsers of this process between two episodes of MiniWoB++."""

from __future__ import annotations

import threading
import time

from scoutgym.envs.web.browser.engine import LINGER
from scoutgym.envs.web.wob.browser import WobBrowser


class _Pool:
    """Browsers between two episodes. To give a page back and borrow it again would cost more than half of a reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[float, WobBrowser]] = []

    def take(self) -> WobBrowser:
        """One that nobody uses."""
        with self._lock:
            while self._idle:
                _, found = self._idle.pop()
                if found.usable:
                    return found
        return WobBrowser()

    def give(self, browser: WobBrowser) -> None:
        """It is used no more; where nobody takes it for a while, it is closed."""
        if not browser.usable:
            browser.close()
            return
        with self._lock:
            self._idle.append((time.monotonic(), browser))
            if len(self._idle) == 1:
                self._later(LINGER)

    def _later(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._tidy)
        timer.daemon = True
        timer.start()

    def _tidy(self) -> None:
        with self._lock:
            old = time.monotonic() - LINGER
            left = [browser for since, browser in self._idle if since <= old]
            self._idle = [one for one in self._idle if one[0] > old]
            if self._idle:
                self._later(max(0.1, self._idle[0][0] - old))
        for browser in left:
            browser.close()


POOL = _Pool()
