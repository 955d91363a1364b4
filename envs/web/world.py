"""A task on web sites, in a browser: what all web worlds share.

The agent reads the page as an accessibility tree and answers with BrowserGym's calls. ``backend="dom"`` shows the pages
in a browser of our own in this process, ``backend="chromium"`` in a real one: the same tasks, texts and rewards.

An episode ends as soon as its goal holds; a message to the user, or the report that the task is infeasible, ends it as
well, and then the goal must hold. Where a task leaves something open, the user answers a question instead. A world's
file names its sites and its kinds of tasks; whatever needs the extra ``web`` is imported when a world is played.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.tasks import part
from scoutgym.envs.web.fields import held, pairs
from scoutgym.envs.web.goals import Goal, holds
from scoutgym.types import SchemaError, Task, digest

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.browser import Browser
    from scoutgym.envs.web.browser.page import Page
    from scoutgym.envs.web.browser.picture import Picture
    from scoutgym.envs.web.browser.state import BrowserState
    from scoutgym.envs.web.sites.database import Database
    from scoutgym.envs.web.sites.site import Site

NEEDS = {"selectolax": "web", "jinja2": "web", "werkzeug": "web"}

CONTENTS = {"train": 64, "dev": 8, "test": 16}
"""How many contents of each site a split has; no two splits share one."""

FIRSTS = 64
"""How many tasks' first states a world remembers: a group plays one task again and again."""

SPOKEN = re.compile(r"(?<!\w)'([^\n]{1,200}?)'(?!\w)")
"""What a task's words put in quotes: texts that may have to be typed."""

SPEECH = {"goto": "goto", "ask": "send_msg_to_user", "say": "send_msg_to_user", "refuse": "report_infeasible"}
"""Steps of a script that no page has to be looked up for."""
TOLD = ("ask", "say", "refuse")
"""Those that say something to the user."""


@dataclass(frozen=True)
class WebTask:
    """One task on the contents of some sites.

    Args:
        asked: what the user wants, in words. What may have to be typed stands in single quotes.
        goal: when it is done; see `scoutgym.envs.web.goals`.
        script: steps that do it, in words of the page: ``["click", role, name]``, ``["fill", name, text]``,
            ``["choose", name, option]``, ``["check", name]``, ``["goto", path]``, ``["ask", question]``,
            ``["say", text]``, ``["refuse", why]``.
        start: the address of the first page.
        answer: what the user says when asked, and the episode goes on; empty where there is nothing to ask.
        asked_test: ``asked`` in words that only the test split has; empty where they are the same.
    """

    asked: str
    goal: Goal
    script: Sequence[Sequence[str]]
    start: str = "/"
    answer: str = ""
    asked_test: str = ""


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


