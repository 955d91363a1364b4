"""Every judge against models that are of no use: what it does not know is never a pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from judge_tools import episode, group

from scoutgym.llm.chat.core import ChatError, Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.types import Group, Outcome
from scoutgym.wrappers.judges.core import Judge, Score
from scoutgym.wrappers.judges.make import JUDGES, make_judge

MEMBERS = [{"name": "success", "model": "m"}, {"name": "rethink", "model": "m"}]
RECORDS: dict[str, dict[str, Any]] = {
    "success": {"model": "m"},
    "rubric": {"model": "m", "rubric": {"Right.": 2, "Short.": 1}},
    "rethink": {"model": "m"},
    "turns": {"model": "m"},
    "win_rate": {"model": "m"},
    "hindsight": {"model": "m"},
    "cascade": {"judges": MEMBERS},
    "ensemble": {"judges": [*MEMBERS, {"name": "consistency"}]},
    "consistency": {},
}
WON, LOST, EMPTY = episode("a", "b", end="You win!"), episode("a", "c", success=False), episode(success=None)
GROUPS = {
    "won": group(WON),
    "lost": group(LOST),
    "empty": group(EMPTY),
    "all of them": group(WON, LOST, EMPTY),
    "empty ones": group(EMPTY, EMPTY),
}


def judge_of(name: str, reply: Callable[[Request], str]) -> Judge:
    return make_judge({"name": name, **RECORDS[name]}, lambda _: Scripted(reply))


def scores_of(name: str, reply: Callable[[Request], str], what: Group) -> list[Score]:
    (scores,) = judge_of(name, reply).score([what])
    assert len(scores) == len(what.episodes)
    return scores


def filled(number: float) -> Callable[[Request], str]:
    """A model whose answers are of the form that was asked for, with this for every number."""

    def value(field: dict[str, Any]) -> Any:
        if field["type"] == "array":
            return [value(field["items"])] * field["minItems"]
        return number if field["type"] == "number" else "You win!"

    def reply(request: Request) -> str:
        assert request.schema is not None
        return json.dumps({name: value(field) for name, field in request.schema["properties"].items()})

    return reply


def test_every_judge_is_here() -> None:
    assert set(RECORDS) == set(JUDGES)


@pytest.mark.parametrize("what", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize(
    "reply",
    [lambda _: "A success, 10/10!", lambda _: "", filled(7), filled(-0.1), filled(float("nan")), lambda _: "[1]"],
    ids=["words", "nothing", "too much", "too little", "nan", "another form"],
)
@pytest.mark.parametrize("name", [name for name in RECORDS if name != "consistency"])
def test_an_answer_that_is_none_is_a_failed_score(name: str, reply: Callable[[Request], str], what: Group) -> None:
    for score in scores_of(name, reply, what):
        assert (score.outcome, dict(score.parts), score.turns) == (Outcome.JUDGE_ERROR, {}, ())
        assert score.reason


@pytest.mark.parametrize("what", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("name", RECORDS)
def test_a_model_that_cannot_be_used_stops_the_run_or_is_not_asked(name: str, what: Group) -> None:
    def reply(request: Request) -> str:
        asked.append(request)
        raise ChatError("no server there")

    asked: list[Request] = []
    try:
        scores = scores_of(name, reply, what)
    except ChatError:
        return
    assert not asked
    assert not any(score.ok and max(score.parts.values()) > 0 for score in scores)


@pytest.mark.parametrize("what", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("number", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("name", RECORDS)
def test_a_verdict_is_within_its_range_and_of_the_parts_that_were_promised(
    name: str, number: float, what: Group
) -> None:
    judge = judge_of(name, filled(number))
    for score in scores_of(name, filled(number), what):
        if score.ok:
            assert set(score.parts) == set(judge.parts)
            assert all(0 <= value <= 1 for value in score.parts.values())
        else:
            assert (dict(score.parts), score.outcome) == ({}, Outcome.JUDGE_ERROR)


@pytest.mark.parametrize("name", RECORDS)
def test_who_compares_has_no_verdict_on_one_alone_and_nobody_else_lacks_one(name: str) -> None:
    judge = judge_of(name, filled(0.5))
    assert judge.score_episode(WON).ok is not judge.compares
