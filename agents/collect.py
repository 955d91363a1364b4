"""Collecting experience: draws in, groups of episodes out.

Every draw (a task and its luck) is gathered by a plan of its own (`plans.py`), all at once: their jobs share the slots
of one rollout, and a plan that waits for an episode leaves its slots to others. What becomes of episodes that failed
is decided in `outcomes.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import gymnasium

from scoutgym.agents.core import Job, Measure, Players, play
from scoutgym.agents.match import Match
from scoutgym.agents.outcomes import Record, outcome, rates
from scoutgym.agents.plans import Gathering, Plan
from scoutgym.curricula.core import Curriculum
from scoutgym.types import Episode, Group, Task


class Draw(NamedTuple):
    """A task to gather experience of, the luck of its world, and the arm of the curriculum that it came from."""

    task: Task
    luck: int = 0
    arm: str = ""


def draws(curriculum: Curriculum, number: int) -> list[Draw]:
    """The next draws of a curriculum; each has a luck of its own."""
    found = []
    for _ in range(number):
        arm, task = curriculum.sample()
        found.append(Draw(task, curriculum.drawn, arm))
    return found


@dataclass(frozen=True)
class Collected:
    """What came of it."""

    groups: list[Group]
    """Sound ones alone, in the order of the draws."""
    sources: list[Draw]
    """The draw that each group came of: a plan may have played other tasks for it, in trials or from the middle."""
    rates: dict[str, float]
    """For the log; see `outcomes.rates`."""
    drawn: list[Draw]
    played: list[list[Episode]]
    """All episodes of each draw, masked ones and those of no group included; not the answers to probes."""

    @classmethod
    def joined(cls, parts: Sequence[Collected]) -> Collected:
        """Several as one, in their order; rates are means over the draws, of those that all have."""
        if len(parts) == 1:
            return parts[0]
        total = sum(len(part.drawn) for part in parts)
        return cls(
            groups=[group for part in parts for group in part.groups],
            sources=[draw for part in parts for draw in part.sources],
            rates={
                name: sum(part.rates[name] * len(part.drawn) for part in parts) / max(total, 1)
                for name in parts[0].rates
                if all(name in part.rates for part in parts)
            },
            drawn=[draw for part in parts for draw in part.drawn],
            played=[episodes for part in parts for episodes in part.played],
        )


def collect(
    agent: Players,
    drawn: Iterable[Draw],
    plan: Plan,
    slots: int = 64,
    measure: Measure = "bits",
    least: int = 2,
    make: Callable[..., gymnasium.Env[Any, Any]] = gymnasium.make,
    whole: Callable[[list[Group]], None] | None = None,
    **make_options: Any,
) -> Collected:
    """Gather every draw by the plan. Equal arguments give equal results, whatever fails at whatever time aside.

    Args:
        agent: as in `rollout`.
        drawn: what to gather.
        plan: how.
        slots: as in `rollout`.
        measure: as in `rollout`.
        least: members that a group must be left with; 1 where nothing is compared within groups.
        make: as in `rollout`.
        whole: is told of the sound groups of each draw as soon as they are there, while others still play.
        make_options: as in `rollout`.

    Raises:
        ValueError: as `rollout`, or the plan cannot be carried out in a world, or a world does not begin equal task and
            luck with equal words.
    """
    works = [_Work(draw, plan.gather(draw.task, draw.luck)) for draw in drawn]
    todo: deque[Job] = deque()
    owner: dict[int, tuple[_Work, int]] = {}

    def jobs() -> Iterator[Job | None]:
        while True:
            yield todo.popleft() if todo else None

    def ask(work: _Work, new: list[Job]) -> None:
        owner.update({id(job): (work, place) for place, job in enumerate(new)})
        todo.extend(new)
        if not new and whole is not None:
            whole([group for group in work.groups if len(group.episodes) >= least])

    for work in works:
        ask(work, work.go_on())
    with closing(play(agent, jobs(), slots, measure, make, **make_options)) as matches:
        for match in matches:
            work, place = owner[id(match.job)]
            if work.take(place, match):
                todo.append(match.job)
            elif not work.missing:
                ask(work, work.go_on())
    sound = [(work.draw, group) for work in works for group in work.groups if len(group.episodes) >= least]
    left_out = 1 - len(sound) / max(1, sum(max(1, len(work.groups)) for work in works))
    return Collected(
        groups=[group for _, group in sound],
        sources=[draw for draw, _ in sound],
        rates=rates([work.records for work in works], left_out),
        drawn=[work.draw for work in works],
        played=[work.played for work in works],
    )


@dataclass(eq=False)
class _Work:
    """One draw being gathered, a batch of jobs at a time."""

    draw: Draw
    plan: Gathering
    batch: list[Job] = field(default_factory=list)
    back: list[list[Episode] | None] = field(default_factory=list)
    last: list[list[Episode]] = field(default_factory=list)
    """The last try of each job."""
    openings: dict[str, Any] = field(default_factory=dict)
    """How each task of the plan began."""
    missing: int = 0
    dropped: bool = False
    records: list[Record] = field(default_factory=list)
    """Of all batches, this one's last."""
    played: list[Episode] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    def go_on(self) -> list[Job]:
        """Hand the plan what came of its batch; the jobs of the next, none at its end."""
        back: list[list[Episode] | None] | None = self.back if self.records else None
        while not self.dropped:
            try:
                asked = next(self.plan) if back is None else self.plan.send(back)
            except StopIteration as end:
                self.groups = end.value
                break
            if asked:
                self.batch = [job._replace() for job in asked]  # each its own object, by which it is known
                self.missing = len(asked)
                self.back, self.last = [None] * len(asked), [[] for _ in asked]
                self.records += [Record() for _ in asked]
                return self.batch
            back = []
        self.plan.close()
        return []

    def take(self, place: int, match: Match) -> bool:
        """What came of a job; whether it is to be played again.

        Raises:
            ValueError: the world has begun this task and luck in another way before.
        """
        task, episodes = match.job.task, match.episodes
        if match.opening is not None and self.openings.setdefault(task.hash, match.opening) != match.opening:
            raise ValueError(
                f"{task.env_id} began {task.split} {task.index} in two ways under one luck: its episodes cannot be "
                "compared. Does the world, or a wrapper, draw from anything but the chance that it is given?"
            )
        record = self.records[place - len(self.batch)]
        record.tries.append(outcome(episodes))
        if episodes[0].success is not None:
            record.success = float(episodes[0].success)
        then = record.then
        if then == "retry":
            return True
        self.last[place] = episodes
        self.missing -= 1
        if then == "keep":
            self.back[place] = episodes
        self.dropped = self.dropped or then == "drop"
        if not self.missing:
            for job, ended in zip(self.batch, self.last, strict=True):
                self.played += ended if job.limit is None else []
        return False
