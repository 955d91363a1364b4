"""Batched sampling, token ids in and token ids out, with what the model knows of each conversation kept between turns.

Every open conversation owns a slot. The keys and values of its tokens stay in the slot (`slots.py`), for any model of
the transformers library with causal attention; a model whose memory is of another kind reads the conversation anew
each time (`reread.py`). Which way is taken is measured, not listed: three short conversations must give the logits of
a plain forward pass. The numbers are those of a plain forward pass over the whole conversation (tests hold it to that).

Each conversation draws from its own noise (`draw.py`). Which conversations share a batch therefore changes nothing
but the last bits of the logits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from scoutgym.llm.draw import draw
from scoutgym.llm.reread import Reread
from scoutgym.llm.sampling import Sampling
from scoutgym.llm.slots import Slots
from scoutgym.llm.trial import fits


@dataclass(frozen=True)
class Ask:
    """What one conversation wants: to read ``ids`` and to write on."""

    slot: int
    ids: Sequence[int]
    uniform: Callable[[], float]
    """The next number of this conversation's noise, uniform in [0, 1)."""
    allowed: Callable[[Sequence[int]], Sequence[int] | Tensor] | None = None
    """From the answer so far, the token ids that may follow (none: any), or, where they are too many to list, a mask
    over the vocabulary; None where nothing is constrained."""


@dataclass
class Said:
    """What was sampled: ``logp`` are natural logarithms under the distribution that was sampled from."""

    ids: list[int] = field(default_factory=list)
    logp: list[float] = field(default_factory=list)
    truncated: bool = False
    """The answer did not end within the limit."""
    allowed: list[list[int]] = field(default_factory=list)
    """For each token those that the constraint left (an empty list: all); empty where nothing was constrained. Masks
    are not kept: who constrains by them cannot learn from the answer."""


