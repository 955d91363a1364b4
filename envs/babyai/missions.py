"""Missions of BabyAI and MiniGrid, read from their words.

The language is small (Chevalier-Boisvert et al. 2019, arXiv 1810.08272, section 3.2): go to, pick up, open, put next
to; things with a color or without, and with a side seen from the start; sentences joined by "and", "then" and "after
you".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scoutgym.envs.babyai.paths import Place
from scoutgym.envs.babyai.sight import Cells

_THING = (
    r"(?:the|an?) (?:(red|green|blue|purple|yellow|grey) )?(ball|box|key|door|object)"
    r"(?: (in front of you|behind you|on your left|on your right))?"
)
_CLAUSES = (
    ("beside", re.compile(rf"put {_THING} next to {_THING}")),
    ("near", re.compile(rf"put {_THING} near {_THING}")),
    ("hold", re.compile(rf"(?:pick up|(?:you must |go )?(?:get|fetch)) {_THING}")),
    ("open", re.compile(rf"open {_THING}")),
    ("face", re.compile(rf"go to {_THING}")),
)
SIDES = {
    "in front of you": (0, 1),
    "behind you": (0, -1),
    "on your left": (-1, 0),
    "on your right": (1, 0),
}


@dataclass(frozen=True)
class Thing:
    """What a mission names: a kind, perhaps a color, perhaps a side of the place where the agent began."""

    color: str = ""
    kind: str = "object"
    side: str = ""

    def fits(self, thing: str) -> bool:
        """Whether a thing of this name may be meant."""
        words = thing.split()
        if len(words) < 2 or words[-1] not in ("ball", "box", "key", "door"):
            return False
        if self.kind == "object" and words[-1] == "door":
            return False
        return self.kind in ("object", words[-1]) and self.color in ("", words[-2])

    def places(self, cells: Cells) -> frozenset[Place]:
        """Where on a map it may be; the map's frame is the start's, looking north (forward is up)."""
        right, ahead = SIDES.get(self.side, (0, 0))
        return frozenset(
            (x, y)
            for (x, y), thing in cells.items()
            if self.fits(thing) and (not self.side or x * right - y * ahead > 0)
        )


@dataclass(frozen=True)
class Clause:
    """One thing to do."""

    verb: Literal["beside", "near", "hold", "open", "face", "goal", "match"]
    thing: Thing = Thing()
    other: Thing = Thing()


def clauses(mission: str) -> list[Clause]:
    """What a mission asks for, in the order in which it is to be done; nothing where it asks for nothing."""
    if mission.endswith("the matching object at the end of the hallway"):
        return [Clause("match")]
    if "goal" in mission:
        return [Clause("goal")]
    if mission == "open the red door then the blue door":
        return [Clause("open", Thing("red", "door")), Clause("open", Thing("blue", "door"))]
    parts = mission.split(", then ")
    if len(parts) == 1:
        parts = mission.split(" after you ")[::-1]
    return [_clause(text) for part in parts for text in part.split(" and ") if mission]


def _clause(text: str) -> Clause:
    for verb, pattern in _CLAUSES:
        match = pattern.fullmatch(text)
        if match:
            words = [word or "" for word in match.groups()]
            things = [Thing(*words[place : place + 3]) for place in range(0, len(words), 3)]
            return Clause(verb, *things)  # type: ignore[arg-type]  # the table above holds such verbs only
    raise ValueError(f"{text!r} is no mission that is known here")
