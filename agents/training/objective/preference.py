"""Preferences between whole episodes: multi-turn DPO, and PAPRIKA's RPO and pairs.

::

    m = sum_{j in tau+} log pi/pi_ref (y_j) - sum_{j in tau-} log pi/pi_ref (y_j)
    L = mean over pairs of  -log sigma(beta m) - alpha 1/|tau+| sum_{j in tau+} log pi(y_j)

The sums are over decisions alone, so what the world said is no part of them (Rafailov et al. 2023, arXiv 2305.18290,
eq. 7, turn after turn). With alpha = 0 it is DPO; RPO (Pang et al. 2024, arXiv 2404.19733, eq. 1) adds the second term,
with alpha = 1 in PAPRIKA (Tajwar et al. 2025, arXiv 2502.17543).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from scoutgym.agents.outcomes import succeeded
from scoutgym.agents.training.batches import Batch, Together
from scoutgym.agents.training.objective.core import Losses, Objective, reference_of
from scoutgym.agents.training.objective.likelihood import Likelihood
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.types import Episode, Group


@dataclass(frozen=True)
class Preference(Objective):
    """DPO, or RPO where alpha is above 0.

    Args:
        beta: how far the policy may move from the reference: the larger, the less.
        alpha: weight of the better episode's cross-entropy.
    """

    beta: float = 0.1
    alpha: float = 0.0

    name = "preference"

    @property
    def together(self) -> Together:
        """Both sides."""
        return "pair"

    @property
    def reference(self) -> bool:
        """Always."""
        return True

    def normaliser(self, rows: Sequence[Row]) -> float:
        """How many pairs."""
        return float(len({row.pair for row in rows}))

    def loss(self, given: Likelihood, batch: Batch, normaliser: float, history: Sequence[float] = ()) -> Losses:
        """The loss of the pairs of a batch, and sums over them."""
        margin = margins(given.logp - reference_of(batch), batch)
        dpo = -torch.nn.functional.logsigmoid(self.beta * margin).sum()
        better = (batch.side[batch.episode] > 0).to(given.logp.dtype)
        nll = -(better * batch.weight / batch.episode_length * given.logp).sum()
        sums = {"margin": margin.sum(), "preferred": (margin > 0).sum(), "dpo": dpo, "nll": nll}
        sums = {name: value.detach() for name, value in sums.items()}
        count = margin.new_tensor(float(len(margin)))
        return Losses((dpo + self.alpha * nll) / normaliser, {"count": count, **sums})


def margins(values: Tensor, batch: Batch) -> Tensor:
    """Of each pair, the weighted sum of ``values`` over the decisions of one side less that of the other."""
    if bool((batch.pair < 0).any()):
        raise ValueError("an episode is in no pair: give the rows of pairs, and split them by pair")
    pairs = int(batch.pair.max()) + 1 if len(batch.pair) else 0
    signed = batch.side[batch.episode] * batch.weight * values
    return values.new_zeros(pairs).index_add(0, batch.pair[batch.episode], signed)


class Pair(NamedTuple):
    """Two episodes of one task."""

    better: Episode
    worse: Episode


def preference_pairs(groups: Iterable[Group], seed: int = 0) -> list[Pair]:
    """PAPRIKA's pairs: of each group the best episode, against one drawn from those that are worse.

    The best succeeded (`succeeded`) in the fewest turns; worse are those that failed, or needed more turns. A group in
    which none succeeded, or all did in equally many turns, gives no pair.
    """
    found = []
    for number, group in enumerate(groups):
        scores = [(1, -len(episode.turns)) if succeeded(episode) else (0, 0) for episode in group.episodes]
        best = max(scores, default=(0, 0))
        worse = [episode for episode, score in zip(group.episodes, scores, strict=True) if score < best]
        if best[0] and worse:
            drawn = int(np.random.default_rng([seed, number]).integers(len(worse)))
            found.append(Pair(group.episodes[scores.index(best)], worse[drawn]))
    return found


def preference_rows(pairs: Sequence[Pair]) -> list[Row]:
    """The rows of pairs."""
    rows = []
    for number, pair in enumerate(pairs):
        for side, episode in ((1, pair.better), (-1, pair.worse)):
            advantages = [float(side)] * len(episode.turns)
            rows += episode_rows(episode, 2 * number + (side < 0), advantages, pair=number, side=side)
    return rows
