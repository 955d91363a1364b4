"""Whole episodes are the same in Chromium and in our own browser: what is read and paid, and the rows at the end."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import gymnasium
import pytest

pytest.importorskip("selectolax")  # the extra `web`; the core legs have none of it

from web_pages import addresses, names, world_of
from web_walk import differences, walk

from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.engine import shut
from scoutgym.envs.web.sites.database import changes
from scoutgym.envs.web.world import WebState, WebWorld

pytestmark = pytest.mark.browser

SITES = [name for name in names() if name != "plant"]
QUICK = {"forum": "join", "office": "event", "store": "buy", "tracker": "report", "travel": "stay"}
"""Of each site a kind of tasks with forms to be filled in."""
KINDS = [(name, kind) for name in SITES for kind in world_of(name).kinds]


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


class Pair:
    """One world on both back ends, which do the same and are compared after all of it."""

    def __init__(self, name: str, **params: Any) -> None:
        def made(backend: str) -> TextEnv:
            env = gymnasium.make(world_of(name).spec.id, backend=backend, fields=1.0, **params).unwrapped
            assert isinstance(env, TextEnv)
            return env

        self.envs = made("dom"), made("chromium")
        self.done: list[str] = []

    def reset(self, **options: Any) -> None:
        ours, theirs = (env.reset(options=options) for env in self.envs)
        self.done = [str(options)]
        assert ours == theirs

    def step(self, action: str) -> tuple[float, bool, bool, dict[str, Any]]:
        """Reward, terminated, truncated and info, which are the same on both, as the observations are."""
        ours, theirs = (env.step(action) for env in self.envs)
        self.done.append(f"{ours[1]:+.2f} {action:.100}")
        ways = "\n".join(self.done[-12:])
        assert ours == theirs, ways
        dom, chromium = (self.world(env).browser(self.state(env)) for env in self.envs)
        found = differences(dom, chromium)
        assert not found, "\n".join([ways, "", *found])
        _, reward, terminated, truncated, info = ours
        return reward, terminated, truncated, info

    def changed(self) -> list[list[Any]]:
        """The rows that were changed, which are the same in both."""
        ours, theirs = ({host: changes(one) for host, one in self.state(env).databases.items()} for env in self.envs)
        assert ours == theirs, "\n".join(self.done)
        return [row for tables in ours.values() for rows in tables.values() for row in rows]

    @property
    def solver(self) -> list[str]:
        """What is still to be done; none where the task cannot be done any more."""
        try:
            return list(self.world(self.envs[0]).solver(self.state(self.envs[0])))
        except ValueError:
            return []

    @staticmethod
    def world(env: TextEnv) -> WebWorld:
        assert isinstance(env.world, WebWorld)
        return env.world

    @staticmethod
    def state(env: TextEnv) -> WebState:
        assert isinstance(env.session.state, WebState)
        return env.session.state

    def close(self) -> None:
        for env in self.envs:
            env.close()


def _solved(name: str, kind: str, split: str) -> None:
    pair = Pair(name, kind=kind, max_turns=300)
    try:
        pair.reset(split=split, index=1)
        steps = [pair.step(action) for action in pair.solver]
        _, terminated, truncated, info = steps[-1]
        assert (terminated, truncated, info["success"]) == (True, False, True)
        assert sum(reward for reward, *_ in steps) >= 1
        assert bool(pair.changed()) == ('"rows"' in json.dumps(pair.state(pair.envs[0]).goal))
    finally:
        pair.close()


@pytest.mark.parametrize("name", SITES)
def test_a_solved_task_is_the_same_in_both(name: str) -> None:
    _solved(name, QUICK[name], "train")


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_solved_tasks_of_every_kind_are_the_same_in_both(name: str, kind: str) -> None:
    _solved(name, kind, "test")


@pytest.mark.parametrize("name", SITES)
def test_disturbed_solvers_walk_alike(name: str) -> None:
    _disturbed(name, 1, 40)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("seed", range(2, 5))
@pytest.mark.parametrize("name", SITES)
def test_disturbed_solvers_walk_alike_for_long(name: str, seed: int) -> None:
    _disturbed(name, seed, 100)


def _disturbed(name: str, seed: int, steps: int) -> None:
    """Episodes one after the other in which most of the actions are a solver's, and the others go anywhere.

    What goes anywhere fills in forms too, but seldom so that a site takes them; with the solver, rows are changed and
    rewards are paid in every walk. An episode is left some steps after its task cannot be done any more: whoever has
    logged out stays outside.
    """
    pair, chance = Pair(name), random.Random(seed)
    known = [*addresses(name, 1), "/none", "#", "http://nowhere.example/", "/?q=a b"]
    rows, rewards, index = 0, list[float](), 100 * seed
    try:
        while len(rewards) < steps:
            pair.reset(split="train", index=index)
            dom, over, lost = pair.envs[0], False, 0
            anywhere = walk(pair.world(dom).browser(pair.state(dom)), index, known)
            while not over and len(rewards) < steps:
                helped = chance.random() < 0.6
                left = pair.solver if helped else []
                lost += helped and not left
                action = left[0] if left else dom.grammar.format(next(anywhere))
                reward, terminated, truncated, _ = pair.step(action)
                rewards.append(reward)
                over = terminated or truncated or lost > 5
            rows += len(pair.changed())
            index += 1
    finally:
        pair.close()
    assert rows > 0
    assert any(reward > 0 for reward in rewards)
    assert any(reward < 0 for reward in rewards), "some actions were none"
