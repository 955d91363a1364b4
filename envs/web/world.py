"""A task on web sites, in a browser: what all web worlds share.

The agent reads the page as an accessibility tree and answers with BrowserGym's calls. ``backend="dom"`` shows the pages
in a browser of our own in this process, ``backend="chromium"`` in a real one: the same tasks, texts and rewards.

An episode ends as soon as its goal holds; a message to the user, or the report that the task is infeasible, ends it as
well, and then the goal must hold. Where a task leaves something open, the user answers a question instead. A world's
file names its sites and its kinds of tasks; whatever needs the extra ``web`` is imported when a world is played.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Privileged, Reply, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.tasks import part
from scoutgym.envs.web.content import CONTENTS, SITES, contents, site_of
from scoutgym.envs.web.fields import held, pairs
from scoutgym.envs.web.goals import holds
from scoutgym.envs.web.reading import text, told
from scoutgym.envs.web.state import WebState
from scoutgym.envs.web.task import SPOKEN, TOLD, WebTask, action_of
from scoutgym.types import Task

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.browser import Browser
    from scoutgym.envs.web.browser.page import Page
    from scoutgym.envs.web.browser.picture import Picture
    from scoutgym.envs.web.sites.database import Database
    from scoutgym.envs.web.sites.site import Site

__all__ = ["CONTENTS", "NEEDS", "SPOKEN", "WebParams", "WebState", "WebTask", "WebWorld", "contents", "site_of"]

NEEDS = {"selectolax": "web", "jinja2": "web", "werkzeug": "web"}

FIRSTS = 64
"""How many tasks' first states a world remembers: a group plays one task again and again."""


class WebParams(Params):
    """Which tasks, and in what browser."""

    engine = ("backend", "window", "marks")

    backend: Literal["dom", "chromium"] = Field("dom", description="the browser: in this process, or a real one")
    window: bool = Field(False, description="chromium: whether a person can watch it, in a window")
    marks: bool = Field(False, description="chromium: whether pictures show the numbers of elements")
    kind: str = Field("any", description="which tasks: any, or a group or a kind of the world's")
    view: Literal["axtree", "markdown", "short"] = Field(
        "axtree",
        description="how a page is read: BrowserGym's way; as Markdown; or of that what is the page's own, and of one "
        "that was read already only the lines that have changed, with the commonest calls alone explained",
    )
    prefill: float = Field(0.0, ge=0, lt=1, description="the part of a task that is done already at the start")
    fields: float = Field(
        0.0, ge=0, le=10, description="what all fields of a task pay together, each when it first holds what is asked"
    )
    max_turns: int = Field(30, ge=1, le=1000, description="how many actions there are")


