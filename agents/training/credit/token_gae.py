"""Generalised advantage estimation over tokens, passing over what was not sampled (verl's and AReaL's multi-turn form).

::

    delta_j = r_j + gamma_j V_{j'} - V_j                 j': the next token that was sampled
    A_j     = delta_j + gamma_j lambda A_{j'}
    A_j    <- (A_j - mean_B(A)) / (std_B(A) + eps)       over all sampled tokens of the batch

Observations and forced tokens are holes: values and advantages pass through them unchanged. ``V_j`` is a small
network on the policy's hidden state from which token j was predicted. A turn's reward comes with its last decision.

Where we differ: gamma discounts turns (gamma_j is 1 within a turn), so that a long answer is not worth less. With
lambda = 1 and V = 0, A_j is the return-to-go of its turn everywhere. A turn in which nothing was decided (a full
context) is a hole too: its reward comes, discounted, with the decision before it. ``V`` behind the last token is 0
where the episode terminated and V(final observation) where it was truncated. A choice among candidates is one decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.critic import Critic
from scoutgym.agents.training.credit.gae import bootstraps, gae
from scoutgym.agents.training.credit.returns import members, whitened, zero_variance
from scoutgym.types import Episode, Group, Turn


class TokenGAE(Credit):
    """An advantage for every decision; where a token was forced it is 0 and unread.

    Args:
        lam: lambda.
        hidden: width of the critic's hidden layer.
        lr: the critic's learning rate.
        epochs: the critic's passes over the tokens of a step.
        seed: of the critic.
    """

    name = "token_gae"

    def __init__(self, lam: float = 1.0, hidden: int = 64, lr: float = 1e-3, epochs: int = 4, seed: int = 0) -> None:
        self.lam, self.epochs = lam, epochs
        self.critic = Critic(hidden, lr, seed)
        self._examples: tuple[list[Tensor], list[float]] = [], []

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        episodes = [episode for group in groups for episode in members(group)]
        states: list[Tensor] = []
        advantages: list[float] = []
        targets: list[float] = []
        for episode, features in zip(episodes, ctx.features(episodes, tokens=True), strict=True):
            places = [(t, j) for t, turn in enumerate(episode.turns) for j in decisions(turn)]
            if not places:
                continue
            read = torch.stack([features.tokens[t][j] for t, j in places])
            *values, last = self.critic.values(torch.cat([read, features.before[-1:]]))
            rewards, gammas = _steps(episode, [t for t, _ in places], ctx.gamma)
            A = gae(rewards, values, last if bootstraps(episode) else 0.0, gammas, self.lam)
            states.append(read)
            advantages += A
            targets += [a + V for a, V in zip(A, values, strict=True)]
        self._examples = states, targets
        rest = iter(whitened(advantages))
        tokens: list[list[list[list[float]]] | None] = []
        turns: list[list[list[float]] | None] = []
        for group in groups:
            spread = [[_spread(turn, rest) for turn in episode.turns] for episode in group.episodes]
            tokens.append([[one.entries for one in episode] for episode in spread])
            turns.append([[one.mean for one in episode] for episode in spread])
        return Credited(turns, zero_variance(groups, ctx.gamma), tokens)

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


def decisions(turn: Turn) -> list[int]:
    """The tokens of an action at which the policy decided: the sampled ones; of a choice, the first."""
    if turn.choices:
        return [0] if turn.ids else []
    return [j for j in range(len(turn.ids)) if j not in turn.forced]


def _steps(episode: Episode, at: Sequence[int], gamma: float) -> tuple[list[float], list[float]]:
    """Reward and discount of each decision, which are taken in the turns ``at``."""
    rewards, gammas = [], []
    for turn, following in zip(at, [*at[1:], len(episode.turns)], strict=True):
        between = episode.turns[turn:following]
        rewards.append(sum(gamma**later * one.reward for later, one in enumerate(between)))
        gammas.append(gamma ** len(between))
    return rewards, gammas


class _Spread(NamedTuple):
    entries: list[float]
    """One for each log-probability of the turn."""
    mean: float


def _spread(turn: Turn, rest: Any) -> _Spread:
    chosen = decisions(turn)
    entries = [0.0] * (min(1, len(turn.ids)) if turn.choices else len(turn.ids))
    for j in chosen:
        entries[j] = next(rest)
    return _Spread(entries, sum(entries) / max(1, len(chosen)))
