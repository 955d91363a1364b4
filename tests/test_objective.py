"""Objectives by hand, on a few decisions in float64: every term, its limits, and that each has a gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from rows_fixture import TASK, doubled, made_up
from torch import Tensor

from scoutgym.agents.training.batches import Batch
from scoutgym.agents.training.objective import Imitation, Likelihood, Losses, PolicyGradient, make_objective
from scoutgym.agents.training.objective.core import counted, shares
from scoutgym.agents.training.objective.imitation import filtered, reward_weights
from scoutgym.agents.training.objective.overlong import episode_weights, overlong_penalty, shaped
from scoutgym.agents.training.objective.ratio import ratios
from scoutgym.agents.training.objective.regularise import EntropyHistory, corridor, kl_penalty, kl_to_go
from scoutgym.agents.training.rows import Decision, Row
from scoutgym.types import Episode, Group, Outcome, Turn

pytestmark = pytest.mark.llm


def rows(*episodes: Sequence[int], advantage: Sequence[float] = (), weight: Sequence[float] = ()) -> list[Row]:
    """One row an episode, ``(2, 1)`` being one of two turns, the first with two decisions."""
    found, A, w = [], list(advantage), list(weight)
    for number, turns in enumerate(episodes):
        decisions = []
        for t, length in enumerate(turns):
            for _ in range(length):
                value = A.pop(0) if A else 1.0
                decisions.append(Decision(1 + len(decisions), 1, t, 0.0, value, w.pop(0) if w else 1.0))
        found.append(Row([0] * (1 + len(decisions)), decisions, number, len(decisions)))
    return found


def table(ratio: Sequence[float], made: list[Row], **fields: Tensor) -> tuple[Tensor, Likelihood, Batch]:
    """Decisions that are this much likelier than they were: pi_old is 1/2 throughout."""
    batch = doubled(Batch.of(made))
    old = torch.full_like(batch.logp, math.log(0.5))
    logp = (old + torch.tensor(ratio, dtype=torch.float64).log()).requires_grad_()
    entropy = (logp * -1.0) if "entropy" not in fields else fields.pop("entropy")
    return logp, Likelihood(logp, entropy), replace(batch, logp=old, **fields)


def slope(out: Losses, logp: Tensor) -> list[float]:
    (grad,) = torch.autograd.grad(out.loss, logp)
    return list(grad.tolist())


# The surrogates.


def test_clip_by_hand() -> None:
    A = [1.0, -3.0, 1.0, 2.0, 1.0, -1.0]
    logp, given, batch = table([0.5, 0.5, 1.0, 1.1, 2.0, 2.0], rows((6,), advantage=A))
    out = PolicyGradient(clip_low=0.2, clip_high=0.28).loss(given, batch, 10)
    #     0.5*1 kept, 0.5*-3 -> 0.8*-3, 1, 1.1*2, 2*1 -> 1.28, 2*-1 kept
    assert out.loss.item() == pytest.approx(-(0.5 - 2.4 + 1.0 + 2.2 + 1.28 - 2.0) / 10)
    assert slope(out, logp) == pytest.approx([-0.05, 0.0, -0.1, -0.22, 0.0, 0.2])
    assert (out.sums["count"], out.sums["clipped"], out.maxima["ratio"]) == (6, 2, pytest.approx(2.0))
    assert out.sums["kl_old"].item() == pytest.approx(sum(r - 1 - math.log(r) for r in (0.5, 0.5, 1, 1.1, 2, 2)))
    assert out.sums["entropy"].item() == pytest.approx(-logp.sum().item())


def test_cispo_by_hand() -> None:
    logp, given, batch = table([0.5, 3.0, 2.0], rows((3,), advantage=[1.0, 2.0, -1.0]))
    out = PolicyGradient(form="cispo", clip_high=1.5).loss(given, batch, 4)
    weights = [0.5 * 1.0, 2.5 * 2.0, 2.0 * -1.0]  # 3 is cut to 2.5 and keeps a gradient
    assert out.loss.item() == pytest.approx(-sum(w * one for w, one in zip(weights, logp.tolist(), strict=True)) / 4)
    assert slope(out, logp) == pytest.approx([-w / 4 for w in weights])
    assert out.sums["clipped"] == 1


def test_reinforce_by_hand() -> None:
    logp, given, batch = table([0.5, 3.0], rows((2,), advantage=[1.0, -2.0]))
    out = PolicyGradient(form="reinforce").loss(given, batch, 2)
    assert out.loss.item() == pytest.approx(-(logp[0] - 2 * logp[1]).item() / 2)
    assert slope(out, logp) == pytest.approx([-0.5, 1.0])


@pytest.mark.parametrize("form", ["clip", "cispo", "reinforce"])
@pytest.mark.parametrize("ratio", ["token", "turn_mean", "sequence_mean"])
def test_on_policy_every_form_has_the_policy_gradient(form: str, ratio: str) -> None:
    A = [1.0, -2.0, 0.5, 3.0, -1.0]
    logp, given, batch = table([1.0] * 5, rows((2, 1), (2,), advantage=A))
    objective = make_objective("policy", {"form": form, "ratio": ratio})
    out = objective.loss(given, batch, 5)
    assert slope(out, logp) == pytest.approx([-one / 5 for one in A])
    assert out.sums["clipped"] == 0
    assert out.sums["kl_old"].item() == pytest.approx(0.0)


# The ratios.


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("token", [2.0, 0.5, 4.0, 8.0, 0.25]),
        ("turn", [1.0, 1.0, 4.0, 2.0, 2.0]),
        ("turn_mean", [1.0, 1.0, 4.0, math.sqrt(2), math.sqrt(2)]),
        ("sequence", [4.0, 4.0, 4.0, 2.0, 2.0]),
        ("sequence_mean", [4 ** (1 / 3)] * 3 + [math.sqrt(2)] * 2),
    ],
)
def test_ratios_by_hand(kind: str, expected: list[float]) -> None:
    logp, _, batch = table([2.0, 0.5, 4.0, 8.0, 0.25], rows((2, 1), (2,)))
    assert ratios(logp, batch.logp, batch, kind).tolist() == pytest.approx(expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "per"),
    [
        (kind, per)
        for kind in ("turn", "turn_mean", "sequence", "sequence_mean")
        for per in ("decision", "turn", "episode")
        if not (kind.startswith("sequence") and per == "turn")
    ],
)
def test_a_unit_with_one_advantage_has_the_gradient_of_its_ratio(kind: str, per: str) -> None:
    """Against the formula as it stands in the papers, differentiated as it stands."""
    units = [[0, 1], [2], [3, 4]] if kind.startswith("turn") else [[0, 1, 2], [3, 4]]
    A = [1.0, 1.0, 1.0, -2.0, -2.0]
    logp, given, batch = table([1.1, 0.95, 1.2, 0.6, 0.9], rows((2, 1), (2,), advantage=A))
    objective = PolicyGradient(ratio=kind, per=per, clip_low=0.3, clip_high=0.3)  # type: ignore[arg-type]
    out = objective.loss(given, batch, objective.normaliser(rows((2, 1), (2,))))
    share = {"decision": [1 / 5] * 5, "turn": [1 / 6, 1 / 6, 1 / 3, 1 / 6, 1 / 6], "episode": [1 / 6] * 3 + [1 / 4] * 2}
    loss = logp.new_zeros(())
    for unit in units:
        total = (logp - batch.logp)[unit].sum() / (len(unit) if kind.endswith("mean") else 1)
        s = total.exp()
        for j in unit:
            loss = loss - share[per][j] * torch.minimum(s * A[j], s.clamp(0.7, 1.3) * A[j])
    assert out.loss.item() == pytest.approx(loss.item())
    expected = torch.autograd.grad(loss, logp)[0].tolist()
    assert slope(out, logp) == pytest.approx(expected)
    assert any(expected)


def test_a_unit_keeps_the_credit_of_its_decisions_apart() -> None:
    logp, given, batch = table([1.0, 1.0], rows((2,), advantage=[1.0, -1.0]))
    out = PolicyGradient(ratio="sequence_mean").loss(given, batch, 2)
    assert slope(out, logp) == pytest.approx([-0.5, 0.5])  # the plain form has 0 here


def test_ratios_agree_where_units_are_single_decisions() -> None:
    made = rows((1,), (1,), (1,), advantage=[1.0, -1.0, 2.0])
    found = []
    for kind in ("token", "turn", "turn_mean", "sequence", "sequence_mean"):
        logp, given, batch = table([0.7, 1.2, 1.5], made)
        objective = PolicyGradient(ratio=kind)  # type: ignore[arg-type]
        out = objective.loss(given, batch, 3)
        found.append([out.loss.item(), *slope(out, logp)])
    assert all(one == pytest.approx(found[0]) for one in found)


# Normalisers and weights.


def test_what_counts_alike() -> None:
    made = rows((2, 1), (2,))
    assert [counted(made, per, 7) for per in ("decision", "turn", "episode", "constant")] == [5, 3, 2, 14]  # type: ignore[arg-type]
    batch = doubled(Batch.of(made))
    expected = {
        "decision": [1 / 5] * 5,
        "turn": [1 / 6, 1 / 6, 1 / 3, 1 / 6, 1 / 6],  # each turn 1/3
        "episode": [1 / 6] * 3 + [1 / 4] * 2,  # each episode 1/2
        "constant": [1 / 14] * 5,
    }
    for per, shared in expected.items():
        assert shares(batch, per, counted(made, per, 7)).tolist() == pytest.approx(shared)  # type: ignore[arg-type]


def test_the_rows_of_a_forked_episode_are_one_episode() -> None:
    first = Row([0, 0, 0], [Decision(1, 1, 0), Decision(2, 1, 0)], 0, 3)
    second = Row([0, 0], [Decision(1, 1, 1)], 0, 3)
    assert counted([first, second], "episode") == 1
    apart = [shares(doubled(Batch.of([row])), "episode", 1).tolist() for row in (first, second)]
    assert apart == [pytest.approx([1 / 3, 1 / 3]), pytest.approx([1 / 3])]


@pytest.mark.parametrize("per", ["decision", "turn", "episode", "constant"])
def test_a_masked_decision_has_no_gradient_and_stays_in_the_normaliser(per: str) -> None:
    whole, masked = rows((2, 1), (2,)), rows((2, 1), (2,), weight=[1.0, 0.0, 1.0, 0.0, 0.0])
    objective = PolicyGradient(per=per, longest=5)  # type: ignore[arg-type]
    assert objective.normaliser(whole) == objective.normaliser(masked)
    slopes = []
    for made in (whole, masked):
        logp, given, batch = table([1.0] * 5, made)
        slopes.append(slope(objective.loss(given, batch, objective.normaliser(made)), logp))
    assert slopes[1] == pytest.approx([slopes[0][0], 0.0, slopes[0][2], 0.0, 0.0])


def test_stale_samples_weigh_less() -> None:
    logp, given, batch = table([1.0, 1.0, 1.0], rows((3,)), prox=torch.tensor([0.25, 0.5, 4.0]).double().log())
    logp.data = batch.prox.clone()  # type: ignore[union-attr]
    out = PolicyGradient(tis=2.0).loss(Likelihood(logp, -logp), batch, 3)
    assert slope(out, logp) == pytest.approx([-0.5 / 3, -1 / 3, -2 / 3])  # 8 is cut to 2
    assert (out.sums["tis"].item(), out.sums["tis_capped"]) == (pytest.approx(3.5), 1)
    assert out.sums["clipped"] == 0  # the ratio is to the policy at the start of the step
    with pytest.raises(ValueError, match=r"needs Batch\.prox"):
        PolicyGradient(tis=2.0).loss(given, replace(batch, prox=None), 3)


# Regularisers.


def test_the_kl_estimator_in_the_loss_is_unbiased_and_has_the_gradient_that_is_said() -> None:
    """Means under pi by enumeration of all five outcomes."""
    z = torch.tensor([0.3, -1.0, 0.8, 0.0, -0.4], dtype=torch.float64, requires_grad=True)
    ref = torch.tensor([-0.2, 0.5, 0.1, 1.0, -0.9], dtype=torch.float64).log_softmax(-1)
    logp = z.log_softmax(-1)
    p = logp.exp()
    estimate = kl_penalty(logp, ref)
    assert (p * estimate).sum().item() == pytest.approx((p * (logp - ref)).sum().item())
    forward = torch.autograd.grad((ref.exp() * (ref - logp)).sum(), z, retain_graph=True)[0]
    found = torch.autograd.grad((p.detach() * estimate).sum(), z)[0]
    assert found.tolist() == pytest.approx(forward.tolist())
    assert found.abs().max() > 0.01
    assert (estimate >= 0).all()
    assert kl_penalty(ref, ref).abs().max() == 0


@pytest.mark.parametrize("form", ["reinforce", "clip", "cispo"])
def test_a_kl_in_the_reward_has_the_gradient_of_the_kl_of_whole_sequences(form: str) -> None:
    """By enumeration of all sequences of two tokens: the first decides which distributions the second is from."""
    draw = torch.Generator().manual_seed(0)
    logits, others = (torch.randn(4, 3, generator=draw, dtype=torch.float64) for _ in range(2))
    logits.requires_grad_()
    pi, ref = logits.log_softmax(-1), others.log_softmax(-1)  # line 0 of the first token, line 1 + a after token a
    every = [(a, b) for a in range(3) for b in range(3)]
    sequence = torch.stack([pi[0, a] + pi[1 + a, b] for a, b in every])
    exact = sequence.exp() * (sequence - torch.stack([ref[0, a] + ref[1 + a, b] for a, b in every]))
    (true,) = torch.autograd.grad(exact.sum(), logits, retain_graph=True)
    objective = PolicyGradient(form=form, per="constant", longest=1, kl=1.0, kl_form="k1")  # type: ignore[arg-type]
    mean = torch.zeros(())
    for (a, b), p in zip(every, sequence.exp().tolist(), strict=True):
        logp = torch.stack([pi[0, a], pi[1 + a, b]])
        batch = doubled(Batch.of(rows((1, 1), advantage=[0.0, 0.0])))
        batch = replace(batch, logp=logp.detach(), ref=torch.stack([ref[0, a], ref[1 + a, b]]))
        out = objective.loss(Likelihood(logp, -logp), batch, objective.normaliser(rows((1, 1))))
        assert out.sums["kl_ref"].item() == pytest.approx((logp - batch.ref).sum().item())  # type: ignore[operator]
        mean = mean + p * out.loss
    (found,) = torch.autograd.grad(mean, logits)
    assert found.abs().max() > 0.1
    assert found.flatten().tolist() == pytest.approx(true.flatten().tolist())


def test_a_kl_in_the_reward_stays_within_its_episode_whatever_the_order_of_its_rows() -> None:
    ref = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0]).double()
    first = [replace(row, episode=0) for row in rows((2, 1))]
    batch = doubled(Batch.of([*first, *(replace(row, episode=1) for row in rows((2,)))]))
    K = kl_to_go(torch.zeros(5, dtype=torch.float64), -ref, batch)
    assert K.tolist() == [7.0, 6.0, 4.0, 24.0, 16.0]
    turned = replace(batch, episode=torch.tensor([0, 1, 0, 1, 0]), position=torch.tensor([2, 0, 0, 0, 1]))
    assert kl_to_go(torch.zeros(5, dtype=torch.float64), -ref, turned).tolist() == [1.0, 10.0, 21.0, 8.0, 17.0]
    assert kl_to_go(ref[:0], ref[:0], Batch.of([])).tolist() == []


def test_the_kl_penalty_in_the_loss() -> None:
    ref = torch.tensor([0.25, 0.5]).double().log()
    logp, given, batch = table([1.0, 1.0], rows((2,), advantage=[0.0, 0.0]), ref=ref)
    out = PolicyGradient(kl=0.1).loss(given, batch, 2)
    assert out.loss.item() == pytest.approx(0.1 * (0.5 - 1 - math.log(0.5)) / 2)
    assert slope(out, logp) == pytest.approx([0.1 * (1 - 0.5) / 2, 0.0])
    out = PolicyGradient(kl=0.1, kl_form="k1").loss(given, batch, 2)
    assert out.loss.item() == pytest.approx(0.1 * math.log(2) / 2)
    assert slope(out, logp) == pytest.approx([0.1 * math.log(2) / 2, 0.0])
    with pytest.raises(ValueError, match=r"needs Batch\.ref"):
        PolicyGradient(kl=0.1).loss(given, replace(batch, ref=None), 2)


def test_the_entropy_bonus() -> None:
    entropy = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64, requires_grad=True)
    _, given, batch = table([1.0] * 3, rows((3,), advantage=[0.0] * 3, weight=[1, 1, 0]), entropy=entropy)
    out = PolicyGradient(entropy=0.01).loss(given, batch, 3)
    assert out.loss.item() == pytest.approx(-0.01 * (1 + 2) / 3)
    assert torch.autograd.grad(out.loss, entropy)[0].tolist() == pytest.approx([-0.01 / 3, -0.01 / 3, 0])
    with pytest.raises(ValueError, match="gradients through the entropy"):
        PolicyGradient(entropy=0.01).loss(Likelihood(given.logp, entropy.detach()), batch, 3)


def test_the_corridor_pushes_back_from_both_sides() -> None:
    """EPO's released penalty is a constant: its gradient, which this test asks for, is 0."""
    made = rows((2, 2, 1), advantage=[0.0] * 5)
    H = torch.tensor([0.2, 1.0, 9.0, 4.0, 5.0], dtype=torch.float64, requires_grad=True)
    _, given, batch = table([1.0] * 5, made, entropy=H)
    S = corridor(H, batch, [1.0, 4.0], 0.5, 1.5)  # bounds 0.5 .. 1.5 in turn 0, 2 .. 6 from turn 1 on
    assert S.tolist() == pytest.approx([0.3, 0.0, 3.0, 0.0, 0.0])
    objective = PolicyGradient(entropy=0.1, corridor=2.0)
    out = objective.loss(given, batch, 5, history=[1.0, 4.0])
    assert out.loss.item() == pytest.approx(-0.1 * (19.2 - 2.0 * 3.3) / 5)
    grad = torch.autograd.grad(out.loss, H)[0].tolist()
    assert grad == pytest.approx([-0.02 * (1 + 2), -0.02, -0.02 * (1 - 2), -0.02, -0.02])
    assert out.sums["corridor"].item() == pytest.approx(3.3)
    assert objective.loss(given, batch, 5).sums["corridor"] == 0  # no policy before this one


