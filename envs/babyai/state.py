"""A level of a grid world, how it is played, and an episode of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from pydantic import Field, field_validator

from scoutgym.envs.core import Params, State
from scoutgym.envs.tasks import nearest


class GridParams(Params):
    """A level, and how it is played."""

    levels: ClassVar[dict[str, int]]
    """The turns of every level that there is."""
    engine: ClassVar[tuple[str, ...]] = ("subgoals",)

    level: str = Field(description="a level's name")
    macros: bool = Field(False, description="whether there are actions such as `go to the red ball`, one turn each")
    subgoals: bool = Field(False, description="whether privileged truth has the subgoals that are left")
    max_turns: int = Field(0, ge=0, le=10_000, description="how many turns there are; 0: as many as the level gives")

    @field_validator("level")
    @classmethod
    def _known(cls, level: str) -> str:
        if level not in cls.levels:
            raise ValueError(f"there is no level {level!r}{nearest(level, cls.levels)}; see docs/babyai.md")
        return level


@dataclass
class GridState(State):
    """minigrid's environment, what led to it, and what the agent has seen of it."""

    engine: Any
    seed: int
    secret: str
    """A hash of the level as it was made."""
    start: tuple[int, int, int]
    moves: list[int] = field(default_factory=list)
    lucks: list[int] = field(default_factory=list)
    """For each move a number that its luck was drawn from, where there is luck."""
    seen: dict[int, str] = field(default_factory=dict)
    """What each cell held when it was last seen, by its place in the grid."""
    done: list[str] = field(default_factory=list)
    """What the agent has brought about, as instructions that it has followed, each once."""
    over: bool = False

    def copy(self) -> Self:
        from scoutgym.envs.babyai.engine import grid

        new = super().copy()
        new.engine = grid.copy(self.engine)
        return new

    def to_json(self) -> dict[str, Any]:
        return {"seed": self.seed, "moves": self.moves, "lucks": self.lucks}

    @property
    def pose(self) -> tuple[int, int, int]:
        """Column, row and way (0 is east, 1 south) of the agent."""
        x, y = self.engine.agent_pos
        return int(x), int(y), int(self.engine.agent_dir)
