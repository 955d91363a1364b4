"""IGPO: information gain about the right answer (Wang et al. 2025, arXiv 2510.14967).

::

    p_t = exp( 1/|a| sum_j log pi(a_j | s_t, a_<j) )     s_t: the conversation before turn t;  a: the right answer
    r_t = p_{t+1} - p_t  for t < T;    r_T = R           the last turn has the outcome
    A_t = sum_{k >= t} gamma^(k - t) (r_k - mean(r)) / (std(r) + eps)

``mean`` and ``std`` (sample deviation) are over all rewards of all turns of the group together: gains and outcomes. (In
the authors' released code the mean is taken at each absolute token position, over whatever stands there in the group;
that is not the paper's rule and not ours.) The gain is a number, not a path for the gradient.

Where we differ: the answer is asked for as an action is, without an added sentence ("now there's enough information");
it is the world's own (``Episode.privileged["answer"]``), in its grammar. ``R`` is the sum of the rewards of all turns,
prices of invalid actions included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import conversations, discounted, flat, normalised, zero_variance
from scoutgym.types import Episode, Group


class IGPO(Credit):
    """Advantages of every turn; None for a group in which all rewards are equal."""

    name = "igpo"

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        episodes = [episode for group in groups for episode in group.episodes]
        pairs = []
        for episode in episodes:
            if episode.turns:
                answer = ctx.answer(_truth(episode))
                pairs += [(before, answer) for before in conversations(episode)]
        logp = iter(ctx.logprob(pairs))
        turns: list[list[list[float]] | None] = []
        gains: list[float] = []
        for group in groups:
            rewards: list[list[float]] = []
            for episode in group.episodes:
                p = [_mean_probability(next(logp)) for _ in episode.turns]
                found = [after - before for before, after in pairwise(p)]
                gains += found
                rewards.append([*found, episode.total] if episode.turns else [])
            every = [r for one in rewards for r in one]
            scaled = iter(normalised(every))
            z = [[next(scaled) for _ in one] for one in rewards]
            turns.append(None if flat(every) else [discounted(one, ctx.gamma) for one in z])
        gain = sum(gains) / len(gains) if gains else 0.0
        return Credited(turns, {**zero_variance(groups, ctx.gamma), "credit/information_gain": gain})


def _truth(episode: Episode) -> str:
    answer = episode.privileged.get("answer")
    if answer is None:
        raise ValueError(
            f"credit rule 'igpo' needs the right answer, and episodes of {episode.task.env_id} have none "
            "(privileged['answer']): train on worlds with an answer, or choose another rule"
        )
    return str(answer)


def _mean_probability(logp: Sequence[float]) -> float:
    return math.exp(sum(logp) / len(logp))
