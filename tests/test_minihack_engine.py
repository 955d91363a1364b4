"""NetHack's engine between episodes and processes: the same seeds give the same game, and nothing leaks or hangs."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
from pathlib import Path
from typing import Any

import gymnasium
import minihack_tools as tools
import numpy as np
import pytest

from scoutgym.envs.minihack.engine.game import POOL, Game
from scoutgym.envs.text_env import TextEnv

pytestmark = pytest.mark.worlds


# An engine is a function of its seeds and keys.


@pytest.mark.parametrize(
    "name", ["KeyRoom-S5", "Room-Ultimate-5x5", "Skill", "MultiRoom-N2-Monster", "NetHackChallenge"]
)
def test_a_used_engine_plays_as_a_new_one(name: str) -> None:
    def make() -> TextEnv:
        if name == "Skill":
            return tools.level("Quest-Hard")
        return gymnasium.make("scoutgym/NetHackChallenge-v0") if name == "NetHackChallenge" else tools.level(name)

    fresh = []
    for index in range(3):
        env = make()
        fresh.append(tools.walk(env, index, 60))
        env.close()
        POOL.clear()
    used = make()
    tools.walk(used, 77, 50)  # and something else before
    engine = used.session.state.game
    assert [tools.walk(used, index, 60) for index in range(3)] == fresh
    assert used.session.state.game is engine, "the engine is taken again, not built anew"
    used.close()


def test_one_that_was_left_in_the_middle_of_a_question_starts_anew() -> None:
    env = tools.hall()
    first = env.reset(options={"index": 5})[0]
    for keys in (b"i", b"d", b"\x80", b"E-", b"20"):
        for key in keys:
            env.session.state.game.press(key)
        assert env.reset(options={"index": 5})[0] == first
    env.close()


def test_the_clock_has_no_part_in_a_game() -> None:
    """The time of birth names shopkeepers; a new game begins with the clock's, and the engine overwrites it."""
    game = Game("NetHackScore-v0")
    game.reset(1, 2)
    library = ctypes.CDLL(game.nethack.dlpath, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
    try:
        assert ctypes.c_long.in_dll(library, "ubirthday").value == 0
    finally:
        import _ctypes

        _ctypes.dlclose(library._handle)
    assert game.env.nethack._pynethack is not None
    game.close()


def test_seeds_are_drawn_from_the_task_alone() -> None:
    env = tools.level("Room-Random-15x15")
    starts = {index: env.reset(options={"index": index, "luck": index})[0] for index in range(20)}
    assert len(set(starts.values())) > 15
    assert all(env.reset(options={"index": index, "luck": 99})[0] == text for index, text in starts.items())
    held = [env.reset(options={"split": "test", "index": index})[0] for index in range(20)]
    assert len(set(held) & set(starts.values())) < 5
    env.close()


def test_a_hundred_resets_leak_neither_files_nor_memory() -> None:
    def held() -> tuple[int, int]:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return len(os.listdir("/proc/self/fd")), pages * os.sysconf("SC_PAGE_SIZE")

    env = tools.level("KeyRoom-S5")
    for index in range(20):  # caches fill
        tools.walk(env, index, 5)
    files, memory = held()
    for index in range(100):
        tools.walk(env, index, 5)
    assert held()[0] <= files
    assert held()[1] < memory + 8e6
    folder = env.session.state.game.nethack._vardir
    assert os.path.isdir(folder)
    assert sum(f.stat().st_size for f in Path(folder).glob("*log*")) < 100_000
    env.close()
    assert os.path.isdir(folder), "kept for the next episode"
    POOL.clear()
    assert not os.path.exists(folder)


# Several at once, and other processes.


def test_sixteen_in_one_process_share_nothing() -> None:
    venv = gymnasium.make_vec("scoutgym/MiniHack-Room-Monster-5x5-v0", 16, vectorization_mode="vector_entry_point")
    seen, _ = venv.reset(seed=3)
    assert len(set(seen)) > 8
    for turn in range(10):
        seen = venv.step([("go north", "go far east", "go southwest", "look")[(turn + n) % 4] for n in range(16)])[0]
    assert all(isinstance(text, str) and text for text in seen)
    venv.close()


def _worker(index: int, answers: Any) -> None:
    import scoutgym  # noqa: F401 (registers the worlds)

    env = tools.level("Room-Random-5x5")
    answers.put((index, repr(tools.walk(env, index, 8))))
    env.close()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_worker_processes_play_what_we_play(method: str) -> None:
    env = tools.level("Room-Random-5x5")
    mine = {index: repr(tools.walk(env, index, 8)) for index in range(2)}
    folder = env.session.state.game.nethack._vardir
    context = multiprocessing.get_context(method)
    answers = context.Queue()
    workers = [context.Process(target=_worker, args=(index, answers)) for index in range(2)]
    for worker in workers:
        worker.start()
    assert dict(answers.get(timeout=60) for _ in workers) == mine
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    assert os.path.isdir(folder), "a child must not remove its parent's folder"
    assert env.session.over or env.step("look")[4]["outcome"] == "ok"
    env.close()


def test_a_parents_engine_is_refused_in_a_fork_and_a_reset_helps() -> None:
    idle = tools.level("Room-Random-5x5")
    text = idle.reset(options={"index": 3})[0]
    folder = Path(idle.session.state.game.nethack._vardir)
    idle.close()  # its engine lies in the pool, of which the child has a copy
    files = sorted(folder.iterdir())
    ended = Game("MiniHack-Room-5x5-v0")
    ended.close()
    env = tools.level("Room-Random-15x15")
    env.reset(options={"index": 3})
    context = multiprocessing.get_context("fork")
    answers = context.Queue()

    def child() -> None:
        result = env.step("go north")
        answers.put((str(result[4]["outcome"]), result[3]))
        env.reset(options={"index": 4})
        POOL.clear()
        gc.collect()
        answers.put(str(env.step("go north")[4]["outcome"]))

    process = context.Process(target=child)
    process.start()
    assert answers.get(timeout=60) == ("env_error", True)
    assert answers.get(timeout=60) == "ok"
    process.join(30)
    assert env.step("go north")[4]["outcome"] == "ok"
    assert sorted(folder.iterdir()) == files, "the child must leave the parent's files alone"
    assert idle.reset(options={"index": 3})[0] == text
    idle.close()
    env.close()


def test_a_dead_engine_is_an_error_of_the_world_and_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    env = tools.level("Room-Random-5x5")
    env.reset(options={"index": 0})
    dead = env.session.state.game

    def dies(key: int) -> None:
        raise SystemError("the engine is gone")

    monkeypatch.setattr(dead.nethack, "step", dies)
    *_, reward, terminated, truncated, info = env.step("go north")
    assert (reward, terminated, truncated, str(info["outcome"])) == (0.0, False, True, "env_error")
    env.reset(options={"index": 0})
    assert env.session.state.game is not dead
    assert not os.path.exists(dead.nethack._vardir)
    assert env.step("go north")[4]["outcome"] == "ok"
    env.close()


def test_a_game_that_does_not_stop_talking_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    env = tools.level("Room-Random-5x5")
    env.reset(options={"index": 0})
    game = env.session.state.game
    stuck = np.array(game.inside)
    stuck[3] = 1
    monkeypatch.setattr(game, "inside", stuck)
    assert env.step("go north")[4]["outcome"] == "env_error"
    env.close()
