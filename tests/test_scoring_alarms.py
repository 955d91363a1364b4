"""When a run must stop learning from its judge, and what becomes of judges that are broken or late."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence

import pytest
from test_scoring import TASK, Told, came, episode, score, scored

from scoutgym.agents.collect import Collected
from scoutgym.agents.training.scoring import WORKERS, Scoring
from scoutgym.llm.chat.core import ChatError
from scoutgym.types import AGENT, Episode, Group, Outcome, Task, Turn
from scoutgym.wrappers.judges.consistency import ConsistencyJudge
from scoutgym.wrappers.judges.core import Judge, JudgeAlarm, Score
from scoutgym.wrappers.judges.guards import Unguarded
from scoutgym.wrappers.judges.panel import Ensemble

pytestmark = pytest.mark.llm


class Fails(Judge):
    """Has no verdict on some episodes; on the others one half."""

    name, parts = "fails", ("good",)

    def __init__(self, fails: Callable[[Episode], bool]) -> None:
        self.fails = fails

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        return [
            [Score.failed("no JSON") if self.fails(one) else Score({"good": 0.5}) for one in group.episodes]
            for group in groups
        ]


def looked(scoring: Scoring, groups: int = 4, known: bool = True) -> None:
    """An iteration over groups of two that won and two that lost, where that is known."""
    members = [[episode(place, place < 2 if known else None) for place in range(4)] for _ in range(groups)]
    scoring.alarms.watch(scored(scoring, came(*members)))


def test_a_run_stops_where_failures_part() -> None:
    turn = 0

    def evenly(one: Episode) -> bool:
        return one.sample == turn % 4

    even = Scoring(Fails(evenly), Unguarded())
    for turn in range(60):  # noqa: B007 (the judge reads it)
        looked(even)
    provoked = Scoring(Fails(lambda one: not one.success), Unguarded())
    looked(provoked)
    again = Scoring(provoked.judge, Unguarded())
    again.alarms.load_state_dict(json.loads(json.dumps(provoked.alarms.state_dict())))
    for scoring in (provoked, again):
        with pytest.raises(JudgeAlarm, match=r"0 of 16 episodes that were won and on 16 of 16 that were lost"):
            looked(scoring)
    assert len(even.alarms.window) == 20


@pytest.mark.parametrize("known", [True, False])
def test_a_run_stops_where_the_judge_says_nothing(known: bool) -> None:
    dead = Scoring(Fails(lambda one: True), Unguarded())
    with pytest.raises(JudgeAlarm, match=r"no verdict on 16 of 16 .* because of this: no JSON\. .*--resume"):
        looked(dead, known=known)
    half = Scoring(Fails(lambda one: one.sample % 2 == 0), Unguarded())
    for _ in range(20):
        looked(half, known=known)
    few = Scoring(Fails(lambda one: True), Unguarded())
    looked(few, 1, known)
    again = Scoring(few.judge, Unguarded())
    again.alarms.load_state_dict(json.loads(json.dumps(few.alarms.state_dict())))
    with pytest.raises(JudgeAlarm, match="no verdict on 8 of 8 episodes"):
        looked(again, 1, known)


def test_a_run_goes_on_where_nothing_was_to_be_judged() -> None:
    scoring = Scoring(Fails(lambda one: True), Unguarded())
    for _ in range(10):
        looked(scoring, 0)


@pytest.mark.parametrize(
    "judge", [ConsistencyJudge(), Ensemble([Fails(lambda one: False), ConsistencyJudge()])], ids=["alone", "ensemble"]
)
def test_a_run_stops_where_a_vote_has_collapsed(judge: Judge) -> None:
    scoring = Scoring(judge, Unguarded())

    def voted(*answers: str) -> Collected:
        groups = [
            [said(one, task), said(one, task), said(other, task)]
            for task, (one, other) in enumerate(zip(answers[::2], answers[1::2], strict=True))
        ]
        return scoring.alarms.watch(scored(scoring, came(*groups)))

    first = voted("1", "2", "3", "4", "5", "6")
    assert first.rates["judge/agreement"] == pytest.approx(2 / 3)
    learned = voted("1", "1", "2", "2", "3", "3")
    assert learned.rates["judge/agreement"] == learned.rates["judge/variety"] == pytest.approx(1.0)
    scoring.alarms.load_state_dict(json.loads(json.dumps(scoring.alarms.state_dict())))
    with pytest.raises(JudgeAlarm, match="collapsed: members agree to 100%"):
        voted("5", "5", "5", "5", "5", "5")


def test_a_curriculum_that_narrows_is_no_collapse() -> None:
    scoring = Scoring(ConsistencyJudge(), Unguarded())

    def voted(tasks: Sequence[int], answers: int) -> Collected:
        groups = [[said(f"{task}", task)] * answers + [said("none", task)] * (4 - answers) for task in tasks]
        return scoring.alarms.watch(scored(scoring, came(*groups)))

    voted(range(16), 3)
    narrow = voted([0, 1] * 8, 4)
    assert narrow.rates["judge/variety"] == pytest.approx(1.0), "two tasks, two answers"
    assert "judge/variety" not in voted([0] * 8, 4).rates, "one task says nothing of variety"


def said(answer: str, task: int = 0) -> Episode:
    where = Task("scoutgym/Number-v0", "train", task)
    return Episode(where, [Turn(AGENT, "obs", answer, answer)], "end", True, False, None)


# Judges that are broken, or late.


class Breaks(Judge):
    """Its code is wrong wherever a sample is 1."""

    name, parts = "breaks", ("good",)

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        return [[Score({"good": 1 / (1 - episode.sample)}) for episode in group.episodes] for group in groups]


class Short(Judge):
    """Forgets an episode."""

    name, parts = "short", ("good",)

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        return [[Score({"good": 1.0})] * (len(group.episodes) - 1) for group in groups]


class Other(Judge):
    """Gives another part than it says."""

    name, parts = "other", ("good",)

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        return [[Score({"bad": 1.0})] * len(group.episodes) for group in groups]


def test_an_error_of_a_judge_is_counted_and_told_of(caplog: pytest.LogCaptureFixture) -> None:
    whole, broken = [episode(0), episode(0)], [episode(0), episode(1)]
    after = scored(Scoring(Breaks(), Unguarded()), came(whole, broken, [episode(1), episode(1)]))
    assert [group.episodes for group in after.groups] == [whole]
    assert after.rates["judge/error"] == pytest.approx(4 / 6)
    assert [record.message for record in caplog.records] == [
        "the judge breaks broke: ZeroDivisionError: division by zero"
    ], "each error once"
    for judge in (Short(), Other()):
        assert scored(Scoring(judge, Unguarded()), came(whole)).rates["judge/error"] == 1.0
    scoring = Scoring(Breaks(), Unguarded())
    after = scored(scoring, came(*([episode(1), episode(1)] for _ in range(3))))
    with pytest.raises(JudgeAlarm, match="because of this: ZeroDivisionError: division by zero"):
        scoring.alarms.watch(after)


def test_a_model_that_cannot_be_used_ends_the_run() -> None:
    class Gone(Judge):
        name, parts = "gone", ("good",)

        def score(self, groups: Sequence[Group]) -> list[list[Score]]:
            raise ChatError("no server there")

    with pytest.raises(ChatError, match="no server there"):
        scored(Scoring(Gone(), Unguarded()), came([episode(0), episode(0)]))


class Late(Judge):
    """Does not come back from a group whose first sample is 1 until it is let go."""

    name, parts = "late", ("good",)

    def __init__(self) -> None:
        self.asked, self.go = 0, threading.Event()

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        self.asked += 1
        if groups[0].episodes[0].sample == 1:
            self.go.wait(30)
        return [[Score({"good": 0.5})] * len(group.episodes) for group in groups]


def test_a_late_verdict_is_none_and_holds_up_nobody() -> None:
    judge = Late()
    scoring = Scoring(judge, Unguarded(), deadline=0.2)
    stuck, whole = [[episode(1), episode(0)] for _ in range(WORKERS)], [[episode(0), episode(0)] for _ in range(3)]
    begun = time.monotonic()
    after = scored(scoring, came(*stuck))
    assert after.groups == []
    assert time.monotonic() - begun < 5
    assert stuck[0][0].turns[-1].outcome == Outcome.JUDGE_ERROR
    assert judge.asked == 2 * WORKERS, "each once more"
    assert len(scored(scoring, came(*whole)).groups) == 3, "all threads were taken, and others are there"
    judge.go.set()
    scoring.close()


def test_what_is_not_judged_yet_when_a_run_ends_is_not_judged() -> None:
    judge = Late()
    scoring = Scoring(judge, Unguarded())
    scoring.begin([Group(TASK, [episode(1)]) for _ in range(WORKERS + 20)])
    while judge.asked < WORKERS:
        time.sleep(0.01)
    threading.Timer(0.1, judge.go.set).start()
    scoring.close()
    assert judge.asked == WORKERS


def test_a_judge_is_tried_before_a_run_relies_on_it() -> None:
    Scoring(ConsistencyJudge(), Unguarded()).prove()
    Scoring(Told(score(0.5)), Unguarded()).prove()
    with pytest.raises(JudgeAlarm, match=r"the judge fails has no verdict .*: no JSON"):
        Scoring(Fails(lambda one: True), Unguarded()).prove()
    with pytest.raises(JudgeAlarm, match="ValueError"):
        Scoring(Short(), Unguarded()).prove()
