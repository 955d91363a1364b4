"""What a world says of itself before it is played: id, family, limits, rewards, capabilities, source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Part:
    """One named part of the reward.

    The scalar reward of a step is the sum of its parts, each times its weight.
    """

    about: str
    low: float = 0.0
    high: float = 1.0
    weight: float = 1.0


SUCCESS = Part("1 at the end of an episode that succeeded")
INVALID = Part("-1 for an action that the world does not understand or allow", low=-1.0, high=0.0, weight=0.1)


@dataclass(frozen=True)
class Spec:
    """The public facts of a world.

    Args:
        id: ``namespace/Name-vN``; a change of rule or text bumps N.
        family: the folder's name, for example ``games``.
        group: the row of a table that its tasks belong to, for example ``mastermind``.
        about: one line.
        presets: named parameter sets; ``{"3x4": {...}}`` registers ``scoutgym/Name-3x4-v0``.
        rewards: named parts beside ``success`` and ``invalid``, which every world has.
        figures: what is told of a finished episode beside its reward: names, each with its definition in a line.
        success: the ``success`` part; give it another weight where success is not what pays.
        invalid: the ``invalid`` part; its weight is the price of an action that is none.
        limit: ``end`` where the turn limit belongs to the rules (the episode terminates), else ``truncate``.
        hidden: whether there is a secret to find out.
        holdout: what the test split holds out of training: ``secret``, ``surface``, ``difficulty`` or ``none``.
        copies: ``state`` where a state can be copied, ``replay`` where it must be played again from the start, ``none``
            where neither can be, as it lies outside of this machine: there is then no seed, nothing can be saved, and
            it is played only where it is named in full.
        expert: quality of the expert: ``optimal``, ``strong`` or ``heuristic``; None where there is none.
        belief: quality of the belief oracle: ``exact``, ``bound`` or ``sampled``; None where there is none.
        roles: who acts; one role is the rule.
        deadline: wall-clock seconds that one step, or the start, may take; None where neither can hang.
        needs: modules that must be installed, each with the extra that brings it.
        paper: where the rules come from.
    """

    id: str
    family: str
    group: str
    about: str
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rewards: Mapping[str, Part] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    success: Part = SUCCESS
    invalid: Part = INVALID
    limit: Literal["end", "truncate"] = "end"
    hidden: bool = False
    holdout: Literal["secret", "surface", "difficulty", "none"] = "none"
    copies: Literal["state", "replay", "none"] = "state"
    expert: Literal["optimal", "strong", "heuristic"] | None = None
    belief: Literal["exact", "bound", "sampled"] | None = None
    roles: tuple[str, ...] = ("agent",)
    deadline: float | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    paper: str = ""

    @property
    def parts(self) -> dict[str, Part]:
        """Every part of the reward by name."""
        return {"success": self.success, "invalid": self.invalid, **self.rewards}

    @property
    def outside(self) -> bool:
        """Whether it lies outside of this machine."""
        return self.copies == "none"

    @property
    def ids(self) -> dict[str, Mapping[str, Any]]:
        """Every id of this world, with the parameters that its preset gives: its own id first, then the presets'."""
        return {self.id: {}, **{self.preset_id(preset): params for preset, params in self.presets.items()}}

    def preset_id(self, preset: str) -> str:
        """The id under which a preset is registered: ``scoutgym/Name-v0`` and ``3x4`` give ``scoutgym/Name-3x4-v0``."""
        name, _, version = self.id.rpartition("-v")
        return f"{name}-{preset}-v{version}"
