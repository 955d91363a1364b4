"""The wiring of a run: that every part is asked, told, and given what its configuration says; and steps by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from credit_tools import TASK, Table
from credit_tools import episode as played
from rows_fixture import EVERYTHING, made_up, rows_of, small_model

from scoutgym.agents.training import processes, resume, train
from scoutgym.agents.training.batches import Batch
from scoutgym.agents.training.config import ObjectiveConfig, OptimConfig, SFTConfig, parse_config
from scoutgym.agents.training.credit.core import Credited, credit_rule
from scoutgym.agents.training.credit.returns import flat
from scoutgym.agents.training.experience import learned_from
from scoutgym.agents.training.learner import Learner
from scoutgym.agents.training.objective import Imitation, PolicyGradient, likelihood
from scoutgym.agents.training.rows import Row
from scoutgym.agents.training.trainer import Trainer
from scoutgym.agents.training.warm_start import SUCCESS, WarmStart
from scoutgym.curricula.core import Curriculum, GroupStats
from scoutgym.types import Group

pytestmark = pytest.mark.llm
torch.set_num_threads(1)

# Runs.


def tiny(folder: Path, **sections: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "name": "tiny",
        "threads": 1,
        "model": {"width": 32, "layers": 2, "heads": 2, "context": 160},
        "envs": {"number": "scoutgym/Number-7-v0", "fifteen": "scoutgym/Number-15-v0"},
        "demonstrations": {"episodes": 60},
        "sft": {"steps": 12, "tokens": 1024, "warmup": 5, "check": 5, "tasks": 2},
        "rollout": {"iterations": 4, "groups": 4, "size": 4, "slots": 16, "max_tokens": 4},
        "optim": {"minibatches": 2, "lr": 3e-3},
        "eval": {"episodes": 2, "dev_episodes": 2, "temperatures": [1.0]},
        "log": {"folder": str(folder), "checkpoint": 2},
    }
    for name, values in sections.items():
        base[name] = {**base.get(name, {}), **values} if isinstance(values, dict) else values
    return base


@dataclass
class Spied:
    """A run, and what its parts were told."""

    run: Path
    steps: list[dict[str, Any]] = field(default_factory=list)
    """Its log of reinforcement learning."""
    rows: list[Sequence[Row]] = field(default_factory=list)
    told: list[Sequence[GroupStats]] = field(default_factory=list)
    scales: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    """The learning rate of the last step of each iteration."""


def spied(folder: Path, **sections: Any) -> Spied:
    """Train, and listen at `Learner.learn` and `Curriculum.observe`."""
    found = Spied(folder / "tiny")
    learn, observe = Learner.learn, Curriculum.observe

    def learning(self: Learner, rows: Sequence[Row], seed: Sequence[int]) -> dict[str, float]:
        scalars = learn(self, rows, seed)
        if self.objective.name != "imitation":
            found.rows.append(rows)
            found.scales.append(self.scale)
            found.rates.append(self.optimizer.param_groups[0]["lr"])
        return scalars

    def observing(self: Curriculum, groups: Sequence[GroupStats]) -> None:
        found.told.append(groups)
        observe(self, groups)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Learner, "learn", learning)
        patch.setattr(Curriculum, "observe", observing)
        train(parse_config(tiny(folder, **sections)))
    found.steps = logged(found.run)
    return found


def logged(run: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line["stage"] == "rl"]


@pytest.fixture(scope="module")
def cool(tmp_path_factory: pytest.TempPathFactory) -> Spied:
    """At a temperature below 1, with a reference, and groups that say nothing dropped."""
    return spied(
        tmp_path_factory.mktemp("cool"),
        rollout={"temperature": 0.7, "signal": "drop"},
        credit={"name": "rebn"},
        objective={"options": {"kl": 0.01}},
        optim={"decay": 0.5, "warmup": 3, "minibatches": 1},
    )


def test_the_learner_has_the_temperature_of_the_sampler(cool: Spied) -> None:
    assert any(cool.rows)
    assert all(step["policy/sampler_gap"] < 1e-3 for step in cool.steps if "policy/sampler_gap" in step)


def test_the_reference_is_the_start_and_stays_it_when_a_run_goes_on(cool: Spied, tmp_path: Path) -> None:
    moved = [step["policy/kl_ref"] for step in cool.steps if "policy/kl_ref" in step]
    assert moved[0] < 1e-6, "one step an iteration: the first is at the start"
    assert min(moved[1:]) > 1e-4
    again = tmp_path / "tiny"
    shutil.copytree(cool.run, again)
    shutil.rmtree(again / "checkpoints" / "rl-00004")
    resume(again)
    assert [step.get("policy/kl_ref") for step in logged(again)] == [step.get("policy/kl_ref") for step in cool.steps]


def test_the_curriculum_is_told_of_every_iteration(cool: Spied) -> None:
    assert [len(groups) for groups in cool.told] == [4, 4, 4, 4]
    values = [[step[f"curriculum/q/{arm}"] for arm in ("number", "fifteen")] for step in cool.steps]
    assert values[0] == [0, 0]
    assert values[-1] != [0, 0]


def test_the_learning_rate_rises_and_falls_as_it_should(cool: Spied) -> None:
    assert cool.scales == [1.0, 0.875, 0.75, 0.625]
    taken = 0
    for rows, scale, rate in zip(cool.rows, cool.scales, cool.rates, strict=True):
        taken += bool(rows)
        assert not rows or rate == pytest.approx(3e-3 * scale * min(1.0, taken / 3))


def test_a_dropped_group_is_not_learned_from_whatever_the_rule(cool: Spied) -> None:
    telling = [[stats for stats in groups if not flat(stats.returns)] for groups in cool.told]
    assert sum(map(len, telling)) < 16, "one was dropped at least"
    for rows, groups in zip(cool.rows, telling, strict=True):
        assert len({row.episode for row in rows}) == sum(len(stats.returns) for stats in groups)


def test_critics_learn_and_a_warm_up_ends(tmp_path: Path) -> None:
    run = spied(tmp_path, credit={"name": "archer", "options": {"warmup": 2, "steps": 5}})
    assert [bool(rows) for rows in run.rows] == [False, False, True, True]
    losses = [step["credit/q_loss"] for step in run.steps]
    assert min(losses) > 0
    assert len(set(losses)) == 4
    assert [step.get("credit/value", 0.0) != 0 for step in run.steps] == [False, False, True, True]


def test_of_what_an_expert_showed_the_curriculum_hears_nothing(tmp_path: Path) -> None:
    run = spied(tmp_path, rollout={"signal": "demonstrate", "iterations": 1}, sft={"steps": 1})
    (groups,) = run.told
    assert [len(stats.returns) for stats in groups] == [4, 4, 4, 4]
    assert all(stats.success == 0 for stats in groups), "an untrained policy"
    assert len({row.episode for row in run.rows[0]}) == 20, "and an expert in every group"
    assert run.steps[0]["policy/sampler_gap"] < 1e-3
    assert run.steps[0]["credit/zero_variance"] == 0


def test_the_critics_come_closer_to_what_they_are_asked() -> None:
    groups = [Group(TASK, [played(0.5, 0.0, 1.0)] * 2)]
    rule = credit_rule("archer", {"warmup": 0, "steps": 20})
    losses = []
    for _ in range(15):
        rule.credit(groups, Table())
        losses.append(rule.update(groups, Table())["credit/q_loss"])
    assert losses[-1] < 0.1 * losses[0]


# Where learning diverges.


def test_a_warm_start_that_diverges_names_its_own_learning_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=r"the warm start: .*gradient nan: lower sft\.lr\. There is no checkpoint yet"):
        train(parse_config(tiny(tmp_path, sft={"lr": 1e30})))
    rate = WarmStart._rate
    monkeypatch.setattr(WarmStart, "_rate", lambda self, step: 1e30 if step > 6 else rate(self, step))
    with pytest.raises(ValueError, match=r"lower sft\.lr\. The last good checkpoint is .*warm-000005$"):
        train(parse_config(tiny(tmp_path)))


def test_a_warm_start_whose_examination_breaks_down_has_diverged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev_loss = WarmStart.dev_loss

    def infinite(self: WarmStart) -> float:  # after the examination of step 5: that of step 10 meets it
        with torch.no_grad():
            next(self.learner.model.parameters()).fill_(torch.inf)
        return dev_loss(self)

    monkeypatch.setattr(WarmStart, "dev_loss", infinite)
    monkeypatch.setattr(Learner, "learn", lambda self, rows, seed: {"loss/imitation": 1.0})
    with pytest.raises(ValueError, match=r"the warm start: the model's logits are not numbers.*: lower sft\.lr\."):
        train(parse_config(tiny(tmp_path)))


# The learner by hand.

ROWS = rows_of([made_up(EVERYTHING[:4], seed) for seed in range(3)])


def gradients(model: torch.nn.Module) -> list[torch.Tensor]:
    return [weight.grad.clone() for weight in model.parameters() if weight.grad is not None]


def test_steps_by_hand() -> None:
    """Two passes over the rows in one step each, twice: Adam with a gradient cut to max_norm, and a rate that rises."""
    model, by_hand = (small_model(torch.float32) for _ in range(2))
    config = OptimConfig(lr=1e-2, warmup=3, epochs=2, minibatches=1, max_norm=0.05)
    learner = Learner(model, config, Imitation(), 0.9)
    learner.scale = 0.5
    told = [learner.learn(ROWS, (0, step)) for step in range(2)]
    batch, weights = Batch.of(ROWS), list(by_hand.parameters())
    m, v, norms = [0.0] * len(weights), [0.0] * len(weights), []
    for step in range(1, 5):
        by_hand.zero_grad()
        (-likelihood(by_hand, batch, 0.9).logp.mean()).backward()
        g = gradients(by_hand)
        norms.append(float(torch.cat([one.flatten() for one in g]).norm()))
        lr = 1e-2 * 0.5 * min(1.0, step / 3)
        for n, weight in enumerate(weights):
            cut = g[n] * (0.05 / norms[-1])
            m[n], v[n] = 0.9 * m[n] + 0.1 * cut, 0.999 * v[n] + 0.001 * cut**2  # type: ignore[call-overload]
            move = (m[n] / (1 - 0.9**step)) / ((v[n] / (1 - 0.999**step)).sqrt() + 1e-8)  # type: ignore[attr-defined]
            weight.data -= lr * move
    assert min(norms) > 0.05
    assert [one["grad_norm"] for one in told] == pytest.approx([sum(norms[:2]) / 2, sum(norms[2:]) / 2], rel=1e-4)
    far = max(
        float((a - b).detach().abs().max())
        for a, b in zip(weights, small_model(torch.float32).parameters(), strict=True)
    )
    gap = max(float((a - b).detach().abs().max()) for a, b in zip(weights, model.parameters(), strict=True))
    assert gap < 1e-3 * far


@pytest.fixture
def caught(monkeypatch: pytest.MonkeyPatch) -> list[torch.Tensor]:
    """The gradients of every optimizer step, before they are cut."""
    found: list[torch.Tensor] = []
    monkeypatch.setattr(processes, "add_up", lambda grads: found.append(torch.cat([one.flatten() for one in grads])))
    return found


def test_stale_samples_weigh_by_how_stale_they_are(caught: list[torch.Tensor]) -> None:
    """m_j = min(pi_old / pi_sampler, tis), by hand."""
    model, objective = small_model(torch.float32), PolicyGradient(form="reinforce", tis=0.05)
    learner = Learner(model, OptimConfig(minibatches=1, lr=1e-9), objective, 0.9)
    told = learner.learn(ROWS, (0, 1))
    model = small_model(torch.float32)
    batch = Batch.of(ROWS)
    logp = likelihood(model, batch, 0.9).logp
    m = (logp.detach() - batch.logp).exp().clamp(max=0.05)
    assert 0.1 < float((m == 0.05).float().mean()) < 0.9
    (-(m * batch.advantage * logp).mean()).backward()
    expected = torch.cat([one.flatten() for one in gradients(model)])
    assert (caught[0] - expected).abs().max() < 1e-4 * expected.abs().max()
    assert told["policy/tis"] == pytest.approx(float(m.mean()), rel=1e-4)


def test_mixed_precision_is_that_of_autocast(caught: list[torch.Tensor]) -> None:
    """The gradient is autocast's, which is near that in full precision and not it; the weights are whole."""
    whole, found = [], []
    for precision in ("bfloat16", "float32"):
        config = OptimConfig(minibatches=1, lr=1e-9, precision=precision)
        model = small_model(torch.float32)
        Learner(model, config, PolicyGradient(form="reinforce", tis=10.0), 0.9).learn(ROWS, (0, 1))
        assert {weight.dtype for weight in model.parameters()} == {torch.float32}
        batch = Batch.of(sorted(ROWS, key=lambda row: row.read))
        model = small_model(torch.float32)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            logp = likelihood(model, batch, 0.9).logp
            (-((logp.detach() - batch.logp).exp().clamp(max=10.0) * batch.advantage * logp).mean()).backward()
        whole.append(torch.cat([one.flatten() for one in gradients(model)]))
        found.append(caught[-1])
        assert (found[-1] - whole[-1]).abs().max() < 1e-4 * whole[-1].abs().max()
    apart = (found[0] - found[1]).norm() / found[1].norm()
    assert 1e-3 < apart < 0.2


