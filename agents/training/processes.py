"""Several processes, one run: each plays its share of the episodes, all know all of them, and gradients are summed.

``torchrun --nproc_per_node 2 -m scoutgym train CONFIG`` starts them, each with a GPU of its own where there are GPUs
(and ``CUDA_VISIBLE_DEVICES`` does not hide them); a process alone is the first of one. So credit, curricula and
everything else are computed alike everywhere, on the same records, and nothing but the shares and the sums knows that
there are others. What a step logs of the loss is of the first process's share.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, distributed

T = TypeVar("T")


class Place(NamedTuple):
    """Which process this is, and of how many."""

    rank: int
    size: int


@cache
def place() -> Place:
    """Join the others on the first call, where there are any."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return Place(0, 1)
    if not distributed.is_initialized():
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return Place(distributed.get_rank(), distributed.get_world_size())


def first() -> bool:
    """Whether this process speaks, and writes into the run's folder."""
    return place().rank == 0


def folder(run: Path) -> Path:
    """Where this process logs: the first into the run's folder, any other into one of its own within it.

    Checkpoints are written by the first alone and read by all.
    """
    return run if first() else run / f".process-{place().rank}"


def wait() -> None:
    """Until all have come here."""
    if place().size > 1:
        distributed.barrier()


def share(items: Sequence[T]) -> list[T]:
    """This process's part."""
    return list(items[place().rank :: place().size])


def gathered(mine: T) -> list[T]:
    """What each has, in the order of the processes."""
    if place().size == 1:
        return [mine]
    found: list[T] = [mine] * place().size
    distributed.all_gather_object(found, mine)
    return found


def add_up(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its sum over all processes."""
    if place().size > 1:
        for tensor in tensors:
            distributed.all_reduce(tensor)


def leave() -> None:
    """The run is over: part from the others, so that none waits for one that has gone."""
    if place().size > 1:
        distributed.barrier()
        distributed.destroy_process_group()
