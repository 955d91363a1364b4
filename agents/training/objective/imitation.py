"""Imitation: likelier what somebody did, all of it, the successful part of it, or by how well it went."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch

from scoutgym.agents.outcomes import succeeded
from scoutgym.agents.training.batches import Batch
from scoutgym.agents.training.objective.core import Losses, Objective, Per, counted, shares
from scoutgym.agents.training.objective.likelihood import Likelihood
from scoutgym.agents.training.rows import Row
from scoutgym.types import Episode, Group


@dataclass(frozen=True)
class Imitation(Objective):
    """Cross-entropy: ``L = -1/N sum_j w_j log pi(y_j)``.

    ``w_j`` is the decision's weight: 0 for a turn that is not to be imitated, `reward_weights` for reward-weighted
    regression.

    Args:
        per: what counts alike in the mean.
    """

    per: Per = "decision"

    name = "imitation"

    def normaliser(self, rows: Sequence[Row]) -> float:
        """N of the chosen mean."""
        return counted(rows, self.per)

    def loss(self, given: Likelihood, batch: Batch, normaliser: float, history: Sequence[float] = ()) -> Losses:
        """The loss of one batch."""
        nll = -given.logp.detach().sum()
        sums = {"count": torch.ones_like(batch.weight).sum(), "nll": nll, "entropy": given.entropy.detach().sum()}
        return Losses(-(shares(batch, self.per, normaliser) * given.logp).sum(), sums)


def filtered(groups: Iterable[Group]) -> list[Episode]:
    """Filtered behaviour cloning: the episodes that succeeded, to be imitated; where a judge pays, by its word (InSTA:
    Trabucco et al. 2025, arXiv 2502.06776).
    """
    return [episode for group in groups for episode in group.episodes if succeeded(episode)]


def reward_weights(returns: Sequence[float], beta: float) -> list[float]:
    """Reward-weighted regression (Peters and Schaal 2007): a weight for each episode, with mean 1::

        w_i = exp(R_i / beta) / (1/n sum_k exp(R_k / beta))

    Raises:
        ValueError: ``beta`` is not positive.
    """
    if beta <= 0:
        raise ValueError(f"beta={beta}: the temperature of the returns is above 0")
    if not returns:
        return []
    best = max(returns)
    raw = [math.exp((R - best) / beta) for R in returns]
    mean = math.fsum(raw) / len(raw)
    return [value / mean for value in raw]
