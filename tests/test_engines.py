"""Engines between two episodes: used again by key, a bounded number of them, never a parent's."""

from __future__ import annotations

import multiprocessing
import threading
import time

from scoutgym.envs.engines import Pool


class Engine:
    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_an_engine_is_taken_again_by_its_key_alone() -> None:
    pool: Pool[Engine] = Pool(Engine.close)
    first = pool.take("room", Engine)
    pool.give("room", first)
    assert pool.take("maze", Engine) is not first
    assert pool.take("room", Engine) is first
    assert pool.take("room", Engine) is not first, "two episodes must not share one"


def test_the_one_that_lay_longest_is_closed_for_one_more() -> None:
    pool: Pool[Engine] = Pool(Engine.close, idle=2)
    engines = [Engine() for _ in range(3)]
    for number, engine in enumerate(engines):
        pool.give(number, engine)
    assert [engine.closed for engine in engines] == [True, False, False]
    pool.clear()
    assert all(engine.closed for engine in engines)


def test_a_forked_process_does_not_touch_its_parents() -> None:
    pool: Pool[Engine] = Pool(Engine.close)
    parents = Engine()
    pool.give("room", parents)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()

    def child() -> None:
        taken = pool.take("room", Engine)
        pool.clear()
        answers.put((taken is parents, parents.closed))

    process = context.Process(target=child)
    process.start()
    assert answers.get(timeout=20) == (False, False)
    process.join(20)
    assert pool.take("room", Engine) is parents


def test_one_that_broke_while_it_lay_idle_is_closed_and_not_taken() -> None:
    broken: list[Engine] = []
    pool: Pool[Engine] = Pool(Engine.close, usable=lambda engine: engine not in broken)
    sound, other = Engine(), Engine()
    for engine in (sound, other):
        pool.give("room", engine)
    broken.append(other)
    assert pool.take("room", Engine) is sound
    assert (sound.closed, other.closed) == (False, True)


def test_one_that_nobody_takes_for_a_while_is_closed() -> None:
    closed: list[tuple[Engine, float]] = []
    pool: Pool[Engine] = Pool(lambda engine: closed.append((engine, time.monotonic())), linger=0.3)
    threads = threading.active_count()
    for _ in range(20):
        pool.give("room", pool.take("room", Engine))  # time and again in use
    assert threading.active_count() <= threads + 1, "one timer is enough"
    first, begun = pool.take("room", Engine), time.monotonic()
    pool.give("room", first)
    time.sleep(0.15)
    pool.give("room", Engine())
    assert closed == []
    while len(closed) < 2 and time.monotonic() < begun + 20:
        time.sleep(0.01)
    assert [since - begun > 0.29 for _, since in closed] == [True, True]
    assert closed[0][0] is first
    assert pool.take("room", Engine) is not first
