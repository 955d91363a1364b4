"""What is asked for in an app, and the instance that both worlds of screens play: an app and an errand in it.

An instance is a pure function of shape, kind, split and key, and the key one of split and index alone: task i of the
pages and task i of the text have the same app and the same errand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from scoutgym.envs.chance import Chance
from scoutgym.envs.tasks import part
from scoutgym.envs.web.screen_graph.graph import HOME, App, AppParams, distances, draw, give_setting, shaped
from scoutgym.envs.web.screen_graph.words import WORDS
from scoutgym.types import Task, digest

KINDS = ("reach", "describe", "toggle", "answer")
"""Open a screen that is named, or described; there, turn something on or off; tell what stands there."""


@dataclass(frozen=True)
class Errand:
    """What is asked for.

    Args:
        kind: one of `KINDS`.
        target: the screen that it is about.
        asked: in words.
        far: steps from each screen to the target.
    """

    kind: str
    target: int
    asked: str
    far: Sequence[int]

    @property
    def acts(self) -> int:
        """Steps that are left where the target is shown."""
        return 1 if self.kind in ("toggle", "answer") else 0


@dataclass(frozen=True)
class Instance:
    """An app, and what is asked for in it."""

    app: App
    errand: Errand


def named(task: Task, params: AppParams, kind: str) -> str:
    """The name of a task's instance, as `instance` reads it; it begins with the split."""
    return f"{part(task.split)}|{digest('screens', task.split, task.index).hex()}|{kind}|{params.shape()}"


@lru_cache(maxsize=512)
def instance(name: str) -> Instance:
    """The instance of a name.

    Raises:
        ValueError: it names none.
    """
    split, key, kind, shape = name.split("|")
    if split not in WORDS or kind not in ("any", *KINDS) or not 1 <= len(key) <= 64:
        raise ValueError(f"{name[:80]!r} names no app")
    params, words = shaped(shape), WORDS[split]
    chance = Chance(digest(key, kind, shape))
    app = draw(params, words, chance.stream("app"))
    chance = chance.stream("errand")
    kind = chance.choice(KINDS) if kind == "any" else kind
    places = [
        number
        for number, screen in enumerate(app.screens)
        if number != HOME and not screen.notice and params.distance in (0, app.away[number])
    ]
    if kind == "toggle":
        places = [number for number in places if app.screens[number].setting] or places
    target = chance.choice(places)
    screen = app.screens[target]
    if kind == "toggle" and not screen.setting:
        give_setting(screen, words, chance)
    asked = {
        "reach": f"Open the screen '{screen.name}'.",
        "describe": f"Open the screen that is about this: '{screen.about}'.",
        "toggle": f"On the screen '{screen.name}', turn {'off' if screen.on else 'on'} '{screen.setting}'.",
        "answer": f"What is the {app.code.lower()} on the screen '{screen.name}'?",
    }[kind]
    return Instance(app, Errand(kind, target, asked, distances(app, target)))
