"""Training: masks, credit by hand, gradients that nothing incidental moves; and a run that learns, dies and goes on."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import types
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
import yaml
from credit_tools import Table
from torch import nn
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import ExpertAgent, RandomAgent
from scoutgym.agents.training import folder as files
from scoutgym.agents.training import load_agent, load_config, resume, train
from scoutgym.agents.training.batches import micro_batches
from scoutgym.agents.training.config import (
    LoraConfig,
    ModelConfig,
    ObjectiveConfig,
    OptimConfig,
    RolloutConfig,
    TrainConfig,
    dump_config,
    parse_config,
)
from scoutgym.agents.training.credit.core import Credited, credit_rule
from scoutgym.agents.training.demonstrations import written
from scoutgym.agents.training.evaluation import DECODINGS, Evaluation, Score
from scoutgym.agents.training.experience import learned_from
from scoutgym.agents.training.learner import Learner
from scoutgym.agents.training.objective import likelihood, make_objective
from scoutgym.agents.training.policy import load_policy
from scoutgym.agents.training.recipes import RECIPES
from scoutgym.agents.training.rows import Row, episode_rows
from scoutgym.agents.training.summary import summarize, told_table
from scoutgym.agents.training.trainer import Trainer
from scoutgym.agents.training.warm_start import WarmStart
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Reply, State, World
from scoutgym.envs.grammar import Action, Form, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.llm.tiny import tiny_llama
from scoutgym.llm.words import Words
from scoutgym.types import Episode, Group, Outcome, Task, Turn

pytestmark = pytest.mark.llm

TASK = Task("scoutgym/Number-v0", "train", 0, {"high": 15, "max_turns": 4})
torch.set_num_threads(1)


def played(temperature: float = 1.0) -> tuple[LMAgent, list[Episode]]:
    """A few episodes of several turns by an untrained model."""
    seen = list(rollout(RandomAgent(), [Job(Task(TASK.env_id, "train", n, TASK.params)) for n in range(20)]))
    words = Words.of(text for episode in seen for turn in episode.turns for text in (turn.obs, turn.action, "Invalid:"))
    model = tiny_llama(words, width=32, layers=2, heads=2, context=512, seed=0)
    agent = LMAgent(model, words, temperature, max_tokens=5)
    jobs = [Job(Task(TASK.env_id, "train", n, TASK.params), 0, sample) for n in range(3) for sample in range(4)]
    return agent, list(rollout(agent, jobs))


AGENT, EPISODES = played()
ROWS = [row for n, e in enumerate(EPISODES) for row in episode_rows(e, n, [0.5 - n for n in range(len(e.turns))])]


def episode(*rewards: float, outcome: str = Outcome.OK) -> Episode:
    turns = [
        Turn("agent", "o", "a", "a", prompt_ids=[2, 3, 4], ids=[7, 5], logp=[-1.0, -2.0], reward=r) for r in rewards
    ]
    turns[-1].outcome = outcome
    return Episode(TASK, turns, "", True, False)


# From the agent's play to rows.


def test_the_decisions_are_exactly_what_was_sampled() -> None:
    for one, row in zip(EPISODES, ROWS, strict=True):
        assert len(one.turns) > 1
        assert [row.ids[d.at] for d in row.decisions] == [token for turn in one.turns for token in turn.ids]
        assert [d.logp for d in row.decisions] == [value for turn in one.turns for value in turn.logp]
        assert [d.advantage for d in row.decisions] == [0.5 - n for n, turn in enumerate(one.turns) for _ in turn.ids]


def test_prompts_and_actions_make_the_conversation() -> None:
    words = AGENT.renderer.words
    for one, row in zip(EPISODES, ROWS, strict=True):
        expected = [words.bos]
        for turn in one.turns:
            expected += [words.obs, *words.encode(turn.obs), words.act, *turn.ids]
        assert row.ids == expected


def test_a_constrained_demonstration_is_what_the_constrained_agent_would_have_chosen_from() -> None:
    agent = LMAgent(AGENT.model, AGENT.renderer, 1.0, max_tokens=5, constrain=True)
    for one in rollout(agent, [Job(Task(TASK.env_id, "train", n, TASK.params)) for n in range(8)]):
        shown = written(replace(one, turns=[replace(turn, allowed=()) for turn in one.turns]), agent, constrained=True)
        assert [turn.allowed for turn in shown.turns] == [list(turn.allowed) for turn in one.turns]
        assert any(len(left) > 1 for turn in shown.turns for left in turn.allowed)
        stray = replace(one, turns=[replace(one.turns[0], action="tell me"), *one.turns[1:]])
        assert written(stray, agent, constrained=True).turns[0].allowed == []  # no action: nothing to choose from


def test_a_demonstration_reads_like_the_agents_own_play() -> None:
    """The agent's own prompts, with its actions as it would have written them at their shortest."""
    words = AGENT.renderer.words
    for one in EPISODES:
        shown = written(one, AGENT)
        assert [turn.prompt_ids for turn in shown.turns] == [turn.prompt_ids for turn in one.turns]
        assert [turn.ids for turn in shown.turns] == [words.answer(turn.action) for turn in one.turns]


