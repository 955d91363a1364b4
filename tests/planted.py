"""A sound little world, and one world for each defect that ``scoutgym check`` must catch.

The defects were found in published suites: see the names. Each class changes `Vault` in one place only.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from scoutgym.envs.belief import partition_gain, turns, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Form, Grammar, Integer
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task

DOORS = Grammar(Form("open {door}", door=Integer(1, 12)), Form("listen"))


class VaultParams(Params):
    """Only a turn limit."""

    max_turns: int = 9


@dataclass
class VaultState(State):
    """Which door hides the gold, and which were opened; ``noise`` is what was heard."""

    secret: int = 1
    opened: list[int] = field(default_factory=list)
    noise: list[list[int]] = field(default_factory=list)


def vault(name: str, **changes: Any) -> Spec:
    """The spec of a vault."""
    facts: dict[str, Any] = {
        "family": "planted",
        "group": "vault",
        "about": "Find the door.",
        "rewards": {"opened": Part("0.1 for a door opened for the first time", 0.0, 0.1)},
        "hidden": True,
        "expert": "optimal",
        "belief": "exact",
    }
    return Spec(id=f"planted/{name}-v0", **(facts | changes))


class Vault(World[VaultState]):
    """Behind one of twelve doors lies gold. Nothing is wrong with it."""

    spec = vault("Vault")
    Params, State = VaultParams, VaultState

    def grammar(self, state: VaultState) -> Grammar:
        return DOORS

    def start(self, task: Task, chance: Chance) -> VaultState:
        return VaultState(secret=1 + chance.below(12))

    def intro(self, state: VaultState, role: str) -> str:
        return "Behind one of 12 doors lies gold."

    def play(self, state: VaultState, action: Action, chance: Chance) -> Reply:
        if action[0] == "listen":
            state.noise.append([chance.below(100)])
            return Reply(f"You hear noise number {state.noise[-1][0]}.")
        door = action[1]
        if door == state.secret:
            state.opened.append(door)
            return Reply("Gold!", done=True, success=True)
        if door in state.opened:
            return Reply("You have opened that door before.", invalid=True)
        state.opened.append(door)
        return Reply(f"Door {door} is empty.", {"opened": 0.1})

    def privileged(self, state: VaultState) -> Privileged:
        return Privileged(answer=f"open {state.secret}")

    def hidden_key(self, state: VaultState) -> Any:
        return state.secret

    def secrets(self) -> float:
        return 12

    def known(self, state: VaultState, role: str) -> Any:
        return [state.opened, state.noise]

    def belief(self, state: VaultState, role: str) -> Belief:
        return Belief(uniform_bits(self._left(state)))

    def gain(self, state: VaultState, action: Action) -> float:
        if action[0] == "listen" or action[1] in state.opened:
            return 0.0
        return partition_gain((1, self._left(state) - 1))

    def best_gain(self, state: VaultState) -> tuple[Action, float]:
        closed = [door for door in range(1, 13) if door not in state.opened] or [1]
        return ("open", closed[0]), self.gain(state, ("open", closed[0]))

    def resample(self, state: VaultState, role: str, chance: Chance) -> VaultState:
        new = state.copy()
        if state.secret not in state.opened:
            new.secret = chance.choice([door for door in range(1, 13) if door not in state.opened])
        return new

    def solver(self, state: VaultState) -> list[str]:
        return [f"open {state.secret}"]

    def expert(self, history: History, chance: Chance) -> str:
        tried = set()
        for text, _ in turns(history):
            try:
                tried.add(DOORS.parse(text)[-1])
            except BadAction:
                continue
        return f"open {min(set(range(1, 13)) - tried)}"

    @staticmethod
    def _left(state: VaultState) -> int:
        return 1 if state.secret in state.opened else 12 - len(set(state.opened))


class GlobalRandom(Vault):
    """GEM, TextArena: draws come from the process's shared generator."""

    spec = vault("GlobalRandom")

    def play(self, state: VaultState, action: Action, chance: Chance) -> Reply:
        if action[0] == "listen":
            return Reply(f"You hear noise number {random.randrange(10**6)}.")
        return super().play(state, action, chance)


