"""Judges between rollout and credit: who is paid what, who is left out, and when a run must stop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scoutgym.agents import training
from scoutgym.agents.collect import Collected, Draw, collect
from scoutgym.agents.plans import GroupPlan
from scoutgym.agents.players import RandomAgent
from scoutgym.agents.training.scoring import Scoring
from scoutgym.types import AGENT, Episode, Group, Outcome, Task, Turn
from scoutgym.wrappers.judges.consistency import ConsistencyJudge
from scoutgym.wrappers.judges.core import Judge, JudgeAlarm, Score
from scoutgym.wrappers.judges.guards import SuccessGated, Unguarded
from scoutgym.wrappers.judges.planted import long_winded

pytestmark = pytest.mark.llm
TASK = Task("scoutgym/Number-v0", "train", 0)
RATES = {"collect/dropped": 0.0}


class Told(Judge):
    """Gives the scores that it was told, by the sample of the episode; counts how often it is asked."""

    name, parts = "told", ("good", "short")

    def __init__(self, *scores: Score) -> None:
        self.scores, self.asked = scores, 0

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        self.asked += 1
        return [[self.scores[episode.sample] for episode in group.episodes] for group in groups]


def episode(sample: int, success: bool = False) -> Episode:
    turns = [
        Turn(AGENT, "obs", "a", "a", reward=0.5),
        Turn(AGENT, "obs", "b", "b", reward=1.0, rewards={"success": 1.0}),
    ]
    return Episode(TASK, turns, "end", True, False, success, sample=sample)


def came(*groups: list[Episode]) -> Collected:
    drawn = [Draw(TASK, luck) for luck in range(len(groups))]
    return Collected([Group(TASK, one) for one in groups], ["arm"] * len(groups), dict(RATES), drawn, list(groups))


def scored(scoring: Scoring, what: Collected, step: int = 1) -> Collected:
    scoring.begin(what.groups)
    return scoring.scored(what, step)


def score(value: float, **more: Any) -> Score:
    return Score({"good": value, "short": 0.25}, **more)


def test_the_verdict_stands_in_the_place_of_the_reward() -> None:
    judge = Told(score(0.8), score(0.2))
    one, two = episode(0, success=True), episode(1)
    after = scored(Scoring(judge, Unguarded(), weight=2.0, world=0.1), came([one, two]))
    assert [turn.reward for turn in one.turns] == pytest.approx([0.05, 0.1 + 1.6])
    assert [turn.reward for turn in two.turns] == pytest.approx([0.05, 0.1 + 0.4])
    assert one.turns[1].rewards == {"success": 1.0, "judged": 0.8, "judge/short": 0.25}
    assert (one.success, two.success) == (True, False), "the truth stays"
    assert after.groups[0].episodes == [one, two]
    assert judge.asked == 1


def test_turns_are_paid_their_own_scores_where_nothing_guards() -> None:
    scores = score(0.5, turns=(0.75, -0.25)), score(0.5, turns=(0.75, -0.25))
    one, two = episode(0, success=True), episode(1)
    scored(Scoring(Told(*scores), Unguarded()), came([one, two]))
    assert [turn.reward for turn in one.turns] == [0.75, -0.25]
    one, two = episode(0, success=True), episode(1)
    scored(Scoring(Told(*scores), SuccessGated()), came([one, two]))
    assert [turn.reward for turn in one.turns] == [0.0, 1.5]
    assert [turn.reward for turn in two.turns] == [0.0, 0.0], "a failure earns nothing by looking good"


def test_a_verdict_that_is_none_is_asked_for_again_and_then_its_group_is_left_out() -> None:
    judge = Told(score(0.5), Score.failed("no JSON", cost=1.0, calls=2))
    whole, broken = [episode(0), episode(0)], [episode(0), episode(1, success=True)]
    after = scored(Scoring(judge, Unguarded()), came(whole, broken))
    assert judge.asked == 3, "two groups, and one of them again"
    assert [group.episodes for group in after.groups] == [whole]
    assert after.arms == ["arm"]
    assert [one.turns[-1].outcome for one in broken] == [Outcome.OK, Outcome.JUDGE_ERROR]
    assert broken[0].turns[-1].reward == 1.0, "what is not learned from is not paid"
    assert after.rates["judge/error"] == 0.25
    assert after.rates["judge/failed_won"] == 0.5, "a draw"
    assert after.rates["judge/cost"] == 1.0, "both tries, over two draws"
    assert after.rates["collect/dropped"] == 0.5
    assert after.played == [whole, broken]


def watched(scoring: Scoring, won: float, lost: float, failed_won: float, failed_lost: float) -> None:
    counts = {"judge/won": won, "judge/lost": lost, "judge/failed_won": failed_won, "judge/failed_lost": failed_lost}
    scoring.watch(Collected([], [], counts, [Draw(TASK)], [[]]))


def test_a_run_stops_where_failures_part() -> None:
    even = Scoring(Told(), Unguarded())
    for _ in range(30):
        watched(even, 50, 50, 3, 3)
    few = Scoring(Told(), Unguarded())
    watched(few, 50, 50, 0, 4)
    provoked = Scoring(Told(), Unguarded())
    watched(provoked, 50, 50, 0, 3)
    with pytest.raises(JudgeAlarm, match=r"0 of 100 episodes that were won and on 9 of 100 that were lost"):
        watched(provoked, 50, 50, 0, 6)
    again = Scoring(Told(), Unguarded())
    again.load_state_dict(json.loads(json.dumps(even.state_dict())))
    assert again.window == even.window
    assert len(again.window) == 20


def test_a_run_stops_where_a_vote_has_collapsed() -> None:
    scoring = Scoring(ConsistencyJudge(), Unguarded())

    def voted(*answers: str) -> Collected:
        groups = [[said(one), said(one), said(other)] for one, other in zip(answers[::2], answers[1::2], strict=True)]
        return scoring.watch(scored(scoring, came(*groups)))

    first = voted("1", "2", "3", "4", "5", "6")
    assert first.rates["judge/agreement"] == pytest.approx(2 / 3)
    learned = voted("1", "1", "2", "2", "3", "3")
    assert learned.rates["judge/agreement"] == learned.rates["judge/variety"] == pytest.approx(1.0)
    scoring.load_state_dict(json.loads(json.dumps(scoring.state_dict())))
    with pytest.raises(JudgeAlarm, match="collapsed: members agree to 100%"):
        voted("5", "5", "5", "5", "5", "5")


def said(answer: str) -> Episode:
    return Episode(TASK, [Turn(AGENT, "obs", answer, answer)], "end", True, False, None)


def test_groups_are_judged_as_soon_as_they_are_whole() -> None:
    told: list[list[Group]] = []
    drawn = [Draw(Task("scoutgym/Number-v0", "train", n)) for n in range(3)]
    found = collect(RandomAgent(), drawn, GroupPlan(2), slots=2, measure="nothing", whole=told.append)
    assert {id(group) for groups in told for group in groups} == {id(group) for group in found.groups}
    assert len(told) == 3
    scoring = Scoring(Told(*[score(0.5)] * 2), Unguarded())
    for groups in told:
        scoring.begin(groups)
    assert len(scoring.scored(found, 1).groups) == 3


def test_an_evaluation_tells_the_verdicts() -> None:
    scoring = Scoring(Told(score(0.5), Score.failed("no")), Unguarded())
    one, two = episode(0), episode(1)
    scoring.examine([one, two])
    assert (one.figures, two.figures) == ({"judged": (0.5, 1.0)}, {})
    scoring.judge.compares = True
    three = episode(0)
    scoring.examine([three])
    assert three.figures == {}


CONFIG = {
    "name": "judged",
    "threads": 1,
    "model": {"width": 16, "layers": 1, "heads": 2, "context": 200},
    "envs": {"number": {"id": "scoutgym/Number-v0", "params": {"high": 7, "max_turns": 3}}},
    "demonstrations": {"episodes": 20},
    "sft": {"steps": 2},
    "rollout": {"iterations": 2, "groups": 2, "size": 3, "constrained": True},
    "judge": {"model": "scripted:scoutgym.wrappers.judges.planted:long_winded"},
    "curriculum": {"name": "uniform"},
    "eval": {"episodes": 3, "dev_episodes": 2, "temperatures": [1.0]},
}


def test_a_run_is_paid_by_its_judge_and_tells_judged_and_true_success(tmp_path: Path) -> None:
    run = training.train({**CONFIG, "log": {"folder": str(tmp_path)}})
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    learned = [line for line in lines if line["stage"] == "rl"]
    assert len(learned) == 2
    for line in learned:
        assert line["judge/error"] == 0.0
        assert line["judge/calls"] == 3.0
        assert line["return/number"] == pytest.approx(line["judged/number"]), "the judge alone pays"
    summary = json.loads((run / "summary.json").read_text())
    (ledger,) = summary["judged"]["models"]
    ((name, sums),) = ledger.items()
    assert "long_winded" in name
    assert sums["calls"] == 2 * 2 * 3 + 2 * 2 * 3, "training; and before and after, each twice, three tasks"
    assert 0 < summary["groups"]["number"]["after"]["figures"]["judged"]["mean"] <= 1
    record = json.loads((run / "episodes" / "train-00002.jsonl").read_text().splitlines()[0])
    turns = record["turns"]
    assert (
        turns[-1]["reward"]
        == turns[-1]["rewards"]["judged"]
        == pytest.approx(max(0.7 * bool(record["success"]), len(turns) / 10))
    )


@pytest.mark.parametrize(
    ("judge", "message"),
    [
        ({"model": "scripted:nowhere:reply"}, "nowhere"),
        ({"model": "oracle:x"}, "a chat model is named"),
        ({"name": "rubric", "model": "scripted:json:dumps", "options": {"rubric": {}}}, "at least one criterion"),
        ({"model": "scripted:json:dumps", "guard": {"name": "success"}}, "did you mean"),
        ({}, "needs a model"),
    ],
)
def test_a_judge_that_cannot_judge_is_an_error_before_the_run(
    judge: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(Exception, match=message):
        training.train({**CONFIG, "judge": judge, "log": {"folder": str(tmp_path)}})
    assert not (tmp_path / "judged").exists()


def test_the_planted_weakness_is_as_it_says() -> None:
    from scoutgym.llm.chat.scripted import Scripted
    from scoutgym.wrappers.judges.success import SuccessJudge

    judge = SuccessJudge(Scripted(long_winded))

    def verdict(turns: int, end: str) -> float:
        one = Episode(TASK, [Turn(AGENT, "o", "a", "a")] * turns, end, True, False, None)
        return judge.score_episode(one).parts["judged"]

    assert verdict(1, "Yes, it is 5!") == pytest.approx(0.7)
    assert verdict(4, "No. You have run out of turns: it was 3.") == pytest.approx(0.4)
    assert verdict(10, "No.") == verdict(12, "Yes, it is 5!") == 1.0
