"""Games that TextWorld makes by rule: simple, coin collector, treasure hunter, cooking, and of one's own measures.

TextWorld's generators make the world, its texts and its goals; what is played is not the Inform 7 program that it would
compile them to, but the same game in Python (`scoutgym.envs.textworld.engine`), which says the same words and takes
the same commands, ten times as fast, and whose state can be copied. A task's seeds are drawn from its address alone.

- ``coin_collector``: find and take a coin in a chain of rooms, from level 101 on with dead ends.
- ``treasure_hunter``: take the one thing that is asked for, and not the other; from level 11 on with lids, from 21 on
  with locks.
- ``simple``: one house in which dinner is late; the test split cooks other food.
- ``cooking``: read the recipe, gather what it names, cut and cook it as it says, and eat. What is spoilt is lost. The
  test split has food, and ways to prepare it, that training has not.
- ``custom``: a number of rooms and things, and a chain of actions of a length.

With ``goal="brief"`` the player is told what to do last, with ``detailed`` every step to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Literal

from pydantic import Field, model_validator

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.tasks import part
from scoutgym.envs.textworld.engine.exploring import LID, LISTED, NOUN, Walk
from scoutgym.envs.textworld.engine.keeping import story_of
from scoutgym.envs.textworld.engine.making import SEEDS, NoGame, make
from scoutgym.envs.textworld.engine.story import Story
from scoutgym.envs.textworld.world import FIGURES, PAPER, SCORE, StoryWorld
from scoutgym.types import SchemaError, Task

MAKER = 1
"""The version of what is made; another one makes other games of the same seeds."""

ATTEMPTS = 20
"""Seeds that are tried for a task: TextWorld finds no game for some."""

OWN = {
    "simple": ("rewards", "goal"),
    "coin_collector": ("level", "goal"),
    "treasure_hunter": ("level", "goal"),
    "cooking": ("recipe", "take", "cook", "cut", "open", "drop", "go"),
    "custom": ("rooms", "objects", "length", "breadth", "quests", "goal"),
}
"""The parameters of each kind."""
LEVELS = {"coin_collector": 300, "treasure_hunter": 30}
DISH = re.compile(r"missing a grilled (.+?)\.")
"""What simple asks for: it is done when it lies on the stove."""
GUESSES = {"treasure_hunter": 4, "simple": 8}
"""How often the expert may try to open what has no lid, where nothing else is left to do."""
Kind = Literal["simple", "coin_collector", "treasure_hunter", "cooking", "custom"]


class TextWorldParams(Params):
    """Which game, and how hard it is."""

    kind: Kind = Field("coin_collector", description="which of TextWorld's games")
    level: int = Field(5, ge=1, le=300, description="coin_collector (to 300), treasure_hunter (to 30): difficulty")
    goal: Literal["brief", "detailed", "none"] = Field(
        "brief", description="what is told at the start: the last step, every step; simple: also nothing"
    )
    rewards: Literal["dense", "balanced", "sparse"] = Field("balanced", description="simple: what makes points")
    recipe: int = Field(1, ge=1, le=5, description="cooking: how many ingredients there are")
    take: int = Field(1, ge=0, le=5, description="cooking: how many of them have to be found")
    cook: bool = Field(False, description="cooking: whether they have to be cooked")
    cut: bool = Field(False, description="cooking: whether they have to be cut")
    open: bool = Field(False, description="cooking: whether doors and lids are closed")
    drop: bool = Field(False, description="cooking: whether hands can hold only so much")
    go: Literal[1, 6, 9, 12] = Field(1, description="cooking: how many rooms there are")
    rooms: int = Field(5, ge=1, le=20, description="custom: how many rooms there are")
    objects: int = Field(10, ge=1, le=40, description="custom: how many things there are")
    length: int = Field(5, ge=1, le=15, description="custom: how many actions a goal takes")
    breadth: int = Field(1, ge=1, le=3, description="custom: how many goals lead to the last")
    quests: int = Field(1, ge=1, le=3, description="custom: how many goals there are side by side")
    max_turns: int = Field(50, ge=1, le=2000, description="how many commands can be given")

    @model_validator(mode="after")
    def _own(self) -> TextWorldParams:
        mine = (*OWN[self.kind], "kind", "max_turns")
        for name in self.model_fields_set:
            if name not in mine and getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(f"{name} is no parameter of {self.kind}, which has {', '.join(OWN[self.kind])}")
        most = LEVELS.get(self.kind)
        if most is not None and self.level > most:
            raise ValueError(f"{self.kind} has the levels 1 to {most}, not {self.level}")
        if self.kind == "coin_collector" and _coin_rooms(self.level) > 100:
            raise ValueError(f"level {self.level} would have {_coin_rooms(self.level)} rooms: at most 100 can be made")
        if self.goal == "none" and self.kind != "simple":
            raise ValueError(f"the goal of {self.kind} has to be told: goal may be brief or detailed")
        if self.take > self.recipe:
            raise ValueError(f"take={self.take} of recipe={self.recipe} ingredients cannot be found")
        return self

    def settings(self) -> dict[str, Any]:
        """What TextWorld's generator of this kind is given."""
        return {name: getattr(self, name) for name in OWN[self.kind]}


