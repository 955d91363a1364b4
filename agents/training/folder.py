"""What a run leaves on disk, written so that it can be killed at any moment.

A file that is replaced is written under a temporary name, flushed to the disk, and renamed; a checkpoint is a folder
that is renamed when it is whole. A name that begins with ``.`` is unfinished and is never read. Text that grows
(metrics) is cut back on resuming to what the checkpoint knows.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch.utils.tensorboard import SummaryWriter

from scoutgym.types import Episode, digest

TRAINER, TENSORS = "trainer.json", "trainer.safetensors"
STAGES = ("warm", "sft", "rl")
"""What checkpoints are named after, in this order."""
KEPT = 2
"""How many checkpoints of reinforcement learning stay; that of the warm start always does."""

log = logging.getLogger("scoutgym")


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
    """``metrics.jsonl`` and the same scalars for TensorBoard and, where a project is named, Weights & Biases.

    What stands in ``metrics.jsonl`` already is written for TensorBoard anew, in place of what was there: so what a
    resumed run writes again (see `cut_metrics`) is there once. TensorBoard's own ``purge_step`` cannot do that: it
    takes out every stage from that step on, and each stage counts its own.

    Args:
        folder: of the run.
        begun: seconds that the run had taken before this process.
        wandb: the project; whether it is online is for ``WANDB_MODE`` to say.
        config: of the run, for Weights & Biases.

    Raises:
        ValueError: a project is named and wandb is not installed.
    """

    def __init__(
        self, folder: Path, begun: float = 0.0, wandb: str | None = None, config: Mapping[str, Any] | None = None
    ) -> None:
        self._wandb = None if wandb is None else _wandb_run(wandb, folder, dict(config or {}))
        self._begun = time.perf_counter() - begun
        self._board = _board(folder, time.time() - begun)
        self._file = (folder / "metrics.jsonl").open("a", encoding="utf-8")

    @property
    def seconds(self) -> float:
        """Since the run began, pauses left out."""
        return time.perf_counter() - self._begun

    def write(self, stage: str, step: int, scalars: Mapping[str, Any]) -> None:
        """One line; numbers also go to the boards."""
        record = {"stage": stage, "step": step, "seconds": round(self.seconds, 3), **scalars}
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._file.flush()
        numbers = _numbers(stage, scalars)
        for name, value in numbers.items():
            self._board.add_scalar(name, value, step)
        if self._wandb is not None:
            self._wandb.log({**numbers, f"{stage}/step": step})

    def close(self) -> None:
        """Flush everything."""
        self._file.close()
        self._board.close()
        if self._wandb is not None:
            self._wandb.finish()


def _numbers(stage: str, scalars: Mapping[str, Any]) -> dict[str, float]:
    """The scalars as the boards name them."""
    prefix = "/".join([stage, *(str(scalars[key]) for key in ("when", "decoding") if key in scalars)])
    return {f"{prefix}/{name}": value for name, value in scalars.items() if isinstance(value, (int, float))}


def _board(folder: Path, begun: float) -> SummaryWriter:
    """TensorBoard's events, with what the log holds already; ``begun``: when the run would have, without pauses."""
    shutil.rmtree(folder / "tensorboard", ignore_errors=True)
    board = SummaryWriter(str(folder / "tensorboard"))
    path = folder / "metrics.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        record = json.loads(line)
        stage, step, seconds = (record.pop(key) for key in ("stage", "step", "seconds"))
        for name, value in _numbers(stage, record).items():
            board.add_scalar(name, value, step, begun + seconds)
    return board


def _wandb_run(project: str, folder: Path, config: dict[str, Any]) -> Any:
    try:
        import wandb
    except ModuleNotFoundError:
        raise ValueError("log.wandb needs wandb: pip install wandb, or leave log.wandb out") from None
    identity = digest(project, str(folder.resolve()), size=8).hex()  # a resumed run goes on in the same curves
    return wandb.init(project=project, name=folder.name, id=identity, resume="allow", dir=str(folder), config=config)


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
    folder: Path, name: str, save_policy: Callable[[Path], None], state: Mapping[str, Mapping[str, Any]]
) -> Path:
    """Write ``checkpoints/<name>/``: what ``save_policy`` writes (a Hugging Face directory) and the state of all parts.

    Args:
        folder: of the run.
        name: ``warm-<step>``, ``sft`` or ``rl-<iteration>``.
        save_policy: writes the policy into a folder.
        state: by part, a flat dictionary of JSON values and tensors.
    """
    target = folder / "checkpoints" / name
    unfinished = target.with_name(f".{name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    save_policy(unfinished)
    tensors = {"torch_rng": torch.get_rng_state()}
    plain: dict[str, dict[str, Any]] = {}
    for part, values in state.items():
        plain[part] = {key: value for key, value in values.items() if not isinstance(value, torch.Tensor)}
        tensors |= {
            f"{part}/{key}": value.contiguous() for key, value in values.items() if isinstance(value, torch.Tensor)
        }
    save_file(tensors, unfinished / TENSORS)
    sums = {str(path.relative_to(unfinished)): _checksum(path) for path in _files(unfinished)}
    write_json(unfinished / TRAINER, {"state": plain, "files": sums})
    for path in _files(unfinished):
        with path.open("rb") as file:
            os.fsync(file.fileno())
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
    _flush_folder(target.parent)
    stale = [path for path in checkpoints(folder) if path.name.startswith("rl-")][:-KEPT]
    half = [path for path in checkpoints(folder) if path.name.startswith("warm-") and path != target]
    for old in stale + half:  # what stands within the warm start is of no use when there is something newer
        shutil.rmtree(old)
    return target


def checkpoints(folder: Path) -> list[Path]:
    """Finished checkpoints, oldest first."""
    found = [path for path in (folder / "checkpoints").glob("[!.]*") if (path / TRAINER).is_file()]
    return sorted(found, key=lambda path: (STAGES.index(path.name.partition("-")[0]), path.name))


def newest_checkpoint(folder: Path) -> Path | None:
    """The last checkpoint that is as it was written. Damaged ones are moved aside, with a warning."""
    for path in reversed(checkpoints(folder)):
        damaged = damage(path)
        if damaged is None:
            return path
        aside = path.with_name(f".damaged-{path.name}")
        shutil.rmtree(aside, ignore_errors=True)
        path.rename(aside)
        log.warning("checkpoint %s is damaged (%s): it is now %s, and the one before it is taken", path, damaged, aside)
    return None


def damage(checkpoint: Path) -> str | None:
    """The first file of a checkpoint that is not as it was written; None where all are."""
    try:
        sums = json.loads((checkpoint / TRAINER).read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError):
        return TRAINER
    return next((name for name, sum_ in sums.items() if _checksum(checkpoint / name) != sum_), None)


def load_state(checkpoint: Path) -> dict[str, dict[str, Any]]:
    """The state of all parts; torch's generator is put where it was."""
    state: dict[str, dict[str, Any]] = json.loads((checkpoint / TRAINER).read_text(encoding="utf-8"))["state"]
    tensors = load_file(checkpoint / TENSORS)
    torch.set_rng_state(tensors.pop("torch_rng"))
    for key, tensor in tensors.items():
        part, _, name = key.partition("/")
        state[part][name] = tensor.clone()  # out of the mapped file, as `load_policy` does, and for its reason
    return state


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _checksum(path: Path) -> str | None:
    """BLAKE2b of a file; None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return None


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
