"""PCL: prompt curriculum learning (Gao et al. 2025, arXiv 2510.01135): ask a value model which tasks are worth playing.

Of ``k * m`` fresh tasks of uniform arms, the ``m`` whose predicted success V(x) is nearest to ``target`` are next. V is
learned from the groups that were played, so it is one step behind the policy.

Where we differ: the paper's V is a language model with a linear head that reads the prompt. Ours is a logistic
regression in numpy on features of the task ::

    V(x) = 1 / (1 + exp(-w . phi(x)))
    phi  = 1, the arm, the world's numeric parameters (scaled to [-1, 1] over the arms), 32 hashed words of what the
           agent reads first (to length 1)

so two tasks of one arm that these do not tell apart have the same V. After a step it is fitted to the mean success of
the last ``memory`` groups, as the policy moves, by ``steps`` gradient steps of size 1 on the cross-entropy. (The paper
regresses with the square loss, whose gradient vanishes where V is near 0 or 1; the minimiser is the same.)
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.curricula.core import Arm, Curriculum, GroupStats
from scoutgym.envs.chance import Chance
from scoutgym.types import Task, digest

WORDS = 32


class Features:
    """``phi`` of the module's docstring."""

    def __init__(self, arms: Sequence[Arm]) -> None:
        self.arms = {arm.name: arm for arm in arms}
        numbers = [arm.numbers(arm.task("train", 0)) for arm in arms]
        names = sorted({name for values in numbers for name in values})
        table = np.array([[values.get(name, 0.0) for name in names] for values in numbers]).reshape(len(arms), -1)
        half = np.ptp(table, axis=0) / 2
        table = (table - table.min(axis=0) - half) / np.where(half > 0, half, 1.0)
        rows = np.concatenate([np.ones((len(arms), 1)), np.eye(len(arms)), table], axis=1)
        self.rows = dict(zip(self.arms, rows, strict=True))
        self.size = rows.shape[1] + WORDS

    def __call__(self, arm: str, task: Task) -> NDArray[np.float64]:
        """The features of one task."""
        counts = np.zeros(WORDS)
        for word in re.findall(r"\w+", self.arms[arm].opening(task).lower()):
            place = int.from_bytes(digest(word, size=4), "big")
            counts[place % WORDS] += 1 if place >> 31 else -1
        length = float(np.sqrt(counts @ counts))
        return np.concatenate([self.rows[arm], counts / length if length else counts])


class PCL(Curriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        k: candidates for each task that is played.
        m: tasks that are chosen at once; best as many as a training step plays.
        target: the success that teaches most.
        memory: how many groups V is fitted to.
        steps: gradient steps for each call of ``observe``.

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        seed: int,
        k: int = 4,
        m: int = 32,
        target: float = 0.5,
        memory: int = 128,
        steps: int = 20,
    ) -> None:
        super().__init__(arms, seed)
        if min(k, m, memory, steps) < 1 or not 0 < target < 1:
            raise ValueError(
                "pcl needs k, m, memory and steps of at least 1 and 0 < target < 1, not "
                f"k={k}, m={m}, memory={memory}, steps={steps} and target={target:g}"
            )
        self.k, self.m, self.target, self.steps = k, m, target, steps
        self.features = Features(arms)
        self.weights = np.zeros(self.features.size)
        self.queue: list[tuple[str, Task]] = []
        """Chosen and not yet drawn."""
        self.heard: deque[tuple[str, Task, float]] = deque(maxlen=memory)
        self._rows: deque[NDArray[np.float64]] = deque(maxlen=memory)

    def value(self, arm: str, task: Task) -> float:
        """The predicted success."""
        return float(_sigmoid(self.features(arm, task) @ self.weights))

    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """The next of the chosen; they are chosen anew after `observe`, or when all are drawn."""
        if not self.queue:
            candidates = [self.fresh(chance) for _ in range(self.k * self.m)]
            rows = np.array([self.features(arm.name, task) for arm, task in candidates])
            distance = np.abs(_sigmoid(rows @ self.weights) - self.target)
            nearest = np.argsort(distance, kind="stable")[: self.m]
            self.queue = [(candidates[place][0].name, candidates[place][1]) for place in nearest]
        arm, task = self.queue.pop(0)
        return self.named[arm], task

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Fit V, and drop what an older V chose."""
        self.queue = []
        for group in groups:
            self._hear(group.arm, group.task, group.success)
        rows, means = np.array(self._rows), np.array([mean for _, _, mean in self.heard])
        for _ in range(self.steps):
            self.weights -= (_sigmoid(rows @ self.weights) - means) @ rows / len(rows)

    def _hear(self, arm: str, task: Task, mean: float) -> None:
        self.heard.append((arm, task, mean))
        self._rows.append(self.features(arm, task))

    def metrics(self) -> dict[str, float]:
        """The predicted success of each arm's first training task, for the log."""
        return {f"curriculum/v/{arm.name}": self.value(arm.name, arm.task("train", 0)) for arm in self.arms}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        own = {
            "weights": self.weights.tolist(),
            "queue": [[arm, task.to_json()] for arm, task in self.queue],
            "heard": [[arm, task.to_json(), mean] for arm, task, mean in self.heard],
        }
        return super().state_dict() | own

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        self.weights = np.array(state["weights"], dtype=float)
        self.queue = [(str(arm), Task.from_json(task)) for arm, task in state["queue"]]
        self.heard.clear()
        self._rows.clear()
        for arm, task, mean in state["heard"]:
            self._hear(str(arm), Task.from_json(task), float(mean))


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-np.clip(values, -500.0, 500.0)))
