"""BabyAI in text: every level, from going to a red ball up to the boss level (arXiv 1810.08272), in GLAM's words."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from scoutgym.envs.babyai.levels import BABYAI, STRICT
from scoutgym.envs.babyai.state import GridParams
from scoutgym.envs.babyai.world import NEEDS, GridWorld
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec


class BabyAIParams(GridParams):
    """A level of BabyAI, and how it is played."""

    levels: ClassVar[dict[str, int]] = BABYAI
    level: str = Field("GoToRedBall", description="minigrid's id without BabyAI- and the version")


class BabyAI(GridWorld):
    """See the module's docstring, and `scoutgym.envs.babyai.world`."""

    minigrid = "BabyAI"
    gaps = False
    spec = Spec(
        id="scoutgym/BabyAI-v0",
        family="babyai",
        group="babyai",
        about="Follow an instruction in rooms with doors, keys, balls and boxes.",
        presets={level: {"level": level} for level in BABYAI},
        limit="truncate",
        hidden=True,
        holdout="secret",
        expert="heuristic",
        needs=NEEDS,
        paper="Chevalier-Boisvert et al. 2019, arXiv 1810.08272; Carta et al. 2023, GLAM, arXiv 2302.02662",
    )
    Params = BabyAIParams

    def rules(self, level: str) -> str:
        return STRICT if level.endswith("Debug") else ""


register(BabyAI)
