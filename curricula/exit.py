"""ExIt: exploratory iteration (Jiang et al. 2025, arXiv 2509.04575). Where an episode was, another may begin.

Every group whose returns differ leaves **start histories**: its task, resumed after a random number of the actions of
each of its episodes. Their priority is the variance of the group's returns. With probability ``resume`` the next
task is one of them, drawn in proportion to its priority, else it is a fresh task of a uniform arm. A resumed group
gives its start its own variance for priority (none: it is dropped) and leaves starts in turn, so that starts move on
towards where success is decided, also in tasks too long to be solved from their beginning.

Where we differ: the paper's tasks are one more revision of an answer; ours are the rest of the episode. Variances are
over the square of the arm's `Scale`. A start is resumed under the luck of its new group: a world that draws during play
may then be elsewhere after the same actions, and if it is over, the history is cut short of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from scoutgym.curricula.core import Arm, Curriculum, GroupStats
from scoutgym.curricula.pick import pick
from scoutgym.curricula.scale import Scale
from scoutgym.envs.chance import Chance
from scoutgym.types import Task, digest


class Start(NamedTuple):
    """A task that begins in the middle."""

    arm: str
    task: Task
    priority: float


class ExIt(Curriculum):
    """See the module's docstring.

    Args:
        arms: what there is to choose from.
        seed: of the choices.
        resume: share of draws that begin in the middle.
        starts: how many start histories are kept, those of the highest priority.

    Raises:
        ValueError: ``resume`` is not in [0, 1], ``starts`` is below 1, or a world has several roles, whose actions
            make no history of one of them.
    """

    def __init__(self, arms: Sequence[Arm], seed: int, resume: float = 0.5, starts: int = 256) -> None:
        super().__init__(arms, seed)
        if not 0 <= resume <= 1 or starts < 1:
            raise ValueError(f"exit needs 0 <= resume <= 1 and starts >= 1, not resume={resume:g} and starts={starts}")
        for arm in arms:
            if len(arm.roles) > 1:
                raise ValueError(f"exit needs worlds of one role, and {arm.name} has {', '.join(arm.roles)}")
        self.resume, self.limit = resume, starts
        self.starts: dict[str, Start] = {}
        self.scale = Scale()

    @property
    def midway(self) -> bool:
        """All that it resumes."""
        return self.resume > 0

    def draw(self, chance: Chance) -> tuple[Arm, Task]:
        """Resume a start history, or play a fresh task."""
        if self.starts and chance.random() < self.resume:
            starts = list(self.starts.values())
            start = starts[pick([start.priority for start in starts], chance)]
            arm = self.named[start.arm]
            return arm, arm.resumed(start.task, start.task.history, self.drawn)
        return self.fresh(chance)

    def learn(self, groups: Sequence[GroupStats]) -> None:
        """Keep new starts, and the priority of those that were played."""
        self.scale.observe(groups)
        for place, group in enumerate(groups):
            priority = group.variance / self.scale[group.arm] ** 2
            self.starts.pop(group.task.hash, None)
            if priority < 1e-12:
                continue
            if group.task.history:
                self.starts[group.task.hash] = Start(group.arm, group.task, priority)
            chance = Chance(digest(self._key.hex(), "starts", self.drawn, place))
            for actions in group.actions:
                if len(actions) > 1:
                    done = tuple(actions[: 1 + chance.below(len(actions) - 1)])
                    task = replace(group.task, history=group.task.history + done)
                    self.starts[task.hash] = Start(group.arm, task, priority)
        if len(self.starts) > self.limit:
            best = sorted(self.starts, key=lambda key: -self.starts[key].priority)[: self.limit]
            self.starts = {key: self.starts[key] for key in best}

    def probabilities(self) -> list[float]:
        """The priority of an arm's starts, and its share of the fresh tasks."""
        resume = self.resume if self.starts else 0.0
        shares = dict.fromkeys(self.named, (1 - resume) / len(self.arms))
        total = sum(start.priority for start in self.starts.values())
        for start in self.starts.values():
            shares[start.arm] += resume * start.priority / total
        return [shares[arm.name] for arm in self.arms]

    def metrics(self) -> dict[str, float]:
        """Probabilities, and how many starts there are and how deep, for the log."""
        depths = [len(start.task.history) for start in self.starts.values()]
        depth = sum(depths) / max(1, len(depths))
        return super().metrics() | {"curriculum/starts": float(len(depths)), "curriculum/depth": depth}

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as a JSON object."""
        starts = [[start.arm, start.task.to_json(), start.priority] for start in self.starts.values()]
        return super().state_dict() | {"starts": starts} | self.scale.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state_dict`` was written."""
        super().load_state_dict(state)
        starts = [Start(str(arm), Task.from_json(task), float(priority)) for arm, task, priority in state["starts"]]
        self.starts = {start.task.hash: start for start in starts}
        self.scale.load_state_dict(state)
