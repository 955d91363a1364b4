"""What became of a group of episodes: the one record that all curricula read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.types import Episode, Task


@dataclass(frozen=True)
class GroupStats:
    """What became of one group: several episodes of one task under one luck.

    Args:
        arm: whose task it was.
        task: which one.
        returns: one an episode, as the trainer credits them.
        successes: one an episode, in [0, 1]; 0 where a world knows no success.
        actions: what was done in each episode, beyond the task's history; of several trials in the first.
        max_turns: how many turns the task leaves, its history's not counted.

    Raises:
        ValueError: there are no episodes, or not one entry for each.
    """

    arm: str
    task: Task
    returns: Sequence[float]
    successes: Sequence[float]
    actions: Sequence[Sequence[str]]
    max_turns: int

    def __post_init__(self) -> None:
        if not self.returns or not len(self.returns) == len(self.successes) == len(self.actions):
            raise ValueError(
                f"a group needs at least one episode and as many of each: {len(self.returns)} returns, "
                f"{len(self.successes)} successes, {len(self.actions)} lists of actions"
            )

    @classmethod
    def of(cls, arm: str, task: Task, episodes: Sequence[Episode], returns: Sequence[float]) -> GroupStats:
        """What became of the task that a curriculum drew, in episodes that a plan made of it.

        They may begin further on in it (a branch), or play it several times (trials).
        """
        return cls(
            arm,
            task,
            returns,
            [float(episode.success or 0.0) for episode in episodes],
            [_done(task, episode) for episode in episodes],
            world_for(WORLDS[task.env_id], task.params).max_turns - len(task.history),
        )

    @property
    def signal(self) -> float:
        """How much the group teaches: the mean of abs(R_i - mean R), the advantage before any scaling.

        For a return of 0 or 1 it is 2p(1 - p): largest at p = 1/2, nothing where all fail or all succeed. Scaled
        advantages will not do: divided by the group's deviation, a group that differs by one invalid action counts as
        much as one that differs by success; normalised over a batch, a hopeless arm has a large advantage for ever.
        """
        mean = fmean(self.returns)
        return fmean(abs(value - mean) for value in self.returns)

    @property
    def variance(self) -> float:
        """The variance of the returns; p(1 - p) for a return of 0 or 1."""
        return pvariance(self.returns)

    @property
    def mean_return(self) -> float:
        """The mean return."""
        return fmean(self.returns)

    @property
    def success(self) -> float:
        """The mean success."""
        return fmean(self.successes)


def _done(task: Task, episode: Episode) -> list[str]:
    """The actions of an episode from where the task begins; where it was played in trials, those of the first."""
    if episode.task.instance != task.instance:
        return [turn.action for turn in episode.turns if turn.trial == 0]
    return [*episode.task.history[len(task.history) :], *(turn.action for turn in episode.turns)]