@pytest.mark.parametrize("temperature", [0.7, 1.0])
def test_trainer_and_sampler_agree_on_every_token(temperature: float) -> None:
    agent, episodes = played(temperature)
    rows = [row for n, one in enumerate(episodes) for row in episode_rows(one, n, [1.0] * len(one.turns))]
    for batch in micro_batches(rows, 600):
        gap = (likelihood(agent.model, batch, temperature).logp - batch.logp).abs().max()
        assert gap < 1e-4


# Credit.


def advantages(groups: list[Group], credited: Credited) -> list[list[float]]:
    rows = learned_from(groups, credited, ObjectiveConfig(), 0)
    return [[one.advantage for one in row.decisions] for row in rows]


def test_a_group_without_direction_gives_no_row() -> None:
    table = [Group(TASK, [episode(0, 1), episode(1)]), Group(TASK, [episode(0), episode(1)])]
    assert len(advantages(table, credit_rule("grpo").credit(table, Table()))) == 2
    assert advantages(table[:1], credit_rule("grpo").credit(table[:1], Table())) == []


def test_credit_of_single_tokens_reaches_them() -> None:
    table = [Group(TASK, [episode(0, 1), episode(1)]), Group(TASK, [episode(0)])]
    by_token = Credited([[[9.0, 9.0], [9.0]], None], {}, [[[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]], None])
    assert advantages(table, by_token) == [[0.1, 0.2, 0.3, 0.4], [0.5, 0.6]]


def test_what_each_objective_learns_from() -> None:
    won, slow, lost = episode(0, 1), episode(0, 0, 1), episode(0)
    won.success, slow.success, lost.success = True, True, False
    groups = [Group(TASK, [won, slow, lost]), Group(TASK, [lost, lost])]
    credited = Credited([[[1.0] * 2, [1.0] * 3, [-1.0]], None])

    def rows(**config: Any) -> list[Row]:
        return learned_from(groups, credited, ObjectiveConfig(**config), 0)

    assert len({row.episode for row in rows()}) == 3
    assert [len(row.decisions) for row in rows(name="imitation")] == [4, 6]  # the two that succeeded
    weights = [row.decisions[0].weight for row in rows(name="imitation", imitate="weighted", beta=0.5)]
    assert weights[0] / weights[2] == pytest.approx(np.exp(1 / 0.5))
    assert sum(weights) / 5 == pytest.approx(1)
    assert [(row.pair, row.side) for row in rows(name="preference")] == [(0, 1), (0, -1)]
    assert [row.decisions[0].advantage for row in rows(name="refuel")] == [1, 1, 1, 0, 0, 0]  # returns of pairs
    lost.turns[-1].outcome = Outcome.OUTPUT_TRUNCATED
    masked = [one.weight for row in rows(mask_overlong=True) for one in row.decisions]
    assert (masked.count(0.0), masked.count(1.0)) == (2, 10)


# Configurations.


def write(folder: Path, **keys: Any) -> Path:
    path = folder / "run.yaml"
    path.write_text(yaml.safe_dump({"envs": {"number": "scoutgym/Number-7-v0"}, **keys}))
    return path


def test_a_configuration_fills_in_and_reads_back(tmp_path: Path) -> None:
    overrides = ["optim.lr=1e-3", "envs.maze=scoutgym/Maze-3-v0", "envs.number.params={max_turns: 2}", "seed=7"]
    config = load_config(write(tmp_path), overrides)
    assert (config.name, config.seed, config.optim.lr) == ("run", 7, 1e-3)
    assert config.envs["number"].params == {"max_turns": 2}
    assert config.envs["maze"].id == "scoutgym/Maze-3-v0"
    assert parse_config(yaml.safe_load(dump_config(config))) == config


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("optim.lrr=1", "unknown key 'optim.lrr' .did you mean 'lr'"),
        ("optm.lr=1", "unknown key 'optm' .did you mean 'optim'"),
        ("envs.number.parms={}", "unknown key 'envs.number.parms' .did you mean 'params'"),
        ("optim.lr=fast", "optim.lr='fast' is wrong"),
        ("optim.lr=.inf", "optim.lr=inf is wrong"),
        ("optim.lr=-1", "greater than 0"),
        ("rollout.size=1", "rollout.size=1 is wrong"),
        ("model.heads=7", "must be a multiple of 2 x model.heads=7"),
        ("envs={}", "at least 1"),
        ("name=../up", "name='../up' is wrong"),
        ("credit.name=gro", "credit.name='gro' is wrong"),
        ("optim.lr", "write key=value"),
        ("seed.x=1", "seed"),
        ("optim.lr=[", "is not YAML"),
    ],
)
def test_a_wrong_configuration_is_one_clear_line(tmp_path: Path, override: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("[", r"\[")) as caught:
        load_config(write(tmp_path, seed=1), [override])
    assert "\n" not in str(caught.value)


