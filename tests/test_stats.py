"""Intervals against closed forms, enumeration and simulation; summaries against matrices checked by hand."""

import math
from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoutgym import stats
from scoutgym.stats import Estimate

Z = 1.959963984540054


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_bounds_are_the_roots_of_the_score_equation(case: tuple[int, int]) -> None:
    successes, n = case
    p = successes / n
    # (p - x)^2 = z^2 x (1 - x) / n, as a quadratic in x.
    roots = sorted(np.roots([1 + Z * Z / n, -(2 * p + Z * Z / n), p * p]).real)
    found = stats.wilson(successes, n)
    assert found.mean == p
    assert found.ci == pytest.approx(roots, abs=1e-7)
    assert 0 <= found.low <= p <= found.high <= 1


def test_t_quantiles_against_the_printed_table() -> None:
    table = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 9: 2.262, 30: 2.042, 120: 1.980}
    for freedom, value in table.items():
        assert stats.t_quantile(0.975, freedom) == pytest.approx(value, rel=0.01)
        assert stats.t_quantile(0.025, freedom) == pytest.approx(-value, rel=0.01)


def test_an_interval_of_equal_successes_is_never_a_point() -> None:
    assert stats.proportion([1.0] * 10).low == pytest.approx(10 / (10 + Z * Z))
    # Forty episodes of ten tasks that all succeed tell as much as ten: the tasks may always agree.
    tasks = [task for task in range(10) for _ in range(4)]
    assert stats.proportion([1.0] * 40, tasks) == stats.proportion([1.0] * 10)
    assert stats.proportion([0.0] * 40, tasks).high == pytest.approx(1 - 10 / (10 + Z * Z))
    # One task alone: as one trial, not as four.
    assert stats.proportion([1, 1, 0, 1], ["a"] * 4).low < 0.2
    same = stats.paired_proportion([1.0] * 10, [1.0] * 10)
    assert same.mean == 0
    assert same.high == pytest.approx(Z * math.sqrt((2 / 12) / 12))
    assert same.low == -same.high


def test_paired_proportion_by_hand() -> None:
    # Of 20 pairs 8 improve and 2 worsen: Bonett and Price add one to each.
    a, b = [1] * 8 + [0] * 2 + [1] * 10, [0] * 8 + [1] * 2 + [1] * 10
    found = stats.paired_proportion(a, b)
    half = Z * math.sqrt((9 / 22 + 3 / 22 - (6 / 22) ** 2) / 22)
    assert found == pytest.approx((0.3, 6 / 22 - half, 6 / 22 + half))
    assert stats.paired_proportion([1] * 3, [0] * 3).high == 1.0


def test_a_proportion_of_several_samples_a_task_is_the_cluster_bootstrap() -> None:
    values, tasks = [1, 1, 0, 1, 0, 0, 1, 0, 1], [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert stats.proportion(values, tasks, seed=3) == stats.bootstrap_mean(values, tasks, seed=3)
    assert stats.paired_proportion(values, values[::-1], tasks, seed=3) == stats.paired_bootstrap(
        values, values[::-1], tasks, seed=3
    )


def test_copies_of_an_episode_do_not_narrow_the_interval() -> None:
    values = np.random.default_rng(0).normal(size=25)
    once = stats.bootstrap_mean(values, seed=5)
    copies = stats.bootstrap_mean(np.repeat(values, 8), np.repeat(np.arange(25), 8).tolist(), seed=5)
    assert copies == pytest.approx(once)
    blind = stats.bootstrap_mean(np.repeat(values, 8), seed=5)
    assert blind.high - blind.low < 0.5 * (once.high - once.low)


def test_bootstrap_width_is_that_of_the_t_interval() -> None:
    for n in (8, 20, 200):
        values = np.random.default_rng(n).normal(3.0, 2.0, size=n)
        found = stats.bootstrap_mean(values, samples=8000)
        half = stats.t_quantile(0.975, n - 1) * values.std(ddof=1) / math.sqrt(n)
        assert found.mean == pytest.approx(values.mean())
        assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.12)


