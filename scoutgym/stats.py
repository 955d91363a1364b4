"""Intervals and robust summaries for small evaluations: pure numpy, every function with a generator of its own.

Episodes of one task are not independent: intervals resample whole **clusters** (tasks), after Cameron, Gelbach and
Miller (2008), and comparisons are paired on the same clusters. Percentile intervals of few clusters are too narrow;
ours are *expanded* (Hesterberg 2015, "What Teachers Should Know about the Bootstrap", section 4.1.1): the nominal tail
a/2 becomes Phi(-sqrt(n / (n - 1)) t_{1 - a/2, n - 1}).

A bootstrap of equal values is a point, and a proportion of 10 out of 10 is not known to be 1: `proportion` and
`paired_proportion` say when they take a closed form instead.

IQM, stratified bootstrap and probability of improvement follow Agarwal et al. (2021, rliable); pass@k is Chen et al.
(2021), the unbiased estimator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

BLOCK = 2_000_000
"""How many numbers a bootstrap holds at once."""


class Estimate(NamedTuple):
    """A mean with its interval. The interval is not-a-number where the data cannot give one (a single cluster)."""

    mean: float
    low: float
    high: float

    @property
    def ci(self) -> list[float]:
        """``[low, high]``, as a summary on disk has it."""
        return [self.low, self.high]


def bootstrap_mean(
    values: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Mean over episodes with a cluster bootstrap interval.

    Args:
        values: one number an episode.
        clusters: the task of each episode; None where every episode is its own.
        samples: bootstrap draws.
        level: coverage of the interval.
        seed: of the draws.

    Raises:
        ValueError: no values, or not one cluster for each.
    """
    numbers = _numbers(values)
    return bootstrap_ratio(numbers, np.ones_like(numbers), clusters, samples, level, seed)