def test_no_file_no_yaml_no_keys(tmp_path: Path) -> None:
    (tmp_path / "torn.yaml").write_text("a: [1")
    (tmp_path / "list.yaml").write_text("- 1")
    for name, message in (("none.yaml", "No such file"), ("torn.yaml", "is not YAML"), ("list.yaml", "holds no keys")):
        with pytest.raises(ValueError, match=message) as caught:
            load_config(tmp_path / name)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["demo", "one_game"])
def test_the_example_configurations_are_sound(name: str) -> None:
    config = load_config(Path(__file__).parent.parent / "examples" / f"{name}.yaml")
    assert config.name == name
    trainer = Trainer(config)
    assert len(trainer.arms) == len(config.envs) >= (5 if name == "demo" else 1)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("envs.number=scoutgym/Numbr-7-v0", "Numbr"),
        ("curriculum.name=secc", "did you mean 'sec'"),
        ("curriculum.options={tao: 1}", "tao"),
        ("envs.number.params={hihg: 3}", "did you mean 'high'"),
        ("eval.episodes=1000000", "test tasks, and eval asks for 1000000"),
        ("rollout.context=windo", "did you mean 'window'"),
        ("rollout.plan.name=grup", "did you mean 'group'"),
        ("format.name=jsn", "did you mean 'json'"),
        ("objective.options.clip_hihg=1", "did you mean 'clip_high'"),
        ("model.path=builtin:gams", "did you mean 'games'"),
        ("model.path=nowhere", "holds no model"),
    ],
)
def test_what_cannot_be_trained_on_leaves_no_folder(tmp_path: Path, override: str, message: str) -> None:
    config = load_config(write(tmp_path), [f"log.folder={tmp_path}/runs", override])
    with pytest.raises(Exception, match=message):
        train(config)
    assert not (tmp_path / "runs").exists()


# Whole runs.


def tiny(tmp_path: Path, **sections: Any) -> TrainConfig:
    base: dict[str, Any] = {
        "name": "tiny",
        "threads": 1,
        "model": {"width": 32, "layers": 2, "heads": 2, "context": 160},
        "envs": {"number": "scoutgym/Number-7-v0", "fifteen": "scoutgym/Number-15-v0"},
        "demonstrations": {"episodes": 120},
        "sft": {"steps": 25, "tokens": 1024, "warmup": 5, "check": 5, "tasks": 2},
        "rollout": {"iterations": 4, "groups": 4, "size": 4, "slots": 16, "max_tokens": 4},
        "optim": {"minibatches": 2},
        "eval": {"episodes": 8, "dev_episodes": 4, "temperatures": [0.5, 1.0]},
        "log": {"folder": str(tmp_path), "checkpoint": 2},
    }
    for name, values in sections.items():
        base[name] = {**base.get(name, {}), **values} if isinstance(values, dict) and name != "envs" else values
    return parse_config(base)


