"""Collect plans: which episodes are played for one task, and how they become groups.

A plan is a generator: it yields jobs and is sent what came of them, as often as it likes, and returns groups. What
comes back for a job is a list of its episodes, one a role, or None where the job was masked (`outcomes.py`).

- `GroupPlan`: n episodes of one task and one luck. With ``Task.history`` they begin after it.
- `Branch`: REFUEL's fork (Gao et al. 2024, arXiv 2410.04612): one episode is played, and n fresh ones from one of its
  turns on.
- `Probe`: a group whose members were made to answer before each turn (MRT, Qu et al. 2025, arXiv 2503.07572).
- `Retry`: a group whose members play the same secret k times, the earlier attempts in view: the `MultiTrial` world.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from inspect import signature
from statistics import fmean
from typing import Any, ClassVar, Literal

from scoutgym.agents.core import Job
from scoutgym.envs.chance import Chance
from scoutgym.envs.composite import MultiTrial
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.session import Session
from scoutgym.envs.tasks import nearest
from scoutgym.types import Episode, Group, Task, Turn, canonical, digest

Back = Sequence[list[Episode] | None]
"""What came of each job, in order."""

Gathering = Generator[list[Job], Back, list[Group]]


class Plan(ABC):
    """See the module's docstring."""

    whole: ClassVar[bool] = False
    """Whether it plays tasks from their beginning alone."""

    @abstractmethod
    def gather(self, task: Task, luck: int) -> Gathering:
        """The plan for one draw: equal arguments and episodes give equal jobs."""


class GroupPlan(Plan):
    """``size`` episodes of the same task and luck, told apart by the policy's own noise; one group a role.

    Raises:
        ValueError: ``size`` is not positive.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"size={size}: a group has at least one episode")
        self.size = size

    def gather(self, task: Task, luck: int) -> Gathering:
        """One batch."""
        return groups_of((yield [Job(task, luck, sample) for sample in range(self.size)]))


class Branch(GroupPlan):
    """An episode is played; ``size`` others begin at its turn ``at``, after the same prefix under the same luck.

    The first episode is in no group. Its turns before ``at`` are the task's history and the conversation's context:
    they are not in the members' turns, their tokens stand in ``prompt_ids`` of the members' first turn, where nothing
    is trained on, and the members' returns are of the future alone. Members know each turn's number from
    ``len(task.history)``.

    Args:
        size: of the group.
        at: the turn, from 0, or the last one of a shorter episode; None for a uniform one.

    Raises:
        ValueError: ``size`` is not positive, or ``at`` is negative.
    """

    def __init__(self, size: int = 2, at: int | None = None) -> None:
        super().__init__(size)
        if at is not None and at < 0:
            raise ValueError(f"at={at}: turns are counted from 0")
        self.at = at

    def gather(self, task: Task, luck: int) -> Gathering:
        """The first episode, then the others."""
        _one_role(task, "branched")
        (trunk,) = yield [Job(task, luck)]
        if trunk is None:
            return []
        turns = trunk[0].turns
        at = Chance(digest("branch", task.hash, luck)).below(len(turns)) if self.at is None else self.at
        at = min(at, len(turns) - 1)
        start = _after(task, turns[:at])
        jobs = [Job(start, luck, sample, turns[:at]) for sample in range(1, self.size + 1)]  # 0 is the first episode's
        back = yield jobs
        for episodes in back:
            if episodes is not None:
                _same_point(episodes[0], turns[at].obs)
        return groups_of(back)


class Probe(GroupPlan):
    """A group, and in `Turn.probe` the mean success of ``k`` answers that were demanded before the turn.

    Each answer is one action of a copy of the agent's conversation at this point, under the same luck ahead; it
    succeeds if it ends the episode with success. The episode itself knows nothing of it. Members that have said the
    same so far share their answers.

    Args:
        size: of the group.
        k: answers at each point.
        turns: ``all``, or ``one`` uniform turn of each episode.
        demand: words that ask for the answer, put behind the observation; none where every action is an answer.

    Raises:
        ValueError: ``size`` or ``k`` is not positive.
    """

    def __init__(self, size: int, k: int = 1, turns: Literal["all", "one"] = "all", demand: str = "") -> None:
        super().__init__(size)
        if k < 1:
            raise ValueError(f"k={k}: at least one answer is needed")
        self.k, self.turns, self.demand = k, turns, demand

    def gather(self, task: Task, luck: int) -> Gathering:
        """The group, then the answers."""
        _one_role(task, "probed")
        check_answer(task, luck)
        groups = groups_of((yield [Job(task, luck, sample) for sample in range(self.size)]))
        points: dict[str, list[Turn]] = {}
        jobs: list[Job] = []
        for episode in (episode for group in groups for episode in group.episodes):
            turns, chosen = episode.turns, range(len(episode.turns))
            if self.turns == "one":
                place = Chance(digest("probe", task.hash, luck, episode.sample)).below(len(turns))
                chosen = range(place, place + 1)
            for at in chosen:
                key = canonical([[turn.text, turn.action] for turn in turns[:at]])
                if key not in points:
                    start, first = _after(task, turns[:at]), self.size  # the members' own samples come before
                    jobs += [Job(start, luck, first + n, turns[:at], 1, self.demand) for n in range(self.k)]
                points.setdefault(key, []).append(turns[at])
        back = yield jobs
        for number, asked in enumerate(points.values()):
            answers = [episodes[0] for episodes in back[number * self.k : (number + 1) * self.k] if episodes]
            for episode in answers:
                _same_point(episode, f"{asked[0].obs}\n{self.demand}" if self.demand else asked[0].obs)
            for turn in asked:
                turn.probe = fmean(float(episode.success or 0.0) for episode in answers) if answers else None
        return groups


class Retry(GroupPlan):
    """``size`` episodes of ``k`` attempts each at the same secret.

    Raises:
        ValueError: ``size`` or ``k`` is not positive.
    """

    whole = True

    def __init__(self, size: int, k: int) -> None:
        super().__init__(size)
        if k < 1:
            raise ValueError(f"k={k}: at least one attempt is needed")
        self.k = k

    def gather(self, task: Task, luck: int) -> Gathering:
        """The group of the task's trials."""
        return (yield from super().gather(in_trials(task, self.k), luck))


