"""Arms and groups for the tests of curricula."""

from __future__ import annotations

from collections.abc import Sequence

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.curricula.core import Arm, Curriculum, GroupStats, make_curriculum
from scoutgym.types import Task

ARMS = [Arm.of(f"n{high}", f"scoutgym/Number-{high}-v0") for high in (7, 15, 63)]
BY_NAME = {arm.name: arm for arm in ARMS}
OPTIONS: dict[str, dict[str, object]] = {
    "alp-gmm": {"ranges": {"high": [7, 63]}, "every": 12, "most": 3},
    "plr": {"levels": 8},
    "pcl": {"m": 4},
    "ladder": {"groups": 2},
    "exit": {"starts": 8},
    "learnability": {"levels": 4, "window": 8},
}
"""What makes every curriculum do all that it can within a short test."""


def curriculum(name: str, seed: int = 0) -> Curriculum:
    return make_curriculum(name, ARMS[:1] if name == "alp-gmm" else ARMS, seed, OPTIONS.get(name, {}))


def group(
    arm: str,
    returns: Sequence[float],
    task: Task | None = None,
    successes: Sequence[float] | None = None,
    actions: Sequence[Sequence[str]] | None = None,
    max_turns: int = 3,
) -> GroupStats:
    """A group; success is the return unless it is said."""
    task = task or BY_NAME[arm].task("train", 0)
    actions = actions or [["1", "2", "3"]] * len(returns)
    return GroupStats(arm, task, returns, returns if successes is None else successes, actions, max_turns)


def groups(arm: str, *returns: Sequence[float]) -> list[GroupStats]:
    """A group of each of these returns."""
    return [group(arm, values) for values in returns]
