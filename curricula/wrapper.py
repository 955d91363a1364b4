"""A curriculum inside any plain Gymnasium loop: `reset` brings its next task, and it hears of every group by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium

from scoutgym.curricula.core import Curriculum, GroupStats
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import INFRASTRUCTURE, Task

CHOSEN = ("task", "split", "index", "params", "luck")
"""Options of ``reset`` that are the curriculum's to choose."""


@dataclass
class Tried:
    """One episode so far."""

    total: float = 0.0
    success: float = 0.0
    actions: list[str] = field(default_factory=list)
    broken: bool = False


class CurriculumWrapper(gymnasium.Wrapper[Any, Any, Any, Any]):
    """See the module's docstring.

    ``group`` episodes in a row have the same task and the same luck; when the last of them is over, the curriculum
    observes the group. An episode that is reset before its end counts with what it had, as one without success; one
    that was not even begun is begun again; one in which the world broke is left out. Every ``info`` holds ``arm``.

    Args:
        envs: an environment around a `TextEnv`, however wrapped, or several of them, or ids to make them from. An arm
            is played in the first environment of its world, whatever the parameters that this was made with.
        curriculum: what chooses.
        group: episodes of a group.

    Raises:
        ValueError: ``group`` is below 1, an environment holds no scoutgym world, or an arm has no environment.
    """

    def __init__(
        self,
        envs: gymnasium.Env[Any, Any] | str | Sequence[gymnasium.Env[Any, Any] | str],
        curriculum: Curriculum,
        group: int = 8,
    ) -> None:
        several = [envs] if isinstance(envs, (gymnasium.Env, str)) else list(envs)
        if group < 1:
            raise ValueError(f"group={group}: a group has at least one episode")
        made = [gymnasium.make(env) if isinstance(env, str) else env for env in several]
        self.envs: dict[str, gymnasium.Env[Any, Any]] = {}
        for env in made:
            self.envs.setdefault(_world(env).world.spec.id, env)
        for arm in curriculum.arms:
            if arm.env_id not in self.envs:
                raise ValueError(f"the arm {arm.name} is of {arm.env_id}, and there are only {', '.join(self.envs)}")
        super().__init__(made[0])
        self.curriculum = curriculum
        self.group = group
        self.arm = ""
        self._task: Task | None = None
        self._tried: list[Tried] = []
        """The episodes of this group; the last one is being played unless ``_over``."""
        self._over = True

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin the next episode. The task and the world's luck are the curriculum's; ``seed`` does not move them.

        Raises:
            ValueError: the options choose a task or a luck.
        """
        for name in CHOSEN:
            if options and name in options:
                raise ValueError(f"the curriculum chooses the task and the luck: leave the option {name!r} out")
        if not self._over:
            if self._tried[-1].actions:
                self._end(0.0)
            else:
                self._tried.pop()
        if self._task is None or len(self._tried) == self.group:
            self.arm, self._task = self.curriculum.sample()
            self._tried = []
            self.env = self.envs[self._task.env_id]
        chosen = {"task": self._task, "luck": self.curriculum.drawn}
        observation, info = self.env.reset(seed=seed, options={**(options or {}), **chosen})
        self._tried.append(Tried())
        self._over = False
        return observation, {**info, "arm": self.arm}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Pass the action on, and count what it paid."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        now = self._tried[-1]
        now.total += float(reward)
        now.actions.append(str(action))
        now.broken = info.get("outcome") in INFRASTRUCTURE
        if terminated or truncated:
            self._end(float(info.get("success") or 0.0))
        return observation, reward, terminated, truncated, {**info, "arm": self.arm}

    def _end(self, success: float) -> None:
        self._tried[-1].success = success
        self._over = True
        if len(self._tried) < self.group or self._task is None:
            return
        whole = [tried for tried in self._tried if not tried.broken]
        if len(whole) >= min(2, self.group):
            stats = GroupStats(
                self.arm,
                self._task,
                [tried.total for tried in whole],
                [tried.success for tried in whole],
                [tried.actions for tried in whole],
                _world(self.env).world.max_turns - len(self._task.history),
            )
            self.curriculum.observe([stats])

    def close(self) -> None:
        """Close every environment."""
        for env in self.envs.values():
            env.close()


def _world(env: gymnasium.Env[Any, Any]) -> TextEnv:
    inner = env.unwrapped
    if not isinstance(inner, TextEnv):
        raise ValueError(f"{type(inner).__name__} is not a scoutgym environment: its tasks cannot be chosen")
    return inner
