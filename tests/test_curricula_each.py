"""Each curriculum but SEC against numbers computed by hand, and its published defects."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from curricula_tools import ARMS, BY_NAME, curriculum, group, groups

from scoutgym.curricula.alp_gmm import ALPGMM
from scoutgym.curricula.core import Arm, make_curriculum
from scoutgym.curricula.dump import DUMP
from scoutgym.curricula.exit import ExIt
from scoutgym.curricula.gmm import Mixture, best_fit, fit, log_joint
from scoutgym.curricula.ladder import Ladder
from scoutgym.curricula.learnability import Learnability, learnability
from scoutgym.curricula.paprika import Paprika, learning_potential
from scoutgym.curricula.pcl import PCL, Features
from scoutgym.curricula.plr import PLR
from scoutgym.curricula.tscl import TSCL

# DUMP.


def test_dump_scores_by_hand() -> None:
    dump = DUMP(ARMS, seed=0, window=4, tau=0.5)
    dump.observe(groups("n7", (0, 1, 1, 1), (0, 0, 1, 1)) + groups("n15", (1, 1)))
    # The window holds the last four episodes of n7, all 1/2 from their mean; it has eight in all, n15 two, n63 none.
    log = math.log(11)
    expected = [0.5 + math.sqrt(2 * log / 9), math.sqrt(2 * log / 3), math.sqrt(2 * log)]
    assert dump.scores() == pytest.approx(expected)
    weights = [math.exp(score / 0.5) for score in expected]
    assert dump.probabilities() == pytest.approx([weight / sum(weights) for weight in weights])


def test_dump_hears_no_raw_reward_for_an_advantage() -> None:
    dump = DUMP(ARMS, seed=0)
    dump.observe(groups("n7", (1.0, 1.0, 1.0)) + groups("n15", (0.0, 0.0, 0.0)))
    assert dump.scores()[0] == dump.scores()[1]


# PAPRIKA.


def test_learning_potential_by_hand() -> None:
    one = group("n63", [1, 0], actions=[["1"] * 3, ["1"] * 5], max_turns=5)
    # 3 turns, and a failure that counts as 6: mean 4.5, deviation 3 / sqrt(2), factor 1 + 1/8.
    assert learning_potential(one) == pytest.approx(1.125 * (3 / math.sqrt(2)) / 4.5)
    assert learning_potential(group("n7", [1.0])) == 0
    assert learning_potential(group("n7", [0, 0, 0])) == 0


@pytest.mark.parametrize("returns", [(-0.1, 0.1, 0.0, 0.0), (-0.2, 0.1, 0.1, 0.0), (0.0, 0.0, 0.0, 1e-9)])
def test_a_mean_return_near_zero_does_not_blow_up_the_potential(returns: tuple[float, ...]) -> None:
    # std / mean of these returns is infinite, negative or 2e9 times that of an arm worth playing.
    hopeless = group("n63", returns, successes=(0.0,) * 4, actions=[["1"] * 6] * 4, max_turns=6)
    assert learning_potential(hopeless) == 0
    paprika = Paprika(ARMS, seed=0)
    for _ in range(50):
        paprika.observe([hopeless, group("n7", (0, 1)), group("n15", (1, 1))])
    assert paprika.probabilities() == [1, 0, 0]


def test_the_potential_is_bounded() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        n, most = int(rng.integers(2, 12)), int(rng.integers(1, 30))
        won = rng.integers(0, 2, n).astype(float).tolist()
        actions = [["x"] * int(rng.integers(1, most + 1)) for _ in range(n)]
        # A deviation of n values between 1 and most + 1 over their mean is largest where one of them is the high one.
        nu = learning_potential(group("n7", won, actions=actions, max_turns=most))
        assert 0 <= nu <= (1 + 1 / (4 * n)) * math.sqrt(n)


def test_ucb_by_hand() -> None:
    paprika = Paprika(ARMS, seed=0, alpha=2.0)
    drawn = [paprika.sample()[0] for _ in range(3)]
    assert set(drawn) == {"n7", "n15", "n63"}, "an arm that was never drawn comes first, also within a step"
    nu = learning_potential(group("n7", (0, 1)))
    paprika.observe(groups("n7", (0, 1), (1, 1)) + groups("n15", (1, 1)) + groups("n63", (1, 1)))
    log = math.log(4)
    expected = [nu / 2 + 2 * math.sqrt(2 * log / 2), 2 * math.sqrt(2 * log), 2 * math.sqrt(2 * log)]
    assert paprika.scores() == pytest.approx(expected)
    paprika.sample()
    paprika.sample()
    log = math.log(6)  # n15 and n63 had the same largest score, so each was drawn
    assert paprika.scores()[1:] == pytest.approx([2 * math.sqrt(2 * log / 2)] * 2)


# Learnability.


@pytest.mark.parametrize("n", [2, 5, 8])
def test_learnability_is_unbiased(n: int) -> None:
    p = 0.3
    mean = sum(
        math.comb(n, wins) * p**wins * (1 - p) ** (n - wins) * learnability([1.0] * wins + [0.0] * (n - wins))
        for wins in range(n + 1)
    )
    assert mean == pytest.approx(p * (1 - p))


def test_the_most_learnable_tasks_are_replayed() -> None:
    one = Learnability(ARMS, seed=0, levels=2, replay=0.5, window=4)
    tasks = [BY_NAME["n15"].task("train", index) for index in range(6)]
    wins = [2, 0, 1, 4, 2, 2]
    for task, number in zip(tasks, wins, strict=True):
        one.observe([group("n15", [1.0] * number + [0.0] * (4 - number), task)])
    # The window holds tasks 2 to 5; the best two are 4 and 5.
    assert {task.index for _, task, _ in one.best} == {4, 5}
    assert one.probabilities() == pytest.approx([1 / 6, 1 / 6 + 1 / 2, 1 / 6])
    counts = Counter(one.sample()[1].hash for _ in range(2000))
    for task in tasks[4:]:
        assert counts[task.hash] == pytest.approx(500, abs=4 * math.sqrt(2000 * 3 / 16))
    one.observe([group("n15", [1.0] * 4, tasks[5])])
    assert {task.index for _, task, _ in one.best} == {4, 2}, "a task that was learned makes room"


# PLR.


def test_rank_and_staleness_by_hand() -> None:
    plr = PLR(ARMS, seed=0, levels=3, replay=1.0, beta=0.5, rho=0.25)
    tasks = [BY_NAME["n7"].task("train", index) for index in range(3)]
    plr.drawn = 10
    plr.observe([group("n7", (0, 0, 0, 1), tasks[0])])
    plr.drawn = 12
    plr.observe([group("n7", (0, 0, 1, 1), tasks[1])])
    plr.drawn = 15
    plr.observe([group("n7", (1, 1, 1, 1), tasks[2])])
    plr.drawn = 16
    # Ranks 2, 1, 3; weights rank^-2; staleness 6, 4, 1.
    ranked = [1 / 4, 1, 1 / 9]
    expected = [
        0.75 * weight / sum(ranked) + 0.25 * stale / 11 for weight, stale in zip(ranked, (6, 4, 1), strict=True)
    ]
    assert plr.replay_probabilities() == pytest.approx(expected)
    drawn = plr.sample()[1]
    assert drawn in tasks
    assert plr.buffer[drawn.hash].played == 17


def test_a_level_enters_a_full_buffer_only_with_a_higher_score() -> None:
    plr = PLR(ARMS, seed=0, levels=2)
    tasks = [BY_NAME["n7"].task("train", index) for index in range(4)]
    plr.observe([group("n7", (0, 0, 0, 1), tasks[0]), group("n7", (0, 0, 1, 1), tasks[1])])
    plr.observe([group("n7", (0, 0, 0, 1), tasks[2])])
    assert list(plr.buffer) == [tasks[0].hash, tasks[1].hash]
    plr.observe([group("n7", (0, 1, 0, 1), tasks[3])])
    assert list(plr.buffer) == [tasks[1].hash, tasks[3].hash]
    plr.observe([group("n7", (1, 1, 1, 1), tasks[3])])
    assert plr.buffer[tasks[3].hash].score == 0, "a replay replaces the score"


def test_nothing_is_replayed_before_half_of_the_buffer_is_filled() -> None:
    plr = PLR(ARMS, seed=0, levels=4, replay=1.0)
    task = BY_NAME["n7"].task("train", 0)
    plr.observe([group("n7", (0, 1), task)])
    assert task not in [plr.sample()[1] for _ in range(20)]
    plr.observe([group("n7", (0, 1), BY_NAME["n7"].task("train", 1))])
    assert {plr.sample()[1].index for _ in range(20)} <= {0, 1}


# TSCL.


def test_an_online_slope_by_hand() -> None:
    tscl = TSCL(ARMS, seed=0, slope="online", alpha=0.5, tau=0.1)
    assert tscl.probabilities() == pytest.approx([1 / 3] * 3)
    for _ in range(2):
        tscl.observe(groups("n15", (0, 1)) + groups("n63", (0, 0)))
    assert tscl.probabilities() == [1, 0, 0], "an arm without a slope is tried first"
    tscl.observe(groups("n7", (1, 1)))
    tscl.observe(groups("n7", (0, 1), (0, 0)) + groups("n63", (0, 1)))
    # n7 fell from 1 to 1/4, n63 rose from 0 to 1/2 since it was last seen.
    assert tscl.values == pytest.approx({"n7": -0.375, "n15": 0.0, "n63": 0.25})
    weights = [math.exp(size / 0.1) for size in (0.375, 0.0, 0.25)]
    assert tscl.probabilities() == pytest.approx([weight / sum(weights) for weight in weights])


def test_a_window_slope_is_least_squares_on_steps() -> None:
    tscl = TSCL(ARMS, seed=0, slope="window", choice="greedy", window=3, epsilon=0.3)
    for returns in ((0, 0), (1, 1), (0, 0), (0, 1)):
        tscl.observe(groups("n7", returns))
    tscl.observe(groups("n15", (0, 0)))
    tscl.observe(groups("n7", (1, 1)) + groups("n15", (0, 0)) + groups("n63", (1, 1)))
    tscl.observe(groups("n63", (0, 1)))
    x, y = np.array([3, 4, 6]), np.array([0, 0.5, 1])
    assert tscl.values["n7"] == pytest.approx(np.polyfit(x, y, 1)[0])
    assert tscl.values["n63"] == pytest.approx(-0.5)
    assert tscl.probabilities() == pytest.approx([0.1, 0.1, 0.8]), "an arm that is being forgotten is visited again"


# The ladder.


def test_the_ladder_climbs_and_descends() -> None:
    ladder = Ladder(ARMS, seed=0, up=0.75, down=0.25, groups=2)
    path = []
    for returns in ((1, 1), (1, 0), (0, 0), (0, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)):
        arm = ladder.sample()[0]
        path.append(arm)
        ladder.observe([group(arm, returns), *groups("n15" if arm != "n15" else "n7", (1, 1))])
    assert path == ["n7"] * 2 + ["n15"] * 2 + ["n7"] * 2 + ["n7"] * 2 + ["n15"] * 2 + ["n63"] * 2
    assert ladder.sample()[0] == "n63", "there is nothing above the last rung"


# PCL.


def test_of_the_candidates_the_nearest_to_the_target_are_chosen() -> None:
    pcl = PCL(ARMS, seed=0, k=8, m=5)
    for _ in range(60):
        pcl.observe(groups("n7", (1, 1)) + groups("n15", (0, 1)) + groups("n63", (0, 0)))
    values = [pcl.value(arm.name, arm.task("train", 0)) for arm in ARMS]
    assert values == pytest.approx([1, 0.5, 0], abs=0.15)
    assert [pcl.sample()[0] for _ in range(5)] == ["n15"] * 5
    pcl.sample()
    assert len(pcl.queue) == 4
    pcl.observe(groups("n15", (1, 1)))
    assert not pcl.queue, "what an older value model chose is dropped"


def test_the_value_model_reads_the_parameters() -> None:
    # An arm that was never played is predicted from those that were, by what they have in common.
    arms = [Arm.of(str(high), "scoutgym/Number-v0", {"high": high}) for high in (10, 20, 30, 40, 50)]
    pcl = PCL(arms, seed=0)
    for _ in range(100):
        for arm, success in ((arms[0], 0.9), (arms[1], 0.7), (arms[3], 0.3)):
            pcl.observe([group(arm.name, [success] * 2, arm.task("train", 0))])
    values = [pcl.value(arm.name, arm.task("train", 0)) for arm in arms]
    assert values[2] == pytest.approx(0.5, abs=0.1)
    assert values[4] < 0.4


def test_the_value_model_reads_the_opening_words() -> None:
    arm = Arm.of("maze", "scoutgym/Maze-v0")
    features = Features([arm])
    first, second = (features("maze", arm.task("train", index)) for index in (0, 1))
    assert not np.array_equal(first, second)
    assert first[-32:] @ first[-32:] == pytest.approx(1)
    assert np.array_equal(first, features("maze", arm.task("train", 0)))


# ALP-GMM.


def test_progress_is_the_change_since_the_nearest_task() -> None:
    arm = Arm.of("n", "scoutgym/Number-v0")
    alp = ALPGMM([arm], 0, ranges={"high": [10, 110], "max_turns": [2, 12]})

    def task(high: int, turns: int):  # type: ignore[no-untyped-def]
        return arm.varied(arm.task("train", 0), {"high": high, "max_turns": turns})

    for high, turns, value in ((20, 4, 0.25), (90, 4, 1.0), (30, 5, 0.75), (100, 4, 0.25), (30, 5, 0.5), (30, 5, 1.0)):
        alp.observe([group("n", [value] * 2, task(high, turns))])
    # The second's nearest is the first, the third's the first, the fourth's the second, then the same point again.
    assert alp.progress == pytest.approx([0, 0.75, 0.5, 0.75, 0.25, 0.5])


def test_tasks_come_from_where_there_is_progress() -> None:
    alp = ALPGMM([ARMS[0]], 0, ranges={"high": [10, 109]}, every=40, most=3)
    rng = np.random.default_rng(0)
    for step in range(160):
        arm, task = alp.sample()
        high = task.params.get("high", 100)
        moves = 60 <= high < 80 and step % 2
        alp.observe([group(arm, [float(moves)] * 2 if rng.random() < 0.9 else [0.0] * 2, task)])
    late = [alp.sample()[1].params.get("high", 100) for _ in range(400)]
    near = sum(55 <= high < 85 for high in late) / 400
    assert near > 0.6, "four fifths are drawn where progress is, and there 30 of 100 would be by chance"
    assert min(late) < 30
    assert max(late) > 95


def test_parameters_are_whole_within_bounds_and_allowed() -> None:
    maze = Arm.of("maze", "scoutgym/Maze-v0")
    mixed = ALPGMM([maze], 0, ranges={"width": [2, 6], "loops": [0.0, 0.5]})
    for _ in range(50):
        params = maze.numbers(mixed.sample()[1])
        assert params["width"] in range(2, 7)
        assert 0 <= params["loops"] <= 0.5
    codes = Arm.of("codes", "scoutgym/Mastermind-v0", {"repeats": False})
    for _ in range(50):
        task = ALPGMM([codes], 1, ranges={"length": [2, 6], "colors": [4, 9]}).sample()[1]
        assert codes.numbers(task)["length"] <= codes.numbers(task)["colors"]


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"hihg": [1, 2]}, "did you mean 'high'"),
        ({"high": [7]}, "low, high"),
        ({"high": [9, 7]}, "low, high"),
        ({"high": [1, 7]}, "high=1 is wrong"),
    ],
)
def test_ranges_are_checked_against_the_world(ranges: dict[str, list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ALPGMM([ARMS[0]], 0, ranges=ranges)


def test_one_gaussian_is_the_mean_and_the_covariance() -> None:
    points = np.random.default_rng(0).normal(size=(200, 3)) @ np.diag([1.0, 2.0, 0.5])
    one = fit(points, 1, np.random.default_rng(1))
    assert one.means[0] == pytest.approx(points.mean(axis=0))
    assert one.covs[0] == pytest.approx(np.cov(points.T, bias=True), abs=1e-4)


def test_the_density_is_the_normal_one() -> None:
    mixture = Mixture(np.array([1.0]), np.zeros((1, 2)), np.array([[[4.0, 0.0], [0.0, 1.0]]]))
    expected = -math.log(2 * math.pi * 2) - (2.0**2 / 4 + 3.0**2) / 2
    assert log_joint(np.array([[2.0, 3.0]]), mixture)[0, 0] == pytest.approx(expected)


def test_akaike_finds_the_number_of_gaussians() -> None:
    rng = np.random.default_rng(3)
    centers = np.array([[0.1, 0.1], [0.5, 0.8], [0.9, 0.2]])
    points = np.concatenate([rng.normal(center, 0.03, (80, 2)) for center in centers])
    found = best_fit(points, 6, rng)
    assert len(found.weights) == 3
    assert np.sort(found.means[:, 0]) == pytest.approx(centers[:, 0], abs=0.02)
    assert found.weights.sum() == pytest.approx(1)
    # More rounds of expectation-maximisation never lower the likelihood.
    logliks = [fit(points, 3, np.random.default_rng(0), rounds=rounds, tolerance=0).loglik for rounds in range(1, 12)]
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(logliks))


# ExIt.


def test_starts_are_prefixes_of_episodes_with_the_variance_for_priority() -> None:
    one = ExIt(ARMS, seed=0)
    task = BY_NAME["n63"].task("train", 7)
    actions = [["32", "16", "8"], ["1"], ["2", "3", "4", "5"], ["60", "61"]]
    one.observe([group("n63", (1, 0, 0, 0), task, actions=actions), *groups("n7", (1, 1))])
    assert len(one.starts) == 3, "an episode of one turn has no middle, and a group that agrees leaves nothing"
    for start in one.starts.values():
        history = list(start.task.history)
        assert any(history == whole[: len(history)] and len(history) < len(whole) for whole in actions)
        assert replace(start.task, history=()) == task
        assert start.priority == pytest.approx(3 / 16)
    assert one.probabilities() == pytest.approx([1 / 6, 1 / 6, 1 / 6 + 1 / 2])


def test_a_resumed_group_gives_its_start_its_own_priority_and_goes_on() -> None:
    one = ExIt(ARMS, seed=0, resume=1.0)
    task = replace(BY_NAME["n63"].task("train", 7), history=("32",))
    one.observe([group("n63", (0, 1), task, actions=[["16", "8"], ["48", "40"]])])
    assert one.starts[task.hash].priority == pytest.approx(1 / 4)
    assert {start.task.history for start in one.starts.values()} == {("32",), ("32", "16"), ("32", "48")}
    assert {one.sample()[1].history for _ in range(50)} == {("32",), ("32", "16"), ("32", "48")}
    one.observe([group("n63", (1, 1), task)])
    assert task.hash not in one.starts


def test_starts_are_drawn_in_proportion_to_their_priority() -> None:
    one = ExIt(ARMS, seed=0, resume=1.0)
    for index, returns in enumerate([(0, 1), (0, 0, 0, 1)]):
        actions = [["40", "20"]] + [["40"]] * (len(returns) - 1)
        one.observe([group("n63", returns, BY_NAME["n63"].task("train", index), actions=actions)])
    counts = Counter(one.sample()[1].index for _ in range(2000))
    p = (1 / 4) / (1 / 4 + 3 / 16)
    assert counts[0] == pytest.approx(2000 * p, abs=4 * math.sqrt(2000 * p * (1 - p)))


def test_the_starts_of_the_highest_priority_are_kept() -> None:
    one = ExIt(ARMS, seed=0, starts=2)
    for index, returns in enumerate([(0, 1), (0, 0, 0, 1), (0, 1)]):
        actions = [["40", "20"]] + [["40"]] * (len(returns) - 1)
        one.observe([group("n63", returns, BY_NAME["n63"].task("train", index), actions=actions)])
    assert {start.task.index for start in one.starts.values()} == {0, 2}


def test_a_history_that_ends_the_episode_under_the_new_luck_is_cut() -> None:
    one = ExIt(ARMS, seed=0, resume=1.0)
    actions = [["1", "4", "7"], ["4", "5", "6"]]
    for index in range(20):
        one.observe([group("n7", (0, 1), BY_NAME["n7"].task("train", index), actions=actions)])
    for _ in range(100):
        arm, task = one.sample()
        BY_NAME[arm].opening(task)  # a history that ends the episode would raise


def test_a_world_of_two_roles_has_no_start_histories() -> None:
    with pytest.raises(ValueError, match="worlds of one role, and cards has"):
        make_curriculum("exit", [Arm.of("cards", "scoutgym/Kuhn-v0")], 0)


def test_exit_logs_how_deep_it_is() -> None:
    one = curriculum("exit")
    one.observe([group("n63", (0, 1), actions=[["1", "2"], ["3", "4"]])])
    assert one.metrics()["curriculum/starts"] == 2
    assert one.metrics()["curriculum/depth"] == 1
