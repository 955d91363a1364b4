"""A noisy television beside a real way: what is new for ever, and teaches nothing (Burda et al. 2019).

A row of rooms; in each, one of several doors leads on and the others are locked. Which one was drawn for the task, room
by room. In every room there also stands a television that shows something new each time. An agent that is drawn to what
it has not seen, or cannot predict, watches; the way out is found by trying doors, each at most once.

Who never tries a locked door twice needs (doors + 1) / 2 turns a room on average and ``rooms * doors`` at most, which
is the limit; no player does better. Television changes nothing: it is no part of what an agent could know of the
world (`known`), only of the current view.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Any

from pydantic import Field

from scoutgym.envs.belief import partition_gain, turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Word
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

COLORS = ("red", "blue", "green", "white", "black", "yellow", "brown", "gray")
WHO = ("a baker", "a fox", "two pilots", "an old judge", "a choir", "a robot", "the mayor", "a tall nurse", "a clown")
DOES = ("paints", "sells", "hides", "counts", "juggles", "buries", "praises", "weighs", "sings about", "repairs")
WHAT = ("umbrellas", "a piano", "nine eggs", "the moon", "a tunnel", "old coins", "a bridge", "cheese", "a red kite")
WHERE = ("in Lima", "on a roof", "under water", "at dawn", "in a tent", "on a train", "in the snow", "near a volcano")

DOOR = re.compile(r"^The (\w+) door (is locked|opens)\.")

HOLD_OUT_FROM = 500
"""Fewer houses than this are not held out."""


class NoisyTVParams(Params):
    """How long the way is."""

    rooms: int = Field(8, ge=1, le=100, description="rooms on the way out")
    doors: int = Field(4, ge=2, le=8, description="doors of each room")
    max_turns: int = Field(0, ge=0, le=2000, description="0: as many as there are doors")


@dataclass
class NoisyTVState(State):
    """The door that leads on from each room, the room (from 0), its doors found locked, and what was on television."""

    doors: list[int]
    room: int = 0
    locked: int = 0
    shown: str = ""
    watched: int = 0
    opened: int = 0


class NoisyTV(World[NoisyTVState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/NoisyTV-v0",
        family="probes",
        group="noisy_tv",
        about="Find the way out of a house in which televisions show something new for ever.",
        presets={"4": {"rooms": 4}, "8": {}, "16": {"rooms": 16}, "32": {"rooms": 32}},
        figures={"watched": "turns spent watching television, over the turns spent at a door or watching"},
        hidden=True,
        holdout="secret",
        expert="optimal",
        belief="exact",
        paper="Burda et al. 2019, Large-Scale Study of Curiosity-Driven Learning, arXiv 1808.04355",
    )
    Params, State = NoisyTVParams, NoisyTVState

    def __init__(self, params: NoisyTVParams) -> None:
        super().__init__(params)
        self.rooms, self.colors = params.rooms, COLORS[: params.doors]
        self.max_turns = params.max_turns or params.rooms * params.doors
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"
        self._grammar = Grammar(Form("open {door}", door=Word(self.colors)), Form("watch", "watch television"))

    def start(self, task: Task, chance: Chance) -> NoisyTVState:
        return NoisyTVState(doors=[chance.below(len(self.colors)) for _ in range(self.rooms)])

    def intro(self, state: NoisyTVState, role: str) -> str:
        return (
            f"You are in a house of {self.rooms} rooms in a row and want to get out. Each room has "
            f"{len(self.colors)} doors: {', '.join(self.colors)}. One of them leads to the next room (from the last "
            "room: into the open), the others are locked; which one differs from room to room. There is a television "
            f"in every room. You have {self.max_turns} turns.\nYou are in room 1. The television is on."
        )

    def grammar(self, state: NoisyTVState) -> Grammar:
        return self._grammar

    def play(self, state: NoisyTVState, action: Action, chance: Chance) -> Reply:
        if action[0] == "watch":
            state.watched += 1
            show = f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHAT)} {chance.choice(WHERE)}"
            state.shown = f"Channel {1 + chance.below(900)}: {show}."
            return Reply(state.shown)
        state.opened += 1
        door = self.colors.index(action[1])
        if door != state.doors[state.room]:
            state.locked |= 1 << door
            state.shown = f"The {action[1]} door is locked."
            return Reply(f"{state.shown} The television is on.")
        state.room, state.locked = state.room + 1, 0
        state.shown = f"The {action[1]} door opens."
        if state.room == self.rooms:
            return Reply(f"{state.shown} You are out of the house!", done=True, success=True)
        return Reply(f"{state.shown} You are in room {state.room + 1}. The television is on.")

    def privileged(self, state: NoisyTVState) -> Privileged:
        way = [f"open {self.colors[door]}" for door in state.doors]
        return Privileged(answer=way[min(state.room, self.rooms - 1)], extra={"way": way})

    def figures(self, state: NoisyTVState) -> Mapping[str, tuple[float, float]]:
        return {"watched": (state.watched, state.watched + state.opened)}

    # Knowledge.

    def hidden_key(self, state: NoisyTVState) -> list[int]:
        return state.doors

    def secrets(self) -> float:
        return float(len(self.colors)) ** self.rooms

    def known(self, state: NoisyTVState, role: str) -> Any:
        return [state.doors[: state.room], state.locked]

    def view(self, state: NoisyTVState, role: str) -> Any:
        return [state.shown, state.room if state.shown.endswith("opens.") or not state.shown else None]

    def _left(self, state: NoisyTVState) -> int:
        """How many doors of this room may be the one."""
        return len(self.colors) - state.locked.bit_count()

    def belief(self, state: NoisyTVState, role: str) -> Belief:
        if state.room == self.rooms:
            return Belief(0.0)
        return Belief(log2(self._left(state)) + (self.rooms - state.room - 1) * log2(len(self.colors)))

    def gain(self, state: NoisyTVState, action: Action) -> float:
        if action[0] == "watch" or state.locked >> self.colors.index(action[1]) & 1:
            return 0.0
        return partition_gain((1, self._left(state) - 1))

    def best_gain(self, state: NoisyTVState) -> tuple[Action, float]:
        door = next(color for place, color in enumerate(self.colors) if not state.locked >> place & 1)
        return ("open", door), self.gain(state, ("open", door))

    def resample(self, state: NoisyTVState, role: str, chance: Chance) -> NoisyTVState:
        new = state.copy()
        doors = range(len(self.colors))
        for room in range(state.room, self.rooms):
            new.doors[room] = chance.choice([d for d in doors if room > state.room or not state.locked >> d & 1])
        return new

    # Players.

    def solver(self, state: NoisyTVState) -> list[str]:
        return [f"open {self.colors[door]}" for door in state.doors[state.room :]]

    def expert(self, history: History, chance: Chance) -> str:
        locked: set[str] = set()
        for _, said in turns(history):
            found = DOOR.match(said)
            if found and found[2] == "opens":
                locked.clear()
            elif found:
                locked.add(found[1])
        return f"open {next(color for color in self.colors if color not in locked)}"

    def board(self, state: NoisyTVState) -> str:
        row = "".join("[green]▣[/]" if room < state.room else "□" for room in range(self.rooms))
        doors = "  ".join(
            f"[dim]{color} locked[/]" if state.locked >> place & 1 else color for place, color in enumerate(self.colors)
        )
        return f"{row}\n{doors}\n[italic]{state.shown}[/]"


register(NoisyTV)
