"""Every registered world, enumerated: the contract, golden task hashes, duplicates, and 100,000 fuzzed actions."""

from __future__ import annotations

import json
import math

import gymnasium
import make_manifest
import numpy as np
import pytest

from scoutgym.check import GARBAGE, check, some_action
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.session import Session
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task, canonical

PRESETS = make_manifest.ids()
IDS = [WORLDS[env_id].spec.preset_id(preset) if preset else env_id for env_id, preset in PRESETS]
BASE = [env_id for env_id, preset in PRESETS if preset is None]
MANIFEST = json.loads(make_manifest.PATH.read_text())
LONG, SHORTER = 400, 100
"""A world of more turns is held to the contract with fewer: what a check costs grows with their square."""


@pytest.mark.parametrize("env_id", IDS)
def test_the_contract_is_kept(env_id: str) -> None:
    turns = gymnasium.make(env_id).unwrapped.world.max_turns
    options = {"max_turns": SHORTER} if turns > LONG else {}
    assert [finding for finding in check(env_id, episodes=3, seconds=1.0, **options) if finding.problem] == []


@pytest.mark.parametrize(("env_id", "preset"), PRESETS, ids=IDS)
def test_tasks_are_what_they_were(env_id: str, preset: str | None) -> None:
    name = f"{env_id} {preset or ''}".strip()
    assert name in MANIFEST, "a new world or preset: run python tests/make_manifest.py"
    assert make_manifest.fingerprint(env_id, preset) == MANIFEST[name], "a task changed: bump the world's version"


def test_the_manifest_has_no_world_that_is_gone() -> None:
    assert set(MANIFEST) == {f"{env_id} {preset or ''}".strip() for env_id, preset in PRESETS}


@pytest.mark.parametrize("env_id", BASE)
def test_neighboring_items_and_seeds_share_nothing(env_id: str) -> None:
    """Ten thousand items: as many distinct secrets as uniform draws would give (a chance of about 1e-9 to fail)."""
    env: TextEnv = gymnasium.make(env_id).unwrapped
    world, items = env.world, 10_000 if env_id != "scoutgym/MultiTrial-v0" else 1_000
    seen = set()
    for index in range(min(items, world.counts["train"])):
        session = Session(world)
        session.begin(Task(env_id, "train", index))
        seen.add(canonical([world.hidden_key(session.state), session.observation]))
    items = min(items, world.counts["train"])
    if math.isinf(world.secrets()):
        assert len(seen) >= items - 1
    else:
        assert len(seen) > 1
    tasks = [env.reset(seed=seed)[1]["task"] for seed in range(200)]
    lucks = {env.reset(seed=seed) and env.session.luck for seed in range(200)}
    assert len(lucks) == 200
    count = world.counts["train"]
    expected = count * (1 - (1 - 1 / count) ** 200)
    assert len({task.index for task in tasks}) > expected - 6 * math.sqrt(expected) / 2 - 1


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("env_id", BASE)
def test_a_hundred_thousand_fuzzed_actions_never_raise(env_id: str) -> None:
    env: TextEnv = gymnasium.make(env_id).unwrapped
    chance = Chance(b"fuzz", 0)
    noise = np.random.default_rng(0)
    huge = "x" * 2_000_000
    env.reset(seed=0)
    for number in range(100_000):
        kind = int(noise.integers(8))
        if kind < 4:
            text = (
                some_action(env, chance.at(number)) if number % 10 == 0 or kind == 0 else GARBAGE[number % len(GARBAGE)]
            )
        elif kind < 7:
            text = "".join(map(chr, noise.integers(1, 0xD7FF if kind == 4 else 127, size=noise.integers(1, 20))))
        else:
            text = huge if number % 1000 == 7 else "0 1 2 3 a b c"[: int(noise.integers(13))]
        result = env.step(text)
        assert result[4]["outcome"] in ("ok", "invalid_action"), (text[:80], env.session.error)
        if result[2] or result[3]:
            env.reset(options={"index": number % min(1000, env.world.counts["train"])})