class GlobalNumpy(Vault):
    """Syllabus: the same with numpy, and only at the start."""

    spec = vault("GlobalNumpy")

    def start(self, task: Task, chance: Chance) -> VaultState:
        return VaultState(secret=1 + int(np.random.randint(12)))


class Entropy(Vault):
    """A world that is different every time: OpenEnv dropped the seed."""

    spec = vault("Entropy")

    def play(self, state: VaultState, action: Action, chance: Chance) -> Reply:
        reply = super().play(state, action, chance)
        reply.text += f" ({os.urandom(2).hex()})"
        return reply


class SecretInInfo(Vault):
    """The secret stands in the reward parts, and so in ``info``."""

    spec = vault("SecretInInfo", rewards={"opened": Part("", 0.0, 0.1), "hint": Part("", 0.0, 12.0, 0.0)})

    def refuse(self, state: VaultState, reason: str, chance: Chance) -> Reply:
        reply = super().refuse(state, reason, chance)
        reply.rewards = {"hint": float(state.secret)}
        return reply


class SecretInText(Vault):
    """The task text depends on the secret."""

    spec = vault("SecretInText")

    def intro(self, state: VaultState, role: str) -> str:
        return super().intro(state, role) + " " * (state.secret % 3) + "."


class SecretInHelp(Vault):
    """The grammar's example is the answer."""

    spec = vault("SecretInHelp")

    def grammar(self, state: VaultState) -> Grammar:
        return Grammar(Form("open {door}", about=f"try {state.secret}", door=Integer(1, 12)), Form("listen"))


class LostLastObservation(Vault):
    """GEM's vector environment, verifiers: how it ended is never said."""

    spec = vault("LostLastObservation")

    def play(self, state: VaultState, action: Action, chance: Chance) -> Reply:
        reply = super().play(state, action, chance)
        if reply.done:
            reply.text = ""
        return reply


class StateLeftOver(Vault):
    """TextArena: the prompt of the last episode is still there after a reset."""

    spec = vault("StateLeftOver")
    visits: ClassVar[list[int]] = []

    def start(self, task: Task, chance: Chance) -> VaultState:
        self.visits.append(task.index)
        return super().start(task, chance)

    def intro(self, state: VaultState, role: str) -> str:
        return f"{super().intro(state, role)} You were here {len(self.visits)} times."


class SharedCopy(Vault):
    """A copy that shares a list with the original: forks see each other."""

    spec = vault("SharedCopy")

    @dataclass
    class Shared(VaultState):
        """Copies the reference."""

        def copy(self) -> Any:
            new = super().copy()
            new.opened = self.opened
            return new

    State = Shared

    def start(self, task: Task, chance: Chance) -> VaultState:
        return self.Shared(secret=1 + chance.below(12))


class LuckInside(Vault):
    """The luck is drawn once and kept outside the state: a restored point plays on differently."""

    spec = vault("LuckInside")

    def __init__(self, params: Any) -> None:
        super().__init__(params)
        self.heard = 0

    def play(self, state: VaultState, action: Action, chance: Chance) -> Reply:
        if action[0] == "listen":
            self.heard += 1
            return Reply(f"You hear noise number {self.heard}.")
        return super().play(state, action, chance)


class PaysRegret(Vault):
    """TextArena's bandit: the worse the action, the higher the reward."""

    spec = vault("PaysRegret", rewards={"opened": Part("", -5.0, 5.0)}, success=Part("", weight=-1.0))


class Undeclared(Vault):
    """A reward part that the spec does not name."""

    spec = vault("Undeclared", rewards={})


class OutOfRange(Vault):
    """A reward outside its declared range."""

    spec = vault("OutOfRange", rewards={"opened": Part("", 0.0, 0.05)})


