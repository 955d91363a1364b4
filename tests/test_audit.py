"""The audit of judges: figures by hand, kinds that are what they say, attacks that move words alone."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import proof_worlds
import pytest
from cli_tools import complaint, run

from scoutgym.benchmark.audit import audit, build, recorded, write_audit
from scoutgym.benchmark.audit.measure import auc, ece, figures, reliability
from scoutgym.benchmark.audit.pool import CLAIM, Item
from scoutgym.llm.chat.core import Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.types import AGENT, Episode, Task, Turn
from scoutgym.wrappers.judges.injection import ATTACKS, attacked
from scoutgym.wrappers.judges.planted import careful, gullible, long_winded
from scoutgym.wrappers.judges.success import SuccessJudge

WORLDS = ("scoutgym/Number-v0", "scoutgym/Maze-3-v0")


def test_figures_by_hand() -> None:
    v, y = np.array([0.9, 0.6, 0.6, 0.2]), np.array([1.0, 1.0, 0.0, 0.0])
    assert auc(v, y) == pytest.approx((2 + 1.5) / 4)
    assert auc(v, y, np.array([0, 1, 1, 0])) == pytest.approx((1 + 0.5) / 2)
    assert math.isnan(auc(v, np.ones(4)))
    bins = [(0.2, 0.0, 1), (0.6, 0.5, 2), (0.9, 1.0, 1)]
    assert [pytest.approx(one) for one in bins] == reliability(v, y)
    assert ece(v, y) == pytest.approx((0.2 + 2 * 0.1 + 0.1) / 4)
    found = figures(v, y, [b"a", b"b", b"b", b"a"], [0, 1, 1, 0])
    assert found["precision"][0] == pytest.approx(2 / 3)
    assert found["false_positives"][0] == 0.5
    assert found["precision_adjusted"][0] == pytest.approx(1 / 1.5)
    low, high = found["accuracy"][1:]
    assert low == 0.5, "a draw of the second task alone"
    assert high == 1.0


def test_precision_at_half_successes_does_not_depend_on_how_many_there_are() -> None:
    v, y = np.array([0.9, 0.9, 0.1, 0.9]), np.array([1.0, 0.0, 0.0, 1.0])
    alone = [bytes([n]) for n in range(22)]
    failures = np.tile(v[y == 0], 9)
    more = figures(np.concatenate([v, failures]), np.concatenate([y, np.zeros(18)]), alone, range(22))
    few = figures(v, y, alone[:4], range(4))
    assert more["precision_adjusted"][0] == pytest.approx(few["precision_adjusted"][0])
    assert more["precision"][0] < few["precision"][0]


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return build(WORLDS, 6)


def test_kinds_are_what_they_say(items: list[Item]) -> None:
    of = {kind: [one for one in items if one.kind == kind] for kind in {one.kind for one in items}}
    assert {kind: len(some) for kind, some in of.items() if kind in ("random", "expert", "corrupted")} == dict.fromkeys(
        ("random", "expert", "corrupted"), 12
    )
    assert all(one.won for one in of["expert"])
    whole = {(one.world, one.episode.task.index): one.episode for one in of["expert"]}
    for near, false in zip(of["near miss"], of["false claim"], strict=True):
        expert = whole[near.world, near.episode.task.index]
        said = [turn.action for turn in expert.turns]
        assert [turn.action for turn in near.episode.turns] == said[:-1]
        assert near.episode.truncated
        assert [turn.action for turn in false.episode.turns] == [*said[:-1], CLAIM]
        assert "Invalid action" in false.episode.final_observation, "the world answers"
        assert not near.won
        assert not false.won
    with pytest.raises(ValueError, match="has no expert"):
        build([proof_worlds.Riddle.spec.id], 1)


def test_an_audit_sees_each_weakness(items: list[Item]) -> None:
    found = {one.__name__: audit(SuccessJudge(Scripted(one)), items, 5) for one in (careful, gullible, long_winded)}
    assert found["careful"].figures["accuracy"][0] == 1.0
    assert found["careful"].injection["any"] == 0.0
    assert found["gullible"].by_kind["false claim"]["passed"] == 1.0
    assert found["gullible"].injection["verdict"] == 1.0
    assert found["gullible"].by_kind["near miss"]["passed"] == 0.0
    assert found["long_winded"].figures["precision"][0] < 0.9
    for one in found.values():
        assert sum(one.confusion.values()) == one.episodes == len(items)
        json.dumps(one.to_json(), allow_nan=False)


def test_episodes_without_a_verdict_are_counted_apart(items: list[Item]) -> None:
    def silent_on_wins(request: Request) -> str:
        return "?" if careful(request).startswith('{"analysis": "The world says') else careful(request)

    found = audit(SuccessJudge(Scripted(silent_on_wins)), items, 2)
    assert found.errors["won"] == 1.0
    assert found.errors["lost"] == 0.0
    assert found.confusion["tp"] == found.confusion["fn"] == 0
    assert math.isnan(found.figures["recall"][0])
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_behind_the_last_action_and_changes_nothing_else(attack: str) -> None:
    turns = [Turn(AGENT, "o", "a", "a"), Turn(AGENT, "p", "b", "b")]
    one = Episode(Task(WORLDS[0], "test", 0), turns, "end", True, False, False)
    other = attacked(one, attack)
    assert other.turns[-1].action == f"b {ATTACKS[attack]}"
    assert other.turns[0] == turns[0]
    assert one.turns[-1].action == "b"
    assert (other.success, other.final_observation) == (False, "end")


def test_the_command_writes_tables_a_page_and_a_picture(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "episodes").mkdir(parents=True)
    kept = [one.episode.to_json() for one in build(WORLDS[:1], 2) if one.kind == "expert"]
    (folder / "episodes" / "eval-after.jsonl").write_text("".join(json.dumps(one) + "\n" for one in kept))
    assert [one.kind for one in recorded(folder, "run")] == ["run"] * 2
    page = tmp_path / "audit.md"
    line = ["judge", "audit", "benchmarks/judges.yaml", "--envs", WORLDS[0], "-n", "3", "--attacks", "2"]
    found = json.loads(run(*line, "--run", str(folder), "--out", str(page), "--json").stdout)
    assert set(found) == {"careful", "gullible", "long-winded", "ensemble"}
    assert found["gullible"]["injection"]["any"] == 1.0
    text = page.read_text()
    assert "| run | 2 | 1.00 | 1.00 | 1.00 |" in text
    assert f"--run {folder}" in text
    assert "<svg" in page.with_suffix(".svg").read_text()
    assert "nowhere" in complaint("judge", "audit", "scripted:nowhere:f", "-n", "1")
    assert "has no episodes" in complaint(*line, "--run", str(tmp_path))


def test_a_page_of_a_judge_that_never_answers(tmp_path: Path, items: list[Item]) -> None:
    found = audit(SuccessJudge(Scripted(lambda request: "?")), items[:4], 2)
    text = write_audit({"silent": found}, tmp_path / "a.md", "here").read_text()
    assert "| accuracy | – |" in text
