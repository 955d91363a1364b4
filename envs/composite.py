"""Worlds made of worlds: several episodes, one after another, as one.

A composite's reward parts are namespaced (``trial/success``), its turn limit is the sum of its children's, and
whatever a perfect reasoner knows of the child in play, it knows of the composite. ``MultiTrial`` plays the same hidden
instance k times, which is the setting of in-context meta-reinforcement learning: what was found out in one trial pays
in the next.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from scoutgym.envs import core
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, World
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.registry import WORLDS, register, world_for
from scoutgym.envs.spec import Part, Spec
from scoutgym.envs.tasks import begin, nearest
from scoutgym.types import Task


@dataclass
class CompositeState(core.State):
    """The child in play, the turns it has had, and how the children before it ended."""

    child: core.State
    place: int = 0
    spent: int = 0
    scores: list[float] | None = None

    def to_json(self) -> dict[str, Any]:
        """The fields, with the children's states as they write themselves."""
        return {name: v.to_json() if isinstance(v, core.State) else v for name, v in vars(self).items()}


class Composite(World[CompositeState]):
    """Children in a row. Subclasses say which, by overriding ``child`` and ``length``, and how each begins.

    ``label(place)`` is the namespace of a child's reward parts; ``heading(place)`` introduces it in words.
    """

    State = CompositeState
    counts: ClassVar[Mapping[str, int]] = World.counts

    def length(self) -> int:
        """How many children are played."""
        raise NotImplementedError(f"{type(self).__name__} must say how many children it has: define length()")

    def child(self, place: int) -> World[Any]:
        """The world played at ``place``, from 0."""
        raise NotImplementedError(f"{type(self).__name__} must name its children: define child()")

    def label(self, place: int) -> str:
        """Namespace of the reward parts at ``place``."""
        return str(place + 1)

    def heading(self, place: int) -> str:
        """What is said before child ``place`` begins."""
        return f"Part {place + 1} of {self.length()}."

    def begin_child(self, task: Task, place: int, chance: Chance) -> core.State:
        """The first state of child ``place``; a function of the task alone."""
        world = self.child(place)
        inner = Task(world.spec.id, task.split, task.index, dict(world.given))
        return begin(world, inner, chance.recorded)[0]

    @property
    def parts(self) -> Mapping[str, Part]:
        """The composite's own parts and, namespaced, its children's; a child's success is part of the whole's."""
        parts = dict(self.spec.parts)
        for place in range(self.length()):
            for name, part in self.child(place).parts.items():
                weight = 0.0 if name in ("success", "invalid") else part.weight / self.length()
                parts.setdefault(f"{self.label(place)}/{name}", Part(part.about, part.low, part.high, weight))
        return parts

    def load_state(self, record: Any) -> CompositeState:
        fields = dict(record)
        child = self.child(int(fields["place"])).load_state(fields.pop("child"))
        return CompositeState(child=child, **fields)

    def start(self, task: Task, chance: Chance) -> CompositeState:
        return CompositeState(child=self.begin_child(task, 0, chance), scores=[])

    def intro(self, state: CompositeState, role: str) -> str:
        return f"{self.heading(state.place)}\n{self.child(state.place).intro(state.child, role)}"

    def grammar(self, state: CompositeState) -> Grammar:
        return self.child(state.place).grammar(state.child)

    def play(self, state: CompositeState, action: Action, chance: Chance) -> Reply:
        return self._after(state, self.child(state.place).play(state.child, action, chance), chance)

    def refuse(self, state: CompositeState, reason: str, chance: Chance) -> Reply:
        return self._after(state, self.child(state.place).refuse(state.child, reason, chance), chance)

    def again(self, state: CompositeState, place: int, chance: Chance) -> core.State:
        """The first state of the child at ``place`` > 0, made while the episode is under way."""
        raise NotImplementedError(f"{type(self).__name__} has a second child: define again()")

    def _after(self, state: CompositeState, reply: Reply, chance: Chance) -> Reply:
        """Count the child's turn; where the child is over, begin the next or end the whole."""
        world, label = self.child(state.place), self.label(state.place)
        state.spent += 1
        rewards = {f"{label}/{name}": value for name, value in reply.rewards.items()}
        if reply.done:
            score = float(reply.success or 0.0)
        elif state.spent >= world.max_turns:
            score = 0.0
            reply.text = f"{reply.text}\n{world.out_of_turns(state.child)}".strip()
        else:
            reply.rewards = rewards
            return reply
        if score:
            rewards[f"{label}/success"] = score
        scores = [*(state.scores or []), score]
        state.scores = scores
        if len(scores) == self.length():
            return Reply(reply.text, rewards, done=True, success=sum(scores) / len(scores), invalid=reply.invalid)
        state.place, state.spent = state.place + 1, 0
        state.child = self.again(state, state.place, chance)
        following = self.intro(state, self.spec.roles[0])
        return Reply(f"{reply.text}\n\n{following}\n\n{self.grammar(state).help()}", rewards, invalid=reply.invalid)

    def out_of_turns(self, state: CompositeState) -> str:
        return self.child(state.place).out_of_turns(state.child)

    def close(self, state: CompositeState) -> None:
        self.child(state.place).close(state.child)

    def actions(self, state: CompositeState) -> Sequence[Action] | None:
        return self.child(state.place).actions(state.child)

    def privileged(self, state: CompositeState) -> Privileged:
        return self.child(state.place).privileged(state.child)

    def hidden_key(self, state: CompositeState) -> Any:
        return self.child(state.place).hidden_key(state.child)

    def secrets(self) -> float:
        return self.child(0).secrets()

    def known(self, state: CompositeState, role: str) -> Any:
        return [state.place, state.scores, self.child(state.place).known(state.child, role)]

    def view(self, state: CompositeState, role: str) -> Any:
        return [state.place, self.child(state.place).view(state.child, role)]

    def belief(self, state: CompositeState, role: str) -> Belief | None:
        return self.child(state.place).belief(state.child, role) if self.spec.belief else None

    def gain(self, state: CompositeState, action: Action) -> float | None:
        return self.child(state.place).gain(state.child, action)

    def best_gain(self, state: CompositeState) -> tuple[Action, float] | None:
        return self.child(state.place).best_gain(state.child)

    def board(self, state: CompositeState) -> str:
        return f"{self.heading(state.place)}\n{self.child(state.place).board(state.child)}"


