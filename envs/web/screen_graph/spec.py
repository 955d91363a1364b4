"""What both worlds of screens say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoutgym.envs.spec import Part, Spec
from scoutgym.envs.web.screen_graph.walk import FIGURES

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "small": {"screens": 8, "branching": 3, "depth": 2, "max_turns": 15},
    "medium": {},
    "large": {"screens": 80, "branching": 5, "depth": 4, "max_turns": 80},
    "any": {"kind": "any"},
}


def spec_of(id: str, about: str, needs: Mapping[str, str] | None = None) -> Spec:
    """Of one of them."""
    return Spec(
        id=id,
        family="web",
        group="screens",
        about=about,
        presets=PRESETS,
        rewards={"closer": Part("what a step that comes closer is paid, and any other one costs", low=-1.0)},
        limit="truncate",
        hidden=True,
        holdout="surface",
        expert="heuristic",
        figures=FIGURES,
        needs=needs or {},
        paper="after GUI Exploration Lab, 2025",
    )
