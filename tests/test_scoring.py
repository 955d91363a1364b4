"""Judges between rollout and credit: who is paid what, who is left out, and when a run must stop."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scoutgym.agents import training
from scoutgym.agents.collect import Collected, Draw, collect
from scoutgym.agents.plans import GroupPlan
from scoutgym.agents.players import RandomAgent
from scoutgym.agents.training.credit.mrt import progress
from scoutgym.agents.training.evaluation import Score as Evaluated
from scoutgym.agents.training.objective.imitation import filtered
from scoutgym.agents.training.objective.preference import preference_pairs
from scoutgym.agents.training.scoring import Scoring
from scoutgym.llm.chat.budget import BudgetSpent
from scoutgym.llm.chat.core import ChatError
from scoutgym.types import AGENT, Episode, Group, Outcome, Task, Turn
from scoutgym.wrappers.judges.core import Judge, Score
from scoutgym.wrappers.judges.guards import Guard, SuccessGated, TrustWeighted, Unguarded, VerifierDominant
from scoutgym.wrappers.judges.make import Models, make_guard, make_judge
from scoutgym.wrappers.judges.panel import Ensemble
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


def episode(sample: int, success: bool | None = False) -> Episode:
    turns = [
        Turn(AGENT, "obs", "a", "a", reward=0.5),
        Turn(AGENT, "obs", "b", "b", reward=1.0, rewards={"success": 1.0}),
    ]
    return Episode(TASK, turns, "end", True, False, success, sample=sample)


def came(*groups: list[Episode]) -> Collected:
    drawn = [Draw(TASK, luck) for luck in range(len(groups))]
    return Collected([Group(one[0].task, one) for one in groups], drawn, dict(RATES), drawn, list(groups))


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
    assert one.turns[1].rewards == {"success": 1.0, "judged": 0.8, "worth": 0.8, "judge/short": 0.25}
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
    assert [draw.luck for draw in after.sources] == [0]
    assert [one.turns[-1].outcome for one in broken] == [Outcome.OK, Outcome.JUDGE_ERROR]
    assert broken[0].turns[-1].reward == 1.0, "what is not learned from is not paid"
    assert after.rates["judge/error"] == 0.25
    assert after.rates["judge/failed_won"] == 0.5, "a draw"
    assert after.rates["judge/cost"] == 1.0, "both tries, over two draws"
    assert after.rates["collect/dropped"] == 0.5
    assert after.played == [whole, broken]


# What counts as success where a judge pays.


def paid(success: bool | None, verdict: float, guard: Guard, probe: float | None = None) -> Group:
    """A group of one that has been paid by its verdict."""
    one = episode(0, success)
    one.turns[0].probe = probe
    (group,) = scored(Scoring(Told(score(verdict)), guard), came([one])).groups
    return group


@pytest.mark.parametrize(
    ("success", "verdict", "guard", "counts"),
    [
        (False, 0.9, Unguarded(), True),
        (True, 0.4, Unguarded(), False),
        (None, 0.5, Unguarded(), True),
        (None, 0.4, Unguarded(), False),
        (False, 0.9, SuccessGated(), False),
        (True, 0.1, SuccessGated(), True),
        (False, 1.0, TrustWeighted(), False),
        (True, 0.0, VerifierDominant(), True),
    ],
)
def test_what_learns_from_successes_learns_from_those_of_the_judge(
    success: bool | None, verdict: float, guard: Guard, counts: bool
) -> None:
    group = paid(success, verdict, guard)
    assert filtered([group]) == (group.episodes if counts else [])
    worse = episode(0, success)
    worse.turns[-1].rewards = {"worth": 0.0}
    pairs = preference_pairs([Group(TASK, [*group.episodes, worse])])
    assert [(pair.better, pair.worse) for pair in pairs] == ([(group.episodes[0], worse)] if counts else [])


def test_progress_ends_in_the_verdict() -> None:
    (one,) = paid(None, 0.75, Unguarded(), probe=0.25).episodes
    assert progress(one) == [0.25, 0.25], "a half over two turns"
    (other,) = paid(False, 0.75, Unguarded(), probe=0.25).episodes
    assert progress(other) == [0.25, 0.25]


# Guards after each other.


def test_guards_after_each_other_by_hand() -> None:
    both = make_guard([{"name": "success_gated"}, {"name": "trust_weighted", "alpha": 0.3, "horizon": 100}])
    weight = 0.3 * math.exp(-10 / 100)
    # Gated: 1 + 0.5, 0, 1 + 0.1. Won on average 1.3 against 0: trusted.
    assert both.guarded([1, 0, 1], [0.5, 1.0, 0.1], 10) == pytest.approx([1 + 1.5 * weight, 0.0, 1 + 1.1 * weight])
    other = make_guard([{"name": "trust_weighted", "alpha": 0.3}, {"name": "success_gated"}])
    distrust = weight * math.exp(0.3 - 1.0)  # the mean of 0.5 and 0.1 against 1
    assert other.guarded([1, 0, 1], [0.5, 1.0, 0.1], 10) == pytest.approx(
        [1 + 1 + 0.5 * distrust, 0.0, 1 + 1 + 0.1 * distrust]
    )
    (alone,) = paid(True, 0.5, make_guard([{"name": "success_gated"}])).episodes
    assert alone.total == 1.5
    with pytest.raises(ValueError, match="at least one"):
        make_guard([])
    with pytest.raises(ValueError, match="needs worlds that know success"):
        paid(None, 0.5, both)


def test_a_guard_over_an_ensemble_by_hand() -> None:
    class Says(Judge):
        name, parts = "says", ("good",)

        def __init__(self, verdict: float) -> None:
            self.verdict = verdict

        def score(self, groups: Sequence[Group]) -> list[list[Score]]:
            return [[Score({"good": self.verdict})] * len(group.episodes) for group in groups]

    one, two = episode(0, True), episode(0, False)
    scored(Scoring(Ensemble([Says(0.9), Says(0.5)]), make_guard({"name": "success_gated"})), came([one, two]))
    # The mean 0.7 less the standard deviation 0.2.
    assert [one.turns[-1].rewards[name] for name in ("judged", "worth")] == pytest.approx([0.5, 1.5])
    assert [two.turns[-1].rewards[name] for name in ("judged", "worth")] == pytest.approx([0.5, 0.0])
    assert (one.total, two.total) == pytest.approx((1.5, 0.0))


# The models of one judge.


def test_all_models_of_a_judge_have_one_budget_and_one_ledger() -> None:
    module, prices = "scripted:scoutgym.wrappers.judges.planted", {"prompt": 1, "completion": 1}

    def member(name: str, **keys: Any) -> dict[str, Any]:
        model = f"{module}:{name}"
        return {"name": "success", "model": {"model": model, "prices": {model: prices}, **keys}}

    record = {"name": "ensemble", "judges": [member("careful", budget=2.0), member("gullible")]}
    models = Models(record)
    judge = make_judge(record, models)
    judge.score([Group(TASK, [episode(0)])])
    rows = models.ledger.rows()
    assert [row.calls for row in rows.values()] == [1, 1]
    assert models.budget is not None
    assert models.budget.spent == pytest.approx(sum(row.cost for row in rows.values()))
    assert models.budget.spent > 0
    small = {"name": "ensemble", "judges": [member("careful", budget=1e-6), member("gullible", budget=1e-6)]}
    with pytest.raises(BudgetSpent):
        make_judge(small).score([Group(TASK, [episode(0)])])
    with pytest.raises(ValueError, match=r"one budget, and these name 1, 2"):
        make_judge({"name": "ensemble", "judges": [member("careful", budget=2.0), member("gullible", budget=1.0)]})
    assert Models(member("careful")).budget is None
    with pytest.raises(ChatError, match="cannot be set up so: deadline"):
        make_judge(member("careful", deadline=-1))


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
    assert one.figures == {"judged": (0.5, 1.0), "judge_error": (0.0, 1.0)}
    assert two.figures == {"judge_error": (1.0, 1.0)}
    assert Evaluated.of([one, two]).figures()["figures"]["judge_error"]["mean"] == 0.5
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
    ((name, sums),) = summary["judged"]["models"].items()
    assert "long_winded" in name
    assert sums["calls"] == 2 + 2 * 2 * 3 + 2 * 2 * 3, "the trial; training; and before and after, twice, three tasks"
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
