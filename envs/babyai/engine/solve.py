"""Plans made with the whole grid in hand: minigrid's own bot for BabyAI, and the planner where the bot fails.

The bot (`minigrid.utils.baby_ai_bot`) explores like an agent and knows only BabyAI's instructions. On some levels it
stops with an assertion, on a few it plans without end: searches are counted here, and it is stopped.
"""

from __future__ import annotations

from typing import Any

from minigrid.envs.babyai.core.verifier import (
    AfterInstr,
    GoToInstr,
    ObjDesc,
    OpenInstr,
    PickupInstr,
    PutNextInstr,
    SeqInstr,
)
from minigrid.minigrid_env import MiniGridEnv
from minigrid.utils.baby_ai_bot import BabyAIBot, DisappearedBoxError

from scoutgym.envs.babyai.engine import grid
from scoutgym.envs.babyai.missions import clauses
from scoutgym.envs.babyai.paths import DONE, Goal, Lost, Place, Planner, is_door, is_loose
from scoutgym.envs.babyai.sight import name

SEARCHES = 300
"""Searches for one action, after which the bot is taken to plan without end; it needs a few dozen."""


class _Bot(BabyAIBot):
    """minigrid's bot, which is stopped where it does not stop."""

    searches = 0

    def _breadth_first_search(self, *args: Any, **kwargs: Any) -> Any:
        self._count()
        return super()._breadth_first_search(*args, **kwargs)

    def _find_obj_pos(self, *args: Any, **kwargs: Any) -> Any:
        self._count()
        return super()._find_obj_pos(*args, **kwargs)

    def _count(self) -> None:
        self.searches += 1
        if self.searches > SEARCHES:
            raise Lost("the bot plans without end")

    def replan(self, action_taken: Any = None) -> Any:
        self.searches = 0
        return super().replan(action_taken)


def solve(engine: MiniGridEnv, most: int) -> list[int]:
    """Actions that succeed from here, at most so many.

    Args:
        engine: is not changed.
        most: how many actions there may be.

    Raises:
        Lost: neither the bot nor the planner finds any.
    """
    if hasattr(engine, "instrs"):
        try:
            return by_bot(grid.copy(engine), most)
        except Lost:
            pass
    return by_planner(grid.copy(engine), most)


def by_bot(engine: MiniGridEnv, most: int) -> list[int]:
    """The bot's actions; the engine is played.

    Raises:
        Lost: they do not succeed.
    """
    bot, taken = _Bot(engine), list[int]()
    while len(taken) < most:
        try:
            action = int(bot.replan())
        except (AssertionError, DisappearedBoxError, AttributeError, IndexError, TypeError, ValueError) as error:
            raise Lost(f"the bot stopped: {error!r}") from None
        reward, over = grid.step(engine, action, None)
        taken.append(action)
        if over and reward > 0:
            return taken
        if over or action == DONE:
            break
    raise Lost("the bot's actions do not succeed")


def by_planner(engine: MiniGridEnv, most: int) -> list[int]:
    """The planner's actions on the whole grid; the engine is played.

    Raises:
        Lost: they do not succeed.
    """
    taken = list[int]()
    while len(taken) < most:
        cells, inside = _map(engine)
        goal = _goal(engine, cells)
        x, y = map(int, engine.agent_pos)
        carrying = name(engine.carrying)
        action = Planner(cells, (x, y, int(engine.agent_dir)), carrying, inside, goal.avoid).act(goal)
        reward, over = grid.step(engine, action, None)
        taken.append(action)
        if over and reward > 0:
            return taken
        if over:
            break
    raise Lost("the planner's actions do not succeed")


def _map(engine: MiniGridEnv) -> tuple[dict[Place, str], dict[Place, str]]:
    """Everything on the grid, and what the boxes hold."""
    cells: dict[Place, str] = {}
    inside: dict[Place, str] = {}
    things: list[Any] = engine.grid.grid
    for place, thing in enumerate(things):
        row, column = divmod(place, engine.width)
        cells[column, row] = name(thing)
        if thing is not None and thing.contains is not None:
            inside[column, row] = name(thing.contains)
    return cells, inside


def _goal(engine: MiniGridEnv, cells: dict[Place, str]) -> Goal:
    """What is to be done next, by the engine's own truth."""
    if hasattr(engine, "instrs"):
        return _by_instruction(engine, engine.instrs)
    if hasattr(engine, "success_pos"):
        return Goal("stand", frozenset({(int(engine.success_pos[0]), int(engine.success_pos[1]))}))
    asked = clauses(engine.mission)
    if not asked:
        raise Lost("this level has no mission")
    clause = asked[0]
    if clause.verb == "goal":
        return Goal("stand", frozenset(place for place, thing in cells.items() if thing == "green goal"))
    if len(asked) == 2:  # red door, then blue door
        is_open = any(thing == "open red door" for thing in cells.values())
        clause = asked[is_open]
        return Goal("open", clause.thing.places(cells), avoid=frozenset({"closed blue door"} if not is_open else ()))
    verb = "say" if clause.verb == "face" else clause.verb
    avoid = frozenset(t for t in cells.values() if is_door(t)) if verb == "say" else frozenset[str]()
    if verb == "near" or hasattr(engine, "targetType"):  # picking up anything else ends these
        avoid = frozenset(t for t in cells.values() if is_loose(t) and not clause.thing.fits(t))
    held = clause.thing.fits(name(engine.carrying))
    return Goal(verb, clause.thing.places(cells), held, clause.other.places(cells), avoid)  # type: ignore[arg-type]


def _by_instruction(engine: MiniGridEnv, instruction: Any) -> Goal:
    if isinstance(instruction, SeqInstr):
        first, then = instruction.instr_a, instruction.instr_b
        done: Any = vars(instruction)["a_done"]
        if isinstance(instruction, AfterInstr):
            first, then, done = then, first, vars(instruction)["b_done"]
        return _by_instruction(engine, then if done == "success" else first)
    if isinstance(instruction, PutNextInstr):
        places, held = _places(engine, instruction.desc_move)
        return Goal("beside", places, held, _places(engine, instruction.desc_fixed)[0])
    verbs: dict[type, Any] = {GoToInstr: "face", OpenInstr: "open", PickupInstr: "hold"}
    places, held = _places(engine, instruction.desc)
    return Goal(verbs[type(instruction)], places, held)


def _places(engine: MiniGridEnv, meant: ObjDesc) -> tuple[frozenset[Place], bool]:
    """Where the things that a description means are now, and whether one of them is carried."""
    ids = {id(thing) for thing in meant.obj_set}
    places = [place for place, thing in enumerate(engine.grid.grid) if id(thing) in ids]
    return frozenset((p % engine.width, p // engine.width) for p in places), id(engine.carrying) in ids
