"""How good a judge is, where the truth is known: its figures, of all episodes and apart, its cost, and what moves it.

    figures       `scoutgym.benchmark.audit.figures`, of all episodes and by who played them: what a policy that has
                  learned from a judge does is not what players do
    errors        the share without a verdict, of successes and of failures apart
    injection     of the failures that the judge saw as such, the share that an attack turns into a pass, and the share
                  that it leaves without a verdict (`scoutgym.benchmark.audit.attacking`)

Episodes without a verdict are in no other figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

import numpy as np

from scoutgym.benchmark.audit.attacking import injection
from scoutgym.benchmark.audit.figures import NAN, PASS, Estimated, figures, reliability, share
from scoutgym.benchmark.audit.pool import Item
from scoutgym.benchmark.audit.verdicts import Advance, scored
from scoutgym.wrappers.judges.core import Judge, Score

Told = Sequence[tuple[Item, Score, float]]
"""Episodes with a verdict, and the verdict."""


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
    """Of each kind: ``episodes``, ``won`` (share), ``verdict`` (mean), ``passed`` (share, and ``low`` and ``high``, the
    ends of its interval), ``right`` (share)."""
    by_world: dict[str, dict[str, float]]
    """The same of each world, and ``random``: the random player's success, its difficulty; NaN where it has not played.
    """
    injection: dict[str, dict[str, Estimated]]
    """By attack, and ``any``: ``passed`` and ``silenced``."""
    reliability: list[tuple[float, float, int]]
    """Of each bin that is not empty: mean verdict, share of successes, episodes."""
    cost: float
    calls: float
    """Of an episode."""
    examples: list[dict[str, Any]] = field(default_factory=list)
    """A few episodes that were judged wrongly: kind, world, index, verdict, the judge's words."""
    by_source: dict[str, dict[str, Estimated]] = field(default_factory=dict)
    """The figures by who played: ``players``, and each kind of episodes that a policy played."""

    def to_json(self) -> dict[str, Any]:
        """JSON values; what has no meaning is null."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if value != value else value


def audit(judge: Judge, items: Sequence[Item], attacks: int = 100, advance: Advance = lambda n: None) -> Audit:
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
    scores = scored(judge, [item.episode for item in items], advance)
    first = judge.parts[0]
    told = [(item, score, float(score.parts[first])) for item, score in zip(items, scores, strict=True) if score.ok]
    confusion = dict.fromkeys(("tp", "fp", "fn", "tn"), 0)
    for item, _, value in told:
        confusion[("t" if (value >= PASS) == item.won else "f") + ("p" if value >= PASS else "n")] += 1
    seen = [
        place
        for place, (item, score) in enumerate(zip(items, scores, strict=True))
        if score.ok and not item.won and score.parts[first] < PASS and item.episode.turns
    ]
    return Audit(
        judge=judge.name,
        episodes=len(items),
        worlds=len({item.world for item in items}),
        confusion=confusion,
        figures=_figures(told),
        errors=_errors(items, scores),
        by_kind=_by(told, lambda item: item.kind),
        by_world=_by_world(told),
        injection=injection(judge, [item.episode for item in items], seen, attacks, advance),
        reliability=reliability(*_verdicts(told)),
        cost=fmean(score.cost for score in scores),
        calls=fmean(score.calls for score in scores),
        examples=_examples(told),
        by_source={name: _figures(some) for name, some in _parted(told, lambda item: item.source).items()},
    )


def _verdicts(told: Told) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The verdicts and the truth."""
    return np.array([value for _, _, value in told]), np.array([item.won for item, _, _ in told], dtype=np.float64)


def _tasks(told: Told) -> list[bytes]:
    return [item.episode.task.instance for item, _, _ in told]


def _figures(told: Told) -> dict[str, Estimated]:
    return figures(*_verdicts(told), _tasks(told), [(item.world, len(item.episode.turns)) for item, _, _ in told])


def _errors(items: Sequence[Item], scores: Sequence[Score]) -> dict[str, float]:
    def rate(fits: Callable[[Item], bool]) -> float:
        failed = [float(not score.ok) for item, score in zip(items, scores, strict=True) if fits(item)]
        return fmean(failed) if failed else 0.0

    return {"all": rate(lambda _: True), "won": rate(lambda one: one.won), "lost": rate(lambda one: not one.won)}


def _parted(told: Told, key: Callable[[Item], Hashable]) -> dict[Any, Told]:
    parts: dict[Hashable, list[tuple[Item, Score, float]]] = defaultdict(list)
    for one in told:
        parts[key(one[0])].append(one)
    return dict(parts)


def _by(told: Told, key: Callable[[Item], str]) -> dict[str, dict[str, float]]:
    rows = {}
    for name, some in _parted(told, key).items():
        v, y = _verdicts(some)
        passed, low, high = share(v >= PASS, _tasks(some))
        rows[name] = {
            "episodes": len(some),
            "won": float(y.mean()),
            "verdict": float(v.mean()),
            "passed": passed,
            "low": low,
            "high": high,
            "right": float(((v >= PASS) == (y > 0)).mean()),
        }
    return rows


def _by_world(told: Told) -> dict[str, dict[str, float]]:
    """By world, with its difficulty and the precision on it, hardest first (Self-PRM's advice); those where no random
    player has played come last.
    """
    rows = _by(told, lambda item: item.world)
    for name, row in rows.items():
        wild = [item.won for item, _, _ in told if item.world == name and item.kind == "random"]
        passed = [item.won for item, _, value in told if item.world == name and value >= PASS]
        row["random"] = fmean(wild) if wild else NAN
        row["precision"] = fmean(passed) if passed else NAN
    known = [name for name, row in rows.items() if row["random"] == row["random"]]
    order = sorted(known, key=lambda name: (rows[name]["random"], name)) + sorted(rows.keys() - known)
    return {name: rows[name] for name in order}


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
