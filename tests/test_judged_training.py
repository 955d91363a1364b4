"""Whole runs that a judge pays: what stops them, how they go on, and a judge behind a bad connection."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from chat_server import ChatServer, Handler, completion, cut, raw, status
from cli_tools import complaint, run

from scoutgym.agents import training
from scoutgym.agents.training.scoring import RULES
from scoutgym.llm.chat.budget import BudgetSpent
from scoutgym.llm.chat.core import ChatError, Request
from scoutgym.wrappers.judges.core import JudgeAlarm
from scoutgym.wrappers.judges.planted import careful

pytestmark = pytest.mark.llm

CONFIG: dict[str, Any] = {
    "name": "judged",
    "threads": 1,
    "model": {"width": 16, "layers": 1, "heads": 2, "context": 200},
    "envs": {"number": {"id": "scoutgym/Number-v0", "params": {"high": 7, "max_turns": 3}}},
    "demonstrations": {"episodes": 20},
    "sft": {"steps": 2},
    "rollout": {"iterations": 3, "groups": 2, "size": 3, "constrained": True},
    "curriculum": {"name": "uniform"},
    "eval": {"episodes": 3, "dev_episodes": 2, "temperatures": [1.0]},
}
EXAMINED = 6
"""Verdicts of an evaluation: three tasks, sampled and greedily."""
TRIED = 2
"""Verdicts before a run."""
ROUND = 6
"""Verdicts of an iteration."""


class Model:
    """What `reply` says, and what it was asked. A script is named by module and function, so there is one of it."""

    says: Callable[[Request], str] = staticmethod(careful)
    asked = 0


def reply(request: Request) -> str:
    Model.asked += 1
    return Model.says(request)


def verdict(value: float) -> str:
    """An answer of one word, which costs one token."""
    keys = {"success": value, "efficiency": value, "self_correction": value, "confidence": 1.0}
    return json.dumps({"analysis": "a", **keys}, separators=(",", ":"))


@pytest.fixture(autouse=True)
def model() -> Iterator[type[Model]]:
    Model.says, Model.asked = careful, 0
    yield Model
    Model.says = careful


def config(folder: Path, **sections: Any) -> dict[str, Any]:
    judge = {"model": f"scripted:{__name__}:reply"}
    return {**CONFIG, "judge": judge, "log": {"folder": str(folder), "checkpoint": 1, "episodes": 99}, **sections}


def learned(folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line["stage"] == "rl"]


def timeless(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in line.items() if k not in ("seconds", "tokens_per_second")} for line in lines]


def test_a_judge_that_falls_silent_stops_the_run_and_mended_it_goes_on(tmp_path: Path, model: type[Model]) -> None:
    whole = training.train(config(tmp_path / "whole"))
    model.asked = 0
    model.says = lambda request: careful(request) if model.asked <= TRIED + EXAMINED + ROUND else "I cannot say."
    with pytest.raises(JudgeAlarm, match=r"no verdict on 6 of 6 .*because of this: it is not JSON"):
        training.train(config(tmp_path))
    run = tmp_path / "judged"
    assert [line["step"] for line in learned(run)] == [1], "what nothing was learned from is no iteration"
    with pytest.raises(JudgeAlarm, match="an episode made up to try it"):
        training.resume(run)
    model.says = careful
    training.resume(run)
    assert timeless(learned(run)) == timeless(learned(whole)), "to the same bits"


def test_a_judge_that_never_answers_in_its_form_is_an_error_before_the_run(tmp_path: Path, model: type[Model]) -> None:
    model.says = lambda request: '{"verdict": "good"}'
    with pytest.raises(JudgeAlarm, match=r"the judge success has no verdict on an episode made up .* with the fields"):
        training.train(config(tmp_path))
    assert not (tmp_path / "judged").exists()


def test_a_run_that_its_budget_stopped_goes_on_with_a_larger_one(tmp_path: Path, model: type[Model]) -> None:
    model.says = lambda request: verdict(0.5)
    name = f"scripted:{__name__}:reply"
    longest = 512  # tokens of an answer, put aside before each call
    judge = {"model": name, "prices": {name: {"prompt": 0, "completion": 1e6}}}
    first = longest + TRIED + EXAMINED + ROUND + 2
    with pytest.raises(BudgetSpent):
        training.train(config(tmp_path, judge={"model": {**judge, "budget": first}}))
    run = tmp_path / "judged"
    assert [line["step"] for line in learned(run)] == [1]

    def spent() -> float:
        return float(json.loads((run / "spent.json").read_text())["spent"])

    assert spent() == model.asked
    assert first - longest < spent() <= first

    before, model.asked = spent(), 0
    with pytest.raises(BudgetSpent):
        training.resume(run)
    assert model.asked == 0, "not even the trial"
    assert spent() == before
    assert [line["step"] for line in learned(run)] == [1]

    settings = yaml.safe_load((run / "config.yaml").read_text())
    settings["judge"]["model"]["budget"] = first + 200
    (run / "config.yaml").write_text(yaml.safe_dump(settings))
    before, model.asked = spent(), 0
    training.resume(run)
    assert [line["step"] for line in learned(run)] == [1, 2, 3]
    assert model.asked == TRIED + 2 * ROUND + EXAMINED
    assert spent() == before + model.asked


@pytest.mark.parametrize(("value", "tokens"), [(0.5, True), (0.4, False)])
def test_imitation_is_of_what_the_judge_says_succeeded(
    value: float, tokens: bool, tmp_path: Path, model: type[Model]
) -> None:
    model.says = lambda request: verdict(value)
    run = training.train(config(tmp_path, objective={"name": "imitation"}))
    assert [line["tokens"] > 0 for line in learned(run)] == [tokens] * 3


def test_a_list_of_guards_is_a_configuration(tmp_path: Path) -> None:
    guards = [{"name": "success_gated"}, {"name": "trust_weighted", "alpha": 0.1}]
    run = training.train(config(tmp_path, judge={"model": f"scripted:{__name__}:reply", "guard": guards}))
    assert json.loads((run / "summary.json").read_text())["judged"]["guard"] == "SuccessGated + TrustWeighted"
    assert yaml.safe_load((run / "config.yaml").read_text())["judge"]["guard"] == guards


# A judge behind a bad connection.


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    server = ChatServer()
    monkeypatch.setenv("JUDGE_KEY", server.key)
    yield server
    server.stop()


def behind(server: ChatServer, **more: Any) -> dict[str, Any]:
    keys = {"model": "openai:tiny", "base_url": server.url, "key_env": "JUDGE_KEY", "tries": 1, **more}
    return {"model": keys}


BROKEN = (status(429), cut, raw(b'{"choices": ['), raw(b"not JSON"))


def test_what_a_server_breaks_is_counted_and_not_learned_from(tmp_path: Path, server: ChatServer) -> None:
    def now_and_then(handler: Handler, body: dict[str, Any]) -> None:
        """One episode in five never gets through, whoever asks how often."""
        told = next((one["content"] for one in body["messages"] if one["content"].startswith("{")), "")
        luck = zlib.crc32(told.encode())
        if told and RULES not in told and luck % 5 == 0:
            BROKEN[luck // 5 % len(BROKEN)](handler, body)
        else:
            handler.say(200, completion(handler, body, verdict((luck % 11) / 10)))

    server.always = now_and_then
    sections = {"rollout": {**CONFIG["rollout"], "groups": 8}, "eval": {**CONFIG["eval"], "episodes": 12}}
    run = training.train(config(tmp_path, judge=behind(server), **sections))
    lines = learned(run)
    assert len(lines) == 3
    assert any(line["judge/error"] for line in lines)
    for line in lines:
        assert line["judge/error"] == pytest.approx(line["judge/failed"] / line["judge/asked"])
        assert line["judge/error"] < 0.5
        assert (line["collect/dropped"] > 0) == (line["judge/error"] > 0)
        assert (line.get("outcome/judge_error", 0) > 0) == (line["judge/error"] > 0)
    for path in sorted((run / "episodes").glob("train-*.jsonl")):
        groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for text in path.read_text().splitlines():
            one = json.loads(text)
            groups.setdefault((json.dumps(one["task"]), one["luck"]), []).append(one["turns"][-1])
        for turns in groups.values():
            failed = any(turn["outcome"] == "judge_error" for turn in turns)
            assert all(("worth" in turn["rewards"]) != failed for turn in turns), "a whole group, or nothing of it"
    figures = json.loads((run / "summary.json").read_text())["groups"]["number"]["after"]["figures"]
    assert set(figures) == {"judged", "judge_error"}


def test_a_wrong_key_is_an_error_before_the_run(
    tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", "sk-wrong")
    with pytest.raises(ChatError):
        training.train(config(tmp_path, judge=behind(server)))
    assert not (tmp_path / "judged").exists()


def test_a_server_that_goes_away_stops_the_run(tmp_path: Path, server: ChatServer) -> None:
    calls = 0

    def then_gone(handler: Handler, body: dict[str, Any]) -> None:
        nonlocal calls
        calls += 1
        if calls > 1 + TRIED + EXAMINED + ROUND:
            status(503)(handler, body)
        else:
            handler.say(200, completion(handler, body, verdict(0.5)))

    server.always = then_gone
    with pytest.raises(JudgeAlarm, match=r"no verdict on 6 of 6 .*503"):
        training.train(config(tmp_path, judge=behind(server, concurrency=1)))
    assert [line["step"] for line in learned(tmp_path / "judged")] == [1]


# As a user has it.


def test_the_example_trains(tmp_path: Path) -> None:
    example = Path(__file__).parent.parent / "examples" / "judged.yaml"
    small = ["rollout.iterations=2", "rollout.groups=2", "rollout.size=2", "eval.episodes=2", "eval.dev_episodes=1"]
    run = training.train(training.load_config(example, [*small, "eval.temperatures=[1.0]", f"log.folder={tmp_path}"]))
    assert [line["step"] for line in learned(run)] == [1, 2]
    assert json.loads((run / "summary.json").read_text())["judged"]["judge"] == "success"


def test_a_judge_named_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("judged.yaml").write_text(yaml.safe_dump({**CONFIG, "rollout": {**CONFIG["rollout"], "iterations": 1}}))
    named = "scripted:scoutgym.wrappers.judges.planted:careful"
    run("train", "judged.yaml", "judge.guard=[{name: success_gated}]", "--judge", named)
    told = json.loads(Path("runs/judged/summary.json").read_text())["judged"]
    assert (told["judge"], told["guard"]) == ("success", "SuccessGated")
    assert [row["calls"] for row in told["models"].values()] == [TRIED + 2 * EXAMINED + ROUND]


def test_a_judge_without_verdicts_is_one_line_of_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: type[Model]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("judged.yaml").write_text(yaml.safe_dump(CONFIG))
    model.says = lambda request: "Well."
    line = complaint("train", "judged.yaml", "--judge", f"scripted:{__name__}:reply")
    assert "has no verdict on an episode made up to try it: it is not JSON" in line
    assert not Path("runs").exists()
