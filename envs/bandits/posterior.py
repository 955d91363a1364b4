"""What pulls tell about which arm is best: the posteriors of the two bandit worlds.

``GapPrior`` is PAPRIKA's prior (arXiv 2502.17543, section 3): the best arm J is uniform, the gap e is uniform on
[low, high], the best arm's mean is h = 1/2 + e/2, and every other mean is uniform on [0, c] with c = 1/2 - e/2. Given e
the arms are independent, so with s rewards in n pulls of each arm

    P(J = j | data)  ∝  E_e[ h^s_j (1 - h)^(n_j - s_j)  ∏_{i≠j} B_c(s_i + 1, n_i - s_i + 1) / c ],

where B_c is the incomplete beta function, here a sum of positive binomial terms; e is integrated by Gauss and Legendre.

``PairPrior`` is the prior of Krishnamurthy et al. (arXiv 2403.15371): one arm has the mean 1/2 + gap/2, all others have
1/2 - gap/2. Then only an arm's own rewards speak for it, each by its log-likelihood ratio; where the best arm moves
with a hazard, a forward filter is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.belief import entropy
from scoutgym.envs.chance import Chance

Counts = tuple[tuple[int, int], ...]
"""(pulls, rewards of 1) of each arm."""

Array = NDArray[np.float64]

NODES = 48
"""Quadrature nodes: with 1,000 pulls and the widest range of gaps the posterior is that of 400 nodes to 1e-12."""

GRID = 2049
"""Points of a density that is drawn from by inverting its cumulative sum."""


def pick(weights: Sequence[float], chance: Chance) -> int:
    """A random place, with probability in proportion to its weight."""
    left = chance.random() * sum(weights)
    for place, weight in enumerate(weights):
        left -= weight
        if left < 0.0:
            return place
    return max(range(len(weights)), key=weights.__getitem__)  # rounding ate the last crumb


class GapPrior:
    """PAPRIKA's prior over arm means; see the module's docstring. Gaps are in units of probability."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        nodes, weights = np.polynomial.legendre.leggauss(NODES)
        self._gaps = low + (high - low) * (nodes + 1.0) / 2.0
        self._log_weights = np.log(weights / 2.0)
        self._arm = lru_cache(maxsize=10_000)(self._arm_logs)
        self.joint = lru_cache(maxsize=50_000)(self._joint)

    def posterior(self, counts: Counts) -> list[float]:
        """P(arm j is best | counts), for each j."""
        logs = self.joint(counts)
        peak = max(logs)
        weights = [math.exp(log - peak) for log in logs]
        total = sum(weights)
        return [weight / total for weight in weights]

    def gain(self, counts: Counts, arm: int) -> float:
        """Expected fall of the entropy of the best arm by one pull of ``arm``, in bits."""
        pulls, ones = counts[arm]
        before, after = self.posterior(counts), 0.0
        evidence = _log_sum(self.joint(counts))
        for reward in (0, 1):
            new = (*counts[:arm], (pulls + 1, ones + reward), *counts[arm + 1 :])
            after += math.exp(_log_sum(self.joint(new)) - evidence) * entropy(self.posterior(new))
        return max(0.0, entropy(before) - after)

    def draw(self, counts: Counts, chance: Chance) -> list[float]:
        """Arm means from the posterior: the best arm, then the gap, then the other means."""
        best = pick(self.posterior(counts), chance)
        gaps = np.linspace(self.low, self.high, GRID)
        logs = sum(_log_other(gaps, n, s) for arm, (n, s) in enumerate(counts) if arm != best)
        gap = _from_density(gaps, logs + _log_best(gaps, *counts[best]), chance.random())
        ceiling = 0.5 - gap / 2.0
        grid = np.linspace(0.0, ceiling, GRID)[1:-1]
        means = []
        for arm, (n, s) in enumerate(counts):
            logs = s * np.log(grid) + (n - s) * np.log1p(-grid)
            means.append(0.5 + gap / 2.0 if arm == best else _from_density(grid, logs, chance.random()))
        return means

    def _joint(self, counts: Counts) -> tuple[float, ...]:
        """log P(J = j, data) for each j, up to the constant 1/K."""
        best = np.empty((len(counts), NODES))
        others = np.empty((len(counts), NODES))
        for place, (n, s) in enumerate(counts):
            best[place], others[place] = self._arm(n, s)
        logs = best + (others.sum(axis=0) - others) + self._log_weights
        peak = logs.max(axis=1)
        joint: list[float] = (peak + np.log(np.exp(logs - peak[:, None]).sum(axis=1))).tolist()
        return tuple(joint)

    def _arm_logs(self, n: int, s: int) -> tuple[Array, Array]:
        """log-likelihood of an arm's record at every node: as the best arm, and as another."""
        return _log_best(self._gaps, n, s), _log_other(self._gaps, n, s)


def _log_best(gaps: Array, n: int, s: int) -> Array:
    """log h^s (1 - h)^(n - s) with h = 1/2 + gap/2."""
    logs: Array = s * np.log(0.5 + gaps / 2.0) + (n - s) * np.log(0.5 - gaps / 2.0)
    return logs


def _log_other(gaps: Array, n: int, s: int) -> Array:
    """log of the mean of t^s (1 - t)^(n - s) over t uniform on [0, c], with c = 1/2 - gap/2.

    The integral is B(s+1, n-s+1) P(Binomial(n+1, c) > s): a sum of positive terms, so nothing cancels.
    """
    c = 0.5 - gaps / 2.0
    k = np.arange(s + 1, n + 2)[:, None]
    log_choose = np.array(
        [math.lgamma(n + 2) - math.lgamma(i + 1) - math.lgamma(n + 2 - i) for i in range(s + 1, n + 2)]
    )
    terms = log_choose[:, None] + k * np.log(c) + (n + 1 - k) * np.log1p(-c)
    peak = terms.max(axis=0)
    log_beta = math.lgamma(s + 1) + math.lgamma(n - s + 1) - math.lgamma(n + 2)
    logs: Array = log_beta + peak + np.log(np.exp(terms - peak).sum(axis=0)) - np.log(c)
    return logs


