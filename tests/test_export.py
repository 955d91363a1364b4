"""`scoutgym export`: what was played comes out as it was, in the formats of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chat_templates import tokenizer
from cli_tools import complaint, run

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.formats import Bare, Format, Json, Tags, Tool
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.agents.training import train
from scoutgym.agents.training.export import Writing, conversation, export, read_episodes, writing
from scoutgym.agents.training.folder import write_episodes
from scoutgym.llm.render import ChatTemplate, WordChat
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Message, Task

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


def messages(episode: Episode) -> list[dict[str, str]]:
    chat = conversation(episode)
    return [*chat.prompt, *chat.rest]


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
        assert row["prompt"][-1]["role"] == "user"
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


# What was read.


def words_of(*texts: str) -> Words:
    """Every word of these, and every letter."""
    return Words.of([*texts, *texts])


@pytest.mark.parametrize(
    "form", [Bare(), Bare(thinking=3), Tags(), Json(), Json(schema=True), Tool()], ids=lambda form: str(form.record())
)
def test_the_first_message_is_what_the_model_read(form: Format, episodes: list[Episode]) -> None:
    """Its tokens are those that the export's messages have."""
    rules = "Write Think first, between your action answer tags as a JSON object: {} Act by calling functions schema"
    words = words_of(*[turn.obs for turn in episodes[0].turns], rules)
    for renderer in (WordChat(words), ChatTemplate(tokenizer("qwen2.5"))):
        size = words if isinstance(renderer, WordChat) else words_of("a")
        model = tiny_llama(size, 16, 1, 2, 4096, 0)
        if not isinstance(renderer, WordChat):
            model.resize_token_embeddings(len(renderer.tokenizer))
        (one,) = rollout(LMAgent(model, renderer, max_tokens=3, format=form), [Job(TASKS[0])])
        chat = conversation(one, Writing(form, renderer))
        shown = [Message(message["role"], message["content"]) for message in chat.prompt]
        assert renderer.prompt(shown, chat.tools) == list(one.turns[0].prompt_ids)
        assert [message["content"] for message in chat.rest[::2]] == [turn.text for turn in one.turns]
        assert [message["content"] for message in chat.rest[1::2]] == [turn.obs for turn in one.turns[1:]]
        if isinstance(form, Tags):
            assert shown[0].content.endswith("Write your action between <answer> and </answer>.")
        if isinstance(form, Tool):
            assert bool(chat.tools) == renderer.tools
            assert {message["role"] for message in chat.rest[1::2]} <= {"tool" if renderer.tools else "user"}


def test_a_run_says_how_it_was_written(tmp_path: Path) -> None:
    done = train(
        {
            "name": "run",
            "threads": 1,
            "model": {"width": 16, "layers": 1, "heads": 2, "context": 256},
            "format": {"name": "tags"},
            "envs": {"number": "scoutgym/Number-7-v0"},
            "demonstrations": {"episodes": 6},
            "sft": {"steps": 0},
            "rollout": {"iterations": 1, "groups": 2, "size": 2, "max_tokens": 4},
            "eval": {"episodes": 2, "dev_episodes": 1, "temperatures": [1.0]},
            "log": {"folder": str(tmp_path)},
        }
    )
    run("export", str(done))
    for row in lines(done / "export" / "messages.jsonl"):
        assert row["messages"][0]["content"].endswith("Write your action between <answer> and </answer>.")
        assert "between <answer>" not in str(row["messages"][1:])
    assert writing(done / "config.yaml") is None  # a file of episodes does not say


def test_an_episode_that_went_on_begins_where_the_conversation_began(episodes: list[Episode]) -> None:
    whole = next(one for one in episodes if len(one.turns) >= 3)
    task = Task(whole.task.env_id, "train", whole.task.index, whole.task.params, (whole.turns[0].action,))
    (rest,) = rollout(ExpertAgent(), [Job(task, whole.luck, 0, whole.turns[:1])])
    assert conversation(rest).prompt == messages(whole)[:3]
    (told,) = rollout(ExpertAgent(), [Job(task, whole.luck)])  # who goes on alone is told what went before
    assert len(conversation(told).prompt) == 1
    assert f"> {whole.turns[0].action}" in conversation(told).prompt[0]["content"]


def test_pairs_of_self_play_are_of_one_role_that_read_the_same(tmp_path: Path) -> None:
    tasks = [Task("scoutgym/Kuhn-v0", "train", index) for index in range(6)]
    jobs = [Job(task, 0, sample) for task in tasks for sample in range(8)]
    played = list(rollout(RandomAgent(), jobs, opponent=None))
    assert len({one.role for one in played}) == 2
    count = export(played, "trl-dpo", tmp_path / "pairs.jsonl")
    assert count > 6
    for row in lines(tmp_path / "pairs.jsonl"):
        sides = [
            [one for one in played if messages(one) == [*row["prompt"], *row[side]]] for side in ("chosen", "rejected")
        ]
        assert all(sides)
        assert {one.role for one in sides[0]} & {one.role for one in sides[1]}


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
