"""Objectives: from rows to a loss. Pure functions of tensors, each summed over tokens and divided by a fixed number.

The divisor is counted over all rows of an optimizer step before they are split into micro-batches, so that neither the
split nor the padding changes the gradient.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from transformers import PreTrainedModel

from scoutgym.agents.training.rows import Batch


class Likelihood(NamedTuple):
    """Of each action token, in reading order: its log-probability, and the entropy of the distribution it is from."""

    logp: Tensor
    entropy: Tensor


def likelihood(model: PreTrainedModel, batch: Batch, temperature: float) -> Likelihood:
    """What the model gives to the action tokens, under the temperature that they were sampled with.

    Only positions before an action token reach the output layer: prompts cost no vocabulary-wide softmax.
    """
    hidden = model.base_model(input_ids=batch.ids[:, :-1], use_cache=False).last_hidden_state
    target = batch.mask[:, 1:]
    logits = model.get_output_embeddings()(hidden[target]) / temperature
    every = torch.log_softmax(logits, dim=-1)
    chosen = every.gather(-1, batch.ids[:, 1:][target][:, None])[:, 0]
    return Likelihood(chosen, -(every.exp() * every).sum(-1))


def cross_entropy(given: Likelihood, normaliser: float) -> Tensor:
    """Supervised loss: ``-1/N sum_j log pi(y_j)`` over action tokens."""
    return -given.logp.sum() / normaliser


class PolicyLoss(NamedTuple):
    """The loss, and sums over tokens for the log (``ratio_max`` is a maximum)."""

    loss: Tensor
    entropy: Tensor
    kl: Tensor
    clipped: Tensor
    ratio_max: Tensor


def clipped_policy_loss(
    given: Likelihood, batch: Batch, clip_low: float, clip_high: float, normaliser: float
) -> PolicyLoss:
    """Clipped policy gradient by token (PPO, Schulman et al. 2017, eq. 7; asymmetric as in DAPO, Yu et al. 2025)::

        rho_j = pi(y_j) / pi_old(y_j)
        L = -1/N sum_j min(rho_j A_j, clip(rho_j, 1 - clip_low, 1 + clip_high) A_j)

    ``pi_old`` is what the sampler recorded. The estimate of KL(old, new) is ``rho - 1 - log rho``, never negative.
    """
    log_ratio = given.logp - batch.logp
    ratio = log_ratio.exp()
    held = ratio.clamp(1.0 - clip_low, 1.0 + clip_high)
    gain = torch.minimum(ratio * batch.advantage, held * batch.advantage)
    with torch.no_grad():
        kl = (ratio - 1.0 - log_ratio).sum()
        clipped = (held * batch.advantage < ratio * batch.advantage).sum()
        entropy, ratio_max = given.entropy.sum(), ratio.max()
    return PolicyLoss(-gain.sum() / normaliser, entropy, kl, clipped, ratio_max)
