"""An app whose screens are joined by icons, as pages: find a screen, and do there what is asked for.

The same apps, errands, distances and figures as in `scoutgym/WebScreensText-v0`: task i of a split is the same in both.
An icon is a link, a setting a button, the first screen the link at the top, and going back is ``go_back``. A screen's
address cannot be guessed, but one that was shown can be gone to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Privileged, Reply
from scoutgym.envs.grammar import Action
from scoutgym.envs.registry import register
from scoutgym.envs.web.goals import holds
from scoutgym.envs.web.screen_graph.errand import KINDS, instance, named
from scoutgym.envs.web.screen_graph.graph import HOME, AppParams, remaining
from scoutgym.envs.web.screen_graph.on_pages import next_call
from scoutgym.envs.web.screen_graph.spec import spec_of
from scoutgym.envs.web.screen_graph.walk import figures, paid
from scoutgym.envs.web.world import NEEDS, WebParams, WebState, WebWorld
from scoutgym.types import SchemaError, Task

if TYPE_CHECKING:
    from scoutgym.envs.web.sites.database import Database
    from scoutgym.envs.web.world import WebTask


class WebScreensParams(WebParams, AppParams):
    """The shape of the app, what is asked for, and in what browser."""

    kind: str = Field("reach", description="which tasks: any, reach, describe, toggle or answer")


@dataclass
class WebScreensState(WebState):
    """The content is the name of an instance; what is measured is beside it."""

    left: list[int] = field(default_factory=list)
    """After each action, and before the first, how many were left on a shortest way."""
    visited: set[int] = field(default_factory=lambda: {HOME})
    """The screens that were shown."""

    @property
    def name(self) -> str:
        """The instance's."""
        return self.content.partition("|")[2]

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {"left": self.left, "visited": sorted(self.visited)}

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """The state that ``to_json`` wrote.

        Raises:
            SchemaError: a field is missing or wrong, or the content is one that there is not.
        """
        from scoutgym.envs.web.sites.database import changed
        from scoutgym.envs.web.sites.screens.site import SITE

        try:
            site, _, name = record["content"].partition("|")
            database = changed(image(name), record["changes"][SITE.host], name)
            left, visited = [int(one) for one in record["left"]], {int(one) for one in record["visited"]}
            if site != SITE.name or not left:
                raise ValueError("it is of no app, or nowhere")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SchemaError(f"the state of an app is wrong: {error}") from None
        state = super().from_json(record | {"content": f"{site}|train|0", "changes": {SITE.host: {}}})
        state.content, state.databases = record["content"], {SITE.host: database}
        state.left, state.visited = left, visited
        return state


class WebScreens(WebWorld):
    """See the module's docstring."""

    sites = ("screens",)
    kinds = KINDS
    spec = spec_of("scoutgym/WebScreens-v0", "Find a screen of an app by its icons, in a web browser.", NEEDS)
    Params: ClassVar[type[WebParams]] = WebScreensParams
    State = WebScreensState
    params: WebScreensParams

    def first(self, task: Task, chance: Chance) -> WebScreensState:
        from scoutgym.envs.web.sites.database import Database
        from scoutgym.envs.web.sites.screens.site import SITE
        from scoutgym.envs.web.sites.screens.tasks import task_of

        name = named(task, self.params, self.params.kind)
        made = task_of(instance(name))
        state = self.begun(made, f"{SITE.name}|{name}", {SITE.host: Database(image(name), f"{SITE.host} {name}")})
        browser = self.browser(state)
        browser.open(made.start)
        self._read(state, browser)
        state.left = [self._left(state)]
        self._played(state, state.script[: int(self.params.prefill * len(state.script))])
        state.left = state.left[-1:]
        state.shown = self._text(state)
        return state

    def begun(self, made: WebTask, content: str, databases: dict[str, Database]) -> WebScreensState:
        """The state in which a task begins, before the first page is opened."""
        return WebScreensState(**vars(super().begun(made, content, databases)))

    def play(self, state: WebState, action: Action, chance: Chance) -> Reply:
        return self._measured(state, super().play(state, action, chance))

    def refuse(self, state: WebState, reason: str, chance: Chance) -> Reply:
        return self._measured(state, super().refuse(state, reason, chance))

    def _measured(self, state: WebState, reply: Reply) -> Reply:
        """The reply with what the action was worth; whoever changes what nobody asked for has failed."""
        assert isinstance(state, WebScreensState)
        if not reply.done and not holds({"only": {}}, state):
            reply.done, reply.success, reply.text = True, False, f"{reply.text}\nNobody has asked for that."
        if reply.done:
            state.left.append(0 if reply.success else state.left[-1])
        else:
            state.left.append(self._left(state))
        state.visited |= {one for one in self._shown(state)[-1:] if one >= 0}
        reply.rewards = {**reply.rewards, **paid(self.params.closer, *state.left[-2:])}
        return reply

    def _left(self, state: WebScreensState) -> int:
        errand = instance(state.name).errand
        return remaining(errand.far, self._shown(state)) + errand.acts

    def _shown(self, state: WebScreensState) -> list[int]:
        """The screens that one can go back to, and the one that is shown; -1 for other pages."""
        tab, numbers = state.browser.tab, paths(state.name)
        return [numbers.get(entry.url.partition("#")[0], -1) for entry in tab.entries[: tab.place + 1]]

    def figures(self, state: WebState) -> Mapping[str, tuple[float, float]]:
        assert isinstance(state, WebScreensState)
        return figures(state.left, len(state.visited), len(instance(state.name).app.screens))

    def actions(self, state: WebState) -> Sequence[Action]:
        assert isinstance(state, WebScreensState)
        here, found = self._shown(state)[-1], list(super().actions(state))
        if self.params.kind in ("any", "answer") and here >= 0:
            found.append(("send_msg_to_user", str(instance(state.name).app.screens[here].number)))
        return found

    def privileged(self, state: WebState) -> Privileged:
        assert isinstance(state, WebScreensState)
        extra = {**super().privileged(state).extra, "left": state.left[-1]}
        found = instance(state.name)
        return Privileged(found.app.screens[found.errand.target].name, extra=extra)

    def solver(self, state: WebState) -> list[str]:
        """A way by icons and the link to the first screen; a shortest one wherever going back is not shorter."""
        from scoutgym.envs.web.sites.screens.tasks import way

        assert isinstance(state, WebScreensState)
        copy = state.copy()
        try:
            return self._played(copy, way(instance(state.name), self._shown(state)[-1]))
        finally:
            self.close(copy)

    def expert(self, history: History, chance: Chance) -> str:
        return next_call(history)


@lru_cache(maxsize=512)
def image(name: str) -> bytes:
    """The image of the database of an instance.

    Raises:
        ValueError: there is none of this name.
    """
    from scoutgym.envs.web.sites.database import watched
    from scoutgym.envs.web.sites.screens.site import SITE, write

    database = SITE.empty()
    write(database, instance(name).app)
    return watched(database)


@lru_cache(maxsize=512)
def paths(name: str) -> Mapping[str, int]:
    """The screens of an instance by their address."""
    from scoutgym.envs.web.sites.screens.site import SITE, path_of

    app = instance(name).app
    return {f"http://{SITE.host}{path_of(app, number)}": number for number in range(len(app.screens))}


register(WebScreens)
