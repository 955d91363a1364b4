"""PLR: prioritised level replay (Jiang, Grefenstette and Rocktäschel 2021, arXiv 2010.03934). A level is a task.

A buffer holds levels, each with the score of its last group and the draw at which it was last played. A replay draws
level i with ::

    P_i = (1 - rho) P_S(i) + rho P_C(i)
    P_S(i) proportional to (1 / rank of i's score)^(1 / beta)
    P_C(i) proportional to its staleness: draws since it was last played

so that what taught most is played again, and no score grows too old to be true. A new level takes the place of the
lowest score in a full buffer, where its own is higher.

Of the paper's two schedules this is the **fixed** one, for a buffer: once half of it is filled, a draw replays with
probability ``replay``, else it plays a fresh task of a uniform arm. The other, in which the chance to replay is the
share of levels seen, suits a closed set of levels; of a million tasks it would hardly ever replay.

The paper's score is the mean of abs(GAE). Without a critic ours is that of the group: the mean of abs(R - group mean),
over the arm's `Scale`. Scores are replaced, not averaged, as published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoutgym.curricula.core import Arm, Curriculum, GroupStats
from scoutgym.curricula.pick import pick
from scoutgym.curricula.scale import Scale
from scoutgym.envs.chance import Chance
from scoutgym.types import Task


@dataclass
class Level:
    """One task of the buffer."""

    arm: str
    task: Task
    score: float
    played: int
    """The draw at which it was last played."""


class PLR(Curriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        levels: size of the buffer.
        replay: chance that a draw replays, once half of the buffer is filled.
        beta: temperature of the ranks; the smaller, the more the first rank is preferred.
        rho: share of staleness.

    Raises:
        ValueError: an option is out of range.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        seed: int,
        levels: int = 128,
        replay: float = 0.5,
        beta: float = 0.1,
        rho: float = 0.1,
    ) -> None:
        super().__init__(arms, seed)
        if levels < 1 or not 0 <= replay <= 1 or beta <= 0 or not 0 <= rho <= 1:
            raise ValueError(
                "plr needs levels >= 1, 0 <= replay <= 1, beta > 0 and 0 <= rho <= 1, not "
                f"levels={levels}, replay={replay:g}, beta={beta:g} and rho={rho:g}"
            )
        self.levels, self.replay, self.beta, self.rho = levels, replay, beta, rho
        self.buffer: dict[str, Level] = {}
        self.scale = Scale()
        self._by_score: np.ndarray[Any, np.dtype[np.float64]] = np.zeros(0)

    def replay_probabilities(self) -> list[float]:
        """The chance of each level of the buffer to be the one that is replayed."""
        staleness = self.drawn - np.array([level.played for level in self.buffer.values()], dtype=float)
        total = staleness.sum()
        by_staleness = staleness / total if total > 0 else np.full(len(staleness), 1 / len(staleness))
        mixed: list[float] = ((1 - self.rho) * self._by_score + self.rho * by_staleness).tolist()
        return mixed

    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """Replay a level, or play a fresh task."""
        if chance.random() < self._replay_now():
            level = list(self.buffer.values())[pick(self.replay_probabilities(), chance)]
            level.played = self.drawn
            return self.named[level.arm], level.task
        return self.fresh(chance)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Score the levels, and let new ones in."""
        self.scale.observe(groups)
        for group in groups:
            key, score = group.task.hash, group.signal / self.scale[group.arm]
            if key in self.buffer:
                self.buffer[key].score = score
                continue
            if len(self.buffer) == self.levels:
                lowest = min(self.buffer, key=lambda key: self.buffer[key].score)
                if self.buffer[lowest].score >= score:
                    continue
                del self.buffer[lowest]
            self.buffer[key] = Level(group.arm, group.task, score, self.drawn)
        self._rank()

    def probabilities(self) -> list[float]:
        """The levels of an arm, and its share of the fresh tasks."""
        replay = self._replay_now()
        shares = dict.fromkeys(self.named, (1 - replay) / len(self.arms))
        if replay:
            for level, share in zip(self.buffer.values(), self.replay_probabilities(), strict=True):
                shares[level.arm] += replay * share
        return [shares[arm.name] for arm in self.arms]

    def _replay_now(self) -> float:
        return self.replay if self.buffer and 2 * len(self.buffer) >= self.levels else 0.0

    def _rank(self) -> None:
        scores = np.array([level.score for level in self.buffer.values()])
        ranks = np.empty(len(scores))
        ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        weights = ranks ** (-1 / self.beta)
        self._by_score = weights / weights.sum()

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        buffer = [{**vars(level), "task": level.task.to_json()} for level in self.buffer.values()]
        return super().state_dict() | {"buffer": buffer} | self.scale.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        levels = [Level(**{**level, "task": Task.from_json(level["task"])}) for level in state["buffer"]]
        self.buffer = {level.task.hash: level for level in levels}
        self.scale.load_state_dict(state)
        if self.buffer:
            self._rank()
