"""Groups whose worlds are played by an engine that the configuration names: a chat model that answers in a dialogue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from scoutgym.agents.core import Job, rollout
from scoutgym.agents.players import RandomAgent
from scoutgym.agents.training import train
from scoutgym.agents.training.config import TrainConfig, parse_config
from scoutgym.curricula.arms import Arm, maker

GAME = "scoutgym/TwentyQuestions-v0"


def config(folder: Path, envs: Mapping[str, Any]) -> TrainConfig:
    return parse_config(
        {
            "name": "asked",
            "threads": 1,
            "model": {"width": 16, "layers": 1, "heads": 2, "context": 256},
            "envs": envs,
            "demonstrations": {"episodes": 4, "random": 1, "noisy": 0, "expert": 0},
            "sft": {"steps": 1, "tokens": 512},
            "rollout": {"iterations": 1, "groups": 1, "size": 2, "max_tokens": 4, "constrained": True},
            "eval": {"episodes": 1, "dev_episodes": 1, "temperatures": [1.0]},
            "log": {"folder": str(folder)},
        }
    )


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One to which nothing is certain. It stands in for a language model, of which there is none here."""
    (tmp_path / "unsure.py").write_text('def reply(request):\n    return \'{"answer": "It depends."}\'\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    return "scripted:unsure:reply"


def test_an_arm_is_played_by_its_engine(model: str) -> None:
    arm = Arm.of("asked", GAME, {"oracle": "llm", "model": model, "max_turns": 3})
    assert arm.params == {"max_turns": 3}
    assert set(arm.engine) == {"oracle", "model"}
    jobs = [Job(arm.task("train", 0))]
    (episode,) = rollout(RandomAgent(), jobs, make=maker([arm]))
    (by_rules,) = rollout(RandomAgent(), jobs)
    assert {turn.obs for turn in episode.turns[1:]} == {"It depends."}
    assert {turn.obs for turn in by_rules.turns[1:]} != {"It depends."}
    assert episode.task == by_rules.task


def test_a_run_learns_from_what_the_engine_says(model: str, tmp_path: Path) -> None:
    run = train(config(tmp_path, {"asked": {"id": GAME, "params": {"oracle": "llm", "model": model, "max_turns": 3}}}))
    played = [json.loads(line) for path in (run / "episodes").glob("*.jsonl") for line in path.read_text().splitlines()]
    said = {turn["obs"] for one in played if one.get("turns") for turn in one["turns"][1:]}
    assert said == {"It depends."}


def test_one_world_has_one_engine_in_a_run(model: str, tmp_path: Path) -> None:
    envs = {"rules": GAME, "asked": {"id": GAME, "params": {"oracle": "llm", "model": model}}}
    with pytest.raises(ValueError, match="two groups of scoutgym/TwentyQuestions-v0 are to be played by different"):
        train(config(tmp_path, envs))
