"""The contract of a world: what an author writes, and nothing else.

One file holds a parameter model, a state and the rules::

    class Coin(World[CoinState]):
        spec = Spec(id="scoutgym/Coin-v0", family="games", group="coin", about="Guess the coin.", hidden=True)
        Params, State = CoinParams, CoinState

        def grammar(self, state): return GRAMMAR
        def start(self, task, chance): return CoinState(secret=chance.choice(("heads", "tails")))
        def intro(self, state, role): return "A coin lies under the cup. Guess its side."
        def play(self, state, action, chance):
            won = action[1] == state.secret
            return Reply("Yes." if won else "No.", done=won, success=won)

    register(Coin)

A world object holds its parameters and whatever can be computed from them; it is shared by many episodes and never
changed by one. Everything that changes is in the state; everything random comes from ``chance``. `Session` plays an
episode by these rules, `TextEnv` gives it the face of Gymnasium.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import Action, Grammar
from scoutgym.envs.spec import Part, Spec
from scoutgym.types import AGENT, SchemaError, Task


class _Nothing(dict[str, Any]):
    """The empty mapping, shared by every reply that has nothing to say: no allocation, and no way to write to it."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __setitem__(self, key: str, value: Any) -> None:
        raise TypeError("this mapping is shared and stays empty: make a new one")


NOTHING = _Nothing()


class Params(BaseModel):
    """Parameters of a world: a pydantic model; a named preset is a difficulty. Unknown names are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: ClassVar[tuple[str, ...]] = ()
    """Names of parameters that say what plays the world, not what is played: they are no part of a task or a snapshot,
    and change nothing that is said."""

    max_turns: int = 20


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(state: type[State]) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(state)
    if adapter is None:
        kinds = get_type_hints(state)
        for one in fields(state):
            one.type = kinds[one.name]  # pydantic 2.5 looks for the names of other dataclasses in this module
        adapter = _ADAPTERS[state] = TypeAdapter(state)
    return adapter


@dataclass
class State:
    """Everything that an episode changes. Subclass as a dataclass whose annotations say what each field holds.

    The annotations are also the schema of a snapshot: fields of JSON values (numbers, strings, booleans, lists, tuples
    and dictionaries of them) need no code. A state with an engine inside overrides ``to_json`` and ``from_json``, or
    its world declares ``copies="replay"``.
    """

    def copy(self) -> Self:
        """An independent copy: lists (also of lists and states), dictionaries and sets are copied, other values
        shared.
        """
        new = object.__new__(type(self))
        fields = new.__dict__
        for name, value in self.__dict__.items():
            kind = type(value)
            if kind is list:
                nested = value and isinstance(value[0], (list, State))
                value = [v.copy() for v in value] if nested else value.copy()
            elif kind is dict or kind is set or isinstance(value, State):
                value = value.copy()
            fields[name] = value
        return new

    def to_json(self) -> dict[str, Any]:
        """The state as JSON values."""
        record: dict[str, Any] = _adapter(type(self)).dump_python(self, mode="json")
        return record

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """The state that ``to_json`` wrote; safe on what a stranger wrote.

        Raises:
            SchemaError: a field is missing, unknown or of the wrong type.
        """
        try:
            state: Self = _adapter(cls).validate_python(record)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise SchemaError(f"the state of a {cls.__name__} is wrong at {place!r}: {first['msg']}") from None
        return state


@dataclass(slots=True)
class Reply:
    """What a world says to an action.

    ``rewards`` are named parts; in a world of several roles a part is named ``role/part``. ``success`` is given at the
    end (None where success has no meaning) and pays the part ``success`` by itself. ``invalid`` says that the action
    was understood but is not allowed now. ``to`` is who acts next; ``others`` are messages to other roles.
    """

    text: str
    rewards: Mapping[str, float] = NOTHING
    to: str = AGENT
    done: bool = False
    success: float | bool | None = None
    invalid: bool = False
    others: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True)
class Belief:
    """How uncertain a perfect reasoner would be: the posterior's entropy over the answer, under the stated prior.

    ``kind`` says whether ``bits`` is exact, an upper bound, or estimated from ``samples`` with standard error
    ``stderr``.
    """

    bits: float
    kind: Literal["exact", "bound", "sampled"] = "exact"
    samples: int = 0
    stderr: float = 0.0


@dataclass(frozen=True)
class Privileged:
    """What only a trainer or a judge may see: never part of an observation or of ``info``."""

    answer: str | None = None
    """The secret, rendered in the world's grammar where it is an action."""
    achievements: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


S = TypeVar("S", bound=State)

History = Sequence[str]
"""What one role has seen and done: observation, action, observation, …, beginning and ending with an observation."""


