"""The warm start: demonstrations are imitated until that no longer helps, and then the policy is frozen as the start.

The learning rate rises, stays, and falls. It falls when the success on dev tasks has not risen for ``patience``
examinations, or when ``steps`` are nearly over; what reinforcement learning is compared with is the policy after the
fall. Nothing is won by stopping early: a start that could still learn from its demonstrations would flatter what comes
after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from torch import nn

from scoutgym.agents.training.batches import micro_batches
from scoutgym.agents.training.config import OptimConfig, SFTConfig
from scoutgym.agents.training.learner import Learner
from scoutgym.agents.training.objective.imitation import Imitation
from scoutgym.agents.training.objective.likelihood import frozen_logp
from scoutgym.agents.training.rows import Row

SUCCESS = "dev/success"
"""The figure by which a plateau is known."""

FLOOR = 0.1
"""The learning rate falls to this part of itself."""


class WarmStart:
    """Supervised learning on the actions of ``rows``, in place; it can be stopped and resumed at any step.

    Args:
        model: of the rows' vocabulary.
        rows: a part of them, ``config.dev``, is held out.
        config: how long and how fast.
        seed: of the order.
    """

    def __init__(self, model: nn.Module, rows: Sequence[Row], config: SFTConfig, seed: int) -> None:
        self.config, self.seed = config, seed
        order = np.random.default_rng(seed).permutation(len(rows))
        held_out = max(1, round(len(rows) * config.dev))
        self.dev = [rows[place] for place in order[:held_out]]
        self.train = [rows[place] for place in order[held_out:]] or self.dev
        optim = OptimConfig(lr=config.lr, minibatches=1, tokens=config.tokens, weight_decay=0.01, warmup=config.warmup)
        self.learner = Learner(model, optim, Imitation(), 1.0)
        self.step = 0
        self.falls_at = config.steps - round(config.fall * config.steps)
        """The step from which the learning rate falls."""
        self.best, self.stale = float("-inf"), 0
        self._batches = self._order()

    @property
    def end(self) -> int:
        """The last step, as far as is known now."""
        return min(self.config.steps, round(self.falls_at / (1 - self.config.fall)))

    def run(
        self,
        examine: Callable[[], Mapping[str, float]],
        report: Callable[[int, float, Mapping[str, float]], None],
        keep: Callable[[], None],
    ) -> None:
        """Learn to the end.

        Args:
            examine: figures of the policy on dev tasks, `SUCCESS` among them, asked every ``config.check`` steps.
            report: is told the step, the training loss, and after an examination what was found.
            keep: called after each examination: the moment to save.
        """
        while self.step < self.end:
            self.learner.scale = self._rate(self.step + 1)
            loss = self.learner.learn(next(self._batches), (self.seed, self.step))["loss/imitation"]
            self.step += 1
            if self.step % self.config.check and self.step < self.end:
                report(self.step, loss, {})
                continue
            found = examine()
            self._judge(found[SUCCESS])
            report(self.step, loss, {"loss/sft_dev": self.dev_loss(), **found})
            keep()

    def dev_loss(self) -> float:
        """Cross-entropy per decision of the rows that were held out, in nats."""
        batches = list(micro_batches(self.dev, self.config.tokens))
        device = next(self.learner.model.parameters()).device
        total = sum(float(logp.sum()) for logp in frozen_logp(self.learner.model, [b.to(device) for b in batches], 1.0))
        return -total / sum(len(row.decisions) for row in self.dev)

    def _judge(self, success: float) -> None:
        """Let the rate fall from here on, if the success has not risen for a while."""
        if success > self.best:
            self.best, self.stale = success, 0
        else:
            self.stale += 1
        if self.stale >= self.config.patience:
            self.falls_at = min(self.falls_at, self.step)

    def _rate(self, step: int) -> float:
        """The part of the learning rate that step has, beside the warm-up."""
        left = (self.end - step) / max(self.end - self.falls_at, 1)
        return FLOOR + (1.0 - FLOOR) * min(1.0, max(left, 0.0))

    def _order(self) -> Iterator[list[Row]]:
        """Batches of rows of like length, about ``config.tokens`` positions each, in random order, for ever."""
        epoch = 0
        while True:
            draw = np.random.default_rng([self.seed, epoch])
            jitter = draw.random(len(self.train))  # which rows of equal length meet changes with every pass
            places = sorted(range(len(self.train)), key=lambda n: (len(self.train[n].ids) // 16, jitter[n]))
            batches: list[list[Row]] = [[]]
            longest = 0
            for place in places:
                longest = max(longest, len(self.train[place].ids))
                if batches[-1] and (len(batches[-1]) + 1) * longest > self.config.tokens:
                    batches.append([])
                    longest = len(self.train[place].ids)
                batches[-1].append(self.train[place])
            for number in draw.permutation(len(batches)):
                yield batches[int(number)]
            epoch += 1

    def state_dict(self) -> dict[str, Any]:
        """All that changes beside the model."""
        learner = {f"learner.{name}": value for name, value in self.learner.state_dict().items()}
        return {"step": self.step, "falls_at": self.falls_at, "best": self.best, "stale": self.stale, **learner}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        self.step, self.falls_at = int(state["step"]), int(state["falls_at"])
        self.best, self.stale = float(state["best"]), int(state["stale"])
        self.learner.load_state_dict(
            {name.removeprefix("learner."): value for name, value in state.items() if name.startswith("learner.")}
        )
        self._batches = self._order()
        for _ in range(self.step):
            next(self._batches)