class WebWorld(World[WebState]):
    """See the module's docstring. A world gives its ``spec``, ``sites``, and ``kinds`` of tasks."""

    Params, State = WebParams, WebState
    sites: ClassVar[tuple[str, ...]]
    """Their names: folders of `scoutgym.envs.web.sites`; the first is where a task begins."""
    kinds: ClassVar[tuple[str, ...]]
    """Functions ``(databases, chance) -> WebTask`` of the module ``tasks`` of the first site."""
    groups: ClassVar[Mapping[str, Sequence[str]]] = {}
    """Names that stand for several of the kinds."""

    params: WebParams

    def __init__(self, params: WebParams) -> None:
        super().__init__(params)
        known = ("any", *self.groups, *self.kinds)
        if params.kind not in known:
            raise ValueError(f"{self.spec.id} has no kind {params.kind!r}: it may be {', '.join(known)}")
        if params.fields and "fields" not in self.spec.rewards:
            raise ValueError(f"{self.spec.id} pays nothing for fields: leave fields={params.fields:g} out")
        self._firsts: dict[bytes, WebState] = {}

    def forget(self) -> None:
        """Forget how tasks began."""
        self._firsts.clear()

    def start(self, task: Task, chance: Chance) -> WebState:
        known = self._firsts.get(task.instance)
        if known is not None:
            return known.copy()
        state = self.first(task, chance)
        if self.params.backend == "dom":  # a real browser has to go there each time
            if len(self._firsts) >= FIRSTS:
                del self._firsts[next(iter(self._firsts))]
            self._firsts[task.instance] = state.copy()
        return state

    def first(self, task: Task, chance: Chance) -> WebState:
        """The first state of a task, made anew."""
        from scoutgym.envs.web.sites.database import Database, changed_name, changes

        split = part(task.split)
        number = chance.below(CONTENTS[split])
        kind = self.drawn(chance)
        sites = ",".join(self.sites_of(kind))
        images = contents(sites, split, number)
        databases = {host: Database(image, f"{host} {split} {number}") for host, image in images.items()}
        made = self.made(kind, split, databases, chance.stream(kind))
        for host, database in databases.items():
            if not database.name:  # the task has put something there
                database.name = changed_name(f"{host} {split} {number}", changes(database))
        state = self.begun(made, f"{sites}|{split}|{number}", databases)
        browser = self.browser(state)
        browser.open(made.start)
        self._read(state, browser)
        self._played(state, state.script[: int(self.params.prefill * len(state.script))])
        state.shown = self._text(state)
        return state

    def drawn(self, chance: Chance) -> str:
        """The kind of an episode's task."""
        kinds = self.kinds if self.params.kind == "any" else self.groups.get(self.params.kind)
        return chance.choice(kinds) if kinds else self.params.kind

    def sites_of(self, kind: str) -> Sequence[str]:
        """The sites that tasks of a kind are on; it begins at the first."""
        return self.sites

    def made(self, kind: str, split: str, databases: dict[str, Database], chance: Chance) -> WebTask:
        """A task of a kind."""
        task: WebTask = getattr(import_module(f"{SITES}.{self.sites[0]}.tasks"), kind)(databases, chance)
        return replace(task, asked=task.asked_test) if split == "test" and task.asked_test else task

    def begun(self, made: WebTask, content: str, databases: dict[str, Database]) -> WebState:
        """The state in which a task begins, before the first page is opened."""
        from scoutgym.envs.web.browser.state import BrowserState
        from scoutgym.envs.web.sites.database import cookies

        browser = BrowserState(cookies={host: cookies(database) for host, database in databases.items()})
        script = [list(step) for step in made.script]
        return WebState(content, databases, browser, made.asked, dict(made.goal), script, made.answer)

    def intro(self, state: WebState, role: str) -> str:
        talk = "".join(f"\nYou have asked: {text}\nThey answer: {state.answer}" for text in state.said)
        return f"You use a web browser for somebody who asks: {state.asked}{talk}\n\n{state.shown}"

    def grammar(self, state: WebState) -> Grammar:
        from scoutgym.envs.web.browser.actions import BRIEF, GRAMMAR

        return BRIEF if self.params.view == "short" else GRAMMAR

    def play(self, state: WebState, action: Action, chance: Chance) -> Reply:
        state.error = ""
        if action[0] == "send_msg_to_user":
            state.said.append(action[1])
            if not (state.answer and "?" in action[1]):
                return self._end(state, "You have answered.")
            done = holds(state.goal, state)
            text = f"The user answers: {state.answer}\n\n{self._told(state)}"
            return Reply(text, done=done, success=True if done else None)
        if action[0] == "report_infeasible":
            state.said.append(action[1])
            state.refused = True
            return self._end(state, "You have said that it cannot be done.")
        browser = self.browser(state)
        state.error = browser.act(action)
        self._read(state, browser)
        rewards, done = self._paid(state), holds(state.goal, state)
        return Reply(self._told(state), rewards, done=done, success=True if done else None, invalid=bool(state.error))

    def refuse(self, state: WebState, reason: str, chance: Chance) -> Reply:
        state.error = f"{reason}. An action looks like click('12')"
        return Reply(self._told(state), invalid=True)

    def out_of_turns(self, state: WebState) -> str:
        return "You have run out of actions."

    def close(self, state: WebState) -> None:
        for one in (state.live, state.camera):
            if one is not None:
                one.close()
        state.live = state.camera = None

    # What is known of it.

    def actions(self, state: WebState) -> Sequence[Action]:
        """What is read of the page and can be done; texts to type are those that the task puts in quotes."""
        page, found = self._page(state), list[Action]()
        spoken = self.spoken(state)
        for bid in page.roles:
            if self.params.view == "short" and page.elements[bid].within("main") is None:
                continue
            control = page.controls.get(bid)
            if control is None:
                found += [("click", bid)] if bid in page.links else []
            elif control.disabled:
                continue
            elif control.kind == "select":
                found += [("select_option", bid, (one.label,)) for one in control.options if not one.disabled]
            elif control.kind in ("submit", "button", "reset", "checkbox", "radio"):
                found.append(("click", bid))
            elif not control.readonly:
                found += [("fill", bid, text) for text in spoken if control.typed(text) == text]
        if state.browser.tab.place:
            found.append(("go_back",))
        found += [("send_msg_to_user", text) for text in spoken]
        found.append(("report_infeasible", "it cannot be done"))
        return found

    def spoken(self, state: WebState) -> Sequence[str]:
        """The texts that may have to be typed."""
        return list(dict.fromkeys(SPOKEN.findall(f"{state.asked} {state.heard}")))

    def privileged(self, state: WebState) -> Privileged:
        return Privileged(extra={"goal": state.goal, "content": state.content, "fields": pairs(state.script)})

    def hidden_key(self, state: WebState) -> Any:
        return [state.content, state.asked]

    def known(self, state: WebState, role: str) -> Any:
        return [state.asked, state.heard, sorted(state.seen), self.view(state, role)]

    def view(self, state: WebState, role: str) -> Any:
        return [state.shown, state.error, state.said]

    def solver(self, state: WebState) -> list[str]:
        """What of the task's script is still to be done, its words looked up on the pages as they come.

        Raises:
            ValueError: nothing of it leads to the goal from here.
        """
        failed = ""
        for done in reversed(range(len(state.script))):
            copy = state.copy()
            try:
                if done and any(step[0] in TOLD for step in state.script[done:]):  # not before it could be known
                    self._played(copy, state.script[:done])
                    here, there = state.browser.tab.here, copy.browser.tab.here
                    if (here.url, here.fields) != (there.url, there.fields):
                        continue
                    copy = state.copy()
                actions = self._played(copy, state.script[done:])
                if holds(state.goal, copy):
                    return actions
                failed = "the goal does not hold at its end"
            except ValueError as error:
                failed = str(error)
            finally:
                self.close(copy)
        raise ValueError(f"{state.asked!r} cannot be done by its script from {state.browser.tab.here.url}: {failed}")

    def _played(self, state: WebState, script: Sequence[Sequence[str]]) -> list[str]:
        """The actions of a script's steps, until the episode is over."""
        from scoutgym.envs.web.browser.actions import GRAMMAR

        actions = []
        for step in script:
            action = self.looked_up(state, step)
            actions.append(GRAMMAR.format(action))
            reply = self.play(state, action, Chance(b"solver"))
            if state.error:
                raise ValueError(f"{list(step)}: {state.error}")
            if reply.done:
                break
        return actions

    def looked_up(self, state: WebState, step: Sequence[str]) -> Action:
        """The action of a step of a script, on the page that is shown.

        Raises:
            ValueError: the page has no such element.
        """
        action = action_of(self._page(state), step)
        if action is None:
            raise ValueError(f"nothing on {state.browser.tab.here.url} is meant by {list(step)}")
        return action

    def board(self, state: WebState) -> str:
        from rich.markup import escape

        return f"[bold]{escape(state.asked)}[/bold]\n\n{escape(state.shown)}"

    @property
    def pictures(self) -> bool:
        """On a real browser."""
        return self.params.backend == "chromium"

    def picture(self, state: WebState) -> NDArray[np.uint8]:
        """All of the page in front."""
        return self.photo(state).pixels()

    def photo(self, state: WebState) -> Picture:
        """All of the page in front, and where its elements are on it."""
        from scoutgym.envs.web.browser.picture import Camera

        if state.camera is None:
            state.camera = Camera(self.network(state), state.databases)
        taken: Picture = state.camera.take(state.browser.tab.here, self.params.marks)
        return taken

    # Inside.

    def network(self, state: WebState) -> dict[str, Site]:
        """The sites of an episode, by host."""
        return {site.host: site for site in map(site_of, state.content.partition("|")[0].split(","))}

    def browser(self, state: WebState) -> Browser:
        """The browser that stands where ``state`` says."""
        sites = self.network(state)
        if self.params.backend == "dom":
            from scoutgym.envs.web.browser.dom import DomBrowser

            return DomBrowser(sites, state.databases, state.browser)
        if state.live is None:
            from scoutgym.envs.web.browser.chromium import ChromiumBrowser
            from scoutgym.envs.web.browser.engine import Look

            look = Look(pictures=True, window=True) if self.params.window else Look()
            state.live = ChromiumBrowser(sites, state.databases, state.browser, look)
        live: Browser = state.live
        return live

    def _read(self, state: WebState, browser: Browser) -> None:
        state.browser = browser.state
        state.seen.add(f"{browser.page.key} {browser.here.url}")  # a browser writes HTML in its own way

    def _page(self, state: WebState) -> Page:
        return state.page

    def _told(self, state: WebState) -> str:
        return told(state, self.params.view)

    def _text(self, state: WebState) -> str:
        return text(state, self.params.view)

    def _paid(self, state: WebState) -> dict[str, float]:
        """For fields that hold what is asked for the first time."""
        if not state.browser.tab.here.fields:
            return {}
        wanted = pairs(state.script)
        new = held(wanted, self._page(state), state.browser.tab.here.fields) - state.filled
        state.filled |= new
        return {"fields": self.params.fields * len(new) / len(wanted)} if new and self.params.fields else {}

    def _end(self, state: WebState, text: str) -> Reply:
        return Reply(text, done=True, success=holds(state.goal, state))
