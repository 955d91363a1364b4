"""Batched sampling, token ids in and token ids out, with the keys and values of each conversation kept between turns.

Every open conversation owns a slot: one row of a preallocated cache, filled from position 0 without padding. A forward
pass takes the new tokens of any set of slots, of unequal lengths; a mask lets each token see its own row up to itself.
The numbers are those of a plain forward pass over the whole conversation (a test holds it to that).

A token is drawn by inverting the cumulative distribution, in float64, at one uniform number of the conversation's own
noise. Which conversations share a batch therefore changes nothing but the last bits of the logits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import Cache, PreTrainedModel
from transformers.cache_utils import CacheLayerMixin

GROWTH = 64
"""A slot's room grows by at least as many positions at a time."""


@dataclass(frozen=True)
class Ask:
    """What one conversation wants: to read ``ids`` and to write on."""

    slot: int
    ids: Sequence[int]
    uniform: Callable[[], float]
    """The next number of this conversation's noise, uniform in [0, 1)."""


@dataclass
class Said:
    """What was sampled: ``logp`` are natural logarithms under the distribution that was sampled from."""

    ids: list[int] = field(default_factory=list)
    logp: list[float] = field(default_factory=list)
    truncated: bool = False
    """The end token did not come within the limit."""


class _Layer(CacheLayerMixin):
    """One layer's keys and values, ``[slots, heads, positions, size]``; `place` says where the next ones go."""

    keys: Tensor  # from the first forward pass on
    values: Tensor

    def __init__(self, place: _Place) -> None:
        super().__init__()
        self.place = place

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        shape = (self.place.slots, key_states.shape[1], self.place.room, key_states.shape[3])
        self.keys, self.values = key_states.new_zeros(shape), value_states.new_zeros(shape)
        self.is_initialized = True

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        place = self.place
        if self.keys.shape[2] < place.room:
            more = (0, 0, 0, place.room - self.keys.shape[2])
            self.keys = torch.nn.functional.pad(self.keys, more)
            self.values = torch.nn.functional.pad(self.values, more)
        at = (place.rows[:, None], slice(None), place.positions)
        self.keys[at], self.values[at] = key_states.transpose(1, 2), value_states.transpose(1, 2)
        keys, values = self.keys[:, :, : place.width], self.values[:, :, : place.width]
        if place.all_rows:
            return keys, values
        return keys[place.rows], values[place.rows]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self.place.width, 0

    def get_seq_length(self) -> int:
        return self.place.width

    def get_max_length(self) -> int:
        return -1


@dataclass
class _Place:
    """Where the tokens of one forward pass belong; all layers share it."""

    slots: int
    room: int = 0
    width: int = 0
    rows: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.long))
    positions: Tensor = field(default_factory=lambda: torch.zeros(0, 0, dtype=torch.long))
    all_rows: bool = False


class Engine:
    """Conversations of one model. The weights must not change while a conversation is open.

    Args:
        model: a causal model in evaluation mode.
        end: the id of the token that ends an answer.
        slots: how many conversations can be open at once.
    """

    def __init__(self, model: PreTrainedModel, end: int, slots: int) -> None:
        self.model, self.end, self.slots = model, end, slots
        self.tokens = 0
        """How many tokens were read and written."""
        self._place = _Place(slots)
        self._cache = Cache(layers=[_Layer(self._place) for _ in range(model.config.num_hidden_layers)])
        self._free = list(range(slots))[::-1]
        self._length = [0] * slots
        self._unread: list[list[int]] = [[] for _ in range(slots)]

    def open(self) -> int:
        """A free slot for a new conversation.

        Raises:
            ValueError: all slots are taken.
        """
        if not self._free:
            raise ValueError(f"all {self.slots} slots of the engine are taken: close one, or give it more")
        slot = self._free.pop()
        self._length[slot], self._unread[slot] = 0, []
        return slot

    def close(self, slot: int) -> None:
        """Give a slot back."""
        self._free.append(slot)

    def length(self, slot: int) -> int:
        """Tokens of the conversation so far."""
        return self._length[slot] + len(self._unread[slot])

    @torch.inference_mode()
    def generate(self, asks: Sequence[Ask], temperature: float, limit: int) -> list[Said]:
        """Let each conversation read its new tokens and write until its end token, ``limit`` tokens at most.

        Args:
            asks: at most one for each open slot; ``ids`` are not empty.
            temperature: divides the logits; 0 takes the likeliest token, whose log-probability is then 0.
            limit: tokens of an answer, the end token included.
        """
        said = [Said() for _ in asks]
        for ask in asks:
            self._unread[ask.slot] += ask.ids
        writing = sorted(range(len(asks)), key=lambda one: asks[one].slot)  # all slots in order need no copy
        for step in range(limit):
            logits = self._read([asks[one].slot for one in writing])
            ids, logp = _draw(logits, [asks[one].uniform for one in writing], temperature)
            going = []
            for one, token, value in zip(writing, ids, logp, strict=True):
                said[one].ids.append(token)
                said[one].logp.append(value)
                self._unread[asks[one].slot].append(token)
                if token != self.end:
                    going.append(one)
                    said[one].truncated = step == limit - 1
            writing = going
            if not writing:
                break
        return said

    def _read(self, slots: Sequence[int]) -> Tensor:
        """Logits after the unread tokens of these slots, ``[slots, vocabulary]``."""
        unread = [self._unread[slot] for slot in slots]
        longest = max(map(len, unread))
        lengths = torch.tensor([len(ids) for ids in unread])
        starts = torch.tensor([self._length[slot] for slot in slots])
        tokens = torch.tensor([ids + [0] * (longest - len(ids)) for ids in unread])
        place = self._place
        positions = starts[:, None] + torch.arange(longest)
        place.width = int(positions.max()) + 1
        place.room = max(place.room, -(-place.width // GROWTH) * GROWTH)
        # What stands behind a shorter row's end is overwritten before anything may look at it.
        place.rows, place.positions = torch.tensor(list(slots)), positions
        place.all_rows = list(slots) == list(range(self.slots))
        mask = torch.arange(place.width) <= positions[:, None, :, None]
        hidden = self.model.base_model(
            input_ids=tokens, attention_mask=mask, position_ids=positions, past_key_values=self._cache, use_cache=True
        ).last_hidden_state
        for slot, ids in zip(slots, unread, strict=True):
            self._length[slot] += len(ids)
            self._unread[slot] = []
            self.tokens += len(ids)
        logits: Tensor = self.model.get_output_embeddings()(hidden[torch.arange(len(unread)), lengths - 1])
        return logits


def _draw(logits: Tensor, uniforms: Sequence[Callable[[], float]], temperature: float) -> tuple[list[int], list[float]]:
    if temperature == 0:
        return logits.argmax(-1).tolist(), [0.0] * len(logits)
    logp = torch.log_softmax(logits.double() / temperature, dim=-1)
    reached = logp.exp().cumsum(-1)
    noise = torch.tensor([uniform() for uniform in uniforms], dtype=torch.float64)[:, None]
    # Scaled by the last sum, which rounding keeps from being exactly 1: the draw never falls off the end.
    ids = torch.searchsorted(reached, noise * reached[:, -1:], right=True)
    return ids[:, 0].tolist(), logp.gather(-1, ids)[:, 0].tolist()
