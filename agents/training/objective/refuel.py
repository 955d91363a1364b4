"""REFUEL: regress how much better one action was than another onto what followed (Gao et al. 2024, arXiv 2410.04612).

Two episodes part at turn h: they share all that came before, sample two actions y and y' from the same policy, and are
played to the end. With the returns R and R' from turn h on (section 3, eq. 4, multiplied by eta squared)::

    L = mean over pairs of  ( log pi/pi_old (y) - log pi/pi_old (y') - eta (R - R') )^2

The sums of log-probabilities are over the tokens of turn h alone. Where the loss is 0, pi is the policy that mirror
descent with step eta gives, so no value function and no reference but the last policy is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scoutgym.agents.training.batches import Batch, Together
from scoutgym.agents.training.objective.core import Losses, Objective
from scoutgym.agents.training.objective.likelihood import Likelihood
from scoutgym.agents.training.objective.preference import margins
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.types import Episode


@dataclass(frozen=True)
class Refuel(Objective):
    """REFUEL's least squares.

    Args:
        eta: how far one step goes.
    """

    eta: float = 1.0

    name = "refuel"

    @property
    def together(self) -> Together:
        """Both sides."""
        return "pair"

    @property
    def samplers(self) -> bool:
        """Always: its margins are against the last policy."""
        return True

    def normaliser(self, rows: Sequence[Row]) -> float:
        """How many pairs."""
        return float(len({row.pair for row in rows}))

    def loss(self, given: Likelihood, batch: Batch, normaliser: float, history: Sequence[float] = ()) -> Losses:
        """The loss of the pairs of a batch, and sums over them. A decision's advantage is its episode's R."""
        margin = margins(given.logp - batch.logp, batch)
        gap = margins(batch.advantage / batch.episode_length, batch)
        square = (margin - self.eta * gap).square().sum()
        sums = {"margin": margin.sum(), "gap": gap.sum(), "square": square}
        sums = {name: value.detach() for name, value in sums.items()}
        return Losses(square / normaliser, {"count": margin.new_tensor(float(len(margin))), **sums})


def refuel_rows(pairs: Sequence[tuple[Episode, Episode]], turns: Sequence[int]) -> list[Row]:
    """The rows of pairs of episodes that part at the turns ``turns``; what came after them is not read.

    Raises:
        ValueError: an episode has no such turn, or nothing was decided in it.
    """
    rows = []
    for number, (pair, h) in enumerate(zip(pairs, turns, strict=True)):
        for side, episode in zip((1, -1), pair, strict=True):
            if not 0 <= h < len(episode.turns):
                raise ValueError(
                    f"pair {number} parts at turn {h}, and an episode of it has {len(episode.turns)} turns"
                )
            R = sum(turn.reward for turn in episode.turns[h:])
            start = replace(episode, turns=episode.turns[: h + 1])
            last = episode_rows(start, 2 * number + (side < 0), [R] * (h + 1), pair=number, side=side)[-1:]
            decisions = [decision for row in last for decision in row.decisions if decision.turn == h]
            if not decisions:
                raise ValueError(f"pair {number} parts at turn {h}, in which an episode of it decided nothing")
            rows.append(replace(last[0], decisions=decisions, decided=len(decisions)))
    return rows