def bootstrap_ratio(
    numerators: ArrayLike,
    denominators: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Ratio of two sums over episodes, for example bits learned to turns taken, with a cluster bootstrap interval.

    Draws in which the denominators sum to zero say nothing and are left out; the ratio itself is not-a-number there.

    Raises:
        ValueError: as `bootstrap_mean`, or unequal lengths.
    """
    above, below = _numbers(numerators), _numbers(denominators)
    if len(above) != len(below):
        raise ValueError(f"{len(above)} numerators and {len(below)} denominators: expected as many")
    return _resampled([(above, below)], clusters, samples, level, seed)


def paired_ratio(
    a: Sequence[Sequence[float]],
    b: Sequence[Sequence[float]],
    clusters: Sequence[Hashable] | None = None,
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Difference of two ratios of sums, where ``a[i]`` and ``b[i]`` are the same task under the same luck.

    Args:
        a: of each episode a numerator and a denominator.
        b: the same of what is subtracted.
        clusters: as in `bootstrap_mean`.
        samples: as there.
        level: as there.
        seed: as there.

    Raises:
        ValueError: unequal lengths, no values, or not one cluster for each pair.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} episodes: pairs must be of the same tasks")
    sides = [tuple(_numbers([one[place] for one in side]) for place in range(2)) for side in (a, b)]
    return _resampled([(above, below) for above, below in sides], clusters, samples, level, seed)


def _resampled(
    ratios: Sequence[tuple[Floats, Floats]],
    clusters: Sequence[Hashable] | None,
    samples: int,
    level: float,
    seed: int,
) -> Estimate:
    """A ratio of sums, or the first minus the second; draws in which a denominator sums to zero are left out."""
    member, count = _members(clusters, len(ratios[0][0]))
    sums = np.stack([np.bincount(member, numbers, count) for ratio in ratios for numbers in ratio])

    def value(totals: Floats) -> Floats:
        whole = totals[:, (totals[1::2] != 0).all(axis=0)]
        shares: Floats = whole[::2] / whole[1::2]
        found: Floats = shares[0] - shares[1] if len(shares) > 1 else shares[0]
        return found

    found = value(sums.sum(axis=1, keepdims=True))
    mean = float(found[0]) if len(found) else math.nan
    if count < 2:
        return Estimate(mean, math.nan, math.nan)
    rng = np.random.default_rng(seed)
    draws: list[Floats] = []
    step = max(1, BLOCK // count)
    for start in range(0, samples, step):
        picks = rng.integers(count, size=(min(step, samples - start), count))
        draws.append(value(sums[:, picks].sum(axis=2)))
    values = np.concatenate(draws)
    if not len(values):
        return Estimate(mean, math.nan, math.nan)
    tail = NormalDist().cdf(-math.sqrt(count / (count - 1)) * t_quantile(0.5 + level / 2, count - 1))
    low, high = np.quantile(values, (tail, 1.0 - tail))
    return Estimate(mean, float(low), float(high))


def paired_bootstrap(
    a: ArrayLike,
    b: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Mean of ``a - b`` with its interval, where ``a[i]`` and ``b[i]`` are the same task under the same luck.

    Raises:
        ValueError: unequal lengths, no values, or not one cluster for each pair.
    """
    return bootstrap_mean(_differences(a, b), clusters, samples, level, seed)


def wilson(successes: float, n: float, level: float = 0.95) -> Estimate:
    """Wilson's score interval (1927) of a proportion: never a point, always within [0, 1].

    Raises:
        ValueError: ``n`` is not positive, or ``successes`` not between 0 and ``n``.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}: expected 0 <= successes <= n and n > 0")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    p = successes / n
    center = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, center - half)  # exact at the ends, where rounding is not
    high = 1.0 if successes == n else min(1.0, center + half)
    return Estimate(p, low, high)


def proportion(
    values: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Mean of successes in [0, 1] with the interval that fits them.

    * every cluster is one episode of success 0 or 1: Wilson;
    * all values are equal, or there is one cluster: Wilson with as many trials as there are **clusters**, as if the
      episodes of a task had to agree (the bootstrap would give a point, or nothing);
    * otherwise: the cluster bootstrap.

    Raises:
        ValueError: a value outside [0, 1], no values, or not one cluster for each.
    """
    numbers = _numbers(values)
    if numbers.min() < 0 or numbers.max() > 1:
        raise ValueError(f"successes lie between 0 and 1, not {numbers.min():g} to {numbers.max():g}")
    _, count = _members(clusters, len(numbers))
    plain = count == len(numbers) and bool(np.isin(numbers, (0, 1)).all())
    if plain or count == 1 or numbers.min() == numbers.max():
        return wilson(float(numbers.mean()) * count, count, level)
    return bootstrap_mean(numbers, clusters, samples, level, seed)


def paired_proportion(
    a: ArrayLike,
    b: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """Difference of two success rates on the same tasks and luck, with the interval that fits.

    * every cluster is one pair of successes 0 or 1, all differences are equal, or there is one cluster: the adjusted
      Wald interval of Bonett and Price (2012) over clusters, which is not a point where no pair differs;
    * otherwise: the paired cluster bootstrap.

    Raises:
        ValueError: unequal lengths, no values, a value outside [0, 1], or not one cluster for each pair.
    """
    for numbers in (_numbers(a), _numbers(b)):
        if numbers.min() < 0 or numbers.max() > 1:
            raise ValueError(f"successes lie between 0 and 1, not {numbers.min():g} to {numbers.max():g}")
    change = _differences(a, b)
    _, count = _members(clusters, len(change))
    plain = count == len(change) and bool(np.isin(change, (-1, 0, 1)).all())
    if not plain and count > 1 and change.min() != change.max():
        return bootstrap_mean(change, clusters, samples, level, seed)
    mean = float(change.mean())
    share = count / len(change)
    up = (float(change.clip(min=0).sum()) * share + 1) / (count + 2)
    down = (float(-change.clip(max=0).sum()) * share + 1) / (count + 2)
    half = NormalDist().inv_cdf(0.5 + level / 2) * math.sqrt((up + down - (up - down) ** 2) / (count + 2))
    # At few pairs the shifted center may leave the plain mean out by a hair: an interval holds its own estimate.
    low, high = max(-1.0, up - down - half), min(1.0, up - down + half)
    return Estimate(mean, min(low, mean), max(high, mean))


def iqm(values: ArrayLike) -> float:
    """Interquartile mean: the mean without the lowest and the highest quarter (floor(n / 4) values each).

    Raises:
        ValueError: no values.
    """
    ordered = np.sort(_numbers(np.ravel(np.asarray(values, dtype=float))))
    cut = len(ordered) // 4
    return float(ordered[cut : len(ordered) - cut].mean())


def stratified_bootstrap(
    strata: Sequence[ArrayLike],
    statistic: Callable[[Sequence[Floats]], float],
    samples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> Estimate:
    """A statistic of several worlds with its interval: rows are resampled within each stratum, strata are kept.

    Args:
        strata: one array a world; rows (tasks or runs) are resampled whole, so columns stay paired.
        statistic: from the list of arrays to a number.
        samples: bootstrap draws.
        level: coverage of the percentile interval.
        seed: of the draws.

    Raises:
        ValueError: no strata, or an empty one.
    """
    rows = [np.asarray(stratum, dtype=float) for stratum in strata]
    if not rows or not all(len(stratum) for stratum in rows):
        raise ValueError("stratified_bootstrap needs at least one stratum, and values in each")
    rng = np.random.default_rng(seed)
    draws = [
        statistic([stratum[rng.integers(len(stratum), size=len(stratum))] for stratum in rows]) for _ in range(samples)
    ]
    finite = np.asarray(draws)[np.isfinite(draws)]
    if not len(finite):
        return Estimate(statistic(rows), math.nan, math.nan)
    low, high = np.quantile(finite, (0.5 - level / 2, 0.5 + level / 2))
    return Estimate(statistic(rows), float(low), float(high))


def probability_of_improvement(x: ArrayLike, y: ArrayLike) -> float:
    """Chance that a score drawn from ``x`` is above one drawn from ``y``, ties counted half (Mann and Whitney's U).

    Raises:
        ValueError: no values.
    """
    left, right = _numbers(x), np.sort(_numbers(y))
    below = np.searchsorted(right, left, side="left")
    up_to = np.searchsorted(right, left, side="right")
    return float((below + up_to).mean() / (2 * len(right)))


def pass_at_k(n: int, c: int, k: int) -> float:
    """Chance that at least one of ``k`` samples succeeds, from ``c`` successes in ``n``: 1 - C(n - c, k) / C(n, k).

    Raises:
        ValueError: not ``0 <= c <= n`` or not ``1 <= k <= n``: fewer samples than ``k`` have no unbiased estimate.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"pass@{k} of {c} successes in {n} samples: expected 0 <= c <= n and 1 <= k <= n")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def t_quantile(p: float, freedom: int) -> float:
    """Quantile of Student's t: exact for 1 and 2 degrees of freedom, else Cornish and Fisher's expansion (within 1 %).

    Raises:
        ValueError: ``freedom`` is not positive.
    """
    if freedom < 1:
        raise ValueError(f"{freedom} degrees of freedom: expected at least 1")
    if freedom == 1:
        return math.tan(math.pi * (p - 0.5))
    if freedom == 2:
        return (2 * p - 1) * math.sqrt(2 / (4 * p * (1 - p)))
    z = NormalDist().inv_cdf(p)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))


def _numbers(values: Any) -> Floats:
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or not len(numbers):
        raise ValueError(f"expected a list of at least one number, not an array of shape {numbers.shape}")
    return numbers


def _differences(a: ArrayLike, b: ArrayLike) -> Floats:
    left, right = _numbers(a), _numbers(b)
    if len(left) != len(right):
        raise ValueError(f"{len(left)} and {len(right)} values: pairs need the same tasks in the same order")
    return left - right


def _members(clusters: Sequence[Hashable] | None, n: int) -> tuple[NDArray[np.int64], int]:
    """The number of each value's cluster, and how many clusters there are."""
    if clusters is None:
        return np.arange(n), n
    if len(clusters) != n:
        raise ValueError(f"{n} values and {len(clusters)} clusters: expected one cluster for each value")
    numbers: dict[Hashable, int] = {}
    member = np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters], dtype=np.int64)
    return member, len(numbers)
