"""Worlds made to be rolled out: one that breaks on demand, one of questions and answers, and one for two."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar, Integer
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import Task


class ShortParams(Params):
    """Only a turn limit."""

    max_turns: int = 9


class Script(Agent):
    """Says for each task and sample what it was told, the last word again and again, and remembers who asked."""

    name = "script"

    def __init__(self, *lines: str) -> None:
        self.lines = [line.split() for line in lines]
        self.asked: list[list[tuple[int, int, int]]] = []
        """For every call, of every seat: task, sample, turn."""
        self.left: list[tuple[int, int]] = []

    def line(self, seat: Seat) -> list[str]:
        """The words of a seat's sample, or of its task where all samples say the same."""
        return self.lines[(seat.job.task.index + seat.job.sample) % len(self.lines)]

    def act(self, seats: list[Seat]) -> list[Move]:  # type: ignore[override]  # a list is what rollout hands over
        """The next word of each."""
        self.asked.append([(s.job.task.index, s.job.sample, len(s.turns)) for s in seats])
        words = [self.line(seat) for seat in seats]
        return [Move(said[min(len(s.turns), len(said) - 1)]) for said, s in zip(words, seats, strict=True)]

    def leave(self, seat: Seat) -> None:
        """Remember it."""
        self.left.append((seat.job.task.index, seat.job.sample))


@dataclass
class FickleState(State):
    """Which task it is."""

    index: int
    waited: int = 0


class Fickle(World[FickleState]):
    """``win`` and ``lose`` end it, ``wait`` does not; ``crash`` breaks it and ``hang`` never ends, if they still do."""

    spec = Spec(
        id="proof/Fickle-v0",
        family="proof",
        group="fickle",
        about="Breaks on demand.",
        rewards={"waited": Part("0.25 for waiting", 0.0, 0.25)},
    )
    Params, State = ShortParams, FickleState
    sound_after: Counter[int] = Counter()
    """For each task, how many of its faults are left; 99 is for ever."""
    begins_after: Counter[int] = Counter()
    """The same for its beginning."""

    def grammar(self, state: FickleState) -> Grammar:
        return FICKLE

    def start(self, task: Task, chance: Chance) -> FickleState:
        if Fickle.begins_after[task.index]:
            Fickle.begins_after[task.index] -= 1
            raise OSError("no engine")
        return FickleState(task.index)

    def intro(self, state: FickleState, role: str) -> str:
        return f"Task {state.index}."

    def play(self, state: FickleState, action: Action, chance: Chance) -> Reply:
        if action[0] in ("win", "lose"):
            return Reply("Over.", done=True, success=action[0] == "win")
        if action[0] == "wait" or not Fickle.sound_after[state.index]:
            state.waited += 1
            return Reply(f"Waited {state.waited}, luck {chance.below(1000)}.", {"waited": 0.25})
        Fickle.sound_after[state.index] -= 1
        if action[0] == "crash":
            raise OSError("the engine is gone")
        time.sleep(9)
        return Reply("Late.")

    def known(self, state: FickleState, role: str) -> Any:
        return state.waited


FICKLE = Grammar(*(Form(word) for word in ("win", "lose", "wait", "crash", "hang")))


class Slow(Fickle):
    """The same, with a deadline."""

    spec = replace(Fickle.spec, id="proof/Slow-v0", deadline=0.5)


@dataclass
class QuizState(State):
    """The answer."""

    answer: int


class Quiz(World[QuizState]):
    """A digit is hidden. ``ask`` says it; any digit answers, and ends it; ``chat`` does nothing."""

    spec = Spec(id="proof/Quiz-v0", family="proof", group="quiz", about="Ask, then answer.", hidden=True)
    Params, State = ShortParams, QuizState

    def grammar(self, state: QuizState) -> Grammar:
        return QUIZ

    def start(self, task: Task, chance: Chance) -> QuizState:
        return QuizState(chance.below(10))

    def intro(self, state: QuizState, role: str) -> str:
        return "Which digit is it?"

    def play(self, state: QuizState, action: Action, chance: Chance) -> Reply:
        if action[0] == "digit":
            return Reply("Thank you.", done=True, success=action[1] == state.answer)
        return Reply(f"It is {state.answer}." if action[0] == "ask" else "Nice weather.")

    def privileged(self, state: QuizState) -> Privileged:
        return Privileged(answer=str(state.answer))

    def known(self, state: QuizState, role: str) -> Any:
        return None

    def hidden_key(self, state: QuizState) -> Any:
        return state.answer


QUIZ = Grammar(Form("ask"), Form("chat"), Form("{digit}", name="digit", digit=Integer(0, 9)))


class Moody(Quiz):
    """Begins every time with other words."""

    spec = Spec(id="proof/Moody-v0", family="proof", group="quiz", about="Never the same.", hidden=True)
    moods = 0

    def intro(self, state: QuizState, role: str) -> str:
        Moody.moods += 1
        return f"Mood {Moody.moods}."


class Secretive(Quiz):
    """Begins with the same words every time, and with another secret."""

    spec = Spec(id="proof/Secretive-v0", family="proof", group="quiz", about="Never the same.", hidden=True)
    secrets_made = 0

    def start(self, task: Task, chance: Chance) -> QuizState:
        Secretive.secrets_made += 1
        return QuizState(Secretive.secrets_made % 10)


class Forgetful(Quiz):
    """Says something new each time it is played, which no luck decides."""

    spec = Spec(id="proof/Forgetful-v0", family="proof", group="quiz", about="Not deterministic.", hidden=True)
    calls = 0

    def play(self, state: QuizState, action: Action, chance: Chance) -> Reply:
        Forgetful.calls += 1
        return Reply(f"Call {Forgetful.calls}.", done=action[0] == "digit", success=False)


@dataclass
class DuelState(State):
    """Moves made."""

    moves: int = 0


class Duel(World[DuelState]):
    """Two in turns. ``hit`` pays both at once: 1 to who hits, -1 to the other; ``kill`` also ends it."""

    spec = Spec(
        id="proof/Duel-v0",
        family="proof",
        group="duel",
        about="Rewards out of turn.",
        rewards={"hits": Part("hits given less hits taken", -1.0, 1.0)},
        success=Part("1 for the last hit", weight=0.0),
        roles=("left", "right"),
    )
    Params, State = ShortParams, DuelState

    def grammar(self, state: DuelState) -> Grammar:
        return DUEL

    def start(self, task: Task, chance: Chance) -> DuelState:
        return DuelState()

    def intro(self, state: DuelState, role: str) -> str:
        return f"You are {role}."

    def mover(self, state: DuelState) -> str:
        return ("left", "right")[state.moves % 2]

    def play(self, state: DuelState, action: Action, chance: Chance) -> Reply:
        if action[0] == "crash":
            raise OSError("the swords are gone")
        me = self.mover(state)
        state.moves += 1
        other = self.mover(state)
        rewards = {f"{me}/hits": 1.0, f"{other}/hits": -1.0} if action[0] in ("hit", "kill") else {}
        if action[0] == "kill":
            return Reply("You are dead.", {**rewards, f"{me}/success": 1.0}, to=other, done=True, others={me: "Won."})
        return Reply(f"They {action[0]}.", rewards, to=other)

    def known(self, state: DuelState, role: str) -> Any:
        return state.moves


DUEL = Grammar(*(Form(word) for word in ("hit", "miss", "kill", "crash")))

for _world in (Fickle, Slow, Quiz, Moody, Secretive, Forgetful, Duel):
    register(_world)