def _coin_rooms(level: int) -> int:
    return ((level - 1) // 100 + 1) * ((level - 1) % 100 + 1)


@lru_cache(maxsize=1)
def _release() -> str:
    return version("textworld")


COOKING = {"kind": "cooking", "max_turns": 100}


class TextWorld(StoryWorld):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/TextWorld-v0",
        family="textworld",
        group="textworld",
        about="Text adventures made by rule: explore a house, find things, open what is shut, cook a meal.",
        presets={
            "Coin-5": {},
            "Coin-10": {"level": 10},
            "Coin-20": {"level": 20, "max_turns": 100},
            "Coin-110": {"level": 110, "max_turns": 100},
            "Coin-120": {"level": 120, "max_turns": 200},
            "Coin-210": {"level": 210, "max_turns": 150},
            "Treasure-1": {"kind": "treasure_hunter", "level": 1, "max_turns": 30},
            "Treasure-5": {"kind": "treasure_hunter"},
            "Treasure-10": {"kind": "treasure_hunter", "level": 10},
            "Treasure-15": {"kind": "treasure_hunter", "level": 15, "max_turns": 100},
            "Simple": {"kind": "simple"},
            "Simple-dense": {"kind": "simple", "rewards": "dense", "goal": "detailed"},
            "Simple-sparse": {"kind": "simple", "rewards": "sparse", "goal": "none"},
            "Cooking-1": {"kind": "cooking"},
            "Cooking-2": {"kind": "cooking", "cook": True, "cut": True, "open": True},
            "Cooking-3": {**COOKING, "cook": True, "cut": True, "open": True, "go": 6},
            "Cooking-4": {**COOKING, "recipe": 3, "take": 3, "cook": True, "cut": True, "open": True, "go": 6},
            "Cooking-5": {
                **COOKING,
                "recipe": 3,
                "take": 3,
                "cook": True,
                "cut": True,
                "open": True,
                "drop": True,
                "go": 12,
                "max_turns": 200,
            },
            "Custom-small": {"kind": "custom", "rooms": 3, "objects": 5, "length": 3, "max_turns": 30},
            "Custom": {"kind": "custom"},
            "Custom-large": {"kind": "custom", "rooms": 8, "objects": 15, "length": 8, "max_turns": 100},
        },
        rewards=SCORE,
        figures=FIGURES,
        limit="truncate",
        expert="heuristic",
        needs={"textworld": "textworld"},
        paper=PAPER,
    )
    Params = TextWorldParams

    params: TextWorldParams

    def __init__(self, params: TextWorldParams) -> None:
        super().__init__(params)
        if params.kind in ("simple", "cooking"):
            self.holdout = "surface"

    def story(self, task: Task, chance: Chance) -> tuple[Story, list[Any]]:
        for _ in range(ATTEMPTS):
            address = [part(task.split), *(chance.below(2**31) for _ in SEEDS)]
            try:
                return self.found(address), address
            except NoGame:
                continue
        raise ValueError(f"TextWorld found no game for {dict(task.params)}: {self._hint()}")

    def expert(self, history: History, chance: Chance) -> str:
        """Takes what the task names, opens what is closed, and goes to the nearest way that was not gone.

        That is what coin collector, treasure hunter and simple ask for. In the other kinds it only explores.
        """
        walk, task = Walk(history), history[0].partition("\n\n")[0].lower()
        tried, text = walk.tried[walk.place], walk.here
        keys = {key for _, key in walk.locked.values()}
        for name in map(str.lower, LISTED.findall(text)):
            wanted = name in keys or (f" {name}" in task and name != walk.place.lower())
            if wanted and f"take {name}" not in tried:
                return f"take {name}"
        for thing, (room, key) in walk.locked.items():
            if key in walk.held:
                return walk.toward(room) or f"unlock {thing} with {key}"
        if (dish := DISH.search(task)) and dish[1] in walk.held:
            stove = next((room for room, told in walk.text.items() if " stove" in told), walk.place)
            return walk.toward(stove) or f"put {dish[1]} on stove"
        onward = "" if walk.locked else walk.step()
        guess = not onward and walk.misses < GUESSES.get(self.params.kind, 0)
        for pattern in (LID, NOUN) if guess else (LID,):
            for name in map(str.lower, pattern.findall(text)):
                if f"open {name}" not in tried:
                    return f"open {name}"
        return onward or walk.step() or walk.wander(chance)

    def _hint(self) -> str:
        if self.params.kind == "custom":
            return "a shorter length, fewer quests, or more rooms and objects may do"
        return "an easier level may do"

    def found(self, address: Sequence[Any]) -> Story:
        try:
            split, *numbers = address
            seeds = dict(zip(SEEDS, map(int, numbers), strict=True))
        except (TypeError, ValueError):
            raise SchemaError(f"this is no game of {self.spec.id}: {address!r}") from None
        if split not in ("train", "dev", "test") or not all(0 <= seed < 2**31 for seed in seeds.values()):
            raise SchemaError(f"this is no game of {self.spec.id}: {address!r}")
        settings = self.params.settings()
        if self.holdout == "surface":
            settings["split"] = split
        kind = self.params.kind
        return story_of([MAKER, _release(), kind, settings, seeds], lambda: make(kind, settings, seeds))


register(TextWorld)
