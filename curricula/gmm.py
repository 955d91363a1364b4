"""A mixture of Gaussians by expectation-maximisation, and how many by Akaike's criterion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOOR = 1e-5
"""Added to the diagonal of every covariance, or a component would collapse on one point."""


@dataclass(frozen=True)
class Mixture:
    """``p(x) = sum_k w_k N(x; mean_k, cov_k)`` in d dimensions."""

    weights: Floats
    means: Floats
    """k × d."""
    covs: Floats
    """k × d × d."""
    loglik: float = float("nan")
    """Of the points that it was fitted to."""

    @property
    def aic(self) -> float:
        """``2 parameters - 2 loglik``: the smaller the better."""
        k, d = self.means.shape
        return float(2 * (k - 1 + k * d + k * d * (d + 1) / 2) - 2 * self.loglik)


def log_joint(points: Floats, mixture: Mixture) -> Floats:
    """``log w_k + log N(x_n; mean_k, cov_k)``, n × k."""
    d = points.shape[1]
    lower = np.linalg.cholesky(mixture.covs)
    gaps = np.swapaxes(points[None] - mixture.means[:, None], 1, 2)  # k × d × n
    squares = (np.linalg.solve(lower, gaps) ** 2).sum(axis=1)
    logdet = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    constant = np.log(mixture.weights) - logdet - d / 2 * np.log(2 * np.pi)
    joint: Floats = (constant[:, None] - squares / 2).T
    return joint


def fit(points: Floats, k: int, rng: np.random.Generator, rounds: int = 100, tolerance: float = 1e-3) -> Mixture:
    """Maximum likelihood by expectation-maximisation, from k-means++ seeds; stops when a point gains < tolerance."""
    n, d = points.shape
    seeds = [points[rng.integers(n)]]
    while len(seeds) < k:
        far = np.min([((points - seed) ** 2).sum(axis=1) for seed in seeds], axis=0) + 1e-12
        seeds.append(points[rng.choice(n, p=far / far.sum())])
    spread = np.atleast_2d(np.cov(points.T)) / k + FLOOR * np.eye(d)
    mixture = Mixture(np.full(k, 1 / k), np.array(seeds), np.repeat(spread[None], k, axis=0))
    before = -np.inf
    for _ in range(rounds):
        joint = log_joint(points, mixture)
        highest = joint.max(axis=1, keepdims=True)
        total = highest + np.log(np.exp(joint - highest).sum(axis=1, keepdims=True))
        mine = np.exp(joint - total)
        loglik = float(total.sum())
        if loglik - before < tolerance * n:
            break
        before = loglik
        counts = mine.sum(axis=0) + 1e-9
        means = mine.T @ points / counts[:, None]
        gaps = points[None] - means[:, None]
        covs = np.einsum("nk,kni,knj->kij", mine, gaps, gaps) / counts[:, None, None] + FLOOR * np.eye(d)
        mixture = Mixture(counts / counts.sum(), means, covs)
    return Mixture(mixture.weights, mixture.means, mixture.covs, loglik)


def best_fit(points: Floats, most: int, rng: np.random.Generator) -> Mixture:
    """The mixture of 2 to ``most`` components with the smallest AIC."""
    return min((fit(points, k, rng) for k in range(2, most + 1)), key=lambda mixture: mixture.aic)
