"""The bandits' posteriors against oracles that share nothing with them: grids, simulation, enumeration of paths."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from scoutgym.envs.bandits.posterior import GapPrior, PairPrior
from scoutgym.envs.chance import Chance

LOW, HIGH = 0.2, 0.4


def grid_joint(counts, low=LOW, high=HIGH, gaps=400, points=2000) -> np.ndarray:
    """P(J = j, data) by midpoint sums over the gap and over each mean, straight from the definition of the prior."""
    gap = low + (high - low) * (np.arange(gaps) + 0.5) / gaps
    unit = (np.arange(points) + 0.5) / points
    best, other = [], []
    for n, s in counts:
        h = 0.5 + gap / 2
        theta = (0.5 - gap / 2)[:, None] * unit
        best.append(h**s * (1 - h) ** (n - s))
        other.append((theta**s * (1 - theta) ** (n - s)).mean(axis=1))
    arms = range(len(counts))
    return np.array([np.mean(best[j] * math.prod(other[i] for i in arms if i != j)) for j in arms]) / len(counts)


def bits(weights) -> float:
    p = np.asarray(weights) / np.sum(weights)
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum())


COUNTS = [
    ((0, 0), (0, 0)),
    ((1, 1), (0, 0), (0, 0)),
    ((3, 1), (4, 3), (2, 0)),
    ((10, 6), (10, 3)),
    ((4, 2), (4, 2), (4, 1), (4, 3), (4, 0)),
    ((20, 0), (0, 0), (0, 0)),
    ((12, 12), (8, 8)),
]


@pytest.mark.parametrize("counts", COUNTS)
def test_gap_posterior_is_that_of_the_prior_by_brute_force(counts) -> None:
    joint = grid_joint(counts)
    assert GapPrior(LOW, HIGH).posterior(counts) == pytest.approx(joint / joint.sum(), abs=1e-6)


@pytest.mark.parametrize("counts", COUNTS)
def test_gap_gain_is_the_mean_fall_over_both_rewards(counts) -> None:
    prior = GapPrior(LOW, HIGH)
    before = grid_joint(counts)
    for arm, (n, s) in enumerate(counts):
        expected = bits(before)
        for reward in (0, 1):
            after = grid_joint((*counts[:arm], (n + 1, s + reward), *counts[arm + 1 :]))
            expected -= after.sum() / before.sum() * bits(after)
        assert prior.gain(counts, arm) == pytest.approx(expected, abs=2e-5)


def test_gap_posterior_agrees_with_simulation() -> None:
    rng = np.random.default_rng(0)
    games, arms, pulls = 300_000, 3, 3
    gap = rng.uniform(LOW, HIGH, games)
    means = rng.uniform(size=(games, arms)) * (0.5 - gap / 2)[:, None]
    best = rng.integers(arms, size=games)
    means[np.arange(games), best] = 0.5 + gap / 2
    ones = rng.binomial(pulls, means)
    prior = GapPrior(LOW, HIGH)
    for record in ((0, 0, 0), (1, 0, 0), (2, 1, 0), (3, 3, 1), (2, 2, 2)):
        seen = best[(ones == record).all(axis=1)]
        expected = prior.posterior(tuple((pulls, s) for s in record))
        for arm in range(arms):
            share, error = np.mean(seen == arm), math.sqrt(expected[arm] * (1 - expected[arm]) / len(seen))
            assert abs(share - expected[arm]) < 5 * error


@pytest.mark.parametrize(
    ("low", "high", "counts"),
    [
        (0.01, 0.9, ((1000, 620), (1000, 330))),
        (0.01, 0.9, ((500, 260), (500, 245))),
        (0.2, 0.4, ((400, 262), (300, 118), (300, 120))),
        (0.3, 0.3, ((9, 5), (9, 4))),
    ],
)
def test_gap_posterior_stays_right_with_many_pulls_and_without_a_range(low, high, counts) -> None:
    gap = np.linspace(low, high, 4_001)[1::2]
    best, other = [], []
    for n, s in counts:
        h, ceiling = 0.5 + gap / 2, 0.5 - gap / 2
        best.append(s * np.log(h) + (n - s) * np.log1p(-h))
        theta = ceiling[:, None] * (np.arange(1000) + 0.5) / 1000
        logs = s * np.log(theta) + (n - s) * np.log1p(-theta)
        peak = logs.max(axis=1)
        other.append(np.log(np.exp(logs - peak[:, None]).mean(axis=1)) + peak)
    logs = np.array([best[j] + sum(o for i, o in enumerate(other) if i != j) for j in range(len(counts))])
    joint = np.exp(logs - logs.max()).sum(axis=1)
    assert GapPrior(low, high).posterior(counts) == pytest.approx(joint / joint.sum(), abs=2e-4)


def test_gap_draws_follow_the_posterior() -> None:
    counts = ((4, 2), (5, 1), (2, 1))
    prior = GapPrior(LOW, HIGH)
    draws = np.array([prior.draw(counts, Chance(b"draw%d" % number)) for number in range(3000)])
    best = draws.argmax(axis=1)
    for arm, p in enumerate(prior.posterior(counts)):
        assert abs(np.mean(best == arm) - p) < 5 * math.sqrt(p * (1 - p) / len(draws))
    gap = 2 * draws.max(axis=1) - 1
    assert gap.min() >= LOW
    assert gap.max() <= HIGH
    # Reward probabilities of one more pull, from the draws and from the evidence of the grid.
    before = grid_joint(counts).sum()
    for arm, (n, s) in enumerate(counts):
        predicted = grid_joint((*counts[:arm], (n + 1, s + 1), *counts[arm + 1 :])).sum() / before
        assert abs(draws[:, arm].mean() - predicted) < 5 * draws[:, arm].std() / math.sqrt(len(draws))
    for arm in range(len(counts)):
        rest = best != arm
        assert (draws[rest, arm] < 0.5 - gap[rest] / 2).all()
        assert draws[rest, arm].min() > 0


# Two known means.


def paths(prior: PairPrior, length: int) -> dict[tuple[int, ...], float]:
    """Every path of the best arm with its prior probability."""
    found = {}
    for path in itertools.product(range(prior.arms), repeat=length):
        p = 1.0 / prior.arms
        for one, other in itertools.pairwise(path):
            p *= 1 - prior.hazard if one == other else prior.hazard / (prior.arms - 1)
        found[path] = p
    return found


def likelihood(prior: PairPrior, path, record, context: int) -> float:
    p = 1.0
    for best, (where, arm, reward) in zip(path, record, strict=False):
        if where == context and arm is not None:
            mean = prior.high if arm == best else prior.low
            p *= math.exp(-((reward - mean) ** 2) / 2 / prior.sd**2) if prior.sd else mean if reward else 1 - mean
    return p


RECORD = [(0, 1, 1.0), (1, 0, 0.0), (0, None, 0.0), (0, 2, 0.0), (1, 0, 1.0), (0, 1, 0.0)]


@pytest.mark.parametrize("hazard", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("sd", [0.0, 0.4])
def test_the_filter_is_bayes_rule_over_all_paths(hazard, sd) -> None:
    prior = PairPrior(3, 0.4, sd, hazard)
    beliefs = prior.filter(2, RECORD)
    for context in (0, 1):
        weights = np.zeros(3)
        for path, p in paths(prior, len(RECORD) + 1).items():
            weights[path[-1]] += p * likelihood(prior, path, RECORD, context)
        assert beliefs[context] == pytest.approx(weights / weights.sum(), abs=1e-12)


@pytest.mark.parametrize("p", [0.02, 0.3, 0.5, 0.97])
def test_pair_gain_is_the_mutual_information_of_arm_and_reward(p) -> None:
    weights = [p, (1 - p) * 0.25, (1 - p) * 0.75]
    prior = PairPrior(3, 0.5, 0.0, 0.0)
    after = 0.0
    for reward in (0, 1):
        like = np.array([prior.high if arm == 0 else prior.low for arm in range(3)])
        joint = weights * (like if reward else 1 - like)
        after += joint.sum() * bits(joint)
    assert prior.gain(weights, 0) == pytest.approx(bits(weights) - after, abs=1e-12)
    for sd, close in ((0.5, 1e-9), (0.1, 1e-3)):
        prior = PairPrior(3, 0.5, sd, 0.0)
        x = np.linspace(-8 * sd, 1 + 8 * sd, 40_001)
        density = [np.exp(-((x - mean) ** 2) / 2 / sd**2) for mean in (prior.high, prior.low, prior.low)]
        joint = np.array(weights)[:, None] * density / (sd * math.sqrt(2 * math.pi))
        total = joint.sum(axis=0)
        share = np.where(total > 0, joint / np.where(total > 0, total, 1), 1)
        entropy = -(share * np.log2(np.where(share > 0, share, 1))).sum(axis=0)
        assert prior.gain(weights, 0) == pytest.approx(
            bits(weights) - (total * entropy).sum() * (x[1] - x[0]), abs=close
        )


@pytest.mark.parametrize("hazard", [0.0, 0.2])
def test_drawn_paths_follow_the_posterior(hazard) -> None:
    prior = PairPrior(2, 0.4, 0.0, hazard)
    record = [(0, 0, 1.0), (0, 1, 1.0), (0, 0, 0.0)]
    length, draws = 5, 4000
    expected = {path: p * likelihood(prior, path, record, 0) for path, p in paths(prior, length).items()}
    total = sum(expected.values())
    seen = dict.fromkeys(expected, 0)
    for number in range(draws):
        drawn = prior.draw(0, record, length, Chance(b"path%d" % number))
        seen[tuple(drawn if hazard else drawn * length)] += 1
    for path, p in expected.items():
        p /= total
        assert abs(seen[path] - draws * p) <= 5 * math.sqrt(draws * p * (1 - p)) + 1e-9


def test_prior_paths_change_at_the_hazard() -> None:
    prior = PairPrior(3, 0.4, 0.0, 0.1)
    path = prior.path(0, 20_000, Chance(b"long"))
    changes = sum(one != other for one, other in itertools.pairwise(path))
    assert len(path) == 20_000
    assert abs(changes - 0.1 * 19_999) < 5 * math.sqrt(20_000 * 0.09)
    assert all(abs(path.count(arm) / 20_000 - 1 / 3) < 0.05 for arm in range(3))


def test_a_long_one_sided_record_does_not_break_the_filter() -> None:
    for prior in (PairPrior(2, 0.9, 0.1, 0.0), PairPrior(10, 0.9, 0.0, 0.0)):
        for reward in (1.0, 0.0):
            weights = prior.filter(1, [(0, 0, reward)] * 1000)[0]
            assert sum(weights) == pytest.approx(1)
            assert prior.gain(weights, 0) >= 0.0
