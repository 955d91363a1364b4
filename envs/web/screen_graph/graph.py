"""An app as a graph of screens, after GUI Exploration Lab: declared screens, icons, and where each icon leads.

The skeleton is a random tree, ``depth`` levels deep below the first screen. Then are added: shortcuts to random
screens, icons that lead back to the parent, icons to notices (screens that lead nowhere), icons that do nothing, and
settings. An icon is called as the screen that it leads to, or by that screen's second name.

From every screen the first one can be reached at once, and so can the one that was shown before. That is no icon, but
part of every distance (see `remaining`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import Field, model_validator

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params
from scoutgym.envs.web.screen_graph.words import Words

HOME = 0
"""The first screen."""

MOST = 12
"""Icons of a screen."""

NUMBERS = (100, 1000)
"""The number on a screen, at least and below."""


class AppParams(Params):
    """The shape of an app, what is sought in it, and what a step pays."""

    screens: int = Field(24, ge=3, le=200, description="how many there are, notices not counted")
    branching: int = Field(4, ge=1, le=6, description="the most children of a screen in the tree")
    depth: int = Field(3, ge=1, le=4, description="levels of the tree below the first screen")
    shortcuts: float = Field(0.2, ge=0, le=2, description="icons to a random screen, for each screen")
    back_links: float = Field(0.5, ge=0, le=1, description="probability that a screen has an icon to its parent")
    dead_ends: float = Field(0.1, ge=0, le=1, description="icons to a screen that leads nowhere, for each screen")
    distractors: float = Field(0.2, ge=0, le=2, description="icons that do nothing, for each screen")
    renamed: float = Field(0.3, ge=0, le=1, description="probability that an icon is not called as its screen")
    settings: float = Field(0.3, ge=0, le=1, description="probability that a screen has something to turn on or off")
    distance: int = Field(0, ge=0, le=4, description="taps from the first screen to the target; 0: any")
    closer: float = Field(0.0, ge=0, le=1, description="what a step that comes closer is paid, and any other one costs")

    @model_validator(mode="after")
    def _room(self) -> AppParams:
        most = sum(self.branching**level for level in range(self.depth + 1))
        if not self.depth < self.screens <= most:
            raise ValueError(
                f"a tree of depth {self.depth} and branching {self.branching} has {self.depth + 1} to {most} screens"
            )
        if self.distance > self.depth:
            raise ValueError(f"no screen is sure to be {self.distance} taps away: distance is at most depth")
        return self

    def shape(self) -> str:
        """All that an app depends on, as a text that `shaped` reads."""
        return ",".join(f"{getattr(self, name):g}" for name in SHAPE)


SHAPE = tuple(name for name in AppParams.model_fields if name not in ("max_turns", "closer"))


def shaped(text: str) -> AppParams:
    """The parameters of a shape.

    Raises:
        ValueError: it is none.
    """
    return AppParams.model_validate(dict(zip(SHAPE, text.split(","), strict=True)))


@dataclass(frozen=True)
class Icon:
    """What it is called, and the screen that it leads to: its own, where it does nothing."""

    label: str
    target: int


@dataclass
class Screen:
    """One screen. ``code`` is its address, ``alias`` its second name, ``up`` its parent in the tree."""

    name: str
    alias: str
    about: str
    number: int
    code: str
    level: int
    up: int = HOME
    icons: list[Icon] = field(default_factory=list)
    setting: str = ""
    """What can be on or off; empty where there is nothing."""
    on: bool = False
    """Whether it is on at first."""
    notice: bool = False
    """Whether it is one of the screens that lead nowhere."""


@dataclass(frozen=True)
class App:
    """A drawn app; it is shared, and never changed."""

    name: str
    code: str
    """What the number of a screen is called."""
    screens: Sequence[Screen]
    away: Sequence[int]
    """Taps from the first screen to each."""


def draw(params: AppParams, words: Words, chance: Chance) -> App:
    """An app of this shape, in these words."""
    screens = _tree(params, words, chance.stream("tree"))
    count = len(screens)
    for number in range(1, count):
        if screens[number].up != HOME and chance.random() < params.back_links:
            screens[number].icons.append(_icon(params, screens, screens[number].up, chance))
    shortcuts = _shortcuts(params, screens, chance.stream("shortcuts"))
    while params.distance and params.distance not in _away(screens, shortcuts):
        shortcuts.pop()  # without any there are screens of every distance
    for source, target in shortcuts:
        screens[source].icons.append(_icon(params, screens, target, chance))
    _notices(params, screens, words, chance.stream("notices"))
    _idle(params, screens[:count], words, chance.stream("idle"))
    numbers = chance.sample(range(*NUMBERS), len(screens))
    codes = chance.stream("codes")
    for number, screen in enumerate(screens):
        chance.shuffle(screen.icons)
        screen.number, screen.code = numbers[number], f"{codes.bits():016x}"[:12]
        if not screen.notice and number and chance.random() < params.settings:
            give_setting(screen, words, chance)
    return App(chance.choice(words.apps), chance.choice(words.codes), screens, _away(screens))


def give_setting(screen: Screen, words: Words, chance: Chance) -> None:
    """Something to turn on or off."""
    screen.setting, screen.on = chance.choice(words.settings), chance.below(2) == 1


def distances(app: App, target: int) -> list[int]:
    """Steps from each screen to one of them: taps on icons, or one to the first screen."""
    leading: list[list[int]] = [[] for _ in app.screens]
    for number, screen in enumerate(app.screens):
        for one in {icon.target for icon in screen.icons} | {HOME}:
            leading[one].append(number)
    far = [-1] * len(app.screens)
    far[target], queue = 0, deque([target])
    while queue:
        here = queue.popleft()
        for number in leading[here]:
            if far[number] < 0:
                far[number] = far[here] + 1
                queue.append(number)
    return far


def remaining(far: Sequence[int], shown: Sequence[int]) -> int:
    """Steps that are left on a shortest way, where going back to what was shown before is a step as well.

    Args:
        far: of the target's `distances`.
        shown: the screens that one can go back to, and at the end the one that is shown; -1 for what is none.
    """
    return min(
        back + (far[one] if one >= 0 else far[HOME] + 1)
        for back, one in enumerate(reversed(shown))
        if back <= far[HOME]
    )


# Inside.


def _tree(params: AppParams, words: Words, chance: Chance) -> list[Screen]:
    """The screens, each with icons to its children; the first ones are one branch of the full depth."""
    screens = [Screen("Home", "Start", "Where everything begins", 0, "", 0)]
    children: list[list[int]] = [[]]
    names: list[list[tuple[str, str, str]]] = [_names(words, screens, 0, chance)]
    for number in range(1, params.screens):
        if number <= params.depth:
            up = number - 1
        else:
            up = chance.choice(
                [
                    one
                    for one, screen in enumerate(screens)
                    if screen.level < params.depth and len(children[one]) < params.branching
                ]
            )
        name, alias, about = names[up].pop()
        screens.append(Screen(name, alias, about, 0, "", screens[up].level + 1, up))
        children[up].append(number)
        children.append([])
        names.append(_names(words, screens, number, chance))
    for one, below in enumerate(children):
        screens[one].icons = [_icon(params, screens, number, chance) for number in below]
    return screens


def _names(words: Words, screens: Sequence[Screen], number: int, chance: Chance) -> list[tuple[str, str, str]]:
    """What the children of a screen can be called: name, second name, what they are about."""
    screen = screens[number]
    if screen.level == 0:
        found = [(one.name, one.alias, f"An overview of {one.alias.lower()}") for one in words.topics]
    elif screen.level == 1:
        topic = next(one for one in words.topics if one.name == screen.name)
        found = [(name, alias, f"All that concerns {alias.lower()}") for name, alias in topic.subjects]
    elif screen.level == 2:
        found = [
            (f"{screen.name} {name}", f"{screen.name} {alias}", about.format(it=screen.alias.lower()))
            for name, alias, about in words.facets
        ]
    elif screen.level == 3:
        found = [(f"{screen.name} {one}", f"{screen.alias} {one}", f"{screen.about}, {one}") for one in words.moments]
    else:
        return []
    return chance.sample(found, len(found))


def _icon(params: AppParams, screens: Sequence[Screen], target: int, chance: Chance) -> Icon:
    hidden = chance.random() < params.renamed
    return Icon(screens[target].alias if hidden else screens[target].name, target)


def _shortcuts(params: AppParams, screens: Sequence[Screen], chance: Chance) -> list[tuple[int, int]]:
    """Pairs of screens that no icon joins yet; a screen keeps room for other icons."""
    there = {(number, icon.target) for number, screen in enumerate(screens) for icon in screen.icons}
    there |= {(number, screen.up) for number, screen in enumerate(screens)}
    room = [MOST - 2 - len(screen.icons) for screen in screens]
    made = []
    for _ in range(round(params.shortcuts * len(screens))):
        pair = chance.below(len(screens)), 1 + chance.below(len(screens) - 1)
        if pair not in there and pair[0] != pair[1] and room[pair[0]]:
            there.add(pair)
            room[pair[0]] -= 1
            made.append(pair)
    return made


def _away(screens: Sequence[Screen], more: Sequence[tuple[int, int]] = ()) -> list[int]:
    """Taps from the first screen to each, with more ways than the icons."""
    leads = [[icon.target for icon in screen.icons] for screen in screens]
    for source, target in more:
        leads[source].append(target)
    away, queue = [-1] * len(screens), deque([HOME])
    away[HOME] = 0
    while queue:
        here = queue.popleft()
        for target in leads[here]:
            if away[target] < 0:
                away[target] = away[here] + 1
                queue.append(target)
    return away


def _notices(params: AppParams, screens: list[Screen], words: Words, chance: Chance) -> None:
    """Icons to screens that lead nowhere; several icons may lead to one of them."""
    count, made = len(screens), dict[str, int]()
    for _ in range(round(params.dead_ends * count)):
        name, about = chance.choice(words.notices)
        screen = screens[chance.below(count)]
        if len(screen.icons) < MOST and all(icon.label != name for icon in screen.icons):
            if name not in made:
                made[name] = len(screens)
                screens.append(Screen(name, name, about, 0, "", screen.level + 1, notice=True))
            screen.icons.append(Icon(name, made[name]))


def _idle(params: AppParams, screens: Sequence[Screen], words: Words, chance: Chance) -> None:
    """Icons that do nothing."""
    for _ in range(round(params.distractors * len(screens))):
        number, label = chance.below(len(screens)), chance.choice(words.idle)
        screen = screens[number]
        if len(screen.icons) < MOST and all(icon.label != label for icon in screen.icons):
            screen.icons.append(Icon(label, number))
