"""Starts: the models that come with scoutgym for runs to begin with, and how one is made anew.

A start is a policy after its warm start, with the configuration that made it (``start.yaml``) and the curve of its
learning: so whoever has the start can make it again (``scoutgym train CONFIG --from-scratch``).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from scoutgym.agents.training.config import TrainConfig, load_config
from scoutgym.agents.training.folder import write_text
from scoutgym.agents.training.policy import BUILTIN, CURVE, curve, model_path

RECIPE = "start.yaml"
"""The configuration that made a start, in its folder."""
FILES = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")


def recipe_of(config: TrainConfig) -> tuple[TrainConfig, float]:
    """What made the start that a configuration names, and how many seconds that took.

    Raises:
        ValueError: it names no start that comes with scoutgym.
    """
    path = config.model.path
    if path is None or not path.startswith(BUILTIN):
        told = "is not set, and so the model is new in any case" if path is None else f"is {path}"
        raise ValueError(
            f"--from-scratch makes a start anew that comes with scoutgym ({BUILTIN}NAME), and model.path {told}"
        )
    folder = model_path(path)
    return load_config(folder / RECIPE), max((line["seconds"] for line in curve(folder)), default=0.0)


def pack(run: Path, target: Path) -> None:
    """What a finished run has made, as a start: no optimizer, no adapter. An older start there is replaced.

    Args:
        run: its folder.
        target: the start's folder, which is there when it is whole.
    """
    unfinished = target.with_name(f".{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name in FILES:
        shutil.copy(run / "checkpoints" / "sft" / name, unfinished / name)
    shutil.copy(run / "config.yaml", unfinished / RECIPE)
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    learned = [line for line in lines if line["stage"] == "sft" and (line["step"] % 250 == 0 or "dev/success" in line)]
    write_text(unfinished / CURVE, "".join(json.dumps(line) + "\n" for line in learned))
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
