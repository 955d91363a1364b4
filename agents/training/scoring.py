"""Judges between rollout and credit: what a policy learns from is then the judge's verdict, not the world's reward.

A group goes to the judge as soon as it is whole, while others still play; credit waits for all verdicts. With r_t the
world's rewards and R the guarded verdict on the episode (`scoutgym.wrappers.judges.guards`)::

    r'_t = world r_t                    before the last turn
    r'_T = world r_T + weight R

and where a judge scores turns and there is no guard, each turn is paid its own score. What the world knows of success
stays as it was, for the log: ``success/…`` is the truth, ``judged/…`` the verdict, and where they part the policy has
learned the judge and not the task.

A verdict that is none is asked for once more; then its group is dropped, and the failure counted. The alarm: over the
last `WINDOW` iterations verdicts fail more often on what was won, or on what was lost, than an accident would have it
(`scoutgym.agents.outcomes.parted`). Then a policy can choose what is learned by provoking failures, and the run stops.
So it does where members vote and the policy has come to say the same whatever the task is
(`scoutgym.wrappers.judges.consistency.Consistency.collapsed`, against the first iteration).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from statistics import fmean
from typing import Any

from scoutgym.agents.collect import Collected
from scoutgym.agents.outcomes import ALARM_Z, LEAST, parted
from scoutgym.agents.training.config import JudgeConfig
from scoutgym.llm.chat.ledger import Counted
from scoutgym.types import Episode, Group, Outcome
from scoutgym.wrappers.judges.consistency import Consistency, ConsistencyJudge
from scoutgym.wrappers.judges.core import Judge, JudgeAlarm, Score
from scoutgym.wrappers.judges.guards import Guard, Unguarded
from scoutgym.wrappers.judges.make import chat, make_guard, make_judge

WINDOW = 20
COUNTS = ("won", "lost", "failed_won", "failed_lost")


VERDICT = "judged"
"""The name of the first part of a verdict, among the last turn's rewards and an episode's figures."""


class Scoring:
    """See the module's docstring.

    Args:
        judge: who scores.
        guard: what becomes of the verdicts where the truth is known.
        weight: of the guarded verdict.
        world: of the world's own rewards.
        workers: how many groups are judged at once.
    """

    def __init__(self, judge: Judge, guard: Guard, weight: float = 1.0, world: float = 0.0, workers: int = 8) -> None:
        self.judge, self.guard, self.weight, self.world = judge, guard, weight, world
        self.window: list[dict[str, float]] = []
        """Of the last iterations, how many episodes were won and lost, and on how many of each the judge failed."""
        self.first: Consistency | None = None
        """Where members vote: how much they agreed in the first iteration."""
        self.models: list[Counted] = []
        """Whom the judge asks."""
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="judge")
        self._asked: dict[int, Future[list[list[Score]]]] = {}

    def begin(self, groups: Iterable[Group]) -> None:
        """Ask for verdicts, and go on."""
        for group in groups:
            self._asked[id(group)] = self._pool.submit(self.judge.score, [group])

    def scored(self, came: Collected, step: int) -> Collected:
        """``came`` with its groups paid by verdict; those that have none left out.

        Args:
            came: what was collected; its groups have been begun.
            step: the iteration, from 1.

        Raises:
            ChatError: the judge's model cannot be used at all.
            ValueError: the guard needs a truth that the world does not know.
        """
        asked = [self._asked.pop(id(group)) for group in came.groups]
        verdicts = [self._again(group, future.result()[0]) for group, future in zip(came.groups, asked, strict=True)]
        groups, arms = [], []
        for arm, group, scores in zip(came.arms, came.groups, verdicts, strict=True):
            if all(score.ok for score in scores):
                self._pay(group, scores, step)
                groups.append(group)
                arms.append(arm)
            for episode, score in zip(group.episodes, scores, strict=True):
                if not score.ok:
                    episode.turns[-1].outcome = Outcome.JUDGE_ERROR
        rates = {**came.rates, **self._rates(came, verdicts)}
        dropped = (len(came.groups) - len(groups)) / max(1, len(came.groups))
        rates["collect/dropped"] += (1 - rates["collect/dropped"]) * dropped
        return replace(came, groups=groups, arms=arms, rates=rates)

    def _again(self, group: Group, scores: list[Score]) -> list[Score]:
        """The scores, asked for once more where some are none; what was spent on the first is counted."""
        if all(score.ok for score in scores):
            return scores
        second = self.judge.score([group])[0]
        return [
            replace(new, cost=old.cost + new.cost, calls=old.calls + new.calls)
            for old, new in zip(scores, second, strict=True)
        ]

    def _pay(self, group: Group, scores: Sequence[Score], step: int) -> None:
        """Put the verdicts in the place of the rewards."""
        first = self.judge.parts[0]
        rewards = self.guard.rewards(group, [score.parts[first] for score in scores], step)
        for episode, score, reward in zip(group.episodes, scores, rewards, strict=True):
            turns = episode.turns
            spread = isinstance(self.guard, Unguarded) and len(score.turns) == len(turns)
            paid = score.turns if spread else (*(0.0,) * (len(turns) - 1), reward)
            for turn, value in zip(turns, paid, strict=True):
                turn.reward = self.world * turn.reward + self.weight * value
            others = {f"judge/{part}": value for part, value in score.parts.items() if part != first}
            turns[-1].rewards = {**turns[-1].rewards, VERDICT: score.parts[first], **others}

    def _rates(self, came: Collected, verdicts: Sequence[Sequence[Score]]) -> dict[str, float]:
        """Figures for the log, as means over draws, so that those of several processes can be joined."""
        draws, counts = max(1, len(came.drawn)), dict.fromkeys(COUNTS, 0.0)
        scores = [score for group in verdicts for score in group]
        for group, given in zip(came.groups, verdicts, strict=True):
            for episode, score in zip(group.episodes, given, strict=True):
                if episode.success is not None:
                    won, failed = float(episode.success), float(not score.ok)
                    counts["won"] += won
                    counts["lost"] += 1 - won
                    counts["failed_won"] += failed * won
                    counts["failed_lost"] += failed * (1 - won)
        rates = {f"judge/{name}": value / draws for name, value in counts.items()}
        rates["judge/error"] = fmean(float(not score.ok) for score in scores) if scores else 0.0
        rates["judge/cost"] = sum(score.cost for score in scores) / draws
        rates["judge/calls"] = sum(score.calls for score in scores) / draws
        return rates

    def watch(self, came: Collected) -> Collected:
        """Look at what all processes have; it comes back with further figures where there are any.

        Raises:
            JudgeAlarm: failures part between what was won and what was lost, or a vote has collapsed.
        """
        draws = len(came.drawn)
        self.window = [*self.window, {name: came.rates[f"judge/{name}"] * draws for name in COUNTS}][-WINDOW:]
        won, lost, failed_won, failed_lost = (sum(one[name] for one in self.window) for name in COUNTS)
        z = parted(failed_won, won, failed_lost, lost)
        if failed_won + failed_lost >= LEAST and abs(z) > ALARM_Z:
            raise JudgeAlarm(
                f"the judge gave no verdict on {failed_won:.0f} of {won:.0f} episodes that were won and on "
                f"{failed_lost:.0f} of {lost:.0f} that were lost (z = {z:.1f}, in the last {len(self.window)} "
                "iterations): what is learned would depend on what cannot be judged. Read those episodes (outcome "
                "judge_error), mend the judge, and go on from the last checkpoint"
            )
        return self._agreeing(came)

    def _agreeing(self, came: Collected) -> Collected:
        """Agreement and variety of a vote, and whether it has collapsed."""
        if not isinstance(self.judge, ConsistencyJudge) or len(came.groups) < 2:
            return came
        now = Consistency.of(came.groups)
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

    def examine(self, episodes: Sequence[Episode]) -> None:
        """Write the verdicts on an evaluation beside what the world tells (`Episode.figures`), where there are any.

        A judge that compares the members of a group has nothing to say of episodes that are alone.
        """
        if self.judge.compares or not episodes:
            return
        groups = [Group(episode.task, [episode], episode.role) for episode in episodes]
        for episode, (score,) in zip(episodes, self.judge.score(groups), strict=True):
            if score.ok:
                episode.figures = {**episode.figures, VERDICT: (score.parts[self.judge.parts[0]], 1.0)}

    def record(self) -> dict[str, Any]:
        """Who judged, and what that took since this process began, for the summary."""
        ledgers = [model.ledger.to_json() for model in self.models]
        return {"judge": self.judge.name, "guard": type(self.guard).__name__, "models": ledgers}

    def state_dict(self) -> Mapping[str, Any]:
        """What the alarms remember."""
        return {"window": self.window, "first": None if self.first is None else asdict(self.first)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self.window = [dict(one) for one in state["window"]]
        self.first = None if state["first"] is None else Consistency(**state["first"])


def scoring_of(config: JudgeConfig) -> Scoring:
    """The judge and the guard that a configuration names.

    Raises:
        ChatError: its model cannot be used: no server there, a wrong key, no such directory.
        ValueError: a name or an option is wrong.
    """
    record: dict[str, Any] = {"name": config.name, **config.options}
    if config.model is not None:
        record["model"] = config.model
    models: list[Counted] = []

    def asked(model: Any) -> Counted:
        models.append(chat(model))
        return models[-1]

    scoring = Scoring(make_judge(record, asked), make_guard(config.guard), config.weight, config.world)
    scoring.models = models
    return scoring