def records(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def timeless(run: Path) -> list[dict[str, Any]]:
    return [{k: v for k, v in one.items() if k not in ("seconds", "tokens_per_second")} for one in records(run)]


@dataclass
class Arms(State):
    """Nothing is remembered: one pull ends the episode."""


class Limit(Params):
    """Only a turn limit."""

    max_turns: int = 1


class TwoArms(World[Arms]):
    """Left pays one time in five, right four times in five."""

    spec = Spec(id="proof/TwoArms-v0", family="proof", group="arms", about="A bandit.")
    Params, State = Limit, Arms

    def grammar(self, state: Arms) -> Grammar:
        return Grammar(Form("left"), Form("right"))

    def start(self, task: Task, chance: Chance) -> Arms:
        return Arms()

    def intro(self, state: Arms, role: str) -> str:
        return "Pull the left or the right arm."

    def play(self, state: Arms, action: Action, chance: Chance) -> Reply:
        won = chance.below(5) < (1 if action[0] == "left" else 4)
        return Reply("It pays." if won else "Nothing.", done=True, success=won)

    def known(self, state: Arms, role: str) -> Any:
        return None


register(TwoArms)


class KilledError(Exception):
    """Stands for a power cut."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tiny(tmp_path_factory.mktemp("whole")))


def test_a_run_leaves_what_it_should(finished: Path) -> None:
    summary = json.loads((finished / "summary.json").read_text())
    assert set(summary["groups"]) == {"number", "fifteen"}
    for row in [*summary["groups"].values(), summary["pooled"]]:
        for player in ("random", "expert", "before", "after"):
            low, high = row[player]["ci"]
            assert 0 <= low <= row[player]["success"] <= high <= 1
        for decoding in ("greedy", "best"):
            assert {"success", "ci", "episodes"} <= set(row["after"][decoding])
        gain = row["after"]["success"] - row["before"]["success"]
        assert row["paired_difference"]["mean"] == pytest.approx(gain)
        assert row["paired_difference"]["best"]["ci"][0] <= row["paired_difference"]["best"]["mean"]
    assert summary["groups"]["number"]["expert"]["success"] == 1
    assert {"bits_per_turn", "temperature"} <= set(summary["groups"]["number"]["after"])
    assert 0 < summary["groups"]["number"]["expert"]["bits_per_turn"] < 4  # log2(15) bits to find
    assert summary["pooled"]["after"]["episodes"] == 16
    assert sum(summary["outcomes"].values()) == pytest.approx(1)
    stages = {one["stage"] for one in records(finished)}
    assert stages == {"demonstrations", "sft", "eval", "rl"}
    steps = [one for one in records(finished) if one["stage"] == "rl"]
    assert [one["step"] for one in steps] == [1, 2, 3, 4]
    assert sum(steps[0][f"curriculum/chosen/{arm}"] for arm in ("number", "fifteen")) == 4
    for name in ("train-00004", "eval-before", "eval-after"):
        lines = (finished / "episodes" / f"{name}.jsonl").read_text().splitlines()
        read = [Episode.from_json(json.loads(line)) for line in lines]
        assert len(read) == 16
        assert all(turn.bits is not None for one in read for turn in one.turns)
    assert list((finished / "tensorboard").iterdir())
    assert parse_config(yaml.safe_load((finished / "config.yaml").read_text())).name == "tiny"


def test_the_first_minibatch_is_on_policy(finished: Path) -> None:
    steps = [one for one in records(finished) if one["stage"] == "rl"]
    assert all(one["policy/sampler_gap"] < 1e-3 for one in steps)
    assert any(one["grad_norm"] > 0 for one in steps)


def test_policies_that_learn_are_sampled_from_their_whole_distribution(finished: Path) -> None:
    """What is cut off by top-p has a likelihood for the trainer and none for the sampler."""
    sampling = json.loads((finished / "summary.json").read_text())["agent"]["sampling"]
    assert (sampling["top_p"], sampling["min_p"]) == (1.0, 0.0)
    assert not {"top_p", "top_k", "min_p"} & set(RolloutConfig.model_fields)


def test_a_checkpoint_is_a_hugging_face_directory(finished: Path) -> None:
    names = [path.name for path in files.checkpoints(finished)]
    assert names == ["sft", "rl-00002", "rl-00004"]  # nothing of the midst of the warm start stays
    last = finished / "checkpoints" / "rl-00004"
    model, tokenizer = AutoModelForCausalLM.from_pretrained(last), AutoTokenizer.from_pretrained(last)
    assert model.config.vocab_size == len(tokenizer)
    assert not list(last.glob("*.bin")) + list(last.glob("*.pt")) + list(last.glob("*.pkl"))
    agent = load_agent(finished, temperature=0.0)
    assert agent.name == "run:tiny"
    assert all(torch.equal(a, b) for a, b in zip(agent.model.parameters(), model.parameters(), strict=True))
    assert len(list(rollout(agent, [Job(TASK)]))) == 1
    with pytest.raises(ValueError, match="did you mean 'rl-00004'"):
        load_agent(finished, "rl-0004")


def test_resuming_a_finished_run_changes_no_figure(finished: Path) -> None:
    before = json.loads((finished / "summary.json").read_text())
    resume(finished)
    after = json.loads((finished / "summary.json").read_text())
    assert after["groups"] == before["groups"]


@pytest.mark.parametrize("died_at", ["in iteration 4", "while writing rl-00004", "in the midst of the warm start"])
def test_a_killed_run_goes_on_to_the_same_bits(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, died_at: str
) -> None:
    def no_iteration(self: Trainer) -> float:
        if self.state.iteration == 3:
            raise KilledError
        return real_iteration(self)

    def no_state(path: Path, value: Any) -> None:
        if path.name == files.TRAINER and "rl-00004" in str(path):
            path.write_text('{"iteration": 4, "sec')
            raise KilledError
        real_json(path, value)

    def no_step(self: WarmStart, success: float) -> None:
        if self.step == 10:
            raise KilledError
        real_judge(self, success)

    real_iteration, real_json, real_judge = Trainer._iteration, files.write_json, WarmStart._judge
    with monkeypatch.context() as patch:
        if died_at.startswith("in iteration"):
            patch.setattr(Trainer, "_iteration", no_iteration)
        elif died_at.startswith("while"):
            patch.setattr(files, "write_json", no_state)
        else:
            patch.setattr(WarmStart, "_judge", no_step)
        with pytest.raises(KilledError):
            train(tiny(tmp_path))
    run = tmp_path / "tiny"
    with (run / "metrics.jsonl").open("a") as torn:
        torn.write('{"stage": "rl", "st')
    names = ["warm-000005"] if died_at.startswith("in the") else ["sft", "rl-00002"]
    assert [path.name for path in files.checkpoints(run)] == names
    assert load_agent(run).model is not None
    resume(run)
    the_same(run, finished)


def the_same(run: Path, finished: Path) -> None:
    """To the bits: weights, all that changes beside them, the log, the summary."""
    for name in ("model.safetensors", "trainer.safetensors"):
        path = Path("checkpoints") / "rl-00004" / name
        assert (run / path).read_bytes() == (finished / path).read_bytes()
    assert timeless(run) == timeless(finished)
    figures = [json.loads((one / "summary.json").read_text()) for one in (run, finished)]
    for key in ("groups", "pooled", "outcomes"):
        assert figures[0][key] == figures[1][key]


def test_a_damaged_checkpoint_is_found_out_and_the_one_before_it_taken(
    finished: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "tiny"
    shutil.copytree(finished, run)
    weights = run / "checkpoints" / "rl-00004" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(bytes(data))
    assert files.damage(run / "checkpoints" / "rl-00004") == "model.safetensors"
    assert files.damage(run / "checkpoints" / "rl-00002") is None
    resume(run)
    assert "rl-00004 is damaged (model.safetensors)" in caplog.text
    the_same(run, finished)


def test_a_loss_that_is_no_number_stops_the_run_and_says_where_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def infinite(self: Learner, batch: Any, normaliser: float, history: Any) -> Any:
        given, losses = real(self, batch, normaliser, history)
        return given, losses._replace(loss=losses.loss * float("nan"))

    real = Learner._backward
    monkeypatch.setattr(Learner, "_backward", lambda self, *args: (infinite if self.steps >= 4 else real)(self, *args))
    with pytest.raises(ValueError, match=r"the loss is nan.*rl-00002"):
        train(tiny(tmp_path, sft={"steps": 3}, credit={"name": "rebn"}))
    saved = files.newest_checkpoint(tmp_path / "tiny")
    assert saved is not None
    assert all(torch.isfinite(weight).all() for weight in load_agent(tmp_path / "tiny").model.parameters())


def test_a_run_without_a_checkpoint_starts_again(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_save", die)
        with pytest.raises(KilledError):
            train(tiny(tmp_path))
    resume(tmp_path / "tiny")
    last = Path("checkpoints") / "rl-00004" / "model.safetensors"
    assert (tmp_path / "tiny" / last).read_bytes() == (finished / last).read_bytes()


def test_an_older_run_of_the_name_is_kept(tmp_path: Path) -> None:
    for number in range(3):
        aside = files.new_folder(tmp_path / "a")
        assert aside == (tmp_path / f"a-{number}" if number else None)
        (tmp_path / "a" / "mark").write_text(str(number))
    assert {path.name: (path / "mark").read_text() for path in tmp_path.iterdir()} == {"a": "2", "a-1": "0", "a-2": "1"}


def test_a_folder_that_is_no_run_is_one_clear_line(tmp_path: Path) -> None:
    for what in (resume, load_agent):
        with pytest.raises(ValueError, match="is no run folder"):
            what(tmp_path)


def test_nothing_to_learn_leaves_the_weights_alone() -> None:
    learner = Learner(AGENT.model, OptimConfig(), make_objective("policy"), 1.0)
    before = [weight.clone() for weight in AGENT.model.parameters()]
    assert learner.learn([], (0, 1)) == {"loss/policy": 0.0, "grad_norm": 0.0}
    assert all(torch.equal(a, b) for a, b in zip(before, AGENT.model.parameters(), strict=True))


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_trains(tmp_path: Path, name: str) -> None:
    """A few iterations from a published composition, made small."""
    small: dict[str, Any] = {
        "recipe": name,
        "envs": {"number": "scoutgym/Number-7-v0"},
        "rollout": {"iterations": 2, "groups": 3, "size": 4, "temperature": 1.0},
        "optim": {"lr": 1e-3, "minibatches": 2},
        "sft": {"steps": 10},
        "eval": {"episodes": 2, "dev_episodes": 2, "temperatures": [1.0]},
    }
    if name == "archer":
        small["credit"] = {"options": {"warmup": 1}}
    run = train(tiny(tmp_path, **small))
    steps = [one for one in records(run) if one["stage"] == "rl"]
    assert [one["step"] for one in steps] == [1, 2]
    assert all(np.isfinite(value) for one in steps for value in one.values() if isinstance(value, float))
    config = load_config(run / "config.yaml")
    assert config.recipe == name
    assert config.objective.name == dict(RECIPES[name])["objective"]["name"]


@pytest.mark.parametrize("signal", ["drop", "refill"])
def test_a_policy_learns_from_both_of_its_roles(tmp_path: Path, signal: str) -> None:
    """Self-play: who acts second has a baseline and episodes too."""
    run = train(
        tiny(
            tmp_path,
            recipe="spiral",
            envs={"kuhn": "scoutgym/Kuhn-v0"},
            sft={"steps": 10},
            rollout={"iterations": 2, "max_tokens": 6, "signal": signal, "opponent": "self"},
            eval={"episodes": 4, "dev_episodes": 2},
        )
    )
    for step in (one for one in records(run) if one["stage"] == "rl"):
        assert {key.rpartition(" ")[2] for key in step if key.startswith("credit/baseline/")} == {"first", "second"}
    kept = [json.loads(line) for line in (run / "episodes" / "train-00001.jsonl").read_text().splitlines()]
    assert {episode["role"] for episode in kept} == {"first", "second"}
    assert all(step["episodes"] >= 2 * 4 * 4 for step in records(run) if step["stage"] == "rl")


def test_long_episodes_cost_what_the_configuration_says(tmp_path: Path) -> None:
    """What is logged and kept is as it was played; what is learned from has the price of its length."""

    def told(name: str, overlong: dict[str, int] | None) -> list[tuple[float, float, float]]:
        credit = {"name": "reinforce", "overlong": overlong}
        run = train(tiny(tmp_path, name=name, credit=credit, sft={"steps": 5}, rollout={"iterations": 1}))
        (step,) = (one for one in records(run) if one["stage"] == "rl")
        return [(step["return/number"], step["return/fifteen"], step["loss/policy"])]

    ((*free, loss),), ((*priced, other),) = told("free", None), told("priced", {"longest": 2, "margin": 1})
    assert free == priced
    assert abs(loss - other) > 1e-3


def test_an_expert_of_one_role_demonstrates_no_self_play(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"rollout\.signal=demonstrate"):
        tiny(tmp_path, rollout={"opponent": "self", "signal": "demonstrate"})


def test_a_recipe_gives_way_to_what_is_said(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, recipe="gigpo", optim={"lr": 0.5}))
    assert (config.credit.name, config.credit.gamma, config.optim.lr) == ("gigpo", 0.95, 0.5)
    other = load_config(write(tmp_path, recipe="gigpo", credit={"name": "grpo"}))
    assert (other.credit.name, other.credit.gamma, other.credit.options) == ("grpo", 1.0, {})
    with pytest.raises(ValueError, match="did you mean 'gigpo'"):
        load_config(write(tmp_path, recipe="gigp"))


@pytest.mark.parametrize("signal", ["refill", "demonstrate"])
def test_groups_that_say_nothing_are_refilled_or_shown_how(tmp_path: Path, signal: str) -> None:
    run = train(tiny(tmp_path, rollout={"signal": signal, "iterations": 2}, sft={"steps": 3}, log={"episodes": 999}))
    steps = [one for one in records(run) if one["stage"] == "rl"]
    if signal == "refill":
        assert steps[0]["episodes"] > 16
    else:
        assert steps[0]["episodes"] == 16
        assert steps[0]["credit/zero_variance"] == 0  # an untrained model fails everywhere, and the expert never
        assert steps[0]["grad_norm"] > 0


def test_formats_constraints_and_adapters_train(tmp_path: Path) -> None:
    first = train(tiny(tmp_path, rollout={"constrained": True, "iterations": 1}))
    assert all(one["outcome/ok"] == 1 for one in records(first) if one["stage"] == "rl")
    start = first / "checkpoints" / "sft"
    again = tiny(
        tmp_path,
        name="lora",
        model={"path": str(start), "lora": {"rank": 2, "alpha": 4}},
        sft={"steps": 0},
        objective={"options": {"kl": 0.1}},
        rollout={"iterations": 2},
    )
    run = train(again)
    steps = [one for one in records(run) if one["stage"] == "rl"]
    assert steps[0]["policy/kl_ref"] < 1e-3 < 1 < max(one["grad_norm"] for one in steps) + 1
    merged = load_agent(run).model
    assert not hasattr(merged, "peft_config")
    base = load_agent(first, "sft").model
    changed = [not torch.equal(a, b) for a, b in zip(merged.parameters(), base.parameters(), strict=True)]
    assert any(changed)
    assert not changed[0]  # the embeddings have no adapter
    whole = (run / "checkpoints" / "rl-00002" / "model.safetensors").read_bytes()
    shutil.rmtree(run / "checkpoints" / "rl-00002")
    resume(run)
    assert (run / "checkpoints" / "rl-00002" / "model.safetensors").read_bytes() == whole


def dropped_out(folder: Path) -> None:
    """A model that drops half of everything wherever it is in training mode."""
    words = AGENT.renderer.words
    half = {"resid_pdrop": 0.5, "embd_pdrop": 0.5, "attn_pdrop": 0.5}
    model = GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=2, n_positions=512, vocab_size=len(words), **half))
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.2, generator=torch.Generator().manual_seed(1))
    model.save_pretrained(folder)
    words.save(folder)


@pytest.mark.parametrize("lora", [None, LoraConfig(rank=2, alpha=4)])
def test_nothing_is_dropped_out_where_a_policy_learns(tmp_path: Path, lora: LoraConfig | None) -> None:
    dropped_out(tmp_path)
    policy = load_policy(tmp_path, ModelConfig(path=str(tmp_path), lora=lora, device="cpu"))
    agent = LMAgent(policy.model, policy.renderer, max_tokens=5)
    learner = Learner(policy.model, OptimConfig(lr=1e-3, minibatches=1), make_objective("policy"), 1.0)
    for step in range(3):  # nor after it has learned
        episodes = list(rollout(agent, [Job(TASK, 0, sample) for sample in range(6)]))
        rows = [row for n, e in enumerate(episodes) for row in episode_rows(e, n, [(-1.0) ** n] * len(e.turns))]
        learned = learner.learn(rows, (0, step))
        assert learned["policy/sampler_gap"] < 1e-4
        assert abs(learned["policy/ratio_max"] - 1) < 1e-3
        assert learned["grad_norm"] > 0
    wrong = [replace(row, decisions=[one._replace(logp=one.logp - 0.5) for one in row.decisions]) for row in rows]
    assert learner.learn(wrong, (0, 3))["policy/sampler_gap"] > 0.4  # it would be seen


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_checkpoint_has_the_adapter_in_its_weights(tmp_path: Path, dtype: str) -> None:
    """What is loaded anywhere else says what the policy with its adapter said, to the precision of the weights."""
    AGENT.model.save_pretrained(tmp_path / "start")
    AGENT.renderer.words.save(tmp_path / "start")
    config = ModelConfig(path=str(tmp_path / "start"), lora=LoraConfig(rank=2, alpha=4), dtype=dtype, device="cpu")
    policy = load_policy(tmp_path / "start", config)
    before = [weight.clone() for weight in policy.model.parameters()]
    with torch.no_grad():
        for name, weight in policy.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(0.0, 0.3, generator=torch.Generator().manual_seed(2))
    now = [weight.clone() for weight in policy.model.parameters()]
    assert any(not torch.equal(a, b) for a, b in zip(before, now, strict=True))
    policy.save(tmp_path / "saved")
    assert all(torch.equal(a, b) for a, b in zip(now, policy.model.parameters(), strict=True))  # saving changes nothing
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "saved", dtype="auto").eval()
    assert {weight.dtype for weight in merged.parameters()} == {getattr(torch, dtype)}
    again = load_policy(tmp_path / "start", config, tmp_path / "saved").model
    ids = torch.tensor([list(ROWS[0].ids)])
    with torch.no_grad():
        said, there, back = (one(input_ids=ids).logits.float() for one in (policy.model, merged, again))
        with policy.model.disable_adapter():
            bare = policy.model(input_ids=ids).logits.float()
    assert torch.equal(back, said)  # a run goes on with the adapter itself
    near, far = (there - said).abs().mean(), (bare - said).abs().mean()
    assert near < {"float32": 1e-4, "bfloat16": 0.1}[dtype] * far


@pytest.mark.parametrize("lora", [None, LoraConfig(rank=2, alpha=4)])
def test_a_layer_is_computed_again_where_that_is_asked_for(tmp_path: Path, lora: LoraConfig | None) -> None:
    """Twice with a gradient, once without; the gradient is the same, and a copy of the model computes for itself."""
    AGENT.model.save_pretrained(tmp_path)
    AGENT.renderer.words.save(tmp_path)
    ids, found = torch.tensor([list(ROWS[0].ids)]), []
    for on in (False, True):
        config = ModelConfig(path=str(tmp_path), lora=lora, checkpointing=on, device="cpu")
        torch.manual_seed(0)
        model = load_policy(tmp_path, config).model
        calls: list[nn.Module] = []
        for module in model.modules():
            if type(module).__name__ == "LlamaMLP":
                module.register_forward_pre_hook(lambda one, given, calls=calls: calls.append(one))
        model(input_ids=ids, use_cache=False).logits.logsumexp(-1).sum().backward()
        layers = model.config.num_hidden_layers
        assert len(calls) == layers * (2 if on else 1)
        found.append([weight.grad for weight in model.parameters() if weight.grad is not None])
        calls.clear()
        with torch.no_grad():
            model(input_ids=ids)
        assert len(calls) == layers
        calls.clear()
        other = copy.deepcopy(model)
        other.requires_grad_(True)(input_ids=ids, use_cache=False).logits.sum().backward()
        assert {id(one) for one in calls} <= {id(module) for module in other.modules()}
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))


def test_weights_and_biases_gets_what_tensorboard_gets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake stands in for the service, which cannot be reached from here."""
    told: list[dict[str, Any]] = []

    class Run:
        def log(self, scalars: dict[str, Any]) -> None:
            told.append(scalars)

        def finish(self) -> None:
            told.append({"finished": True})

    fake = types.ModuleType("wandb")
    fake.init = lambda **options: told.append(options) or Run()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wandb", fake)
    train(tiny(tmp_path, log={"wandb": "explore"}, rollout={"iterations": 1}))
    assert told[0]["project"] == "explore"
    assert told[0]["config"]["name"] == "tiny"
    assert any("rl/grad_norm" in scalars for scalars in told)
    assert told[-1] == {"finished": True}
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(ValueError, match=r"log\.wandb needs wandb"):
        train(tiny(tmp_path, name="none", log={"wandb": "explore"}))


@pytest.mark.slow
@pytest.mark.ci
def test_two_processes_train_one_policy(tmp_path: Path) -> None:
    """Both see all episodes, take half of the gradient each, and end with the same weights.

    SPIRAL's baseline is one for the run: of a process's own episodes alone it would be another in each.
    """
    config = tmp_path / "run.yaml"
    sections: dict[str, Any] = {"sft": {"steps": 20}, "rollout": {"iterations": 2}, "credit": {"name": "spiral"}}
    config.write_text(dump_config(tiny(tmp_path, name="two", **sections)))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command += ["-m", "scoutgym", "train", str(config)]
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    run = tmp_path / "two"
    ends = [json.loads((folder / "eval-after.json").read_text()) for folder in (run, run / ".process-1")]
    assert ends[0] == ends[1]  # that their weights are the same is checked with every checkpoint
    steps, others = ([r for r in records(one) if r["stage"] == "rl"] for one in (run, run / ".process-1"))
    assert [one["episodes"] for one in steps] == [16, 16]
    shared = [key for key in steps[0] if key.partition("/")[0] in ("credit", "return", "success", "curriculum")]
    assert any(key.startswith("credit/baseline/") for key in shared)
    assert [[one[key] for key in shared] for one in steps] == [[one[key] for key in shared] for one in others]
    alone = train(tiny(tmp_path, name="one", **sections))
    one, two = (torch.cat([w.flatten() for w in load_agent(r, "sft").model.parameters()]) for r in (alone, run))
    assert (one - two).abs().max() < 1e-3  # the order of sums differs, and Adam makes much of little


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("credit", ["grpo", "rebn"])
def test_a_small_game_is_learned(tmp_path: Path, credit: str) -> None:
    """From a warm start on mostly half-random play."""
    run = train(
        tiny(
            tmp_path,
            envs={"number": "scoutgym/Number-7-v0"},
            demonstrations={"episodes": 600, "random": 0.2, "noisy": 0.8, "expert": 0.0},
            sft={"steps": 250, "lr": 4e-3, "check": 250},
            rollout={"iterations": 60, "groups": 8, "size": 8, "slots": 64},
            optim={"lr": 1e-3},
            credit={"name": credit},
            eval={"episodes": 100, "dev_episodes": 10},
            log={"checkpoint": 60},
        )
    )
    row = json.loads((run / "summary.json").read_text())["groups"]["number"]
    assert row["before"]["success"] < 0.6
    assert row["paired_difference"]["ci"][0] > 0.05


@pytest.mark.parametrize("credit", ["grpo", "rebn"])
def test_a_two_armed_bandit_is_learned_in_a_minute(tmp_path: Path, credit: str) -> None:
    """From random play. The better arm pays four times as often: the best policy pulls nothing else."""
    run = train(
        tiny(
            tmp_path,
            envs={"arms": TwoArms.spec.id},
            demonstrations={"episodes": 100},
            sft={"steps": 30},
            rollout={"iterations": 30, "groups": 8, "size": 8, "slots": 64},
            optim={"lr": 3e-3, "minibatches": 1},
            credit={"name": credit},
            eval={"episodes": 20, "dev_episodes": 10},
            log={"checkpoint": 30},
        )
    )

    def better(checkpoint: str) -> float:
        agent = load_agent(run, checkpoint, temperature=1.0)
        jobs = [Job(Task(TwoArms.spec.id, "test", index), index) for index in range(100)]
        return float(np.mean([episode.turns[0].action == "right" for episode in rollout(agent, jobs)]))

    assert better("sft") < 0.8
    assert better("rl-00030") >= 0.98
    assert json.loads((run / "summary.json").read_text())["seconds"] < 60


def test_a_world_without_an_expert_is_demonstrated_at_random() -> None:
    import proof_worlds

    from scoutgym.agents.training.config import DemonstrationConfig
    from scoutgym.agents.training.demonstrations import demonstrate
    from scoutgym.curricula.core import Arm

    assert proof_worlds
    arms = [Arm.of("riddle", "proof/Riddle-v0", {}), Arm.of("number", "scoutgym/Number-7-v0", {})]
    mix = DemonstrationConfig(episodes=20, random=0.0, noisy=0.0, expert=1.0)
    episodes = list(demonstrate(arms, mix, seed=0))
    assert [episode.task.env_id for episode in episodes].count("proof/Riddle-v0") == 10
    assert all(episode.success for episode in episodes if episode.task.env_id == "scoutgym/Number-v0")
    assert [arm.has_expert for arm in arms] == [False, True]


def test_what_a_world_tells_is_compared_before_and_after() -> None:
    env = gymnasium.make("scoutgym/WebScreensText-small-v0").unwrapped
    jobs = [Job(Task(env.world.spec.id, "test", n, env.params)) for n in range(12)]
    played = [sorted(rollout(agent, jobs), key=lambda one: one.task.index) for agent in (RandomAgent(), ExpertAgent())]
    before, after = (
        Evaluation({decoding: {"screens": Score.of(some)} for decoding in DECODINGS}, 1.0) for some in played
    )
    assert Evaluation.from_json(json.loads(json.dumps(before.to_json()))).to_json() == before.to_json()
    groups, pooled = summarize({}, before, after)
    gain = groups["screens"]["paired_difference"]["best"]["figures"]["detours"]
    random, expert = (
        sum(one.figures["detours"][0] for one in some) / sum(one.figures["detours"][1] for one in some)
        for some in played
    )
    assert gain["mean"] == pytest.approx(expert - random)
    assert gain["ci"][0] < gain["mean"] < gain["ci"][1] < 0
    assert groups["screens"]["before"]["best"]["figures"]["detours"]["mean"] == pytest.approx(random)
    assert "figures" not in pooled["paired_difference"]
    shown = told_table({"groups": groups})
    assert shown is not None
    assert shown.row_count == len(env.world.spec.figures)
    groups, _ = summarize({}, *(Evaluation({d: {"n": Score.of(EPISODES)} for d in DECODINGS}, 1.0) for _ in range(2)))
    assert told_table({"groups": groups}) is None
