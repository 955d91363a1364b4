"""A run from outside: begin one, go on with one that was stopped, play with what came of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers.utils import logging as library_logging

from scoutgym.agents.context import policy_named
from scoutgym.agents.formats import format_of
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.training import folder as files
from scoutgym.agents.training import processes
from scoutgym.agents.training.config import TrainConfig, dump_config, load_config, parse_config
from scoutgym.agents.training.policy import load_policy
from scoutgym.agents.training.start import pack, recipe_of
from scoutgym.agents.training.trainer import Trainer
from scoutgym.envs.tasks import nearest

START, MAKING = "start", ".start"
"""Where a run keeps the start that was made for it, and the run that makes it."""


def train(config: TrainConfig | Mapping[str, Any] | str | Path, from_scratch: bool = False) -> Path:
    """Train by a configuration (or its keys, or its YAML file) and return the run's folder.

    An older run of the name is moved aside.

    Args:
        config: what to train.
        from_scratch: make the start that it names (``builtin:…``) anew, into the run's folder, and begin with that.

    Raises:
        ValueError: an environment, a curriculum, a part or a size is wrong, or there is no start to make; nothing was
            written then.
    """
    if not isinstance(config, TrainConfig):
        config = parse_config(config) if isinstance(config, Mapping) else load_config(Path(config))
    trainer, made_by = Trainer(config), recipe_of(config) if from_scratch else None
    if made_by is not None and processes.place().num_processes > 1:
        raise ValueError("--from-scratch works in one process: make the start first, with `scoutgym train`")
    folder = Path(config.log.folder) / config.name
    if processes.first():
        aside = files.new_folder(folder)
        if aside is not None:
            trainer.board.say(f"the older run of this name is now {aside}")
        if made_by is not None:
            recipe, seconds = made_by
            trainer.board.say(f"{config.model.path} is made anew first: that took {seconds / 60:.0f} min on one core")
            files.write_text(folder / MAKING / "config.yaml", dump_config(recipe))
            model = config.model.model_copy(update={"path": str(folder / START)})
            config = config.model_copy(update={"model": model})
        files.write_text(folder / "config.yaml", dump_config(config))
    processes.wait()
    return trainer.run(folder) if made_by is None else resume(folder)


def resume(run: str | Path) -> Path:
    """Go on with a run from its last checkpoint, or from the start where it has none.

    Raises:
        ValueError: the folder is no run.
    """
    folder = Path(run)
    config, making = load_config(_checked(folder)), folder / MAKING
    if making.is_dir():
        pack(resume(making), folder / START)
        shutil.rmtree(making)
    return Trainer(config, folder).run(folder)


def load_agent(run: str | Path, checkpoint: str = "last", temperature: float = 1.0) -> LMAgent:
    """The policy of a run's checkpoint, playing as it did in training.

    Raises:
        ValueError: the folder is no run, or has no such checkpoint.
    """
    folder = Path(run)
    config = load_config(_checked(folder))
    library_logging.disable_progress_bar()
    found = {path.name: path for path in files.checkpoints(folder)}
    if not found:
        raise ValueError(f"{folder} has no checkpoint yet")
    name = list(found)[-1] if checkpoint == "last" else checkpoint
    if name not in found:
        raise ValueError(f"{folder} has no checkpoint {name!r}{nearest(name, found)}; it has last, {', '.join(found)}")
    policy = load_policy(found[name], config.model.model_copy(update={"lora": None}))
    return LMAgent(
        policy.model,
        policy.renderer,
        temperature,
        config.rollout.max_tokens,
        name=f"run:{folder.name}",
        format=format_of(config.format),
        policy=policy_named(config.rollout.context),
        constrain=config.rollout.constrained,
    )


def _checked(run: Path) -> Path:
    path = run / "config.yaml"
    if not path.is_file():
        raise ValueError(f"{run} is no run folder: it has no config.yaml")
    return path
