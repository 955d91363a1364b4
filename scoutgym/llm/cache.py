"""One layer's keys and values of many conversations, a row for each, as the transformers library's models use a cache.

A pass writes the keys and values of its tokens to their rows and columns, and attention looks at the rows of the batch:
where they lie, as long as they are neighbors, or in copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import CacheLayerMixin


@dataclass
class Place:
    """Where the tokens of one forward pass belong; all layers share it."""

    rows: Tensor
    """The slot of each row of the batch, ``[batch]``."""
    columns: Tensor
    """Where its tokens go, ``[batch, tokens]``; ``room`` for what is not to be seen."""
    width: int
    """How many columns are looked at."""
    slots: int
    room: int
    """How many rows and columns there are, beside the column that nothing looks at."""
    span: tuple[int, int] | None
    """The slots from .. to, where those of the batch are neighbors; None: copies are looked at."""
    anew: bool = True
    """The copies have to be made; else they are there from the pass before."""
    aside: bool = False
    """The tokens are looked at and not kept."""


class Layer(CacheLayerMixin):
    """One layer's keys and values, ``[slots, heads, room + 1, size]``."""

    is_sliding = False  # the masks see to windows
    keys: Tensor  # from the first forward pass on
    values: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.place: Place
        self.copies: tuple[Tensor, Tensor] | None = None

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        self.keys = key_states.new_zeros(0, key_states.shape[1], 1, key_states.shape[3])
        self.values = value_states.new_zeros(0, value_states.shape[1], 1, value_states.shape[3])
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        place = self.place
        if self.keys.shape[2] <= place.room or self.keys.shape[0] < place.slots:
            self.keys, self.values = _grown(self.keys, place), _grown(self.values, place)
        if place.aside:
            self.copies = None
            keys, values = self._seen(place)
            return torch.cat([keys, key_states], dim=2), torch.cat([values, value_states], dim=2)
        new_keys, new_values = key_states.transpose(1, 2), value_states.transpose(1, 2)
        at = (place.rows[:, None], slice(None), place.columns)
        self.keys[at], self.values[at] = new_keys, new_values
        if self.copies is not None and not place.anew:
            at = (torch.arange(len(place.rows), device=place.rows.device)[:, None], slice(None), place.columns)
            self.copies[0][at], self.copies[1][at] = new_keys, new_values
        else:
            self.copies = None
        return self._seen(place)

    def copy(self, source: int, targets: Sequence[int], length: int, slots: int) -> None:
        """Give other slots the first ``length`` positions of one; ``slots`` is how many there are."""
        if not self.is_initialized:  # a layer that keeps nothing
            return
        if missing := slots - len(self.keys):
            self.keys, self.values = (
                torch.cat([x, x.new_zeros(missing, *x.shape[1:])]) for x in (self.keys, self.values)
            )
        for kept in (self.keys, self.values):
            kept[list(targets), :, :length] = kept[source, :, :length].clone()
        self.copies = None

    def _seen(self, place: Place) -> tuple[Tensor, Tensor]:
        if place.span is not None:
            rows = slice(*place.span)
            return self.keys[rows, :, : place.width], self.values[rows, :, : place.width]
        if self.copies is None:
            self.copies = self.keys.index_select(0, place.rows), self.values.index_select(0, place.rows)
        return self.copies[0][:, :, : place.width], self.copies[1][:, :, : place.width]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.place.width, 0

    def get_seq_length(self) -> int:
        return self.place.width if self.is_initialized else 0

    def get_max_length(self) -> int:
        return -1


def _grown(kept: Tensor, place: Place) -> Tensor:
    """With rows and columns for all there is."""
    more = kept.new_zeros(place.slots, kept.shape[1], place.room + 1, kept.shape[3])
    more[: len(kept), :, : kept.shape[2] - 1] = kept[:, :, :-1]
    return more
