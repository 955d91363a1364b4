"""Worlds of others and probes, many at once: in one process, in our vector environment, in worker processes.

Each way gives what an environment alone gives; a process that is killed is an error or an outcome, at once, and leaves
nobody behind. And what cannot be played is an error in one line.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import gymnasium
import pytest
from gymnasium.vector import AsyncVectorEnv, VectorEnv

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Move, Seat
from scoutgym.agents.players import RandomAgent
from scoutgym.benchmark import evaluate
from scoutgym.envs.chance import Chance
from scoutgym.envs.scienceworld.engine.java import SIMULATORS
from scoutgym.envs.text_env import TextEnv

pytestmark = pytest.mark.worlds

STOCKFISH, SCIENCE = "scoutgym/Chess-stockfish-5-v0", "scoutgym/ScienceWorld-find-plant-v0"
IDS = (
    "scoutgym/MiniHack-KeyRoom-S5-v0",
    "scoutgym/TextWorld-Coin-5-v0",
    "scoutgym/BabyAI-UnlockPickup-v0",
    "scoutgym/MiniGrid-DoorKey-5x5-v0",
    SCIENCE,
    STOCKFISH,
    "scoutgym/NoisyTV-4-v0",
)
SLOW = [pytest.mark.slow, pytest.mark.ci]
"""What ScienceWorld's tests are: its Java process takes seconds to begin."""
EACH = [pytest.param(env_id, marks=SLOW) if env_id == SCIENCE else env_id for env_id in IDS]
MODES: dict[str, dict[str, Any]] = {
    "sync": {"vectorization_mode": "sync"},
    "ours": {"vectorization_mode": "vector_entry_point"},
    "async": {"vectorization_mode": "async", "vector_kwargs": {"shared_memory": False}},
}
SEEDS = [3, 4]
"""One for each environment."""
TURNS = 4


@pytest.fixture(autouse=True, scope="module")
def no_java_is_left() -> Iterator[None]:
    yield
    SIMULATORS.end()


@cache
def alone(env_id: str) -> list[tuple[str, list[str], list[tuple[Any, ...]]]]:
    """Of each seed: the first observation, actions drawn at random, and what they gave. No episode ends."""
    played = []
    for seed in SEEDS:
        env = gymnasium.make(env_id).unwrapped
        assert isinstance(env, TextEnv)
        first, _ = env.reset(seed=seed)
        chance, actions, seen = Chance(b"workers", seed), [], []
        for turn in range(TURNS):
            actions.append(chance.at(turn).choice(env.actions()))
            seen.append(env.step(actions[-1])[:4])
        assert not any(ended for *_, terminated, truncated in seen for ended in (terminated, truncated))
        played.append((first, actions, seen))
        env.close()
    return played


