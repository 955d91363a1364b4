"""Small models and made-up episodes with everything that a record can hold, for the tests of rows and objectives."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from scoutgym.agents.training.batches import Batch
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.types import Episode, Task, Turn

TASK = Task("scoutgym/Number-v0", "train", 0)
VOCABULARY = 24


def small_model(dtype: torch.dtype = torch.float64, seed: int = 0) -> PreTrainedModel:
    """A Llama with weights large enough that its distributions are far from uniform."""
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=256,
        tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(config)
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.4, generator=draw)
    return model.to(dtype).eval()


def made_up(kinds: Sequence[str], seed: int = 0, **fields: object) -> Episode:
    """An episode with one turn of each kind: free, forced, allowed, choice, single (one candidate), or empty.

    ``fork:`` before a kind begins the history anew.
    """
    draw = np.random.default_rng(seed)

    def ids(low: int, high: int) -> list[int]:
        return [int(one) for one in draw.integers(VOCABULARY, size=draw.integers(low, high))]

    turns = []
    for kind in kinds:
        fork, what = kind.startswith("fork:"), kind.removeprefix("fork:")
        turn = Turn("agent", "o", "a", "a", prompt_ids=ids(1, 6), ids=ids(2, 5), fork=fork, reward=float(draw.random()))
        if what == "forced":
            turn.forced = [0, len(turn.ids) - 1]
        elif what == "allowed":
            turn.allowed = [[token, (token + 3) % VOCABULARY, (token + 7) % VOCABULARY] for token in turn.ids]
            turn.allowed[-1] = []
        elif what == "choice":
            turn.choices = [ids(1, 2), ids(3, 5), list(turn.ids), ids(2, 4)]
        elif what == "single":
            turn.choices = [list(turn.ids)]
        elif what == "empty":
            turn.ids = []
        turn.logp = [-float(one) for one in draw.random(1 if turn.choices else len(turn.ids))]
        turns.append(turn)
    return Episode(TASK, turns, "", True, False, **fields)  # type: ignore[arg-type]


EVERYTHING = ("free", "forced", "choice", "allowed", "fork:free", "single", "choice", "empty", "fork:allowed", "free")


def rows_of(episodes: Sequence[Episode], seed: int = 0) -> list[Row]:
    """Their rows, with a random advantage for each turn."""
    draw = np.random.default_rng(seed)
    return [
        row
        for number, episode in enumerate(episodes)
        for row in episode_rows(episode, number, [float(draw.normal()) for _ in episode.turns])
    ]


def one_by_one(model: PreTrainedModel, episode: Episode, temperature: float) -> list[torch.Tensor]:
    """The log-probability of every decision, each from a forward pass of its own over its context."""
    found: list[torch.Tensor] = []
    context: list[int] = []
    for turn in episode.turns:
        context = [*([] if turn.fork else context), *turn.prompt_ids]
        if turn.choices:
            LP = torch.stack([sum(_tokens(model, context, one, temperature)) for one in turn.choices])  # type: ignore[misc]
            found.append(LP[list(turn.choices).index(list(turn.ids))] - LP.logsumexp(0))
        else:
            each = _tokens(model, context, turn.ids, temperature, turn.allowed)
            found += [one for j, one in enumerate(each) if j not in turn.forced]
        context = [*context, *turn.ids]
    return found


def _tokens(
    model: PreTrainedModel,
    context: Sequence[int],
    ids: Sequence[int],
    temperature: float,
    allowed: Sequence[Sequence[int]] = (),
) -> list[torch.Tensor]:
    found = []
    for j, token in enumerate(ids):
        logits = model(input_ids=torch.tensor([[*context, *ids[:j]]]), use_cache=False).logits[0, -1] / temperature
        left = list(allowed[j]) if allowed and allowed[j] else list(range(VOCABULARY))
        found.append(logits[token] - logits[left].logsumexp(0))
    return found


def gradient(model: PreTrainedModel) -> torch.Tensor:
    """All gradients in one line, taken out of the model."""
    found = torch.cat([weight.grad.flatten() for weight in model.parameters() if weight.grad is not None])
    model.zero_grad()
    return found.clone()


def doubled(batch: Batch) -> Batch:
    """The batch in float64."""
    tensors = {field.name: getattr(batch, field.name) for field in dataclasses.fields(batch)}
    wide = {name: one.double() for name, one in tensors.items() if one is not None and one.is_floating_point()}
    return dataclasses.replace(batch, **wide)
