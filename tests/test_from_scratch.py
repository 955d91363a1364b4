"""`scoutgym train --from-scratch`: the start that a run begins with is made anew, to the same bits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli_tools import complaint
from safetensors.torch import load_file, save_file

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.training import load_config, policy, resume, train
from scoutgym.agents.training.config import TrainConfig, parse_config
from scoutgym.agents.training.start import pack, recipe_of
from scoutgym.agents.training.warm_start import WarmStart

pytestmark = pytest.mark.llm


def config(folder: Path, **sections: Any) -> TrainConfig:
    return parse_config(
        {
            "name": "run",
            "threads": 1,
            "envs": {"number": "scoutgym/Number-7-v0"},
            "eval": {"episodes": 2, "dev_episodes": 2, "temperatures": [1.0]},
            "log": {"folder": str(folder)},
            **sections,
        }
    )


def begun_with(folder: Path, path: str) -> TrainConfig:
    rollout = {"iterations": 1, "groups": 2, "size": 2, "max_tokens": 4}
    return config(folder, model={"path": path}, sft={"steps": 0}, rollout=rollout)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The weights that the recipe of `builtin:small` makes. What is shipped under that name are others."""
    run = train(
        config(
            tmp_path / "shipped",
            model={"width": 16, "layers": 1, "heads": 2, "context": 128},
            demonstrations={"episodes": 20},
            sft={"steps": 4, "tokens": 256, "check": 2, "tasks": 1},
            rollout={"iterations": 0},
        )
    )
    start = tmp_path / "starts" / "small"
    pack(run, start)
    weights = start / "model.safetensors"
    bits = weights.read_bytes()
    save_file({name: weight + 1 for name, weight in load_file(weights).items()}, weights, {"format": "pt"})
    monkeypatch.setattr(policy, "files", lambda package: tmp_path)
    return bits


def test_the_start_is_made_anew_and_used(made: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = train(begun_with(tmp_path, "builtin:small"), from_scratch=True)
    assert re.search(r"builtin:small is made anew first: that took \d+ min on one core", capsys.readouterr().out)
    assert (run / "start" / "model.safetensors").read_bytes() == made
    assert (run / "checkpoints" / "sft" / "model.safetensors").read_bytes() == made
    assert load_config(run / "config.yaml").model.path == str(run / "start")
    assert {path.name for path in run.iterdir() if path.name.startswith(".")} == set()
    log = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    learned = [line["loss/sft_dev"] for line in log if line["stage"] == "sft"]
    assert learned == [line["loss/sft_dev"] for line in policy.curve(run / "start")] != []
    assert recipe_of(begun_with(tmp_path, "builtin:small"))[0].sft.steps == 4


def test_a_run_that_was_killed_while_its_start_was_made_goes_on(
    made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(self: WarmStart, success: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(WarmStart, "_judge", dying)
        with pytest.raises(KeyboardInterrupt):
            train(begun_with(tmp_path, "builtin:small"), from_scratch=True)
    run = tmp_path / "run"
    assert not (run / "start").exists()
    resume(run)
    assert (run / "start" / "model.safetensors").read_bytes() == made
    assert (run / "summary.json").is_file()


def test_what_is_no_start_of_scoutgym_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    for one in (begun_with(tmp_path, str(tmp_path)), config(tmp_path)):
        with pytest.raises(ValueError, match=r"model\.path is"):
            train(one, from_scratch=True)
    assert not (tmp_path / "run").exists()
    assert "leave --from-scratch out" in complaint("train", "--resume", str(tmp_path), "--from-scratch")
    demo = str(Path(__file__).parent.parent / "examples" / "one_game.yaml")
    assert "is not set" in complaint("train", demo, "--from-scratch", f"log.folder={tmp_path}")


def test_the_recipe_of_what_is_shipped_is_sound() -> None:
    recipe, seconds = recipe_of(load_config(Path(__file__).parent.parent / "examples" / "demo.yaml"))
    assert recipe.model.path is None
    assert seconds > 60
