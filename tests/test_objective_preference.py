"""Pairs of episodes: DPO, RPO and REFUEL by hand, and how PAPRIKA's pairs are drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from rows_fixture import TASK, doubled, made_up, small_model

from scoutgym.agents.training.batches import Batch, micro_batches
from scoutgym.agents.training.objective import Likelihood, Objective, Preference, Refuel, likelihood
from scoutgym.agents.training.objective.preference import Pair, preference_pairs, preference_rows
from scoutgym.agents.training.objective.refuel import refuel_rows
from scoutgym.agents.training.rows import Decision, Row
from scoutgym.types import Episode, Group

pytestmark = pytest.mark.llm

LOGP = [-1.0, -2.0, -0.5, -3.0, -1.5, -0.25]
REF = [-1.5, -1.0, -0.75, -2.0, -1.25, -0.5]


def pairs_by_hand() -> Batch:
    """Two pairs: 0 has 2 decisions against 1, 1 has 1 against 2; the worse side of pair 1 comes first."""
    sides = [(0, 1, 2), (0, -1, 1), (1, -1, 2), (1, 1, 1)]
    rows = [
        Row([0] * (n + 1), [Decision(1 + j, 1, 0) for j in range(n)], number, n, pair, side)
        for number, (pair, side, n) in enumerate(sides)
    ]
    batch = doubled(Batch.of(rows))
    return replace(batch, ref=torch.tensor(REF, dtype=torch.float64))


def given(logp: list[float] = LOGP) -> tuple[torch.Tensor, Likelihood]:
    leaf = torch.tensor(logp, dtype=torch.float64, requires_grad=True)
    return leaf, Likelihood(leaf, -leaf)


def test_dpo_by_hand() -> None:
    leaf, scored = given()
    out = Preference(beta=0.5).loss(scored, pairs_by_hand(), 2)
    first = (0.5 - 1.0) - 0.25  # sum of log pi/ref over the better one's decisions, less that of the worse one's
    second = 0.25 - (-1.0 - 0.25)
    sigma = [1 / (1 + math.exp(-0.5 * m)) for m in (first, second)]
    assert out.loss.item() == pytest.approx(-(math.log(sigma[0]) + math.log(sigma[1])) / 2)
    assert (out.sums["count"], out.sums["preferred"]) == (2, 1)
    assert out.sums["margin"].item() == pytest.approx(first + second)
    out.loss.backward()
    a, b = (0.5 * (1 - one) / 2 for one in sigma)
    assert leaf.grad is not None
    assert leaf.grad.tolist() == pytest.approx([-a, -a, a, b, b, -b])


def test_at_the_reference_dpo_is_log_two() -> None:
    _, scored = given(REF)
    out = Preference(beta=0.3).loss(scored, pairs_by_hand(), 2)
    assert out.loss.item() == pytest.approx(math.log(2))


def test_rpo_is_dpo_and_the_better_ones_cross_entropy() -> None:
    _, scored = given()
    dpo = Preference(beta=0.1).loss(scored, pairs_by_hand(), 2)
    rpo = Preference(beta=0.1, alpha=0.7).loss(scored, pairs_by_hand(), 2)
    nll = ((1.0 + 2.0) / 2 + 0.25 / 1) / 2  # by token of each better episode, then over pairs
    assert rpo.loss.item() == pytest.approx(dpo.loss.item() + 0.7 * nll)


def test_refuel_by_hand() -> None:
    leaf, scored = given()
    batch = pairs_by_hand()
    R = torch.tensor([1.0, 1.0, 0.25, 0.5, 0.5, 0.0], dtype=torch.float64)
    batch = replace(batch, logp=torch.tensor(REF, dtype=torch.float64), advantage=R)
    out = Refuel(eta=2.0).loss(scored, batch, 2)
    first, second = -0.75 - 2.0 * (1.0 - 0.25), 1.5 - 2.0 * (0.0 - 0.5)
    assert out.loss.item() == pytest.approx((first**2 + second**2) / 2)
    assert out.sums["gap"].item() == pytest.approx(0.75 - 0.5)
    out.loss.backward()
    assert leaf.grad is not None
    assert leaf.grad.tolist() == pytest.approx([first, first, -first, -second, -second, second])


def test_refuel_is_zero_at_the_fitted_difference() -> None:
    batch = replace(pairs_by_hand(), logp=torch.tensor(REF, dtype=torch.float64))
    batch = replace(batch, advantage=torch.tensor([1.0, 1.0, 0.25, 0.5, 0.5, 0.0], dtype=torch.float64))
    fitted = [REF[0] + 0.1, REF[1] + 0.2, REF[2] + 0.3 - 0.75, REF[3] + 0.5, *REF[4:]]
    leaf, scored = given(fitted)  # margins: 0.3 - (0.3 - 0.75) = 0.75 and -0.5
    out = Refuel(eta=1.0).loss(scored, batch, 2)
    assert out.loss.item() == pytest.approx(0.0)
    out.loss.backward()
    assert leaf.grad is not None
    assert leaf.grad.tolist() == pytest.approx([0.0] * 6)


@pytest.mark.parametrize("objective", [Preference(), Refuel()])
def test_what_is_in_no_pair_is_refused(objective: Objective) -> None:
    batch = doubled(Batch.of([Row([0, 0], [Decision(1, 1, 0)], 0, 1)]))
    scored = Likelihood(batch.logp, batch.logp)
    with pytest.raises(ValueError, match="in no pair"):
        objective.loss(scored, replace(batch, ref=batch.logp), 1)
    with pytest.raises(ValueError, match=r"needs Batch\.ref"):
        Preference().loss(scored, batch, 1)


@pytest.mark.parametrize("objective", [Preference(alpha=1.0), Refuel()])
def test_one_step_of_gradient_lowers_the_loss_of_real_rows(objective: Objective) -> None:
    better, worse = made_up(["free", "choice", "fork:free"], 1), made_up(["free", "free"], 2)
    rows = preference_rows([Pair(better, worse), Pair(worse, better)][:1])
    (batch,) = micro_batches(rows, 1000, "pair")
    model = small_model()
    batch = doubled(batch)
    known = likelihood(model, batch, 1.0).logp.detach()
    batch = replace(batch, logp=known, ref=known)
    losses = []
    for _ in range(2):
        out = objective.loss(likelihood(model, batch, 1.0), batch, objective.normaliser(rows))
        losses.append(out.loss.item())
        out.loss.backward()
        with torch.no_grad():
            for weight in model.parameters():
                assert weight.grad is not None
                weight -= 1e-4 * weight.grad
    assert losses[1] < losses[0]


# Pairs.


def tried(success: bool | None, turns: int, seed: int = 0) -> Episode:
    return made_up(["free"] * turns, seed, success=success)


def test_the_best_is_the_fastest_success_and_the_worse_are_all_others() -> None:
    episodes = [tried(True, 4), tried(True, 2), tried(False, 1), tried(None, 3), tried(True, 2, 1)]
    drawn = {id(pair.worse) for seed in range(40) for pair in preference_pairs([Group(TASK, episodes)], seed)}
    assert drawn == {id(episodes[place]) for place in (0, 2, 3)}  # not the one that was as fast
    assert all(pair.better is episodes[1] for pair in preference_pairs([Group(TASK, episodes)] * 5))


def test_groups_that_say_nothing_give_no_pair() -> None:
    none = [tried(False, 1), tried(False, 3)]
    same = [tried(True, 2), tried(True, 2)]
    assert (
        preference_pairs([Group(TASK, none), Group(TASK, same), Group(TASK, []), Group(TASK, [tried(True, 1)])]) == []
    )
    assert len(preference_pairs([Group(TASK, none), Group(TASK, [*same, *none])])) == 1


def test_pairs_are_drawn_the_same_again() -> None:
    groups = [Group(TASK, [tried(True, 1), *(tried(False, n) for n in range(1, 9))]) for _ in range(6)]
    lengths = [[len(pair.worse.turns) for pair in preference_pairs(groups, seed)] for seed in (0, 0, 1)]
    assert lengths[0] == lengths[1] != lengths[2]
    assert len(set(lengths[0])) > 1


def test_the_rows_of_pairs() -> None:
    one, other = made_up(["free", "fork:free"], 1), made_up(["free"], 2)
    rows = preference_rows([Pair(one, other), Pair(other, one)])
    assert [(row.episode, row.pair, row.side) for row in rows] == [
        (0, 0, 1), (0, 0, 1), (1, 0, -1), (2, 1, 1), (3, 1, -1), (3, 1, -1),
    ]  # fmt: skip
    assert Preference().normaliser(rows) == 2


def test_refuel_trains_the_turn_at_which_episodes_part() -> None:
    one, other = made_up(["free"] * 3, 1), made_up(["free"] * 4, 2)
    rows = refuel_rows([(one, other)], [1])
    assert [(row.side, {d.turn for d in row.decisions}) for row in rows] == [(1, {1}), (-1, {1})]
    for row, episode in zip(rows, (one, other), strict=True):
        assert [d.logp for d in row.decisions] == episode.turns[1].logp
        assert len(row.ids) == sum(len(turn.prompt_ids) + len(turn.ids) for turn in episode.turns[:2])
        future = sum(turn.reward for turn in episode.turns[1:])
        assert [d.advantage for d in row.decisions] == pytest.approx([future] * len(row.decisions))
        assert row.decided == len(episode.turns[1].ids)
    gap = sum(t.reward for t in one.turns[1:]) - sum(t.reward for t in other.turns[1:])
    batch = Batch.of(rows)
    out = Refuel().loss(Likelihood(batch.logp, batch.logp), batch, 1)
    assert out.loss.item() == pytest.approx(gap**2, rel=1e-5)
    forked = made_up(["free", "fork:free", "free"], 3)
    assert len(refuel_rows([(forked, other)], [2])[0].ids) == sum(
        len(turn.prompt_ids) + len(turn.ids) for turn in forked.turns[1:]
    )


def test_an_episode_that_does_not_come_to_the_turn_is_refused() -> None:
    with pytest.raises(ValueError, match="parts at turn 2, and an episode of it has 2 turns"):
        refuel_rows([(tried(True, 3), tried(True, 2))], [2])
    with pytest.raises(ValueError, match="decided nothing"):
        refuel_rows([(made_up(["free", "empty"]), tried(True, 2))], [1])
