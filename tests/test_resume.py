"""A run that goes on: the weights have the type that they had, and the boards show every step once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.training import resume, train
from scoutgym.agents.training.config import ModelConfig, TrainConfig, parse_config
from scoutgym.agents.training.policy import load_policy, new_policy
from scoutgym.agents.training.trainer import Trainer
from scoutgym.llm.words import Words

pytestmark = pytest.mark.llm


def config(folder: Path) -> TrainConfig:
    """With a reference, so that a resumed run loads two models."""
    return parse_config(
        {
            "name": "run",
            "threads": 1,
            "model": {"width": 32, "layers": 1, "heads": 2, "context": 160, "dtype": "bfloat16"},
            "envs": {"number": "scoutgym/Number-7-v0"},
            "demonstrations": {"episodes": 40},
            "sft": {"steps": 6, "tokens": 512, "warmup": 2, "check": 3, "tasks": 2},
            "rollout": {"iterations": 4, "groups": 2, "size": 4, "max_tokens": 4},
            "objective": {"options": {"kl": 0.01}},
            "eval": {"episodes": 4, "dev_episodes": 2, "temperatures": [1.0]},
            "log": {"folder": str(folder), "checkpoint": 2},
        }
    )


class KilledError(Exception):
    """Stands for a power cut."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing disturbed."""
    return train(config(tmp_path_factory.mktemp("whole")))


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same run, killed in iteration 4 and resumed from the checkpoint of iteration 2."""

    def dying(self: Trainer) -> float:
        if self.state.iteration == 3:
            raise KilledError
        return real(self)

    real, folder = Trainer._iteration, tmp_path_factory.mktemp("killed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "_iteration", dying)
        with pytest.raises(KilledError):
            train(config(folder))
    return resume(folder / "run")


def figures(run: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in one.items() if k not in ("seconds", "tokens_per_second")} for one in lines]


def test_a_new_model_is_of_the_type_that_was_asked_for_and_loads_as_it_was_saved(tmp_path: Path) -> None:
    settings = ModelConfig(width=32, layers=1, heads=2, context=64, dtype="bfloat16", device="cpu")
    new = new_policy(Words.of(["Guess a number.", "6"]), settings, 0)
    new.save(tmp_path)
    again = load_policy(tmp_path, settings)
    assert {weight.dtype for weight in new.model.parameters()} == {torch.bfloat16}
    ids = torch.arange(20)[None] % 8
    with torch.no_grad():  # positions too are as they were
        assert torch.equal(new.model(input_ids=ids).logits, again.model(input_ids=ids).logits)


def test_a_resumed_run_of_half_precision_has_the_same_bits(whole: Path, resumed: Path) -> None:
    for name in ("model.safetensors", "trainer.safetensors"):
        path = Path("checkpoints") / "rl-00004" / name
        assert (resumed / path).read_bytes() == (whole / path).read_bytes()
    weights = load_file(resumed / "checkpoints" / "rl-00004" / "model.safetensors")
    assert {weight.dtype for weight in weights.values()} == {torch.bfloat16}
    assert figures(resumed) == figures(whole)


def test_the_board_shows_every_step_of_a_resumed_run_once(resumed: Path) -> None:
    board = EventAccumulator(str(resumed / "tensorboard"))
    board.Reload()
    shown = {tag: [(event.step, event.value) for event in board.Scalars(tag)] for tag in board.Tags()["scalars"]}
    logged: dict[str, list[tuple[int, float]]] = {}
    for line in (json.loads(line) for line in (resumed / "metrics.jsonl").read_text().splitlines()):
        stage, step, _ = (line.pop(key) for key in ("stage", "step", "seconds"))
        where = "/".join([stage, *(line[key] for key in ("when", "decoding") if key in line)])
        for name, value in line.items():
            if isinstance(value, (int, float)):
                logged.setdefault(f"{where}/{name}", []).append((step, pytest.approx(value, rel=1e-6)))
    assert [step for step, _ in shown["rl/loss/policy"]] == [1, 2, 3, 4]
    assert [step for step, _ in shown["sft/dev/success"]] == [3, 6]
    assert shown == logged
