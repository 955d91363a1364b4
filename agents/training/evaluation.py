"""Before and after: every player and every way of decoding on the same held-out tasks, under the same luck.

A small model's success at temperature 1 can double by sharpening alone, with nothing learned about the game. So a
policy is measured at temperature 1, greedily, and at the best of several temperatures, which is chosen on dev tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

from scoutgym.agents.core import Agent, Job, Measure, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.training import processes
from scoutgym.agents.training.config import EvalConfig
from scoutgym.curricula.arms import maker
from scoutgym.curricula.core import Arm
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.session import Session
from scoutgym.stats import Estimate, bootstrap_ratio, proportion
from scoutgym.types import Episode, Task, digest

DECODINGS = ("t1", "greedy", "best")

Played = dict[str, list[Episode]]
"""Episodes by group, in the order of the tasks."""


@dataclass(frozen=True)
class Score:
    """What a player reached in one group: a success in [0, 1] a task, and which instance that was."""

    successes: list[float]
    instances: list[str]
    bits_per_turn: float | None
    told: Mapping[str, list[list[float]]] = field(default_factory=dict)
    """The world's own figures: of each task a numerator and a denominator, both 0 where it has none."""
    secrets: int = 0
    """How many different secrets the tasks had: where they are few, other tasks are the same problems again."""

    @classmethod
    def of(cls, episodes: Sequence[Episode]) -> Score:
        """Count an evaluation."""
        return cls(
            [float(episode.success or 0.0) for episode in episodes],
            [episode.task.instance.hex() for episode in episodes],
            bits_per_turn(episodes),
            told(episodes),
            len({secret_of(episode.task) for episode in episodes}),
        )

    @classmethod
    def pool(cls, scores: Sequence[Score]) -> Score:
        """All groups as one; bits and figures of different worlds do not add up."""
        return cls(
            [value for score in scores for value in score.successes],
            [instance for score in scores for instance in score.instances],
            None,
            {},
            sum(score.secrets for score in scores),
        )

    def figures(self) -> dict[str, Any]:
        """Success with its interval, clustered by instance; and bits found out a turn, where they were measured."""
        estimate = proportion(self.successes, self.instances)
        bits = {} if self.bits_per_turn is None else {"bits_per_turn": self.bits_per_turn}
        figures = {
            name: numbers(bootstrap_ratio([one for one, _ in shares], [of for _, of in shares], self.instances))
            for name, shares in self.told.items()
        }
        return {
            "success": estimate.mean,
            "ci": estimate.ci,
            "episodes": len(self.successes),
            "secrets": self.secrets,
            **bits,
            **({"figures": figures} if figures else {}),
        }


