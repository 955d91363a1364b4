"""The keys and values of many conversations, kept between turns: one row of a preallocated cache for each.

A conversation's row is filled from position 0, without holes. A forward pass takes new tokens of any set of rows, of
unequal lengths, aligned at their ends so that the last column's logits are the next tokens'. What fills a shorter row
up is written to a column behind the room that nothing looks at. Masks and positions are made here, row by row (what
the library makes from one offset for the whole batch would be wrong), in the form that the library's own
`create_masks_for_generate` hands to a model: one mask, or one for each kind of layer.

Attention reads the rows where they lie as long as those of the batch are neighbors; rows between them that have
nothing to say are carried along. When less than half of them have, the others are copied together once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import Cache, DynamicCache, PreTrainedModel
from transformers.cache_utils import DummyLayer, DynamicLayer, DynamicSlidingWindowLayer

from scoutgym.llm.cache import Layer, Place
from scoutgym.llm.masks import Mask, masks
from scoutgym.llm.passes import PASS, passes

GROWTH = 64
"""The rows grow by at least as many positions at a time, and by a quarter: growing copies them."""

LOGITS = 2**27
"""A forward pass that scores candidates gives at most so many logits, if it takes more than one row."""


@dataclass
class _Batch:
    """The rows of a forward pass, from the last one on: the copies of the rows may be there already."""

    slots: list[int] = field(default_factory=list)
    span: tuple[int, int] | None = None
    room: int = 0


class Slots:
    """The conversations of one model in slots.

    Args:
        model: a causal model whose layers all keep keys and values.
        ids: each slot's tokens so far; the list grows and shrinks elsewhere.

    Raises:
        ValueError: the model's memory is of another kind.
    """

    def __init__(self, model: PreTrainedModel, ids: Sequence[Sequence[int]]) -> None:
        self.model, self.ids, self.device = model, ids, model.device
        self.config = model.config.get_text_config(decoder=True)
        self.attention = self.config._attn_implementation
        if self.attention not in ("sdpa", "eager"):
            raise ValueError(f"attention of the kind {self.attention!r} takes no mask for each row")
        self.masks = masks(self.config)
        layers = DynamicCache(config=self.config).layers
        kinds = {type(layer) for layer in layers}
        if kinds - {DynamicLayer, DynamicSlidingWindowLayer, DummyLayer}:
            raise ValueError(f"memory of the kinds {sorted(kind.__name__ for kind in kinds)}")
        self.layers = [Layer() for _ in layers]
        shown: list[Any] = [
            ours if type(own) is not DummyLayer else own for ours, own in zip(self.layers, layers, strict=True)
        ]
        self.cache = Cache(layers=shown)
        self.room = 0
        self.known: dict[int, int] = defaultdict(int)
        """How many of a slot's tokens are in the cache."""
        self._batch = _Batch()

    def forget(self, slot: int, length: int) -> None:
        """The tokens from ``length`` on are no more."""
        self.known[slot] = min(self.known[slot], length)

    def after(self, slots: Sequence[int]) -> Tensor:
        """Logits of the token that comes next in each of these conversations, ``[slots, vocabulary]``."""
        self._share(slots)
        return self._logits(slots)

    def branches(self, slots: Sequence[int], tails: Sequence[Sequence[Sequence[int]]]) -> list[Tensor]:
        """Logits behind each token of the tails, read side by side behind the conversation; nothing is kept.

        Args:
            slots: conversations whose tokens are all known.
            tails: for each of them the token ids of several continuations.

        Returns:
            For each conversation ``[tokens of all its tails, vocabulary]``, in order.
        """
        found: list[Tensor] = []
        longest = max(sum(map(len, some)) for some in tails)
        step = max(1, min(PASS, LOGITS // self.config.vocab_size) // max(longest, 1))
        for start in range(0, len(slots), step):
            found += self._look(list(slots[start : start + step]), tails[start : start + step])
        return found

    def _logits(self, slots: Sequence[int]) -> Tensor:
        new = {}
        for slot in slots:
            self.known[slot] = min(self.known[slot], len(self.ids[slot]) - 1)  # the last one is read again, if need be
            new[slot] = self.ids[slot][self.known[slot] :]
        width = max(len(self.ids[slot]) for slot in slots)
        parts = [(some, self._read(some, new)) for some in passes(slots, new, width)]
        if len(parts) == 1:
            return parts[0][1]
        where = {slot: place for place, slot in enumerate(slot for some, _ in parts for slot in some)}
        return torch.cat([logits for _, logits in parts])[[where[slot] for slot in slots]]

    def _share(self, slots: Sequence[int]) -> None:
        """Of conversations that begin alike, as those of a group do, one is read; the others get copies."""
        leaders: dict[tuple[int, ...], int] = {}
        copies: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for slot in slots:
            begin = tuple(self.ids[slot][:-1])
            if self.known[slot] or not begin:
                continue
            if begin in leaders:
                copies[begin].append(slot)
                continue
            size, wanted = len(begin), list(begin)
            reading = (one for one, known in self.known.items() if known >= size and self.ids[one][:size] == wanted)
            leaders[begin] = next(reading, slot)
            if leaders[begin] != slot:
                copies[begin].append(slot)
        if not copies:
            return
        if unread := [leaders[begin] for begin in copies if self.known[leaders[begin]] < len(begin)]:
            self._logits(unread)
        for begin, some in copies.items():
            for layer in self.layers:
                layer.copy(leaders[begin], some, len(begin), len(self.ids))
            self.known.update(dict.fromkeys(some, len(begin)))
        self._batch = _Batch()  # what was copied of these rows is old

    def _read(self, wanted: list[int], new: dict[int, Sequence[int]]) -> Tensor:
        longest = max(len(new[slot]) for slot in wanted)
        width = max(len(self.ids[slot]) for slot in wanted)
        if self.room < width:
            self.room = -(-max(width, self.room * 5 // 4) // GROWTH) * GROWTH
        before, batch = self._batch, self._gather(wanted, longest)
        self._batch = batch
        asked = set(wanted)
        read = [new[slot] if slot in asked else () for slot in batch.slots]
        fill = [longest - len(ids) for ids in read]
        starts = [self.known[slot] - empty for slot, empty in zip(batch.slots, fill, strict=True)]
        columns = torch.arange(longest, device=self.device)
        hollow = columns < self._tensor(fill)[:, None]
        positions = (self._tensor(starts)[:, None] + columns).masked_fill(hollow, 0)
        rows, to = self._tensor(batch.slots), positions.masked_fill(hollow, self.room)
        if len(set(starts)) == 1 and not any(fill):
            positions = positions[:1]  # rows of one length share a mask
        reach = torch.arange(width, device=self.device)
        logits = self._forward(
            [[0] * empty + list(ids) for empty, ids in zip(fill, read, strict=True)],
            positions,
            Place(rows, to, width, len(self.ids), self.room, batch.span, anew=batch != before),
            lambda sees: sees(positions[:, None, :, None], reach),
            keep=1,
        )
        for slot in wanted:
            self.known[slot] = len(self.ids[slot])
        where = {slot: row for row, slot in enumerate(batch.slots)}
        last: Tensor = logits[:, -1]
        return last if batch.slots == wanted else last[[where[slot] for slot in wanted]]

    def _gather(self, wanted: list[int], longest: int) -> _Batch:
        """The rows of the next pass: what there was before, neighbors, or copies."""
        before = self._batch
        spare = 0.5 if longest == 1 else 0.9  # how many of the rows must have something to say
        if before.room == self.room and len(wanted) >= spare * len(before.slots) and set(wanted) <= set(before.slots):
            return before
        low, high = min(wanted), max(wanted) + 1
        if len(wanted) >= spare * (high - low):
            return _Batch(list(range(low, high)), (low, high), self.room)
        return _Batch(sorted(wanted), None, self.room)

    def _look(self, slots: list[int], tails: Sequence[Sequence[Sequence[int]]]) -> list[Tensor]:
        lengths = [sum(map(len, some)) for some in tails]
        longest = max(lengths)
        lines, offsets, owners = [], [], []
        for some, length in zip(tails, lengths, strict=True):
            fill = longest - length
            lines.append([token for tail in some for token in tail] + [0] * fill)
            offsets.append([place for tail in some for place in range(len(tail))] + [0] * fill)
            owners.append([number for number, tail in enumerate(some) for _ in tail] + [-1] * fill)
        start, owner = self._tensor([len(self.ids[slot]) for slot in slots])[:, None], self._tensor(owners)
        positions = (start + self._tensor(offsets)).masked_fill(owner < 0, 0)
        width = max(len(self.ids[slot]) for slot in slots)
        neighbors = slots == list(range(slots[0], slots[0] + len(slots)))
        span = (slots[0], slots[0] + len(slots)) if neighbors else None
        place = Place(self._tensor(slots), positions, width, len(self.ids), self.room, span, aside=True)
        self._batch = _Batch()  # the copies are of other rows now
        reach = torch.arange(width, device=self.device).expand(len(slots), -1)
        others = torch.cat([reach, positions], dim=1)[:, None, None, :]
        behind = (reach < start)[:, None, :].expand(-1, longest, -1)
        same = (owner[:, :, None] == owner[:, None, :]) & (owner >= 0)[:, :, None]
        visible = torch.cat([behind, same], dim=2)[:, None]
        logits = self._forward(
            lines, positions, place, lambda sees: sees(positions[:, None, :, None], others) & visible, keep=0
        )
        return [row[:length] for row, length in zip(logits, lengths, strict=True)]

    def _forward(
        self, lines: list[list[int]], positions: Tensor, place: Place, mask: Callable[[Mask], Tensor], keep: int
    ) -> Tensor:
        def shaped(sees: Mask) -> Tensor:
            seen = mask(sees)
            if self.attention == "sdpa":
                return seen
            least = torch.finfo(self.model.dtype).min
            return torch.zeros_like(seen, dtype=self.model.dtype).masked_fill_(~seen, least)

        for layer in self.layers:
            layer.place = place
        logits: Tensor = self.model(
            input_ids=self._tensor(lines),
            attention_mask={kind: shaped(sees) for kind, sees in self.masks.items()}
            if isinstance(self.masks, dict)
            else shaped(self.masks),
            position_ids=positions,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=keep,
        ).logits
        return logits

    def _tensor(self, numbers: Sequence[Any]) -> Tensor:
        return torch.tensor(numbers, device=self.device)
