"""The regret bandit: rewards, histories, contexts, changes, belief and expert against independent computations."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections import Counter

import gymnasium
import numpy as np
import pytest

from scoutgym.envs.bandits.regret import CONTEXTS, RegretBandit, RegretState
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import world_for
from scoutgym.envs.session import Session
from scoutgym.types import Task

ID = "scoutgym/RegretBandit-v0"
PRESETS = RegretBandit.spec.presets


def begun(index: int, preset: str = "hard", split: str = "train", luck: int = 0, **params) -> Session:
    params = {**PRESETS[preset], **params}
    session = Session(world_for(RegretBandit, params))
    session.begin(Task(ID, split, index, params), luck)
    return session


def at_random(session: Session, turns: int = 10**9, garbage: float = 0.0) -> float:
    """Play at random, part of it garbage; the reward collected."""
    chance, total = Chance(b"random", session.luck), 0.0
    while not session.over and turns > 0:
        turns -= 1
        text = "none of them" if chance.random() < garbage else chance.choice(session.state.arms)
        total += session.act(text).rewards.get("pull", 0.0)
    return total


def by_expert(session: Session) -> float:
    total = 0.0
    while not session.over:
        action = session.world.expert(session.transcripts["agent"], Chance(b"expert", session.turn))
        total += session.act(action).rewards.get("pull", 0.0)
    return total


# Rewards.


@pytest.mark.parametrize(("preset", "arms", "high", "low"), [("hard", 5, 0.6, 0.4), ("easy", 4, 0.75, 0.25)])
def test_the_published_instances(preset, arms, high, low) -> None:
    best, n = Counter(), 1000
    for index in range(n):
        session = begun(index, preset, "test" if index < 200 else "train")
        told = session.world.privileged(session.state)
        assert (session.world.max_turns, len(session.state.arms)) == (100, arms)
        assert sorted(told.extra["means"][0]) == pytest.approx([low] * (arms - 1) + [high])
        place = told.extra["arms"].index(told.answer)
        assert told.extra["means"][0][place] == pytest.approx(high)
        best[place] += 1
    assert all(abs(count - n / arms) < 5 * math.sqrt(n / arms) for count in best.values())


@pytest.mark.parametrize("params", [{}, {"sd": 0.5}])
def test_a_pull_pays_its_reward_at_the_mean_of_its_arm(params) -> None:
    seen: dict[bool, list[float]] = {True: [], False: []}
    for index in range(40):
        session = begun(index, "easy", **params)
        best = session.world.privileged(session.state).answer
        chance = Chance(b"arms", index)
        while not session.over:
            arm = chance.choice(session.state.arms)
            reply = session.act(arm)
            paid = reply.rewards["pull"]
            assert float(re.match(r"The reward is (-?[0-9.]+)\.", reply.text)[1]) == paid
            low, high = session.world.parts["pull"].low, session.world.parts["pull"].high
            assert low <= paid <= high
            seen[arm == best].append(paid)
    for is_best, mean in ((True, 0.75), (False, 0.25)):
        sd = params.get("sd") or math.sqrt(mean * (1 - mean))
        rewards = np.array(seen[is_best])
        assert abs(rewards.mean() - mean) < 5 * sd / math.sqrt(len(rewards))
        assert abs(rewards.std() - sd) < 0.1 * sd


def test_success_and_pseudo_regret_follow_from_the_privileged_turns() -> None:
    wins = 0
    for index in range(120):
        session = begun(index, "changing" if index % 2 else "contextual", max_turns=9)
        chance, pulls = Chance(b"mixed", index), []
        while not session.over:
            told = session.world.privileged(session.state)
            action = told.answer if chance.random() < 0.4 else chance.choice((*session.state.arms, "no arm"))
            pulls.append((action == told.answer, action))
            session.act(action)
        late = pulls[4:]
        assert session.success == (sum(hit for hit, _ in late) > len(late) / 2)
        assert (session.terminated, session.truncated) == (True, False)
        turns = session.world.privileged(session.state).extra["turns"]
        assert [turn["arm"] == turn["best"] for turn in turns] == [hit for hit, _ in pulls]
        assert [turn["arm"] is None for turn in turns] == [action == "no arm" for _, action in pulls]
        wins += bool(session.success)
    assert 20 < wins < 110


def test_success_pays_nothing_and_a_wasted_turn_pays_the_price() -> None:
    env = gymnasium.make("scoutgym/RegretBandit-tiny-v0")
    env.reset(options={"index": 0, "luck": 0})
    state = env.unwrapped.session.state
    text, reward, *_ = env.step("z")
    assert (text, reward) == (f"Invalid action: 'z' is not one of: {', '.join(state.arms)}. This wastes a try.", -0.1)
    for _ in range(8):
        env.step(env.unwrapped.privileged().answer)
    text, reward, terminated, truncated, info = env.step(env.unwrapped.privileged().answer)
    assert (terminated, truncated, info["success"], info["rewards"]["success"]) == (True, False, True, 1.0)
    assert reward == info["rewards"]["pull"]
    assert text.endswith(f"That was the last try. You have collected {sum(state.rewards):.0f}.")


def test_a_last_turn_without_an_arm_ends_the_episode() -> None:
    session = begun(0, "tiny")
    for _ in range(9):
        session.act(session.state.arms[0])
    reply = session.act("\x00")
    assert (session.terminated, session.outcome, reply.rewards["invalid"]) == (True, "invalid_action", -1.0)


# What the agent is told.


@pytest.mark.parametrize("preset", ["hard-summary", "contextual"])
def test_a_summary_is_the_record_so_far(preset) -> None:
    session = begun(2, preset, summary=True)
    record: dict[tuple[str, str], list[float]] = {}
    chance, context = Chance(b"summary"), "always"
    if "It is" in session.observation:
        context = re.search(r"It is (\w+) now", session.observation)[1]
    while session.turn < 60:
        arm = chance.choice(session.state.arms)
        reply = session.act(arm)
        record.setdefault((context, arm), []).append(reply.rewards["pull"])
        if "It is" in reply.text:
            context = re.search(r"It is (\w+) now", reply.text)[1]
        shown = []
        for name in session.state.arms:
            rewards = record.get((context, name), [])
            shown.append(f"{name} {len(rewards)} ({np.mean(rewards):.2f})" if rewards else f"{name} 0")
        assert reply.text.endswith(f" so far (average reward): {', '.join(shown)}.")
        known = session.world.known(session.state, "agent")["arms"]["sunny" if context == "always" else context]
        assert {name: len(record.get((context, name), [])) for name in known} == {n: v[0] for n, v in known.items()}


def test_contexts_are_announced_and_each_has_a_best_arm_of_its_own() -> None:
    seen, differs = Counter(), 0
    for index in range(60):
        session = begun(index, "contextual")
        assert "depends on the weather: sunny, rainy or windy." in session.observation
        best = session.world.privileged(session.state).extra["best"]
        differs += len(set(best)) > 1
        while not session.over:
            word = re.findall(r"It is (\w+) now\.", session.observation)[-1]
            seen[word] += 1
            assert session.world.privileged(session.state).answer == best[CONTEXTS.index(word)]
            session.act(session.state.arms[0])
    assert set(seen) == {"sunny", "rainy", "windy"}
    assert all(abs(count - 2000) < 5 * math.sqrt(6000 * 2 / 9) for count in seen.values())
    assert 35 <= differs <= 60


def test_the_best_arm_moves_at_the_hazard_and_never_without() -> None:
    changes = 0
    for index in range(60):
        for preset in ("changing", "hard"):
            session = begun(index, preset)
            at_random(session)
            turns = session.world.privileged(session.state).extra["turns"]
            moved = sum(one["best"] != other["best"] for one, other in itertools.pairwise(turns))
            if preset == "changing":
                changes += moved
            else:
                assert moved == 0
    n = 60 * 99
    assert abs(changes - 0.03 * n) < 5 * math.sqrt(n * 0.03)


def test_the_task_text_is_the_same_for_every_secret() -> None:
    for preset in PRESETS:
        session = begun(3, preset)
        twins = [session.world.resample(session.state, "agent", Chance(b"twin%d" % number)) for number in range(20)]
        assert {session.world.intro(twin, "agent") for twin in twins} == {session.world.intro(session.state, "agent")}
        assert len({json.dumps(session.world.hidden_key(twin)) for twin in twins}) > 1


def test_wrong_parameters_are_refused_in_one_line() -> None:
    for params, said in (
        ({"arms": 6}, "plain=True"),
        ({"sd": 0.01}, "sd=0.01 is too small"),
        ({"hazard": 1e-9}, "too small"),
        ({"contexts": 7}, "contexts=7"),
        ({"gap": 0}, "gap=0"),
        ({"horizon": 50}, "no parameter 'horizon'"),
    ):
        with pytest.raises(ValueError, match=said) as caught:
            gymnasium.make(ID, **params)
        assert "\n" not in str(caught.value)


# Luck and saving.


@pytest.mark.parametrize("preset", ["hard", "gaussian", "contextual", "changing", "easy-summary"])
def test_restored_luck_is_the_same_or_fresh(preset) -> None:
    env = gymnasium.make(f"scoutgym/RegretBandit-{preset}-v0")
    env.reset(options={"index": 1, "luck": 4})
    arm = env.unwrapped.session.state.arms[0]
    for _ in range(30):
        env.step(arm)
    point, portable = env.unwrapped.save(), env.unwrapped.snapshot()
    ahead = [env.step(arm)[:4] for _ in range(70)]
    for where in (point, portable):
        env.unwrapped.restore(where)
        assert [env.step(arm)[:4] for _ in range(70)] == ahead
    env.unwrapped.restore(point, 1)
    assert [env.step(arm)[:4] for _ in range(70)] != ahead
    state = env.unwrapped.session.state
    assert RegretState.from_json(json.loads(json.dumps(state.to_json()))) == state


# Belief.


@pytest.mark.parametrize("preset", ["hard", "easy", "gaussian", "contextual", "changing"])
def test_the_belief_is_calibrated(preset) -> None:
    """Where the posterior of the likeliest arm is p, it is the best one p of the time."""
    claimed, right, variance = 0.0, 0, 0.0
    for index in range(250):
        session = begun(index, preset, luck=index)
        at_random(session, turns=25, garbage=0.1)
        told = session.world.privileged(session.state)
        expert = session.world.expert(session.transcripts["agent"], Chance(b"expert"))
        context = session.world.known(session.state, "agent")["context"]
        weights = session.world._beliefs(session.state)[context]
        p = max(weights)
        assert weights[session.state.arms.index(expert)] == pytest.approx(p)
        claimed, right, variance = claimed + p, right + (expert == told.answer), variance + p * (1 - p)
    assert abs(claimed - right) < 4 * math.sqrt(variance)


@pytest.mark.parametrize("preset", ["hard", "gaussian", "contextual"])
def test_entropies_fall_by_the_expected_gain(preset) -> None:
    session = begun(0, preset)
    at_random(session, turns=15)
    world, state = session.world, session.state
    before = world.belief(state, "agent")
    assert before.kind == "exact"
    arms = [("choose", arm) for arm in state.arms]
    assert world.best_gain(state)[1] == max(world.gain(state, arm) for arm in arms)
    for action in arms[:2]:
        falls = []
        for number in range(1500):
            copy = world.resample(state, "agent", Chance(b"secret%d" % number))
            world.play(copy, action, Chance(b"luck%d" % number, 1))
            falls.append(before.bits - world.belief(copy, "agent").bits)
        error = np.std(falls) / math.sqrt(len(falls))
        assert abs(np.mean(falls) - world.gain(state, action)) < 5 * error


def test_the_belief_starts_at_the_prior_and_says_where_it_moves() -> None:
    for preset, bits, kind in (
        ("hard", math.log2(5), "exact"),
        ("contextual", 3 * math.log2(3), "exact"),
        ("changing", math.log2(3), "bound"),
    ):
        session = begun(0, preset)
        belief = session.world.belief(session.state, "agent")
        assert (belief.bits, belief.kind) == (pytest.approx(bits), kind)
        if kind == "exact":
            assert math.log2(session.world.secrets()) == pytest.approx(bits)


# The expert.


def simulate(arms: int, gap: float, player: str, games: int, turns: int = 100) -> np.ndarray:
    """The expected reward of a player's arms, simulated without our code: the oracle, UCB1, or Thompson sampling.

    ``thompson`` has a Beta posterior for each arm; ``informed`` knows both means and draws which arm is the best.
    """
    rng = np.random.default_rng(7)
    rows, totals = np.arange(games), np.zeros(games)
    best = rng.integers(arms, size=games)
    n, s = np.zeros((games, arms)), np.zeros((games, arms))
    for turn in range(turns):
        if player == "best":
            arm = best
        elif player == "ucb1":
            with np.errstate(divide="ignore", invalid="ignore"):
                arm = np.where(n == 0, np.inf, s / n + np.sqrt(2 * np.log(turn + 1) / n)).argmax(axis=1)
        elif player == "informed":
            odds = (0.5 + gap / 2) / (0.5 - gap / 2)  # of a reward, and the inverse of a blank
            arm = ((2 * s - n) * math.log(odds) + rng.gumbel(size=n.shape)).argmax(axis=1)
        else:
            arm = rng.beta(1 + s, 1 + n - s).argmax(axis=1)
        mean = np.where(arm == best, 0.5 + gap / 2, 0.5 - gap / 2)
        n[rows, arm] += 1
        s[rows, arm] += rng.random(games) < mean
        totals += mean
    return totals


@pytest.mark.parametrize(("preset", "arms", "gap"), [("hard", 5, 0.2), ("easy", 4, 0.5)])
def test_the_expert_collects_more_than_ucb1_thompson_and_uniform(preset, arms, gap) -> None:
    totals = np.zeros(250)
    for index in range(len(totals)):
        session = begun(index, preset, luck=index)
        by_expert(session)
        turns = session.world.privileged(session.state).extra["turns"]
        totals[index] = sum(0.5 + gap / 2 if turn["arm"] == turn["best"] else 0.5 - gap / 2 for turn in turns)
    error = totals.std() / math.sqrt(len(totals))
    for player in ("ucb1", "thompson", "informed"):
        assert totals.mean() - 3 * error > simulate(arms, gap, player, 4000).mean()
    uniform = 100 * (0.5 - gap / 2 + gap / arms)
    oracle = simulate(arms, gap, "best", 4000).mean()
    share = (totals.mean() - uniform) / (oracle - uniform)
    assert (0.4 if preset == "hard" else 0.85) < share < 1


@pytest.mark.parametrize(
    ("preset", "least"),
    [("tiny", 0.9), ("hard", 0.6), ("easy", 0.95), ("gaussian", 0.6), ("contextual", 0.85), ("changing", 0.85)],
)
def test_the_expert_finds_the_best_arm(preset, least) -> None:
    found = []
    for index in range(100):
        session = begun(index, preset, luck=index)
        by_expert(session)
        found.append(session.success)
    assert np.mean(found) > least


def test_the_expert_takes_over_in_mid_episode() -> None:
    found = []
    for index in range(100):
        session = begun(index, "easy-summary", luck=index)
        at_random(session, turns=30, garbage=0.2)
        by_expert(session)
        found.append(session.success)
    assert np.mean(found) > 0.95


@pytest.mark.parametrize("preset", list(PRESETS))
def test_the_solver_succeeds_from_anywhere(preset) -> None:
    for index in range(5):
        session = begun(index, preset)
        at_random(session, turns=session.world.max_turns // 3, garbage=0.2)
        for action in session.world.solver(session.state):
            session.act(action)
        assert session.success


def test_garbage_never_breaks_the_world() -> None:
    rng = np.random.default_rng(1)
    session = begun(0, "contextual", summary=True)
    pieces = ["The reward is 1.", "", "💥", "It is hot now.", "\x00", "y" * 3000, "\u202e", "{}", "٣", " "]
    for number in range(2000):
        if session.over:
            session = begun(number, "contextual", summary=True)
        pieces[1] = session.state.arms[0]
        session.act("".join(rng.choice(pieces, size=rng.integers(0, 4))))
        assert session.outcome in ("ok", "invalid_action")
        if number % 20 == 0 and not session.over:
            session.world.expert(session.transcripts["agent"], Chance(b"garbage"))
            assert session.world.board(session.state)
