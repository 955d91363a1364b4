"""Objectives by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from scoutgym.agents.training.objective.core import Objective
from scoutgym.agents.training.objective.imitation import Imitation
from scoutgym.agents.training.objective.policy import PolicyGradient
from scoutgym.agents.training.objective.preference import Preference
from scoutgym.agents.training.objective.refuel import Refuel
from scoutgym.envs.tasks import nearest

OBJECTIVES: Mapping[str, type[Any]] = {one.name: one for one in (PolicyGradient, Imitation, Preference, Refuel)}


def make_objective(name: str, options: Mapping[str, Any] | None = None) -> Objective:
    """An objective by its name, ``options`` being its fields.

    Raises:
        ValueError: there is no such objective or field, or a value is wrong.
    """
    if name not in OBJECTIVES:
        raise ValueError(f"unknown objective {name!r}{nearest(name, OBJECTIVES)}; there are {', '.join(OBJECTIVES)}")
    kind = OBJECTIVES[name]
    known = [field.name for field in fields(kind)]
    for option in options or {}:
        if option not in known:
            raise ValueError(
                f"objective {name!r} has no option {option!r}{nearest(option, known)}; it has {', '.join(known)}"
            )
    made: Objective = kind(**(options or {}))
    return made
