"""Agents against each other on the same tasks and luck: paired differences, gaps, normalized scores, summaries.

A normalized score puts the random agent at 0 and the world's expert at 100, linearly in the mean return (the scale of
LMRL-Gym has a dataset's mean in the middle; here there is no dataset). Experts differ in quality, so scores are
summarized only over worlds whose expert has the same one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoutgym.benchmark.result import Difference, Result, numbers
from scoutgym.stats import (
    Estimate,
    Floats,
    iqm,
    paired_bootstrap,
    paired_proportion,
    probability_of_improvement,
    stratified_bootstrap,
)


@dataclass(frozen=True)
class Summary:
    """One agent over several worlds."""

    agent: str
    expert: str | None
    """The quality of the experts that stand for 100; None where the row is a probability of improvement."""
    worlds: int
    iqm: Estimate | None = None
    """Interquartile mean of the worlds' normalized scores."""
    improvement: Estimate | None = None
    """Chance to have the higher return than ``baseline`` on a task, averaged over worlds."""
    baseline: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "agent": self.agent,
            "expert": self.expert,
            "worlds": self.worlds,
            "iqm": None if self.iqm is None else numbers(self.iqm),
            "improvement": None if self.improvement is None else numbers(self.improvement),
            "baseline": self.baseline,
        }


def difference(a: Result, b: Result, seed: int = 0) -> Difference | None:
    """``a - b`` over the episodes that both have; None where there are none."""
    both = sorted(a.scores.keys() & b.scores.keys())
    if not both:
        return None
    tasks = [task for task, _ in both]
    pairs = [(a.scores[key], b.scores[key]) for key in both]
    returns = paired_bootstrap([x.total for x, _ in pairs], [y.total for _, y in pairs], tasks, seed=seed)
    judged = [(x.success, y.success, t) for (x, y), t in zip(pairs, tasks, strict=True) if None not in (x[0], y[0])]
    success = None
    if judged:
        left, right, where = zip(*judged, strict=True)
        success = paired_proportion(left, right, where, seed=seed)
    return Difference(b.agent, len(both), success, returns)


def relate(results: Sequence[Result], baseline: str, seed: int = 0) -> None:
    """Fill in what compares the agents of one environment: ``against``, ``gap_to_expert``, ``normalized``."""
    by_agent = {result.agent: result for result in results}
    base, expert, floor = by_agent.get(baseline), by_agent.get("expert"), by_agent.get("random")
    for result in results:
        if base is not None and result is not base:
            result.against = difference(result, base, seed)
        if expert is not None and result is not expert and (gap := difference(expert, result, seed)) is not None:
            result.figures["gap_to_expert"] = gap.returns
    if expert is None or floor is None or (span := difference(expert, floor, seed)) is None:
        return
    if not span.returns.low > 0:  # also where one task gives no interval: no distance to measure by
        return
    for result in results:
        if result.scored:
            share = (result.returns.mean - floor.returns.mean) / (expert.returns.mean - floor.returns.mean)
            result.normalized = 100.0 * share


def summarize(results: Sequence[Result], baseline: str = "random", samples: int = 1000, seed: int = 0) -> list[Summary]:
    """Each agent over all worlds: IQM of normalized scores by expert quality, and probability of improvement.

    Intervals resample tasks within each world, for all agents at once. An agent's return on a task is the mean of its
    samples.
    """
    table: dict[str, dict[str, Result]] = {}
    for result in results:
        table.setdefault(result.env, {})[result.agent] = result
    agents = list(dict.fromkeys(result.agent for result in results))
    summaries = []
    for agent in agents:
        mine = [row for row in table.values() if agent in row]
        for quality in ("optimal", "strong", "heuristic"):
            rows = [row for row in mine if row[agent].expert == quality and row[agent].normalized is not None]
            strata = [m for row in rows if len(m := _matrix(row[agent], row["random"], row["expert"]))]
            if strata and agent not in ("random", "expert"):
                interval = stratified_bootstrap(strata, _iqm_normalized, samples, seed=seed)
                summaries.append(Summary(agent, quality, len(strata), iqm=interval))
        if agent != baseline:
            strata = [m for row in mine if baseline in row and len(m := _matrix(row[agent], row[baseline]))]
            if strata:
                interval = stratified_bootstrap(strata, _improvement, samples, seed=seed)
                summaries.append(Summary(agent, None, len(strata), improvement=interval, baseline=baseline))
    return summaries


def _matrix(*results: Result) -> Floats:
    """Mean returns, tasks × results, over the tasks that all of them have scored."""
    means: list[dict[int, float]] = []
    for result in results:
        totals: dict[int, list[float]] = {}
        for (task, _), score in result.scores.items():
            totals.setdefault(task, []).append(score.total)
        means.append({task: sum(values) / len(values) for task, values in totals.items()})
    tasks = sorted(set.intersection(*(set(mean) for mean in means)))
    return np.array([[mean[task] for mean in means] for task in tasks])


def _iqm_normalized(strata: Sequence[Floats]) -> float:
    """IQM over worlds of 100 (agent - random) / (expert - random); columns are those three."""
    means = np.array([stratum.mean(axis=0) for stratum in strata])
    span = means[:, 2] - means[:, 1]
    if not span.all():
        return math.nan
    return iqm(100.0 * (means[:, 0] - means[:, 1]) / span)


def _improvement(strata: Sequence[Floats]) -> float:
    return float(np.mean([probability_of_improvement(stratum[:, 0], stratum[:, 1]) for stratum in strata]))
