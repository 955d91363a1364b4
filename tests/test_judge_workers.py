"""The threads in which judges are asked."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import CancelledError, wait

import pytest

from scoutgym.wrappers.judges.workers import Workers


def test_work_is_done_in_order_and_no_more_at_once_than_there_are_threads() -> None:
    workers, begun, go = Workers(2), list[int](), threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        assert go.wait(30)
        return -number

    done = [workers.submit(work, number) for number in range(6)]
    wait(done, 0.2)
    assert sorted(begun) == [0, 1]
    go.set()
    assert [one.result(30) for one in done] == [0, -1, -2, -3, -4, -5]
    assert len(begun) == 6


def test_who_waits_gets_what_was_raised_and_the_thread_goes_on() -> None:
    workers = Workers(1)

    def fails() -> None:
        raise KeyError("no verdict")

    with pytest.raises(KeyError, match="no verdict"):
        workers.submit(fails).result(30)
    assert workers.submit(len, "four").result(30) == 4


def test_what_has_not_begun_is_given_up_and_what_has_is_waited_for() -> None:
    workers, begun, go = Workers(1), threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        assert go.wait(30)
        return "done"

    first, second = workers.submit(work), workers.submit(work)
    assert begun.wait(30)
    workers.stop(0.05)
    assert not first.done(), "it was not waited for any longer"
    with pytest.raises(CancelledError):
        second.result(30)
    threading.Timer(0.1, go.set).start()
    workers.stop(30)
    assert first.result(0) == "done"


def test_a_thread_ends_with_its_work() -> None:
    def judges() -> set[threading.Thread]:
        return {thread for thread in threading.enumerate() if thread.name == "judge"}

    others, workers = judges(), Workers(3)
    wait([workers.submit(len, "") for _ in range(9)], 30)
    for thread in judges() - others:
        thread.join(30)
    assert judges() <= others
    assert workers.submit(len, "more").result(30) == 4


def test_a_question_that_is_never_answered_does_not_keep_the_interpreter() -> None:
    code = """
import gymnasium, threading
import scoutgym
from scoutgym.types import Outcome
from scoutgym.wrappers.judge import JudgeReward
from scoutgym.wrappers.judges.core import Judge

class Never(Judge):
    name, parts = "never", ("good",)

    def score(self, groups):
        threading.Event().wait()

env = JudgeReward(gymnasium.make("scoutgym/Number-v0", max_turns=1), Never(), deadline=0.05)
for seed in range(2):
    env.reset(seed=seed)
    assert env.step("1")[4]["outcome"] == Outcome.JUDGE_ERROR
print("at the end")
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "at the end\n"), ended.stderr
