"""`JudgeReward`: a named part of the reward that a judge gives, after the episode's end.

    env = JudgeReward(gymnasium.make("scoutgym/GuessCity-v0"), SuccessJudge(model))

It is the judge's adapter for one episode of any world; a trainer asks judges about whole groups between rollout and
credit (`scoutgym.agents.training.scoring`). It fails closed: a judge that raises, is late or has no verdict pays
nothing, and the outcome says ``judge_error``, so that a trainer masks the episode instead of learning from a silent
zero. An episode that the world broke is masked as it is, and not judged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import wait
from typing import Any

import gymnasium

from scoutgym.llm.chat.core import ChatError
from scoutgym.types import AGENT, INFRASTRUCTURE, Episode, Turn
from scoutgym.wrappers.core import TextWrapper
from scoutgym.wrappers.judges.core import Judge, Score
from scoutgym.wrappers.judges.workers import Workers

log = logging.getLogger("scoutgym")


class JudgeReward(TextWrapper):
    """Adds a judge's parts to the last step of each episode.

    Args:
        env: the environment.
        judge: who scores.
        weights: weight of each of the judge's parts in the scalar; by default 1 for the first and 0 for the others.
        deadline: seconds that a verdict may take.

    Raises:
        ValueError: the judge compares the members of a group, a weight is for a part that it does not give, or the
            world already uses the name of a part.
    """

    def __init__(
        self,
        env: gymnasium.Env[str, str],
        judge: Judge,
        weights: Mapping[str, float] | None = None,
        deadline: float = 60.0,
    ) -> None:
        super().__init__(env)
        if judge.compares:
            raise ValueError(
                f"the judge {judge.name} compares the members of a group, and here each episode is alone: take one "
                "that looks at an episode by itself, or train with it (judge.name of a training configuration)"
            )
        for name in weights or {}:
            if name not in judge.parts:
                raise ValueError(f"unknown part {name!r}: this judge gives {', '.join(judge.parts)}")
        taken = set(judge.parts) & set(self.inner.weights)
        if taken:
            raise ValueError(f"the world already has a reward part {sorted(taken)[0]!r}: rename the judge's")
        self.judge, self.deadline = judge, deadline
        self.weights = {name: float(not place) for place, name in enumerate(judge.parts)} | dict(weights or {})
        self._workers = Workers(1)

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Act; at the end, ask the judge.

        Raises:
            ChatError: the judge's model cannot be used at all: that is no failure of one verdict.
        """
        observation, reward, terminated, truncated, info = self.env.step(action)
        if not (terminated or truncated) or info["outcome"] in INFRASTRUCTURE:
            return observation, float(reward), terminated, truncated, info
        score = self._score(self._episode(float(reward), terminated, truncated, info.get("success")))
        if not score.ok:
            info["outcome"] = score.outcome
        info["rewards"] = {**info["rewards"], **score.parts}
        total = float(reward) + sum(self.weights[name] * value for name, value in score.parts.items())
        return observation, total, terminated, truncated, info

    def _score(self, episode: Episode) -> Score:
        """The verdict, waited for until the deadline; what goes wrong is a failed one."""
        try:
            asked = self._workers.submit(self.judge.score_episode, episode)
            if not wait([asked], self.deadline).done:
                self._workers = Workers(1)  # the next episode must not wait behind it
                return Score.failed(f"no verdict within {self.deadline:g} s")
            score = asked.result()
        except ChatError:
            raise
        except Exception as error:
            log.warning("the judge failed: %r", error)
            return Score.failed(repr(error))
        if score.ok and set(score.parts) != set(self.judge.parts):
            return Score.failed(f"the verdict has the parts {sorted(score.parts)} and not {sorted(self.judge.parts)}")
        return score

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
        self._workers.stop()
        super().close()
