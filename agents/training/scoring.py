"""Judges between rollout and credit: what a policy learns from is then the judge's verdict, not the world's reward.

A group goes to the judge as soon as it is whole, while others still play; credit waits for all verdicts. With r_t the
world's rewards and R the guarded verdict on the episode (`scoutgym.wrappers.judges.guards`)::

    r'_t = world r_t                    before the last turn
    r'_T = world r_T + weight R

and where a judge scores turns and there is no guard, each turn is paid its own score. R is also what counts as success
for whatever learns from successes (`scoutgym.agents.outcomes.success`). What the world knows of success stays as it
was, for the log: ``success/…`` is the truth, ``judged/…`` the verdict, and where they part the policy has learned the
judge and not the task.

A verdict that is none is asked for once more; then its group is dropped, and the failure counted. So is one that the
judge's own code broke on, and one that is late: after `deadline` seconds in which none of the verdicts that are waited
for has come, those that are left are given up. When such failures stop a run: `scoutgym.agents.training.alarms`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from scoutgym.agents.collect import Collected
from scoutgym.agents.outcomes import WORTH
from scoutgym.agents.training import processes
from scoutgym.agents.training.alarms import Alarms
from scoutgym.agents.training.config import JudgeConfig
from scoutgym.agents.training.spending import Spending
from scoutgym.llm.chat.core import ChatError
from scoutgym.llm.chat.ledger import Ledger
from scoutgym.types import AGENT, Episode, Group, Outcome, Task, Turn
from scoutgym.wrappers.judges.core import Judge, JudgeAlarm, Score
from scoutgym.wrappers.judges.guards import Chain, Guard, Unguarded
from scoutgym.wrappers.judges.make import Models, make_guard, make_judge
from scoutgym.wrappers.judges.workers import Workers

log = logging.getLogger("scoutgym")

VERDICT = "judged"
"""The name of the first part of a verdict, among the last turn's rewards and an episode's figures."""
ERROR = "judge_error"
"""Of an evaluation: the share of episodes without a verdict."""
WORKERS = 8
"""How many lots are judged at once."""
LOT = 16
"""Episodes of an evaluation that are judged in one batch."""

Lot = list[Group]
"""Groups that are judged together."""


class Scoring:
    """See the module's docstring.

    Args:
        judge: who scores.
        guard: what becomes of the verdicts where the truth is known.
        weight: of the guarded verdict.
        world: of the world's own rewards.
        deadline: seconds; see above.
    """

    def __init__(
        self, judge: Judge, guard: Guard, weight: float = 1.0, world: float = 0.0, deadline: float = 1200.0
    ) -> None:
        self.judge, self.guard, self.weight, self.world, self.deadline = judge, guard, weight, world, deadline
        self.alarms = Alarms(judge)
        self.ledger = Ledger()
        """What the judge's models took since this process began."""
        self.spending: Spending | None = None
        """Where they are paid from a budget: what the run has spent."""
        self._workers = Workers(WORKERS)
        self._asked: dict[int, Future[list[list[Score]]]] = {}
        self._broke: set[str] = set()

    def prove(self) -> None:
        """Ask for a verdict on a made-up episode, before a run relies on the judge.

        Raises:
            ChatError: the judge's model cannot be used at all.
            JudgeAlarm: there is no verdict, not when it is asked for once more either.
        """
        (scores,) = self._given([[MADE_UP]], [self._submit([MADE_UP])])
        reason = next((score.reason for score in scores if not score.ok), None)
        if reason is not None:
            raise JudgeAlarm(
                f"the judge {self.judge.name} has no verdict on an episode made up to try it: {reason}. See what its "
                "model answers: it must be the JSON object that it is asked for, and nothing else (docs/judges.md)"
            )

    def enter(self, folder: Path) -> None:
        """Write what is spent to this process's own folder."""
        if self.spending is not None:
            self.spending.begin(folder)

    def begin(self, groups: Iterable[Group]) -> None:
        """Ask for verdicts, and go on."""
        for group in groups:
            self._asked[id(group)] = self._submit([group])

    def scored(self, came: Collected, step: int) -> Collected:
        """``came`` with its groups paid by verdict; those that have none left out.

        Args:
            came: what was collected; its groups have been begun.
            step: the iteration, from 1.

        Raises:
            ChatError: the judge's model cannot be used at all.
            ValueError: the guard needs a truth that the world does not know.
        """
        verdicts = self._given([[group] for group in came.groups], [self._asked.pop(id(one)) for one in came.groups])
        groups, sources = [], []
        for source, group, scores in zip(came.sources, came.groups, verdicts, strict=True):
            if all(score.ok for score in scores):
                self._pay(group, scores, step)
                groups.append(group)
                sources.append(source)
            for episode, score in zip(group.episodes, scores, strict=True):
                if not score.ok:
                    episode.turns[-1].outcome = Outcome.JUDGE_ERROR
        rates = {**came.rates, **self._rates(came, verdicts)}
        dropped = (len(came.groups) - len(groups)) / max(1, len(came.groups))
        rates["collect/dropped"] += (1 - rates["collect/dropped"]) * dropped
        return replace(came, groups=groups, sources=sources, rates=rates)

    # Verdicts.

    def _submit(self, lot: Lot) -> Future[list[list[Score]]]:
        return self._workers.submit(self._judged, lot)

    def _judged(self, lot: Lot) -> list[list[Score]]:
        """The judge's scores, or failures where its code is broken."""
        try:
            found = self.judge.score(lot)
            if [len(scores) for scores in found] != [len(group.episodes) for group in lot]:
                raise ValueError(f"the judge {self.judge.name} must give one score an episode")
            for score in (score for scores in found for score in scores if score.ok):
                if self.judge.parts[0] not in score.parts:
                    raise ValueError(f"a verdict of the judge {self.judge.name} has no part {self.judge.parts[0]!r}")
            return found
        except ChatError:
            raise
        except Exception as error:  # counted, masked and told of; where it goes on, an alarm stops the run
            reason = f"{type(error).__name__}: {error}"
            if reason not in self._broke:
                self._broke.add(reason)
                log.warning("the judge %s broke: %s", self.judge.name, reason, exc_info=error)
            return [[Score.failed(reason)] * len(group.episodes) for group in lot]

    def _given(self, lots: Sequence[Lot], asked: Sequence[Future[list[list[Score]]]]) -> list[list[Score]]:
        """The scores of each group of all lots. Groups in which one is none are asked about again, each by itself; what
        was spent on the first is counted.
        """
        found, groups = self._awaited(lots, asked), [group for lot in lots for group in lot]
        again = [place for place, scores in enumerate(found) if not all(score.ok for score in scores)]
        second = [[groups[place]] for place in again]
        for place, scores in zip(again, self._awaited(second, [self._submit(lot) for lot in second]), strict=True):
            found[place] = [
                replace(new, cost=old.cost + new.cost, calls=old.calls + new.calls)
                for old, new in zip(found[place], scores, strict=True)
            ]
        if self.spending is not None:
            self.spending.save()
        return found

    def _awaited(self, lots: Sequence[Lot], asked: Sequence[Future[list[list[Score]]]]) -> list[list[Score]]:
        """What came of it in time."""
        missing = set(asked)
        while missing:
            done, missing = wait(missing, self.deadline, FIRST_COMPLETED)
            for one in done:
                one.result()  # a ChatError ends the run at once
            if not done:
                break
        if missing:  # who does not come back keeps a thread: the others must not wait behind it
            self._workers.stop()
            self._workers = Workers(WORKERS)
        late = f"no verdict within {self.deadline:g} s"
        return [
            scores
            for lot, one in zip(lots, asked, strict=True)
            for scores in (
                [[Score.failed(late)] * len(group.episodes) for group in lot] if one in missing else one.result()
            )
        ]

    # What becomes of them.

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
            turns[-1].rewards = {**turns[-1].rewards, VERDICT: score.parts[first], WORTH: reward, **others}

    def _rates(self, came: Collected, verdicts: Sequence[Sequence[Score]]) -> dict[str, float]:
        """Figures for the log, as means over draws, so that those of several processes can be joined."""
        draws, scores = max(1, len(came.drawn)), [score for group in verdicts for score in group]
        sums = self.alarms.counted(came.groups, verdicts)
        sums["cost"], sums["calls"] = sum(score.cost for score in scores), sum(score.calls for score in scores)
        rates = {f"judge/{name}": value / draws for name, value in sums.items()}
        rates["judge/error"] = fmean(float(not score.ok) for score in scores) if scores else 0.0
        return rates

    def examine(self, episodes: Sequence[Episode]) -> None:
        """Write the verdicts on an evaluation beside what the world tells (`Episode.figures`), and where there is none.

        A judge that compares the members of a group has nothing to say of episodes that are alone.
        """
        if self.judge.compares or not episodes:
            return
        alone = [Group(episode.task, [episode], episode.role) for episode in episodes]
        lots = [alone[place : place + LOT] for place in range(0, len(alone), LOT)]
        for episode, (score,) in zip(episodes, self._given(lots, [self._submit(lot) for lot in lots]), strict=True):
            verdict = {VERDICT: (score.parts[self.judge.parts[0]], 1.0)} if score.ok else {}
            episode.figures = {**episode.figures, **verdict, ERROR: (float(not score.ok), 1.0)}

    def record(self) -> dict[str, Any]:
        """Who judged, and what that took since this process began, for the summary."""
        guards = self.guard.guards if isinstance(self.guard, Chain) else [self.guard]
        names = " + ".join(type(guard).__name__ for guard in guards)
        return {"judge": self.judge.name, "guard": names, "models": self.ledger.to_json()}

    def close(self) -> None:
        """Ask about nothing more; what is out already is waited for until it is late, and what it cost is written."""
        self._workers.stop(self.deadline)
        if self.spending is not None:
            self.spending.save()


