"""What a run leaves on disk, written so that it can be killed at any moment.

A file that is replaced is written under a temporary name, flushed to the disk, and renamed; a checkpoint is a folder
that is renamed when it is whole. A name that begins with ``.`` is unfinished and is never read. Text that grows
(metrics) is cut back on resuming to what the checkpoint knows.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch.optim import Optimizer
from torch.utils.tensorboard import SummaryWriter
from transformers import PreTrainedModel

from scoutgym.llm.words import Words
from scoutgym.types import Episode

TRAINER = "trainer.json"
KEPT = 2
"""How many checkpoints of reinforcement learning stay; that of the warm start always does."""


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step: a reader finds the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _flush_folder(path.parent)


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file in one step."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_episodes(path: Path, episodes: Iterable[Episode]) -> None:
    """Episodes, one JSON object a line."""
    write_text(path, "".join(json.dumps(episode.to_json(), ensure_ascii=False) + "\n" for episode in episodes))


def new_folder(folder: Path) -> Path | None:
    """Make an empty run folder. An older run of the name is moved aside, to ``<name>-1`` and so on, and returned."""
    if not folder.exists():
        folder.mkdir(parents=True)
        return None
    number = 1
    while (aside := folder.with_name(f"{folder.name}-{number}")).exists():
        number += 1
    folder.rename(aside)
    folder.mkdir()
    return aside


class RunLog:
    """``metrics.jsonl`` and the same scalars for TensorBoard.

    Args:
        folder: of the run.
        begun: seconds that the run had taken before this process.
    """

    def __init__(self, folder: Path, begun: float = 0.0) -> None:
        self._file = (folder / "metrics.jsonl").open("a", encoding="utf-8")
        self._board = SummaryWriter(str(folder / "tensorboard"))
        self._begun = time.perf_counter() - begun

    @property
    def seconds(self) -> float:
        """Since the run began, pauses left out."""
        return time.perf_counter() - self._begun

    def write(self, stage: str, step: int, scalars: Mapping[str, Any]) -> None:
        """One line; numbers also go to TensorBoard."""
        record = {"stage": stage, "step": step, "seconds": round(self.seconds, 3), **scalars}
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._file.flush()
        prefix = "/".join([stage, *(str(scalars[key]) for key in ("when", "decoding") if key in scalars)])
        for name, value in scalars.items():
            if isinstance(value, (int, float)):
                self._board.add_scalar(f"{prefix}/{name}", value, step)

    def close(self) -> None:
        """Flush everything."""
        self._file.close()
        self._board.close()


def cut_metrics(folder: Path, keep: Callable[[Mapping[str, Any]], bool]) -> None:
    """Forget the lines that a resumed run will write again, and torn ones."""
    path = folder / "metrics.jsonl"
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if keep(record):
            kept.append(line + "\n")
    write_text(path, "".join(kept))


def save_checkpoint(
    folder: Path,
    name: str,
    model: PreTrainedModel,
    words: Words,
    optimizer: Optimizer | None,
    state: Mapping[str, Any],
) -> Path:
    """Write ``checkpoints/<name>/``: a Hugging Face directory, the optimizer, and the trainer's own state as JSON."""
    target = folder / "checkpoints" / name
    unfinished = target.with_name(f".{name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    model.save_pretrained(unfinished)
    words.save(unfinished)
    tensors = {"torch_rng": torch.get_rng_state()}
    if optimizer is not None:
        for number, values in optimizer.state_dict()["state"].items():
            tensors |= {f"{number}.{key}": torch.as_tensor(value).contiguous() for key, value in values.items()}
    save_file(tensors, unfinished / "optimizer.safetensors")
    write_json(unfinished / TRAINER, state)
    for path in unfinished.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
    _flush_folder(target.parent)
    for old in checkpoints(folder)[:-KEPT]:
        if old.name.startswith("rl-"):
            shutil.rmtree(old)
    return target


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    found = [path for path in (folder / "checkpoints").glob("[!.]*") if (path / TRAINER).is_file()]
    return sorted(found, key=lambda path: (path.name.startswith("rl-"), path.name))


def load_state(checkpoint: Path) -> dict[str, Any]:
    """The trainer's own state."""
    state: dict[str, Any] = json.loads((checkpoint / TRAINER).read_text(encoding="utf-8"))
    return state


def load_optimizer(checkpoint: Path, optimizer: Optimizer) -> None:
    """Put the optimizer and torch's generator where they were."""
    tensors = load_file(checkpoint / "optimizer.safetensors")
    torch.set_rng_state(tensors.pop("torch_rng"))
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        number, _, name = key.partition(".")
        state.setdefault(int(number), {})[name] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