PLANS: Mapping[str, type[GroupPlan]] = {"group": GroupPlan, "branch": Branch, "probe": Probe, "retry": Retry}


def plan_of(record: Mapping[str, Any], size: int) -> Plan:
    """The plan of a record: its ``name``, and its options.

    Raises:
        ValueError: there is no such plan or option, or a value is wrong.
    """
    options = dict(record)
    name = str(options.pop("name", "group"))
    if name not in PLANS:
        raise ValueError(f"unknown plan {name!r}{nearest(name, PLANS)}; there are {', '.join(PLANS)}")
    known = [option for option in signature(PLANS[name]).parameters if option != "size"]
    for option in options:
        if option not in known:
            raise ValueError(
                f"the plan {name} has no option {option!r}{nearest(option, known)}; it has {', '.join(known) or 'none'}"
            )
    try:
        return PLANS[name](size, **options)
    except TypeError as error:
        raise ValueError(f"the plan {name}: {error}") from None


def in_trials(task: Task, k: int) -> Task:
    """The task, ``k`` times in one episode.

    Raises:
        ValueError: it begins in the middle or has a goal of its own, or its world cannot be played in trials.
    """
    if task.history or task.goal is not None:
        raise ValueError(f"a task of {task.env_id} with a history or a goal cannot be played in trials")
    params = {"env_id": task.env_id, "params": dict(task.params), "trials": k}
    return Task(MultiTrial.spec.id, task.split, task.index, world_for(MultiTrial, params).given)


def groups_of(back: Back) -> list[Group]:
    """One group a role, of the jobs that were not masked."""
    roles = zip(*(episodes for episodes in back if episodes is not None), strict=True)
    return [Group(members[0].task, list(members), members[0].role) for members in roles]


def check_answer(task: Task, luck: int = 0) -> None:
    """Refuse a world in which nothing that an agent can do is an answer.

    The world's own answer must be an action, and end the episode with success when it is given at once.

    Raises:
        ValueError: it is not so.
    """
    session = Session(world_for(WORLDS[task.env_id], task.params))
    session.begin(task, luck)
    try:
        answer = session.world.privileged(session.state).answer
        if answer is not None:
            session.world.grammar(session.state).parse(answer)
            session.act(answer)
    except BadAction:
        answer = None
    success = session.success
    session.close()
    if answer is None or not success:
        raise ValueError(
            f"{task.env_id} cannot be probed: no action of it answers the task at once. Worlds that can be probed end "
            "with success when the agent says what their privileged answer says"
        )


def _one_role(task: Task, what: str) -> None:
    roles = WORLDS[task.env_id].spec.roles
    if len(roles) > 1:
        raise ValueError(f"{task.env_id} cannot be {what}: it has the roles {', '.join(roles)}, and histories have one")


def _after(task: Task, turns: Sequence[Turn]) -> Task:
    return replace(task, history=(*task.history, *(turn.action for turn in turns)))


def _same_point(episode: Episode, observation: str) -> None:
    """Playing the history again must lead to the same place.

    Raises:
        ValueError: it did not.
    """
    if episode.turns and episode.turns[0].obs != observation:
        raise ValueError(
            f"{episode.task.env_id} is not where it was after the same actions under the same luck: it shows "
            f"{episode.turns[0].obs[-80:]!r} instead of {observation[-80:]!r}. Is it deterministic, and not wrapped?"
        )
