"""Make the demo's start anew and put it into the package. Run: make start, or python benchmarks/start.py [RUN]

Without a run, `examples/start.yaml` is trained first. What is shipped is the model after the warm start, its tokenizer,
the curve of the warm start and its configuration: no optimizer, no adapter.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from scoutgym.agents.training import train
from scoutgym.agents.training.policy import CURVE

HERE = Path(__file__).parent.parent
FILES = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
MOST = 10_000_000
"""Bytes that a start may have."""


def main(run: Annotated[Path | None, typer.Argument(help="a finished run of examples/start.yaml")] = None) -> None:
    """Train the start and ship it."""
    run = run or train(HERE / "examples" / "start.yaml")
    target = HERE / "scoutgym" / "starts" / "games"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in FILES:
        shutil.copy(run / "checkpoints" / "sft" / name, target / name)
    shutil.copy(run / "config.yaml", target / "start.yaml")
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    curve = [line for line in lines if line["stage"] == "sft" and (line["step"] % 250 == 0 or "dev/success" in line)]
    (target / CURVE).write_text("".join(json.dumps(line) + "\n" for line in curve), encoding="utf-8")
    size = sum(path.stat().st_size for path in target.iterdir())
    if size > MOST:
        raise ValueError(f"{target} has {size} bytes: at most {MOST} may be shipped")
    print(f"{target}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
