"""An agent that is a language model: it reads the conversation and writes, or chooses, the next action.

Token in, token out: what was sampled stays as it was sampled; what the world says next is tokenised by itself and put
behind it (`scoutgym.llm.render`). The text of an action is decoded for the world and never encoded again. How the
action stands in the words is the format's business (`scoutgym.agents.formats`), what is seen of a long episode the
context policy's (`scoutgym.agents.context`).

Where a conversation does not fit its context (``Outcome.CONTEXT_OVERFLOW``), the model is not asked, and an empty
action is sent, which the world refuses and charges for. So nothing is gained by talking until the room is full. An
answer cut off at its length limit (``Outcome.OUTPUT_TRUNCATED``) goes to the world as far as it came.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from typing import Any

from transformers import PreTrainedModel

from scoutgym.agents.context import ContextPolicy, Error, View
from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.agents.formats import CLOSE, Bare, Closed, Format
from scoutgym.agents.retold import opening, reply_role
from scoutgym.envs.grammar import Grammar
from scoutgym.llm.engine import Ask, Engine, Said
from scoutgym.llm.render import Conversation, Renderer, Shown, WordChat
from scoutgym.llm.sampling import Sampling
from scoutgym.llm.trie import Trie
from scoutgym.llm.words import Words
from scoutgym.types import Message, Outcome

CHOICES = 256
"""More actions than these are not scored one by one."""

CONSTRAINED = 10_000
"""More actions than these make no constraint."""

FREED = 0.75
"""When turns have to go, so many go that this part of the context is enough: the next ones find room."""

FORCED = f"\n{CLOSE}\n\n"
"""What ends a thought that has spent its tokens."""


@dataclass
class Memory:
    """What the agent keeps of a seat."""

    slot: int
    talk: Conversation
    task: str
    """The first message: what the world said first, and what the format adds."""
    reply: str
    """The role in which the world answers."""
    view: View = field(default_factory=View)
    full: bool = False
    """The conversation did not fit once, and never will."""
    shown: list[Message] = field(default_factory=list)
    told: tuple[View, int] | None = None
    """What was shown last: under which view, and after how many turns."""
    before: list[int] = field(default_factory=list)
    """The tokens of the turns that the seat goes on with (`Job.said`), until the first prompt is written down."""


@dataclass
class _Due:
    """A seat that the model is asked about."""

    seat: Seat
    memory: Memory
    messages: list[Message]
    shown: Shown
    uniform: Callable[[], float]
    actions: Sequence[str]
    """The candidates of a closed set, and their ids."""
    choices: Sequence[list[int]]
    said: Said = field(default_factory=Said)
    forced: list[int] = field(default_factory=list)
    action: str | None = None
    """What was chosen of ``actions``."""


class LMAgent(Agent):
    """A language model.

    Args:
        model: a causal model in evaluation mode.
        renderer: makes its tokens; a word vocabulary stands for its own plain layout.
        temperature: of sampling; 0 plays the likeliest tokens.
        max_tokens: of one answer, the end sign included; thoughts have a limit of their own, the format's.
        context: tokens of a conversation; None for as many as the model was made for.
        name: stands in tables.
        format: how actions are written.
        policy: what becomes of a conversation that outgrows ``context``.
        constrain: let the model write nothing but actions that are allowed now.
        top_p: see `Sampling`; policies that learn are sampled without.
        min_p: see `Sampling`; policies that learn are sampled without.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        renderer: Words | Renderer,
        temperature: float = 1.0,
        max_tokens: int = 16,
        context: int | None = None,
        name: str = "model",
        *,
        format: Format | None = None,
        policy: ContextPolicy | None = None,
        constrain: bool = False,
        top_p: float = 1.0,
        min_p: float = 0.0,
    ) -> None:
        self.model = model
        self.renderer = WordChat(renderer) if isinstance(renderer, Words) else renderer
        self.temperature, self.max_tokens, self.top_p, self.min_p = temperature, max_tokens, top_p, min_p
        self.limit = context or int(model.config.max_position_embeddings)
        self.name = name
        self.format = format or Bare()
        self.policy = policy or Error()
        self.constrain = constrain
        self.tokens = 0
        """Tokens read and written since the agent was made."""
        self._close = self.renderer.encode(FORCED) if self.format.thinking is not None else []
        self._engine: Engine | None = None
        self._open: dict[int, Memory] = {}
        self._tries: dict[tuple[str, ...], Trie] = {}

    def record(self) -> dict[str, Any]:
        """How the model plays, for every result: format, sampling, context, constraint."""
        return {
            "format": self.format.record(),
            "sampling": asdict(self._sampling()),
            "context": {"max_tokens": self.limit, "policy": self.policy.name},
            "constrain": self.constrain,
        }

    def context(self, seat: Seat) -> list[Message]:
        """What the model sees of a seat that it plays."""
        memory: Memory = seat.memory
        turns, view = len(seat.turns), memory.view
        if memory.told == (view, turns - 1) and view.dropped < turns - 1:  # a turn more, and the rest as it was
            new = [Message("assistant", seat.turns[-1].text), Message(memory.reply, seat.observation)]
            memory.shown = [*memory.shown, *new]
        else:
            memory.shown = self.policy.messages(memory.task, seat.turns, seat.observation, view, memory.reply)
        memory.told = (view, turns)
        return memory.shown

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The next action of each seat, sampled with the seat's own noise."""
        dues = [self._due(seat, len(seats)) for seat in seats]
        going = [due for due in dues if due is not None]
        if isinstance(self.format, Closed):
            self._choose(going)
        else:
            self._write(going)
        return [Move("", outcome=Outcome.CONTEXT_OVERFLOW) if due is None else self._move(due) for due in dues]

    def leave(self, seat: Seat) -> None:
        """Give the conversation's slot back."""
        if isinstance(seat.memory, Memory) and self._engine is not None:
            self._engine.close(seat.memory.slot)
            del self._open[seat.memory.slot]
            seat.memory = None
            if not self._open:  # between rollouts the weights may change, and the memory is somebody else's
                self.tokens += self._engine.tokens
                self._engine = None

    # What the model reads.

    def _due(self, seat: Seat, seats: int) -> _Due | None:
        """What to ask; None where it does not fit."""
        memory = seat.memory if isinstance(seat.memory, Memory) else self._sit(seat, seats)
        if memory.full:
            return None
        actions = self._actions(seat, CHOICES) if self._closed else []
        choices = [self.renderer.answer(action) for action in actions]
        room = max(map(len, choices)) if self._closed else self.max_tokens
        if self.format.thinking is not None:
            room += self.format.thinking + len(self._close)
        goal = self.limit
        while True:
            messages = self.context(seat)
            shown = memory.talk.next(messages)
            held = 0 if shown.fork else len(memory.talk.ids)
            need = held + len(shown.ids) + room
            less = self.policy.less(memory.view, len(seat.turns)) if need > goal else None
            if less is None:
                break
            memory.view, goal = less, int(FREED * self.limit)
        if need > self.limit:
            memory.full = isinstance(self.policy, Error)
            return None
        return _Due(seat, memory, messages, shown, seat.chance().random, actions, choices)

    def _sit(self, seat: Seat, seats: int) -> Memory:
        first = seat.turns[0].obs if seat.turns else seat.observation
        task, tools = opening(first, self.format, _grammar(seat), self.renderer)
        talk = Conversation(self.renderer, tools)
        memory = Memory(self._slot(seats), talk, task, reply_role(tools))
        seat.memory = self._open[memory.slot] = memory
        if self._engine is not None and all(turn.ids for turn in seat.turns):
            for at, turn in enumerate(seat.turns):  # what was sampled stays as it was sampled
                heard = self.policy.messages(task, seat.turns[:at], turn.obs, memory.view, memory.reply)
                talk.add(heard, Shown(list(turn.prompt_ids), turn.fork), turn.ids)
            self._engine.keep(memory.slot, talk.ids)
            memory.before = list(talk.ids)
        return memory

    def _slot(self, seats: int) -> int:
        if self._engine is None:
            self._engine = Engine(self.model, self.renderer.ends, seats)
        elif len(self._open) == self._engine.slots:  # more seats than there were
            self._engine.grow(max(seats, 2 * self._engine.slots))
        return self._engine.open()

    def _read(self, due: _Due) -> list[int]:
        """The ids that the engine has not read yet; after a fork it forgets what is no longer so."""
        if not due.shown.fork or self._engine is None:
            return due.shown.ids
        held, ids = due.memory.talk.ids, due.shown.ids
        common = next((at for at, (old, new) in enumerate(zip(held, ids, strict=False)) if old != new), len(held))
        common = min(common, len(ids) - 1)
        self._engine.rewind(due.memory.slot, common)
        return ids[common:]

    # What it answers.

    def _write(self, dues: Sequence[_Due]) -> None:
        """Let the model write: thoughts first, where the format has them, then the action."""
        if self._engine is None or not dues:
            return
        new = [self._read(due) for due in dues]
        if self.format.thinking is not None:
            self._think(dues, new)
            dues = [due for due in dues if not due.said.ids or due.said.ids[-1] not in self.renderer.ends]
            new = [[]] * len(dues)
        asks = [
            Ask(due.memory.slot, ids, due.uniform, self._constraint(due.seat))
            for due, ids in zip(dues, new, strict=True)
        ]
        for due, said in zip(dues, self._engine.generate(asks, self._sampling()), strict=True):
            if self.constrain:
                due.said.allowed = [*([[]] * len(due.said.ids)), *said.allowed]
            due.said.ids += said.ids
            due.said.logp += said.logp
            due.said.truncated = said.truncated

    def _think(self, dues: Sequence[_Due], new: Sequence[Sequence[int]]) -> None:
        """Thoughts up to their closing sign, which is put there when their tokens are spent."""
        assert self._engine is not None
        assert self.format.thinking is not None
        asks = [Ask(due.memory.slot, ids, due.uniform) for due, ids in zip(dues, new, strict=True)]
        sampling = Sampling(self.temperature, self.top_p, self.min_p, self.format.thinking)
        for due, said in zip(dues, self._engine.generate(asks, sampling, self._closed_thought), strict=True):
            due.said = said
            said.truncated = False
            if said.ids[-1] in self.renderer.ends or self._closed_thought(said.ids):
                continue
            due.forced = list(range(len(said.ids), len(said.ids) + len(self._close)))
            said.ids += self._close
            said.logp += [0.0] * len(self._close)
            self._engine.keep(due.memory.slot, self._close)

    def _closed_thought(self, said: Sequence[int]) -> bool:
        """Whether the last token completed the closing sign."""
        return CLOSE in self.renderer.decode(said[-len(CLOSE) :])

    def _choose(self, dues: Sequence[_Due]) -> None:
        """Draw one of the candidates of each seat, by their probabilities as whole answers."""
        if self._engine is None or not dues:
            return
        asked = [(due.memory.slot, self._read(due), due.choices) for due in dues]
        for due, scores in zip(dues, self._engine.score(asked, self.temperature or 1.0), strict=True):
            place, logp = _pick(scores, due.uniform, greedy=self.temperature == 0)
            due.said, due.action = Said(list(due.choices[place]), [logp]), due.actions[place]
            self._engine.keep(due.memory.slot, due.said.ids)

    def _move(self, due: _Due) -> Move:
        text = self.renderer.decode(due.said.ids)
        action, spans = (due.action, {}) if self._closed else self.format.read(text, _grammar(due.seat))
        due.memory.talk.add(due.messages, due.shown, due.said.ids)
        before, due.memory.before = due.memory.before, []
        return Move(
            text=text,
            action=action,
            prompt_ids=due.shown.ids if due.shown.fork else [*before, *due.shown.ids],
            ids=due.said.ids,
            logp=due.said.logp,
            fork=due.shown.fork,
            forced=due.forced,
            allowed=due.said.allowed,
            choices=due.choices,
            spans=spans,
            outcome=Outcome.OUTPUT_TRUNCATED if due.said.truncated else None,
        )

    @property
    def _closed(self) -> bool:
        return isinstance(self.format, Closed)

    def _sampling(self) -> Sampling:
        return Sampling(self.temperature, self.top_p, self.min_p, self.max_tokens)

    def _constraint(self, seat: Seat) -> Callable[[Sequence[int]], Sequence[int]] | None:
        if not self.constrain:
            return None
        return self.trie(self._actions(seat, CONSTRAINED), _grammar(seat)).allowed

    def trie(self, actions: Sequence[str], grammar: Grammar) -> Trie:
        """The constraint to these actions of a grammar, in the agent's format and tokens."""
        key = (grammar.help(), *actions)
        if key not in self._tries:
            if len(self._tries) >= CHOICES:
                self._tries.clear()
            self._tries[key] = Trie(self.renderer.answer(self.format.write(action, grammar)) for action in actions)
        return self._tries[key]

    def _actions(self, seat: Seat, most: int) -> Sequence[str]:
        """The actions that are allowed now.

        Raises:
            ValueError: there are more than ``most``, or none.
        """
        actions: Sequence[str] | None = seat.env.get_wrapper_attr("actions")()
        grammar = _grammar(seat)
        if actions is None and grammar.size <= most:
            actions = [grammar.format(action) for action in grammar.actions()]
        if not actions or len(actions) > most:
            count = "no" if actions is not None and not actions else f"{grammar.size}"
            what = "the closed format" if self._closed else "a constraint"
            raise ValueError(f"{seat.job.task.env_id} has {count} actions here: {what} takes from 1 to {most}")
        return actions


def _grammar(seat: Seat) -> Grammar:
    grammar: Grammar = seat.env.get_wrapper_attr("grammar")
    return grammar


def _pick(scores: Sequence[float], uniform: Callable[[], float], greedy: bool) -> tuple[int, float]:
    """A candidate by the softmax of the scores, and its log-probability; the best, with 0, where greedy."""
    best = max(scores)
    if greedy:
        return scores.index(best), 0.0
    reached = list(accumulate(math.exp(score - best) for score in scores))
    place = bisect_right(reached, uniform() * reached[-1])  # what has no weight is never drawn
    return place, scores[place] - best - math.log(reached[-1])
