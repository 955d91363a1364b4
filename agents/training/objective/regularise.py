"""What keeps a policy near another one, or its entropy within bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from scoutgym.agents.training.batches import Batch

KL = Literal["k1", "k3"]


def kl_penalty(logp: Tensor, ref: Tensor) -> Tensor:
    """k3, an estimate of KL(pi, ref) from decisions of pi (Schulman 2020, "Approximating KL")::

        k3 = r - 1 - log r          r = ref / pi

    It is never negative and enters the loss as it stands (GRPO, eq. 4); the mean of its gradient is that of
    KL(ref, pi), of one decision in the context where it stands.
    """
    log_r = ref - logp
    return log_r.exp() - 1.0 - log_r


def kl_to_go(logp: Tensor, ref: Tensor, batch: Batch) -> Tensor:
    """What a KL that is taken off the reward costs from each decision on::

        K_j = sum_{k >= j} k1_k          k1 = log pi(y_k) - log ref(y_k), over the decisions of j's episode

    The mean of ``sum_j K_j grad log pi(y_j)`` is the gradient of KL(pi, ref) of whole episodes: what a decision does to
    the KL of later ones is in it, which no estimate of single decisions has, and k1 alone has no gradient in the mean
    (Tang and Munos 2025, arXiv 2506.09477). So K is a cost like any other, without a gradient of its own.
    """
    turns = int(batch.position.max()) + 1 if len(batch.position) else 1
    order = torch.argsort(batch.episode * turns + batch.position, stable=True)  # whatever the order of the rows
    k1, episode = (logp - ref).detach().double()[order], batch.episode[order]
    from_here = k1.flip(0).cumsum(0).flip(0)
    ends = torch.cat([episode[1:] != episode[:-1], episode.new_ones(min(1, len(episode)), dtype=torch.bool)])
    after = (from_here - k1)[ends]  # of each episode what the episodes behind it cost
    K = torch.empty_like(k1)
    K[order] = from_here - after[episode]
    return K.to(logp.dtype)


def corridor(entropy: Tensor, batch: Batch, history: Sequence[float], low: float, high: float) -> Tensor:
    """EPO's smoothing of entropy (Xu et al. 2025, arXiv 2509.22576, section 3) as a hinge::

        S_j = max(0, low H - H_j) + max(0, H_j - high H)          H: mean entropy of earlier policies

    The paper's penalty is a constant outside of the corridor, whose gradient is 0; this one pushes back.

    Args:
        entropy: of each decision.
        batch: says which turn a decision is of.
        history: H for each turn from 0; the last stands for all later turns. Before there is any, S is 0.
        low: lower bound, as a part of H.
        high: upper bound, as a part of H.
    """
    if not history:
        return entropy * 0.0
    mean = torch.tensor(history, dtype=entropy.dtype, device=entropy.device)
    H = mean[batch.position.clamp(max=len(history) - 1)]
    return (low * H - entropy).relu() + (entropy - high * H).relu()


class EntropyHistory:
    """The mean entropy of all policies so far, turn by turn."""

    def __init__(self) -> None:
        self.sums: list[float] = []
        self.counts: list[float] = []

    def add(self, entropy: Tensor, batch: Batch) -> None:
        """Take down the entropies of a batch; call it when the step is over, so that a policy is not its own past."""
        sums = torch.bincount(batch.position, entropy.detach().double()).tolist()
        self.merge({"sums": sums, "counts": torch.bincount(batch.position).tolist()})

    def merge(self, state: Mapping[str, Any]) -> None:
        """Take in what another history has seen: its ``state_dict``."""
        more = [0.0] * (len(state["sums"]) - len(self.sums))
        self.sums, self.counts = [*self.sums, *more], [*self.counts, *more]
        for turn, (value, count) in enumerate(zip(state["sums"], state["counts"], strict=True)):
            self.sums[turn] += value
            self.counts[turn] += count

    def means(self) -> list[float]:
        """For each turn from 0."""
        return [value / max(count, 1.0) for value, count in zip(self.sums, self.counts, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {"sums": self.sums, "counts": self.counts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """What `state_dict` gave."""
        self.sums, self.counts = list(state["sums"]), list(state["counts"])