AGAIN = ": the same instance again."
"""Ends the heading of every trial but the first."""


class MultiTrialParams(Params):
    """Which world, with which parameters, and how often."""

    env_id: str = Field("scoutgym/Number-v0", description="id of the world, without a preset")
    params: dict[str, Any] = Field({}, description="the world's parameters")
    trials: int = Field(3, ge=1, le=100, description="how often the same instance is played")
    max_turns: int = Field(0, ge=0, description="0: as many as all trials may need")


@dataclass
class TrialState(CompositeState):
    """Also the instance's first state, from which every trial begins."""

    first: core.State | None = None


class MultiTrial(Composite):
    """The same hidden instance, ``trials`` times, with fresh luck each time.

    Success is the part of the trials that succeeded; the figures ``trial_1``, ``trial_2``, … are success by trial, and
    rise where what was found out is used again. An expert plays each trial as if it were the first.
    """

    spec = Spec(
        id="scoutgym/MultiTrial-v0",
        family="composite",
        group="multi_trial",
        about="The same hidden instance of another world, several times in one episode.",
        presets={
            "number": {"env_id": "scoutgym/Number-v0", "params": {"high": 15, "max_turns": 3}, "trials": 3},
            "graph": {"env_id": "scoutgym/HiddenGraph-v0", "params": {"places": 12, "max_turns": 11}, "trials": 3},
        },
        hidden=True,
        expert="heuristic",
        belief="bound",
        paper="arXiv 2503.07572",
    )
    Params, State = MultiTrialParams, TrialState

    def __init__(self, params: MultiTrialParams) -> None:
        if params.env_id not in WORLDS:
            importlib.import_module("scoutgym")
        if params.env_id not in WORLDS:
            raise ValueError(f"no world {params.env_id!r}{nearest(params.env_id, WORLDS)}")
        kind = WORLDS[params.env_id]
        if len(kind.spec.roles) > 1 or kind.spec.copies != "state":
            raise ValueError(
                f"{params.env_id} cannot be played in trials: it needs one role and a state that can be copied"
            )
        self._child = world_for(kind, params.params)
        super().__init__(params)
        self.max_turns = params.max_turns or params.trials * self._child.max_turns

    def length(self) -> int:
        trials: int = self.params.trials
        return trials

    def child(self, place: int) -> World[Any]:
        return self._child

    def label(self, place: int) -> str:
        return "trial"

    def heading(self, place: int) -> str:
        if place == 0:
            return f"You will play the same instance of this game {self.length()} times."
        return f"Trial {place + 1} of {self.length()}{AGAIN}"

    def start(self, task: Task, chance: Chance) -> TrialState:
        first = self.begin_child(task, 0, chance)
        return TrialState(child=first.copy(), scores=[], first=first)

    def load_state(self, record: Any) -> TrialState:
        fields = dict(record)
        child, first = self._child.load_state(fields.pop("child")), self._child.load_state(fields.pop("first"))
        return TrialState(child=child, first=first, **fields)

    @property
    def told(self) -> Mapping[str, str]:
        return {f"trial_{trial}": f"success in trial {trial}" for trial in range(1, self.length() + 1)}

    def figures(self, state: CompositeState) -> Mapping[str, tuple[float, float]]:
        scores = [*(state.scores or []), *[0.0] * self.length()]  # a trial that the turn limit left out is lost
        return {name: (score, 1.0) for name, score in zip(self.told, scores, strict=False)}

    def again(self, state: CompositeState, place: int, chance: Chance) -> core.State:
        assert isinstance(state, TrialState)
        assert state.first is not None
        return state.first.copy()

    def expert(self, history: History, chance: Chance) -> str:
        fresh = max(place for place in range(0, len(history), 2) if place == 0 or AGAIN in history[place])
        first = history[fresh].rpartition(AGAIN)[2].lstrip()  # without the end of the trial before
        return self._child.expert([first, *history[fresh + 1 :]], chance)


register(MultiTrial)
