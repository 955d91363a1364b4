"""An app whose screens are joined by icons, as text: find a screen, and do there what is asked for.

After GUI Exploration Lab: screens, icons and a navigation graph are drawn for each task, and nobody has a map. What a
screen shows is its name, what it is about, its number, and its icons as a numbered list; `scoutgym/WebScreens-v0` has
the same apps as pages. An icon may be called otherwise than the screen that it opens, lead to a notice and nowhere
else, or do nothing. Who changes a setting that nobody asked for has failed.

The graph is what is hidden. What names say of it cannot be put into a posterior without a model of language, so there
is no belief oracle. The test split has words of its own. Episodes that run out of actions are truncated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Integer
from scoutgym.envs.registry import register
from scoutgym.envs.web.screen_graph.errand import Instance, instance, named
from scoutgym.envs.web.screen_graph.expert import next_step
from scoutgym.envs.web.screen_graph.graph import HOME, MOST, NUMBERS, App, AppParams, remaining
from scoutgym.envs.web.screen_graph.spec import spec_of
from scoutgym.envs.web.screen_graph.walk import figures, paid
from scoutgym.types import SchemaError, Task

KEPT = 50
"""Screens that one can go back to, as many as pages in a browser."""


class ScreensTextParams(AppParams):
    """The shape of the app, and what is asked for."""

    kind: Literal["any", "reach", "describe", "toggle", "answer"] = Field(
        "reach",
        description="open a screen that is named, or described; there, switch a setting; tell what stands there",
    )
    max_turns: int = Field(30, ge=1, le=1000, description="how many actions there are")


@dataclass
class ScreensTextState(State):
    """``name`` is the instance's, from which everything that does not change is drawn anew."""

    name: str
    shown: list[int]
    """The screens that one can go back to, and the one that is shown."""
    left: list[int]
    """After each action, and before the first, how many were left on a shortest way."""
    seen: set[int]
    tapped: set[tuple[int, int]] = field(default_factory=set)
    """Screens, and icons there, of which it is known where they lead."""