def test_bootstrap_of_a_ratio_weights_by_the_denominator() -> None:
    found = stats.bootstrap_ratio([2, 3, 0], [1, 3, 0], ["a", "b", "c"])
    assert found.mean == 5 / 4
    assert (found.low, found.high) == (1.0, 2.0)  # every draw is a ratio of sums of those three
    one = stats.bootstrap_ratio([1, 2], [2, 2], ["a", "a"])
    assert one.mean == 0.75
    assert math.isnan(one.low)
    assert math.isnan(stats.bootstrap_ratio([0, 0], [0, 0]).mean)


def test_paired_intervals_are_narrower_than_those_of_the_difference_of_means() -> None:
    rng = np.random.default_rng(1)
    task = rng.normal(0, 5, size=60)
    a, b = task + rng.normal(0.5, 0.3, size=60), task + rng.normal(0, 0.3, size=60)
    paired, alone = stats.paired_bootstrap(a, b), stats.bootstrap_mean(a)
    assert paired.mean == pytest.approx((a - b).mean())
    assert paired.low > 0
    assert paired.high - paired.low < 0.2 * (alone.high - alone.low)


def test_a_paired_difference_of_ratios() -> None:
    """With denominators of 1 it is the paired mean; with others each side is a ratio of its own sums."""
    rng = np.random.default_rng(2)
    a, b, tasks = rng.random(50), rng.random(50), list(range(25)) * 2
    plain = stats.paired_bootstrap(a, b, tasks)
    assert stats.paired_ratio([(x, 1) for x in a], [(y, 1) for y in b], tasks) == pytest.approx(plain)
    found = stats.paired_ratio([(2, 4), (3, 3), (0, 0)], [(1, 1), (0, 0), (1, 3)])
    assert found.mean == pytest.approx(5 / 7 - 2 / 4)
    assert found.low < found.mean < found.high
    assert math.isnan(stats.paired_ratio([(1, 1), (1, 1)], [(0, 0), (0, 0)]).mean)


Simulation = Callable[[np.random.Generator, int], tuple[Estimate, float]]


def _plain(rng: np.random.Generator, seed: int) -> tuple[Estimate, float]:
    return stats.proportion((rng.random(40) < 0.7).astype(float), samples=400, seed=seed), 0.7


def _clustered(rng: np.random.Generator, seed: int) -> tuple[Estimate, float]:
    rates = rng.beta(2, 1, size=25)
    values = (rng.random((25, 4)) < rates[:, None]).astype(float).ravel()
    return stats.proportion(values, np.repeat(np.arange(25), 4).tolist(), samples=400, seed=seed), 2 / 3


def _skewed(rng: np.random.Generator, seed: int) -> tuple[Estimate, float]:
    return stats.bootstrap_mean(rng.gamma(4.0, 1.0, size=30), samples=400, seed=seed), 4.0


def _few(rng: np.random.Generator, seed: int) -> tuple[Estimate, float]:
    return stats.bootstrap_mean(rng.normal(1.0, 1.0, size=8), samples=400, seed=seed), 1.0


def _paired(rng: np.random.Generator, seed: int) -> tuple[Estimate, float]:
    hard = rng.random(50)
    a, b = (rng.random(50) < 0.3 + 0.6 * hard).astype(float), (rng.random(50) < 0.7 * hard).astype(float)
    return stats.paired_proportion(a, b, samples=400, seed=seed), 0.25


def _ratio(rng: np.random.Generator, seed: int) -> tuple[Estimate, float]:
    turns = rng.integers(1, 9, size=40)
    return stats.bootstrap_ratio(rng.poisson(1.5 * turns), turns, samples=400, seed=seed), 1.5


@pytest.mark.parametrize("simulate", [_plain, _clustered, _skewed, _few, _paired, _ratio])
def test_the_95_percent_interval_covers_the_truth_95_percent_of_the_time(simulate: Simulation) -> None:
    rng = np.random.default_rng(20)
    rounds = 1500
    hits = 0
    for seed in range(rounds):
        found, truth = simulate(rng, seed)
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / rounds <= 0.98