class UndeclaredFigure(Vault):
    """A figure that the spec does not define."""

    spec = vault("UndeclaredFigure", figures={"doors": "how many there are"})

    def figures(self, state: VaultState) -> dict[str, tuple[float, float]]:
        return {"door": (1.0, 1.0)}


class Raises(Vault):
    """An action that the grammar allows breaks the engine."""

    spec = vault("Raises")

    def play(self, state: VaultState, action: Action, chance: Chance) -> Reply:
        if action == ("open", 11):
            raise KeyError("door 11")
        return super().play(state, action, chance)


class SeedInTask(Vault):
    """Verifiers, TRL: members of one group see different episodes, for the start draws from the system."""

    spec = vault("SeedInTask")

    def start(self, task: Task, chance: Chance) -> VaultState:
        state = super().start(task, chance)
        state.noise.append([random.SystemRandom().randrange(1000)])
        return state

    def intro(self, state: VaultState, role: str) -> str:
        return f"{super().intro(state, role)} Today's number is {state.noise[0][0]}."


class WrongBelief(Vault):
    """The oracle forgets half of what was said."""

    spec = vault("WrongBelief")

    def gain(self, state: VaultState, action: Action) -> float:
        return super().gain(state, action) / 2


class KnowsTooMuch(Vault):
    """``known`` contains what nobody was told: state keys then tell the secret."""

    spec = vault("KnowsTooMuch")

    def known(self, state: VaultState, role: str) -> Any:
        return [state.secret, state.opened]


class PeekingExpert(Vault):
    """The expert remembers the secret from the start, in the world object."""

    spec = vault("PeekingExpert")

    def privileged(self, state: VaultState) -> Privileged:
        self.peeked = state.secret
        return super().privileged(state)

    def known(self, state: VaultState, role: str) -> Any:
        self.peeked = state.secret
        return super().known(state, role)

    def expert(self, history: History, chance: Chance) -> str:
        return f"open {getattr(self, 'peeked', 1)}"


class DeafExpert(Vault):
    """The expert plays what the grammar does not know."""

    spec = vault("DeafExpert")

    def expert(self, history: History, chance: Chance) -> str:
        return "open sesame"


class WrongSolver(Vault):
    """The solver's proof of feasibility proves nothing."""

    spec = vault("WrongSolver")

    def solver(self, state: VaultState) -> list[str]:
        return ["listen"]


class SharedSecrets(Vault):
    """Declares that the test split holds secrets out, but its hidden key is not the secret."""

    spec = vault("SharedSecrets", holdout="secret")

    def start(self, task: Task, chance: Chance) -> VaultState:
        state = super().start(task, chance)
        state.noise.append([chance.below(10**9)])
        return state

    def hidden_key(self, state: VaultState) -> Any:
        self.flips = getattr(self, "flips", 0) + 1
        return state.secret if self.flips % 2 else state.noise[0][0]


DEFECTS: dict[type[World[Any]], set[str]] = {
    GlobalRandom: {"determinism", "isolation"},
    GlobalNumpy: {"isolation", "determinism"},
    Entropy: {"determinism"},
    SecretInInfo: {"twins"},
    SecretInText: {"twins"},
    SecretInHelp: {"twins"},
    LostLastObservation: {"rewards"},
    StateLeftOver: {"hygiene", "determinism", "purity"},
    SharedCopy: {"saving", "forks"},
    LuckInside: {"saving", "isolation", "hygiene"},
    PaysRegret: {"reference_players"},
    Undeclared: {"rewards"},
    UndeclaredFigure: {"rewards"},
    OutOfRange: {"rewards"},
    Raises: {"fuzz", "rewards"},
    SeedInTask: {"purity"},
    WrongBelief: {"beliefs"},
    KnowsTooMuch: {"twins"},
    PeekingExpert: {"twins"},
    DeafExpert: {"reference_players"},
    WrongSolver: {"feasible"},
    SharedSecrets: {"splits"},
}
"""What each defect must be caught by (one of these checks, by name)."""

for _world in (Vault, *DEFECTS):
    register(_world)
