"""Several processes, one run: each plays its share of the episodes, all know all of them, and gradients are summed.

``torchrun --nproc_per_node 2 -m scoutgym train CONFIG`` (or ``accelerate launch``) starts them, each with a GPU of its
own where there are GPUs (and ``CUDA_VISIBLE_DEVICES`` does not hide them); a process alone is the first of one. So
credit, curricula and everything else are computed alike everywhere, on the same records, and nothing but the shares and
the sums knows that there are others. What a step logs of the loss is of the first process's share.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import torch
from accelerate import PartialState
from accelerate.utils import gather_object, reduce
from torch import Tensor

T = TypeVar("T")


def place() -> PartialState:
    """Which process this is, and of how many; the first call joins the others, where there are any."""
    return PartialState(cpu=not torch.cuda.is_available())


def first() -> bool:
    """Whether this process speaks, and writes into the run's folder."""
    return bool(place().is_main_process)


def folder(run: Path) -> Path:
    """Where this process logs: the first into the run's folder, any other into one of its own within it.

    Checkpoints are written by the first alone and read by all.
    """
    return run if first() else run / f".process-{place().process_index}"


def wait() -> None:
    """Until all have come here."""
    place().wait_for_everyone()


def share(items: Sequence[T]) -> list[T]:
    """This process's part."""
    return list(items[place().process_index :: place().num_processes])


def gathered(mine: T) -> list[T]:
    """What each has, in the order of the processes."""
    found: list[T] = gather_object([mine])
    return found


def add_up(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its sum over all processes."""
    if place().num_processes > 1:
        for tensor in tensors:
            tensor.copy_(reduce(tensor, "sum"))


def leave() -> None:
    """The run is over: part from the others, so that none waits for one that has gone."""
    wait()
    place().destroy_process_group()
