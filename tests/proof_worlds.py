"""Five small worlds that the contract was proved on before any game: each is hard in one way.

`Gamble` has chance in every step. Kuhn poker (a real world) has two players. `Riddle` has a language model inside,
here a scripted one. `Ratchet` has an engine that cannot be copied. `Errand` is a composite whose
last reward a judge gives after the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.composite import Composite, CompositeState
from scoutgym.envs.core import Params, Reply, State, World
from scoutgym.envs.games.number import Number, NumberParams
from scoutgym.envs.grammar import Action, Form, Grammar, Integer
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task


class ShortParams(Params):
    """Only a turn limit."""

    max_turns: int = 8


@dataclass
class GambleState(State):
    """Coins won so far; every throw is kept, in a list of lists, to try the copy."""

    coins: int = 0
    throws: list[list[int]] = field(default_factory=list)


class Gamble(World[GambleState]):
    """Throw two dice again and again: doubles win a coin, a sum of seven ends it all. Or stop."""

    spec = Spec(
        id="proof/Gamble-v0",
        family="proof",
        group="gamble",
        about="Chance in every step.",
        rewards={"coins": Part("coins won by the throw", 0.0, 1.0, 1.0)},
        limit="truncate",
        expert="heuristic",
    )
    Params, State = ShortParams, GambleState

    def grammar(self, state: GambleState) -> Grammar:
        return GAMBLE

    def start(self, task: Task, chance: Chance) -> GambleState:
        return GambleState()

    def intro(self, state: GambleState, role: str) -> str:
        return "Throw the dice as often as you dare."

    def play(self, state: GambleState, action: Action, chance: Chance) -> Reply:
        if action[0] == "stop":
            return Reply(f"You leave with {state.coins} coins.", done=True, success=state.coins > 0)
        throw = [1 + chance.below(6), 1 + chance.below(6)]
        state.throws.append(throw)
        said = f"You threw {throw[0]} and {throw[1]}."
        if sum(throw) == 7:
            return Reply(f"{said} All is lost.", done=True, success=False)
        if throw[0] == throw[1]:
            state.coins += 1
            return Reply(f"{said} A coin!", {"coins": 1.0})
        return Reply(said)

    def known(self, state: GambleState, role: str) -> Any:
        return state.throws

    def expert(self, history: Any, chance: Chance) -> str:
        return "throw"


GAMBLE = Grammar(Form("throw"), Form("stop"))


@dataclass
class RiddleState(State):
    """What the model has said."""

    hints: list[str] = field(default_factory=list)


class ScriptedModel:
    """Stands in for a language model, which these tests cannot run: a reply for each prompt, and a count of calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.script: Callable[[str], str] = lambda prompt: f"Is it not {len(prompt) * 7 % 13}?"

    def reply(self, prompt: str) -> str:
        """What the script says."""
        self.calls += 1
        return self.script(prompt)


MODEL = ScriptedModel()


class Riddle(World[RiddleState]):
    """Ask a scripted language model."""

    spec = Spec(id="proof/Riddle-v0", family="proof", group="riddle", about="A language model inside.")
    Params, State = ShortParams, RiddleState

    def grammar(self, state: RiddleState) -> Grammar:
        return RIDDLE

    def start(self, task: Task, chance: Chance) -> RiddleState:
        return RiddleState()

    def intro(self, state: RiddleState, role: str) -> str:
        return "Ask until you have had enough."

    def play(self, state: RiddleState, action: Action, chance: Chance) -> Reply:
        said = chance.ask(lambda: MODEL.reply(f"{state.hints} {action[1]}"))
        state.hints.append(said)
        return Reply(said, done=action[1] == 9, success=action[1] == 9)

    def known(self, state: RiddleState, role: str) -> Any:
        return state.hints


RIDDLE = Grammar(Form("ask {number}", number=Integer(0, 9)))


class RiddleReplayed(Riddle):
    """The same, restored by playing again: the recorded replies must be read back, never asked for again."""

    spec = Spec(
        id="proof/RiddleReplayed-v0", family="proof", group="riddle", about="Replay with replies.", copies="replay"
    )


@dataclass
class RatchetState(State):
    """A running generator: it can be neither copied nor written down."""

    engine: Any = None
    clicks: int = 0


def _ratchet(start: int) -> Iterator[int]:
    value = start
    while True:
        value = (value * 31 + 7) % 101
        yield value


class Ratchet(World[RatchetState]):
    """Pull the ratchet until it shows a multiple of ten; its wheels also slip by chance."""

    spec = Spec(
        id="proof/Ratchet-v0",
        family="proof",
        group="ratchet",
        about="An engine that cannot copy itself.",
        copies="replay",
        limit="truncate",
    )
    Params, State = ShortParams, RatchetState

    def grammar(self, state: RatchetState) -> Grammar:
        return RATCHET

    def start(self, task: Task, chance: Chance) -> RatchetState:
        return RatchetState(_ratchet(chance.below(101)))

    def intro(self, state: RatchetState, role: str) -> str:
        return "Pull until the ratchet shows a multiple of ten."

    def play(self, state: RatchetState, action: Action, chance: Chance) -> Reply:
        state.clicks += 1
        for _ in range(action[1] + chance.below(2)):
            shown = next(state.engine)
        shown = next(state.engine)
        return Reply(f"It shows {shown}.", done=shown % 10 == 0, success=shown % 10 == 0)

    def known(self, state: RatchetState, role: str) -> Any:
        return state.clicks

    def close(self, state: RatchetState) -> None:
        state.engine.close()


RATCHET = Grammar(Form("pull {number}", number=Integer(0, 3)))


class Errand(Composite):
    """First find a number, then gamble; how politely it was done is judged after the end, by a wrapper."""

    spec = Spec(
        id="proof/Errand-v0", family="proof", group="errand", about="A composite with a late reward.", limit="truncate"
    )
    Params, State = ShortParams, CompositeState

    def __init__(self, params: Any) -> None:
        super().__init__(params)
        self._children = (Number(NumberParams(high=7, max_turns=3)), Gamble(ShortParams(max_turns=4)))

    def length(self) -> int:
        return len(self._children)

    def child(self, place: int) -> World[Any]:
        return self._children[place]

    def label(self, place: int) -> str:
        return ("number", "gamble")[place]

    def again(self, state: CompositeState, place: int, chance: Chance) -> State:
        return GambleState()


for _world in (Gamble, Riddle, RiddleReplayed, Ratchet, Errand):
    register(_world)
