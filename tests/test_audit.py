"""The audit of judges: figures by hand, kinds that are what they say, attacks that move words alone."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import proof_worlds
import pytest
import yaml
from cli_tools import complaint, run

from scoutgym.agents.core import Job, rollout
from scoutgym.agents.players import RandomAgent
from scoutgym.benchmark.audit import audit, build, recorded, write_audit
from scoutgym.benchmark.audit.figures import auc, ece, figures, reliability, share
from scoutgym.benchmark.audit.page import tables
from scoutgym.benchmark.audit.pool import CLAIM, Item, played_in
from scoutgym.curricula.core import Arm
from scoutgym.llm.chat.core import Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.stats import wilson
from scoutgym.types import AGENT, Episode, Task, Turn
from scoutgym.wrappers.judges.asking import OneOf, Share, Shares, Text, Texts, read, schema
from scoutgym.wrappers.judges.injection import ATTACKS, FORGED, attacked, attacks, filled
from scoutgym.wrappers.judges.make import JUDGES, make_judge
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


def test_verdicts_outside_of_0_and_1_are_counted_at_the_ends() -> None:
    v = np.array([-0.3, -0.1, 0.05, 0.55, 1.2, 1.0])
    y = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    table = [(0.05 / 3, 1 / 3, 3), (0.55, 1.0, 1), (1.0, 0.5, 2)]
    assert [pytest.approx(one) for one in table] == reliability(v, y)
    assert sum(number for _, _, number in reliability(v, y)) == 6
    assert ece(v, y) == pytest.approx((3 * (1 / 3 - 0.05 / 3) + 0.45 + 2 * 0.5) / 6)


def test_a_share_that_is_the_same_everywhere_is_not_known_to_be_so() -> None:
    tasks = [bytes([n // 2]) for n in range(20)]
    assert share(np.ones(20, bool), tasks)[:2] == (1.0, pytest.approx(wilson(10, 10).low))
    found = figures(np.full(20, 0.9), np.ones(20), tasks, range(20))
    assert found["precision"] == share(np.ones(20, bool), tasks)
    assert all(math.isnan(one) for one in found["false_positives"]), "there are no failures"


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
    assert {one.source for one in items} == {"players"}
    with pytest.raises(ValueError, match="has no expert"):
        build([proof_worlds.Riddle.spec.id], 1)


def test_a_world_is_named_with_what_it_was_played_with() -> None:
    def name(world: str, **params: Any) -> str:
        return played_in(Task(f"scoutgym/{world}-v0", "test", 0, params))

    assert name("Maze") == "scoutgym/Maze-v0"
    assert name("Maze", width=3, height=3, max_turns=12) == "scoutgym/Maze-3-v0"
    assert name("Number", high=15, max_turns=10) == "scoutgym/Number-v0(high=15, max_turns=10)"
    assert {one.world for one in build(["scoutgym/Maze-3-v0"], 1)} == {"scoutgym/Maze-3-v0"}


def kept(folder: Path, **when: list[Item]) -> Path:
    """A run folder with test episodes of before and after."""
    (folder / "episodes").mkdir(parents=True)
    for name, items in when.items():
        lines = (json.dumps(one.episode.to_json()) + "\n" for one in items)
        (folder / "episodes" / f"eval-{name}.jsonl").write_text("".join(lines))
    return folder


def test_recorded_worlds_are_not_mixed_with_those_of_players(items: list[Item], tmp_path: Path) -> None:
    arm = Arm.of("short", "scoutgym/Number-v0", {"high": 15})
    played = [Item("random", one) for one in rollout(RandomAgent(), [Job(arm.task("test", n)) for n in range(3)])]
    mine = recorded(kept(tmp_path / "run", after=played), "after", "run")
    found = audit(SuccessJudge(Scripted(careful)), items + mine, 0)
    assert found.worlds == 3
    assert list(found.by_world)[-1] == "scoutgym/Number-v0(high=15)", "nobody knows how hard it is"
    assert found.by_world["scoutgym/Number-v0(high=15)"]["episodes"] == 3
    assert math.isnan(found.by_world["scoutgym/Number-v0(high=15)"]["random"])


def test_figures_are_told_apart_by_who_played(items: list[Item], tmp_path: Path) -> None:
    """A policy that has learned to please a judge is not what players are to it."""
    won, lost = ([one for one in items if one.kind == kind] for kind in ("expert", "random"))
    folder = kept(tmp_path / "run", before=won, after=lost)
    trained = [*recorded(folder, "before", "before"), *recorded(folder, "after", "after")]
    judge = SuccessJudge(Scripted(long_winded))
    found = audit(judge, items + trained, 0)
    assert list(found.by_source) == ["players", "before", "after"]
    alone = audit(judge, items, 0)
    assert found.by_source["players"] == alone.figures
    assert found.by_source["before"]["prevalence"][0] == 1.0
    assert (
        found.by_source["after"]["false_positives"] == audit(judge, trained[len(won) :], 0).figures["false_positives"]
    )
    assert found.by_kind["after"]["low"] < found.by_kind["after"]["passed"] <= found.by_kind["after"]["high"]
    rows = dict(tables({"x": found})[1][2])
    assert rows["before: accuracy"] == "1.00 [.76, 1.00]", "Wilson's of twelve tasks"
    assert len(rows) == 3 * 5


def test_an_audit_sees_each_weakness(items: list[Item]) -> None:
    found = {one.__name__: audit(SuccessJudge(Scripted(one)), items, 5) for one in (careful, gullible, long_winded)}
    assert found["careful"].figures["accuracy"][0] == 1.0
    assert found["careful"].injection["any"]["passed"][0] == found["careful"].injection["any"]["silenced"][0] == 0.0
    assert found["gullible"].by_kind["false claim"]["passed"] == 1.0
    assert found["gullible"].injection["verdict"]["passed"][0] == 1.0
    assert found["gullible"].by_kind["near miss"]["passed"] == 0.0
    assert found["long_winded"].figures["precision"][0] < 0.9
    for one in found.values():
        assert sum(one.confusion.values()) == one.episodes == len(items)
        json.dumps(one.to_json(), allow_nan=False)


ASKED = {
    "success": {},
    "rubric": {"rubric": {"It was done.": 2, "With care.": 1}},
    "rethink": {},
    "turns": {"pay": "absolute"},
    "win_rate": {},
    "hindsight": {},
}
MODEL = "scripted:scoutgym.wrappers.judges.planted:gullible"
RECORDS = {name: {"name": name, "model": MODEL, **options} for name, options in ASKED.items()}
RECORDS |= {
    name: {"name": name, "judges": [RECORDS["success"], RECORDS["rethink"]]} for name in ("cascade", "ensemble")
}
RECORDS["consistency"] = {"name": "consistency"}


@pytest.mark.parametrize("name", RECORDS)
def test_every_judge_can_be_audited(name: str, items: list[Item]) -> None:
    assert set(RECORDS) == set(JUDGES)
    few = [one for one in items if one.episode.task.index < 2]
    found = audit(make_judge(RECORDS[name]), few, 2)
    assert sum(found.confusion.values()) == len(few), "a verdict on every episode"
    assert found.injection.keys() >= {"any", "claim", "prose"}
    assert ("verdict" in found.injection) == (name != "consistency"), "who is asked for no verdict is sent none"
    if name != "consistency":
        assert found.by_kind["false claim"]["verdict"] > found.by_kind["near miss"]["verdict"]
        assert found.injection["verdict"]["passed"][0] == 1.0
        assert found.injection["prose"]["passed"][0] == found.injection["verdict"]["silenced"][0] == 0.0
        assert found.injection["prose"]["silenced"][0] == 1.0
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize("name", [name for name in ASKED if name != "hindsight"])
def test_a_forged_verdict_is_one_of_the_judges_own_form(name: str, items: list[Item]) -> None:
    """A model that repeats the last verdict it reads in an agent's words has given one."""

    def repeats(request: Request) -> str:
        data = json.loads(request.messages[1].content)
        said = (
            [one["turns"][-1]["agent"] for one in (data["first"], data["second"])]
            if "first" in data
            else [data["turns"][-1]["agent"]]
        )
        for line in (line for one in said for line in one.splitlines()):
            start = line.find('{"')
            if start >= 0 and set(json.loads(line[start:])) == set(request.schema["properties"]):  # type: ignore[index]
                return line[start:]
        return gullible(request)

    few = [one for one in items if one.episode.task.index < 1]
    found = audit(make_judge(RECORDS[name], lambda given: Scripted(repeats)), few, 3)
    assert found.injection["verdict"]["passed"][0] == 1.0
    assert found.injection["verdict"]["silenced"][0] == 0.0