def _log_sum(logs: Sequence[float]) -> float:
    peak = max(logs)
    return peak + math.log(sum(math.exp(log - peak) for log in logs))


def _from_density(grid: Array, logs: Array, u: float) -> float:
    """The point of the grid's interval below which a share ``u`` of the density lies."""
    density = np.exp(logs - logs.max())
    cumulative = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2.0)))
    return float(np.interp(u * cumulative[-1], cumulative, grid))


Seen = tuple[int, int | None, float]
"""One turn: the context, the arm that was tried (None where the turn was wasted), and its reward."""


class PairPrior:
    """One arm has the high mean, all others the low one; see the module's docstring.

    Args:
        arms: how many arms there are, K.
        gap: the difference of the two means, which lie symmetrically about 1/2.
        sd: standard deviation of Gaussian rewards; 0 where rewards are 0 or 1 and the means are probabilities.
        hazard: the probability, after each turn, that another arm becomes the best, uniformly.
    """

    def __init__(self, arms: int, gap: float, sd: float, hazard: float) -> None:
        self.arms, self.gap, self.sd, self.hazard = arms, gap, sd, hazard
        self.high, self.low = 0.5 + gap / 2.0, 0.5 - gap / 2.0
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        self._noise = [float(node) for node in nodes]
        self._shares = [float(weight) for weight in weights / weights.sum()]

    def ratio(self, reward: float) -> float:
        """How much likelier a reward is from the best arm than from another."""
        if self.sd:
            return math.exp(self.gap * (reward - 0.5) / self.sd**2)
        return self.high / self.low if reward else self.low / self.high

    def told(self, weights: Sequence[float], arm: int, reward: float) -> list[float]:
        """Bayes' rule for one try."""
        new = list(weights)
        new[arm] *= self.ratio(reward)
        total = sum(new)
        return [weight / total for weight in new]

    def moved(self, weights: list[float]) -> list[float]:
        """The best arm's distribution one turn later."""
        if not self.hazard:
            return weights
        stay, come = 1.0 - self.hazard, self.hazard / (self.arms - 1)
        return [weight * stay + (1.0 - weight) * come for weight in weights]

    def filter(self, contexts: int, record: Iterable[Seen]) -> list[list[float]]:
        """For each context, the distribution of the best arm in the coming turn."""
        beliefs = [[1.0 / self.arms] * self.arms for _ in range(contexts)]
        for context, arm, reward in record:
            if arm is not None:
                beliefs[context] = self.told(beliefs[context], arm, reward)
            beliefs = [self.moved(weights) for weights in beliefs]
        return beliefs

    def gain(self, weights: Sequence[float], arm: int) -> float:
        """Expected fall of the best arm's entropy by one try, in bits.

        A reward tells only whether ``arm`` is the best, so with p = P(arm is best) the gain is the mutual information
        of a p-coin and the reward.
        """
        p = weights[arm]
        if p <= 0.0 or p >= 1.0:
            return 0.0
        after = 0.0
        for chance, reward in self._rewards(p):
            high = p * self.ratio(reward)
            after += chance * _coin(high / (high + 1.0 - p))
        return max(0.0, _coin(p) - after)

    def draw(self, context: int, record: Sequence[Seen], length: int, chance: Chance) -> list[int]:
        """The best arm of ``length`` turns, from the posterior: filtered forward, sampled backward, then run on.

        Without a hazard it never moves, and ``length`` is 1.
        """
        weights = [1.0 / self.arms] * self.arms
        after: list[list[float]] = []
        for where, arm, reward in record:
            if where == context and arm is not None:
                weights = self.told(weights, arm, reward)
            after.append(weights)
            weights = self.moved(weights)
        best = pick(weights, chance)
        if not self.hazard:
            return [best]
        coming = self.path(best, length - len(after), chance) if length > len(after) else []
        come = self.hazard / (self.arms - 1)
        past: list[int] = []
        for told in reversed(after):
            best = pick([w * (1.0 - self.hazard if arm == best else come) for arm, w in enumerate(told)], chance)
            past.append(best)
        return past[::-1] + coming

    def path(self, best: int, length: int, chance: Chance) -> list[int]:
        """The best arm of ``length`` turns from ``best`` on, in runs of geometric length; one arm without a hazard."""
        if not self.hazard:
            return [best]
        path: list[int] = []
        while len(path) < length:
            run = 1 + int(math.log(1.0 - chance.random()) / math.log1p(-self.hazard))
            path += [best] * min(run, length - len(path))
            best = (best + 1 + chance.below(self.arms - 1)) % self.arms
        return path

    def _rewards(self, p: float) -> list[tuple[float, float]]:
        """(probability, reward) of a try of an arm that is the best with probability ``p``."""
        if not self.sd:
            one = p * self.high + (1.0 - p) * self.low
            return [(one, 1.0), (1.0 - one, 0.0)]
        sides = ((p, self.high), (1.0 - p, self.low))
        noise = list(zip(self._shares, self._noise, strict=True))
        return [(side * share, mean + self.sd * node) for side, mean in sides for share, node in noise]


def _coin(p: float) -> float:
    """Entropy of a coin in bits."""
    return -p * math.log2(p) - (1.0 - p) * math.log2(1.0 - p) if 0.0 < p < 1.0 else 0.0
