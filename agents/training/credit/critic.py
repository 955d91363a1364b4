"""A small value function on the policy's hidden states: one hidden layer, AdamW, squared error.

The features are normalised, since their scale drifts as the policy learns, and never changed: the policy's weights get
no gradient from here. The last layer begins at zero, so that a new critic says 0 everywhere and rules that subtract it
begin as plain Monte Carlo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn


class Critic:
    """A function from features to a number; it is made when it first sees how wide they are.

    Args:
        hidden: width of the hidden layer.
        lr: learning rate.
        seed: of the weights and of the order of examples.
    """

    def __init__(self, hidden: int, lr: float, seed: int) -> None:
        self.hidden, self.lr, self.seed = hidden, lr, seed
        self.net: nn.Module | None = None
        self.optimizer: torch.optim.Optimizer
        self.fits = 0

    def _made(self, features: Tensor) -> nn.Module:
        if self.net is None:
            width = features.shape[-1]
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.seed)
                first, last = nn.Linear(width, self.hidden), nn.Linear(self.hidden, 1)
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
            norm = nn.LayerNorm(width, elementwise_affine=False)
            self.net = nn.Sequential(norm, first, nn.Tanh(), last)
            self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=self.lr, weight_decay=0.0)
        return self.net

    def forward(self, features: Tensor) -> Tensor:
        """``[n, d]`` to ``[n]``, with a gradient for the critic."""
        values: Tensor = self._made(features)(features)[:, 0]
        return values

    def values(self, features: Tensor) -> list[float]:
        """``[n, d]`` to n numbers."""
        with torch.no_grad():
            found: list[float] = self.forward(features).tolist()
        return found

    def descend(self, loss: Tensor) -> None:
        """One step of the optimizer."""
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def fit(self, count: int, epochs: int, batch: int, loss: Callable[[Tensor], Tensor]) -> float:
        """Passes over ``count`` examples in a drawn order; the mean loss of the first pass.

        Args:
            count: of examples.
            epochs: passes.
            batch: examples of a step.
            loss: of the examples with these numbers.
        """
        draw = torch.Generator().manual_seed(self.seed * 1_000_003 + self.fits)
        self.fits += 1
        first = 0.0
        for epoch in range(epochs):
            for chosen in torch.randperm(count, generator=draw).split(batch):
                value = loss(chosen)
                self.descend(value)
                if epoch == 0:
                    first += value.item() * len(chosen) / count
        return first

    def regress(self, features: Tensor, targets: list[float], epochs: int, batch: int = 256) -> float:
        """Fit values to targets; the mean squared error of the first pass."""
        wanted = torch.tensor(targets)
        return self.fit(len(targets), epochs, batch, lambda n: ((self.forward(features[n]) - wanted[n]) ** 2).mean())

    def state_dict(self) -> dict[str, Any]:
        """Weights, the optimizer's moments, and the number of fits."""
        state: dict[str, Any] = {"fits": self.fits}
        if self.net is not None:
            state |= {f"net.{name}": value.clone() for name, value in self.net.state_dict().items()}
            for number, moments in self.optimizer.state_dict()["state"].items():
                state |= {f"optimizer.{number}.{name}": value.clone() for name, value in moments.items()}
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        self.fits = int(state["fits"])
        weights = {name.removeprefix("net."): value for name, value in state.items() if name.startswith("net.")}
        if not weights:
            return
        net = self._made(torch.zeros(1, weights["1.weight"].shape[1]))
        net.load_state_dict(weights)
        moments: dict[int, dict[str, Tensor]] = {}
        for name, value in state.items():
            if name.startswith("optimizer."):
                _, number, moment = name.split(".")
                moments.setdefault(int(number), {})[moment] = value.clone()
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": moments, "param_groups": groups})


def inner(state: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The part of a flat state that belongs to ``name``, without the name."""
    return {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}


def outer(name: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of `inner`."""
    return {f"{name}.{key}": value for key, value in state.items()}