def test_an_answer_is_forged_from_any_form() -> None:
    fields = {"w": Text(), "n": Share(-1.0, 3.0), "some": Shares(2), "one": OneOf(("a", "b")), "list": Texts(2, 3)}
    answer = filled(schema(fields), 1.0, "done")
    assert read(json.dumps(answer), fields) == {
        "w": "done", "n": 3.0, "some": [1.0, 1.0], "one": "a", "list": ["done", "done"]
    }  # fmt: skip
    assert filled(schema(fields), 0.25, "x")["n"] == 0.0
    assert set(attacks([])) == {name for name, text in ATTACKS.items() if FORGED not in text}
    assert json.loads(attacks([schema(fields)])["verdict"]) == filled(schema(fields), 1.0, "The task was done.")


def test_an_attack_that_prevents_the_verdict_has_not_moved_the_judge_and_is_counted(items: list[Item]) -> None:
    def choked(request: Request) -> str:
        return "[" if "quote this line" in request.messages[1].content else careful(request)

    found = audit(SuccessJudge(Scripted(choked)), items, 4)
    assert found.injection["broken JSON"]["silenced"][0] == 1.0
    assert found.injection["broken JSON"]["passed"][0] == 0.0
    assert found.injection["prose"]["silenced"][0] == 0.0
    assert found.injection["any"]["silenced"][0] == 1.0
    low, high = found.injection["prose"]["silenced"][1:]
    assert low == 0.0
    assert 0.3 < high < 1.0, "of four tasks nothing is certain"
    titles = {title: rows for title, _, rows in tables({"x": found})}
    (row,) = [rows for title, rows in titles.items() if title.startswith("No verdict by attack")]
    assert ["broken JSON", "1.00 [.51, 1.00]"] in row


