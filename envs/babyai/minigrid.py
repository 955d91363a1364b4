"""MiniGrid in text: its tasks of keys, doors, memory and obstacles (arXiv 2306.13831), in the words of BabyAI-Text."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from scoutgym.envs.babyai.levels import MINIGRID, RULES
from scoutgym.envs.babyai.state import GridParams
from scoutgym.envs.babyai.world import NEEDS, GridWorld
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec


class MiniGridParams(GridParams):
    """A level of MiniGrid, and how it is played."""

    levels: ClassVar[dict[str, int]] = MINIGRID
    level: str = Field("DoorKey-5x5", description="minigrid's id without MiniGrid- and the version")


class MiniGrid(GridWorld):
    """See the module's docstring, and `scoutgym.envs.babyai.world`."""

    minigrid = "MiniGrid"
    gaps = True
    spec = Spec(
        id="scoutgym/MiniGrid-v0",
        family="babyai",
        group="minigrid",
        about="Find keys, open doors, avoid lava, reach the goal in a grid of rooms.",
        presets={level: {"level": level} for level in MINIGRID},
        limit="truncate",
        hidden=True,
        holdout="secret",
        expert="heuristic",
        needs=NEEDS,
        paper="Chevalier-Boisvert et al. 2023, arXiv 2306.13831; words after Carta et al. 2023, arXiv 2302.02662",
    )
    Params = MiniGridParams

    def says_done(self, level: str) -> bool:
        return level.startswith(("GoToDoor", "GoToObject"))

    def rules(self, level: str) -> str:
        return next((rule for start, rule in RULES.items() if level.startswith(start)), "")


register(MiniGrid)
