"""The base of every world that is a dialogue: free English in, an answer about a secret out.

An action is one text. The *rules* read it (`Dialogue.read`, a function of the text and of nothing secret) into a
*meaning*, a JSON value, and the secret answers the meaning (`Dialogue.reply`). So what an answer tells is known
exactly: the belief is uniform over the secrets that would have answered alike. A text that the rules do not
understand costs its turn like any other, is answered by saying so, and tells nothing; the figure ``unclear`` counts it.

With ``oracle="llm"`` a chat model answers instead (`scoutgym.envs.dialogue.oracle`). A text that the rules read as
ending the dialogue, a right guess, is still judged by the rules. What a model says follows no rule, so there is no
belief then; the expert goes on with the secrets that contradict the fewest answers. The same are the players of
PAPRIKA (arXiv 2502.17543) and LMRL-Gym (arXiv 2311.18232), who play against a model alone.

A world brings its secrets, what is told of a task (`opening`), its reading and its answers, and a bank of good
questions; the base brings all else. The agent's text is data: it is looked up, never evaluated.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, cast

from pydantic import Field as Parameter
from pydantic import model_validator

from scoutgym.envs.belief import turns, uniform_bits
from scoutgym.envs.chance import Chance
from scoutgym.envs.core import NOTHING, Belief, History, Params, Privileged, Reply, State, World
from scoutgym.envs.dialogue.case import Case
from scoutgym.envs.dialogue.oracle import Model, Oracle
from scoutgym.envs.grammar import Action, Form, Grammar, Saying
from scoutgym.envs.spec import Part
from scoutgym.envs.tasks import SPLITS, dealt, split_of
from scoutgym.types import Task, canonical

FIGURES = {"unclear": "share of the turns whose text the rules did not understand"}
"""The figures of every dialogue: for the spec of a world."""

REWARDS = {"turn": Part("minus the price of a text, where texts have one", low=-1.0, high=0.0)}
"""The rewards of a dialogue beside success: for the spec of a world."""

CASES = 64
"""How many openings a world remembers the answers of."""


class Speech(Grammar):
    """The whole text is said."""

    longest = 1_000
    cased = True


class DialogueParams(Params):
    """Who answers, and how many turns there are."""

    engine: ClassVar[tuple[str, ...]] = ("oracle", "model")

    oracle: Literal["rules", "llm"] = Parameter("rules", description="who answers: rules, or a chat model")
    model: Model = Parameter(None, description="the chat model: its name, or its options; only for the oracle llm")
    price: float = Parameter(0.0, ge=0, le=1, description="what each text costs; 1 is LMRL-Gym's reward")
    max_turns: int = Parameter(20, ge=1, le=1000, description="how many texts may be said")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.oracle == "llm" and self.model is None:
            raise ValueError("the oracle llm needs a model: name one, as in model='openai:gpt-4o-mini'")
        return self


@dataclass(frozen=True)
class Said:
    """A turn: what was said, what the rules read in it (None: nothing), and the answer."""

    text: str
    meaning: Any
    answer: str


@dataclass
class DialogueState(State):
    """The key of the secret, and all that was said."""

    secret: str
    said: list[Said] = field(default_factory=list)


D = TypeVar("D", bound=DialogueState)


class Dialogue(World[D], Generic[D]):
    """See the module's docstring. What a world must bring is abstract; what it may change says so."""

    about: ClassVar[str]
    """What an agent may say, for the help text: "a question …"."""
    samples: ClassVar[Sequence[str]]
    """A few texts that show how to talk; the second one is the example of the help text if there are six."""
    Params: ClassVar[type[DialogueParams]] = DialogueParams
    State: ClassVar[type[DialogueState]] = DialogueState

    def __init__(self, params: Any) -> None:
        super().__init__(params)
        self._grammar = Speech(Form("{text}", name="say", text=Saying(self.about, self.samples)))
        self.oracle = Oracle(params.model) if params.oracle == "llm" else None
        self._cases: dict[str, Case] = {}
        self.counts = self._sizes()  # type: ignore[misc]  # a world of fewer secrets has fewer tasks

    # What a world brings.

    @abstractmethod
    def keys(self) -> Sequence[str]:
        """Every secret. Where they cannot be listed, override `start`, `possible`, `secrets` and ``counts`` too."""

    @abstractmethod
    def opening(self, secret: str) -> str:
        """All that is told of a task at first: rules, limits, and what is public about this secret."""

    @abstractmethod
    def questions(self, opening: str) -> Sequence[str]:
        """Good questions after this opening, each understood by `read`; guesses are added to them."""

    @abstractmethod
    def guess(self, secret: str) -> str:
        """The text that succeeds at once, if this is the secret."""

    @abstractmethod
    def read(self, text: str, opening: str) -> Any:
        """What a text means, as a JSON value, or None where the rules do not understand it for certain."""

    @abstractmethod
    def reply(self, secret: str, meaning: Any) -> str:
        """What is answered to a meaning; secrets that differ in it are told apart by it."""

    @abstractmethod
    def facts(self, secret: str) -> str:
        """The secret and what is true of it, and how to answer, in words for a chat model."""

    def won(self, secret: str, meaning: Any) -> bool | None:
        """Whether a meaning ends the dialogue in success (a right guess) or failure; None where it goes on."""
        return None

    def unclear(self, state: D) -> str:
        """The answer to a text that is not understood; it must not depend on the secret."""
        return f"I did not understand that. Say {self.about}."

    def choices(self, state: D, text: str) -> Sequence[str] | None:
        """The only answers that a chat model may give; None where it may use words of its own."""
        return None

    # What a world may change.

    def possible(self, opening: str) -> Sequence[str]:
        """The secrets whose opening this is, in a fixed order."""
        return self._openings.get(opening, ())

    def understand(self, text: str, opening: str, said: Sequence[Said]) -> Any:
        """What a text means after what was ``said``; override where "it" and the like refer to earlier turns."""
        return self.read(text, opening)

    def case(self, opening: str) -> Case:
        """The table of the answers behind an opening; override where there are too many secrets to ask each."""
        return Case(self, opening)

    def consistent(self, secret: str, meaning: Any, answer: str) -> bool:
        """Whether this secret could have been answered so."""
        return self.reply(secret, meaning) == answer

    def answer(self, state: D, meaning: Any, chance: Chance) -> Reply:
        """The rules' answer; override where it depends on more than the secret."""
        won = self.won(state.secret, meaning)
        return Reply(self.reply(state.secret, meaning), done=won is not None, success=won)

    def asked(self, state: D, text: str, chance: Chance) -> Reply:
        """The chat model's answer; override where more than words come back."""
        assert self.oracle is not None
        before = [(one.text, one.answer) for one in state.said]
        record = self.oracle.ask(self.facts(state.secret), before, text, self.choices(state, text), chance)
        return Reply(record["answer"])

    # The rules.

    def start(self, task: Task, chance: Chance) -> D:
        return cast(D, self.State(dealt(self, task, self.keys)))

    def intro(self, state: D, role: str) -> str:
        return self.opening(state.secret)

    def grammar(self, state: D) -> Grammar:
        return self._grammar

    def play(self, state: D, action: Action, chance: Chance) -> Reply:
        text = action[1]
        meaning = self.understand(text, self.opening(state.secret), state.said)
        decided = meaning is not None and self.won(state.secret, meaning) is not None
        if self.oracle is not None and not decided:
            reply = self.asked(state, text, chance)
        elif meaning is not None:
            reply = self.answer(state, meaning, chance)
        else:
            reply = Reply(self.unclear(state))
        state.said.append(Said(text, meaning, reply.text))
        return self._priced(reply)

    def refuse(self, state: D, reason: str, chance: Chance) -> Reply:
        return self._priced(super().refuse(state, reason, chance))

    # What is known of it.

    def actions(self, state: D) -> Sequence[Action]:
        """The bank of the opening: there is no end of texts."""
        return [("say", text) for text in self._case(self.opening(state.secret)).bank]

    def privileged(self, state: D) -> Privileged:
        return Privileged(answer=self.guess(state.secret), extra={"secret": state.secret})

    def figures(self, state: D) -> Mapping[str, tuple[float, float]]:
        if not state.said:
            return NOTHING
        return {"unclear": (float(sum(one.meaning is None for one in state.said)), float(len(state.said)))}

    def hidden_key(self, state: D) -> str:
        return state.secret

    def secrets(self) -> float:
        return len(self.keys())

    def known(self, state: D, role: str) -> Any:
        told = {canonical([one.meaning, one.answer]): [one.meaning, one.answer] for one in state.said if one.meaning}
        return [self.opening(state.secret), [told[key] for key in sorted(told)]]

    def view(self, state: D, role: str) -> Any:
        return state.said[-1].answer if state.said else self.opening(state.secret)

    def left(self, opening: str, said: Sequence[Said]) -> Sequence[str]:
        """The secrets that contradict the fewest answers: with the rules' answers, those that contradict none."""
        case = self._case(opening)
        return [case.secrets[place] for place in case.left(said)]

    def belief(self, state: D, role: str) -> Belief | None:
        if self.oracle is not None:
            return None
        return Belief(uniform_bits(len(self._case(self.opening(state.secret)).left(state.said))))

    def gain(self, state: D, action: Action) -> float | None:
        if self.oracle is not None:
            return None
        case = self._case(self.opening(state.secret))
        return case.gain(case.left(state.said), action[1])

    def best_gain(self, state: D) -> tuple[Action, float] | None:
        if self.oracle is not None:
            return None
        case = self._case(self.opening(state.secret))
        text, gain = case.best(case.left(state.said))
        return ("say", text), gain

    def resample(self, state: D, role: str, chance: Chance) -> D:
        new = state.copy()
        new.secret = chance.choice(self.left(self.opening(state.secret), state.said))
        return new

    def solver(self, state: D) -> list[str]:
        return [self.guess(state.secret)]

    # Players and pictures.

    def expert(self, history: History, chance: Chance) -> str:
        """The question of the largest expected gain; a guess where one or two secrets are left, or one turn."""
        opening = history[0].removesuffix(f"\n\n{self._grammar.help()}")
        case = self._case(opening)
        said: list[Said] = []
        for text, answer in turns(history):
            said.append(Said(text, self.understand(text, opening, said), answer))
        left = case.left(said)
        if len(left) <= 2 or len(said) + 1 >= self.max_turns:
            tried = {canonical(one.meaning) for one in said}
            fresh = [place for place in left if canonical(case.meaning(self.guess(case.secrets[place]))) not in tried]
            return self.guess(case.secrets[(fresh or left.tolist())[0]])
        return case.best(left)[0]

    def board(self, state: D) -> str:
        from rich.markup import escape

        lines = [f"[bold]> {escape(one.text)}[/]\n{escape(one.answer)}" for one in state.said]
        return "\n".join(lines)

    # Inside.

    def _priced(self, reply: Reply) -> Reply:
        if self.params.price:
            reply.rewards = {"turn": -self.params.price, **reply.rewards}
        return reply

    @cached_property
    def _openings(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for secret in self.keys():
            found.setdefault(self.opening(secret), []).append(secret)
        return found

    def _case(self, opening: str) -> Case:
        case = self._cases.get(opening)
        if case is None:
            if len(self._cases) >= CASES:
                del self._cases[next(iter(self._cases))]
            case = self._cases[opening] = self.case(opening)
        return case

    def _sizes(self) -> dict[str, int]:
        """How many secrets each split has."""
        of = [split_of(self, secret) for secret in self.keys()]
        return {split: of.count(split) for split in SPLITS}