def test_iqm_by_hand() -> None:
    assert stats.iqm([8, 1, 7, 2, 6, 3, 5, 4]) == 4.5
    assert stats.iqm([0, 10, 11, 100]) == 10.5
    assert stats.iqm([5.0]) == 5.0
    # Runs x tasks are pooled, as rliable pools them; 10 values lose 2 at each end, as scipy's trim_mean cuts them.
    assert stats.iqm(np.array([[0, 1, 2, 3, 4], [5, 6, 7, 8, 1000]])) == 4.5


def test_probability_of_improvement_against_all_pairs() -> None:
    assert stats.probability_of_improvement([1, 2, 3], [0, 2, 2]) == pytest.approx((1 + 2 + 3) / 9)
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 5, size=13), rng.integers(0, 5, size=7)
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(x, y)]
    assert stats.probability_of_improvement(x, y) == pytest.approx(sum(pairs) / len(pairs))


def test_stratified_bootstrap_keeps_the_strata_and_the_rows() -> None:
    strata = [np.full((5, 2), 1.0), np.full((9, 2), 4.0)]
    seen: list[tuple[int, ...]] = []

    def statistic(parts: "list[np.ndarray]") -> float:
        seen.append(tuple(len(part) for part in parts))
        return float(np.mean([part.mean() for part in parts]))

    assert stats.stratified_bootstrap(strata, statistic, samples=50) == (2.5, 2.5, 2.5)
    assert set(seen) == {(5, 9)}
    # Paired columns that always differ by one keep differing by one in every draw.
    column = np.random.default_rng(0).normal(size=(30, 1))
    rows = np.hstack([column, column + 1])
    gap = stats.stratified_bootstrap([rows], lambda parts: float((parts[0][:, 1] - parts[0][:, 0]).mean()), samples=50)
    assert gap == pytest.approx((1, 1, 1))
    # Two strata of sizes n and m: the variance of the mean of means is (s^2 / n + t^2 / m) / 4.
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 1, size=100), rng.normal(0, 3, size=50)
    found = stats.stratified_bootstrap(
        [a, b], lambda parts: float((parts[0].mean() + parts[1].mean()) / 2), samples=4000
    )
    assert (found.high - found.low) / 2 == pytest.approx(Z * math.sqrt((a.var() / 100 + b.var() / 50) / 4), rel=0.06)


@pytest.mark.parametrize(("n", "c", "k"), [(5, 0, 3), (5, 5, 1), (5, 2, 1), (5, 2, 3), (6, 3, 2), (7, 1, 7), (4, 3, 2)])
def test_pass_at_k_counts_the_subsets_with_a_success(n: int, c: int, k: int) -> None:
    subsets = list(combinations(range(n), k))
    assert stats.pass_at_k(n, c, k) == pytest.approx(sum(min(s) < c for s in subsets) / len(subsets))


def test_every_draw_has_its_own_generator() -> None:
    values = np.random.default_rng(0).normal(size=40)
    tasks = [place // 2 for place in range(40)]
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    first = stats.bootstrap_mean(values, tasks, seed=7)
    assert (np.random.get_state()[1] == before).all()
    np.random.seed(2)
    assert stats.bootstrap_mean(values, tasks, seed=7) == first
    assert stats.bootstrap_mean(values, tasks, seed=8) != first


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stats.bootstrap_mean([]), "at least one number"),
        (lambda: stats.bootstrap_mean([1, 2], ["a"]), "2 values and 1 clusters"),
        (lambda: stats.paired_bootstrap([1, 2], [1]), "same tasks"),
        (lambda: stats.paired_ratio([(1, 1)], []), "1 and 0 episodes: pairs must be of the same tasks"),
        (lambda: stats.bootstrap_ratio([1, 2], [1]), "2 numerators and 1 denominators"),
        (lambda: stats.proportion([0.2, 1.2]), "between 0 and 1"),
        (lambda: stats.paired_proportion([0.2, 0.3], [-1, 0]), "between 0 and 1"),
        (lambda: stats.wilson(3, 2), "3 successes of 2"),
        (lambda: stats.pass_at_k(3, 1, 4), "pass@4"),
        (lambda: stats.stratified_bootstrap([[1.0], []], lambda parts: 0.0), "values in each"),
        (lambda: stats.t_quantile(0.9, 0), "at least 1"),
    ],
)
def test_what_is_wrong_is_said(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
