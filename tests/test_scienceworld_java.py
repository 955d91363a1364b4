"""ScienceWorld's Java process: one for all episodes, none left behind, and what happens when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import pytest

from scoutgym.check import check
from scoutgym.envs.registry import _MADE
from scoutgym.envs.scienceworld.engine import java
from scoutgym.envs.scienceworld.engine.java import SIMULATORS
from scoutgym.envs.text_env import TextEnv

pytestmark = pytest.mark.worlds


@pytest.fixture(autouse=True, scope="module")
def from_the_start() -> Iterator[None]:
    SIMULATORS.end()
    yield
    SIMULATORS.end()


def env_of(name: str = "ScienceWorld-find-plant", **options: object) -> TextEnv:
    env = gymnasium.make(f"scoutgym/{name}-v0", **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


def stat(pid: int) -> str:
    """R, S, T, Z, …; empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


def alive(pid: int) -> bool:
    return stat(pid) not in ("", "Z")


def gone(pid: int, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


@pytest.mark.slow
@pytest.mark.ci
def test_one_process_for_all_and_none_more_for_a_reset() -> None:
    env, other = env_of(), env_of("ScienceWorld-boil")
    env.reset(options={"index": 0}), other.reset(options={"index": 0})
    process = SIMULATORS.java
    taken = env.session.state.simulator
    for index in range(3):
        env.reset(options={"index": index})
        assert SIMULATORS.java is process
        assert env.session.state.simulator is taken
    assert other.session.state.simulator is not taken


@pytest.mark.slow
@pytest.mark.ci
def test_a_forgotten_episode_gives_its_simulator_back() -> None:
    env = env_of()
    env.reset(options={"index": 0})
    taken = env.session.state.simulator
    del env
    others = [env_of() for _ in range(3)]
    for env in others:
        env.reset(options={"index": 0})
    assert taken in [env.session.state.simulator for env in others]
    assert SIMULATORS._used == 3


@pytest.mark.slow
@pytest.mark.ci
def test_a_killed_process_ends_its_episodes_and_the_next_reset_has_a_new_one() -> None:
    envs = [env_of(), env_of()]
    for env in envs:
        env.reset(options={"index": 0})
    assert SIMULATORS.java is not None
    killed = SIMULATORS.java.pid
    os.kill(killed, signal.SIGKILL)
    assert gone(killed)
    for env in envs:
        result = env.step("look around")
        assert (result[1:4], result[4]["outcome"]) == ((0.0, False, True), "env_error")
    for env in envs:
        env.reset(options={"index": 0})
        assert env.step("look around")[4]["outcome"] == "ok"
    assert SIMULATORS.java.pid != killed
    assert stat(killed) == "", "nobody has waited for it"
    envs[0].close(), envs[1].close()
    os.kill(SIMULATORS.java.pid, signal.SIGKILL)
    envs[0].reset(options={"index": 0})  # died while it lay idle
    assert envs[0].step("look around")[4]["outcome"] == "ok"


def test_a_process_that_hangs_is_given_up() -> None:
    env = env_of()
    env.reset(options={"index": 0})
    assert SIMULATORS.java is not None
    hung = SIMULATORS.java.pid
    for connection in env.session.state.simulator._gateway._gateway_client.deque:
        connection.socket.settimeout(0.3)
    os.kill(hung, signal.SIGSTOP)
    while stat(hung) != "T":
        time.sleep(0.05)
    time.sleep(0.2)  # its threads follow
    assert env.step("look around")[4]["outcome"] == "env_error"
    assert gone(hung)


@pytest.mark.slow
@pytest.mark.ci
def test_an_idle_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "LINGER", 0.2)
    env = env_of()
    env.reset(options={"index": 0})
    assert SIMULATORS.java is not None
    pid = SIMULATORS.java.pid
    time.sleep(0.5)
    assert alive(pid), "an episode is under way"
    env.close()
    assert gone(pid)
    with SIMULATORS._lock:
        assert SIMULATORS.java is None


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("how", ["killed", "left"])
def test_no_process_outlives_the_one_that_started_it(how: str) -> None:
    program = """
import sys, gymnasium, scoutgym
from scoutgym.envs.scienceworld.engine.java import SIMULATORS
env = gymnasium.make("scoutgym/ScienceWorld-v0")
env.reset(seed=1)
print(SIMULATORS.java.pid, flush=True)
if sys.argv[1] == "killed":
    sys.stdin.read()
env.close()
"""
    parent = subprocess.Popen([sys.executable, "-c", program, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    if how == "killed":
        assert alive(child)
        parent.kill()
    parent.communicate()
    assert gone(child)


def test_no_java_is_an_error_that_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    _MADE.clear()
    with pytest.raises(FileNotFoundError, match="apt-get install default-jre-headless"):
        env_of()


# The contract, and many at once.


@pytest.mark.slow
@pytest.mark.ci
def test_the_contract_is_kept() -> None:
    found = check("scoutgym/ScienceWorld-find-plant-v0", episodes=1, seconds=1.0, max_turns=2)
    assert [finding for finding in found if finding.problem] == []


@pytest.mark.slow
@pytest.mark.ci
def test_worker_processes_have_their_own() -> None:
    make = {"vectorization_mode": "async", "vector_kwargs": {"shared_memory": False}}
    env = env_of()
    env.reset(options={"index": 0})
    venv = gymnasium.make_vec("scoutgym/ScienceWorld-find-plant-v0", 1, **make)
    try:
        venv.reset(seed=1)
        observations, *_ = venv.step(["look around"])
        assert "you see" in observations[0]
    finally:
        venv.close()
    assert env.step("look around")[4]["outcome"] == "ok"
