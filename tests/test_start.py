"""The start that comes with scoutgym: it loads, plays as well as its curve says, and the demo begins with it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import yaml

from scoutgym.agents.lm import LMAgent
from scoutgym.agents.training import load_config, train
from scoutgym.agents.training.config import ModelConfig, parse_config
from scoutgym.agents.training.evaluation import dev_successes
from scoutgym.agents.training.policy import curve, load_policy, model_path
from scoutgym.curricula.core import Arm

pytestmark = pytest.mark.llm
ROOT = Path(__file__).parent.parent
FOLDER = model_path("builtin:games")


def test_it_is_small_and_holds_nothing_that_could_be_run() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 10_000_000
    assert {path.suffix for path in FOLDER.iterdir()} <= {".json", ".jsonl", ".safetensors", ".yaml"}


def test_it_was_made_by_the_configuration_that_says_so() -> None:
    made, says = (
        yaml.safe_load(path.read_text()) for path in (FOLDER / "start.yaml", ROOT / "examples" / "start.yaml")
    )
    for section in ("envs", "demonstrations", "sft", "model"):
        for key, value in says[section].items():
            found = made[section][key]
            assert (found["id"] if section == "envs" else found) == value


def test_it_had_plateaued_and_plays_as_its_curve_says() -> None:
    found = [line["dev/success"] for line in curve(FOLDER) if "dev/success" in line]
    assert len(found) >= 4
    assert max(found[-3:]) - min(found[-3:]) < 0.05
    config = load_config(ROOT / "examples" / "start.yaml")
    policy = load_policy(FOLDER, ModelConfig(context=config.model.context))
    agent = LMAgent(policy.model, policy.renderer, max_tokens=config.rollout.max_tokens, constrain=True)
    arms = [Arm.of(name, env.id, env.params) for name, env in config.envs.items()]
    success = dev_successes(agent, arms, [0.0], 20, 128)[0.0]
    assert success > found[-1] - 0.12  # 120 episodes: three standard errors


def test_a_run_begins_with_it_and_shows_its_curve(tmp_path: Path) -> None:
    config = {
        "name": "run",
        "threads": 1,
        "model": {"path": "builtin:games", "context": 560},
        "envs": {"number": "scoutgym/Number-15-v0"},
        "sft": {"steps": 0},
        "rollout": {"iterations": 1, "groups": 2, "size": 2, "constrained": True},
        "eval": {"episodes": 4, "dev_episodes": 2, "temperatures": [0.0]},
        "log": {"folder": str(tmp_path)},
    }
    run = train(parse_config(config))
    log = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in log if line["stage"] == "sft"] == [line["step"] for line in curve(FOLDER)]
    assert json.loads((run / "summary.json").read_text())["agent"]["constrain"] is True


def test_another_name_is_one_clear_line() -> None:
    with pytest.raises(ValueError, match=r"no start 'game' comes with scoutgym .did you mean 'games'"):
        model_path("builtin:game")


def evidence() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evidence", ROOT / "benchmarks" / "evidence.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["evidence"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_interval_over_seeds_and_secrets() -> None:
    interval = evidence().interval
    rng = np.random.default_rng(0)
    many = rng.normal(0.1, 0.3, (5, 400))
    mean, low, high = interval(many, [b"%d" % n for n in range(400)])
    assert mean == pytest.approx(many.mean())
    assert 0.0 < low < mean < high < 0.2
    # The same values as tasks of four secrets: hardly anything is known.
    few = np.repeat(rng.normal(0.1, 0.3, (1, 4)), 100, axis=1).repeat(5, axis=0)
    mean, low, high = interval(few, [b"%d" % (n // 100) for n in range(400)])
    assert high - low > 0.2
    # Seeds that disagree widen it as well.
    split = np.repeat([[0.5], [-0.5], [0.5], [-0.5]], 400, axis=1)
    mean, low, high = interval(split, [b"%d" % n for n in range(400)])
    assert (mean, low, high) == (0.0, pytest.approx(-0.5, abs=0.1), pytest.approx(0.5, abs=0.1))


def test_every_group_weighs_the_same_in_an_interval() -> None:
    interval = evidence().interval
    changes = np.array([[0.9] * 2 + [0.1] * 8])
    groups = ["small"] * 2 + ["large"] * 8
    assert interval(changes, range(10), groups) == pytest.approx((0.5, 0.5, 0.5))
    mean, low, high = interval(changes, range(10))
    assert mean == pytest.approx(0.26)
    assert low < 0.2
    assert high > 0.3
    # Secrets of different groups are different, though they are called the same.
    mixed = np.array([[0.0, 1.0, 0.0, 1.0]])
    mean, low, high = interval(mixed, ["a", "b", "a", "b"], ["x", "x", "y", "y"])
    assert (mean, low, high) == pytest.approx((0.5, 0.0, 1.0))