@dataclass(frozen=True)
class Evaluation:
    """A policy at one moment: scores by decoding and group."""

    scores: Mapping[str, Mapping[str, Score]]
    temperature: float
    """The best one."""

    def scalars(self, decoding: str) -> dict[str, float]:
        """Success of every group, and bits found out a turn where they were measured, for the log."""
        scores = self.scores[decoding]
        bits = {name: score.bits_per_turn for name, score in scores.items() if score.bits_per_turn is not None}
        return {f"success/{name}": fmean(score.successes) for name, score in scores.items()} | {
            f"bits_per_turn/{name}": value for name, value in bits.items()
        }

    def to_json(self) -> dict[str, Any]:
        """A JSON object; ``from_json`` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Evaluation:
        """Read an evaluation."""
        scores = {
            decoding: {group: Score(**score) for group, score in groups.items()}
            for decoding, groups in record["scores"].items()
        }
        return cls(scores, record["temperature"])


def play(
    agent: Agent,
    arms: Sequence[Arm],
    split: str,
    number: int,
    slots: int,
    measure: Measure,
    advance: Callable[[], None],
    examine: Callable[[Sequence[Episode]], None] = lambda episodes: None,
) -> Played:
    """The first ``number`` tasks of a split of every arm, each once; of several processes each plays and
    examines its share.
    """
    jobs = [Job(arm.task(split, place)) for arm in arms for place in range(number)]
    mine: dict[str, Episode] = {}
    for episode in rollout(agent, processes.share(jobs), slots, measure, maker(arms)):
        mine[episode.task.hash] = episode
        for _ in range(processes.place().num_processes):
            advance()
    examine(list(mine.values()))
    found = {key: episode for some in processes.gathered(mine) for key, episode in some.items()}
    return {arm.name: [found[arm.task(split, place).hash] for place in range(number)] for arm in arms}


def evaluations(config: EvalConfig, arms: Sequence[Arm]) -> int:
    """How many episodes `evaluate` plays, at most."""
    return len(arms) * (config.episodes * len(DECODINGS) + config.dev_episodes * len(config.temperatures))


def evaluate(
    agent: LMAgent,
    arms: Sequence[Arm],
    config: EvalConfig,
    slots: int,
    advance: Callable[[], None],
    examine: Callable[[Sequence[Episode]], None] = lambda episodes: None,
) -> tuple[Evaluation, Played]:
    """Measure a policy; also returns the episodes at temperature 1. The agent's temperature is 1 afterwards.

    Args:
        agent: the policy.
        arms: the groups of tasks.
        config: how many of them, at which temperatures.
        slots: as in `rollout`.
        advance: is called for each episode.
        examine: may add to the figures of test episodes before they are counted.
    """
    dev = dev_successes(agent, arms, config.temperatures, config.dev_episodes, slots, advance)
    best = max(dev, key=lambda temperature: dev[temperature])
    played: dict[str, Played] = {}
    for decoding, temperature in zip(DECODINGS, (1.0, 0.0, best), strict=True):
        agent.temperature = temperature
        same = {1.0: "t1", 0.0: "greedy"}.get(temperature)
        if decoding == "best" and same is not None:
            played[decoding] = played[same]
        else:
            measure: Measure = "bits" if decoding == "t1" else "nothing"
            played[decoding] = play(agent, arms, "test", config.episodes, slots, measure, advance, examine)
    agent.temperature = 1.0
    scored = {
        decoding: {name: Score.of(episodes) for name, episodes in groups.items()} for decoding, groups in played.items()
    }
    return Evaluation(scored, best), played["t1"]


def dev_successes(
    agent: LMAgent,
    arms: Sequence[Arm],
    temperatures: Sequence[float],
    number: int,
    slots: int,
    advance: Callable[[], None] = lambda: None,
) -> dict[float, float]:
    """The mean success on ``number`` dev tasks of every arm at each temperature; the last one stays the agent's."""
    found = {}
    for temperature in temperatures:
        agent.temperature = temperature
        played = play(agent, arms, "dev", number, slots, "nothing", advance)
        found[temperature] = fmean(Score.pool([Score.of(episodes) for episodes in played.values()]).successes)
    return found


def secret_of(task: Task) -> bytes:
    """A key of the task's secret, in its world and with its parameters: equal for equal problems."""
    session = Session(world_for(WORLDS[task.env_id], task.params))
    session.begin(task)
    secret = digest(task.env_id, dict(task.params), session.world.hidden_key(session.state))
    session.close()
    return secret


def told(episodes: Sequence[Episode]) -> dict[str, list[list[float]]]:
    """By name of a world's own figure the share of every episode."""
    names = dict.fromkeys(name for episode in episodes for name in episode.figures)
    return {name: [list(episode.figures.get(name, (0.0, 0.0))) for episode in episodes] for name in names}


def numbers(estimate: Estimate) -> dict[str, Any]:
    """A mean and its interval, as JSON has them."""
    return {"mean": estimate.mean, "ci": estimate.ci}


def bits_per_turn(episodes: Sequence[Episode]) -> float | None:
    """Bits found out in all episodes over turns taken in all of them; None where they were not measured."""
    gained, turns = 0.0, 0
    for episode in episodes:
        last = episode.turns[-1].bits
        if episode.start_bits is None or last is None:
            return None
        gained += episode.start_bits - last
        turns += len(episode.turns)
    return gained / turns if turns else None
