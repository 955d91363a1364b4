"""`JudgeReward`: a named part of the reward that something outside the world gives, after the episode's end.

A judge sees the transcript and returns a `Score`. It fails closed: a judge that raises or is late pays nothing, and the
outcome says ``judge_error``, so that a trainer masks the episode instead of learning from a silent zero.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from typing import Any, Protocol

import gymnasium

from scoutgym.types import Outcome, Task
from scoutgym.wrappers.core import TextWrapper

log = logging.getLogger("scoutgym")


@dataclass(frozen=True)
class Transcript:
    """What a judge may read: the task, the lines (observation, action, …) and, if it is audited, the truth."""

    task: Task
    lines: tuple[str, ...]
    success: float | bool | None
    answer: str | None


@dataclass(frozen=True)
class Score:
    """A judge's verdict: named parts of the reward, what became of the judgement, and what it cost."""

    parts: Mapping[str, float]
    outcome: Outcome = Outcome.OK
    cost: float = 0.0
    """In the unit of the judge's own price table."""


class Judge(Protocol):
    """Anything that scores a transcript. ``parts`` names what it gives; a missing or unknown part is its error."""

    parts: tuple[str, ...]

    def score(self, transcript: Transcript) -> Score:
        """The verdict; may take long and may raise."""
        ...


@dataclass
class Pending:
    """A verdict that has been asked for. Credit refuses an episode whose verdict is still pending."""

    parts: tuple[str, ...]
    deadline: float
    _future: Future[Score] = field(repr=False)

    def done(self) -> bool:
        """Whether ``result`` would return at once."""
        return self._future.done()

    def result(self) -> Score:
        """The verdict, waited for until the deadline; a failure is a Score with outcome ``judge_error``, never
        raised.
        """
        try:
            score = self._future.result(self.deadline)
        except Late:
            return self._failed()
        except Exception as error:
            log.warning("the judge failed: %r", error)
            return self._failed()
        return score if set(score.parts) == set(self.parts) else self._failed()

    def _failed(self) -> Score:
        return Score(dict.fromkeys(self.parts, 0.0), Outcome.JUDGE_ERROR)


class JudgeReward(TextWrapper):
    """Adds a judge's parts to the last step of each episode.

    Args:
        env: the environment.
        judge: who scores.
        weights: weight of each of the judge's parts in the scalar; 1 where none is given.
        deadline: seconds that a verdict may take.
        deferred: do not wait: the last ``info`` carries ``score``, a `Pending`, and the reward excludes it.

    Raises:
        ValueError: a weight for a part that the judge does not give, or a part whose name the world already uses.
    """

    def __init__(
        self,
        env: gymnasium.Env[str, str],
        judge: Judge,
        weights: Mapping[str, float] | None = None,
        deadline: float = 60.0,
        deferred: bool = False,
    ) -> None:
        super().__init__(env)
        for name in weights or {}:
            if name not in judge.parts:
                raise ValueError(f"unknown part {name!r}: this judge gives {', '.join(judge.parts)}")
        taken = set(judge.parts) & set(self.inner.weights)
        if taken:
            raise ValueError(f"the world already has a reward part {sorted(taken)[0]!r}: rename the judge's")
        self.judge, self.deadline, self.deferred = judge, deadline, deferred
        self.weights = dict.fromkeys(judge.parts, 1.0) | dict(weights or {})
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge")

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Act; at the end, ask the judge."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if not (terminated or truncated):
            return observation, float(reward), terminated, truncated, info
        inner = self.inner
        transcript = Transcript(
            inner.session.task, tuple(inner.history), info.get("success"), inner.privileged().answer
        )
        pending = Pending(self.judge.parts, self.deadline, self._pool.submit(self.judge.score, transcript))
        if self.deferred:
            info["score"] = pending
            return observation, float(reward), terminated, truncated, info
        score = pending.result()
        if score.outcome is not Outcome.OK:
            info["outcome"] = score.outcome
        info["rewards"] = {**info["rewards"], **score.parts}
        total = float(reward) + sum(self.weights[name] * value for name, value in score.parts.items())
        return observation, total, terminated, truncated, info

    def close(self) -> None:
        """Stop waiting for verdicts that nobody will read."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()
