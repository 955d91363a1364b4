"""Blicket detector: find out which objects make a machine go, by putting sets of them on it (Gopnik and Sobel 2000).

Some objects are blickets. By the *disjunctive* rule the machine goes when at least one blicket is on it, by the
*conjunctive* rule when at least two are (Lucas et al. 2014). The prior is uniform over every set of at least two
blickets with each of the two rules; the rule need not be named. One answer ends the episode.

The belief is about the set of blickets, exact by enumeration. A set s is a number (bit i: object i); ``loose`` and
``strict`` are the sets that are possible under either rule, as bits, so that with n2 sets possible under both rules and
T possibilities in all H = log2 T - 2 n2 / T. The expert runs the test that halves the possibilities best: greedy, and
as good as any plan on three objects (see the tests).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log2
from typing import Any

from pydantic import Field as PydanticField

from scoutgym.envs.belief import turns
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.grammar import Action, BadAction, Field, Form, Grammar
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.types import Task

OBJECTS = ("ball", "cube", "ring", "cone", "star", "key", "cup", "bell", "shell")
RULES = ("disjunctive", "conjunctive")

GOES = "The machine goes."
STILL = "The machine does nothing."

HOLD_OUT_FROM = 100
"""Fewer secrets than this are not held out."""


class Subset(Field):
    """A set of one or more words in any order; the value is a number whose bit i is word i."""

    pattern = r"[^\n]+"

    def __init__(self, words: Sequence[str], noun: str) -> None:
        self.words, self.noun = tuple(words), noun
        self.size = 2 ** len(words) - 1

    def read(self, text: str) -> int:
        """The set; blanks and commas stand between the words."""
        number = 0
        for word in text.lower().replace(",", " ").split():
            if word not in self.words:
                raise BadAction(f"'{word[:40]}' is not one of the {self.noun}s: {', '.join(self.words)}")
            number |= 1 << self.words.index(word)
        if not number:
            raise BadAction(f"write {self.explain()}")
        return number

    def show(self, value: int) -> str:
        """The words in their own order."""
        return " ".join([word for place, word in enumerate(self.words) if value >> place & 1])

    def value(self, number: int) -> int:
        """The sets but the empty one, counted up."""
        return number + 1

    def explain(self) -> str:
        """The words."""
        return f"one or more of: {', '.join(self.words)}"

    def schema(self) -> dict[str, Any]:
        """A string of words."""
        one = f"({'|'.join(self.words)})"
        return {"type": "string", "pattern": f"^{one}( {one})*$"}


class BlicketParams(Params):
    """How many objects there are."""

    objects: int = PydanticField(5, ge=2, le=len(OBJECTS), description="objects, blickets or not")
    max_turns: int = PydanticField(0, ge=0, le=1000, description="0: two an object")


@dataclass
class BlicketState(State):
    """The blickets and the rule, the sets that are possible by either rule, and the last test and its result."""

    blickets: int
    strict_rule: bool
    loose: int
    strict: int
    last: list[int] = field(default_factory=list)


class Blicket(World[BlicketState]):
    """See the module's docstring."""

    spec = Spec(
        id="scoutgym/Blicket-v0",
        family="probes",
        group="blicket",
        about="Find out which objects make a machine go.",
        presets={"3": {"objects": 3}, "5": {}, "7": {"objects": 7}, "9": {"objects": 9}},
        hidden=True,
        holdout="secret",
        expert="strong",
        belief="exact",
        paper="Gopnik and Sobel 2000, Detecting blickets, Child Development 71(5)",
    )
    Params, State = BlicketParams, BlicketState

    def __init__(self, params: BlicketParams) -> None:
        super().__init__(params)
        self.objects = OBJECTS[: params.objects]
        self.max_turns = params.max_turns or 2 * params.objects
        self.sets = [number for number in range(1 << params.objects) if number.bit_count() >= 2]
        self.all = sum(1 << number for number in self.sets)
        if self.secrets() < HOLD_OUT_FROM:
            self.holdout = "none"
        subset = Subset(self.objects, "object")
        self._grammar = Grammar(
            Form("test {objects}", "put these on the machine, and nothing else", objects=subset),
            Form("blickets {objects}", "say that these are all the blickets; ends the task", objects=subset),
        )

    @cached_property
    def makes_go(self) -> tuple[list[int], list[int]]:
        """For each test the sets of blickets that make the machine go, as bits: disjunctive, and conjunctive."""
        loose, strict = [], []
        for test in range(1 << len(self.objects)):
            loose.append(sum(1 << number for number in self.sets if number & test))
            strict.append(sum(1 << number for number in self.sets if (number & test).bit_count() >= 2))
        return loose, strict

    def start(self, task: Task, chance: Chance) -> BlicketState:
        return BlicketState(chance.choice(self.sets), chance.below(2) == 1, self.all, self.all)

    def intro(self, state: BlicketState, role: str) -> str:
        return (
            f"On a table are {len(self.objects)} objects: {', '.join(self.objects)}. At least two of them are "
            "blickets. Beside them stands a machine. Either it goes when at least one blicket is on it, or it goes "
            "when at least two blickets are on it; you do not know which. Find out which objects are blickets. You "
            f"have {self.max_turns} turns and may say the blickets once."
        )

    def grammar(self, state: BlicketState) -> Grammar:
        return self._grammar

    def play(self, state: BlicketState, action: Action, chance: Chance) -> Reply:
        verb, objects = action
        if verb == "blickets":
            right = objects == state.blickets
            said = "Yes, these are the blickets." if right else f"No, the blickets are {self._answer(state)}."
            return Reply(said, done=True, success=right)
        goes = (objects & state.blickets).bit_count() >= (2 if state.strict_rule else 1)
        state.loose, state.strict = self._after(state.loose, state.strict, objects, goes)
        state.last = [objects, int(goes)]
        return Reply(GOES if goes else STILL)

    def _after(self, loose: int, strict: int, test: int, goes: bool) -> tuple[int, int]:
        """What stays possible after a test."""
        makes_loose, makes_strict = self.makes_go[0][test], self.makes_go[1][test]
        return (loose & makes_loose, strict & makes_strict) if goes else (loose & ~makes_loose, strict & ~makes_strict)

    def _answer(self, state: BlicketState) -> str:
        return self._grammar.format(("blickets", state.blickets)).removeprefix("blickets ")

    def out_of_turns(self, state: BlicketState) -> str:
        return f"You have run out of turns. The blickets are {self._answer(state)}."

    def privileged(self, state: BlicketState) -> Privileged:
        return Privileged(f"blickets {self._answer(state)}", extra={"rule": RULES[state.strict_rule]})

    # Knowledge.

    def hidden_key(self, state: BlicketState) -> Any:
        return [state.blickets, state.strict_rule]

    def secrets(self) -> float:
        return 2.0 * len(self.sets)

    def known(self, state: BlicketState, role: str) -> Any:
        return [state.loose, state.strict]

    def view(self, state: BlicketState, role: str) -> Any:
        return state.last

    def belief(self, state: BlicketState, role: str) -> Belief:
        return Belief(bits(state.loose, state.strict))

    def gain(self, state: BlicketState, action: Action) -> float:
        before = bits(state.loose, state.strict)
        if action[0] == "blickets":
            return 0.0  # what the end tells is of no use any more
        total, left = state.loose.bit_count() + state.strict.bit_count(), 0.0
        for goes in (True, False):
            loose, strict = self._after(state.loose, state.strict, action[1], goes)
            if loose or strict:
                left += (loose.bit_count() + strict.bit_count()) / total * bits(loose, strict)
        return max(0.0, before - left)

    def best_gain(self, state: BlicketState) -> tuple[Action, float]:
        actions = [("test", test) for test in range(1, 1 << len(self.objects))]
        return max(((action, self.gain(state, action)) for action in actions), key=lambda pair: pair[1])

    def resample(self, state: BlicketState, role: str, chance: Chance) -> BlicketState:
        new = state.copy()
        possible = [(s, False) for s in ones(state.loose)] + [(s, True) for s in ones(state.strict)]
        new.blickets, new.strict_rule = chance.choice(possible)
        return new

    # Players.

    def solver(self, state: BlicketState) -> list[str]:
        return [f"blickets {self._answer(state)}"]

    def expert(self, history: History, chance: Chance) -> str:
        loose = strict = self.all
        for text, said in turns(history):
            if said in (GOES, STILL):
                loose, strict = self._after(loose, strict, self._grammar.parse(text)[1], said == GOES)
        either = loose | strict
        if either & (either - 1) == 0 or len(history) // 2 >= self.max_turns - 1:
            likely = loose & strict or either
            return self._grammar.format(("blickets", next(ones(likely))))
        return self._grammar.format(("test", self._halving(loose, strict)))

    def _halving(self, loose: int, strict: int) -> int:
        """The test whose two results are most nearly equally likely; the smallest such."""
        total = loose.bit_count() + strict.bit_count()
        pairs = zip(*self.makes_go, strict=True)
        off = [abs(total - 2 * ((loose & a).bit_count() + (strict & b).bit_count())) for a, b in pairs]
        return min(range(1, len(off)), key=lambda test: (off[test], test.bit_count(), test))

    def board(self, state: BlicketState) -> str:
        on, went = state.last or (0, 0)
        words = [
            f"[bold]{word}[/]" if on >> place & 1 else f"[dim]{word}[/]" for place, word in enumerate(self.objects)
        ]
        return f"{' '.join(words)}\nmachine: {'[bold green]goes[/]' if went else '[dim]still[/]'}"


def bits(loose: int, strict: int) -> float:
    """Entropy of the set of blickets, where these sets are possible by either rule."""
    total = loose.bit_count() + strict.bit_count()
    return log2(total) - 2 * (loose & strict).bit_count() / total


def ones(number: int) -> Iterator[int]:
    """The places of a number's bits."""
    while number:
        yield (number & -number).bit_length() - 1
        number &= number - 1


register(Blicket)
