"""The open web, as far as it is named: one address, the hosts it needs, and an agent in a real Chromium.

Nothing of it is ours, and so nothing that other worlds promise holds: there is no seed and no copy, nobody knows
whether the task was done, and what an agent sends arrives. It is played only where somebody asks for it by its id in
full; no list and no pattern contains it. ::

    gym.make("scoutgym/WebOpen-v0", url="https://docs.example.org/", allow_hosts=["cdn.example.org"], asked="…")

An episode pays nothing by itself: `scoutgym.wrappers.judge.JudgeReward` puts a judge around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Reply
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.world import NEEDS, WebParams, WebState, WebWorld
from scoutgym.types import Task

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.browser import Browser
    from scoutgym.envs.web.browser.picture import Picture

NEVER: dict[str, Any] = {"any": []}
"""A goal that nothing meets."""


class WebOpenParams(WebParams):
    """Where it begins, what can be reached, and what is asked."""

    backend: Literal["chromium"] = Field("chromium", description="scripts run there, so it is a real browser")
    kind: Literal["any"] = Field("any", description="there are no kinds of tasks")
    prefill: Literal[0] = Field(0, description="nothing is done already")
    url: str = Field("", description="where it begins, an http or https address; it must be given")
    allow_hosts: tuple[str, ...] = Field(
        (), description="hosts that can be reached beside that of url: a name (ports 80 and 443), or name:port"
    )
    asked: str = Field("look around", description="what the agent is to do, in words")

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if url and not (urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname):
            raise ValueError("it must be a whole address, like https://example.org/")
        return url


class WebOpen(WebWorld):
    """See the module's docstring."""

    Params, State = WebOpenParams, WebState  # type: ignore[assignment] # there is less to choose than elsewhere
    sites = ()
    kinds = ()
    counts = {"train": 1, "dev": 1, "test": 1}
    params: WebOpenParams
    spec = Spec(
        id="scoutgym/WebOpen-v0",
        family="web",
        group="open",
        about="Use real web pages, on named hosts alone: no seed, no copies, no reward but a judge's.",
        limit="truncate",
        copies="none",
        needs={**NEEDS, "playwright": "web"},
        paper="after Le Sellier De Chezelles et al. 2024, BrowserGym's openended task, arXiv 2412.05467",
    )

    def __init__(self, params: WebOpenParams) -> None:
        super().__init__(params)
        if not params.url:
            raise ValueError(
                f"{self.spec.id} goes out of this machine, so it must be told where: "
                f"gym.make({self.spec.id!r}, url='https://example.org/', allow_hosts=['static.example.org'])"
            )

    def start(self, task: Task, chance: Chance) -> WebState:
        from scoutgym.envs.web.browser.state import BrowserState

        state = WebState(self.params.url, {}, BrowserState(), self.params.asked, dict(NEVER), [])
        browser = self.browser(state)
        try:
            browser.open(self.params.url)
        except BaseException:
            self.close(state)
            raise
        self._read(state, browser)
        state.shown = self._text(state)
        return state

    def browser(self, state: WebState) -> Browser:
        """The one that the episode began with."""
        from scoutgym.envs.web.browser.outside import OutsideBrowser

        if state.live is None:
            state.live = OutsideBrowser(
                self.params.url, self.params.allow_hosts, state.browser, window=self.params.window
            )
        browser: Browser = state.live
        return browser

    def photo(self, state: WebState) -> Picture:
        """Of the page itself: nobody else could load it as it is."""
        taken: Picture = state.live.picture(self.params.marks)
        return taken

    def solver(self, state: WebState) -> list[str]:
        raise NotImplementedError(f"{self.spec.id} has no solver: nobody knows what would do {state.asked!r}")

    def _end(self, state: WebState, text: str) -> Reply:
        return Reply(text, done=True)


register(WebOpen)