def test_mixed_precision_without_a_weight_for_the_sampler_is_refused(tmp_path: Path) -> None:
    optim = {"precision": "bfloat16"}
    for objective in ("policy", "refuel"):
        with pytest.raises(ValueError, match=r"optim\.precision=bfloat16 with the objective"):
            Trainer(parse_config(tiny(tmp_path, optim=optim, objective={"name": objective})))
    sections = {
        "optim": optim,
        "objective": {"options": {"tis": 2.0}},
        "rollout": {"iterations": 1},
        "credit": {"name": "rebn"},
    }
    (step,) = spied(tmp_path, sft={"steps": 1}, **sections).steps
    assert step["policy/sampler_gap"] > 1e-4
    assert abs(step["policy/tis"] - 1) < 0.1
    Trainer(parse_config(tiny(tmp_path, optim=optim, objective={"name": "imitation"})))


def test_an_episode_that_ran_out_of_turns_is_masked_where_that_is_asked_for() -> None:
    whole, stopped = (replace(made_up(("free", "free"), seed), truncated=seed > 0) for seed in range(2))
    stopped = replace(stopped, terminated=False)
    credited = Credited([[[1.0, 1.0], [1.0, 1.0]]])
    for mask in (False, True):
        config = ObjectiveConfig(mask_over_turn=mask)
        rows = learned_from([Group(TASK, [whole, stopped])], credited, config, 0)
        assert [{one.weight for one in row.decisions} for row in rows] == [{1.0}, {0.0 if mask else 1.0}]


