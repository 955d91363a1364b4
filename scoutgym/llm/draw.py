"""How the next token is drawn: temperature, constraint, min-p, top-p, and one uniform number a token.

With logits ``z``, of the tokens that the constraint allows::

    p = softmax(z / temperature)
    K = {v : p_v >= min_p max p}  and  v among the likeliest tokens that together first reach top_p
    q = p on K, divided by its sum

(min-p: Nguyen et al. 2024; top-p: Holtzman et al. 2020; both are measured on the same ``p``). The token is drawn from
``q`` by inverting its cumulative distribution in float64, and its log-probability is that under ``q``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from scoutgym.llm.sampling import Sampling


def draw(
    logits: Tensor,
    noise: Sequence[Callable[[], float]],
    sampling: Sampling,
    allowed: Sequence[Sequence[int] | Tensor] = (),
) -> tuple[list[int], list[float]]:
    """One token for each row, and its log-probability (natural logarithm).

    Args:
        logits: ``[rows, vocabulary]``, on any device.
        noise: gives each row's uniform number in [0, 1); not asked where the temperature is 0.
        sampling: how.
        allowed: the token ids that each row may say (empty: any), or a mask ``[vocabulary]``; ``()`` where no row is
            constrained.

    Raises:
        FloatingPointError: a row has no finite distribution.
    """
    wide = logits.double()
    if any(map(len, allowed)):
        wide = wide.masked_fill(~_open(allowed, wide), -torch.inf)
    if sampling.temperature == 0:
        if bool(wide.isnan().any()):
            raise FloatingPointError("the model's logits are not numbers: look at its weights")
        return wide.argmax(-1).tolist(), [0.0] * len(wide)
    logp = torch.log_softmax(wide / sampling.temperature, dim=-1)
    if sampling.top_p < 1 or sampling.min_p > 0:
        logp = torch.log_softmax(logp.masked_fill(~_kept(logp, sampling), -torch.inf), dim=-1)
    reached = logp.exp().cumsum(-1)
    marks = torch.tensor([uniform() for uniform in noise], dtype=torch.float64)[:, None].to(logits.device)
    # Scaled by the last sum, which rounding keeps from being exactly 1: the draw never falls off the end.
    ids = torch.searchsorted(reached, marks * reached[:, -1:], right=True).clamp_(max=logits.shape[-1] - 1)
    drawn = torch.cat([ids.double(), logp.gather(-1, ids)], dim=-1).tolist()  # one transfer; ids are below 2^53
    if any(not value > -torch.inf for _, value in drawn):
        raise FloatingPointError("the model's logits are not numbers: look at its weights")
    return [int(token) for token, _ in drawn], [value for _, value in drawn]


def _open(allowed: Sequence[Sequence[int] | Tensor], logits: Tensor) -> Tensor:
    """Whether a token may be said, ``[rows, vocabulary]``."""
    may = torch.tensor([not len(ids) for ids in allowed])[:, None].repeat(1, logits.shape[-1])
    listed = {row: ids for row, ids in enumerate(allowed) if not isinstance(ids, Tensor)}
    rows = [row for row, ids in listed.items() for _ in ids]
    may[rows, [token for ids in listed.values() for token in ids]] = True
    for row, mask in enumerate(allowed):
        if isinstance(mask, Tensor):
            may[row] = mask
    return may.to(logits.device)


def _kept(logp: Tensor, sampling: Sampling) -> Tensor:
    """The set K: whether a token is left by min-p and by top-p."""
    p = logp.exp()
    kept = p >= sampling.min_p * p.max(-1, keepdim=True).values
    if sampling.top_p < 1:
        ranked, order = torch.sort(p, dim=-1, descending=True, stable=True)
        before = ranked.cumsum(-1) - ranked  # mass of what is likelier: the token that first reaches top_p stays
        kept &= torch.zeros_like(kept).scatter_(-1, order, before < sampling.top_p)
    return kept
