"""From rows to optimizer steps: the only place where the weights of a policy change.

A step is taken over bundles of rows (`Objective.together`), in an order that the seed draws. What its loss is divided
by is counted over all rows of the step before they are split into micro-batches and shared out among processes; so the
gradient depends on neither. Each process takes its share of the bundles, and the gradients are summed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from scoutgym.agents.training import processes
from scoutgym.agents.training.batches import Batch, bundles, micro_batches
from scoutgym.agents.training.config import OptimConfig
from scoutgym.agents.training.objective.core import Objective
from scoutgym.agents.training.objective.likelihood import Likelihood, frozen_logp, likelihood, reference_logp
from scoutgym.agents.training.objective.regularise import EntropyHistory
from scoutgym.agents.training.rows import Row


class DivergedError(ValueError):
    """The loss or the gradient is no longer a number; the weights are still those of the step before."""


def check_precision(config: OptimConfig, objective: Objective) -> None:
    """Refuse to compare likelihoods in mixed precision with those that were sampled in full.

    Sampling reads a token at a time and learning whole rows: in bfloat16 log-probabilities then differ by 0.01 and
    more, also where the sampler computes in it. So the ratio must begin at the policy that learns, in its own numbers.

    Raises:
        ValueError: the objective takes the sampler's likelihoods for the policy's own.
    """
    if config.precision != "float32" and objective.samplers:
        remedy = "set objective.options.tis, for example to 2, or " if hasattr(objective, "tis") else ""
        raise ValueError(
            f"optim.precision={config.precision} with the objective {objective.name}: what was sampled would not be on "
            f"policy, as the sampler's products are not those of the learner; {remedy}use optim.precision=float32"
        )


class Learner:
    """A model, its optimizer and its objective.

    Args:
        model: what learns; weights without ``requires_grad`` stay.
        config: how.
        objective: of what.
        temperature: that the decisions were sampled with.
        reference: a frozen model, for objectives that need one; None where no reference is needed, or ``model`` has an
            adapter that can be switched off.
    """

    def __init__(
        self,
        model: nn.Module,
        config: OptimConfig,
        objective: Objective,
        temperature: float,
        reference: nn.Module | None = None,
    ) -> None:
        self.model, self.config, self.objective, self.temperature = model, config, objective, temperature
        self.reference = reference if reference is not None else model
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(self.weights, lr=config.lr, weight_decay=config.weight_decay)
        self.entropies = EntropyHistory()
        self.steps = 0
        self.scale = 1.0
        """Multiplies the learning rate: for schedules of those who call."""

    def learn(self, rows: Sequence[Row], seed: Sequence[int]) -> dict[str, float]:
        """``config.epochs`` passes over the rows, each in ``config.minibatches`` optimizer steps.

        Args:
            rows: what is learned from.
            seed: of their order.

        Returns:
            Means over decisions, for the log.

        Raises:
            DivergedError: see there.
        """
        name = self.objective.name
        if not rows:
            return {f"loss/{name}": 0.0, "grad_norm": 0.0}
        draw, together = np.random.default_rng(list(seed)), bundles(rows, self.objective.together)
        order = draw.permutation(len(together))
        steps = [self._batches([together[n] for n in some]) for some in self._split(order)]
        history, fresh = self.entropies.means(), EntropyHistory()
        seen: dict[str, float] = defaultdict(float)
        largest, gap, norms = 0.0, 0.0, []
        for epoch in range(self.config.epochs):
            for number, (batches, normaliser) in enumerate(steps):
                for batch in batches:
                    given, losses = self._backward(batch, normaliser, history)
                    seen["loss"] += float(losses.loss.detach()) / len(steps)
                    for key, value in losses.sums.items():
                        seen[key] += float(value)
                    largest = max(largest, float(losses.maxima.get("ratio", 0.0)))
                    if epoch == 0:
                        fresh.add(given.entropy, batch)
                    if epoch == number == 0 and len(batch.logp):
                        gap = max(gap, float((given.logp.detach() - batch.logp).abs().max()))
                norms.append(self._step(seen["loss"]))
        for one in processes.gathered(fresh.state_dict()):  # one history of all processes
            self.entropies.merge(one)
        count = max(seen.pop("count", 0.0), 1.0)
        scalars = {f"loss/{name}": seen.pop("loss", 0.0) / self.config.epochs, "grad_norm": float(np.mean(norms))}
        scalars |= {f"{name}/{key}": value / count for key, value in seen.items()}
        if name == "policy":
            scalars |= {"policy/ratio_max": largest, "policy/sampler_gap": gap}
        return scalars

    def logp(self, rows: Sequence[Row]) -> list[list[float]]:
        """The log-probability of each decision of each row, under the policy as it is."""
        device = next(self.model.parameters()).device
        with self._precision():
            found = frozen_logp(self.model, [Batch.of([row]).to(device) for row in rows], self.temperature)
        return [one.tolist() for one in found]

    def _split(self, order: np.ndarray) -> Iterator[np.ndarray]:
        yield from np.array_split(order, min(self.config.minibatches, len(order)))

    def _batches(self, step: Sequence[list[Row]]) -> tuple[list[Batch], float]:
        """This process's micro-batches of one optimizer step, and what the loss of the whole step is divided by."""
        normaliser = self.objective.normaliser([row for bundle in step for row in bundle])
        mine = [row for bundle in processes.share(step) for row in bundle]
        device = next(self.model.parameters()).device
        batches = [one.to(device) for one in micro_batches(mine, self.config.tokens, self.objective.together)]
        with self._precision():
            if self.objective.reference:
                found = reference_logp(self.reference, batches, self.temperature)
                batches = [replace(batch, ref=ref) for batch, ref in zip(batches, found, strict=True)]
            if getattr(self.objective, "tis", None) is not None:
                found = frozen_logp(self.model, batches, self.temperature)
                batches = [replace(batch, prox=prox) for batch, prox in zip(batches, found, strict=True)]
        return batches, normaliser

    def _backward(self, batch: Batch, normaliser: float, history: Sequence[float]) -> tuple[Likelihood, Any]:
        with self._precision():
            given = likelihood(self.model, batch, self.temperature, self.objective.open_entropy)
            losses = self.objective.loss(given, batch, normaliser, history)
        losses.loss.backward()
        return given, losses

    def _step(self, loss: float) -> float:
        """Move the weights, unless there is nothing to go by; returns the norm of the gradient."""
        for weight in self.weights:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
        processes.add_up([weight.grad for weight in self.weights if weight.grad is not None])
        norm = float(nn.utils.clip_grad_norm_(self.weights, self.config.max_norm))
        if not np.isfinite(norm) or not np.isfinite(loss):
            self.optimizer.zero_grad()
            raise DivergedError(
                f"in optimizer step {self.steps + 1} the loss is {loss:g} and the norm of its gradient {norm:g}"
            )
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.lr * self.scale * min(1.0, (self.steps + 1) / max(self.config.warmup, 1))
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.steps += 1
        return norm

    def _precision(self) -> AbstractContextManager[Any]:
        """Mixed precision: products in bfloat16, sums and weights as they are."""
        if self.config.precision == "float32":
            return nullcontext()
        return torch.autocast(next(self.model.parameters()).device.type, torch.bfloat16)

    def state_dict(self) -> dict[str, Any]:
        """All that changes beside the model: JSON values, and tensors by flat names."""
        state: dict[str, Any] = {"steps": self.steps, "entropies": self.entropies.state_dict()}
        for number, values in self.optimizer.state_dict()["state"].items():
            state |= {f"optimizer.{number}.{key}": torch.as_tensor(value) for key, value in values.items()}
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        self.steps = int(state["steps"])
        self.entropies.load_state_dict(state["entropies"])
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            if key.startswith("optimizer."):
                _, number, name = key.split(".")
                moments.setdefault(int(number), {})[name] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": moments, "param_groups": groups})
