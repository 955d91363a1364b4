"""In Chromium the ledger tells what it tells in the browser of our own: same actions, same disclosures and rewards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium
import pytest

pytest.importorskip("playwright")

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.web.browser.engine import shut
from scoutgym.envs.web.privacy.world import PrivacyState, PrivacyWorld

pytestmark = pytest.mark.browser

IDS = sorted(world.spec.id for world in WORLDS.values() if issubclass(world, PrivacyWorld))


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    shut()


def begun(env_id: str, backend: str, **params: Any) -> TextEnv:
    env = gymnasium.make(env_id, backend=backend, **params).unwrapped
    assert isinstance(env, TextEnv)
    env.reset(options={"split": "test", "index": 1})
    return env


def disclosed(env: TextEnv) -> Any:
    state = env.session.state
    assert isinstance(state, PrivacyState)
    return state.ledger.to_json()


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("pressure", ["fields", "hidden"])
def test_both_browsers_tell_the_same(env_id: str, pressure: str) -> None:
    envs = [begun(env_id, backend, pressure=pressure) for backend in ("dom", "chromium")]
    try:
        world = envs[0].world
        assert isinstance(world, PrivacyWorld)
        value = next(iter(envs[0].session.state.ledger.items.values())).value  # type: ignore[union-attr]
        controls = world._page(envs[0].session.state).controls  # type: ignore[arg-type]
        search = next(bid for bid, control in controls.items() if control.kind in ("search", "text"))
        way = [f"fill('{search}', {value!r})", f"press('{search}', 'Enter')", "go_back()", "goto('/x?y=sertraline')"]
        way += ["goto('http://elsewhere.test/?y=z')", "go_back()"]
        for action in way:
            step(envs, action)
        assert disclosed(envs[0])["disclosures"]
        for action in world.overshared(envs[0].session.state):  # type: ignore[arg-type]
            info = step(envs, action)
        assert info["figures"]["leak_rate"] == (1, 1)
    finally:
        for env in envs:
            env.close()


def step(envs: list[TextEnv], action: str) -> dict[str, Any]:
    """Do an action in both; what they show, pay and disclose must be equal."""
    one, two = (env.step(action) for env in envs)
    assert one == two
    assert disclosed(envs[0]) == disclosed(envs[1])
    return one[4]


def test_a_snapshot_goes_on_in_the_other_browser_with_its_ledger() -> None:
    here, there = (begun("scoutgym/PrivacyStore-v0", backend, kind="contact") for backend in ("dom", "chromium"))
    try:
        world = here.world
        assert isinstance(world, PrivacyWorld)
        *before, last = world.overshared(here.session.state)  # type: ignore[arg-type]
        for action in before:
            here.step(action)
        there.restore(here.snapshot())
        assert here.step(last) == there.step(last)
        assert disclosed(here) == disclosed(there)
    finally:
        here.close()
        there.close()
