"""A world whose start hangs: its deadline ends its own episode, and no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gymnasium
import pytest

from scoutgym.agents.core import Job, rollout
from scoutgym.agents.outcomes import outcome
from scoutgym.agents.players import RandomAgent
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Outcome, Task

GO = Grammar(Form("go"))


class OneTurn(Params):
    max_turns: int = 1


@dataclass
class EngineState(State):
    index: int


class Sleepy(World[EngineState]):
    """Task 1 begins when `awake` is set, task 2 breaks."""

    spec = Spec(id="proof/Sleepy-v0", family="proof", group="sleepy", about="Begins late.", deadline=0.3)
    Params, State = OneTurn, EngineState
    awake = threading.Event()
    closed: list[int] = []

    def grammar(self, state: EngineState) -> Grammar:
        return GO

    def start(self, task: Task, chance: Chance) -> EngineState:
        if task.index == 1:
            Sleepy.awake.wait(30)
        if task.index == 2:
            raise OSError("no engine")
        return EngineState(task.index)

    def intro(self, state: EngineState, role: str) -> str:
        return f"Task {state.index}."

    def play(self, state: EngineState, action: Action, chance: Chance) -> Reply:
        return Reply("Gone.", done=True, success=True)

    def known(self, state: EngineState, role: str) -> Any:
        return state.index

    def close(self, state: EngineState) -> None:
        Sleepy.closed.append(state.index)


register(Sleepy)


@pytest.fixture(autouse=True)
def asleep() -> Iterator[None]:
    before = threading.active_count()
    yield
    Sleepy.awake.set()
    assert eventually(lambda: threading.active_count() <= before)
    Sleepy.awake.clear()
    Sleepy.closed.clear()


def eventually(true: Callable[[], bool]) -> bool:
    """Within five seconds."""
    until = time.monotonic() + 5
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def test_a_start_that_hangs_ends_its_own_episode() -> None:
    begun = time.perf_counter()
    jobs = [Job(Task(Sleepy.spec.id, "train", index)) for index in range(4)]
    ended = {episode.task.index: episode for episode in rollout(RandomAgent(), jobs)}
    assert time.perf_counter() - begun < 5
    assert [ended[index].success for index in range(4)] == [True, None, None, True]
    for index in (1, 2):
        assert (ended[index].turns, ended[index].truncated) == ([], True)
        assert outcome([ended[index]]) == Outcome.ENV_ERROR


def test_what_comes_too_late_is_closed() -> None:
    env = gymnasium.make(Sleepy.spec.id)
    with pytest.raises(TimeoutError, match=r"longer than 0\.3 s"):
        env.reset(options={"index": 1})
    assert Sleepy.closed == []
    Sleepy.awake.set()
    assert eventually(lambda: Sleepy.closed == [1])


def test_what_is_wrong_with_a_task_is_said_as_ever() -> None:
    env = gymnasium.make(Sleepy.spec.id)
    env.reset(options={"index": 0})
    with pytest.raises(OSError, match="no engine"):
        env.reset(options={"index": 2})
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step("go")
    with pytest.raises(ValueError, match="has no train task"):
        env.reset(options={"index": 10**9})
    assert env.reset(options={"index": 3})[0].startswith("Task 3.")
    assert env.step("go")[2]