def test_the_history_of_entropies() -> None:
    history = EntropyHistory()
    assert history.means() == []
    history.add(torch.tensor([1.0, 3.0, 5.0]), Batch.of(rows((2, 1))))
    history.add(torch.tensor([5.0, 7.0, 9.0]), Batch.of(rows((1, 1, 1))))
    assert history.means() == [3.0, 6.0, 9.0]
    again = EntropyHistory()
    again.load_state_dict(history.state_dict())
    again.add(torch.tensor([1.0]), Batch.of(rows((1,))))
    assert (again.means(), history.means()) == ([2.5, 6.0, 9.0], [3.0, 6.0, 9.0])
    other = EntropyHistory()
    other.add(torch.tensor([7.0]), Batch.of(rows((1,))))
    for one in (history, again):
        other.merge(one.state_dict())  # 7, 1 + 3 + 5, 1 + 3 + 5 + 1 in turn 0
    assert other.means() == [pytest.approx(26 / 8), 6.0, 9.0]


TERMS = {
    "clip": {},
    "cispo": {"form": "cispo"},
    "reinforce": {"form": "reinforce"},
    "turn": {"ratio": "turn"},
    "turn_mean": {"ratio": "turn_mean"},
    "sequence": {"ratio": "sequence"},
    "sequence_mean": {"ratio": "sequence_mean"},
    "k1": {"kl": 0.5, "kl_form": "k1"},
    "k3": {"kl": 0.5},
    "entropy": {"entropy": 0.5},
    "corridor": {"entropy": 0.5, "corridor": 0.5},
    "tis": {"tis": 0.5},
}


