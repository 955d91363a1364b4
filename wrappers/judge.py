"""`JudgeReward`: a named part of the reward that a judge gives, after the episode's end.

    env = JudgeReward(gymnasium.make("scoutgym/GuessCity-v0"), SuccessJudge(model))

It is the judge's adapter for one episode of any world; a trainer asks judges about whole groups between rollout and
credit (`scoutgym.agents.training.scoring`). It fails closed: a judge that raises, is late or has no verdict pays
nothing, and the outcome says ``judge_error``, so that a trainer masks the episode instead of learning from a silent
zero.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from typing import Any

import gymnasium

from scoutgym.llm.chat.core import ChatError
from scoutgym.types import AGENT, Episode, Turn
from scoutgym.wrappers.core import TextWrapper
from scoutgym.wrappers.judges.core import Judge, Score

log = logging.getLogger("scoutgym")


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

        Raises:
            ChatError: the judge's model cannot be used at all: that is no failure of one verdict.
        """
        try:
            score = self._future.result(self.deadline)
        except Late:
            return Score.failed(f"no verdict within {self.deadline:g} s")
        except ChatError:
            raise
        except Exception as error:
            log.warning("the judge failed: %r", error)
            return Score.failed(repr(error))
        if score.ok and set(score.parts) != set(self.parts):
            return Score.failed(f"the verdict has the parts {sorted(score.parts)} and not {sorted(self.parts)}")
        return score


class JudgeReward(TextWrapper):
    """Adds a judge's parts to the last step of each episode.

    Args:
        env: the environment.
        judge: who scores.
        weights: weight of each of the judge's parts in the scalar; by default 1 for the first and 0 for the others.
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
        self.weights = {name: float(not place) for place, name in enumerate(judge.parts)} | dict(weights or {})
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge")

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Act; at the end, ask the judge."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if not (terminated or truncated):
            return observation, float(reward), terminated, truncated, info
        episode = self._episode(float(reward), terminated, truncated, info.get("success"))
        pending = Pending(self.judge.parts, self.deadline, self._pool.submit(self.judge.score_episode, episode))
        if self.deferred:
            info["score"] = pending
            return observation, float(reward), terminated, truncated, info
        score = pending.result()
        if not score.ok:
            info["outcome"] = score.outcome
        info["rewards"] = {**info["rewards"], **score.parts}
        total = float(reward) + sum(self.weights[name] * value for name, value in score.parts.items())
        return observation, total, terminated, truncated, info

    def _episode(self, reward: float, terminated: bool, truncated: bool, success: Any) -> Episode:
        """What was played, as the record that judges read."""
        lines, truth = list(self.inner.history), self.inner.privileged()
        turns = [
            Turn(AGENT, lines[at], lines[at + 1], lines[at + 1], reward=reward if at == len(lines) - 3 else 0.0)
            for at in range(0, len(lines) - 1, 2)
        ]
        told = {"answer": truth.answer, "achievements": list(truth.achievements), **truth.extra}
        task = self.inner.session.task
        return Episode(task, turns, lines[-1], terminated, truncated, success, privileged=told)

    def close(self) -> None:
        """Stop waiting for verdicts that nobody will read."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()
