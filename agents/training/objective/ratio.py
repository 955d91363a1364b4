"""Importance ratios: how much likelier a decision has become, by itself or with all of its turn or episode.

With ``l_j = log pi(y_j) - log pi_old(y_j)`` and u the unit of decision j::

    token           s_j = exp(l_j)                          PPO (Schulman et al. 2017, section 3)
    turn            s_u = exp(sum_{k in u} l_k)             Turn-PPO (arXiv 2512.17008): literal
    turn_mean       s_u = exp(1/|u| sum_{k in u} l_k)       its geometric mean: GSPO with turns for sequences
    sequence        the same over the whole episode         LOOP's trajectory variant (arXiv 2502.01600)
    sequence_mean                                           GSPO (Zheng et al. 2025, arXiv 2507.18071, eq. 7)

The literal ratio of a turn of L tokens spreads like sqrt(L): its clip range must be wider.

Every decision of a unit has the unit's value, with a gradient of its own, as in GSPO-token (eq. 14)::

    s_j = sg[s_u] exp(g (log pi(y_j) - sg[log pi(y_j)]))    g = 1 for a mean, |u| for a literal ratio

Summed over a unit whose decisions have one advantage and one share of the loss, this is the gradient of s_u itself;
where they differ each decision keeps its own, which the plain form would average away.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from scoutgym.agents.training.batches import Batch

Ratio = Literal["token", "turn", "turn_mean", "sequence", "sequence_mean"]


def ratios(logp: Tensor, old: Tensor, batch: Batch, kind: Ratio) -> Tensor:
    """``s_j`` of each decision."""
    log_ratio = logp - old
    if kind == "token":
        return log_ratio.exp()
    unit = batch.turn if kind.startswith("turn") else batch.episode
    units = int(unit.max()) + 1 if len(unit) else 0
    size = torch.bincount(unit, minlength=units).to(logp.dtype)
    total = logp.new_zeros(units).index_add(0, unit, log_ratio.detach())
    if kind.endswith("mean"):
        return ((total / size)[unit] + logp - logp.detach()).exp()
    return (total[unit] + size[unit] * (logp - logp.detach())).exp()
