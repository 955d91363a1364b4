"""The way round for models whose memory cannot live in slots (recurrent, linear attention, hybrids, position biases).

Each conversation is read anew whenever it is asked, all its tokens at once; within an answer the model's own memory is
kept. Conversations of equal length are read together, so that there is no padding, no mask and no position that the
model would not make by itself: right for every causal model, and slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

MEMORIES = ("past_key_values", "cache_params", "state")
"""The names that the library's models give to what they remember."""


@dataclass
class _Group:
    """Conversations of equal length, and what the model remembers of them."""

    slots: list[int]
    length: int
    memory: dict[str, Any]


class Reread:
    """The conversations of one model, read anew.

    Args:
        model: any causal model.
        ids: each slot's tokens so far; the list grows and shrinks elsewhere.
    """

    def __init__(self, model: PreTrainedModel, ids: Sequence[Sequence[int]]) -> None:
        self.model, self.ids = model, ids
        self._groups: list[_Group] = []

    def forget(self, slot: int, length: int) -> None:
        """The tokens from ``length`` on are no more."""
        self._groups = []

    def after(self, slots: Sequence[int]) -> Tensor:
        """Logits of the token that comes next in each of these conversations, ``[slots, vocabulary]``."""
        logits: dict[int, Tensor] = {}
        wanted = set(slots)
        groups = [group for group in self._groups if self._goes_on(group, wanted)]
        for group in groups:
            lines = [[self.ids[slot][group.length] if slot in wanted else 0] for slot in group.slots]
            logits |= self._step(group, lines)
        anew = defaultdict(list)
        for slot in slots:
            if slot not in logits:
                anew[len(self.ids[slot])].append(slot)
        for same in anew.values():
            group = _Group(same, 0, {})
            logits |= self._step(group, [list(self.ids[slot]) for slot in same])
            groups.append(group)
        self._groups = groups
        return torch.stack([logits[slot] for slot in slots])

    def branches(self, slots: Sequence[int], tails: Sequence[Sequence[Sequence[int]]]) -> list[Tensor]:
        """Logits behind each token of the tails; see `Slots.branches`."""
        whole = [
            (place, [*self.ids[slot], *tail], len(tail))
            for place, (slot, some) in enumerate(zip(slots, tails, strict=True))
            for tail in some
        ]
        found: dict[int, Tensor] = {}
        same = defaultdict(list)
        for number, (_, line, _) in enumerate(whole):
            same[len(line)].append(number)
        for numbers in same.values():
            lines = torch.tensor([whole[number][1] for number in numbers], device=self.model.device)
            logits = self.model(input_ids=lines, use_cache=False).logits
            found |= {number: row[len(row) - whole[number][2] :] for number, row in zip(numbers, logits, strict=True)}
        return [
            torch.cat([found[number] for number, (place, _, _) in enumerate(whole) if place == wanted])
            for wanted in range(len(slots))
        ]

    def _goes_on(self, group: _Group, wanted: set[int]) -> bool:
        """Whether all that is new in a group is one token each."""
        going = [slot for slot in group.slots if slot in wanted]
        return bool(going) and all(len(self.ids[slot]) == group.length + 1 for slot in going)

    def _step(self, group: _Group, lines: list[list[int]]) -> dict[int, Tensor]:
        ids = torch.tensor(lines, device=self.model.device)
        output = self.model(input_ids=ids, use_cache=True, **group.memory)
        group.memory = {name: output[name] for name in MEMORIES if output.get(name) is not None}
        group.length += ids.shape[1]
        return dict(zip(group.slots, output.logits[:, -1], strict=True))
