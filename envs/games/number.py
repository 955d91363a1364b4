"""Guess the number: the easy end of the scale. Each guess is answered by "higher" or "lower".

A secret whole number is uniform on 1 to ``high``. The reply to a wrong guess says on which side the secret lies. The
expert bisects, which is optimal: ``floor(log2(high)) + 1`` guesses always suffice, and no player needs fewer on
average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from scoutgym.envs.belief import partition_gain, turns, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Form, Grammar, Integer
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task


class NumberParams(Params):
    """How large the range is and how many guesses there are."""

    high: int = Field(100, ge=2, le=10**9, description="the secret lies between 1 and this number")
    max_turns: int = Field(7, ge=1, le=1000, description="how many guesses there are")


@dataclass
class NumberState(State):
    """The secret, and the range that the replies have left: ``low`` to ``high``, both included."""

    secret: int
    low: int
    high: int
    last: int = 0


class Number(World[NumberState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Number-v0",
        family="games",
        group="number",
        about="Guess a number from replies of higher and lower.",
        presets={
            "7": {"high": 7, "max_turns": 3},
            "15": {"high": 15, "max_turns": 4},
            "63": {"high": 63, "max_turns": 6},
            "1000": {"high": 1000, "max_turns": 10},
        },
        hidden=True,
        expert="optimal",
        belief="exact",
    )
    Params, State = NumberParams, NumberState

    def __init__(self, params: NumberParams) -> None:
        super().__init__(params)
        self.high = params.high
        self._grammar = Grammar(Form("{number}", number=Integer(1, params.high), name="guess"))

    def start(self, task: Task, chance: Chance) -> NumberState:
        return NumberState(secret=1 + chance.below(self.high), low=1, high=self.high)

    def intro(self, state: NumberState, role: str) -> str:
        return (
            f"I am thinking of a whole number from 1 to {self.high}. Find it in at most {self.max_turns} guesses. "
            "After each guess I say whether my number is higher or lower."
        )

    def grammar(self, state: NumberState) -> Grammar:
        return self._grammar

    def play(self, state: NumberState, action: Action, chance: Chance) -> Reply:
        state.last = guess = action[1]
        if guess == state.secret:
            state.low = state.high = guess
            return Reply(f"Yes, it is {guess}!", done=True, success=True)
        if guess < state.secret:
            state.low = max(state.low, guess + 1)
            return Reply(f"My number is higher than {guess}.")
        state.high = min(state.high, guess - 1)
        return Reply(f"My number is lower than {guess}.")

    def out_of_turns(self, state: NumberState) -> str:
        return f"That was your last guess. My number was {state.secret}."

    def privileged(self, state: NumberState) -> Privileged:
        return Privileged(answer=str(state.secret))

    def hidden_key(self, state: NumberState) -> int:
        return state.secret

    def secrets(self) -> float:
        return self.high

    def known(self, state: NumberState, role: str) -> Any:
        return [state.low, state.high]

    def view(self, state: NumberState, role: str) -> Any:
        return [state.last, (state.secret > state.last) - (state.secret < state.last)]

    def belief(self, state: NumberState, role: str) -> Belief:
        return Belief(uniform_bits(state.high - state.low + 1))

    def gain(self, state: NumberState, action: Action) -> float:
        guess = action[1]
        below = min(max(guess - state.low, 0), state.high - state.low + 1)
        hit = state.low <= guess <= state.high
        return partition_gain((below, int(hit), state.high - state.low + 1 - below - int(hit)))

    def best_gain(self, state: NumberState) -> tuple[Action, float]:
        action = ("guess", (state.low + state.high) // 2)
        return action, self.gain(state, action)

    def resample(self, state: NumberState, role: str, chance: Chance) -> NumberState:
        new = state.copy()
        new.secret = state.low + chance.below(state.high - state.low + 1)
        return new

    def solver(self, state: NumberState) -> list[str]:
        return [str(state.secret)]

    def expert(self, history: History, chance: Chance) -> str:
        low, high = 1, self.high
        for text, said in turns(history):
            try:
                guess = self._grammar.parse(text)[1]
            except BadAction:
                continue
            if "higher than" in said:
                low = max(low, guess + 1)
            else:
                high = min(high, guess - 1)
        return str((low + high) // 2)

    def board(self, state: NumberState) -> str:
        width = 60
        scale = width / self.high
        start, end = int((state.low - 1) * scale), max(int(state.high * scale), int((state.low - 1) * scale) + 1)
        line = f"[dim]{'·' * start}[/][bold green]{'█' * (end - start)}[/][dim]{'·' * (width - end)}[/]"
        return f"{line}\n[green]{state.low}[/] to [green]{state.high}[/] of {self.high}"


register(Number)
