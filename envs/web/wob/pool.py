"""The browsers of this process between two episodes of MiniWoB++.

To give a page back to Chromium and borrow it again would cost more than half of a reset.
"""

from __future__ import annotations

from scoutgym.envs.engines import Pool
from scoutgym.envs.web.browser.engine import LINGER
from scoutgym.envs.web.wob.browser import WobBrowser

_POOL: Pool[WobBrowser] = Pool(WobBrowser.close, usable=lambda browser: browser.usable, linger=LINGER)


def take() -> WobBrowser:
    """One that nobody uses."""
    return _POOL.take("page", WobBrowser)


def give(browser: WobBrowser) -> None:
    """It is used no more."""
    if browser.usable:
        _POOL.give("page", browser)
    else:
        browser.close()
