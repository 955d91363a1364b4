"""What a model gives to the decisions of a batch: their log-probabilities, and how open they were.

A token's distribution is that which it was sampled from: divided by the temperature, and over those ids alone that a
constraint left. A choice among candidates (GLAM, Carta et al. 2023, arXiv 2302.02662, section 3.2)::

    LP(a) = sum_j log pi(a_j | context, a_<j)
    log pi(a) = LP(a) - log sum_b exp LP(b)          over the candidates b of the closed set
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from scoutgym.agents.training.batches import Batch
from scoutgym.llm.engine import plain


class Likelihood(NamedTuple):
    """Of each decision, in reading order: its log-probability, and the entropy of the distribution it is from."""

    logp: Tensor
    entropy: Tensor


def likelihood(model: nn.Module, batch: Batch, temperature: float, open_entropy: bool = True) -> Likelihood:
    """Score the decisions of a batch in one forward pass.

    Only places from which a decision is predicted reach the output layer: prompts cost no vocabulary-wide softmax.

    Args:
        model: a causal model of the transformers library, or what `peft` made of it.
        batch: on the model's device.
        temperature: that the decisions were sampled with.
        open_entropy: whether gradients flow through the entropy, which is dear where the vocabulary is large.

    Raises:
        ValueError: the batch has choices, and the model's attention cannot show each candidate its own context.
    """
    inner = plain(model)
    given: dict[str, Any] = {}
    if batch.sees is not None:
        given = {"attention_mask": _mask(inner, batch.sees), "position_ids": batch.positions}
    with _predicting(inner, batch.source):
        logits = model(input_ids=batch.ids, use_cache=False, **given).logits[0]
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32)) / temperature
    barred = None
    if batch.constrained is not None:
        barred = torch.zeros_like(logits, dtype=torch.bool)
        barred[batch.constrained[0]] = True
        barred[batch.constrained[0], batch.constrained[1]] = False
        logits = logits.masked_fill(barred, -torch.inf)
    total = logits.logsumexp(-1)
    logp = logits.gather(-1, batch.target[:, None])[:, 0] - total
    with nullcontext() if open_entropy else torch.no_grad():
        p = (logits - total[:, None]).exp()
        entropy = total - (p * (logits if barred is None else logits.masked_fill(barred, 0.0))).sum(-1)
    return _choices(batch, logp, entropy)


def _choices(batch: Batch, logp: Tensor, entropy: Tensor) -> Likelihood:
    """From tokens to decisions."""
    if batch.string is None or batch.closed is None or batch.candidates is None:
        return Likelihood(logp, entropy)
    count = len(batch.logp)
    strings = max(count, int(batch.candidates.max()) + 1)
    LP = logp.new_zeros(strings).index_add(0, batch.string, logp)
    none = batch.candidates < 0
    every = LP[batch.candidates.clamp(min=0)].masked_fill(none, -torch.inf).log_softmax(-1)
    spread = -(every.exp() * every.masked_fill(none, 0.0)).sum(-1)
    single = entropy.new_zeros(strings).index_add(0, batch.string, entropy)
    return Likelihood(
        LP[:count].index_copy(0, batch.closed, every[:, 0]), single[:count].index_copy(0, batch.closed, spread)
    )


def reference_logp(model: nn.Module, batches: Iterable[Batch], temperature: float) -> list[Tensor]:
    """Log-probabilities of each batch's decisions under a reference, without a gradient.

    Args:
        model: a model with a `peft` adapter, which is switched off, so that the reference is the model below it; or a
            frozen model, which is taken as it is.
        batches: on the model's device.
        temperature: that the decisions were sampled with.
    """
    return frozen_logp(model, batches, temperature, adapter=False)


@torch.no_grad()
def frozen_logp(model: nn.Module, batches: Iterable[Batch], temperature: float, adapter: bool = True) -> list[Tensor]:
    """Log-probabilities of each batch's decisions as the model is now, without dropout and without a gradient."""
    training = model.training
    below = nullcontext if adapter else getattr(model, "disable_adapter", nullcontext)
    model.eval()
    try:
        with below():
            return [likelihood(model, batch, temperature).logp for batch in batches]
    finally:
        model.train(training)


@contextmanager
def _predicting(model: PreTrainedModel, source: Tensor) -> Iterator[None]:
    """Only the hidden states at ``source`` go on to the output layer, as one line of tokens.

    The model's own forward pass is called, so that whatever it does to its logits (scaling, capping) is done.
    """

    def select(module: nn.Module, args: Any, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state.flatten(0, 1)[source][None]
        return output

    handle = model.base_model.register_forward_hook(select)
    try:
        yield
    finally:
        handle.remove()


def _mask(model: PreTrainedModel, sees: Tensor) -> Tensor:
    """Who sees whom, in the form that the model's attention takes."""
    config = model.config.get_text_config(decoder=True)
    kind = config._attn_implementation
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    window = getattr(config, "sliding_window", None)
    if kind not in ("sdpa", "eager") or kinds - {"full_attention", "sliding_attention"}:
        raise ValueError(
            f"a closed set needs attention 'sdpa' or 'eager' in every layer; {type(model).__name__} has {kind!r} "
            f"and layers {sorted(kinds)}: load it with attn_implementation='sdpa', or use another format"
        )
    if window is not None and window < sees.shape[-1]:
        raise ValueError(
            f"a closed set needs rows within the model's window of {window} tokens; one has {sees.shape[-1]}"
        )
    if kind == "sdpa":
        return sees
    return torch.zeros_like(sees, dtype=model.dtype).masked_fill_(~sees, torch.finfo(model.dtype).min)
