"""The contract of an objective: from what a model gives to the decisions of a batch, a loss.

A loss is a sum over decisions (or pairs of episodes), divided by a number that is counted over all rows of an optimizer
step before they are split into micro-batches. So neither the split nor the padding, the order or the number of
processes changes the gradient; a decision of weight 0 has no gradient and stays in that number.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple

from torch import Tensor

from scoutgym.agents.training.batches import Batch, Together
from scoutgym.agents.training.objective.likelihood import Likelihood
from scoutgym.agents.training.rows import Row

Per = Literal["decision", "turn", "episode", "constant"]
"""What counts alike in the mean::

    decision   1/N     sum_j f_j                        N decisions of the step (DAPO, Yu et al. 2025, eq. 8)
    turn       1/M     sum_u 1/|u| sum_{j in u} f_j     M turns
    episode    1/G     sum_i 1/|i| sum_{j in i} f_j     G episodes (GRPO, Shao et al. 2024, eq. 3)
    constant   1/(G L) sum_j f_j                        L a constant length (Dr. GRPO, Liu et al. 2025, listing 1)
"""


class Losses(NamedTuple):
    """The loss, and what goes to the log, detached."""

    loss: Tensor
    sums: Mapping[str, Tensor]
    """Sums over decisions (or pairs), and under ``count`` how many these are."""
    maxima: Mapping[str, Tensor] = {}


class Objective(ABC):
    """One objective; its fields are its hyper-parameters."""

    name: ClassVar[str]

    @property
    def together(self) -> Together:
        """What must be in one batch."""
        return "row"

    @property
    def reference(self) -> bool:
        """Whether ``Batch.ref`` must be there."""
        return False

    @property
    def samplers(self) -> bool:
        """Whether it takes `Batch.logp`, the sampler's, for the policy's own at the start of the step."""
        return False

    @property
    def open_entropy(self) -> bool:
        """Whether gradients must flow through the entropy."""
        return False

    @abstractmethod
    def normaliser(self, rows: Sequence[Row]) -> float:
        """What the loss is divided by: of all rows of an optimizer step.

        Those of all processes: their gradients are summed.
        """

    @abstractmethod
    def loss(self, given: Likelihood, batch: Batch, normaliser: float, history: Sequence[float] = ()) -> Losses:
        """The loss of one batch.

        Args:
            given: by the model that learns, to the decisions of ``batch``.
            batch: whose rows are among those that ``normaliser`` was counted over.
            normaliser: as `normaliser` gives it.
            history: mean entropies of earlier policies, for each turn from 0; the last stands for all later ones.

        Raises:
            ValueError: something that the objective needs is not given.
        """


def counted(rows: Sequence[Row], per: Per, longest: int = 0) -> float:
    """N, M, G or G L of `Per`."""
    if per == "decision":
        return float(sum(len(row.decisions) for row in rows))
    if per == "turn":
        return float(len({(row.episode, decision.turn) for row in rows for decision in row.decisions}))
    episodes = len({row.episode for row in rows})
    return float(episodes * longest if per == "constant" else episodes)


def shares(batch: Batch, per: Per, normaliser: float) -> Tensor:
    """How much of the loss each decision is, its weight included."""
    if per == "turn":
        return batch.weight / (batch.turn_length * normaliser)
    if per == "episode":
        return batch.weight / (batch.episode_length * normaliser)
    return batch.weight / normaliser


def reference_of(batch: Batch) -> Tensor:
    """The reference log-probabilities of a batch.

    Raises:
        ValueError: they were not computed.
    """
    if batch.ref is None:
        raise ValueError("this objective needs Batch.ref: compute it with reference_logp")
    return batch.ref
