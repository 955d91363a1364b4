"""Synthetic learners, on which curricula are ranked in seconds and without a language model.

A learner has a skill for each of K arms, and an arm a difficulty. A task of arm k with hardness h succeeds with ::

    p = ceiling_k / (1 + exp(-(skill_k - difficulty_k - h)))          h ~ N(0, HARDNESS), fixed for each task

An episode is ``LENGTH`` decisions, each right with probability p^(1 / LENGTH); the first wrong one ends it, and it
succeeds where there is none. One that resumes in the middle has fewer left. After a step of groups, each of which
succeeded at a rate r and had a share f of its episode to play ::

    skill_j <- skill_j + RATE sum_groups transfer[k, j] f r (1 - r)           if what j needs can be done
    skill_j <- skill_j - forget (skill_j - skill_j at the start)

so a group teaches in proportion to its signal, and nothing where all fail or all succeed. What this is not: no task is
ever learned by heart, no update undoes another, and learning is as fast late as early. A curriculum that is bad here
will hardly be good elsewhere; the reverse does not follow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scoutgym.curricula.core import Arm, GroupStats, make_curriculum
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import NOTHING
from scoutgym.types import Task

Floats = NDArray[np.float64]

RATE = 0.6
"""Skill, in logits, that a group teaches for each unit of its signal."""

HARDNESS = 0.5
"""Standard deviation of a task's own hardness, in logits."""

LENGTH = 4
"""Decisions of an episode."""

MAX_TURNS = 12
"""The turns that an episode might take; a failure counts as that long."""

GROUPS, SIZE = 8, 8
"""Groups of a step, and episodes of a group."""

MASTERED = 0.5
"""Success from which on an arm serves those that need it."""


@dataclass(frozen=True)
class Scenario:
    """A learner at its start. Arms stand in a row, from easy to hard.

    Args:
        name: of a row in the tables.
        about: one line.
        difficulties: one an arm, in logits: the skills start at 0.
        ceilings: the largest success of each arm; 0 where it is impossible.
        neighbors: what practice on an arm brings to the next one, and its square to the one after that.
        forget: the part of what was learned that each step takes away.
        chain: whether an arm cannot be learned before the arm before it is mastered.
    """

    name: str
    about: str
    difficulties: Sequence[float]
    ceilings: Sequence[float] = ()
    neighbors: float = 0.0
    forget: float = 0.0
    chain: bool = False

    @property
    def arms(self) -> list[Arm]:
        """What a curriculum chooses from."""
        return [SimulatedArm(f"arm{k}", "simulated", {"level": k}, 1_000_000) for k in range(len(self.difficulties))]


class SimulatedArm(Arm):
    """An arm without a world: its tasks have a level, which is the number of an arm."""

    @property
    def roles(self) -> Sequence[str]:
        """One."""
        return ("agent",)

    def numbers(self, task: Task) -> dict[str, float]:
        """The level."""
        return {"level": float(task.params["level"])}

    def varied(self, task: Task, params: Mapping[str, Any]) -> Task:
        """Another level."""
        return Task(task.env_id, task.split, task.index, {**task.params, **params})

    def opening(self, task: Task) -> str:
        """Nothing: a task does not tell how hard it is."""
        return ""

    def resumed(self, task: Task, history: Sequence[str], luck: int) -> Task:
        """Any history can be resumed."""
        return Task(task.env_id, task.split, task.index, task.params, tuple(history))


@dataclass
class Learner:
    """The state of a learner, and how it plays and learns."""

    scenario: Scenario
    skills: Floats = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.scenario.difficulties)
        self.skills = np.zeros(count)
        self.difficulties = np.array(self.scenario.difficulties, dtype=float)
        self.ceilings = np.array(self.scenario.ceilings or [1.0] * count)
        gaps = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
        self.transfer = np.where(gaps == 0, 1.0, np.where(gaps <= 2, self.scenario.neighbors**gaps, 0.0))

    def success(self, skills: Floats | None = None) -> Floats:
        """The success on a task of each arm that is neither harder nor easier than most."""
        margin = (self.skills if skills is None else skills) - self.difficulties
        chances: Floats = self.ceilings / (1.0 + np.exp(-margin))
        return chances

    def score(self) -> float:
        """The mean success over the arms that can be learned."""
        return float(self.success()[self.ceilings > 0].mean())

    def play(self, name: str, task: Task, rng: np.random.Generator) -> GroupStats:
        """A group of episodes of one task."""
        arm, done = int(task.params["level"]), len(task.history)
        margin = self.skills[arm] - self.difficulties[arm] - HARDNESS * Chance(task.instance).normal()
        p = self.ceilings[arm] / (1.0 + math.exp(-margin))
        right = rng.random((SIZE, LENGTH))[:, done:] < p ** (1 / LENGTH)
        won = right.all(axis=1)
        first_wrong = np.where(won, LENGTH - done, right.argmin(axis=1)).tolist()
        actions = [["right"] * count + ["wrong"] * (done + count < LENGTH) for count in first_wrong]
        won = won.astype(float).tolist()
        return GroupStats(name, task, won, won, actions, MAX_TURNS - done)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """One update."""
        practice = np.zeros(len(self.skills))
        for group in groups:
            share = 1 - len(group.task.history) / LENGTH
            practice[int(group.task.params["level"])] += share * group.success * (1 - group.success)
        self.skills += self.gained(practice, self.success())
        self.skills *= 1 - self.scenario.forget

    def gained(self, practice: Floats, success: Floats) -> Floats:
        """The skill that practice, a sum of signals for each arm (or a row of them), brings."""
        gains: Floats = RATE * practice @ self.transfer
        if self.scenario.chain:
            gains = gains * np.concatenate([[True], success[:-1] >= MASTERED])
        return gains


