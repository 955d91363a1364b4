"""SPA-RL: stepwise progress attribution (Wang et al. 2025, arXiv 2505.20732).

::

    p_t = f(s_t, a_t),  f <- argmin (sum_t p_t - R)^2    what each turn contributed to the outcome
    r_t = alpha p_t + beta g_t                           g_t = 1 where the world accepted the action
    A_t = (G_t - mean_B(G)) / (std_B(G) + eps),  G_t = sum_{k >= t} gamma^(k - t) r_k

``f`` is a small network on the policy's hidden state at the last token of the action; ``R`` is the undiscounted return.
The outcome itself is paid out through ``p`` alone. With beta above 0 every accepted turn earns, so that a longer
episode earns more: compare alpha R with beta T before raising it.

Where we differ: the paper fits ``f`` once on demonstrations' rollouts and trains with PPO; here ``f`` goes on learning
from every batch after it was used (for the first iterations it only learns, and all groups are left out), and returns
are normalised as in ReBN. (The authors' WebShop script overwrites the contributions with the outcome less the others'
mean; that is RLOO, and not ours.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.critic import Critic, inner, outer
from scoutgym.agents.training.credit.returns import dealt, discounted, members, whitened, zero_variance
from scoutgym.types import Group, Outcome


class SPA(Credit):
    """Advantages of every turn; None for all groups during the warm-up.

    Args:
        alpha: weight of the contributions.
        beta: weight of accepted actions.
        warmup: iterations in which only the estimator learns.
        hidden: width of the estimator's hidden layer.
        lr: the estimator's learning rate.
        epochs: the estimator's passes over the episodes of a step.
        seed: of the estimator.
    """

    name = "spa"

    def __init__(
        self,
        alpha: float = 1.0,
        beta: float = 0.5,
        warmup: int = 5,
        hidden: int = 64,
        lr: float = 1e-3,
        epochs: int = 4,
        seed: int = 0,
    ) -> None:
        self.alpha, self.beta, self.warmup, self.epochs = alpha, beta, warmup, epochs
        self.estimator = Critic(hidden, lr, seed)
        self.iteration = 0
        self._examples: tuple[list[Tensor], list[float]] = [], []

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        episodes = [episode for group in groups for episode in members(group)]
        actions = [features.after for features in ctx.features(episodes)]
        self._examples = actions, [episode.total for episode in episodes]
        metrics = zero_variance(groups, ctx.gamma)
        if self.iteration < self.warmup:
            return Credited([None] * len(groups), metrics)
        G: list[float] = []
        for episode, action in zip(episodes, actions, strict=True):
            p = self.estimator.values(action)
            g = [float(turn.outcome == Outcome.OK) for turn in episode.turns]
            G += discounted([self.alpha * a + self.beta * b for a, b in zip(p, g, strict=True)], ctx.gamma)
        return Credited(dealt(groups, whitened(G)), metrics)

    def update(self, groups: Sequence[Group], ctx: Context) -> Mapping[str, float]:
        actions, R = self._examples
        self._examples = [], []
        self.iteration += 1
        if not R:
            return {}
        wanted = torch.tensor(R)

        def loss(chosen: Tensor) -> Tensor:
            some = [actions[n] for n in chosen.tolist()]
            p = self.estimator.forward(torch.cat(some)).split([len(one) for one in some])
            return ((torch.stack([one.sum() for one in p]) - wanted[chosen]) ** 2).mean()

        return {"credit/progress_loss": self.estimator.fit(len(R), self.epochs, 32, loss)}

    def state_dict(self) -> dict[str, Any]:
        return {"iteration": self.iteration, **outer("estimator", self.estimator.state_dict())}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.iteration = int(state["iteration"])
        self.estimator.load_state_dict(inner(state, "estimator"))
