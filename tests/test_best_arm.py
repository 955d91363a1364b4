"""Best-arm identification and the stories: dynamics, texts, belief, expert, against independent computations."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from functools import cache

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_bandit_posteriors import grid_joint

from scoutgym.envs.bandits import stories
from scoutgym.envs.bandits.best_arm import BestArm, BestArmState
from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import world_for
from scoutgym.envs.session import Session
from scoutgym.types import Task

ID = "scoutgym/BestArm-v0"
PRESETS = BestArm.spec.presets


def world(preset: str = "paper", **params) -> BestArm:
    return world_for(BestArm, {**PRESETS[preset], **params})


def task(index: int, preset: str = "paper", split: str = "train") -> Task:
    return Task(ID, split, index, dict(PRESETS[preset]))


def begun(index: int, preset: str = "paper", split: str = "train", luck: int = 0) -> Session:
    session = Session(world(preset))
    session.begin(task(index, preset, split), luck)
    return session


def finish(session: Session, random_turns: int = 0) -> bool:
    """Play on: some random turns (one in four of them garbage), then the expert; whether it succeeded."""
    chance = Chance(b"finish", session.luck)
    while not session.over:
        if random_turns > 0:
            random_turns -= 1
            text = "what?" if chance.below(4) == 0 else chance.choice(session.state.arms)
        else:
            text = session.world.expert(session.transcripts["agent"], chance.at(session.turn))
        session.act(text)
    return bool(session.success)


# Stories.


def test_there_are_as_many_training_stories_as_the_paper_has_and_of_its_sizes() -> None:
    assert len(stories.TRAIN) == 81
    assert Counter(len(story.arms) for story in stories.TRAIN) == {3: 47, 4: 9, 5: 11, 6: 8, 7: 6}
    assert len(stories.STORIES) - 1 >= 90


def test_no_setting_is_in_two_splits_and_the_colored_buttons_are_for_the_test() -> None:
    settings = [story.setting for story in stories.STORIES]
    assert len(set(settings)) == len(settings)
    assert len({frozenset(story.arms) for story in stories.STORIES}) == len(settings)
    shown = {
        split: {begun(index, split=split).observation.split(" Each ")[0] for index in range(100)}
        for split in ("train", "dev", "test")
    }
    assert not shown["train"] & shown["dev"] | shown["train"] & shown["test"] | shown["dev"] & shown["test"]
    assert (len(shown["train"]), len(shown["dev"]), len(shown["test"])) == (81, 8, 5)
    assert set(begun(0, split="test").state.arms) == {"blue", "green", "red", "yellow", "purple"}
    assert begun(3, split="sealed:x").observation.split(" Each ")[0] in shown["test"]


def test_arm_names_are_unambiguous_and_parse() -> None:
    for story in stories.STORIES:
        assert len({arm.lower() for arm in story.arms}) == len(story.arms)
        assert not any(set(arm) & set(",;`|") for arm in story.arms)
        assert story.setting.endswith(".")
        assert story.setting[0].isupper()
    for index in range(81):
        session = begun(index)
        grammar = session.world.grammar(session.state)
        for arm in session.state.arms:
            for text in (arm, arm.upper(), f"  {arm.lower()} "):
                assert grammar.parse(text) == ("choose", arm)


# Tasks.


def test_the_best_arm_is_uniform_the_order_is_shuffled_and_means_are_of_the_prior() -> None:
    best, first, gaps, others = Counter(), Counter(), [], []
    n = 3000
    for index in range(n):
        state = world("3").start(task(index, "3"), Chance(task(index, "3").instance))
        best[state.best] += 1
        first[state.arms[0]] += 1
        gap = 2 * max(state.means) - 1
        gaps.append((gap - 0.4) / 0.2)
        others += [mean / (0.5 - gap / 2) for arm, mean in enumerate(state.means) if arm != state.best]
        assert state.means[state.best] == max(state.means)
    assert set(first) == {"a", "b", "c"}
    for counter in (best, first):
        assert all(abs(count - n / 3) < 5 * math.sqrt(n * 2 / 9) for count in counter.values())
    for sample in (gaps, others):
        assert min(sample) >= 0
        assert max(sample) < 1
        ordered = np.sort(sample)
        distance = np.abs(ordered - np.arange(len(ordered)) / len(ordered)).max()
        assert distance < 2 / math.sqrt(len(ordered)), "Kolmogorov and Smirnov: not uniform"


def test_no_two_tasks_are_the_same() -> None:
    for split, count in (("train", 300), ("dev", 200), ("test", 100)):
        keys = {json.dumps(world().hidden_key(begun(index, split=split).state)) for index in range(count)}
        assert len(keys) == count


def test_pulls_pay_at_the_rate_of_the_means() -> None:
    state = begun(5, "3").state
    the_world = world("3", pulls=1000, max_turns=1001)
    for arm, mean in enumerate(state.means):
        pulled = state.copy()
        for number in range(4000):
            the_world.play(pulled, ("choose", state.arms[arm]), Chance(b"pull%d" % number))
            pulled.turn = 0
        n, ones = pulled.tries[arm], pulled.ones[arm]
        assert n == 4000
        assert abs(ones - n * mean) < 5 * math.sqrt(n * mean * (1 - mean)) + 1


# Rules.


def test_twenty_pulls_then_the_question_then_the_answer() -> None:
    for right in (True, False):
        session = begun(0, split="test")
        state = session.state
        for turn in range(20):
            said = session.act(state.arms[turn % 5]).text
            reward = int(said[len("The reward is ")])
            assert reward == state.last
            assert said == f"The reward is {reward}." + (
                " That was the last try. Which button is best?" if turn == 19 else ""
            )
        assert (sum(state.tries), session.over) == (20, False)
        best = state.arms[state.best]
        reply = session.act(best if right else state.arms[(state.best + 1) % 5])
        assert reply.text == f"{'Yes' if right else 'No'}, {best} is the best button."
        assert (session.terminated, session.truncated, session.success) == (True, False, right)
        assert reply.rewards == ({"success": 1.0} if right else {})


def test_a_reply_that_names_no_arm_wastes_a_pull_or_the_answer() -> None:
    session = begun(0, "tiny")
    for _ in range(5):
        assert session.act("c").text.endswith("This wastes a try.")
    said = session.act("").text
    assert said.endswith("This wastes a try. That was the last try. Which arm is best?")
    assert sum(session.state.tries) == 0
    best = session.state.arms[session.state.best]
    reply = session.act("neither")
    assert reply.text.endswith(f"This wastes the answer.\nThe best arm was {best}.")
    assert (session.terminated, session.success, reply.rewards) == (True, False, {"invalid": -1.0})


def test_the_whole_text_of_a_small_task() -> None:
    session = begun(1, "tiny")
    first, second = session.state.arms
    assert session.observation == (
        "There are arms to pull. Each arm gives a reward of 1 with a chance of its own that stays the same, and "
        "otherwise 0. One arm is better than all others. You have 6 tries. After that, name the best arm. A reply that "
        "names none wastes a try.\n\n"
        f"Reply with `<arm>`, where <arm> is one of: {first}, {second}; for example `{first}`."
    )
    assert {first, second} == {"a", "b"}


def test_pulls_and_turns_say_the_same_and_wrong_parameters_are_refused() -> None:
    assert world(pulls=7).params == world(max_turns=8).params
    assert gymnasium.make(ID, pulls=7).unwrapped.params == {"pulls": 7, "max_turns": 8}
    for params, said in (
        ({"pulls": 7, "max_turns": 20}, "7 pulls and the answer are 8 turns"),
        ({"arms": 1}, "at least 2"),
        ({"arms": 6}, "plain=True"),
        ({"plain": True}, "give arms"),
        ({"gap_low": 0.5}, "gap_low=0.5"),
        ({"arms": 11, "plain": True}, "arms=11"),
        ({"pull": 3}, "did you mean 'pulls'"),
    ):
        with pytest.raises(ValueError, match=said.replace("(", r"\(")) as caught:
            gymnasium.make(ID, **params)
        assert "\n" not in str(caught.value)


def test_a_number_of_arms_takes_them_from_every_split() -> None:
    for split, arms in itertools.product(("train", "dev", "test"), (2, 4, 5)):
        session = Session(world(arms=arms))
        for index in range(10):
            session.begin(Task(ID, split, index, {"arms": arms}))
            assert len(set(session.state.arms)) == arms


# Luck and saving.


def test_restored_luck_is_the_same_or_fresh() -> None:
    env = gymnasium.make("scoutgym/BestArm-v0")
    env.reset(options={"index": 3, "split": "test", "luck": 1})
    arm = env.unwrapped.session.state.arms[env.unwrapped.session.state.best]
    env.step(arm)
    point, portable = env.unwrapped.save(), env.unwrapped.snapshot()
    ahead = [env.step(arm)[:4] for _ in range(19)]
    for where in (point, portable):
        env.unwrapped.restore(where)
        assert [env.step(arm)[:4] for _ in range(19)] == ahead
    fresh = set()
    for luck in range(8):
        env.unwrapped.restore(point, luck)
        fresh.add(tuple(env.step(arm)[0] for _ in range(19)))
    assert len(fresh) == 8


def test_a_state_survives_json() -> None:
    session = begun(7)
    for arm in session.state.arms * 2:
        session.act(arm)
    assert BestArmState.from_json(json.loads(json.dumps(session.state.to_json()))) == session.state


# Belief.


def test_the_belief_looks_at_the_record_alone_and_the_gain_ends_with_the_pulls() -> None:
    session = begun(4, "3")
    state, the_world = session.state, session.world
    for _ in range(2):
        for arm in state.arms:
            session.act(arm)
    joint = grid_joint(tuple(zip(state.tries, state.ones, strict=True)), 0.4, 0.6)
    p = joint / joint.sum()
    assert the_world.belief(state, "agent").bits == pytest.approx(-(p * np.log2(p)).sum(), abs=1e-5)
    twin = the_world.resample(state, "agent", Chance(b"twin"))
    assert (twin.tries, twin.ones, twin.turn) == (state.tries, state.ones, state.turn)
    assert twin.means != state.means
    assert the_world.known(twin, "agent") == the_world.known(state, "agent")
    assert the_world.belief(twin, "agent") == the_world.belief(state, "agent")
    gains = {arm: the_world.gain(state, ("choose", arm)) for arm in state.arms}
    action, gain = the_world.best_gain(state)
    assert gain == gains[action[1]] == max(gains.values()) > 0
    while session.turn < 10:
        session.act(state.arms[0])
    assert all(the_world.gain(state, ("choose", arm)) == 0.0 for arm in state.arms)
    assert the_world.best_gain(state) == (
        (
            "choose",
            state.arms[int(np.argmax(the_world.prior.posterior(tuple(zip(state.tries, state.ones, strict=True)))))],
        ),
        0.0,
    )


def test_the_belief_is_calibrated() -> None:
    """Where the posterior of the answer is p, it is right p of the time: over many games the sums agree."""
    claimed, right, variance = 0.0, 0, 0.0
    for index in range(400):
        session = begun(index)
        chance = Chance(b"calibrate", index)
        for _ in range(12):
            session.act(chance.choice(session.state.arms))
        posterior = session.world.prior.posterior(tuple(zip(session.state.tries, session.state.ones, strict=True)))
        answer = int(np.argmax(posterior))
        claimed += posterior[answer]
        variance += posterior[answer] * (1 - posterior[answer])
        right += answer == session.state.best
    assert abs(claimed - right) < 4 * math.sqrt(variance)


# The expert.


def bayes_optimum(arms: int, pulls: int, low: float, high: float) -> tuple[float, float]:
    """Success of the best possible player and of our expert, both exact, by dynamic programming over counts.

    Values are not normalized: V(counts) = max over arms of the two rewards' values, and at the end the largest
    P(J = j, data). The likelihoods are sums over a grid of the prior's definition.
    """
    gap = low + (high - low) * (np.arange(60) + 0.5) / 60
    unit = (np.arange(300) + 0.5) / 300
    the_world = world_for(BestArm, {"arms": arms, "pulls": pulls, "gap_low": low, "gap_high": high, "plain": True})
    names = tuple("abcdefgh"[:arms])
    text = the_world.intro(BestArmState(len(stories.STORIES) - 1, names, [], 0, [], []), "agent")
    opening = f"{text}\n\n" + the_world.grammar(BestArmState(0, names, [], 0, [], [])).help()

    @cache
    def sides(n: int, s: int) -> tuple[np.ndarray, np.ndarray]:
        h, theta = 0.5 + gap / 2, (0.5 - gap / 2)[:, None] * unit
        return h**s * (1 - h) ** (n - s), (theta**s * (1 - theta) ** (n - s)).mean(axis=1)

    def joint(counts) -> list[float]:
        best, other = zip(*(sides(n, s) for n, s in counts), strict=True)
        return [
            float(np.mean(best[j] * math.prod(other[i] for i in range(arms) if i != j))) / arms for j in range(arms)
        ]

    @cache
    def choice(counts) -> int:
        history = [opening]
        for arm, (n, s) in enumerate(counts):
            for number in range(n):
                history += [names[arm], f"The reward is {int(number < s)}."]
        return names.index(the_world.expert(history, Chance(b"expert")))

    def after(counts, arm, reward):
        n, s = counts[arm]
        return (*counts[:arm], (n + 1, s + reward), *counts[arm + 1 :])

    @cache
    def optimum(counts) -> float:
        if sum(n for n, _ in counts) == pulls:
            return max(joint(counts))
        if any(one < other for one, other in itertools.pairwise(counts)):
            return optimum(tuple(sorted(counts, reverse=True)))  # arms are exchangeable
        return max(sum(optimum(after(counts, arm, reward)) for reward in (0, 1)) for arm in range(arms))

    @cache
    def expert(counts) -> float:
        arm = choice(counts)
        if sum(n for n, _ in counts) == pulls:
            return joint(counts)[arm]
        return sum(expert(after(counts, arm, reward)) for reward in (0, 1))

    start = ((0, 0),) * arms
    return optimum(start), expert(start)


@pytest.mark.parametrize(
    ("arms", "pulls", "low", "high"), [(2, 6, 0.5, 0.7), (2, 9, 0.2, 0.4), (3, 10, 0.4, 0.6), (3, 7, 0.2, 0.4)]
)
def test_the_expert_is_near_the_bayes_optimum(arms, pulls, low, high) -> None:
    best, expert = bayes_optimum(arms, pulls, low, high)
    assert 1 / arms < best < 1
    assert best - 0.015 <= expert <= best + 1e-9


@pytest.mark.parametrize(
    ("preset", "least"), [("tiny", 0.88), ("3", 0.85), ("paper", 0.78), ("hard", 0.5), ("beyond", 0.6)]
)
def test_the_expert_wins_often(preset, least) -> None:
    assert np.mean([finish(begun(index, preset, luck=index)) for index in range(250)]) > least


def test_the_expert_takes_over_in_mid_episode() -> None:
    late = [finish(begun(index, luck=index), random_turns=10) for index in range(200)]
    answers = [finish(begun(index, luck=index), random_turns=21) for index in range(200)]
    assert np.mean(late) > 0.65
    assert np.mean(answers) < 0.4


def test_the_solver_wins_and_the_privileged_answer_is_an_action() -> None:
    for index in range(20):
        session = begun(index, split="test")
        session.act(session.state.arms[0])
        told = session.world.privileged(session.state)
        assert told.extra["means"][0][told.extra["arms"].index(told.answer)] == max(told.extra["means"][0])
        for action in session.world.solver(session.state):
            session.act(action)
        assert session.success


# Bad input.


@given(st.text(max_size=60) | st.sampled_from(["spruce", " BEECH", "Birch\n"]))
def test_any_text_is_an_action_or_is_refused(text) -> None:
    session = begun(30)
    grammar = session.world.grammar(session.state)
    arm = " ".join(text.split()).lower()
    if arm in [name.lower() for name in session.state.arms]:
        action = grammar.parse(text)
        assert grammar.parse(grammar.format(action)) == action
    else:
        with pytest.raises(BadAction, match=r"\S"):
            grammar.parse(text)


def test_garbage_never_breaks_the_world() -> None:
    rng = np.random.default_rng(1)
    session = begun(0)
    pieces = [
        "The reward is 1.",
        "a",
        "💥",
        "\x00",
        "<arm> is one of: x; for example `",
        "y" * 3000,
        "\u202e",
        "{}",
        "ſ",
        " ",
    ]
    for number in range(2000):
        if session.over:
            session = begun(number)
        pieces[1] = session.state.arms[0]
        session.act("".join(rng.choice(pieces, size=rng.integers(0, 4))))
        assert session.outcome in ("ok", "invalid_action")
        if not session.over:
            session.world.expert(session.transcripts["agent"], Chance(b"garbage"))
            assert session.world.board(session.state)
