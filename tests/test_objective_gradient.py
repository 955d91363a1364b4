"""What must not move the gradient: padding, order, packing of turns into rows, micro-batches, and processes."""

from __future__ import annotations

import faulthandler
import os
import socket
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from rows_fixture import EVERYTHING, doubled, gradient, made_up, rows_of, small_model

from scoutgym.agents.training import processes
from scoutgym.agents.training.batches import Batch, micro_batches
from scoutgym.agents.training.config import OptimConfig
from scoutgym.agents.training.learner import Learner
from scoutgym.agents.training.objective import Imitation, Objective, PolicyGradient, Preference, Refuel, likelihood
from scoutgym.agents.training.rows import Row
from scoutgym.types import Episode, Turn

pytestmark = pytest.mark.llm
torch.set_num_threads(1)

EPISODES = [made_up(EVERYTHING[seed % 3 :], seed) for seed in range(4)]
ROWS = rows_of(EPISODES)
PAIRED = [replace(row, pair=row.episode // 2, side=1 - 2 * (row.episode % 2)) for row in ROWS]
OBJECTIVES: dict[str, Objective] = {
    "clip": PolicyGradient(),
    "grpo": PolicyGradient(per="episode", kl=0.04),
    "dr_grpo": PolicyGradient(per="constant", longest=50),
    "gspo": PolicyGradient(ratio="sequence_mean", per="episode", clip_low=0.01, clip_high=0.02),
    "turn": PolicyGradient(ratio="turn", per="turn"),
    "cispo": PolicyGradient(form="cispo"),
    "reinforce": PolicyGradient(form="reinforce"),
    "rloo": PolicyGradient(form="reinforce", kl=0.5, kl_form="k1"),
    "epo": PolicyGradient(entropy=0.1, corridor=1.0, corridor_low=0.9, corridor_high=1.1),
    "imitation": Imitation(),
    "preference": Preference(alpha=1.0),
    "refuel": Refuel(),
}


def trained(objective: Objective, batches: Iterable[Batch], normaliser: float) -> torch.Tensor:
    """The gradient of the sum of the losses of batches."""
    model, history = small_model(), [1.5, 2.0]
    for narrow in batches:
        batch = doubled(narrow)
        with torch.no_grad():
            off = 0.4 * torch.sin(17.0 * likelihood(model, batch, 0.9).logp)  # so that some ratios are clipped
        given = likelihood(model, batch, 0.9, objective.open_entropy)
        batch = replace(batch, logp=given.logp.detach() + off, ref=given.logp.detach() - 2 * off)
        objective.loss(given, batch, normaliser, history).loss.backward()
    return gradient(model)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_padding_order_and_splitting_do_not_move_the_gradient(name: str) -> None:
    objective = OBJECTIVES[name]
    rows = PAIRED if objective.together == "pair" else ROWS
    normaliser = objective.normaliser(rows)
    whole = trained(objective, [Batch.of(rows)], normaliser)
    assert whole.abs().max() > 1e-3
    split = list(micro_batches(rows, 60, objective.together))
    assert len(split) >= (4 if objective.together == "row" else 2)
    for batches in ([Batch.of(rows, longest=90)], [Batch.of(rows[::-1])], split):
        assert (trained(objective, batches, normaliser) - whole).abs().max() < 1e-6 * max(1.0, whole.abs().max())


@pytest.mark.parametrize("name", ["clip", "grpo", "gspo", "turn", "epo", "imitation"])
def test_one_row_an_episode_has_the_gradient_of_one_row_a_turn(name: str) -> None:
    """The same episodes with every turn a fork: its prompt is then all that was read and said before."""

    def apart(episode: Episode) -> Episode:
        turns: list[Turn] = []
        context: list[int] = []
        for turn in episode.turns:
            context = [*([] if turn.fork else context), *turn.prompt_ids]
            turns.append(replace(turn, prompt_ids=context, fork=True))
            context = [*context, *turn.ids]
        return replace(episode, turns=turns)

    objective = OBJECTIVES[name]
    single = rows_of([apart(episode) for episode in EPISODES])
    assert len(single) > 2 * len(ROWS)
    assert objective.normaliser(single) == objective.normaliser(ROWS)
    together = trained(objective, [Batch.of(ROWS)], objective.normaliser(ROWS))
    parted = trained(objective, micro_batches(single, 200, objective.together), objective.normaliser(single))
    assert (parted - together).abs().max() < 1e-6 * together.abs().max()


def test_a_row_of_weight_zero_adds_nothing() -> None:
    """Padding a step with rows of weight 0, instead of repeating some, leaves the gradient as it was."""
    objective = PolicyGradient()
    none = [replace(row, decisions=[one._replace(weight=0.0) for one in row.decisions]) for row in ROWS[:2]]
    normaliser = objective.normaliser(ROWS)
    whole = trained(objective, [Batch.of(ROWS)], normaliser)
    assert (trained(objective, [Batch.of([*ROWS, *none])], normaliser) - whole).abs().max() < 1e-6


# The learner: from rows to an optimizer step.


class Shares:
    """Stands for several processes, one after the other: what each of them read, and its part of the gradient."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        self.rank, self.count = 0, count
        self.read: list[float] = []
        self.part = torch.zeros(())
        real = Learner._backward

        def backward(learner: Learner, batch: Batch, *rest: object) -> object:
            self.read += batch.logp.tolist()  # these differ from decision to decision
            return real(learner, doubled(batch), *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(Learner, "_backward", backward)
        monkeypatch.setattr(processes, "share", lambda items: list(items)[self.rank :: self.count])
        monkeypatch.setattr(processes, "add_up", self._keep)

    def _keep(self, grads: list[torch.Tensor]) -> None:
        self.part = torch.cat([grad.flatten() for grad in grads])

    def learn(self, rows: list[Row], objective: Objective, **config: int) -> torch.Tensor:
        """The sum of their gradients in the last optimizer step."""
        total = torch.zeros(())
        for rank in range(self.count):
            self.rank = rank
            Learner(small_model(), OptimConfig(**config), objective, 0.9).learn(rows, (0, 1))
            total = total + self.part
        return total


@pytest.mark.parametrize("name", ["clip", "dr_grpo", "gspo", "turn", "imitation", "preference"])
@pytest.mark.parametrize("count", [1, 3, 14])
def test_a_step_has_one_gradient_whoever_takes_it_and_in_what_parts(
    name: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """14 processes are more than there are rows: some have nothing, wait for nobody, and add zeros."""
    objective, model = OBJECTIVES[name], small_model()
    rows = PAIRED if objective.together == "pair" else ROWS
    batch = doubled(Batch.of(rows))
    if objective.reference:
        batch = replace(batch, ref=likelihood(model, batch, 0.9).logp.detach())
    given = likelihood(model, batch, 0.9)
    objective.loss(given, batch, objective.normaliser(rows)).loss.backward()
    whole = gradient(model)
    assert whole.abs().max() > 1e-3
    shares = Shares(monkeypatch, count)
    for tokens in (30, 100_000):
        found = shares.learn(rows, objective, minibatches=1, tokens=tokens)
        assert (found - whole).abs().max() < 1e-6 * max(1.0, whole.abs().max())


@pytest.mark.parametrize(("count", "minibatches"), [(1, 5), (2, 5), (5, 1), (7, 5)])
def test_no_row_is_repeated_or_left_out_to_make_a_number_even(
    count: int, minibatches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = Shares(monkeypatch, count)
    assert len(ROWS) % (count * minibatches)
    shares.learn(ROWS, OBJECTIVES["clip"], minibatches=minibatches, tokens=60)
    assert sorted(shares.read) == pytest.approx(sorted(one.logp for row in ROWS for one in row.decisions))


def test_the_corridor_is_of_all_processes_and_reaches_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the first step there is no past policy; from the second on the weights feel how far they are from it."""

    def learned(corridor: float) -> tuple[list[float], torch.Tensor, Learner]:
        objective = PolicyGradient(entropy=0.1, corridor=corridor, corridor_low=1.5, corridor_high=2.0)
        learner = Learner(small_model(torch.float32), OptimConfig(minibatches=1), objective, 0.9)
        told = [learner.learn(ROWS, (0, step)).get("policy/corridor", 0.0) for step in (1, 2)]
        return told, torch.cat([weight.detach().flatten() for weight in learner.weights]), learner

    told, weights, learner = learned(2.0)
    assert told[0] == 0 < told[1]
    assert not torch.equal(weights, learned(0.0)[1])
    alone = learner.entropies
    monkeypatch.setattr(processes, "gathered", lambda mine: [mine, mine])  # another that saw the same
    both = learned(2.0)[2].entropies
    assert both.counts == [2 * count for count in alone.counts]
    assert both.means() == pytest.approx(alone.means())


# Processes.

PENALISED = PolicyGradient(kl=0.04)
STEPS = {"unequal": ROWS[:3], "nothing for one": ROWS[:1]}
"""The rows of an optimizer step; of two processes one takes two and the other one, or one takes all."""


def step(rows: list[Row]) -> torch.Tensor:
    """The gradient of an optimizer step that all processes take together, and the weights after it."""
    kept: list[torch.Tensor] = []
    add_up = processes.add_up

    def keep(grads: list[torch.Tensor]) -> None:
        add_up(grads)
        kept.append(torch.cat([grad.flatten() for grad in grads]))

    learner = Learner(small_model(), OptimConfig(minibatches=1, tokens=60), PENALISED, 0.9, small_model(seed=1))
    with patch.object(processes, "add_up", keep):
        learner.learn(rows, (0, 1))
    return torch.cat([*kept, *(weight.detach().flatten() for weight in learner.weights)])


def one_process(rank: int, port: int, folder: str) -> None:
    """What each of two processes does in an optimizer step: its share of the rows, in micro-batches."""
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "GLOO_SOCKET_IFNAME": "lo"}
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "CUDA_VISIBLE_DEVICES": ""}
    faulthandler.dump_traceback_later(60, exit=True)  # a process that waits for ever says where, and fails the test
    torch.set_num_threads(1)
    for name, rows in STEPS.items():
        torch.save(step(rows), Path(folder) / f"{name}-{rank}.pt")
    processes.leave()


@pytest.mark.slow
@pytest.mark.ci
def test_two_processes_have_the_gradient_of_one(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    torch.multiprocessing.spawn(one_process, (port, str(tmp_path)), nprocs=2)
    for name, rows in STEPS.items():
        alone = step(rows)
        assert alone[: len(alone) // 2].abs().max() > 1e-3
        for rank in (0, 1):
            found = torch.load(tmp_path / f"{name}-{rank}.pt", weights_only=True)
            assert (found - alone).abs().max() < 1e-6