class ScreensText(World[ScreensTextState]):
    """See the module's docstring."""

    spec = spec_of("scoutgym/WebScreensText-v0", "Find a screen of an app by its icons.")
    Params, State = ScreensTextParams, ScreensTextState
    params: ScreensTextParams

    def __init__(self, params: ScreensTextParams) -> None:
        super().__init__(params)
        forms = [
            Form("tap {icon}", "a line of the list", icon=Integer(1, MOST + 1)),
            Form("back", "to what was shown before"),
            Form("home", "to the first screen"),
        ]
        if params.kind in ("any", "answer"):
            forms.append(Form("say {number}", "the answer", number=Integer(NUMBERS[0], NUMBERS[1] - 1)))
        self._grammar = Grammar(*forms)

    def load_state(self, record: Any) -> ScreensTextState:
        state = super().load_state(record)
        try:
            count = len(instance(state.name).app.screens)
        except ValueError as error:
            raise SchemaError(f"the state of an app is wrong: {error}") from None
        if not state.left or not state.shown or not {*state.shown, *state.seen} <= set(range(count)):
            raise SchemaError("the state of an app is wrong: it shows a screen that there is not")
        return state

    def start(self, task: Task, chance: Chance) -> ScreensTextState:
        name = named(task, self.params, self.params.kind)
        errand = instance(name).errand
        return ScreensTextState(name, [HOME], [errand.far[HOME] + errand.acts], {HOME})

    def intro(self, state: ScreensTextState, role: str) -> str:
        found = instance(state.name)
        return (
            f"You have the app {found.app.name} before you, and no map of it. {found.errand.asked} "
            f"Change nothing else.\n\n{told(found.app, HOME)}"
        )

    def grammar(self, state: ScreensTextState) -> Grammar:
        return self._grammar

    def play(self, state: ScreensTextState, action: Action, chance: Chance) -> Reply:
        found, here = instance(state.name), state.shown[-1]
        screen, errand = found.app.screens[here], found.errand
        if action[0] == "say":
            right = errand.kind == "answer" and action[1] == found.app.screens[errand.target].number
            return self._over(state, right, "That is the number." if right else "That is not the number asked for.")
        if action[0] == "back":
            if len(state.shown) == 1:
                return self._shown(state, found, "There is nothing to go back to.", invalid=True)
            state.shown.pop()
        elif action[0] == "home":
            self._open(state, HOME)
        elif action[1] <= len(screen.icons):
            state.tapped.add((here, action[1]))
            target = screen.icons[action[1] - 1].target
            if target == here:
                return self._shown(state, found, "Nothing opens.")
            self._open(state, target)
        elif action[1] == len(screen.icons) + 1 and screen.setting:
            right = errand.kind == "toggle" and here == errand.target
            said = f"'{screen.setting}' is {'off' if screen.on else 'on'} now."
            return self._over(state, right, said if right else f"{said} Nobody has asked for that.")
        else:
            return self._shown(state, found, f"There is no {action[1]} here.", invalid=True)
        here = state.shown[-1]
        state.seen.add(here)
        if here == errand.target and not errand.acts:
            return self._over(state, True, f"You have opened '{found.app.screens[here].name}'.")
        return self._shown(state, found)

    def refuse(self, state: ScreensTextState, reason: str, chance: Chance) -> Reply:
        state.left.append(state.left[-1])
        return super().refuse(state, reason, chance)

    def out_of_turns(self, state: ScreensTextState) -> str:
        return "You have run out of actions."

    def _open(self, state: ScreensTextState, target: int) -> None:
        if state.shown[-1] != target:
            state.shown = [*state.shown, target][-KEPT:]

    def _shown(self, state: ScreensTextState, found: Instance, said: str = "", invalid: bool = False) -> Reply:
        """What is shown now, and what the action was worth."""
        state.left.append(remaining(found.errand.far, state.shown) + found.errand.acts)
        text = told(found.app, state.shown[-1])
        return Reply(f"{said}\n{text}" if said else text, paid(self.params.closer, *state.left[-2:]), invalid=invalid)

    def _over(self, state: ScreensTextState, right: bool, said: str) -> Reply:
        state.left.append(0 if right else state.left[-1])
        return Reply(said, paid(self.params.closer, *state.left[-2:]), done=True, success=right)

    def figures(self, state: ScreensTextState) -> Mapping[str, tuple[float, float]]:
        return figures(state.left, len(state.seen), len(instance(state.name).app.screens))

    # What is known of it.

    def actions(self, state: ScreensTextState) -> Sequence[Action]:
        app, here = instance(state.name).app, state.shown[-1]
        screen = app.screens[here]
        allowed: list[Action] = [("tap", number + 1) for number in range(len(screen.icons) + bool(screen.setting))]
        if len(state.shown) > 1:
            allowed.append(("back",))
        allowed.append(("home",))
        if self.params.kind in ("any", "answer"):
            allowed.append(("say", screen.number))
        return allowed

    def privileged(self, state: ScreensTextState) -> Privileged:
        found = instance(state.name)
        return Privileged(found.app.screens[found.errand.target].name, extra={"left": state.left[-1]})

    def hidden_key(self, state: ScreensTextState) -> Any:
        return state.name

    def known(self, state: ScreensTextState, role: str) -> Any:
        asked = instance(state.name).errand.asked
        screens = [told(instance(state.name).app, number) for number in sorted(state.seen)]
        return [asked, screens, sorted(map(list, state.tapped)), state.shown]

    def view(self, state: ScreensTextState, role: str) -> Any:
        return [instance(state.name).errand.asked, told(instance(state.name).app, state.shown[-1])]

    def solver(self, state: ScreensTextState) -> list[str]:
        """A shortest way; going back is never needed, and only taken where it is shorter."""
        found, shown = instance(state.name), list(state.shown)
        app, errand = found.app, found.errand
        actions = []
        while shown[-1] != errand.target:
            here, left = shown[-1], remaining(errand.far, shown)
            icons = [icon.target for icon in app.screens[here].icons]
            near = min(icons, key=lambda one: errand.far[one], default=HOME)
            if icons and errand.far[near] < left:
                actions.append(f"tap {icons.index(near) + 1}")
                shown.append(near)
            elif errand.far[HOME] < left:
                actions.append("home")
                shown.append(HOME)
            else:
                actions.append("back")
                shown.pop()
        screen = app.screens[errand.target]
        if errand.kind == "toggle":
            actions.append(f"tap {len(screen.icons) + 1}")
        elif errand.kind == "answer":
            actions.append(f"say {screen.number}")
        return actions

    # Players and pictures.

    def expert(self, history: History, chance: Chance) -> str:
        return next_step(history)

    def board(self, state: ScreensTextState) -> str:
        from rich.markup import escape

        found = instance(state.name)
        return f"[bold]{escape(found.errand.asked)}[/bold]\n\n{escape(told(found.app, state.shown[-1]))}"


def told(app: App, number: int) -> str:
    """What a screen shows."""
    screen = app.screens[number]
    lines = [f"Screen: {screen.name}", f"About: {screen.about}.", f"{app.code}: {screen.number}"]
    entries = [icon.label for icon in screen.icons]
    if screen.setting:
        entries.append(f"{screen.setting}: {'on' if screen.on else 'off'}")
    return "\n".join([*lines, *(f"{place} {entry}" for place, entry in enumerate(entries, 1))])


register(ScreensText)
