"""Generalised advantage estimation over turns, with a turn critic (Turn-PPO, arXiv 2512.17008).

::

    delta_t = r_t + gamma V(s_{t+1}) - V(s_t)            s_t: the conversation before turn t
    A_t     = delta_t + gamma lambda A_{t+1}
    A_t    <- (A_t - mean_B(A)) / (std_B(A) + eps)       over all turns of the batch
    V      <- argmin (V(s_t) - (A_t + V(s_t)))^2         with A before it was normalised

The critic is a small network on the policy's hidden state at the last token before the turn, not a language model of
its own. ``V`` behind the last turn is 0 where the episode terminated and V(final observation) where it was truncated.
A turn is one step of the recursion whatever its reward (found by "reward is not 0", as in RAGEN's bi-level estimator,
most turns of a sparse task would be none).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.critic import Critic
from scoutgym.agents.training.credit.gae import bootstraps, gae
from scoutgym.agents.training.credit.returns import dealt, members, whitened, zero_variance
from scoutgym.types import Group


class TurnGAE(Credit):
    """Advantages of every turn.

    Args:
        lam: lambda.
        hidden: width of the critic's hidden layer.
        lr: the critic's learning rate.
        epochs: the critic's passes over the turns of a step.
        seed: of the critic.
    """

    name = "turn_gae"

    def __init__(self, lam: float = 0.95, hidden: int = 64, lr: float = 1e-3, epochs: int = 4, seed: int = 0) -> None:
        self.lam, self.epochs = lam, epochs
        self.critic = Critic(hidden, lr, seed)
        self._examples: tuple[list[Tensor], list[float]] = [], []

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        episodes = [episode for group in groups for episode in members(group)]
        states: list[Tensor] = []
        advantages: list[float] = []
        targets: list[float] = []
        for episode, features in zip(episodes, ctx.features(episodes), strict=True):
            *values, last = self.critic.values(features.before)
            rewards = [turn.reward for turn in episode.turns]
            A = gae(rewards, values, last if bootstraps(episode) else 0.0, [ctx.gamma] * len(values), self.lam)
            states.append(features.before[:-1])
            advantages += A
            targets += [a + V for a, V in zip(A, values, strict=True)]
        self._examples = states, targets
        return Credited(dealt(groups, whitened(advantages)), zero_variance(groups, ctx.gamma))

    def update(self, groups: Sequence[Group], ctx: Context) -> Mapping[str, float]:
        states, targets = self._examples
        self._examples = [], []
        if not targets:
            return {}
        return {"credit/value_loss": self.critic.regress(torch.cat(states), targets, self.epochs)}

    def state_dict(self) -> dict[str, Any]:
        return self.critic.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.critic.load_state_dict(state)
