"""Credit rules that learn a value: the recursion by hand, its limits, and critics against exact values."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from credit_tools import TASK, Table, episode, group, refused, with_turns
from safetensors.torch import load, save

from scoutgym.agents.training.credit.archer import ArCHer
from scoutgym.agents.training.credit.core import Credit, credit_rule
from scoutgym.agents.training.credit.critic import Critic
from scoutgym.agents.training.credit.gae import gae
from scoutgym.agents.training.credit.returns import returns_to_go, whitened
from scoutgym.agents.training.credit.spa import SPA
from scoutgym.agents.training.credit.token_gae import TokenGAE
from scoutgym.agents.training.credit.turn_gae import TurnGAE
from scoutgym.types import Episode, Group, Turn

pytestmark = pytest.mark.llm
torch.set_num_threads(1)


# The recursion.


def test_gae_by_hand() -> None:
    # gamma = lambda = 1/2, V = 0.2, 0.4, 0.6, reward 1 at the end.
    # Terminated: delta = 0 + 0.2 - 0.4 ... backwards 1 - 0.6 = 0.4; 0.3 - 0.4 = -0.1; 0.2 - 0.2 = 0.
    # A = 0.4; -0.1 + 0.4 / 4 = 0; 0 + 0 / 4 = 0.
    values, half = [0.2, 0.4, 0.6], [0.5] * 3
    assert gae([0, 0, 1], values, 0.0, half, 0.5) == pytest.approx([0.0, 0.0, 0.4])
    # Truncated before a state worth 0.8: the last delta is 1 + 0.4 - 0.6 = 0.8, A = 0.8; -0.1 + 0.2; 0 + 0.1 / 4.
    assert gae([0, 0, 1], values, 0.8, half, 0.5) == pytest.approx([0.025, 0.1, 0.8])


def test_gae_at_its_limits() -> None:
    rewards, values, gammas = [0.1, 0.0, -0.3, 1.0], [0.5, -0.2, 0.7, 0.1], [0.9] * 4
    G = returns_to_go(episode(*rewards), 0.9)
    assert gae(rewards, [0.0] * 4, 0.0, gammas, 1.0) == pytest.approx(G)
    assert gae(rewards, values, 0.0, gammas, 1.0) == pytest.approx([g - V for g, V in zip(G, values, strict=True)])
    one_step = [0.1 - 0.18 - 0.5, 0.63 + 0.2, -0.3 + 0.09 - 0.7, 1.0 - 0.1]
    assert gae(rewards, values, 0.0, gammas, 0.0) == pytest.approx(one_step)


# Turns.


class Known(Critic):
    """A critic that is right already: the first feature is the value."""

    def __init__(self) -> None:
        super().__init__(1, 1e-3, 0)

    def values(self, features: torch.Tensor) -> list[float]:
        return features[:, 0].tolist()


def known_turns(*V: float) -> Any:
    return lambda one: torch.tensor(V[: len(one.turns)] + V[-1:])[:, None]


def turn_rule(lam: float) -> TurnGAE:
    rule = TurnGAE(lam)
    rule.critic = Known()
    return rule


def test_turn_gae_by_hand_bootstraps_at_truncation_and_not_at_termination() -> None:
    ended, cut = episode(0, 0, 1), episode(0, 0, 1, truncated=True)
    ctx = Table(0.5, before=known_turns(0.2, 0.4, 0.6, 0.8))
    # The two of the table above, made mean 0 and deviation 1 over all six turns.
    table = np.array([0.0, 0.0, 0.4, 0.025, 0.1, 0.8])
    expected = (table - table.mean()) / table.std()
    found = turn_rule(0.5).credit([group(ended, cut)], ctx).turns[0]
    assert found == [pytest.approx(expected[:3], abs=1e-6), pytest.approx(expected[3:], abs=1e-6)]
    both = replace(cut, terminated=True)  # the end came on the last turn that was allowed: nothing would have followed
    assert (
        turn_rule(0.5).credit([group(ended, both)], ctx).turns[0]
        == [pytest.approx([-0.7071, -0.7071, 1.4142], abs=1e-3)] * 2
    )


def test_turn_gae_learns_from_the_advantage_plus_the_old_value() -> None:
    rule = turn_rule(0.5)
    rule.credit([group(episode(0, 0, 1))], Table(0.5, before=known_turns(0.2, 0.4, 0.6, 0.8)))
    states, targets = rule._examples
    assert targets == pytest.approx([0.2, 0.4, 1.0])
    assert torch.cat(states)[:, 0].tolist() == pytest.approx([0.2, 0.4, 0.6])  # never the state behind the end


def test_turn_gae_with_lambda_1_and_no_value_is_rebn() -> None:
    table = [group(episode(0, 0, 1), episode(-0.1, 0)), group(episode(1, 0.5))]
    new, rebn = TurnGAE(lam=1.0), credit_rule("rebn")  # a new critic says 0
    for one, other in zip(new.credit(table, Table(0.9)).turns, rebn.credit(table, Table(0.9)).turns, strict=True):
        assert one is not None
        assert one == [pytest.approx(member, abs=1e-6) for member in other or []]


def test_a_turn_without_reward_is_a_turn() -> None:
    # Found by "reward is not 0", this episode would have one turn, and the first two no credit at all.
    found = TurnGAE(lam=1.0).credit([group(episode(0, 0, 1), episode(0, 0, 0))], Table(0.5)).turns[0]
    assert found == [pytest.approx(one, abs=1e-6) for one in np.split(np.array(whitened([0.25, 0.5, 1, 0, 0, 0])), 2)]


def test_the_turn_critic_learns_what_states_are_worth() -> None:
    # Two first states, one of which always ends in success; a third that leads nowhere.
    def where(first: str, won: float) -> Episode:
        return with_turns(episode(0, won), obs=(first, "then " + first))

    table = [group(where("good", 1), where("bad", 0), where("good", 1), where("bad", 0))]
    rule, ctx = TurnGAE(lam=0.9, lr=1e-2), Table(0.9)
    for _ in range(40):
        rule.credit(table, ctx)
        loss = rule.update(table, ctx)["credit/value_loss"]
    features = ctx.features(table[0].episodes[:2])
    good, bad = (rule.critic.values(one.before) for one in features)
    assert loss < 1e-3
    assert (good[0], good[1], bad[0]) == (
        pytest.approx(0.9, abs=0.05),
        pytest.approx(1.0, abs=0.05),
        pytest.approx(0.0, abs=0.05),
    )


# Tokens.


def token_rule(lam: float) -> TokenGAE:
    rule = TokenGAE(lam)
    rule.critic = Known()
    return rule


class Tokens(Table):
    """Values of single tokens, turn by turn; behind the end ``last``."""

    def __init__(self, gamma: float, V: list[list[float]], last: float) -> None:
        super().__init__(gamma)
        self.V, self.last = V, last

    def features(self, episodes: Any, tokens: bool = False) -> Any:
        return [
            replaced._replace(
                before=torch.tensor([*[77.0] * len(one.turns), self.last])[:, None],
                tokens=[torch.tensor(values)[:, None] for values in self.V],
            )
            for one, replaced in zip(episodes, super().features(episodes, tokens), strict=True)
        ]


def raw(rule: TokenGAE, one: Episode, ctx: Table) -> list[float]:
    """Advantages before they are normalised: what the critic learns, less what it said."""
    rule.credit([group(one)], ctx)
    states, targets = rule._examples
    said = rule.critic.values(torch.cat(states))
    return [target - V for target, V in zip(targets, said, strict=True)]


def test_token_gae_by_hand_passes_over_holes() -> None:
    # Two turns of three tokens; the last of the first was forced: a hole, whatever its value. gamma 1/2, lambda 1/2.
    # Steps: V = 0.1, 0.3 | 0.5, 0.2, 0.4 with rewards 0, 0.2 | 0, 0, 1; within a turn gamma is 1.
    one = with_turns(episode(0.2, 1), ids=([7, 8, 5], [7, 8, 5]), logp=([-1.0] * 3,) * 2, forced=((2,), ()))
    ctx = Tokens(0.5, [[0.1, 0.3, 99.0], [0.5, 0.2, 0.4]], last=0.8)
    # delta backwards: 1 - 0.4 = 0.6; 0.4 - 0.2 = 0.2; 0.2 - 0.5 = -0.3; 0.2 + 0.25 - 0.3 = 0.15; 0.3 - 0.1 = 0.2.
    # A: 0.6; 0.2 + 0.3 = 0.5; -0.3 + 0.25 = -0.05; 0.15 + (1/4)(-0.05) = 0.1375; 0.2 + 0.06875 = 0.26875.
    expected = [0.26875, 0.1375, -0.05, 0.5, 0.6]
    assert raw(token_rule(0.5), one, ctx) == pytest.approx(expected)
    credited = token_rule(0.5).credit([group(one)], ctx)
    a, b, c, d, e = whitened(expected)
    assert credited.tokens == [[[pytest.approx([a, b, 0.0]), pytest.approx([c, d, e])]]]
    assert credited.turns == [[pytest.approx([(a + b) / 2, (c + d + e) / 3])]]


def test_token_gae_bootstraps_at_truncation_and_not_at_termination() -> None:
    ctx = Tokens(0.5, [[0.1, 0.3]], last=0.8)
    ended, cut = episode(1), episode(1, truncated=True)
    assert raw(token_rule(0.0), ended, ctx) == pytest.approx([0.2, 1 - 0.3])
    assert raw(token_rule(0.0), cut, ctx) == pytest.approx([0.2, 1 + 0.5 * 0.8 - 0.3])


def test_token_gae_with_lambda_1_and_no_value_is_the_turns_return_everywhere() -> None:
    # The second turn decided nothing (a full context): its reward comes with the decision before, discounted.
    one = with_turns(
        episode(0.2, -0.1, 1, 0.5),
        ids=([7, 8, 5], (), [5], [9, 9]),
        logp=([-1.0] * 3, (), [-1.0], [-0.5]),
        forced=((1,), (), (), ()),
        choices=((), (), (), [[9, 9], [8, 8, 8]]),
    )
    G = returns_to_go(one, 0.5)
    rule = TokenGAE(lam=1.0)
    assert raw(rule, one, Table(0.5)) == pytest.approx([G[0], G[0], G[2], G[3]])
    credited = rule.credit([group(one)], Table(0.5))
    assert credited.tokens is not None
    assert [len(entries) for entries in credited.tokens[0][0]] == [len(turn.logp) for turn in one.turns]


# ArCHer.

GAMMA, RIGHT = 0.9, 0.7


def chain(count: int, seed: int) -> list[Group]:
    """Walks on 0, 1, 2: right with 0.7, where 2 leads out and pays 1; left goes back and costs 0.1. Cut at 4 turns."""
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        at, turns = 0, []
        while at < 3 and len(turns) < 4:
            right = draw.random() < RIGHT
            turns.append(Turn("agent", str(at), "R" if right else "L", "", reward=-0.1 * (not right)))
            at = at + 1 if right else max(0, at - 1)
        turns[-1].reward += float(at == 3)
        found.append(Episode(TASK, turns, str(at), at == 3, at < 3))
    return [Group(TASK, found)]


def one_hot(place: int, size: int) -> list[float]:
    return [float(place == n) for n in range(size)]


def states(one: Episode) -> torch.Tensor:
    return torch.tensor([one_hot(int(t), 4) for t in [*(turn.obs for turn in one.turns), one.final_observation]])


def state_actions(one: Episode) -> torch.Tensor:
    return torch.tensor([one_hot(2 * int(turn.obs) + (turn.text == "R"), 6) for turn in one.turns])


def exact() -> np.ndarray:
    """Q of the walk, by solving Q = r + gamma P V for the six pairs."""
    P, r = np.zeros((6, 6)), np.zeros(6)
    for s in range(3):
        for a, (to, reward) in enumerate(((max(0, s - 1), -0.1), (s + 1, float(s == 2)))):
            r[2 * s + a] = reward
            if to < 3:
                P[2 * s + a, 2 * to], P[2 * s + a, 2 * to + 1] = 1 - RIGHT, RIGHT
    return np.linalg.solve(np.eye(6) - GAMMA * P, r)


def test_archers_critic_finds_the_exact_values_of_a_walk() -> None:
    """Had truncation counted as the end, Q of the first state would be far too low; the test would see it."""
    rule, ctx = ArCHer(warmup=40, steps=15, lr=3e-3), Table(GAMMA, before=states, after=state_actions)
    for step in range(40):
        groups = chain(120, step)
        assert rule.credit(groups, ctx).turns == [None]
        rule.update(groups, ctx)
    Q = exact()
    V = Q.reshape(3, 2) @ [1 - RIGHT, RIGHT]
    for number in (0, 1):
        assert rule.Q[number].values(torch.eye(6)) == pytest.approx(Q, abs=0.05)
        assert rule.V[number].values(torch.eye(4)[:3]) == pytest.approx(V, abs=0.1)
    groups = chain(5, 99)
    found = rule.credit(groups, ctx).turns[0]
    assert found is not None
    for one, advantages in zip(groups[0].episodes, found, strict=True):
        for turn, A in zip(one.turns, advantages, strict=True):
            s = int(turn.obs)
            assert pytest.approx(Q[2 * s + (turn.text == "R")] - V[s], abs=0.1) == A


def test_archer_takes_the_smaller_of_two_and_keeps_little() -> None:
    rule, ctx = ArCHer(warmup=0, steps=2, capacity=50), Table(GAMMA, before=states, after=state_actions)
    for step in range(3):
        rule.credit(chain(20, step), ctx)
        rule.update(chain(20, step), ctx)
    assert rule.replay is not None
    assert len(rule.replay.reward) == 50
    one = chain(1, 7)
    a, s = state_actions(one[0].episodes[0]), states(one[0].episodes[0])[:-1]
    Q = np.minimum(*(critic.values(a) for critic in rule.Q))
    V = np.minimum(*(critic.values(s) for critic in rule.V))
    assert rule.credit(one, ctx).turns == [[pytest.approx(Q - V, abs=1e-6)]]


def test_archers_slow_copies_follow_by_tau() -> None:
    rule = ArCHer(tau=0.25)
    critic, x = rule.Q[0], torch.eye(3)
    assert critic.slow(x).tolist() == [0.0] * 3
    before = {name: value.clone() for name, value in critic._slow.state_dict().items()}
    critic.approach(x, torch.tensor([1.0, 2.0, 3.0]))
    critic.follow(0.25)
    for name, value in critic._slow.state_dict().items():
        assert torch.allclose(value, 0.75 * before[name] + 0.25 * critic.net.state_dict()[name])


# SPA-RL.

WORTH = {"x": 0.5, "y": 0.0, "z": -0.25}


def spa_groups(seed: int) -> list[Group]:
    """The outcome is paid at the end alone; what each action gave to it is for the rule to find."""
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(32):
        said = draw.choice(list(WORTH), size=draw.integers(1, 5))
        rewards = [0.0] * (len(said) - 1) + [sum(WORTH[one] for one in said)]
        found.append(with_turns(episode(*rewards), text=list(said)))
    return [Group(TASK, found)]


def spoken(one: Episode) -> torch.Tensor:
    return torch.tensor([one_hot(list(WORTH).index(turn.text), 3) for turn in one.turns])


def test_spa_finds_what_each_turn_contributed() -> None:
    rule, ctx = SPA(alpha=2.0, beta=0.5, warmup=25, lr=2e-2), Table(0.5, after=spoken)
    for step in range(25):
        assert rule.credit(spa_groups(step), ctx).turns == [None]
        rule.update(spa_groups(step), ctx)
    assert rule.estimator.values(torch.eye(3)) == pytest.approx(list(WORTH.values()), abs=0.03)
    # r = 2 p + 1/2 where the world accepted: x 1.5, y refused 0, z 0. To go at gamma 1/2: 1.5, 0, 0 | z: 0.
    played = refused(with_turns(episode(0, 0, 0.25), text=("x", "y", "z")), 1)
    other = with_turns(episode(0), text=("z",))
    expected = whitened([1.5, 0.0, 0.0, 0.0])
    found = rule.credit([group(played, other)], ctx).turns[0]
    assert found == [pytest.approx(expected[:3], abs=0.15), pytest.approx(expected[3:], abs=0.15)]


# What a checkpoint holds.


def through_files(state: dict[str, Any]) -> dict[str, Any]:
    """What is left of a state after JSON and safetensors."""
    tensors = {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}
    plain = {name: value for name, value in state.items() if name not in tensors}
    return {**json.loads(json.dumps(plain)), **load(save(tensors))}


@pytest.mark.parametrize("kind", [TurnGAE, TokenGAE, ArCHer, SPA])
def test_a_rule_goes_on_from_its_state_to_the_same_bits(kind: type[Credit]) -> None:
    def steps(rule: Credit, first: int, last: int) -> list[Any]:
        found = []
        for step in range(first, last):
            table = [group(episode(0, step % 3, 1), episode(0.1 * step, 0)), group(episode(1), episode(0, 0, 0.5))]
            found += [rule.credit(table, Table(0.9)).turns, dict(rule.update(table, Table(0.9)))]
        return found

    options = {ArCHer: {"warmup": 3, "steps": 4}, SPA: {"warmup": 3}}.get(kind, {})
    whole, cut = kind(**options), kind(**options)
    expected = steps(whole, 0, 8)[8:]
    steps(cut, 0, 4)
    again = kind(**options)
    again.load_state_dict(through_files(cut.state_dict()))
    assert steps(again, 4, 8) == expected
    assert through_files(kind().state_dict()) == kind().state_dict()  # and before anything was seen


def test_a_critic_takes_no_luck_from_others() -> None:
    state = torch.get_rng_state()
    critic = Critic(8, 1e-3, 0)
    critic.regress(torch.eye(4), [1.0, 2.0, 3.0, 4.0], epochs=2)
    assert torch.equal(torch.get_rng_state(), state)