@pytest.mark.parametrize("name", TERMS)
def test_every_term_moves_the_gradient(name: str) -> None:
    """Each option against the objective without it, off the policy."""

    def found(options: dict[str, object]) -> list[float]:
        z = torch.tensor([[0.1, 0.9], [1.5, 0.2], [0.4, 0.4]], dtype=torch.float64, requires_grad=True)
        every = z.log_softmax(-1)
        given = Likelihood(every[:, 0], -(every.exp() * every).sum(-1))
        batch = doubled(Batch.of(rows((2, 1), advantage=[1.0, -0.5, 2.0])))
        batch = replace(batch, logp=torch.tensor([0.32, 0.7, 0.3]).double().log())
        batch = replace(batch, ref=batch.logp - 0.3, prox=batch.logp + 0.1 if "tis" in options else None)
        out = make_objective("policy", options).loss(given, batch, 3, history=[0.3])
        return list(torch.autograd.grad(out.loss, z)[0].flatten().tolist())

    base = {"entropy": 0.5} if name == "corridor" else {}
    other = found({"form": "reinforce"}) if name == "clip" else found(base)
    assert any(abs(one) > 1e-3 for one in found(TERMS[name]))
    assert any(abs(a - b) > 1e-4 for a, b in zip(found(TERMS[name]), other, strict=True))


