"""Umbrella chain in text: one decision at the start decides the end, after a long walk of noise (bsuite).

In the morning the forecast says rain or sun, among ``distractors`` other things that mean nothing. The agent takes an
umbrella or leaves it at home, and then walks: at each of ``length`` crossings it turns left or right, finds or loses a
coin by pure luck, and reads the other things anew. At the end the forecast turns out to be right, and the umbrella was
the right choice or not. The walk can last as long as one likes, and its coins hide from a learner what the decision was
worth. Nothing is hidden from the agent; its optimum is a success rate of 1, and chance gives exactly 1/2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import History, Params, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

THINGS = (
    ("The bridge is", "up", "down"),
    ("The baker is", "in", "out"),
    ("The bells are", "silent", "ringing"),
    ("The bus is", "late", "early"),
    ("The market is", "open", "closed"),
    ("The river is", "high", "low"),
    ("The square is", "full", "empty"),
    ("The flag is", "red", "green"),
    ("The fountain is", "on", "off"),
    ("The library is", "quiet", "noisy"),
    ("The cat is", "awake", "asleep"),
    ("The mail is", "here", "not here"),
    ("The gate is", "locked", "unlocked"),
    ("The lamp is", "lit", "unlit"),
    ("The train is", "long", "short"),
    ("The tide is", "coming in", "going out"),
)
FIRST = Grammar(
    Form("take the umbrella", "you cannot change your mind later", name="take"),
    Form("leave the umbrella", name="leave"),
)
CROSSING = "You come to crossing"
LATER = Grammar(Form("turn left", name="left"), Form("turn right", name="right"))


class UmbrellaParams(Params):
    """How long the walk is and how much there is to see."""

    length: int = Field(16, ge=1, le=500, description="crossings between the decision and its consequence")
    distractors: int = Field(4, ge=0, le=len(THINGS), description="other things that are told each time")
    max_turns: int = Field(0, ge=0, le=2000, description="0: twice as many as the walk takes")


@dataclass
class UmbrellaState(State):
    """The weather to come, the other things of the morning, whether the umbrella was taken, and crossings passed."""

    rain: bool
    things: str
    taken: bool | None = None
    walked: int = 0
    coins: int = 0


class Umbrella(World[UmbrellaState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Umbrella-v0",
        family="probes",
        group="umbrella",
        about="Take an umbrella or not, and find out after a long walk whether that was right.",
        presets={"4": {"length": 4}, "16": {}, "64": {"length": 64}, "16-busy": {"distractors": 16}},
        rewards={"coins": Part("a coin found or lost at a crossing, by luck alone", -1.0, 1.0, 1.0)},
        expert="optimal",
        paper="Osband et al. 2020, Behaviour Suite for Reinforcement Learning, arXiv 1908.03568",
    )
    Params, State = UmbrellaParams, UmbrellaState

    def __init__(self, params: UmbrellaParams) -> None:
        super().__init__(params)
        self.length, self.distractors = params.length, params.distractors
        self.max_turns = params.max_turns or 2 * (params.length + 1)

    def _things(self, chance: Chance, among: str = "", last: str = "") -> str:
        """What is seen: the distractors, drawn anew, with a sentence somewhere among them or at their end."""
        told = [f"{thing} {ways[chance.below(2)]}." for thing, *ways in THINGS[: self.distractors]]
        if among:
            told.insert(chance.below(len(told) + 1), among)
        return " ".join([*told, last] if last else told)

    def start(self, task: Task, chance: Chance) -> UmbrellaState:
        rain = chance.below(2) == 1
        return UmbrellaState(rain, self._things(chance, f"The forecast says {'rain' if rain else 'sun'}."))

    def intro(self, state: UmbrellaState, role: str) -> str:
        return (
            f"You leave home for a walk of {self.length} crossings. The forecast is always right, and the weather "
            "comes at the end of the walk. You succeed if you then have an umbrella in the rain, or none in the sun. "
            f"On the way you find and lose coins.\n{state.things}"
        )

    def grammar(self, state: UmbrellaState) -> Grammar:
        return FIRST if state.taken is None else LATER

    def play(self, state: UmbrellaState, action: Action, chance: Chance) -> Reply:
        if state.taken is None:
            state.taken = action[0] == "take"
            said = (
                f"You {'take' if state.taken else 'leave'} the umbrella. {self._things(chance, last=CROSSING + ' 1.')}"
            )
            return Reply(f"{said}\n{LATER.help()}")
        state.walked += 1
        coin = 1 if chance.below(2) else -1
        state.coins += coin
        said = f"You turn {action[0]} and {'find' if coin > 0 else 'lose'} a coin."
        if state.walked < self.length:
            things = self._things(chance, last=f"{CROSSING} {state.walked + 1}.")
            return Reply(f"{said} {things}", {"coins": float(coin)})
        weather = "It rains" if state.rain else "The sun shines"
        said = f"{said} {weather}, and you have {'an' if state.taken else 'no'} umbrella."
        return Reply(said, {"coins": float(coin)}, done=True, success=state.taken == state.rain)

    def hidden_key(self, state: UmbrellaState) -> bool:
        return state.rain

    def secrets(self) -> float:
        return 2.0

    def known(self, state: UmbrellaState, role: str) -> Any:
        return [state.rain, state.taken, state.walked]

    def view(self, state: UmbrellaState, role: str) -> Any:
        return [state.rain if state.taken is None else None, state.walked]

    def solver(self, state: UmbrellaState) -> list[str]:
        first = [f"{'take' if state.rain else 'leave'} the umbrella"] if state.taken is None else []
        return first + ["turn left"] * (self.length - state.walked)

    def expert(self, history: History, chance: Chance) -> str:
        if any(text.startswith(("You take", "You leave")) for text in history[2::2]):
            return "turn left"
        return "take the umbrella" if "The forecast says rain." in history[0] else "leave the umbrella"

    def board(self, state: UmbrellaState) -> str:
        held = {None: "at the door", True: "with an umbrella", False: "without an umbrella"}[state.taken]
        way = "█" * state.walked + "·" * (self.length - state.walked)
        return f"{state.things}\n{way} {held}, {state.coins:+d} coins"


register(Umbrella)