# The warm start by hand.


def warm(**fields: Any) -> WarmStart:
    config = SFTConfig(steps=100, fall=0.4, patience=2, check=10, **fields)
    return WarmStart(small_model(torch.float32), ROWS, config, 0)


def test_the_rate_falls_where_the_success_has_not_risen_for_a_while() -> None:
    one = warm()
    assert (one.falls_at, one.end) == (60, 100)
    for step, success, stale in ((10, 0.1, 0), (20, 0.3, 0), (30, 0.3, 1), (40, 0.2, 2)):
        assert one.falls_at == 60
        one.step = step
        one._judge(success)
        assert one.stale == stale
    assert (one.best, one.falls_at, one.end) == (0.3, 40, 67)  # 40 steps are six tenths of 67
    assert [one._rate(step) for step in (1, 40)] == [1.0, 1.0]
    assert one._rate(58) == pytest.approx(0.1 + 0.9 * 9 / 27)
    assert one._rate(67) == pytest.approx(0.1)
    one.step = 50
    one._judge(0.9)
    assert (one.best, one.stale, one.falls_at) == (0.9, 0, 40), "a fall that has begun goes on"


@pytest.mark.parametrize(("rising", "end"), [(True, 100), (False, 50)])
def test_a_warm_start_goes_to_its_end_and_no_further(rising: bool, end: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one = warm()
    rates: list[float] = []
    judged: list[float] = []

    def learn(rows: Sequence[Row], seed: Sequence[int]) -> dict[str, float]:
        rates.append(one.learner.scale)
        return {"loss/imitation": 1.0}

    def examine() -> dict[str, float]:
        judged.append(one.step)
        return {SUCCESS: one.step / 100 if rising else 0.5}

    monkeypatch.setattr(one.learner, "learn", learn)
    told: list[tuple[int, bool]] = []
    kept: list[int] = []
    one.run(examine, lambda step, loss, found: told.append((step, bool(found))), lambda: kept.append(one.step))
    assert (one.step, len(rates)) == (end, end)
    assert judged == kept == [step for step, found in told if found] == [*range(10, end, 10), end]
    falls = 60 if rising else 30
    assert one.falls_at == falls
    assert rates[:falls] == [1.0] * falls
    assert rates[falls:] == pytest.approx(
        [0.1 + 0.9 * (end - step) / (end - falls) for step in range(falls + 1, end + 1)]
    )
