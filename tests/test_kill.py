"""A run that is killed without warning, at any moment and several times, ends with the bits of one that was not."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.llm, pytest.mark.slow, pytest.mark.ci]

CONFIG = """
name: run
seed: 3
threads: 1
model: {width: 32, layers: 2, heads: 2, context: 160}
envs: {number: scoutgym/Number-7-v0, fifteen: scoutgym/Number-15-v0}
demonstrations: {episodes: 120}
sft: {steps: 40, tokens: 1024, check: 10, tasks: 4}
rollout: {iterations: 6, groups: 4, size: 4, slots: 16, max_tokens: 4}
eval: {episodes: 8, dev_episodes: 4, temperatures: [0.5, 1.0]}
log: {checkpoint: 1, wandb: null}
"""


def start(folder: Path, resume: bool) -> subprocess.Popen[bytes]:
    line = ["--resume", "runs/run"] if resume else ["run.yaml"]
    (folder / "run.yaml").write_text(CONFIG)
    command = [sys.executable, "-m", "scoutgym", "train", *line]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def result(folder: Path) -> dict[str, Any]:
    run = folder / "runs" / "run"
    log = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    last = run / "checkpoints" / "rl-00006"
    return {
        "metrics": [{k: v for k, v in one.items() if k not in ("seconds", "tokens_per_second")} for one in log],
        "weights": (last / "model.safetensors").read_bytes(),
        "state": (last / "trainer.safetensors").read_bytes(),
        "groups": json.loads((run / "summary.json").read_text())["groups"],
        "episodes": {path.name: path.read_text() for path in (run / "episodes").iterdir()},
    }


def lines(folder: Path) -> int:
    """How far a run has come: lines of its log."""
    log = folder / "runs" / "run" / "metrics.jsonl"
    return log.read_bytes().count(b"\n") if log.exists() else 0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The result of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    process = start(folder, resume=False)
    assert process.wait() == 0, process.stderr and process.stderr.read()
    return result(folder)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_kill_minus_nine_costs_nothing(whole: dict[str, Any], tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    deaths = sorted(chance.uniform(0, len(whole["metrics"])) for _ in range(3))
    resume = False
    for death in deaths:
        process = start(tmp_path, resume)
        while process.poll() is None and lines(tmp_path) < int(death):
            time.sleep(0.01)
        time.sleep(death % 1 / 2)  # somewhere between this line and the next ones
        process.kill()
        process.wait()
        resume = (tmp_path / "runs" / "run" / "config.yaml").exists()
    process = start(tmp_path, resume)
    assert process.wait() == 0, process.stderr and process.stderr.read()
    found = result(tmp_path)
    for one, other in zip(found.pop("metrics"), whole["metrics"], strict=True):
        assert one == other, f"dead at {deaths}"
    for name, value in found.items():
        assert value == whole[name], f"{name} differ, dead at {deaths}"
