"""MiniHack: small levels of NetHack, each made to need one skill (Samvelyan et al. 2021, arXiv 2109.13202).

``level`` is any that the installed minihack registers, without prefix and version: ``KeyRoom-S5`` is its
``MiniHack-KeyRoom-S5-v0``. The levels, their ends and the commands that each allows are MiniHack's own. What is ours:
words instead of arrays, prompts answered in the same turn, and walks of many steps (``go far``, ``travel to``). A turn
is an action, however many steps it takes, so the level's own limit binds less than there.

The seeds of the engine are drawn from the task: training and test levels are different draws from one distribution,
and where a level is always the same (``Room-5x5``, ``Labyrinth``) so are they. Nothing is held out.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from scoutgym.envs.core import Params, Reply
from scoutgym.envs.minihack.engine.forms import grammar
from scoutgym.envs.minihack.engine.goals import goal_of
from scoutgym.envs.minihack.engine.seen import Seen
from scoutgym.envs.minihack.world import ACHIEVEMENT, NEEDS, NetState, NetWorld
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Part, Spec
from scoutgym.envs.tasks import nearest

LEVELS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("levels.json").read_text())
"""Every level of the installed minihack, as ``make_levels`` found it."""


class MiniHackParams(Params):
    """Which level, and how it is shown."""

    level: str = Field("Room-Random-5x5", description="a level of MiniHack, as in KeyRoom-S5")
    des: str = Field("", max_length=20_000, description="a level of your own in NetHack's level language, for *-Custom")
    map: bool = Field(False, description="whether the map is drawn, too")
    max_turns: int = Field(0, ge=0, le=100_000, description="how many actions there are; 0 is the level's own limit")

    @model_validator(mode="before")
    @classmethod
    def _limit(cls, given: Any) -> Any:
        """The limit of the level, where none is given."""
        if isinstance(given, dict) and not given.get("max_turns"):
            level = LEVELS.get(given.get("level", "Room-Random-5x5"))
            return {**given, "max_turns": level["limit"]} if level else given
        return given

    @model_validator(mode="after")
    def _known(self) -> MiniHackParams:
        if self.level not in LEVELS:
            raise ValueError(f"minihack has no level {self.level!r}{nearest(self.level, LEVELS)}")
        own = LEVELS[self.level].get("needs") == "des"
        if own != bool(self.des):
            raise ValueError(
                f"{self.level} needs a level of your own: des='…'"
                if own
                else "des is for the levels Navigation-Custom and Skill-Custom alone"
            )
        return self


class MiniHack(NetWorld):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/MiniHack-v0",
        family="minihack",
        group="minihack",
        about="Small levels of NetHack in words: rooms, keys, mazes, rivers, skills.",
        presets={level: {"level": level} for level, facts in LEVELS.items() if facts.get("needs") != "des"},
        rewards={
            "achievement": ACHIEVEMENT,
            "level": Part("what MiniHack itself pays, but for its price of time", low=-5.0, high=5.0, weight=0.0),
        },
        figures={"milestones": "milestones reached, of those that the level has"},
        limit="truncate",
        hidden=True,
        copies="replay",
        expert="heuristic",
        needs=NEEDS,
        paper="Samvelyan et al. 2021, MiniHack the Planet, arXiv 2109.13202",
    )
    Params = MiniHackParams

    def __init__(self, params: MiniHackParams) -> None:
        super().__init__(params)
        facts = LEVELS[params.level]
        self._demand(params.level, facts.get("needs", ""))
        self.engine_id, self.des, self.map = facts["id"], params.des, params.map
        self.goal = goal_of(params.level)
        self.milestones = self.goal.milestones
        self.language = grammar(facts["commands"])

    def _demand(self, level: str, needs: str) -> None:
        """Say what a level needs that is not there."""
        if needs == "minigrid" and importlib.util.find_spec("minigrid") is None:
            raise ModuleNotFoundError(f"the level {level} is drawn by minigrid: pip install 'scoutgym[worlds]'")
        if needs == "boxoban":
            found = importlib.util.find_spec("minihack")
            folder = Path(str(found and found.origin)).parent
            if not (folder / "dat" / "boxoban-levels-master").is_dir():
                raise FileNotFoundError(
                    f"the level {level} needs maps that minihack does not bring and that are not free to copy: "
                    f"python {folder / 'scripts' / 'download_boxoban_levels.py'}"
                )

    def task_text(self) -> str:
        return (
            f"You play NetHack, on the level {self.params.level} of MiniHack. {self.goal.text} "
            f"You have {self.max_turns} turns."
        )

    def _pay(self, state: NetState, before: Seen, rewards: dict[str, float]) -> None:
        game = state.game
        paid = game.paid
        if game.won and game.env.reward_manager is None:
            paid += 1.0
        if paid != state.paid:
            rewards["level"] = paid - state.paid
            state.paid = paid

    def _end(self, state: NetState, reply: Reply) -> None:
        reply.done = True
        if state.game.won:
            share = state.paid / self.goal.full if self.goal.full != 1.0 else 1.0
            reply.success = True if share >= 1.0 else share
            reply.text = f"{reply.text.splitlines()[0]}\nYou have reached the goal!"
        else:
            reply.success = False
            reply.text = f"{reply.text.splitlines()[0]}\nThe game is over, and you have not reached the goal."

    def solver(self, state: NetState) -> list[str]:
        from scoutgym.envs.minihack.engine.solve import solve

        return solve(self, state)

    def figures(self, state: NetState) -> dict[str, tuple[float, float]]:
        return {"milestones": (float(len(state.reached)), float(len(self.milestones)))}


register(MiniHack)
