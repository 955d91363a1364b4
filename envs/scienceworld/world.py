"""ScienceWorld (Wang et al. 2022): thirty tasks of elementary science in a house of ten rooms.

The simulator is the package's (`scoutgym.envs.scienceworld.engine.java`), and so are the variations of each task, their
split, the texts, the score and the plan of the solver. A task is solved where its score reaches 1. Focusing on
something that the task does not ask for ends it; the package pays -1 for that. Its reward is
``weights={"score": 1, "mistake": 1, "success": 0}``, in parts of one instead of a hundred.

A state cannot be copied: a saved point is played again from the start, which costs as much as it did the first time.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, field_validator, model_validator
from rich.markup import escape

from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.scienceworld.actions import MOST, choice, grammar
from scoutgym.envs.scienceworld.tasks import ELECTRICAL, SIMPLIFICATIONS, TASKS, variations
from scoutgym.envs.spec import Part, Spec
from scoutgym.envs.tasks import nearest, part
from scoutgym.types import Task

if TYPE_CHECKING:
    from scoutgym.envs.scienceworld.engine.java import Simulator

LONG: Mapping[str, int] = {
    "boil": 300,
    "grow-fruit": 200,
    "grow-plant": 200,
    "inclined-plane-determine-angle": 300,
    "inclined-plane-friction-named-surfaces": 250,
    "inclined-plane-friction-unnamed-surfaces": 400,
    "measure-melting-point-unknown-substance": 200,
    "mendelian-genetics-known-plant": 300,
    "mendelian-genetics-unknown-plant": 500,
}
"""The turns of tasks of which the package's own plan may take more than a hundred."""

_UNKNOWN = "No known action matches that input."
_SILENT = "Unknown action.  Type 'help'"
_THROWN = re.compile(r"(?:java|scala)\.[\w.$]+(?:Exception|Error)\b")
_MEANING = re.compile(r"^(\d+):\t(.*)$", re.MULTILINE)
_GOAL = re.compile(r"^\d+\t(true|false)\t\s*(\w+)\t(.*)$", re.MULTILINE)


class ScienceWorldParams(Params):
    """Which task, and how much of the tedium is taken out of it."""

    task: str = Field("boil", description="one of the package's thirty tasks")
    simplifications: str = Field(
        "", description=f"easy, or some of {', '.join(SIMPLIFICATIONS)} with commas between them"
    )
    view: Literal["turn", "room"] = Field(
        "turn", description="what is told each turn: what happened, or also the room and the inventory"
    )
    max_turns: int = Field(300, ge=1, le=1000, description="how many actions there are")

    @field_validator("task")
    @classmethod
    def _one_of_thirty(cls, value: str) -> str:
        if value not in TASKS:
            raise ValueError(f"there is no task {value!r}{nearest(value, TASKS)}; there are {', '.join(TASKS)}")
        return value

    @field_validator("simplifications")
    @classmethod
    def _known(cls, value: str) -> str:
        names = sorted({name.strip() for name in value.split(",") if name.strip()})
        wrong = [name for name in names if name not in (*SIMPLIFICATIONS, "easy")]
        if wrong or ("easy" in names and len(names) > 1):
            raise ValueError(f"{value!r}: expected easy alone, or some of {', '.join(SIMPLIFICATIONS)}")
        return ",".join(names)

    @model_validator(mode="after")
    def _possible(self) -> ScienceWorldParams:
        if self.task.startswith(ELECTRICAL) and "noElectricalAction" in self.simplifications:
            raise ValueError(f"{self.task} cannot be done with noElectricalAction: leave it out")
        return self


@dataclass
class ScienceWorldState(State):
    """The simulator that plays the episode, and what was said."""

    variation: int
    simulator: Simulator | None
    score: float = 0.0
    choices: int = 0
    """How many meanings the last action had, where there were several; the next action chooses."""
    listed: list[str] | None = None
    """The actions that are possible now, where they have been asked for: listing them takes longer than a turn."""
    told: list[str] = field(default_factory=list)
    """Action, answer, action, …"""
    release: weakref.finalize[Any, Any] | None = None
    """Gives the simulator back, at the latest when the state is forgotten."""