def children(parent: int) -> set[int]:
    """Those who descend from a process and run."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents[int(folder.name)] = int(fields[1])
    found, last = set(), {parent}
    while last:
        last = {child for child, of in parents.items() if of in last} - found
        found |= last
    return found


def gone(pids: set[int], seconds: float = 20.0) -> bool:
    """Whether none of them runs, within a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(running(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("env_id", EACH)
def test_many_give_what_one_gives(env_id: str, mode: str) -> None:
    wanted = alone(env_id)
    before = children(os.getpid())
    venv: VectorEnv[Any, Any, Any] = gymnasium.make_vec(env_id, len(SEEDS), **MODES[mode])
    try:
        seen, _ = venv.reset(seed=SEEDS)
        assert list(seen) == [first for first, *_ in wanted]
        for turn in range(TURNS):
            seen, rewards, terminated, truncated, _ = venv.step([actions[turn] for _, actions, _ in wanted])
            got = list(zip(seen, rewards, terminated, truncated, strict=True))
            assert got == [steps[turn] for *_, steps in wanted]
    finally:
        venv.close()
    if mode == "async":
        assert gone(children(os.getpid()) - before), "a worker, or an engine of one, is left"


@pytest.mark.parametrize("env_id", [IDS[0], EACH[IDS.index(SCIENCE)], STOCKFISH])
def test_a_worker_that_is_killed_is_an_error_at_once_and_nobody_is_left(env_id: str) -> None:
    before = children(os.getpid())
    venv = gymnasium.make_vec(env_id, 2, **MODES["async"])
    assert isinstance(venv, AsyncVectorEnv)
    venv.reset(seed=SEEDS)
    venv.step([actions[0] for _, actions, _ in alone(env_id)])
    theirs = children(os.getpid()) - before
    assert len(theirs) >= (4 if env_id in (SCIENCE, STOCKFISH) else 2)
    killed = venv.processes[0].pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert gone({killed})
    began = time.monotonic()
    with pytest.raises((EOFError, OSError)):
        venv.step([actions[1] for _, actions, _ in alone(env_id)])
    for process in venv.processes:  # Gymnasium's close() waits for an answer of the one that is dead, and raises
        process.terminate()
    venv.closed = True
    assert time.monotonic() - began < 10
    assert gone(theirs)


def engines(name: str) -> set[int]:
    """The processes of ours that run a program."""
    return {pid for pid in children(os.getpid()) if Path(f"/proc/{pid}/comm").read_text().strip() == name}


def kill(name: str) -> None:
    found = engines(name)
    assert found
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    assert gone(found)


@pytest.mark.parametrize(
    ("env_id", "name", "broken"), [pytest.param(SCIENCE, "java", 2, marks=SLOW), (STOCKFISH, "stockfish", 1)]
)
def test_a_dead_engine_ends_its_own_episodes_and_the_batch_goes_on(env_id: str, name: str, broken: int) -> None:
    """Java plays all episodes of a process; a Stockfish answers one question at a time and holds no game."""
    tapes = [actions for _, actions, _ in alone(env_id)]
    venv = gymnasium.make_vec(env_id, 2, **MODES["ours"])
    try:
        venv.reset(seed=SEEDS)
        venv.step([tape[0] for tape in tapes])
        kill(name)
        seen, rewards, terminated, truncated, infos = venv.step([tape[1] for tape in tapes])
        assert infos["outcome"] == ["env_error"] * broken + ["ok"] * (2 - broken)
        assert list(truncated) == [True] * broken + [False] * (2 - broken)
        assert not any(terminated)
        assert list(rewards) == [0.0, 0.0]
        assert infos["final_info"][0]["outcome"] == "env_error"
        wanted = [step[1][0] for *_, step in alone(env_id)]
        assert list(seen)[broken:] == wanted[broken:]
        *_, infos = venv.step(["look around" if env_id == SCIENCE else "no move"] * 2)
        assert infos["outcome"] == ["ok" if env_id == SCIENCE else "invalid_action"] * 2
    finally:
        venv.close()


class Killer(RandomAgent):
    """Ends the rival's process on the way."""

    name = "killer"
    done = False

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        if not self.done and seats[0].turns:
            self.done = True
            kill("stockfish")
        return super().act(seats)


def test_the_benchmark_counts_a_broken_episode_and_plays_the_others() -> None:
    (result,) = evaluate(Killer(), STOCKFISH, n=3, measure="nothing")
    assert (result.episodes, result.scored, result.outcomes["env_error"]) == (3, 2, pytest.approx(1 / 3))
    assert result.success == 0.0
    assert result.bounds == [0.0, pytest.approx(1 / 3)]


@pytest.mark.slow
@pytest.mark.ci
def test_nobody_outlives_a_process_with_workers() -> None:
    program = f"""
import sys, gymnasium, scoutgym
venvs = [gymnasium.make_vec(name, 1, vectorization_mode="async", vector_kwargs={{"shared_memory": False}})
         for name in {[SCIENCE, STOCKFISH]!r}]
for venv in venvs:
    venv.reset(seed=1)
venvs[1].step(["e4"])
print("ready", flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    theirs = children(parent.pid)
    assert len(theirs) >= 4, "two workers, Java and Stockfish"
    parent.kill()
    parent.communicate()
    assert gone(theirs)


@pytest.mark.parametrize(
    ("env_id", "params", "says"),
    [
        ("MiniHack-v0", {"level": "Room-6x6"}, "did you mean 'Room-5x5'"),
        ("MiniHack-v0", {"level": "Skill-Custom", "des": "nonsense"}, "does not compile"),
        ("TextWorld-v0", {"kind": "coin_collector", "level": 301}, "less than or equal to 300"),
        ("TextWorldFile-v0", {"path": "/nowhere.z8"}, "no such file"),
        ("BabyAI-v0", {"level": "GoToMars"}, "there is no level 'GoToMars'"),
        ("MiniGrid-v0", {"level": "DoorKey-7x7"}, "did you mean 'DoorKey-8x8'"),
        ("ScienceWorld-v0", {"task": "boill"}, "did you mean 'boil'"),
        ("ChessEndgame-v0", {"pieces": "KK"}, "expected a name as in KQK"),
        ("Blicket-v0", {"objects": 100}, "less than or equal to 9"),
    ],
)
def test_what_cannot_be_played_says_so(env_id: str, params: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        gymnasium.make(f"scoutgym/{env_id}", **params).reset(seed=1)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("env_id", EACH)
def test_a_task_that_there_is_not_says_so(env_id: str) -> None:
    with pytest.raises(ValueError, match=r"has no train task 1000000000000: the indices are 0 to"):
        gymnasium.make(env_id).reset(options={"index": 10**12})