def test_a_batch_without_decisions_has_loss_zero_and_a_graph() -> None:
    weight = torch.ones((), requires_grad=True)
    empty = weight * torch.zeros(0)
    batch = Batch.of([Row([1], [])])
    batch = replace(batch, ref=torch.zeros(0), prox=torch.zeros(0))
    for options in TERMS.values():
        out = make_objective("policy", options).loss(Likelihood(empty, empty), batch, 5, history=[1.0])
        assert out.loss == 0
        assert out.loss.requires_grad
        assert (out.maxima["ratio"], out.sums["count"]) == (0, 0)
    out = Imitation().loss(Likelihood(empty, empty), batch, 5)
    out.loss.backward()
    assert weight.grad == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "clp"}, "did you mean 'clip'"),
        ({"ratio": "tokn"}, "did you mean 'token'"),
        ({"per": "row"}, "per='row' is unknown"),
        ({"clip_low": -1}, "clip_low=-1"),
        ({"per": "constant"}, "set longest"),
        ({"corridor": 1.0}, "set entropy above 0"),
        ({"tis": 0}, "tis=0"),
        ({"cliphigh": 1}, "did you mean 'clip_high'"),
    ],
)
def test_a_wrong_option_is_one_clear_line(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make_objective("policy", options)
    assert "\n" not in str(caught.value)


def test_an_unknown_objective_is_named() -> None:
    with pytest.raises(ValueError, match="did you mean 'policy'"):
        make_objective("polcy")


# Imitation.


def test_cross_entropy_by_hand() -> None:
    logp, given, batch = table([1.0, 0.5, 0.25], rows((2, 1), weight=[1.0, 2.0, 0.0]))
    out = Imitation().loss(given, batch, 3)
    assert out.loss.item() == pytest.approx((math.log(2) + 2 * math.log(4)) / 3)
    assert slope(out, logp) == pytest.approx([-1 / 3, -2 / 3, 0.0])
    assert out.sums["nll"].item() == pytest.approx(math.log(2) + math.log(4) + math.log(8))


def test_reward_weights() -> None:
    weights = reward_weights([1.0, 0.0, 2000.0], 1000.0)  # large returns do not overflow
    e = [math.exp(0.001), 1.0, math.exp(2.0)]
    assert weights == pytest.approx([3 * one / sum(e) for one in e])
    assert reward_weights([5.0] * 4, 0.1) == [1.0] * 4
    assert reward_weights([1.0, 0.0], 1e-3) == pytest.approx([2.0, 0.0])
    assert reward_weights([], 1.0) == []
    with pytest.raises(ValueError, match="above 0"):
        reward_weights([1.0], 0.0)


def test_filtered_behaviour_cloning_keeps_the_successes() -> None:
    episodes = [made_up(["free"], seed, success=success) for seed, success in enumerate([True, False, None, True])]
    assert filtered([Group(TASK, episodes[:2]), Group(TASK, episodes[2:])]) == [episodes[0], episodes[3]]


# What was cut off.


def cut(*outcomes: str, truncated: bool = False) -> Episode:
    turns = [Turn("a", "o", "a", "a", ids=[1, 2, 3], logp=[0.0] * 3, forced=[2], outcome=one) for one in outcomes]
    return Episode(TASK, turns, "", not truncated, truncated)


def test_weights_of_episodes_that_were_cut_off() -> None:
    fine, long = cut(Outcome.OK, Outcome.INVALID_ACTION), cut(Outcome.OUTPUT_TRUNCATED, Outcome.OK)
    full, late = cut(Outcome.CONTEXT_OVERFLOW), cut(Outcome.OK, truncated=True)
    assert [episode_weights(one) for one in (fine, long, full, late)] == [[1, 1], [1, 1], [1], [1]]
    assert [episode_weights(one, overlong=True) for one in (fine, long, full, late)] == [[1, 1], [0, 0], [0], [1]]
    assert [episode_weights(one, over_turn=True) for one in (fine, long, full, late)] == [[1, 1], [1, 1], [1], [0]]


def test_the_soft_overlong_penalty() -> None:
    assert [overlong_penalty(n, 20, 4) for n in (0, 16, 17, 19, 20, 50)] == [0.0, 0.0, -0.25, -0.75, -1.0, -1.0]
    one = cut(Outcome.OK, Outcome.OK, Outcome.OK)  # 6 sampled tokens
    short = cut(Outcome.OK)
    ((lower, same),) = (group.episodes for group in shaped([Group(TASK, [one, short])], longest=8, margin=4))
    assert [turn.reward for turn in lower.turns] == [0.0, 0.0, -0.5]
    assert same == short
    assert one.total == 0.0
