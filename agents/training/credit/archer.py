"""ArCHer: an off-policy critic of turns above an on-policy policy of tokens (Zhou et al. 2024, arXiv 2402.19446).

::

    Q_i(s, a) <- r + gamma (1 - d) V'_i(s')              from the replay buffer
    V_i(s)    <- Q'_i(s, a'),  a' ~ pi(. | s)            i = 1, 2; squared error
    theta'    <- (1 - tau) theta' + tau theta            the slow copies Q', V'
    A(s, a)   =  min(Q_1, Q_2)(s, a) - min(V_1, V_2)(s)  for every token of the turn

``s`` is the conversation before a turn, ``a`` the turn's text. ``d`` is 1 where the episode terminated; behind a
truncation V'(final observation) stands. The paper's gamma is 0.95. For the first iterations only the critic learns: all
groups are left out.

Where we differ: the critics are small networks on the policy's hidden states (at the last token before the turn for V,
at the last token of the action for Q), where the paper trains a language model of its own. The buffer holds those
states as they were when they were played, so it is short (``capacity``), and they age as the policy learns. ``a'`` is
the action that the policy took in ``s`` itself, in the newest batch only: a sample of the present policy without
another generation; what the buffer holds is never used for V. The advantage of a batch is read before the critics have
seen it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from scoutgym.agents.training.credit.core import Context, Credit, Credited
from scoutgym.agents.training.credit.critic import Critic, inner, outer
from scoutgym.agents.training.credit.gae import bootstraps
from scoutgym.agents.training.credit.returns import dealt, members, zero_variance
from scoutgym.types import Group

TWO = (0, 1)


class Transitions(NamedTuple):
    """n turns: ``state`` and ``following`` are ``[n, d]`` before the turn and the next, ``action`` is ``[n, d]``."""

    state: Tensor
    action: Tensor
    following: Tensor
    reward: Tensor
    goes_on: Tensor
    """0 where nothing follows."""

    def at(self, chosen: Tensor | slice) -> Transitions:
        """Some of them."""
        return Transitions(*(values[chosen] for values in self))


class ArCHer(Credit):
    """Advantages of every turn; None for all groups during the warm-up.

    Args:
        tau: how fast the slow copies follow.
        warmup: iterations in which only the critic learns.
        steps: of the critics in an iteration.
        batch: transitions of a step.
        capacity: of the replay buffer, in transitions.
        hidden: width of the critics' hidden layer.
        lr: the critics' learning rate.
        seed: of the critics and of what is replayed.
    """

    name = "archer"

    def __init__(
        self,
        tau: float = 0.1,
        warmup: int = 5,
        steps: int = 50,
        batch: int = 128,
        capacity: int = 8192,
        hidden: int = 64,
        lr: float = 1e-3,
        seed: int = 0,
    ) -> None:
        self.tau, self.warmup, self.steps, self.batch, self.capacity = tau, warmup, steps, batch, capacity
        self.seed = seed
        self.iteration = 0
        self.Q = [_Slowed(hidden, lr, seed * 4 + i) for i in TWO]
        self.V = [_Slowed(hidden, lr, seed * 4 + 2 + i) for i in TWO]
        self.replay: Transitions | None = None
        self._fresh: Transitions | None = None

    def credit(self, groups: Sequence[Group], ctx: Context) -> Credited:
        episodes = [episode for group in groups for episode in members(group)]
        parts = []
        for episode, (before, after, _) in zip(episodes, ctx.features(episodes), strict=True):
            reward = torch.tensor([turn.reward for turn in episode.turns])
            goes_on = torch.ones_like(reward)
            goes_on[-1] = float(bootstraps(episode))
            parts.append(Transitions(before[:-1], after, before[1:], reward, goes_on))
        self._fresh = Transitions(*map(torch.cat, zip(*parts, strict=True))) if parts else None
        metrics = zero_variance(groups, ctx.gamma)
        if self.iteration < self.warmup or self._fresh is None:
            return Credited([None] * len(groups), metrics)
        with torch.no_grad():
            Q = torch.minimum(*(critic.forward(self._fresh.action) for critic in self.Q))
            V = torch.minimum(*(critic.forward(self._fresh.state) for critic in self.V))
        return Credited(dealt(groups, (Q - V).tolist()), {**metrics, "credit/value": V.mean().item()})

    def update(self, groups: Sequence[Group], ctx: Context) -> Mapping[str, float]:
        fresh, self._fresh = self._fresh, None
        draw = torch.Generator().manual_seed(self.seed * 1_000_003 + self.iteration)
        self.iteration += 1
        if fresh is None:
            return {}
        if self.replay is None:
            self.replay = fresh
        else:
            self.replay = Transitions(*map(torch.cat, zip(self.replay, fresh, strict=True)))
        self.replay = self.replay.at(slice(-self.capacity, None))
        q_loss = v_loss = 0.0
        for _ in range(self.steps):
            old = self.replay.at(torch.randint(len(self.replay.reward), (self.batch,), generator=draw))
            new = fresh.at(torch.randint(len(fresh.reward), (self.batch,), generator=draw))
            for Q, V in zip(self.Q, self.V, strict=True):
                q_loss += Q.approach(old.action, old.reward + ctx.gamma * old.goes_on * V.slow(old.following))
                v_loss += V.approach(new.state, Q.slow(new.action))
            for critic in (*self.Q, *self.V):
                critic.follow(self.tau)
        updates = self.steps * len(TWO)
        return {"credit/q_loss": q_loss / updates, "credit/v_loss": v_loss / updates}

    def state_dict(self) -> dict[str, Any]:
        state: dict[str, Any] = {"iteration": self.iteration}
        for i in TWO:
            state |= outer(f"q{i}", self.Q[i].state_dict()) | outer(f"v{i}", self.V[i].state_dict())
        if self.replay is not None:
            state |= outer("replay", self.replay._asdict())
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.iteration = int(state["iteration"])
        for i in TWO:
            self.Q[i].load_state_dict(inner(state, f"q{i}"))
            self.V[i].load_state_dict(inner(state, f"v{i}"))
        replay = inner(state, "replay")
        self.replay = Transitions(**replay) if replay else None


class _Slowed(Critic):
    """A critic with a copy that follows it slowly."""

    _slow: nn.Module | None = None

    def slow(self, features: Tensor) -> Tensor:
        """What the slow copy says."""
        if self._slow is None:
            self._slow = copy.deepcopy(self._made(features))
        with torch.no_grad():
            values: Tensor = self._slow(features)[:, 0]
        return values

    def approach(self, features: Tensor, target: Tensor) -> float:
        """One step towards the targets; the squared error before it."""
        loss = ((self.forward(features) - target) ** 2).mean()
        self.descend(loss)
        return loss.item()

    def follow(self, tau: float) -> None:
        """Polyak averaging."""
        if self._slow is not None and self.net is not None:
            with torch.no_grad():
                for behind, ahead in zip(self._slow.parameters(), self.net.parameters(), strict=True):
                    behind.lerp_(ahead, tau)

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        if self._slow is not None:
            state |= outer("slow", {name: value.clone() for name, value in self._slow.state_dict().items()})
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        slow = inner(state, "slow")
        if slow:
            self._slow = copy.deepcopy(self._made(torch.zeros(1, slow["1.weight"].shape[1])))
            self._slow.load_state_dict(slow)
