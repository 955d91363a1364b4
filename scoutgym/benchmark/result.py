"""What a benchmark leaves: one `Result` for each environment and agent, and its JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scoutgym.stats import Estimate

NOTHING_KNOWN = Estimate(math.nan, math.nan, math.nan)
"""The mean of no episodes."""


class Score(NamedTuple):
    """Success (None where it has no meaning) and return of one episode."""

    success: float | None
    total: float


@dataclass(frozen=True)
class Difference:
    """An agent minus the baseline, over the episodes that both have scored."""

    baseline: str
    pairs: int
    success: Estimate | None
    returns: Estimate

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "baseline": self.baseline,
            "pairs": self.pairs,
            "success": None if self.success is None else numbers(self.success),
            "return": numbers(self.returns),
        }


@dataclass
class Result:
    """What one agent did in one environment."""

    env: str
    group: str
    agent: str
    privileges: tuple[str, ...]
    """What the agent uses that an honest player has not."""
    split: str
    seed: int
    tasks: int
    k: int
    """Samples of each task."""
    secrets: int | None
    """How many different secrets the tasks hide; None where nothing is hidden."""
    expert: str | None
    """Quality of the world's expert: the meaning of 100 in ``normalized``."""
    belief: str | None
    episodes: int
    """Played; those that count in the means are ``scored``."""
    scored: int
    success: float | None
    """Mean success of the scored episodes; None where success has no meaning here."""
    ci: list[float] | None
    bounds: list[float] | None
    """The success rate if every broken episode had failed, and if every one had succeeded."""
    returns: Estimate
    turns: Estimate
    outcomes: dict[str, float]
    """Share of the episodes that ended with each infrastructure outcome, or met it ``_on_the_way`` to another end."""
    figures: dict[str, Estimate] = field(default_factory=dict)
    """Every measure that this world and agent have, by name."""
    engine: dict[str, Any] = field(default_factory=dict)
    """What played the world, where that was not its default."""
    told: dict[str, str] = field(default_factory=dict)
    """The figures that this world alone has, each with its definition in a line."""
    settings: dict[str, Any] = field(default_factory=dict)
    """How the agent played, where that is a choice: a language model's format, sampling, context and constraint."""
    curves: dict[str, list[float]] = field(default_factory=dict)
    against: Difference | None = None
    """The paired difference from the baseline agent."""
    normalized: float | None = None
    """Mean return where the random agent's is 0 and the world's expert's 100; None where these two are not apart."""
    scores: dict[tuple[int, int], Score] = field(default_factory=dict, repr=False)
    """Success and return of the scored episodes by (task index, sample): what comparisons pair. Not in the JSON."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object: an unknown number is null, an interval ``[low, high]``."""
        returns, turns = numbers(self.returns), numbers(self.turns)
        return {
            "env": self.env,
            "group": self.group,
            "agent": self.agent,
            "privileges": list(self.privileges),
            "split": self.split,
            "seed": self.seed,
            "tasks": self.tasks,
            "k": self.k,
            "secrets": self.secrets,
            "expert": self.expert,
            "belief": self.belief,
            "episodes": self.episodes,
            "scored": self.scored,
            "success": self.success,
            "ci": self.ci,
            "bounds": self.bounds,
            "return": returns["mean"],
            "return_ci": returns["ci"],
            "turns": turns["mean"],
            "turns_ci": turns["ci"],
            "outcomes": self.outcomes,
            "normalized": self.normalized,
            "against": None if self.against is None else self.against.to_json(),
            "figures": {name: numbers(figure) for name, figure in self.figures.items()},
            "engine": self.engine,
            "told": self.told,
            "curves": self.curves,
            **({"settings": self.settings} if self.settings else {}),
        }


def numbers(estimate: Estimate) -> dict[str, Any]:
    """``{"mean": …, "ci": [low, high]}`` with null for what is not known."""
    mean, low, high = (value if math.isfinite(value) else None for value in estimate)
    return {"mean": mean, "ci": None if low is None or high is None else [low, high]}
