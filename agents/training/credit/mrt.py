"""MRT: progress by probes (Qu et al. 2025, arXiv 2503.07572).

Before a turn the agent is made to answer at once; ``J_t`` is whether it was right (`Turn.probe`). A turn is credited
with what it changed, besides what the whole episode was worth::

    r^prg_t = J_{t+1} - J_t                              J after the last turn is what counts as its success
    A_{i,t} = (R_i - mean(R)) / (std(R) + eps) + alpha r^prg_{i,t}

``J_t`` is its own baseline: progress needs no other. Summed over a whole episode it telescopes to ``J_T - J_0`` and
would say nothing that the outcome does not; credited turn by turn, as in the paper's objective, it tells the turn that
found the answer from those that wasted time.

Where we differ: one probe estimates each J (the paper averages several). Between two probed turns that do not follow
each other, progress is shared equally; turns before the first probe have none. Where an episode has no success, the
last probe stands for it; where a judge pays, J after the last turn is its word (`success`), and the probes, which no
judge reads, stay the world's.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from scoutgym.agents.outcomes import success
from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import episode_return, members, normalised, zero_variance
from scoutgym.types import Episode, Group


class MRT(Credit):
    """Advantages of every turn; None for a group without outcome differences and without progress.

    Args:
        alpha: weight of progress.
    """

    name = "mrt"

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        turns: list[list[list[float]] | None] = []
        absolute, count = 0.0, 0
        for group in groups:
            outcome = iter(normalised([episode_return(episode, ctx.gamma) for episode in members(group)]))
            A: list[list[float]] = []
            for episode in group.episodes:
                steps = progress(episode)
                absolute, count = absolute + sum(map(abs, steps)), count + len(steps)
                whole = next(outcome) if episode.turns else 0.0
                A.append([whole + self.alpha * step for step in steps])
            turns.append(A if any(value for row in A for value in row) else None)
        return Credited(turns, {**zero_variance(groups, ctx.gamma), "credit/progress": absolute / max(1, count)})


def progress(episode: Episode) -> list[float]:
    """``r^prg_t`` of each turn.

    Raises:
        ValueError: no turn of the episode was probed.
    """
    marks = [(t, turn.probe) for t, turn in enumerate(episode.turns) if turn.probe is not None]
    if episode.turns and not marks:
        raise ValueError(
            f"credit rule 'mrt': no turn of an episode of {episode.task.env_id} was probed; collect episodes that are "
            "probed before their turns (Turn.probe), or choose another rule"
        )
    found = [0.0] * len(episode.turns)
    if marks and (last := success(episode)) is not None:
        marks.append((len(found), last))
    for (start, before), (stop, after) in pairwise(marks):
        for t in range(start, stop):
            found[t] = (after - before) / (stop - start)
    return found
