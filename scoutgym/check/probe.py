"""How the checks play a world: probes, recorded plays, wrappers to play under, and garbage to say."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium
from gymnasium.wrappers import RecordEpisodeStatistics, TimeLimit

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import World
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Episode, Task, canonical, digest
from scoutgym.wrappers.core import world_env
from scoutgym.wrappers.history import History
from scoutgym.wrappers.judge import JudgeReward
from scoutgym.wrappers.judges.core import EpisodeJudge, Score

GARBAGE = (
    "",
    " ",
    "\x00",
    "💥" * 50,
    "a" * 5_000,
    "<answer>",
    "{}{0}%s",
    "١٢٣",
    "-1",
    "9" * 400,
    "\u202e",
    "\n\n",
    "ſ",
)


PATIENCE = 8.0
"""Seconds after which a check of a slow world plays no more episodes than two."""
TAPE = 2.0
"""Seconds of play after which a tape ends, where a turn is slow: it is played again many times."""


class Broken(AssertionError):
    """The world breaks the contract; the message says what was seen."""


@dataclass
class Play:
    """A recorded episode: what was done, and everything that came back."""

    task: Task
    luck: int
    actions: list[str] = field(default_factory=list)
    returned: list[Any] = field(default_factory=list)
    """JSON of each (observation, reward, terminated, truncated, info)."""


class _LengthJudge(EpisodeJudge):
    """A judge for the checks: pays the number of turns, so that its part is a function of the episode."""

    name, parts = "length", ("judged",)

    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        return [Score({"judged": float(len(episode.turns))}) for episode in episodes]


WRAPPERS: dict[str, Callable[[gymnasium.Env[Any, Any]], gymnasium.Env[Any, Any]]] = {
    "no wrapper": lambda env: env,
    "TimeLimit": lambda env: TimeLimit(env, 10_000),
    "History": History,
    "RecordEpisodeStatistics": RecordEpisodeStatistics,
    "JudgeReward": lambda env: JudgeReward(env, _LengthJudge()),
    "all of them": lambda env: RecordEpisodeStatistics(History(JudgeReward(TimeLimit(env, 10_000), _LengthJudge()))),
}


class Probe:
    """The world under test, and the ways in which the checks play it.

    Args:
        env_id: a registered id, or ``module:id``.
        episodes: how many episodes the sampling checks play.
        seconds: how long gains are compared with redrawn secrets; a belief oracle may be slow.
        options: arguments of ``gym.make``.
    """

    cut: str = ""
    """How many rounds the check that runs now has played of those that it wanted, where it ran out of patience."""

    def __init__(self, env_id: str, episodes: int = 20, seconds: float = 5.0, **options: Any) -> None:
        self.env_id, self.episodes, self.seconds, self.options = env_id, episodes, seconds, options
        self._tapes: dict[tuple[str, int], list[str]] = {}
        env = self.make()
        self.inner = world_env(env)
        self.world: World[Any] = self.inner.world
        self.params = self.inner.params
        self.id = self.world.spec.id

    def make(self, **options: Any) -> gymnasium.Env[Any, Any]:
        """A new environment."""
        return gymnasium.make(self.env_id, **(self.options | options))

    def task(self, index: int, split: str = "train") -> Task:
        """A task of the world's own parameters."""
        return Task(self.id, split, index % self.world.counts[split], self.params)

    def rounds(self, most: int) -> Iterator[int]:
        """Count to ``most``, or to no more than two once `PATIENCE` seconds have gone."""
        began = time.monotonic()
        for number in range(most):
            if number >= 2 and time.monotonic() - began > PATIENCE:
                self.cut = f"{number} of {most}"
                return
            yield number

    def play(
        self,
        env: gymnasium.Env[Any, Any],
        task: Task,
        luck: int,
        actions: Sequence[str] | None = None,
        stop: int | None = None,
    ) -> Play:
        """Play a tape, or (without one) a mixture of allowed actions and some garbage; the tape is recorded, and the
        next play of the same task and luck plays it again. Where a turn is slow it need not reach the end: see `end`.
        """
        play, whole = Play(task, luck), actions is None and stop is None
        if whole:
            actions = self._tapes.get((task.hash, luck))
        observation, info = env.reset(options={"task": task, "luck": luck})
        play.returned.append(as_json((observation, 0.0, False, False, info)))
        self.go_on(env, play, actions, stop)
        if whole:
            self._tapes[task.hash, luck] = play.actions[:]
        return play

    def end(self, env: gymnasium.Env[Any, Any], play: Play) -> None:
        """Play to its end an episode whose tape was cut, by actions that are none, which are quick."""
        while not world_env(env).session.over:
            self.go_on(env, play, [""])

    def go_on(
        self, env: gymnasium.Env[Any, Any], play: Play, actions: Sequence[str] | None = None, stop: int | None = None
    ) -> None:
        """Continue an episode that is under way, to its end, for ``stop`` turns, or for `TAPE` seconds of new play."""
        chance = Chance(digest("probe", play.task.hash, play.luck), len(play.actions))
        deadline = time.monotonic() + TAPE if actions is None and stop is None else math.inf
        for turn in range(stop if stop is not None else 100_000):
            if actions is not None:
                if turn >= len(actions):
                    return
                action = actions[turn]
            else:
                action = some_action(world_env(env), chance.at(len(play.actions)))
            result = env.step(action)
            play.actions.append(action)
            play.returned.append(as_json(result))
            if result[2] or result[3] or time.monotonic() > deadline:
                return


def some_action(env: TextEnv, chance: Chance) -> str:
    """An allowed action, or one time in ten something else."""
    if chance.random() < 0.1:
        return GARBAGE[chance.below(len(GARBAGE))]
    world, state = env.world, env.session.state
    allowed = world.actions(state)
    grammar = world.grammar(state)
    return grammar.format(chance.choice(allowed) if allowed else grammar.sample(chance))


def as_json(result: tuple[Any, ...]) -> Any:
    """What a step gave, as JSON values; without what is not of the world (task, statistics, pending scores)."""
    observation, reward, terminated, truncated, info = result
    shown = {name: value for name, value in info.items() if name not in ("task", "episode", "score")}
    return json.loads(canonical([observation, float(reward), bool(terminated), bool(truncated), shown]))


def same(left: Sequence[Any], right: Sequence[Any], what: str) -> None:
    """Raise ``Broken`` where two records of play differ."""
    for turn, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            raise Broken(f"{what}: turn {turn} gave {short(other)}, not {short(one)}")
    if len(left) != len(right):
        raise Broken(f"{what}: {len(right)} turns, not {len(left)}")


def short(value: Any) -> str:
    """A value as text that fits an error message."""
    text = canonical(value)
    return text if len(text) <= 160 else text[:160] + "…"


def fresh(probe: Probe) -> TextEnv:
    """An environment at the start of task 0, without wrappers."""
    env = world_env(probe.make())
    env.reset(options={"task": probe.task(0), "luck": 0})
    return env


def read(language: Any, text: str) -> Any:
    """The action of a text, or None; raises ``Broken`` where the grammar does anything else."""
    try:
        return language.parse(text)
    except BadAction as error:
        if not str(error).strip():
            raise Broken(f"{text!r} was refused without a reason") from None
        return None
    except Exception as error:
        raise Broken(f"parsing {text!r} raised {error!r}: only BadAction may be raised") from None
