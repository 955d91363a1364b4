"""MiniWoB++: 130 small pages with a task each, in a real Chromium.

The pages are those of the package ``miniwob`` (MIT license), and so are their tasks and rewards. What differs from the
package, which plays them against the clock:

- there is no time limit and no discount for time. A page's time stands still while an agent thinks: with every action
  half a second passes, with ``noop(wait_ms=…)`` as much as it says (`scoutgym.envs.web.wob.clock`);
- an episode is a function of its task and its actions, so it can be saved, and is played again to be restored;
- it succeeds where the page's raw reward is above 0. What is not, a partial or a negative reward, is a failure, and no
  worse than any other; the raw reward itself is the part ``raw``, which weighs nothing by default.

The agent reads the accessibility tree, with what else it takes to see shapes and colors (`scoutgym.envs.web.wob.view`),
and answers with BrowserGym's calls, those by coordinates included (`scoutgym.envs.web.wob.actions`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.envs.tasks import nearest, part
from scoutgym.envs.web.wob.pages import HELD_OUT, LONG, PAGES
from scoutgym.types import Task

if TYPE_CHECKING:
    from scoutgym.envs.web.wob.browser import WobBrowser

SPOKEN = re.compile(r'"([^"\n]{1,100})"')
"""What a task's words put in quotes."""

CHOICES = 12
"""Texts that a random player may type."""


class MiniWoBParams(Params):
    """Which page, and how much of it is done already."""

    task: str = Field("click-button", description="the name of a page; there are 130")
    prefill: float = Field(0.0, ge=0, lt=1, description="the part of the solver's script that is done at the start")
    max_turns: int = Field(30, ge=1, le=1000, description="how many actions there are")


@dataclass
class WobState(State):
    """What makes the episode, and what the agent has read. The page itself is ``live``."""

    test: bool
    seed: str
    asked: str = ""
    shown: str = ""
    error: str = ""
    raw: float = 0.0
    live: Any = None


