"""Several processes, one run: each plays its share of the episodes, all know all of them, and gradients are summed.

``accelerate launch --num_processes 2 -m scoutgym train CONFIG`` starts them; a process alone is the first of one. So
credit, curricula and everything else are computed alike everywhere, on the same records, and nothing but the shares and
the sums knows that there are others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from torch import Tensor

T = TypeVar("T")


@cache
def state() -> PartialState:
    """Which process this is, and of how many."""
    return PartialState()


def first() -> bool:
    """Whether this process writes the files."""
    return bool(state().is_main_process)


def folder(run: Path) -> Path:
    """Where this process writes: the first into the run's folder, any other into one of its own within it.

    All of them write the same; so each finds what it wrote itself.
    """
    here = state().process_index
    return run / f".process-{here}" if here else run


def wait() -> None:
    """Until all have come here."""
    state().wait_for_everyone()


def share(items: Sequence[T]) -> list[T]:
    """This process's part."""
    here = state()
    return list(items[here.process_index :: here.num_processes])


def gathered(mine: Sequence[T]) -> list[T]:
    """The parts of all, one process after the other."""
    found: list[T] = gather_object(list(mine)) if state().num_processes > 1 else list(mine)
    return found


def add_up(tensors: Sequence[Tensor]) -> None:
    """Replace each tensor by its sum over all processes."""
    if state().num_processes > 1:
        for tensor in tensors:
            torch.distributed.all_reduce(tensor)
