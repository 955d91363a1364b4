"""Training: masks, credit by hand, gradients that nothing incidental moves; and a run that learns, dies and goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from transformers import AutoModelForCausalLM, AutoTokenizer

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.agents.core import Job, rollout
from scoutgym.agents.lm import LMAgent
from scoutgym.agents.players import RandomAgent
from scoutgym.agents.training import folder as files
from scoutgym.agents.training import load_agent, load_config, resume, train
from scoutgym.agents.training.config import TrainConfig, dump_config, parse_config
from scoutgym.agents.training.credit.grpo import grpo
from scoutgym.agents.training.credit.rebn import rebn
from scoutgym.agents.training.objective import clipped_policy_loss, cross_entropy, likelihood
from scoutgym.agents.training.rows import Batch, Row, demonstration_row, episode_row, micro_batches
from scoutgym.agents.training.trainer import Trainer, _rows, _sound
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
ROWS = [episode_row(e, [0.5 - n for n in range(len(e.turns))]) for e in EPISODES]


def episode(*rewards: float, outcome: str = Outcome.OK) -> Episode:
    turns = [
        Turn("agent", "o", "a", "a", prompt_ids=[2, 3, 4], ids=[7, 5], logp=[-1.0, -2.0], reward=r) for r in rewards
    ]
    turns[-1].outcome = outcome
    return Episode(TASK, turns, "", True, False)


# Rows.


def test_the_mask_covers_exactly_what_was_sampled() -> None:
    for one, row in zip(EPISODES, ROWS, strict=True):
        assert len(one.turns) > 1
        sampled = [token for turn in one.turns for token in turn.ids]
        assert [token for token, acted in zip(row.ids, row.mask, strict=True) if acted] == sampled
        logp = [value for turn in one.turns for value in turn.logp]
        assert [value for value, acted in zip(row.logp, row.mask, strict=True) if acted] == logp
        credit = [0.5 - n for n, turn in enumerate(one.turns) for _ in turn.ids]
        assert [value for value, acted in zip(row.advantage, row.mask, strict=True) if acted] == credit


def test_prompts_and_actions_make_the_conversation() -> None:
    words = AGENT.words
    for one, row in zip(EPISODES, ROWS, strict=True):
        expected = [words.bos]
        for turn in one.turns:
            expected += [words.obs, *words.encode(turn.obs), words.act, *turn.ids]
        assert row.ids == expected


def test_a_demonstration_reads_like_the_agents_own_play() -> None:
    for one in EPISODES:
        if all(turn.ids[-1] == AGENT.words.end and AGENT.words.answer(turn.text) == turn.ids for turn in one.turns):
            own, shown = episode_row(one, [1.0] * len(one.turns)), demonstration_row(one, AGENT.words)
            assert (own.ids, own.mask) == (shown.ids, shown.mask)


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="must be one length"):
        Row([1, 2], [True], [0.0, 0.0], [0.0, 0.0])
    broken = episode(1.0)
    broken.turns[0].logp = [-1.0]
    with pytest.raises(ValueError, match="must be one length"):
        episode_row(broken, [1.0])


# Likelihood and gradients.


@pytest.mark.parametrize("temperature", [0.7, 1.0])
def test_trainer_and_sampler_agree_on_every_token(temperature: float) -> None:
    agent, episodes = played(temperature)
    rows = [episode_row(one, [1.0] * len(one.turns)) for one in episodes]
    for batch in micro_batches(rows, 600):
        gap = (likelihood(agent.model, batch, temperature).logp - batch.logp).abs().max()
        assert gap < 1e-4


def gradient(batches: list[Batch], normaliser: float) -> torch.Tensor:
    model = AGENT.model
    model.zero_grad()
    for batch in batches:
        given = likelihood(model, batch, 1.0)
        shifted = Batch(batch.ids, batch.mask, batch.logp - 0.1, batch.advantage)  # so that some ratios are clipped
        clipped_policy_loss(given, shifted, 0.05, 0.2, normaliser).loss.backward()
    found = torch.cat([weight.grad.flatten() for weight in model.parameters()])
    model.zero_grad()
    return found.clone()


def test_padding_and_splitting_do_not_move_the_gradient() -> None:
    normaliser = sum(row.actions() for row in ROWS)
    whole = gradient([Batch.of(ROWS)], normaliser)
    assert whole.abs().max() > 1e-3
    padded = gradient([Batch.of(ROWS, longest=400)], normaliser)
    split = list(micro_batches(ROWS, 200))
    assert len(split) > 3
    backwards = gradient([Batch.of(ROWS[::-1])], normaliser)
    for other in (padded, gradient(split, normaliser), backwards):
        assert (other - whole).abs().max() < 1e-5


def test_every_row_is_in_one_micro_batch() -> None:
    for tokens in (1, 150, 10_000):
        batches = list(micro_batches(ROWS, tokens))
        assert sum(len(batch.logp) for batch in batches) == sum(row.actions() for row in ROWS)
        assert all(batch.ids.numel() <= tokens or len(batch.ids) == 1 for batch in batches)


def test_the_clipped_loss_by_hand() -> None:
    ratio = torch.tensor([0.5, 0.5, 1.0, 1.1, 2.0, 2.0], dtype=torch.float64)
    advantage = torch.tensor([1.0, -1.0, 1.0, 2.0, 1.0, -1.0], dtype=torch.float64)
    logp = ratio.log().requires_grad_()
    batch = Batch(torch.zeros(1, 1), torch.zeros(1, 1), torch.zeros(6, dtype=torch.float64), advantage)
    from scoutgym.agents.training.objective import Likelihood

    out = clipped_policy_loss(Likelihood(logp, torch.ones(6)), batch, 0.2, 0.28, 10)
    #                                 0.5*1 kept, 0.5*-1 -> -0.8, 1, 1.1*2, 2*1 -> 1.28, 2*-1 kept
    assert out.loss.item() == pytest.approx(-(0.5 - 0.8 + 1.0 + 2.2 + 1.28 - 2.0) / 10)
    assert (out.clipped.item(), out.ratio_max.item(), out.entropy.item()) == (2, pytest.approx(2.0), 6)
    assert out.kl.item() == pytest.approx(sum(r - 1 - np.log(r) for r in ratio.tolist()))
    out.loss.backward()
    assert logp.grad.tolist() == pytest.approx([-0.05, 0.0, -0.1, -0.22, 0.0, 0.2])


def test_each_loss_has_a_gradient_and_prompts_have_none() -> None:
    model, batch = AGENT.model, Batch.of(ROWS)
    for loss in ("sft", "policy"):
        model.zero_grad()
        given = likelihood(model, batch, 1.0)
        value = cross_entropy(given, 10) if loss == "sft" else clipped_policy_loss(given, batch, 0.2, 0.28, 10).loss
        value.backward()
        assert all(weight.grad.abs().sum() > 0 for weight in model.parameters())
        model.zero_grad()
    given = likelihood(model, batch, 1.0)
    assert len(given.logp) == sum(row.actions() for row in ROWS)
    assert cross_entropy(given, len(given.logp)).item() == pytest.approx(-given.logp.mean().item())


# Credit.


def test_grpo_against_a_table() -> None:
    table = [Group(TASK, [episode(0, 0, 1), episode(0, 0), episode(-0.1, 0, 1), episode(0)])]
    turns = grpo(table, 1.0).turns[0]
    returns = np.array([1.0, 0.0, 0.9, 0.0])
    expected = (returns - 0.475) / (0.5500 + 1e-4)  # sample deviation: sqrt(0.9075 / 3)
    assert turns is not None
    for advantages, value, length in zip(turns, expected, (3, 2, 3, 1), strict=True):
        assert advantages == pytest.approx([value] * length, abs=1e-6)


def test_a_group_of_equal_returns_gives_no_gradient_and_is_counted() -> None:
    table = [Group(TASK, [episode(0, 1), episode(1)]), Group(TASK, [episode(0), episode(1)])]
    credited = grpo(table, 1.0)
    assert credited.turns[0] is None
    assert credited.metrics["credit/zero_variance"] == 0.5
    assert len(_rows(table, credited)) == 2
    tenths = Group(TASK, [episode(0.1, 0.2), episode(0.3)])  # 0.1 + 0.2 is not 0.3 in floating point
    assert grpo([tenths], 1.0).turns == [None]
    assert _rows([tenths], grpo([tenths], 1.0)) == []


def test_discounting_makes_the_earlier_success_the_better() -> None:
    turns = grpo([Group(TASK, [episode(0, 0, 1), episode(0, 1)])], 0.5).turns[0]
    assert turns is not None
    half = (0.5 - 0.25) / 2 / (0.25 / np.sqrt(2) + 1e-4)
    assert turns == [pytest.approx([-half] * 3), pytest.approx([half] * 2)]


def test_rebn_against_a_table() -> None:
    table = [Group(TASK, [episode(0, 1), episode(-0.1, 0)]), Group(TASK, [episode(0), episode(1)])]
    # Returns to go at gamma 1/2: 0.5, 1 | -0.1, 0 | 0 | 1. Mean 0.4, mean square 2.26 / 6.
    spread = np.sqrt(2.26 / 6 - 0.16)
    credited = rebn(table, 0.5)
    assert credited.turns == [
        [pytest.approx([0.1 / spread, 0.6 / spread]), pytest.approx([-0.5 / spread, -0.4 / spread])],
        [pytest.approx([-0.4 / spread]), pytest.approx([0.6 / spread])],
    ]
    flat = [value for group in credited.turns for turns in group or [] for value in turns]
    assert np.mean(flat) == pytest.approx(0)
    assert np.std(flat) == pytest.approx(1)
    assert credited.metrics["credit/zero_variance"] == 0
    assert rebn([Group(TASK, [episode(1), episode(1)])], 1.0).turns == [[[0.0], [0.0]]]


def test_an_episode_that_broke_is_not_held_against_the_agent() -> None:
    whole, broken = episode(0, 1), episode(0, 0, outcome=Outcome.ENV_ERROR)
    cut = episode(0, 0, outcome=Outcome.OUTPUT_TRUNCATED)
    arms, groups = _sound(["a", "b"], [Group(TASK, [whole, broken, cut, broken]), Group(TASK, [whole, broken])])
    assert arms == ["a"]
    assert groups[0].episodes == [whole, cut]


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
        ("optim.lrr=1", "unknown key 'optim.lrr'; did you mean 'lr'"),
        ("optm.lr=1", "unknown key 'optm'; did you mean 'optim'"),
        ("envs.number.parms={}", "unknown key 'envs.number.parms'; did you mean 'params'"),
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
        "sft": {"steps": 25, "tokens": 1024, "warmup": 5},
        "rollout": {"iterations": 4, "groups": 4, "size": 4, "slots": 16, "max_tokens": 4},
        "optim": {"minibatches": 2},
        "eval": {"episodes": 8, "dev_episodes": 4, "temperatures": [0.5, 1.0]},
        "log": {"folder": str(tmp_path), "checkpoint": 2},
    }
    for name, values in sections.items():
        base[name] = values if name == "envs" else {**base.get(name, {}), **values}
    return parse_config(base)


def records(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def timeless(run: Path) -> list[dict[str, Any]]:
    return [{k: v for k, v in one.items() if k not in ("seconds", "tokens_per_second")} for one in records(run)]


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


def test_a_checkpoint_is_a_hugging_face_directory(finished: Path) -> None:
    names = [path.name for path in files.checkpoints(finished)]
    assert names == ["sft", "rl-00002", "rl-00004"]
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


@pytest.mark.parametrize("died_at", ["in iteration 4", "while writing rl-00004"])
def test_a_killed_run_goes_on_to_the_same_bits(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, died_at: str
) -> None:
    def no_iteration(self: Trainer, step: int) -> float:
        if step == 4:
            raise KilledError
        return real_iteration(self, step)

    def no_state(path: Path, value: Any) -> None:
        if path.name == files.TRAINER and "rl-00004" in str(path):
            path.write_text('{"iteration": 4, "sec')
            raise KilledError
        real_json(path, value)

    real_iteration, real_json = Trainer._iteration, files.write_json
    with monkeypatch.context() as patch:
        if died_at.startswith("in"):
            patch.setattr(Trainer, "_iteration", no_iteration)
        else:
            patch.setattr(files, "write_json", no_state)
        with pytest.raises(KilledError):
            train(tiny(tmp_path))
    run = tmp_path / "tiny"
    with (run / "metrics.jsonl").open("a") as torn:
        torn.write('{"stage": "rl", "st')
    assert [path.name for path in files.checkpoints(run)] == ["sft", "rl-00002"]
    assert load_agent(run).model is not None
    resume(run)
    for name in ("model.safetensors", "optimizer.safetensors"):
        path = Path("checkpoints") / "rl-00004" / name
        assert (run / path).read_bytes() == (finished / path).read_bytes()
    assert timeless(run) == timeless(finished)
    figures = [json.loads((one / "summary.json").read_text()) for one in (run, finished)]
    for key in ("groups", "pooled", "outcomes"):
        assert figures[0][key] == figures[1][key]


def test_a_run_without_a_checkpoint_starts_again(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
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


def test_groups_of_equal_returns_leave_the_weights_alone(tmp_path: Path) -> None:
    trainer = Trainer(tiny(tmp_path))
    trainer.model, trainer.words = AGENT.model, AGENT.words
    trainer.optimizer = trainer._new_optimizer()
    before = [weight.clone() for weight in trainer.model.parameters()]
    trainer._learn([], step=1)
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.model.parameters(), strict=True))


@pytest.mark.parametrize("credit", ["grpo", "rebn"])
def test_a_small_game_is_learned(tmp_path: Path, credit: str) -> None:
    """From a warm start on mostly half-random play."""
    run = train(
        tiny(
            tmp_path,
            envs={"number": "scoutgym/Number-7-v0"},
            demonstrations={"episodes": 600, "random": 0.2, "noisy": 0.8, "expert": 0.0},
            sft={"steps": 250, "lr": 4e-3},
            rollout={"iterations": 35, "groups": 8, "size": 8, "slots": 64},
            optim={"lr": 1e-3},
            credit={"name": credit},
            eval={"episodes": 100, "dev_episodes": 10},
            log={"checkpoint": 35},
        )
    )
    row = json.loads((run / "summary.json").read_text())["groups"]["number"]
    assert row["before"]["success"] < 0.6
    assert row["paired_difference"]["ci"][0] > 0.05


def test_a_world_without_an_expert_is_demonstrated_at_random() -> None:
    import proof_worlds

    from scoutgym.agents.training import sft
    from scoutgym.agents.training.config import DemonstrationConfig
    from scoutgym.curricula.core import Arm

    assert proof_worlds
    arms = [Arm.of("riddle", "proof/Riddle-v0", {}), Arm.of("number", "scoutgym/Number-7-v0", {})]
    mix = DemonstrationConfig(episodes=20, random=0.0, noisy=0.0, expert=1.0)
    episodes = list(sft.demonstrate(arms, mix, seed=0))
    assert [episode.task.env_id for episode in episodes].count("proof/Riddle-v0") == 10
    assert all(episode.success for episode in episodes if episode.task.env_id == "scoutgym/Number-v0")
    assert [arm.has_expert for arm in arms] == [False, True]