class Engine:
    """Conversations of one model. The weights must not change while one is open: what was read would be stale.

    Args:
        model: a causal model in evaluation mode; a `peft` model is taken with its active adapter.
        ends: the ids of the tokens that end an answer.
        slots: how many conversations can be open at once.

    Raises:
        ValueError: the model is in training mode, where dropout would falsify the log-probabilities.
    """

    def __init__(self, model: PreTrainedModel, ends: Collection[int], slots: int) -> None:
        if model.training:
            raise ValueError("the model is in training mode: call model.eval() before it is sampled from")
        self.model, self.ends, self.slots = plain(model), frozenset(ends), slots
        self.tokens = 0
        """How many tokens were read, written and scored."""
        self._ids: list[list[int]] = [[] for _ in range(slots)]
        self._reader = (Slots if fits(self.model) else Reread)(self.model, self._ids)
        self._free = list(range(slots))[::-1]
        self._open: set[int] = set()
        self._weights = [weight for weight in self.model.parameters() if not weight.is_inference()]
        self._version = self._weights_version()

    def open(self) -> int:
        """A free slot for a new conversation.

        Raises:
            ValueError: all slots are taken.
        """
        if not self._free:
            raise ValueError(f"all {self.slots} slots of the engine are taken: close one, or give it more")
        if not self._open:
            self._version = self._weights_version()
        slot = self._free.pop()
        self._open.add(slot)
        return slot

    def grow(self, slots: int) -> None:
        """From now on so many conversations can be open at once, at least."""
        self._free[:0] = range(slots - 1, self.slots - 1, -1)
        self._ids += [[] for _ in range(slots - self.slots)]
        self.slots = max(slots, self.slots)

    def close(self, slot: int) -> None:
        """Forget a conversation and give its slot back."""
        self.rewind(slot, 0)
        self._open.remove(slot)
        self._free.append(slot)

    def length(self, slot: int) -> int:
        """Tokens of the conversation so far."""
        return len(self._ids[slot])

    def keep(self, slot: int, ids: Sequence[int]) -> None:
        """Put tokens behind the conversation as if they had been said; they are read with the next ones."""
        self._check([slot])
        self._ids[slot] += ids

    def rewind(self, slot: int, length: int) -> None:
        """Forget the tokens from ``length`` on.

        Raises:
            ValueError: the conversation is shorter than that.
        """
        self._check([slot])
        if not 0 <= length <= len(self._ids[slot]):
            raise ValueError(f"cannot rewind a conversation of {len(self._ids[slot])} tokens to {length}")
        del self._ids[slot][length:]
        self._reader.forget(slot, length)

    @torch.inference_mode()
    def generate(
        self, asks: Sequence[Ask], sampling: Sampling, stop: Callable[[Sequence[int]], bool] | None = None
    ) -> list[Said]:
        """Let each conversation read its new tokens and write until it ends, ``sampling.max_tokens`` at most.

        Args:
            asks: at most one for each open slot.
            sampling: how all of them are sampled.
            stop: says of an answer's tokens so far that they are a whole one; an end token ends it anyway.

        Raises:
            ValueError: a slot is not open or asked twice, a conversation has no token, or the weights have changed.
            FloatingPointError: the model's logits are not numbers.
        """
        self._read([(ask.slot, ask.ids) for ask in asks])
        said = [Said() for _ in asks]
        # In order of slots, the rows of the cache are looked at where they lie.
        writing = sorted(range(len(asks)), key=lambda one: asks[one].slot)
        for step in range(sampling.max_tokens):
            if not writing:
                break
            allowed = [_left(asks[one], said[one].ids) for one in writing]
            ids, logp = self._drawn([asks[one] for one in writing], allowed, sampling)
            self.tokens += len(ids)
            going = []
            for one, token, value, left in zip(writing, ids, logp, allowed, strict=True):
                answer = said[one]
                answer.ids.append(token)
                answer.logp.append(value)
                if asks[one].allowed is not None and isinstance(left, list):
                    answer.allowed.append(left)
                self._ids[asks[one].slot].append(token)
                if token not in self.ends and not (stop is not None and stop(answer.ids)):
                    going.append(one)
                    answer.truncated = step == sampling.max_tokens - 1
            writing = going
        return said

    def _drawn(
        self, asks: Sequence[Ask], allowed: Sequence[list[int] | Tensor], sampling: Sampling
    ) -> tuple[list[int], list[float]]:
        """The next token of each conversation, and its log-probability.

        Where a constraint leaves one token, the model is not asked: it is read with the next ones.
        """
        ids = [left[0] if isinstance(left, list) and len(left) == 1 else -1 for left in allowed]
        logp, open_ = [0.0] * len(asks), [place for place, token in enumerate(ids) if token < 0]
        if open_:
            logits = self._reader.after([asks[place].slot for place in open_])
            uniforms = [asks[place].uniform for place in open_]
            drawn = draw(logits, uniforms, sampling, [allowed[place] for place in open_])
            for place, token, value in zip(open_, *drawn, strict=True):
                ids[place], logp[place] = token, value
        return ids, logp

    @torch.inference_mode()
    def score(
        self, asks: Sequence[tuple[int, Sequence[int], Sequence[Sequence[int]]]], temperature: float = 1.0
    ) -> list[list[float]]:
        """How likely each candidate is as the next words: the sum of its tokens' log-probabilities.

        Args:
            asks: of each conversation its slot, the tokens to read first, which stay read, and the candidates' token
                ids, which are not kept. No candidate is empty.
            temperature: divides the logits, above 0.

        Raises:
            ValueError: as in `generate`, or a candidate or the temperature is wrong.
        """
        if not temperature > 0:
            raise ValueError(f"temperature={temperature}: candidates are scored at one above 0")
        if not all(candidate for _, _, candidates in asks for candidate in candidates):
            raise ValueError("a candidate has no token: every candidate must say something")
        self._read([(slot, ids) for slot, ids, _ in asks])
        if not asks:
            return []
        places = sorted(range(len(asks)), key=lambda place: asks[place][0])
        slots = [asks[place][0] for place in places]
        tails = [[list(candidate[:-1]) for candidate in asks[place][2]] for place in places]
        first = self._reader.after(slots)
        count = sum(len(tail) for some in tails for tail in some)
        self.tokens += count
        more = self._reader.branches(slots, tails) if count else [first[:0]] * len(slots)
        scores: list[list[float]] = [[] for _ in asks]
        for place, start, behind in zip(places, first, more, strict=True):
            candidates = asks[place][2]
            # One row of logits for the beginning, which all share, then one for each further token of each candidate.
            logp = torch.log_softmax(torch.cat([start[None], behind]).double() / temperature, dim=-1)
            rows, owner, seen = [], [], 0
            for number, candidate in enumerate(candidates):
                rows += [0, *range(seen + 1, seen + len(candidate))]
                owner += [number] * len(candidate)
                seen += len(candidate) - 1
            chosen = logp[rows, [token for candidate in candidates for token in candidate]]
            sums = chosen.new_zeros(len(candidates)).index_add(0, torch.tensor(owner, device=chosen.device), chosen)
            scores[place] = sums.tolist()
        return scores

    def _read(self, asks: Sequence[tuple[int, Sequence[int]]]) -> None:
        """Put new tokens behind the conversations."""
        self._check([slot for slot, _ in asks])
        if self._version != self._weights_version():
            raise ValueError("the model's weights changed while conversations are open: close them all first")
        if any(not (ids or self._ids[slot]) for slot, ids in asks):
            raise ValueError("a conversation has no token to go on from: give it a prompt")
        for slot, ids in asks:
            self._ids[slot] += ids
            self.tokens += len(ids)

    def _check(self, slots: Sequence[int]) -> None:
        if len(set(slots)) != len(slots):
            raise ValueError(f"a slot is asked twice at once: {sorted(slots)}")
        if strange := set(slots) - self._open:
            raise ValueError(f"slot {min(strange)} is not open: open() gives slots")

    def _weights_version(self) -> int:
        """Every change of a weight in place counts up."""
        return sum(weight._version for weight in self._weights)


def plain(model: Any) -> PreTrainedModel:
    """The transformers model itself: what `peft` puts around it is no causal model, its adapters are inside."""
    inner: PreTrainedModel = model.get_base_model() if hasattr(model, "get_base_model") else model
    return inner


def _left(ask: Ask, said: Sequence[int]) -> list[int] | Tensor:
    left = () if ask.allowed is None else ask.allowed(said)
    return left if isinstance(left, Tensor) else list(left)
