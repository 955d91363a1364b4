"""Text-Nav of LMRL-Gym: stale food lies in the living room, and belongs into the closed fridge in the kitchen.

The map, the things and the goal are those of its code (eight rooms, where the paper says ten); the words are our own.
A task is a room to start in. The commands that are possible are told each turn, without those that only look. With
``view="full"`` the player is also told which room it is in, where the ways lead, and what it carries; with ``partial``
only what it sees there. The food that is eaten is lost, and so is the game.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Reply
from scoutgym.envs.grammar import Action
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.textworld.engine import acts
from scoutgym.envs.textworld.engine.exploring import Walk
from scoutgym.envs.textworld.engine.prose import series
from scoutgym.envs.textworld.engine.scene import Scene
from scoutgym.envs.textworld.engine.story import BACK, HOUSE, Story, read_story
from scoutgym.envs.textworld.world import FIGURES, SCORE, StoryWorld
from scoutgym.types import SchemaError, Task

ROOMS = ("bedroom", "office", "bathroom", "living room", "kitchen", "dining room", "garden", "backyard")
JOINED = (  # a room, the way from it, the room there
    ("bedroom", "west", "living room"),
    ("living room", "west", "dining room"),
    ("dining room", "west", "kitchen"),
    ("kitchen", "north", "garden"),
    ("living room", "south", "office"),
    ("office", "east", "bathroom"),
    ("bedroom", "south", "bathroom"),
    ("kitchen", "west", "backyard"),
)
FURNITURE = (  # its type, its name, its room, what lies there: each with its type
    ("s", "table", "bedroom", (("o", "bowl"),)),
    ("c", "chest", "office", (("o", "utensils"),)),
    ("s", "table", "living room", (("f", "stale food"), ("f", "fresh food"))),
    ("s", "table", "dining room", (("o", "coffee cup"), ("o", "plate"))),
    ("c", "fridge", "kitchen", (("f", "fruit"),)),
)
SOME = ("utensils", "stale food", "fresh food", "fruit")
"""What has no plural, or is one."""
LOOKING = ("look", "inventory", "examine")


class HouseParams(Params):
    """What the player is told."""

    view: Literal["full", "partial"] = Field("full", description="whether the player is told where it is")
    max_turns: int = Field(40, ge=1, le=1000, description="how many commands can be given")


class TextNav(StoryWorld):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/TextNav-v0",
        family="textworld",
        group="text-nav",
        about="Carry stale food through a house into the fridge.",
        presets={"partial": {"view": "partial"}},
        rewards=SCORE,
        figures=FIGURES,
        limit="truncate",
        expert="heuristic",
        paper="Abdulhai et al. 2023, LMRL Gym, arXiv 2311.18232",
    )
    Params = HouseParams

    def __init__(self, params: HouseParams) -> None:
        super().__init__(params)
        self.full = params.view == "full"

    def story(self, task: Task, chance: Chance) -> tuple[Story, list[Any]]:
        start = chance.choice(ROOMS)
        return house(start, self.full), [start]

    def found(self, address: Sequence[Any]) -> Story:
        if len(address) != 1 or address[0] not in ROOMS:
            raise SchemaError(f"the house has no room {address!r} to start in")
        return house(address[0], self.full)

    def secrets(self) -> float:
        return len(ROOMS)

    def intro(self, state: Scene, role: str) -> str:
        goal = state.story.objective
        return f"{goal}\n{self.patience.format(turns=self.max_turns)}\n\n{self._seen(state, state.look())}"

    def play(self, state: Scene, action: Action, chance: Chance) -> Reply:
        reply = super().play(state, action, chance)
        if not reply.done:
            reply.text = self._seen(state, reply.text)
        return reply

    def actions(self, state: Scene) -> Sequence[Action]:
        return [action for action in acts.allowed(state) if action[0] not in LOOKING]

    def expert(self, history: History, chance: Chance) -> str:
        """The food, then the fridge, by the commands that are told; else to the nearest way that was not gone."""
        done = set(history[1::2])
        told = history[-1].partition("Commands: ")[2].removesuffix(".").split("\n")[0].rstrip(".").split(", ")
        carried = any(text.startswith("take stale food") for text in done)
        wanted = ["take stale food from table"] if not carried else []
        wanted += ["insert stale food into fridge", "close fridge"] if "open fridge" in done else ["open fridge"]
        for command in wanted:
            if command in told and (carried or command.startswith("take")) and command not in done:
                return command
        walk = Walk(history)
        return walk.step() or walk.wander(chance)

    def _seen(self, state: Scene, text: str) -> str:
        if not self.full:
            text = "\n".join(line for line in text.splitlines() if not line.startswith("-= "))
        told = f"\n{state.hands()}" if self.full and text != state.hands() else ""
        commands = ", ".join(map(self.grammar(state).format, self.actions(state)))
        return f"{text}{told}\nCommands: {commands}."


@lru_cache(maxsize=2 * len(ROOMS))
def house(start: str, full: bool) -> Story:
    """The house, begun in one of its rooms."""
    room = {name: f"r_{place}" for place, name in enumerate(ROOMS)}
    facts = [_fact("at", ("P", "P"), (room[start], "r"))]
    infos = [("P", {"type": "P"}), ("I", {"type": "I"})]
    ways: dict[str, dict[str, str]] = {name: {} for name in ROOMS}
    for here, way, there in JOINED:
        ways[here][way], ways[there][BACK[way]] = there, here
        facts.append(_fact(f"{way}_of", (room[there], "r"), (room[here], "r")))
    seen: dict[str, list[str]] = {name: [] for name in ROOMS}
    count: dict[str, int] = {}
    for kind, name, where, things in FURNITURE:
        holder = _new(kind, name, infos, count)
        facts.append(_fact("at", (holder, kind), (room[where], "r")))
        if kind == "c":
            facts.append(_fact("closed", (holder, kind)))
            shown = f"There is [if {holder} is open]an open[otherwise]a closed[end if] {name}."
            listed = f"[if {holder} is open] In it you see [a list of things in the {holder}].[end if]"
        else:
            shown = f"There is a {name}."
            listed = (
                f"[if there is something on the {holder}] On it you see [a list of things on the {holder}].[end if]"
            )
        seen[where].append(shown + listed)
        for one, called in things:
            facts.append(_fact("on" if kind == "s" else "in", (_new(one, called, infos, count), one), (holder, kind)))
    for name in ROOMS:
        exits = series([f"{way} to the {to}" if full else way for way, to in sorted(ways[name].items())])
        text = "\n".join([*seen[name], f"You can go {exits}."])
        infos.append((room[name], {"type": "r", "name": name, "desc": text}))
    stale, fridge = ("f_0", "f"), ("c_1", "c")
    record = {
        "world": facts,
        "infos": infos,
        "quests": [
            _quest(0, [], [[_fact("eaten", stale)]]),
            _quest(1, [[_fact("in", stale, fridge), _fact("closed", fridge)]], []),
        ],
        "KB": {"rules": [*HOUSE, "hands"]},
        "metadata": {},
        "objective": "Take the stale food from the table in the living room, put it into the fridge in the kitchen, "
        "and close the fridge.",
    }
    return read_story(record, f"text-nav {start} {full}")


def _new(kind: str, name: str, infos: list[tuple[str, dict[str, Any]]], count: dict[str, int]) -> str:
    thing = f"{kind}_{count.get(kind, 0)}"
    count[kind] = count.get(kind, 0) + 1
    lid = " It is [if open]open[otherwise]closed[end if]." if kind == "c" else ""
    info = {"type": kind, "name": name, "desc": f"There is nothing strange about the {name}.{lid}"}
    infos.append((thing, {**info, "indefinite": "some"} if name in SOME else info))
    return thing


def _fact(name: str, *arguments: tuple[str, str]) -> dict[str, Any]:
    return {"name": name, "arguments": [{"name": one, "type": kind} for one, kind in arguments]}


def _quest(reward: int, wins: list[list[dict[str, Any]]], fails: list[list[dict[str, Any]]]) -> dict[str, Any]:
    named = {"win_events": wins, "fail_events": fails}
    events = {name: [{"condition": {"preconditions": facts}} for facts in which] for name, which in named.items()}
    return {"reward": reward, "optional": False, "repeatable": False, **events}


register(TextNav)
