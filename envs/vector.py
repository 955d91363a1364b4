"""`TextVectorEnv`: many episodes of one world in this process, stepped together.

No observation is lost: in ``SAME_STEP`` mode an ended episode's last observation and info are in ``final_obs`` and
``final_info``; in ``DISABLED`` mode nothing restarts until ``reset(options={"reset_mask": …})`` says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from scoutgym.envs.core import Privileged
from scoutgym.envs.saved import Saved
from scoutgym.envs.text_env import TextEnv

Batch = tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]


class TextVectorEnv(gymnasium.vector.VectorEnv[tuple[str, ...], Sequence[str], NDArray[Any]]):
    """``num_envs`` environments of one world.

    ``infos`` holds lists with one entry an environment: ``outcome``, ``rewards``, and after a reset ``task``;
    ``success`` is None for episodes that go on.

    Args:
        num_envs: how many.
        autoreset_mode: ``SAME_STEP`` (default) or ``DISABLED``.
        options: arguments of `TextEnv`, the world among them.

    Raises:
        ValueError: ``num_envs`` is not positive, or the mode is ``NEXT_STEP``, which would swallow an action.
    """

    def __init__(
        self, num_envs: int = 1, *, autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP, **options: Any
    ) -> None:
        self.envs: list[TextEnv] = []
        if num_envs < 1:
            raise ValueError(f"num_envs={num_envs}: at least one environment is needed")
        mode = AutoresetMode(autoreset_mode)
        if mode is AutoresetMode.NEXT_STEP:
            raise ValueError("autoreset_mode NEXT_STEP would swallow an action: use SAME_STEP or DISABLED")
        self.num_envs = num_envs
        self.envs = [TextEnv(**options) for _ in range(num_envs)]
        self.metadata = {**TextEnv.metadata, "autoreset_mode": mode}
        self.render_mode = self.envs[0].render_mode
        self.single_action_space = self.envs[0].action_space
        self.single_observation_space = self.envs[0].observation_space
        self.action_space = gymnasium.spaces.Tuple([env.action_space for env in self.envs])
        self.observation_space = gymnasium.spaces.Tuple([env.observation_space for env in self.envs])
        self._restart = mode is AutoresetMode.SAME_STEP
        self._plain = self.envs[0].plain
        self._seen = [""] * num_envs

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Start episodes in all environments, or in those of ``options["reset_mask"]``.

        Args:
            seed: one for each environment, or a number from which each gets its own through a hash.
            options: ``reset_mask`` (booleans), ``tasks`` and ``lucks`` (one entry an environment), and options of
                `TextEnv.reset` for all.

        Raises:
            ValueError: a list whose length is not ``num_envs``.
        """
        options = dict(options or {})
        mask = options.pop("reset_mask", None)
        columns = {"task": options.pop("tasks", None), "luck": options.pop("lucks", None)}
        seeds = self.seeds(seed)
        for name, column in {
            "reset_mask": mask,
            "seed": seeds,
            "tasks": columns["task"],
            "lucks": columns["luck"],
        }.items():
            if column is not None and len(column) != self.num_envs:
                raise ValueError(f"{name} has {len(column)} entries for {self.num_envs} environments")
        infos: dict[str, Any] = {name: [None] * self.num_envs for name in ("outcome", "rewards", "task")}
        for place, env in enumerate(self.envs):
            if mask is not None and not mask[place]:
                continue
            own = {name: column[place] for name, column in columns.items() if column is not None}
            self._seen[place], info = env.reset(seed=seeds[place], options=options | own)
            _put(infos, place, self.num_envs, info)
        return tuple(self._seen), infos

    def step(self, actions: Sequence[str]) -> Batch:
        """Play one action in each environment; where an episode ends, ``SAME_STEP`` begins the next.

        An environment whose episode is over in ``DISABLED`` mode takes no action: its reward is 0 and its flags stay.

        Raises:
            ValueError: the number of actions is not ``num_envs``.
        """
        count = self.num_envs
        if len(actions) != count:
            raise ValueError(f"{len(actions)} actions for {count} environments")
        rewards = [0.0] * count
        outcomes: list[Any] = [None] * count
        parts: list[Any] = [None] * count
        ended: list[tuple[int, bool, bool, dict[str, Any]]] = []
        seen = self._seen
        infos: dict[str, Any] = {"outcome": outcomes, "rewards": parts}
        for place, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
            session = env.session
            if session.over:
                ended.append((place, session.terminated, session.truncated, {}))
            elif self._plain:  # the same as env.step, without a dictionary for each
                reply = session.act(action)
                seen[place], outcomes[place], parts[place] = reply.text, session.outcome, reply.rewards
                if reply.rewards:
                    rewards[place] = env.weigh(reply.rewards)
                if session.terminated or session.truncated:
                    info: dict[str, Any] = {"outcome": session.outcome, "rewards": reply.rewards}
                    info["success"] = session.success
                    if env.world.spec.figures:
                        info["figures"] = env.figures()
                    ended.append((place, session.terminated, session.truncated, info))
            else:
                seen[place], rewards[place], terminated, truncated, info = env.step(action)
                outcomes[place], parts[place] = info["outcome"], info["rewards"]
                _put(infos, place, count, {name: value for name, value in info.items() if name in ("bits", "actions")})
                if terminated or truncated:
                    ended.append((place, terminated, truncated, info))
        terminations, truncations = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        for place, terminated, truncated, info in ended:
            terminations[place], truncations[place] = terminated, truncated
            for name in ("success", "figures"):
                if name in info:
                    infos.setdefault(name, [None] * count)[place] = info[name]
            if self._restart:
                self._begin_next(place, info, infos)
        return tuple(seen), np.array(rewards), terminations, truncations, infos

    def save(self, i: int) -> Saved:
        """A handle on environment ``i``; see `TextEnv.save`."""
        return self.envs[i].save()

    def restore(self, i: int, point: Saved | bytes) -> str:
        """Take environment ``i`` to a saved point and return its observation; see `TextEnv.restore`."""
        self._seen[i] = self.envs[i].restore(point)[0]
        return self._seen[i]

    def privileged(self, i: int) -> Privileged:
        """What only a trainer or a judge may see of environment ``i``."""
        return self.envs[i].privileged()

    def render(self) -> tuple[Any, ...]:
        """Every board."""
        return tuple(env.render() for env in self.envs)

    def close_extras(self, **kwargs: Any) -> None:
        """Close every environment."""
        for env in self.envs:
            env.close()

    def seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        """The seed of each environment where ``reset`` is given ``seed``."""
        if seed is None or isinstance(seed, (int, np.integer)):
            if seed is None:
                return [None] * self.num_envs
            words = np.random.SeedSequence(int(seed)).generate_state(self.num_envs, np.uint64)
            return [int(word) >> 1 for word in words]
        return list(seed)

    def _begin_next(self, place: int, info: dict[str, Any], infos: dict[str, Any]) -> None:
        final = infos.setdefault("final_obs", np.full(self.num_envs, None, dtype=object))
        final[place] = self._seen[place]
        infos.setdefault("final_info", [None] * self.num_envs)[place] = info
        infos.setdefault("_final_obs", np.zeros(self.num_envs, dtype=np.bool_))[place] = True
        self._seen[place], fresh = self.envs[place].reset()
        infos.setdefault("task", [None] * self.num_envs)[place] = fresh["task"]


def _put(infos: dict[str, Any], place: int, count: int, info: dict[str, Any]) -> None:
    for name, value in info.items():
        infos.setdefault(name, [None] * count)[place] = value
