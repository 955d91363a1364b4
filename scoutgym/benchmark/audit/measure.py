"""How good a judge is, where the truth is known.

With v the verdict (its first part, in [0, 1]) and y the truth of an episode, and a verdict of 1/2 or more a "pass"::

    precision     P(y = 1 | pass); adjusted: as it would be if half of the episodes were successes,
                  TPR / (TPR + FPR), so that worlds of unlike difficulty compare
    AUC           P(v of a success > v of a failure) + P(equal) / 2; matched: over pairs of one world and one length
    ECE           sum over ten bins of share |mean v - mean y|
    errors        the share without a verdict, of successes and of failures apart
    injection     of the failures that the judge saw as such, the share that an attack turns into a pass

Intervals are 95 %, of a bootstrap that draws tasks: episodes of one task stand or fall together. Episodes without a
verdict are in no other figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.benchmark.audit.pool import Item
from scoutgym.envs.chance import Chance
from scoutgym.types import Episode, Group, digest
from scoutgym.wrappers.judges.core import Judge, Score
from scoutgym.wrappers.judges.injection import ATTACKS, attacked

PASS = 0.5
BINS = 10
SAMPLES = 500

Floats = NDArray[np.float64]
Estimated = tuple[float, float, float]
"""A figure, and the ends of its interval; NaN where it has no meaning."""


@dataclass
class Audit:
    """The figures of one judge."""

    judge: str
    episodes: int
    worlds: int
    confusion: dict[str, int]
    """Of the episodes with a verdict: ``tp``, ``fp``, ``fn``, ``tn``."""
    figures: dict[str, Estimated]
    errors: dict[str, float]
    """The share without a verdict: ``all``, ``won``, ``lost``."""
    by_kind: dict[str, dict[str, float]]
    """Of each kind: ``episodes``, ``won`` (share), ``verdict`` (mean), ``passed`` (share), ``right`` (share)."""
    by_world: dict[str, dict[str, float]]
    """The same of each world, and ``random``: the random player's success, its difficulty."""
    injection: dict[str, float]
    """By attack, and ``any``."""
    reliability: list[tuple[float, float, int]]
    """Of each bin that is not empty: mean verdict, share of successes, episodes."""
    cost: float
    calls: float
    """Of an episode."""
    examples: list[dict[str, Any]] = field(default_factory=list)
    """A few episodes that were judged wrongly: kind, world, index, verdict, the judge's words."""

    def to_json(self) -> dict[str, Any]:
        """JSON values; what has no meaning is null."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if value != value else value


def audit(
    judge: Judge, items: Sequence[Item], attacks: int = 100, advance: Callable[[int], None] = lambda n: None
) -> Audit:
    """Measure a judge.

    Args:
        judge: who is measured. One that compares is given groups of one task.
        items: what it judges; see `scoutgym.benchmark.audit.pool`.
        attacks: how many failures each attack is tried on; the same for all.
        advance: is told how many more episodes were judged.

    Raises:
        ChatError: the judge's model cannot be used at all.
        ValueError: there is nothing to judge.
    """
    if not items:
        raise ValueError("there are no episodes to judge")
    scores = _scored(judge, [item.episode for item in items], advance)
    first = judge.parts[0]
    told = [(item, score, float(score.parts[first])) for item, score in zip(items, scores, strict=True) if score.ok]
    v = np.array([value for _, _, value in told])
    y = np.array([item.won for item, _, _ in told], dtype=np.float64)
    passed = v >= PASS
    confusion = {
        "tp": int((passed * y).sum()),
        "fp": int((passed * (1 - y)).sum()),
        "fn": int(((1 - passed) * y).sum()),
        "tn": int(((1 - passed) * (1 - y)).sum()),
    }
    tasks = [item.episode.task.instance for item, _, _ in told]
    matched = [(item.world, len(item.episode.turns)) for item, _, _ in told]
    caught = [item for item, _, value in told if not item.won and value < PASS and item.episode.turns]
    return Audit(
        judge=judge.name,
        episodes=len(items),
        worlds=len({item.world for item in items}),
        confusion=confusion,
        figures=figures(v, y, tasks, matched),
        errors=_errors(items, scores),
        by_kind=_by(told, lambda item: item.kind),
        by_world=_by_world(told),
        injection=_injection(judge, _some(caught, attacks), advance),
        reliability=reliability(v, y),
        cost=fmean(score.cost for score in scores),
        calls=fmean(score.calls for score in scores),
        examples=_examples(told),
    )


def _scored(judge: Judge, episodes: Sequence[Episode], advance: Callable[[int], None]) -> list[Score]:
    """Verdicts in the order of the episodes, of groups of one task where the judge compares."""
    places: dict[Any, list[int]] = defaultdict(list)
    for place, episode in enumerate(episodes):
        places[episode.task.hash if judge.compares else place].append(place)
    found: dict[int, Score] = {}
    batch = list(places.values())
    for start in range(0, len(batch), 64):
        some = batch[start : start + 64]
        groups = [Group(episodes[members[0]].task, [episodes[place] for place in members]) for members in some]
        for members, scores in zip(some, judge.score(groups), strict=True):
            found.update(zip(members, scores, strict=True))
        advance(sum(map(len, some)))
    return [found[place] for place in range(len(episodes))]


def figures(v: Floats, y: Floats, tasks: Sequence[bytes], matched: Sequence[Any]) -> dict[str, Estimated]:
    """All figures with intervals.

    Args:
        v: the verdicts.
        y: the truth, 0 or 1.
        tasks: what is drawn together.
        matched: episodes with equal keys are compared in the matched AUC.
    """
    measures: dict[str, Callable[[NDArray[np.intp]], float]] = {
        "accuracy": lambda at: float(((v[at] >= PASS) == (y[at] > 0)).mean()),
        "precision": lambda at: _share(y[at], v[at] >= PASS),
        "precision_adjusted": lambda at: _adjusted(v[at], y[at]),
        "recall": lambda at: _share(v[at] >= PASS, y[at] > 0),
        "false_positives": lambda at: _share(v[at] >= PASS, y[at] == 0),
        "auc": lambda at: auc(v[at], y[at]),
        "ece": lambda at: ece(v[at], y[at]),
        "prevalence": lambda at: float(y[at].mean()),
    }
    everyone = np.arange(len(v))
    if not len(v):
        return dict.fromkeys([*measures, "auc_matched"], (float("nan"),) * 3)
    members: dict[bytes, list[int]] = defaultdict(list)
    for place, task in enumerate(tasks):
        members[task].append(place)
    clusters = [np.array(places) for places in members.values()]
    draw = np.random.default_rng(0)
    drawn = [
        np.concatenate([clusters[one] for one in draw.integers(len(clusters), size=len(clusters))])
        for _ in range(SAMPLES)
    ]
    keys = {key: number for number, key in enumerate(dict.fromkeys(matched))}
    key = np.array([keys[one] for one in matched])
    measures["auc_matched"] = lambda at: auc(v[at], y[at], key[at])
    return {name: _estimated(measure(everyone), [measure(at) for at in drawn]) for name, measure in measures.items()}


def _estimated(value: float, draws: Iterable[float]) -> Estimated:
    found = [one for one in draws if one == one]
    if value != value or not found:
        return value, float("nan"), float("nan")
    low, high = np.quantile(found, [0.025, 0.975])
    return value, float(low), float(high)


def _share(what: NDArray[Any], among: NDArray[Any]) -> float:
    """The mean of ``what`` where ``among`` holds; NaN where it never does."""
    return float(what[among].mean()) if among.any() else float("nan")


def _adjusted(v: Floats, y: Floats) -> float:
    """Precision at a prevalence of one half; NaN where nothing passes, or only one side is there."""
    tpr, fpr = _share(v >= PASS, y > 0), _share(v >= PASS, y == 0)
    return tpr / (tpr + fpr) if tpr + fpr > 0 else float("nan")


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
    return better / pairs if pairs else float("nan")


def reliability(v: Floats, y: Floats) -> list[tuple[float, float, int]]:
    """Mean verdict, share of successes and number of episodes of each of ten bins, empty ones left out."""
    member = np.minimum((v * BINS).astype(int), BINS - 1)
    return [
        (float(v[member == one].mean()), float(y[member == one].mean()), int((member == one).sum()))
        for one in range(BINS)
        if (member == one).any()
    ]


def ece(v: Floats, y: Floats) -> float:
    """The expected calibration error."""
    return sum(number * abs(said - true) for said, true, number in reliability(v, y)) / len(v)


def _errors(items: Sequence[Item], scores: Sequence[Score]) -> dict[str, float]:
    def rate(fits: Callable[[Item], bool]) -> float:
        failed = [float(not score.ok) for item, score in zip(items, scores, strict=True) if fits(item)]
        return fmean(failed) if failed else 0.0

    return {"all": rate(lambda _: True), "won": rate(lambda one: one.won), "lost": rate(lambda one: not one.won)}


Told = Sequence[tuple[Item, Score, float]]


def _by(told: Told, key: Callable[[Item], str]) -> dict[str, dict[str, float]]:
    rows: dict[str, list[tuple[Item, float]]] = defaultdict(list)
    for item, _, value in told:
        rows[key(item)].append((item, value))
    return {
        name: {
            "episodes": len(row),
            "won": fmean(item.won for item, _ in row),
            "verdict": fmean(value for _, value in row),
            "passed": fmean(value >= PASS for _, value in row),
            "right": fmean((value >= PASS) == item.won for item, value in row),
        }
        for name, row in rows.items()
    }


def _by_world(told: Told) -> dict[str, dict[str, float]]:
    """By world, with its difficulty and the precision on it, hardest first (Self-PRM's advice)."""
    rows = _by(told, lambda item: item.world)
    for name, row in rows.items():
        wild = [item.won for item, _, _ in told if item.world == name and item.kind == "random"]
        passed = [item.won for item, _, value in told if item.world == name and value >= PASS]
        row["random"] = fmean(wild) if wild else float("nan")
        row["precision"] = fmean(passed) if passed else float("nan")
    return dict(sorted(rows.items(), key=lambda one: (one[1]["random"], one[0])))


def _some(items: Sequence[Item], number: int) -> list[Item]:
    """The same ones every time."""
    return Chance(digest("audit", number), 0).sample(list(items), min(number, len(items)))


def _injection(judge: Judge, items: Sequence[Item], advance: Callable[[int], None]) -> dict[str, float]:
    """By attack the share of failures, seen as such, that it turns into a pass; none of a judge that compares."""
    if not items or judge.compares:
        return {}
    fooled: dict[str, list[bool]] = {}
    for attack in ATTACKS:
        scores = _scored(judge, [attacked(item.episode, attack) for item in items], advance)
        fooled[attack] = [score.ok and score.parts[judge.parts[0]] >= PASS for score in scores]
    rates = {attack: fmean(map(float, one)) for attack, one in fooled.items()}
    return {"any": fmean(float(any(each)) for each in zip(*fooled.values(), strict=True)), **rates}


def _examples(told: Told, most: int = 8) -> list[dict[str, Any]]:
    """Wrong verdicts to look at, the surest first, no more than two of a kind."""
    wrong = sorted((one for one in told if (one[2] >= PASS) != one[0].won), key=lambda one: -abs(one[2] - PASS))
    taken: Mapping[str, list[dict[str, Any]]] = defaultdict(list)
    for item, score, value in wrong:
        if len(taken[item.kind]) < 2:
            taken[item.kind].append(
                {
                    "kind": item.kind,
                    "world": item.world,
                    "task": f"{item.episode.task.split} {item.episode.task.index}",
                    "turns": len(item.episode.turns),
                    "verdict": value,
                    "reason": score.reason[:200],
                }
            )
    return [one for of_kind in taken.values() for one in of_kind][:most]
