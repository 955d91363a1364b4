"""`scoutgym export`: what was played comes out as it was, in the formats of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_tools import complaint, run

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.agents.training.export import export, messages, read_episodes
from scoutgym.agents.training.folder import write_episodes
from scoutgym.types import Episode, Task

pytestmark = pytest.mark.llm

TASKS = [Task("scoutgym/Number-v0", "train", index, {"high": 15, "max_turns": 4}) for index in range(6)]


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    """Four episodes of each of six tasks: one by the expert, which always finds the number, three at random."""
    expert = list(rollout(ExpertAgent(), [Job(task) for task in TASKS]))
    return expert + list(rollout(RandomAgent(), [Job(task, 0, sample) for task in TASKS for sample in (1, 2, 3)]))


@pytest.fixture
def folder(tmp_path: Path, episodes: list[Episode]) -> Path:
    write_episodes(tmp_path / "episodes" / "train-00001.jsonl", episodes[:10])
    write_episodes(tmp_path / "episodes" / "train-00002.jsonl", episodes[10:])
    write_episodes(tmp_path / "episodes" / "eval-after.jsonl", episodes[:3])  # never exported
    return tmp_path


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_messages_alternate_and_say_what_was_said(episodes: list[Episode]) -> None:
    one = episodes[0]
    said = messages(one)
    assert [message["role"] for message in said] == ["user", "assistant"] * len(one.turns)
    assert [message["content"] for message in said[::2]] == [turn.obs for turn in one.turns]
    assert [message["content"] for message in said[1::2]] == [turn.text for turn in one.turns]


def test_every_episode_of_a_run_is_a_conversation(folder: Path, episodes: list[Episode]) -> None:
    done = run("export", str(folder))
    rows = lines(folder / "export" / "messages.jsonl")
    assert f"{len(episodes)} rows of {len(episodes)} episodes" in " ".join(done.stdout.split())
    assert [row["return"] for row in rows] == [episode.total for episode in episodes]
    assert [Task.from_json(row["task"]) for row in rows] == [episode.task for episode in episodes]


def test_only_success_is_imitated(folder: Path, episodes: list[Episode]) -> None:
    run("export", str(folder), "--to", "trl-sft")
    rows = lines(folder / "export" / "trl-sft.jsonl")
    assert len(rows) == sum(bool(episode.success) for episode in episodes) >= len(TASKS)
    assert set(rows[0]) == {"messages"}


def test_pairs_are_of_one_task_and_the_better_is_preferred(episodes: list[Episode], tmp_path: Path) -> None:
    count = export(episodes, "trl-dpo", tmp_path / "pairs.jsonl")
    rows = lines(tmp_path / "pairs.jsonl")
    assert 3 <= count == len(rows) <= len(TASKS)
    for row in rows:
        same = [e for e in episodes if messages(e)[:1] == row["prompt"]]
        better = [e for e in same if messages(e)[1:] == row["chosen"]]
        worse = [e for e in same if messages(e)[1:] == row["rejected"]]
        assert better[0].task == worse[0].task
        assert better[0].success
        assert better[0].total > worse[0].total or len(better[0].turns) < len(worse[0].turns)


def test_a_table(folder: Path, episodes: list[Episode]) -> None:
    from pyarrow import parquet

    run("export", str(folder), "--to", "parquet", "--out", str(folder / "x.parquet"))
    table = parquet.read_table(folder / "x.parquet").to_pylist()
    assert len(table) == len(episodes)
    assert table[0]["messages"] == messages(episodes[0])
    assert json.loads(table[0]["task"])["env_id"] == "scoutgym/Number-v0"


def test_a_file_of_demonstrations(tmp_path: Path) -> None:
    demos = tmp_path / "demos.jsonl"
    run("collect", "scoutgym/Number-7-v0", "-n", "5", "--out", str(demos))
    run("export", str(demos), "--to", "trl-sft")
    assert len(lines(tmp_path / "demos-trl-sft.jsonl")) == 5


def test_mistakes_are_one_line(folder: Path, tmp_path: Path, episodes: list[Episode]) -> None:
    assert "did you mean 'trl-dpo'" in complaint("export", str(folder), "--to", "trl-dpoo")
    assert "there is no folder" in complaint("export", str(folder), "--out", str(tmp_path / "no" / "x.jsonl"))
    (tmp_path / "none").mkdir()
    assert "holds no episodes" in complaint("export", str(tmp_path / "none"))
    torn = tmp_path / "torn.jsonl"
    torn.write_text(json.dumps(episodes[0].to_json()) + '\n{"task": ')
    assert "line 2" in complaint("export", str(torn))
    lost = [episode for episode in episodes if not episode.success][:1]
    with pytest.raises(ValueError, match="no episode was successful"):
        export(lost, "trl-sft", tmp_path / "x.jsonl")
    with pytest.raises(ValueError, match="both better and worse"):
        export(lost, "trl-dpo", tmp_path / "x.jsonl")
    assert read_episodes(folder)[0].task in TASKS
