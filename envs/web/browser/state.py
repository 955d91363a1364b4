"""What a browser is in the midst of: tabs, histories, what was typed, cookies. JSON, the same for both back ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scoutgym.envs.core import State
from scoutgym.envs.web.browser.controls import Value

BLANK = "about:blank"
LONGEST_HISTORY = 50
"""Pages in a tab's history, as in Chromium; the oldest are forgotten."""

BLANK_HTML = "<!doctype html><html><head><title></title></head><body></body></html>"


@dataclass
class Entry(State):
    """A page in a tab's history. ``html`` is kept of the one that is shown, and of answers to a POST; going back
    asks for all others again.
    """

    url: str
    html: str = ""
    fields: dict[int, Value] = field(default_factory=dict)
    """What the user changed on it while it is shown; see `scoutgym.envs.web.browser.controls`."""
    kept: dict[str, list[list[str]]] = field(default_factory=dict)
    """What its controls get again when somebody returns to it; see `scoutgym.envs.web.browser.kept`."""
    focus: int = 0
    """The element that has the focus; 0 where none has."""
    posted: bool = False
    """Whether it is the answer to a POST."""
    document: int = 0
    """Pages of one document, which differ in the fragment of their address, have the same number."""


@dataclass
class Tab(State):
    """One tab."""

    entries: list[Entry]
    place: int = 0

    @property
    def here(self) -> Entry:
        """The page that is shown."""
        return self.entries[self.place]


@dataclass
class BrowserState(State):
    """All of it."""

    tabs: list[Tab] = field(default_factory=lambda: [Tab([Entry(BLANK, BLANK_HTML)])])
    active: int = 0
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    """By host and name."""

    @property
    def tab(self) -> Tab:
        """The tab in front."""
        return self.tabs[self.active]

    def copy(self) -> BrowserState:
        """An independent copy."""
        cookies = {host: found.copy() for host, found in self.cookies.items()}
        return BrowserState([tab.copy() for tab in self.tabs], self.active, cookies)

    def to_json(self) -> dict[str, Any]:
        """The state as JSON values, without what is as in a new entry."""
        tabs = [
            {
                "entries": [{name: value for name, value in vars(one).items() if value} for one in tab.entries],
                "place": tab.place,
            }
            for tab in self.tabs
        ]
        return {"tabs": tabs, "active": self.active, "cookies": self.cookies}
