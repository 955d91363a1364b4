"""A baseline for every information state: what is known by now, whatever the secret and whoever asked.

::

    A_t       = (G_t - b(s_t)) / S                                 s_t: all that could be known before turn t
    b(s)      = (sum_k w_k G_k + n0 b(s_{t-1})) / (sum_k w_k + n0)       over all other visits k of s
    A_t      <- A_t / (rms_B(A) + eps)                             over all turns of the batch

``G`` is the discounted return-to-go, and S the span of the returns that the environment has ever given, but no less
than 1, what a success pays: an environment that pays every turn would drown the others otherwise. ``s_t`` is the
world's own key (``Turn.key``: hash of all that could be known) together with environment, parameters, role and t, so
that groups with other secrets share it: conditional on what is known, their returns are draws of the same expectation.
A visit of an earlier step counts ``keep`` times as much as one of the next. A state seldom seen leans on the state
before it, and the first one on the other members of its group, as RLOO does. The visit itself is left out, so that the
baseline does not depend on the action.

It is the table that GiGPO's anchor groups would be if they reached over groups and training steps (Feng et al. 2025,
arXiv 2505.10978), and turn-level GAE with lambda = 1 and a table for a critic. It pays where few states are visited
often, as in small games with an exact belief; where no two episodes meet it becomes RLOO on turns.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.returns import EPS, dealt, episode_return, members, returns_to_go, zero_variance
from scoutgym.types import Episode, Group, canonical, digest

LEAST = 0.05
"""A state whose visits weigh less is dropped: the table stays as large as what was seen of late."""


class InfoState(Credit):
    """Advantages of every turn.

    Args:
        keep: weight of a visit in the next training step, and so on.
        prior: n0, how many visits the state before is worth.

    Raises:
        ValueError: ``keep`` is not in [0, 1], or ``prior`` is not positive.
    """

    name = "info_state"

    def __init__(self, keep: float = 0.8, prior: float = 2.0) -> None:
        if not 0 <= keep <= 1 or prior <= 0:
            raise ValueError(f"info_state needs 0 <= keep <= 1 and prior > 0, not keep={keep:g} and prior={prior:g}")
        self.keep, self.prior = keep, prior
        self.visits: dict[str, tuple[float, float]] = {}
        """Of each state the sum of returns and the number of visits, both with their weights."""
        self.spans: dict[str, tuple[float, float]] = {}
        """The lowest and the highest return of each environment."""

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        visits, spans = self._with(groups, ctx.gamma), self._spans(groups, ctx.gamma)
        A: list[float] = []
        met: list[bool] = []
        for group in groups:
            low, high = spans[environment(group.episodes[0])]
            first = {id(one): returns_to_go(one, ctx.gamma)[0] for one in members(group)}
            for episode in members(group):
                others = [value for one, value in first.items() if one != id(episode)]
                b = statistics.fmean(others) if others else 0.0
                for key, G in zip(states(episode), returns_to_go(episode, ctx.gamma), strict=True):
                    total, count = visits[key]
                    b = (total - G + self.prior * b) / (count - 1.0 + self.prior)
                    A.append((G - b) / max(1.0, high - low))
                    met.append(count > 1.0)
        size = math.sqrt(sum(value * value for value in A) / max(len(A), 1)) + EPS
        metrics = {**zero_variance(groups, ctx.gamma), "credit/met": sum(met) / max(len(met), 1)}
        return Credited(dealt(groups, [value / size for value in A]), metrics)

    def update(self, groups: Sequence[Group], ctx: Context) -> Mapping[str, float]:
        table = self._with(groups, ctx.gamma)
        self.spans = self._spans(groups, ctx.gamma)
        self.visits = {key: visit for key, visit in table.items() if visit[1] > LEAST}
        return {"credit/states": float(len(self.visits))}

    def _with(self, groups: Sequence[Group], gamma: float) -> dict[str, tuple[float, float]]:
        """The table with the visits of this step."""
        table = {key: (self.keep * total, self.keep * count) for key, (total, count) in self.visits.items()}
        for group in groups:
            for episode in members(group):
                for key, G in zip(states(episode), returns_to_go(episode, gamma), strict=True):
                    total, count = table.get(key, (0.0, 0.0))
                    table[key] = total + G, count + 1.0
        return table

    def _spans(self, groups: Sequence[Group], gamma: float) -> dict[str, tuple[float, float]]:
        """The spans with the returns of this step."""
        spans = dict(self.spans)
        for group in groups:
            for episode in group.episodes:
                value = episode_return(episode, gamma)
                low, high = spans.get(environment(episode), (value, value))
                spans[environment(episode)] = min(low, value), max(high, value)
        return spans

    def state_dict(self) -> dict[str, Any]:
        return {"visits": dict(self.visits), "spans": dict(self.spans)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.visits = {key: (float(total), float(count)) for key, (total, count) in state["visits"].items()}
        self.spans = {key: (float(low), float(high)) for key, (low, high) in state["spans"].items()}


def environment(episode: Episode) -> str:
    """What makes returns comparable: the world, its parameters and the role."""
    return f"{episode.task.env_id} {canonical(dict(episode.task.params))} {episode.role}"


def states(episode: Episode) -> list[str]:
    """The key of the information state before each turn; the observation's where none was recorded."""
    where = [environment(episode), list(episode.task.history)]
    found = []
    for t, turn in enumerate(episode.turns):
        key = episode.turns[t - 1].key if t else None
        known = ["text", turn.obs] if key is None else ["key", key]
        found.append(digest(where, t, known).hex())
    return found
