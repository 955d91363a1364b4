"""Judges and guards against numbers computed by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pytest
from judge_tools import TASK, data, episode, group, says

from scoutgym.llm.chat.core import Request
from scoutgym.llm.chat.named import named
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.types import AGENT, Episode, Outcome, Turn
from scoutgym.wrappers.judges.consistency import Consistency, ConsistencyJudge
from scoutgym.wrappers.judges.core import EpisodeJudge, Score
from scoutgym.wrappers.judges.guards import SuccessGated, TrustWeighted, Unguarded, VerifierDominant
from scoutgym.wrappers.judges.hindsight import HindsightJudge
from scoutgym.wrappers.judges.make import JUDGES, make_guard, make_judge
from scoutgym.wrappers.judges.panel import Cascade, Ensemble
from scoutgym.wrappers.judges.rethink import RethinkJudge
from scoutgym.wrappers.judges.rubric import RubricJudge
from scoutgym.wrappers.judges.success import SuccessJudge
from scoutgym.wrappers.judges.turns import TurnJudge
from scoutgym.wrappers.judges.win_rate import WinRateJudge


class Fixed(EpisodeJudge):
    """Says what it was told to; None is a failure."""

    name, parts = "fixed", ("judged",)

    def __init__(self, *values: float | None) -> None:
        self.values = list(values)

    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        return [
            Score.failed("silent", 1.0, 1) if value is None else Score({"judged": value}, cost=1.0, calls=1)
            for value, _ in zip(self.values, episodes, strict=False)
        ]


# Judges.


def test_the_success_judge() -> None:
    judge = SuccessJudge(Scripted(says(success=0.8, efficiency=0.5, self_correction=1, confidence=0.9)))
    score = judge.score_episode(episode("a"))
    assert score.parts == {"judged": 0.8, "efficiency": 0.5, "self_correction": 1.0}
    assert (score.confidence, score.outcome, score.reason) == (0.9, Outcome.OK, "words")
    failed = SuccessJudge(Scripted(lambda request: "no")).score_episode(episode("a"))
    assert (failed.parts, failed.outcome, failed.calls) == ({}, Outcome.JUDGE_ERROR, 2)


def test_a_rubric_believes_the_least_of_its_votes() -> None:
    votes = [[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]

    def reply(request: Request) -> str:
        return json.dumps({"analysis": "x", "scores": votes[request.sample]})

    judge = RubricJudge(Scripted(reply), {"Right.": 3, "Short.": 1}, votes=3)
    values = [0.75, 1.0, 0.0]
    mean = sum(values) / 3
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / 3)
    score = judge.score_episode(episode("a"))
    assert score.parts["judged"] == pytest.approx(mean - spread)
    assert score.confidence == pytest.approx(1 - 2 * spread)
    votes[2] = [2.0, 0.0]
    assert judge.score_episode(episode("a")).outcome is Outcome.JUDGE_ERROR, "a vote that is none is no agreement"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rubric": {}}, "at least one criterion"),
        ({"rubric": {" ": 1}}, "at least one criterion"),
        ({"rubric": {"x": 0}}, "weight above 0"),
        ({"rubric": {"x": math.nan}}, "weight above 0"),
        ({"rubric": {"x": 1}, "temperature": 0}, "are one vote"),
        ({"rubric": {"x": 1}, "votes": 0}, "votes=0"),
    ],
)
def test_a_rubric_that_is_none_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RubricJudge(Scripted(lambda request: ""), **options)


def test_votes_at_the_temperature_0_of_a_configuration_are_refused() -> None:
    name = "scripted:scoutgym.wrappers.judges.planted:careful"
    cold, hot = named(name, temperature=0.0), named(name, temperature=0.5)
    with pytest.raises(ValueError, match=r"3 votes at temperature 0 are one vote.*its model's"):
        RubricJudge(cold, {"Right.": 1})
    assert RubricJudge(cold, {"Right.": 1}, votes=1).votes == 1
    assert RubricJudge(hot, {"Right.": 1}, temperature=0.0).votes == 3, "the configuration's is what counts"


def test_rethinking_reads_again_for_what_the_first_reading_found() -> None:
    asked: list[Request] = []

    def reply(request: Request) -> str:
        asked.append(request)
        if "criteria" in (request.schema or {})["properties"]:
            lists = {"criteria": ["was it 7?"], "hypotheses": ["only claimed"]}
            return "none" if data(request)["turns"][0]["agent"] == "b" else json.dumps(lists)
        return says(success=0.25, confidence=1)(request)

    good, bad = RethinkJudge(Scripted(reply)).score_all([episode("a"), episode("b")])
    assert (good.parts, good.calls) == ({"judged": 0.25}, 2)
    assert data(asked[-1])["hypotheses"] == ["only claimed"]
    assert (bad.outcome, bad.calls) == (Outcome.JUDGE_ERROR, 2)
    assert "first pass" in bad.reason
    assert len(asked) == 4, "what has no first answer is not asked the second"


def test_turns_are_paid_as_they_are_or_by_what_they_add() -> None:
    model = Scripted(lambda request: json.dumps({"analysis": "x", "scores": [0.2, 0.8, 0.5]}))
    absolute = TurnJudge(model, "absolute").score_episode(episode("a", "b", "c"))
    relative = TurnJudge(model).score_episode(episode("a", "b", "c"))
    assert absolute.turns == pytest.approx((0.2 / 3, 0.8 / 3, 0.5 / 3))
    assert relative.turns == pytest.approx((0.2, 0.6, -0.3))
    assert (absolute.parts["judged"], relative.parts["judged"]) == (pytest.approx(0.5), pytest.approx(0.5))
    assert TurnJudge(model).score_episode(episode("a", "b")).outcome is Outcome.JUDGE_ERROR, "one score a turn"
    long = TurnJudge(model).score_episode(episode(*["x" * 3000] * 20))
    assert (long.outcome, long.calls) == (Outcome.JUDGE_ERROR, 0)
    with pytest.raises(ValueError, match="pay='both'"):
        TurnJudge(model, "both")  # type: ignore[arg-type]  # the point of the test


def test_win_rates_are_over_pairs_shown_both_ways() -> None:
    strength = {"a": 0, "b": 1, "c": 2}

    def by_strength(request: Request) -> str:
        record = data(request)
        first, second = (strength[record[side]["turns"][0]["agent"]] for side in ("first", "second"))
        return says(first_is_better=1.0 if first > second else 0.0 if first < second else 0.5)(request)

    three = group(episode("a"), episode("b"), episode("c"))
    scores = WinRateJudge(Scripted(by_strength)).score([three])[0]
    assert [score.parts["judged"] for score in scores] == [0.0, 0.5, 1.0]
    whoever_is_first = WinRateJudge(Scripted(says(first_is_better=0.9))).score([three, three])
    assert [score.parts["judged"] for one in whoever_is_first for score in one] == pytest.approx([0.5] * 6)
    alone = WinRateJudge(Scripted(by_strength)).score([group(episode("a"))])[0]
    assert alone[0].outcome is Outcome.JUDGE_ERROR

    def silent_on_c(request: Request) -> str:
        return "?" if "c" in request.messages[1].content.split('"agent": ')[1][:3] else by_strength(request)

    asked: list[Request] = []
    counted = WinRateJudge(Scripted(lambda request: asked.append(request) or by_strength(request))).score([three])[0]
    assert sum(score.calls for score in counted) == len(asked) == 6, "each question is somebody's, once"

    failed = WinRateJudge(Scripted(silent_on_c)).score([three])[0]
    assert [score.ok for score in failed] == [False, False, False], "both members of a pair have no verdict"


def test_hindsight_reads_what_came_of_it() -> None:
    asked: list[Any] = []

    def reply(request: Request) -> str:
        asked.append(data(request))
        return says(consequences="They find nothing.", success=0.1, confidence=0.5)(request)

    told = HindsightJudge(Scripted(reply), "told").score_episode(episode("a", success=False))
    assert (told.parts, told.calls) == ({"judged": 0.1}, 1)
    assert asked[0]["consequences"] == "What was sought: 7. The world counts the task as done to 0%."
    simulated = HindsightJudge(Scripted(reply)).score_episode(episode("a"))
    assert simulated.calls == 2
    assert "consequences" not in asked[1]
    assert asked[2]["consequences"] == "They find nothing."
    nothing = Episode(TASK, [Turn(AGENT, "", "a", "a")], "", True, False, None)
    assert HindsightJudge(Scripted(reply), "told").score_episode(nothing).outcome is Outcome.JUDGE_ERROR


def test_a_cascade_asks_the_dear_judge_about_the_open_cases_alone() -> None:
    cascade = Cascade([Fixed(0.9, 0.5, None, 0.1), Fixed(0.0, 1.0)], margin=0.3)
    scores = cascade.score_all([episode("a")] * 4)
    assert [score.parts["judged"] for score in scores] == [0.9, 0.0, 1.0, 0.1]
    assert cascade.asked == [4, 2]
    assert [score.cost for score in scores] == [1.0, 2.0, 2.0, 1.0]
    with pytest.raises(ValueError, match="margin"):
        Cascade([Fixed(), Fixed()], margin=0.6)


def test_an_ensemble_is_pessimistic() -> None:
    scores = Ensemble([Fixed(0.9, None), Fixed(0.5, 1.0)], spread=1.5).score([group(episode("a"), episode("b"))])[0]
    assert scores[0].parts["judged"] == pytest.approx(0.7 - 1.5 * 0.2)
    assert not scores[1].ok
    assert scores[1].cost == 2.0
    apart = Ensemble([Fixed(1.0), Fixed(0.0)], spread=2.0).score([group(episode("a"))])[0]
    assert apart[0].parts == {"judged": 0.0}, "no verdict is below 0"


def test_the_most_frequent_answer_wins_and_a_tie_pays_nobody() -> None:
    judge = ConsistencyJudge()
    (scores,) = judge.score([group(episode("x", "7"), episode("y", " 7 "), episode("8"))])
    assert [score.parts["judged"] for score in scores] == [1.0, 1.0, 0.0]
    (tie,) = judge.score([group(episode("7"), episode("8"))])
    assert [score.parts["judged"] for score in tie] == [0.0, 0.0]


def test_an_answer_alone_is_no_vote() -> None:
    for alone in (group(episode("7")), group(episode("7"), episode(" ")), group(episode("7"), episode())):
        (scores,) = ConsistencyJudge().score([alone])
        assert [score.outcome for score in scores] == [Outcome.JUDGE_ERROR] * len(alone.episodes)
        assert "a vote needs two" in scores[0].reason


def test_collapse_is_agreement_without_variety() -> None:
    diverse = [group(*(episode(str(n)) for n in (g, g, 9 + g))) for g in range(4)]
    learned = [group(*[episode(str(g))] * 3) for g in range(4)]
    collapsed = [group(*[episode("5")] * 3) for _ in range(4)]
    before = Consistency.of(diverse)
    assert before.agreement == pytest.approx(2 / 3)
    assert Consistency.of(learned) == Consistency(1.0, pytest.approx(1.0))
    assert Consistency.of(collapsed) == Consistency(1.0, 0.0)
    assert Consistency.of(collapsed).collapsed(before)
    assert not Consistency.of(learned).collapsed(before)


# Guards.


def test_guards_by_hand() -> None:
    truth, verdicts = [1.0, 0.0], [0.5, 1.0]
    assert Unguarded().guarded(truth, verdicts, 1) == [0.5, 1.0]
    assert SuccessGated().guarded(truth, verdicts, 1) == [1.5, 0.0]
    trust = math.exp(0.5 - 1.0)
    weight = 0.3 * trust * math.exp(-10 / 100)
    assert TrustWeighted().guarded(truth, verdicts, 10) == pytest.approx([1 + 0.5 * weight, weight])
    assert TrustWeighted().trust([1, 0], [1.0, 0.5]) == 1.0
    assert TrustWeighted().trust([1, 1], [1.0, 0.5]) == 1.0
    assert VerifierDominant(2).guarded(truth, verdicts, 1) == pytest.approx(
        [1 / (1 + math.exp(-1)), 1 / (1 + math.exp(-2)) - 1]
    )
    with pytest.raises(ValueError, match="does not: choose"):
        SuccessGated().rewards(group(episode("a", success=None)), [1.0], 1)
    assert Unguarded().rewards(group(episode("a", success=None)), [1.0], 1) == [1.0]


# By name.


def test_every_judge_can_be_named() -> None:
    records: dict[str, dict[str, Any]] = {name: {"model": "m"} for name in JUDGES}
    records["rubric"]["rubric"] = {"Right.": 1}
    records["consistency"] = {}
    members = [{"name": "success", "model": "small"}, {"name": "rethink", "model": "large"}]
    records["cascade"] = records["ensemble"] = {"judges": members}
    asked: list[str] = []

    def model(name: str) -> Scripted:
        asked.append(name)
        return Scripted(lambda request: "", name)

    for name, record in records.items():
        assert make_judge({"name": name, **record}, model).name == name
    assert asked.count("small") == asked.count("large") == 2
    assert isinstance(make_guard({"name": "trust_weighted", "alpha": 0.1}), TrustWeighted)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"name": "sucess", "model": "m"}, "did you mean 'success'"),
        ({"name": "success"}, "needs a model"),
        ({"name": "consistency", "model": "m"}, "asks no model"),
        ({"name": "ensemble"}, "needs a list of judges"),
        ({"name": "success", "model": "m", "judges": []}, "is not made of judges"),
        ({"name": "rubric", "model": "m"}, "needs the option 'rubric'"),
        ({"name": "rubric", "model": "m", "rubric": "Right."}, "of the wrong kind"),
        ({"name": "turns", "model": "m", "pays": "absolute"}, "no option 'pays'"),
        ({"name": "cascade", "judges": [{"name": "success", "model": "m"}] * 1}, "at least two judges"),
        ({"name": "cascade", "judges": [{"name": "success", "model": "m"}, {"name": "consistency"}]}, "one episode"),
    ],
)
def test_a_wrong_name_or_option_is_one_clear_line(record: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_judge(record, lambda name: Scripted(lambda request: ""))
    with pytest.raises(ValueError, match="unknown guard"):
        make_guard({"name": "gated"})