@dataclass
class WebState(State):
    """Databases, browser, and what was said. ``content`` names what the databases began with."""

    content: str
    databases: dict[str, Database]
    browser: BrowserState
    asked: str
    goal: dict[str, Any]
    script: list[list[str]]
    answer: str = ""
    """What the user says when asked."""
    said: list[str] = field(default_factory=list)
    refused: bool = False
    seen: set[str] = field(default_factory=set)
    """Hashes of the pages that were read."""
    shown: str = ""
    """What was read last."""
    filled: set[int] = field(default_factory=set)
    """The fields that have held what is asked."""
    error: str = ""
    live: Any = None
    """A real browser that stands where ``browser`` says; a copy has none."""
    camera: Any = None
    """What takes pictures of it; a copy has none."""

    @property
    def heard(self) -> str:
        """What the user has answered."""
        return self.answer if any("?" in text for text in self.said) else ""

    def copy(self) -> Self:
        """An independent copy; its real browser is opened when it is needed."""
        new = super().copy()
        new.databases = {host: one.copy() for host, one in self.databases.items()}
        new.live = new.camera = None
        return new

    def to_json(self) -> dict[str, Any]:
        """The rows that differ from the first content, the browser, and what was said."""
        from scoutgym.envs.web.sites.database import changes

        return {
            "content": self.content,
            "changes": {host: changes(one) for host, one in self.databases.items()},
            "browser": self.browser.to_json(),
            "asked": self.asked,
            "goal": self.goal,
            "script": self.script,
            "answer": self.answer,
            "said": self.said,
            "refused": self.refused,
            "seen": sorted(self.seen),
            "shown": self.shown,
            "filled": sorted(self.filled),
            "error": self.error,
        }

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """The state that ``to_json`` wrote.

        Raises:
            SchemaError: a field is missing or wrong, or the content is one that there is not.
        """
        from scoutgym.envs.web.browser.state import BrowserState
        from scoutgym.envs.web.sites.database import changed

        try:
            hosts, split, number = record["content"].split("|")
            images = contents(hosts, split, int(number))
            browser = BrowserState.from_json(record["browser"])
            places = [(browser.active, len(browser.tabs)), *((tab.place, len(tab.entries)) for tab in browser.tabs)]
            if not all(0 <= place < number for place, number in places):
                raise ValueError("the browser stands nowhere")
            return cls(
                **cls.more(record),
                content=record["content"],
                databases={
                    host: changed(image, record["changes"][host], f"{host} {split} {number}")
                    for host, image in images.items()
                },
                browser=browser,
                asked=str(record["asked"]),
                goal=dict(record["goal"]),
                script=[[str(word) for word in step] for step in record["script"]],
                answer=str(record["answer"]),
                said=[str(text) for text in record["said"]],
                refused=bool(record["refused"]),
                seen={str(one) for one in record["seen"]},
                shown=str(record["shown"]),
                filled={int(place) for place in record["filled"]},
                error=str(record["error"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, ModuleNotFoundError) as error:
            raise SchemaError(f"the state of a web world is wrong: {error}") from None

    @classmethod
    def more(cls, record: Any) -> dict[str, Any]:
        """The fields of a subclass, from what its ``to_json`` wrote."""
        return {}

    def gives(self, text: str, item: str) -> bool:
        """Whether a text gives an item of personal data whole."""
        raise ValueError(f"this task has no item {item!r}")


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
        kind, *words = step
        if kind in SPEECH:
            return (SPEECH[kind], words[0])
        page = self._page(state)
        if kind == "click":
            found = page.find(words[0], words[1])
        else:
            found = [bid for bid in page.roles if _fits(page, bid, kind, words[0])]
        if not found:
            raise ValueError(f"nothing on {state.browser.tab.here.url} is meant by {list(step)}")
        if kind == "click":
            return ("click", found[0])
        if kind == "fill":
            return ("fill", found[0], words[1])
        return ("select_option", found[0], (words[1],)) if kind == "choose" else ("check", found[0])

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
        from scoutgym.envs.web.browser.page import page_of

        return page_of(state.browser.tab.here.html)

    def _told(self, state: WebState) -> str:
        """What the agent reads now; it is then what was read last."""
        before, state.shown = state.shown, self._text(state)
        lines = [f"Error: {state.error}"] if state.error else []
        tabs = state.browser.tabs
        if len(tabs) > 1:
            names = ", ".join(f"{number} {tab.here.url}" for number, tab in enumerate(tabs))
            lines.append(f"Tabs: {names}; tab {state.browser.active} is in front.")
        now, old = state.shown.split("\n"), before.split("\n")
        if self.params.view == "short" and now[:2] == old[:2]:
            now = [line for line in now if line not in old] or ["Nothing has changed."]
        return "\n".join([*lines, *now])

    def _text(self, state: WebState) -> str:
        """Address and page."""
        here, page = state.browser.tab.here, self._page(state)
        if self.params.view == "axtree":
            text = page.text(here.fields, here.focus)
        else:
            from scoutgym.envs.web.browser.markdown import markdown

            text = markdown(page, here.fields, "main" if self.params.view == "short" else "body")
        return f"URL: {here.url}\n{text}"

    def _paid(self, state: WebState) -> dict[str, float]:
        """For fields that hold what is asked for the first time."""
        wanted = pairs(state.script)
        new = held(wanted, self._page(state), state.browser.tab.here.fields) - state.filled
        state.filled |= new
        return {"fields": self.params.fields * len(new) / len(wanted)} if new and self.params.fields else {}

    def _end(self, state: WebState, text: str) -> Reply:
        return Reply(text, done=True, success=holds(state.goal, state))


SITES = "scoutgym.envs.web.sites"


def site_of(name: str) -> Site:
    """The site of a folder."""
    found: Site = import_module(f"{SITES}.{name}").SITE
    return found


@lru_cache(maxsize=256)
def contents(names: str, split: str, number: int) -> dict[str, bytes]:
    """By host, the image of the database that a content of a split begins with.

    Args:
        names: of the sites, joined by commas.
        split: train, dev or test.
        number: of the content.

    Raises:
        ValueError: there is no such site or content.
    """
    from scoutgym.envs.web.sites.database import watched

    if not 0 <= number < CONTENTS.get(split, 0):
        raise ValueError(f"there is no content {number} of the split {split!r}")
    images = {}
    for name in names.split(","):
        if not re.fullmatch(r"[a-z]+", name):
            raise ValueError(f"{name!r} is no site")
        site = site_of(name)
        database = site.empty()
        import_module(f"{SITES}.{name}").fill(database, Chance(digest("web", name, split, number)))
        images[site.host] = watched(database)
    return images


def _fits(page: Page, bid: int, kind: str, name: str) -> bool:
    """Whether an element is the control of this name that a step of a script means."""
    control = page.controls.get(bid)
    if control is None or page.names[bid] != name:
        return kind == "check" and control is not None and page.names[bid].startswith(f"{name}, ")
    if kind == "check":
        return control.kind in ("checkbox", "radio")
    return (control.kind == "select") == (kind == "choose") and control.kind not in ("submit", "button", "reset")
