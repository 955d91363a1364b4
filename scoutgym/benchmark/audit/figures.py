"""The figures of verdicts whose truth is known, each with its interval.

With v the verdict, y the truth of an episode, and a verdict of 1/2 or more a "pass"::

    precision     P(y = 1 | pass); adjusted: as it would be if half of the episodes were successes,
                  TPR / (TPR + FPR), so that worlds of unlike difficulty compare
    AUC           P(v of a success > v of a failure) + P(equal) / 2; matched: over pairs of one world and one length
    ECE           sum over ten bins of share |mean v - mean y|, with v cut to [0, 1]: what is below 0 says "never"

Intervals are 95 % and draw tasks: episodes of one task stand or fall together. A share that is the same for all tasks
has Wilson's interval over tasks (`scoutgym.stats.proportion`): all of ten is not known to be all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.stats import proportion

PASS = 0.5
BINS = 10
SAMPLES = 500

Floats = NDArray[np.float64]
Estimated = tuple[float, float, float]
"""A figure, and the ends of its interval; NaN where it has no meaning."""

NAN = float("nan")
NONE: Estimated = (NAN, NAN, NAN)


def figures(v: Floats, y: Floats, tasks: Sequence[bytes], matched: Sequence[Any]) -> dict[str, Estimated]:
    """All figures with intervals.

    Args:
        v: the verdicts.
        y: the truth, 0 or 1.
        tasks: what is drawn together.
        matched: episodes with equal keys are compared in the matched AUC.
    """
    passed, won = v >= PASS, y > 0
    found = {
        "accuracy": share(passed == won, tasks),
        "precision": share(won, tasks, passed),
        "recall": share(passed, tasks, won),
        "false_positives": share(passed, tasks, ~won),
        "prevalence": share(won, tasks),
    }
    keys = {key: number for number, key in enumerate(dict.fromkeys(matched))}
    key = np.array([keys[one] for one in matched])
    measures: dict[str, Callable[[NDArray[np.intp]], float]] = {
        "precision_adjusted": lambda at: _adjusted(v[at], y[at]),
        "auc": lambda at: auc(v[at], y[at]),
        "auc_matched": lambda at: auc(v[at], y[at], key[at]),
        "ece": lambda at: ece(v[at], y[at]),
    }
    if not len(v):
        return {**found, **dict.fromkeys(measures, NONE)}
    members: dict[bytes, list[int]] = defaultdict(list)
    for place, task in enumerate(tasks):
        members[task].append(place)
    clusters = [np.array(places) for places in members.values()]
    draw = np.random.default_rng(0)
    drawn = [
        np.concatenate([clusters[one] for one in draw.integers(len(clusters), size=len(clusters))])
        for _ in range(SAMPLES)
    ]
    everyone = np.arange(len(v))
    for name, measure in measures.items():
        found[name] = _estimated(measure(everyone), [measure(at) for at in drawn])
    return found


def share(what: NDArray[Any], tasks: Sequence[bytes], among: NDArray[Any] | None = None) -> Estimated:
    """The mean of ``what`` where ``among`` holds, everywhere by default, with its interval clustered by task; NaN where
    it never does.
    """
    places = np.arange(len(what)) if among is None else np.flatnonzero(among)
    if not len(places):
        return NONE
    mean, low, high = proportion(what[places].astype(np.float64), [tasks[place] for place in places.tolist()], SAMPLES)
    return mean, low, high


def _estimated(value: float, draws: Iterable[float]) -> Estimated:
    found = [one for one in draws if one == one]
    if value != value or not found:
        return value, NAN, NAN
    low, high = np.quantile(found, [0.025, 0.975])
    return value, float(low), float(high)


def _adjusted(v: Floats, y: Floats) -> float:
    """Precision at a prevalence of one half; NaN where nothing passes, or only one side is there."""
    won, lost = v[y > 0] >= PASS, v[y == 0] >= PASS
    if not (len(won) and len(lost) and (won.any() or lost.any())):
        return NAN
    return float(won.mean() / (won.mean() + lost.mean()))


def auc(v: Floats, y: Floats, key: NDArray[np.intp] | None = None) -> float:
    """P(v of a success > v of a failure) + P(equal) / 2, over all pairs, or over those of equal ``key``.

    NaN where there are no such pairs.
    """
    better = pairs = 0.0
    for one in np.unique(key) if key is not None else [None]:
        here = np.ones(len(v), bool) if one is None else key == one
        won, lost = np.sort(v[here & (y > 0)]), np.sort(v[here & (y == 0)])
        below, up_to = np.searchsorted(lost, won, "left"), np.searchsorted(lost, won, "right")
        better += float((below + up_to).sum()) / 2
        pairs += len(won) * len(lost)
    return better / pairs if pairs else NAN


def reliability(v: Floats, y: Floats) -> list[tuple[float, float, int]]:
    """Mean verdict, share of successes and number of episodes of each of ten bins, empty ones left out."""
    said = np.clip(v, 0.0, 1.0)
    member = np.minimum((said * BINS).astype(int), BINS - 1)
    return [
        (float(said[member == one].mean()), float(y[member == one].mean()), int((member == one).sum()))
        for one in range(BINS)
        if (member == one).any()
    ]


def ece(v: Floats, y: Floats) -> float:
    """The expected calibration error."""
    return sum(number * abs(said - true) for said, true, number in reliability(v, y)) / len(v)
