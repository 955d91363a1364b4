"""Memory length: one bit, told at the start and needed after ``length`` steps (bsuite's memory length, in words).

A T-maze (Bakker 2002): a sign at the entrance says which way to turn at the far end of a corridor. On the way hang
posters with arrows of their own, drawn by chance, so that the last arrow seen is no better than a coin. Nothing is
hidden from who remembers; an agent that sees only the last turns, or a summary without the sign, is right half of the
time. While it walks it can only walk: it cannot note the bit in its own actions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

WAYS = ("left", "right")
ADVERTISED = (
    "fresh bread",
    "a circus",
    "used pianos",
    "rowing lessons",
    "a lost dog",
    "cheap paint",
    "a night of chess",
)
CORRIDOR = Grammar(Form("walk", "go on along the corridor"))
JUNCTION = Grammar(Form("turn left", name="left"), Form("turn right", name="right"))
SIGN = re.compile(r"turn (left|right) at the end")


class MemoryLengthParams(Params):
    """How long the bit must be kept."""

    length: int = Field(20, ge=1, le=1000, description="steps between the sign and the turn")
    max_turns: int = Field(0, ge=0, le=4000, description="0: twice as many as it takes")


@dataclass
class MemoryLengthState(State):
    """What the sign says, and the steps taken."""

    sign: str
    walked: int = 0


class MemoryLength(World[MemoryLengthState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/MemoryLength-v0",
        family="probes",
        group="memory_length",
        about="Remember one sign to the end of a long corridor.",
        presets={"5": {"length": 5}, "20": {}, "50": {"length": 50}, "200": {"length": 200}},
        expert="optimal",
        paper="Osband et al. 2020, Behaviour Suite for Reinforcement Learning, arXiv 1908.03568",
    )
    Params, State = MemoryLengthParams, MemoryLengthState

    def __init__(self, params: MemoryLengthParams) -> None:
        super().__init__(params)
        self.length = params.length
        self.max_turns = params.max_turns or 2 * (params.length + 1)

    def start(self, task: Task, chance: Chance) -> MemoryLengthState:
        return MemoryLengthState(chance.choice(WAYS))

    def intro(self, state: MemoryLengthState, role: str) -> str:
        return (
            f"You enter a corridor that is {self.length} steps long. A sign says: turn {state.sign} at the end, "
            "whatever else you see. If you then turn the other way, you have lost."
        )

    def grammar(self, state: MemoryLengthState) -> Grammar:
        return CORRIDOR if state.walked < self.length else JUNCTION

    def play(self, state: MemoryLengthState, action: Action, chance: Chance) -> Reply:
        if action[0] != "walk":
            right = action[0] == state.sign
            said = "That is what the sign said." if right else f"The sign said {state.sign}."
            return Reply(f"You turn {action[0]}. {said}", done=True, success=right)
        state.walked += 1
        if state.walked < self.length:
            poster = f"A poster for {chance.choice(ADVERTISED)} has an arrow to the {chance.choice(WAYS)}."
            return Reply(f"You walk on. {poster}")
        return Reply(f"You walk on. You are at the end of the corridor.\n{JUNCTION.help()}")

    def hidden_key(self, state: MemoryLengthState) -> str:
        return state.sign

    def secrets(self) -> float:
        return float(len(WAYS))

    def known(self, state: MemoryLengthState, role: str) -> Any:
        return [state.sign, state.walked]

    def view(self, state: MemoryLengthState, role: str) -> Any:
        return [state.sign if state.walked == 0 else None, state.walked == self.length]

    def solver(self, state: MemoryLengthState) -> list[str]:
        return ["walk"] * (self.length - state.walked) + [f"turn {state.sign}"]

    def expert(self, history: History, chance: Chance) -> str:
        if not any(text.startswith("You walk on. You are at the end") for text in history[:1:-2]):
            return "walk"
        found = SIGN.search(history[0])
        assert found
        return f"turn {found[1]}"

    def board(self, state: MemoryLengthState) -> str:
        return f"{'·' * state.walked}[bold green]●[/]{'·' * (self.length - state.walked)}[bold]┤[/]"


register(MemoryLength)
