"""When a run must not go on learning from its judge: looked at after every collection, by what all processes have.

silence    more than half of the verdicts are none: with the groups that are left out nothing is learned, and a run
           would pass its iterations doing so
parting    failures fall on what was won, or on what was lost, more than chance has it, within groups
           (`scoutgym.agents.outcomes.Parting`): a policy can choose what is learned by provoking failures
collapse   where members vote, the policy has come to say the same whatever the task is
           (`scoutgym.wrappers.judges.consistency.Consistency.collapsed`, against the first look)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from scoutgym.agents.collect import Collected
from scoutgym.agents.outcomes import LEAST, Parting, evidence
from scoutgym.types import Group
from scoutgym.wrappers.judges.consistency import Consistency, ConsistencyJudge
from scoutgym.wrappers.judges.core import Judge, JudgeAlarm, Score
from scoutgym.wrappers.judges.panel import Ensemble

WINDOW = 20
"""Looks that a message tells of."""
COUNTS = ("asked", "failed", "won", "lost", "failed_won", "failed_lost")
ON = "The run can go on from its last checkpoint: scoutgym train --resume FOLDER"


class Alarms:
    """See the module's docstring.

    Args:
        judge: who scores.
    """

    def __init__(self, judge: Judge) -> None:
        self.judge, self.votes = judge, votes(judge)
        self.window: list[dict[str, float]] = []
        """The `COUNTS` of the last looks, the newest last."""
        self.parting = Parting()
        self.first: Consistency | None = None
        """Where members vote: how much they agreed at the first look."""
        self.reason = ""
        """Why the last verdict that was none is none."""

    def counted(self, groups: Sequence[Group], verdicts: Sequence[Sequence[Score]]) -> dict[str, float]:
        """What `watch` goes by, as sums over groups: so those of several processes can be added."""
        sums = dict.fromkeys((*COUNTS, "likelier_won", "likelier_lost"), 0.0)
        for group, scores in zip(groups, verdicts, strict=True):
            failed = [not score.ok for score in scores]
            sums["asked"] += len(scores)
            sums["failed"] += sum(failed)
            self.reason = next((score.reason for score in scores if not score.ok), self.reason)
            known = [
                (float(episode.success), one)
                for episode, one in zip(group.episodes, failed, strict=True)
                if episode.success is not None
            ]
            for success, one in known:
                sums["won"] += success
                sums["lost"] += 1 - success
                sums["failed_won"] += success * one
                sums["failed_lost"] += (1 - success) * one
            won, lost = evidence([success for success, _ in known], [one for _, one in known])
            sums["likelier_won"] += won
            sums["likelier_lost"] += lost
        return sums

    def watch(self, came: Collected) -> Collected:
        """Look at what all processes have; it comes back with further figures where there are any.

        Raises:
            JudgeAlarm: see the module's docstring.
        """
        draws = len(came.drawn)
        self.window = [*self.window, {name: came.rates[f"judge/{name}"] * draws for name in COUNTS}][-WINDOW:]
        self._silence()
        if self.parting.look(*(came.rates[f"judge/likelier_{side}"] * draws for side in ("won", "lost"))):
            won, lost, failed_won, failed_lost = (sum(one[name] for one in self.window) for name in COUNTS[2:])
            raise JudgeAlarm(
                f"the judge gave no verdict on {failed_won:.0f} of {won:.0f} episodes that were won and on "
                f"{failed_lost:.0f} of {lost:.0f} that were lost (the last {len(self.window)} collections), and within "
                "groups that is no accident: what is learned would depend on what cannot be judged. Read those "
                f"episodes (outcome judge_error) and mend the judge. {ON}"
            )
        return self._agreeing(came)

    def _silence(self) -> None:
        """Whether the newest verdicts are none; where a look has few, with those before."""
        asked, failed, looks = 0.0, 0.0, 0
        while looks < len(self.window) and round(asked) < LEAST:
            looks += 1
            asked, failed = asked + self.window[-looks]["asked"], failed + self.window[-looks]["failed"]
        if round(failed) >= LEAST and failed > asked / 2:
            raise JudgeAlarm(
                f"the judge gave no verdict on {failed:.0f} of {asked:.0f} episodes (the last {looks} collections), "
                f"so that hardly anything could be learned. The last time because of this: {self.reason or 'unknown'}. "
                f"See whether its model answers, and in the form that it is asked for (docs/judges.md). {ON}"
            )

    def _agreeing(self, came: Collected) -> Collected:
        """Agreement and variety of a vote, and whether it has collapsed. Groups of one task are one."""
        if not self.votes:
            return came
        by_task: dict[str, Group] = {}
        for group in came.groups:
            one = by_task.setdefault(group.task.hash, Group(group.task, [], group.role))
            one.episodes.extend(group.episodes)
        if len(by_task) < 2:
            return came
        now = Consistency.of(list(by_task.values()))
        self.first = self.first or now
        if now.collapsed(self.first):
            raise JudgeAlarm(
                f"the vote has collapsed: members agree to {now.agreement:.0%} (at first {self.first.agreement:.0%}), "
                f"and answers hardly depend on the task any more (variety {now.variety:.2f}, at first "
                f"{self.first.variety:.2f}). What is rewarded now is agreement alone: take an earlier checkpoint, or "
                "a judge that knows more"
            )
        rates = {**came.rates, "judge/agreement": now.agreement, "judge/variety": now.variety}
        return replace(came, rates=rates)

    def state_dict(self) -> Mapping[str, Any]:
        """What they remember."""
        first = None if self.first is None else asdict(self.first)
        return {"window": self.window, "parting": asdict(self.parting), "first": first}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self.window = [dict(one) for one in state["window"]]
        self.parting = Parting(**state["parting"])
        self.first = None if state["first"] is None else Consistency(**state["first"])


def votes(judge: Judge) -> bool:
    """Whether a vote of the members is part of the verdict."""
    return isinstance(judge, ConsistencyJudge) or (isinstance(judge, Ensemble) and any(map(votes, judge.judges)))
