"""InfoPO: what an observation changed in the next action ("Information-Driven Policy Optimization", 2026).

::

    I_t     = 1/|y| sum_j log pi(y_j | h, o_t, y_<j) - log pi(y_j | h, o', y_<j)      y: the action of turn t + 1
    A_{i,t} = A^R_i + beta g (I_{i,t} - mean(I)) / (std(I) + eps)
    g       = sigmoid(-std(R) / temperature)

``o_t`` is what the world said to turn t and ``o'`` a placeholder that says nothing: I_t is the sample of
KL( pi(. | h, o_t) || pi(. | h, o') ) that was played, per token, and it is credited to the turn that asked. ``A^R`` is
GRPO's advantage; ``mean(I)`` and ``std(I)`` are over all turns of the group that have a gain (the last turn has no next
action, and none). The gate g opens to 1/2 where outcomes are tied and closes where they differ.

Where we differ: a gain of exactly 0 is a gain (the authors' code takes it for "no turn"); their ceiling on the scale of
the normalised gains is left out, since a group's are of unit size already. After a fork the observation is somewhere
inside a rewritten prompt, and the turn before has no gain.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import conversations, episode_return, members, normalised, zero_variance
from scoutgym.types import Episode, Group

Pair = tuple[Sequence[int], Sequence[int]]


class InfoPO(Credit):
    """Advantages of every turn; None for a group in which all of them are 0.

    Args:
        beta: weight of the gains.
        temperature: of the gate.
        placeholder: the observation that says nothing.
    """

    name = "infopo"

    def __init__(
        self, beta: float = 0.5, temperature: float = 0.05, placeholder: str = "No information found."
    ) -> None:
        self.beta, self.temperature, self.placeholder = beta, temperature, placeholder

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        nothing = ctx.prompt(self.placeholder, first=False)
        asked = [_asked(episode, nothing) for group in groups for episode in group.episodes]
        pairs = [pair for one in asked for two in one.values() for pair in two]
        logp = iter(ctx.logprob(pairs))
        found = iter(
            {t: _gain(episode.turns[t + 1].forced, next(logp), next(logp)) for t in one}
            for episode, one in zip((e for group in groups for e in group.episodes), asked, strict=True)
        )
        turns: list[list[list[float]] | None] = []
        every: list[float] = []
        gates: list[float] = []
        for group in groups:
            gains = [next(found) for _ in group.episodes]
            flat_gains = [gain for one in gains for gain in one.values()]
            scaled = iter(normalised(flat_gains))
            z = [{t: next(scaled) for t in one} for one in gains]
            R = [episode_return(episode, ctx.gamma) for episode in members(group)]
            gate = 1 / (1 + math.exp(min(700.0, (statistics.stdev(R) if len(R) > 1 else 0.0) / self.temperature)))
            outcome = iter(normalised(R))
            A = []
            for episode, one in zip(group.episodes, z, strict=True):
                whole = next(outcome) if episode.turns else 0.0
                A.append([whole + self.beta * gate * one.get(t, 0.0) for t in range(len(episode.turns))])
            turns.append(A if any(value for row in A for value in row) else None)
            every += flat_gains
            gates.append(gate)
        metrics = {
            "credit/information_gain": statistics.fmean(every) if every else 0.0,
            "credit/gate": statistics.fmean(gates) if gates else 0.0,
        }
        return Credited(turns, {**zero_variance(groups, ctx.gamma), **metrics})


def _asked(episode: Episode, nothing: Sequence[int]) -> dict[int, tuple[Pair, Pair]]:
    """By turn: the next action after what was said, and after the placeholder."""
    before = conversations(episode)
    found: dict[int, tuple[Pair, Pair]] = {}
    for t, turn in enumerate(episode.turns[1:]):
        if len(turn.ids) > len(turn.forced) and turn.prompt_ids and not turn.fork:
            history = [*before[t], *episode.turns[t].ids]
            found[t] = (before[t + 1], turn.ids), ([*history, *nothing], turn.ids)
    return found


def _gain(forced: Sequence[int], told: Sequence[float], untold: Sequence[float]) -> float:
    """The mean difference over the tokens that were chosen."""
    chosen = [j for j in range(len(told)) if j not in forced]
    return sum(told[j] - untold[j] for j in chosen) / len(chosen)