def _told(last: str, end: str, success: bool) -> Episode:
    """One of the episodes that a judge is tried on: a guess, a hint, and another guess."""
    turns = [Turn(AGENT, RULES, "3", "3"), Turn(AGENT, "It is higher.", last, last)]
    return Episode(TRIAL, turns, end, True, False, success, privileged={"answer": "5"})


TRIAL = Task("scoutgym/Number-v0", "train", 0)
RULES = "I think of a whole number from 1 to 7. Guess it. After each guess I say whether it is higher or lower."
MADE_UP = Group(TRIAL, [_told("5", "Yes, it is 5!", True), _told("4", "No. You have no turns left: it was 5.", False)])
"""What a judge is tried on before a run: a judge that compares needs two."""


def scoring_of(config: JudgeConfig, run: Path | None) -> Scoring:
    """The judge and the guard that a configuration names, tried on a made-up episode.

    Args:
        config: who judges, and how.
        run: the folder of the run that goes on; what it has spent is gone. None for a new one.

    Raises:
        BudgetSpent: what is left of its budget may not be enough for one question.
        ChatError: its model cannot be used: no server there, a wrong key, no such directory.
        JudgeAlarm: it gives no verdict.
        ValueError: a name or an option is wrong.
    """
    record: dict[str, Any] = {"name": config.name, **config.options}
    if config.model is not None:
        record["model"] = config.model
    models = Models(record, 1 / processes.place().num_processes)
    spending = None if models.budget is None else Spending(models.budget)
    if spending is not None and run is not None:
        spending.take_in(run)
    judge = make_judge(record, models)
    scoring = Scoring(judge, make_guard(config.guard), config.weight, config.world, config.deadline)
    scoring.ledger, scoring.spending = models.ledger, spending
    scoring.prove()
    return scoring