def simulate(
    name: str, scenario: Scenario, seed: int = 0, steps: int = 60, options: Mapping[str, Any] = NOTHING
) -> Floats:
    """The learner's score before the first step and after each, under a curriculum by its name.

    ``alp-gmm`` gets one arm and the level for a parameter, the others an arm for each level. Outcomes are drawn from
    ``seed`` alone: two curricula which choose alike see the same.

    Raises:
        ValueError: there is no such curriculum or option.
    """
    arms = scenario.arms
    if name == "alp-gmm":
        options = {"ranges": {"level": [0, len(arms) - 1]}, **options}
        arms = arms[:1]
    curriculum = make_curriculum(name, arms, seed, options)
    learner, rng = Learner(scenario), np.random.default_rng(seed)
    curve = [learner.score()]
    for _ in range(steps):
        groups = [learner.play(*curriculum.sample(), rng) for _ in range(GROUPS)]
        learner.learn(groups)
        curriculum.observe(groups)
        curve.append(learner.score())
    return np.array(curve)


def oracle(
    scenario: Scenario, seed: int = 0, steps: int = 60, goal: Literal["success", "log-success"] = "success"
) -> Floats:
    """The score under a greedy oracle that knows the learner: success, transfer, and what can be learned now.

    Each group goes to the arm whose expected lesson, with the expected signal (n - 1) / n p (1 - p) of its n episodes,
    raises the goal most: the mean over arms that can be learned of the success, or of its logarithm, which prefers arms
    that are far behind. Within a step it counts on what its earlier groups are expected to teach. It looks one group
    ahead and chooses arms, not tasks: a curriculum may beat it by patience, by choosing tasks, or by start histories.
    """
    learner, rng = Learner(scenario), np.random.default_rng(seed)
    possible, arms = learner.ceilings > 0, scenario.arms
    indices, curve = Chance(b"oracle", seed), [learner.score()]
    for _ in range(steps):
        chosen: list[int] = []
        expected = learner.skills.copy()
        for _ in range(GROUPS):
            chances = learner.success(expected)
            lessons = learner.gained(np.diag(chances * (1 - chances)) * (1 - 1 / SIZE), learner.success())
            then = learner.success(expected + lessons)[:, possible]
            best = int((np.log(then) if goal == "log-success" else then).mean(axis=1).argmax())
            chosen.append(best)
            expected += lessons[best]
        tasks = [arms[k].task("train", indices.below(arms[k].count)) for k in chosen]
        learner.learn([learner.play(arms[k].name, task, rng) for k, task in zip(chosen, tasks, strict=True)])
        curve.append(learner.score())
    return np.array(curve)


SPREAD = (-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)

SCENARIOS = [
    Scenario("independent", "eight arms from easy to hard, each learned alone", SPREAD),
    Scenario("transfer", "practice on an arm brings half to its neighbors, a quarter to theirs", SPREAD, neighbors=0.5),
    Scenario("forgetting", "each step takes away a fiftieth of what was learned", SPREAD[:6], forget=0.02),
    Scenario("impossible", "every other arm can never succeed", SPREAD, ceilings=(1, 0) * 4),
    Scenario("trivial", "four arms of eight are solved from the start", (-6.0,) * 4 + (1.0, 2.0, 3.0, 4.0)),
    Scenario(
        "prerequisites",
        "no arm is learned before the one before it succeeds half the time",
        (0, 1) + (2.0,) * 6,
        chain=True,
    ),
    Scenario("sparse", "four arms that succeed once in 150 to 400 tries", (5.0, 5.25, 5.5, 6.0)),
    Scenario("equal", "eight arms alike, half solved: nothing to choose", (0.0,) * 8),
]