class MiniWoB(World[WobState]):
    """See the module's docstring."""

    Params, State = MiniWoBParams, WobState
    spec = Spec(
        id="scoutgym/MiniWoB-v0",
        family="web",
        group="miniwob",
        about="130 small web tasks (MiniWoB++) in Chromium: click, type, drag, draw, search, book.",
        presets={page: {"task": page} | ({"max_turns": LONG[page]} if page in LONG else {}) for page in PAGES},
        rewards={"raw": Part("what the page itself pays at the end, without its discount for time", -1.0, 1.0, 0.0)},
        limit="truncate",
        holdout="surface",
        copies="replay",
        needs={"miniwob": "miniwob", "playwright": "web", "werkzeug": "web", "selectolax": "web", "PIL": "web"},
        paper="Shi et al. 2017, World of Bits; Liu et al. 2018, arXiv 1802.08802 (MiniWoB++); prefill after Gur et al. "
        "2019, QWeb, arXiv 1812.09195",
    )
    params: MiniWoBParams

    def __init__(self, params: MiniWoBParams) -> None:
        super().__init__(params)
        if params.task not in PAGES:
            raise ValueError(f"MiniWoB++ has no page {params.task!r}{nearest(params.task, PAGES)}")
        self.holdout = "surface" if params.task in HELD_OUT else "none"

    def start(self, task: Task, chance: Chance) -> WobState:
        from scoutgym.envs.web.wob.pool import take
        from scoutgym.envs.web.wob.solvers import solution

        split = part(task.split)
        state = WobState(split == "test" and self.params.task in HELD_OUT, f"{split} {chance.bits():016x}")
        browser = state.live = take()
        self._begin(browser, state)
        if self.params.prefill:
            script = solution(self.params.task, browser)
            self._begin(browser, state)
            for action in script[: int(self.params.prefill * len(script))]:
                browser.act(action)
        state.asked, state.shown = browser.asked, browser.view.text
        return state

    def intro(self, state: WobState, role: str) -> str:
        return f"{state.asked}\n\n{state.shown}"

    def grammar(self, state: WobState) -> Grammar:
        from scoutgym.envs.web.wob.actions import GRAMMAR

        return GRAMMAR

    def play(self, state: WobState, action: Action, chance: Chance) -> Reply:
        browser: WobBrowser = state.live
        state.error = browser.act(action)
        state.shown = browser.view.text
        said = f"Error: {state.error}\n{state.shown}" if state.error else state.shown
        if not browser.done:
            return Reply(said, invalid=bool(state.error))
        state.raw = min(1.0, max(-1.0, browser.raw))
        success = state.raw > 0
        said = f"Error: {state.error}" if state.error else "That was right." if success else "That was wrong."
        return Reply(said, rewards={"raw": state.raw}, done=True, success=success, invalid=bool(state.error))

    def refuse(self, state: WobState, reason: str, chance: Chance) -> Reply:
        state.error = f"{reason}. An action looks like click('12')"
        return Reply(f"Error: {state.error}\n{state.shown}", invalid=True)

    def out_of_turns(self, state: WobState) -> str:
        return "You have run out of actions."

    def close(self, state: WobState) -> None:
        if state.live is not None:
            from scoutgym.envs.web.wob.pool import give

            give(state.live)
            state.live = None

    @property
    def pictures(self) -> bool:
        """There are."""
        return True

    def picture(self, state: WobState) -> NDArray[np.uint8]:
        """The page, which is 160 pixels wide and 210 high, at twice its size."""
        from PIL import Image

        with Image.open(BytesIO(state.live.picture())) as image:
            return np.asarray(image.convert("RGB"))

    # What is known of it.

    def actions(self, state: WobState) -> Sequence[Action]:
        """Clicks on what takes them, choices of lists, and texts: those that the task quotes, or its words."""
        texts = (SPOKEN.findall(state.asked) or re.findall(r"[\w@.-]+", state.asked))[:CHOICES]
        found: list[Action] = [("noop", 1000)]
        for bid, role in state.live.view.roles.items():
            element = state.live.view.elements[bid]
            if element.box is None:
                continue
            if element.tag == "select":
                labels = [one.all_text() for one in element.children if one.tag == "option"]
                found += [("select_option", bid, (label,)) for label in labels if label]
            elif role in ("textbox", "searchbox", "spinbutton", "Date", "InputTime"):
                found += [("fill", bid, text) for text in texts]
            elif element.clickable or role in ("button", "link", "checkbox", "radio", "tab", "menuitem"):
                found.append(("click", bid))
        return found

    def privileged(self, state: WobState) -> Privileged:
        """``fields``: of a form, what belongs in each field that the page shows, and that as an instruction."""
        from scoutgym.envs.web.wob.solvers import fields

        return Privileged(extra={"seed": state.seed, "fields": fields(self.params.task, state.live)})

    def hidden_key(self, state: WobState) -> Any:
        return [self.params.task, state.seed]

    def known(self, state: WobState, role: str) -> Any:
        return [state.asked, [list(action) for action in state.live.played], self.view(state, role)]

    def view(self, state: WobState, role: str) -> Any:
        return [state.shown, state.error]

    def solver(self, state: WobState) -> list[str]:
        """What the page's script does from here, found by doing it on another copy of the page.

        Raises:
            ValueError: there is no script for this page, or it does not succeed from here.
        """
        from scoutgym.envs.web.wob.actions import GRAMMAR
        from scoutgym.envs.web.wob.pool import give, take
        from scoutgym.envs.web.wob.solvers import solution

        browser = take()
        try:
            self._begin(browser, state)
            for action in state.live.played:
                browser.act(action)
            return [GRAMMAR.format(action) for action in solution(self.params.task, browser)]
        finally:
            give(browser)

    def board(self, state: WobState) -> str:
        from rich.markup import escape

        return f"[bold]{escape(state.asked)}[/bold]\n\n{escape(state.shown)}"

    def _begin(self, browser: WobBrowser, state: WobState) -> None:
        browser.begin(self.params.task, state.test, state.seed)


register(MiniWoB)