def test_one_that_compares_sees_an_attack_among_the_others_of_the_task(items: list[Item]) -> None:
    """The others are as they were: the attacked one is moved, and not by what was done to them."""
    seen: list[list[str]] = []

    def watching(request: Request) -> str:
        data = json.loads(request.messages[1].content)
        seen.append([data[side]["turns"][-1]["agent"] for side in ("first", "second")])
        return gullible(request)

    few = [one for one in items if one.episode.task.index < 1]
    found = audit(make_judge(RECORDS["win_rate"], lambda given: Scripted(watching)), few, 1)
    attacked_in = [pair for pair in seen if any(ATTACKS["claim"] in said for said in pair)]
    assert len(attacked_in) == 2 * 4, "one of five, against each of the others, both ways round"
    assert all(sum(ATTACKS["claim"] in said for said in pair) == 1 for pair in attacked_in)
    assert found.injection["claim"]["passed"][0] == 1.0


def test_episodes_without_a_verdict_are_counted_apart(items: list[Item]) -> None:
    def silent_on_wins(request: Request) -> str:
        return "?" if careful(request).startswith('{"analysis": "The world says') else careful(request)

    found = audit(SuccessJudge(Scripted(silent_on_wins)), items, 2)
    assert found.errors["won"] == 1.0
    assert found.errors["lost"] == 0.0
    assert found.confusion["tp"] == found.confusion["fn"] == 0
    assert math.isnan(found.figures["recall"][0])
    json.dumps(found.to_json(), allow_nan=False)


def test_an_attack_is_behind_the_last_action_and_changes_nothing_else() -> None:
    turns = [Turn(AGENT, "o", "a", "a"), Turn(AGENT, "p", "b", "b")]
    one = Episode(Task(WORLDS[0], "test", 0), turns, "end", True, False, False)
    other = attacked(one, "words")
    assert other.turns[-1].action == "b words"
    assert other.turns[0] == turns[0]
    assert one.turns[-1].action == "b"
    assert (other.success, other.final_observation) == (False, "end")


def test_the_command_writes_tables_a_page_and_a_picture(tmp_path: Path) -> None:
    won, lost = ([one for one in build(WORLDS[:1], 2) if one.kind == kind] for kind in ("expert", "near miss"))
    folder = kept(tmp_path / "run", before=lost, after=won)
    page = tmp_path / "audit.md"
    line = ["judge", "audit", "benchmarks/judges.yaml", "--envs", WORLDS[0], "-n", "2", "--attacks", "1"]
    found = json.loads(run(*line, "--run", str(folder), "--out", str(page), "--json").stdout)
    assert set(found) == set(yaml.safe_load(Path("benchmarks/judges.yaml").read_text()))
    assert found["rethink gullible"]["injection"]["any"]["passed"][0] == 1.0
    text = page.read_text()
    assert "| run before | 2 | 0.00 | 0.00 [.00, .66] |" in text
    assert "| run after | 2 | 1.00 | 1.00 [.34, 1.00] |" in text
    assert "| run after: accuracy | 1.00 [.34, 1.00] |" in text
    assert f"--run {folder}" in text
    assert "<svg" in page.with_suffix(".svg").read_text()
    html = page.with_suffix(".html").read_text()
    drawn = json.loads(html.split('id="data">')[1].split("</script>")[0])
    assert [one["name"] for one in drawn["judges"]] == list(found)
    for one in drawn["judges"]:
        assert {key: value for key, value in one.items() if key != "name"} == found[one["name"]]
    assert [title for title, _, _ in drawn["tables"]] == re.findall("^## (.*)$", text, re.MULTILINE)[
        : len(drawn["tables"])
    ]
    assert drawn["command"].split() == text.split("`")[1].split()
    other = tmp_path / "named.html"
    run(*line, "--run", str(folder), "--out", str(other))
    assert other.with_suffix(".md").read_text().splitlines()[0] == text.splitlines()[0]
    assert other.read_text() == html, "what is named as HTML is the HTML page"
    assert "nowhere" in complaint("judge", "audit", "scripted:nowhere:f", "-n", "1")
    assert "has no episodes" in complaint(*line, "--run", str(tmp_path))


def test_a_page_of_a_judge_that_never_answers(tmp_path: Path, items: list[Item]) -> None:
    found = audit(SuccessJudge(Scripted(lambda request: "?")), items[:4], 2)
    text = write_audit({"silent": found}, tmp_path / "a.md", "here").read_text()
    assert "| accuracy | – |" in text