class World(Generic[S]):
    """The rules of one kind of task. See the module's docstring for the shape of a world.

    ``start``, ``intro``, ``grammar`` and ``play`` are the rules. The rest says what a perfect reasoner would know or
    do; ``spec`` declares which of it exists, and ``scoutgym check`` holds a world to its declaration.
    """

    spec: ClassVar[Spec]
    Params: ClassVar[type[Params]] = Params
    State: ClassVar[type[State]]

    counts: ClassVar[Mapping[str, int]] = MappingProxyType({"train": 1_000_000, "dev": 10_000, "test": 10_000})
    """How many tasks each split has."""

    def __init__(self, params: Any) -> None:
        self.params = params
        self.given: dict[str, Any] = params.model_dump(mode="json", exclude_defaults=True)
        """The parameters that differ from the defaults, as they stand in a task."""
        self.engine = {name: self.given.pop(name) for name in params.engine if name in self.given}
        """Those that a task does not have."""
        self.max_turns: int = params.max_turns
        self.holdout = self.spec.holdout
        """What the test split holds out; a world may hold out less where its parameters leave few secrets."""
        self.decks: dict[str, list[str]] = {}
        """The secrets of each split, where `scoutgym.envs.tasks.dealt` deals them."""

    @property
    def parts(self) -> Mapping[str, Part]:
        """The named parts of the reward; a world made of other worlds has theirs."""
        return self.spec.parts

    @property
    def told(self) -> Mapping[str, str]:
        """The names of `figures`, each with its definition in a line; a world made of other worlds has its own."""
        return self.spec.figures

    def load_state(self, record: Any) -> S:
        """The state of a snapshot; a world made of other worlds knows whose states are inside."""
        return cast(S, self.State.from_json(record))

    # The rules.

    def start(self, task: Task, chance: Chance) -> S:
        """The first state of a task. ``chance`` is keyed by the instance alone: the same task gives the same state."""
        raise _missing(self, "start")

    def intro(self, state: S, role: str) -> str:
        """The task in words, as ``role`` reads it first; the grammar's help is added to it."""
        raise _missing(self, "intro")

    def grammar(self, state: S) -> Grammar:
        """The language of the actions that are possible now. Called every turn: return one built before."""
        raise _missing(self, "grammar")

    def play(self, state: S, action: Action, chance: Chance) -> Reply:
        """Change the state by an action of the grammar and say what happened."""
        raise _missing(self, "play")

    def refuse(self, state: S, reason: str, chance: Chance) -> Reply:
        """Answer a text that is no action; a turn passes. Override where the rules make it cost more than that."""
        return Reply(f"Invalid action: {reason}. {self.grammar(state).help()}", to=self.mover(state), invalid=True)

    def mover(self, state: S) -> str:
        """Who acts now."""
        return self.spec.roles[0]

    def out_of_turns(self, state: S) -> str:
        """The last words where ``max_turns`` runs out; they may name the secret."""
        return "You have run out of turns."

    def close(self, state: S) -> None:
        """Give back what an engine holds."""

    # What a perfect reasoner would know, who has seen and done what ``role`` has. Only for those who may see the state.

    def actions(self, state: S) -> Sequence[Action] | None:
        """The actions that are allowed now, or None where they are too many to list."""
        grammar = self.grammar(state)
        return list(grammar.actions()) if grammar.size <= 1_000 else None

    def privileged(self, state: S) -> Privileged:
        """The secret and other truth."""
        return Privileged()

    def figures(self, state: S) -> Mapping[str, tuple[float, float]]:
        """What is told of a finished episode beside its reward: by name of ``told`` a numerator and a
        denominator, each summed over episodes. What has no meaning in this episode is left out.
        """
        return NOTHING

    def hidden_key(self, state: S) -> Any:
        """What counts as the same secret (a JSON value): splits partition it, duplicates are counted by it."""
        return self.known(state, self.spec.roles[0])

    def secrets(self) -> float:
        """How many different secrets there are; ``inf`` where they cannot be counted."""
        return float("inf")

    def known(self, state: S, role: str) -> Any:
        """All that ``role`` could know by now, as a JSON value: two states that agree in it are one to it."""
        raise _missing(self, "known")

    def view(self, state: S, role: str) -> Any:
        """What the current observation alone shows, as a JSON value (``known`` without the memory)."""
        return self.known(state, role)

    def belief(self, state: S, role: str) -> Belief | None:
        """How much of the secret is still open."""
        return None

    def gain(self, state: S, action: Action) -> float | None:
        """Expected fall of the entropy, in bits, by an action of who acts now, until it reads again: what luck cannot
        fake. Myopic gain is not optimal play.
        """
        return None

    def best_gain(self, state: S) -> tuple[Action, float] | None:
        """The action of the largest expected gain, and the gain."""
        return None

    def resample(self, state: S, role: str, chance: Chance) -> S:
        """A copy of the state with the secret redrawn from the posterior of ``role``: a fork that cannot cheat."""
        raise _missing(self, "resample")

    def retell(self, state: S, role: str, lines: list[str]) -> list[str]:
        """What another role would have read under a secret that was redrawn; worlds of one role have no other."""
        raise _missing(self, "retell")

    def solver(self, state: S) -> list[str]:
        """Actions that succeed from here, found with the secret in hand: proof that the task can be solved.

        Raises:
            ValueError: nothing is known to lead on from here.
        """
        raise _missing(self, "solver")

    # Players and pictures.

    def expert(self, history: History, chance: Chance) -> str:
        """The next action of a good player who sees only what an agent saw, from any point of an episode."""
        raise _missing(self, "expert")

    def board(self, state: S) -> str:
        """The state as a person would like to see it, in rich markup; the secret is not shown."""
        return ""

    @property
    def pictures(self) -> bool:
        """Whether there is a ``picture`` of a state."""
        return False

    def picture(self, state: S) -> NDArray[np.uint8]:
        """What is seen of the state: an array of height by width by red, green and blue."""
        raise _missing(self, "picture")


def _missing(world: World[Any], method: str) -> NotImplementedError:
    name = type(world).__name__
    return NotImplementedError(f"{name} does not define {method}(): write it, or do not declare it in {name}.spec")