class ScienceWorld(World[ScienceWorldState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/ScienceWorld-v0",
        family="scienceworld",
        group="scienceworld",
        about="Do elementary science in a house with a laboratory.",
        presets={task: {"task": task, "max_turns": LONG.get(task, 150)} for task in TASKS},
        rewards={
            "score": Part("how much of the task this action has done, in parts of one", low=-1.0, weight=0.0),
            "mistake": Part("what the wrong focus costs: the score falls to -1", low=-2.0, high=0.0, weight=0.0),
        },
        figures={"score": "the score at the end, in parts of one; a mistake leaves what was done before it"},
        limit="truncate",
        holdout="surface",
        copies="replay",
        needs={"scienceworld": "worlds"},
        paper="Wang et al. 2022, ScienceWorld, arXiv 2203.07540",
    )
    Params, State = ScienceWorldParams, ScienceWorldState

    def __init__(self, params: ScienceWorldParams) -> None:
        super().__init__(params)
        self.task, self.simplifications, self.room = params.task, params.simplifications, params.view == "room"
        self.counts = {split: len(variations(self.task, split)) for split in ("train", "dev", "test")}  # type: ignore[misc]  # each task has its own
        used = set(self.simplifications.split(","))
        if used == {"easy"}:  # as the simulator reads it
            used = set(SIMPLIFICATIONS) - {"openContainers"}
            used -= {"noElectricalAction"} if self.task.startswith(ELECTRICAL) else set()
        self._grammar = grammar(frozenset(used))
        self._plan = lru_cache(maxsize=1_000)(self._plan_of)
        from scoutgym.envs.scienceworld.engine.java import command

        command()

    def start(self, task: Task, chance: Chance) -> ScienceWorldState:
        from scoutgym.envs.scienceworld.engine.java import SIMULATORS, SimulatorBroken

        variation = variations(self.task, part(task.split))[task.index]
        for last in (False, True):
            try:
                simulator = SIMULATORS.take()
                state = ScienceWorldState(variation, simulator)
                state.release = weakref.finalize(state, SIMULATORS.give, simulator)
                state.release.atexit = False
                simulator.load(self.task, variation, self.simplifications)
                break
            except SimulatorBroken:  # the process died or hung while it lay idle: there is a new one now
                if last:
                    raise
        return state

    def close(self, state: ScienceWorldState) -> None:
        if state.release is not None:
            state.release()
        state.simulator = None

    def intro(self, state: ScienceWorldState, role: str) -> str:
        task = _tidy(_live(state).tell("getTaskDescription"))
        return f"{task.removeprefix('Task Description:').strip()}\nYou have {self.max_turns} turns.\n{_around(state)}"

    def grammar(self, state: ScienceWorldState) -> Grammar:
        return choice(state.choices) if state.choices else self._grammar

    def play(self, state: ScienceWorldState, action: Action, chance: Chance) -> Reply:
        text = self.grammar(state).format(action)
        state.listed = None
        said, score, done = _live(state).step(text)
        thrown = _THROWN.match(said)
        if thrown:
            raise RuntimeError(f"the simulator failed at {text!r}: {said[:200]}")
        meanings = _MEANING.findall(said) if said.startswith("Ambiguous request") else []
        if said.startswith(_UNKNOWN):
            reply = self.refuse(state, f"nothing that you can reach now fits '{text}'", chance)
            state.told += [text, reply.text]
            return reply
        state.choices = min(len(meanings), MOST)
        if meanings:
            said = _which(meanings)
        else:
            said = "Nothing is done." if said.startswith(_SILENT) else _tidy(said)
        state.told += [text, said]
        rewards = {}
        if score != state.score:
            rewards["mistake" if score < 0 else "score"] = score - state.score
        if score < 0:
            return Reply(f"{said}\nThat was the wrong thing: the task has failed.", rewards, done=True, success=False)
        state.score = score
        if done:
            return Reply(f"{said}\nThe task is done.", rewards, done=True, success=score >= 1.0)
        if self.room and not meanings:
            said = f"{said}\n{_around(state)}"
        return Reply(said, rewards)

    def actions(self, state: ScienceWorldState) -> Sequence[Action]:
        language = self.grammar(state)
        if state.choices:
            return list(language.actions())
        found = []
        if state.listed is None:
            state.listed = _live(state).valid()
        for text in state.listed:
            try:
                found.append(language.parse(text))
            except BadAction:  # "reset task": an episode has no second beginning
                continue
        return found

    def privileged(self, state: ScienceWorldState) -> Privileged:
        """The goals and subgoals of the task: those that are reached, and all of them."""
        goals = _GOAL.findall(_live(state).tell("getGoalProgressStr"))
        return Privileged(
            achievements=tuple(text for reached, _, text in goals if reached == "true"),
            extra={"goals": [text for _, _, text in goals], "score": state.score, "variation": state.variation},
        )

    def figures(self, state: ScienceWorldState) -> Mapping[str, tuple[float, float]]:
        return {"score": (state.score, 1.0)}

    def hidden_key(self, state: ScienceWorldState) -> Any:
        return [self.task, state.variation]

    def secrets(self) -> float:
        return TASKS[self.task]

    def known(self, state: ScienceWorldState, role: str) -> Any:
        return [self.task, state.variation, state.told]

    def view(self, state: ScienceWorldState, role: str) -> Any:
        return [_around(state), state.told[-1:]]

    def solver(self, state: ScienceWorldState) -> list[str]:
        """The package's plan, less what has been done of it.

        Raises:
            ValueError: something else was done, and the package plans from the beginning alone; or its plan fails.
        """
        plan, done = self._plan(state.variation), state.told[::2]
        if not plan:
            raise ValueError(f"the package's plan does not solve variation {state.variation} of {self.task}")
        if plan[: len(done)] != done:
            raise ValueError("ScienceWorld plans from the beginning of a task alone, and something else was done")
        return plan[len(done) :]

    def _plan_of(self, variation: int) -> list[str]:
        from scoutgym.envs.scienceworld.engine.java import SIMULATORS

        simulator = SIMULATORS.take()
        try:
            return simulator.gold(self.task, variation, self.simplifications)
        finally:
            SIMULATORS.give(simulator)

    def board(self, state: ScienceWorldState) -> str:
        return f"{escape(_around(state))}\n[bold]score {state.score:.2f}[/]"


def _live(state: ScienceWorldState) -> Simulator:
    if state.simulator is None:
        raise RuntimeError("this episode was closed: reset the environment first")
    return state.simulator


def _around(state: ScienceWorldState) -> str:
    """The room and the inventory, which can be seen without taking time."""
    simulator = _live(state)
    return f"{_tidy(simulator.tell('freeActionLook'))}\n{_tidy(simulator.tell('freeActionInventory'))}"


def _which(meanings: list[tuple[str, str]]) -> str:
    """The question of what was meant; of things that are told alike the first."""
    told: dict[str, str] = {}
    for number, meaning in meanings:
        told.setdefault(meaning.strip(), number)
    lines = "\n".join(f"{number}: {meaning}" for meaning, number in told.items())
    return f"That could mean several things. Reply with the number of one, or cancel:\n{lines}"


def _tidy(text: str) -> str:
    """A text of the simulator without tabs, empty lines and blanks at the ends of lines."""
    lines = [line.rstrip().replace("\t", "  ") for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


register(ScienceWorld)
