"""An agent that is a language model: it reads the whole conversation and writes the next action, token by token.

Token in, token out: what was sampled stays as it was sampled; a new observation is tokenised by itself and put behind
it. The text of an action is decoded for the world and never encoded again.

Policy for a conversation that outgrows the context (``Outcome.CONTEXT_OVERFLOW``): the model is asked nothing more, and
an empty action is sent, which the world refuses and charges for. So nothing is gained by talking until the room is
full. An answer cut off at its length limit (``Outcome.OUTPUT_TRUNCATED``) goes to the world as far as it came.
"""

from __future__ import annotations

from collections.abc import Sequence

from transformers import PreTrainedModel

from scoutgym.agents.core import Agent, Move, Seat
from scoutgym.llm.engine import Ask, Engine
from scoutgym.llm.words import Words
from scoutgym.types import Outcome


class LMAgent(Agent):
    """A language model with a word vocabulary.

    Args:
        model: a causal model in evaluation mode.
        words: its vocabulary.
        temperature: of sampling; 0 plays the likeliest tokens.
        max_tokens: of one action, the end sign included.
        context: tokens of a conversation; None for as many as the model was made for.
        name: stands in tables.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        words: Words,
        temperature: float = 1.0,
        max_tokens: int = 16,
        context: int | None = None,
        name: str = "model",
    ) -> None:
        self.model, self.words = model, words
        self.temperature, self.max_tokens = temperature, max_tokens
        self.context = context or int(model.config.max_position_embeddings)
        self.name = name
        self.tokens = 0
        """Tokens read and written since the agent was made."""
        self._engine: Engine | None = None
        self._open = 0

    def act(self, seats: Sequence[Seat]) -> list[Move]:
        """The next action of each seat, sampled with the seat's own noise."""
        prompts = [self.words.prompt(seat.observation, first=not seat.turns) for seat in seats]
        moves: list[Move | None] = []
        asks = []
        for seat, prompt in zip(seats, prompts, strict=True):
            if self._fits(seat, len(prompt)):
                asks.append(Ask(self._slot(seat, len(seats)), prompt, seat.chance().random))
                moves.append(None)
            else:
                moves.append(Move("", outcome=Outcome.CONTEXT_OVERFLOW))
        said = iter(self._engine.generate(asks, self.temperature, self.max_tokens) if asks and self._engine else [])
        for place, move in enumerate(moves):
            if move is None:
                answer = next(said)
                moves[place] = Move(
                    text=self.words.decode(answer.ids),
                    prompt_ids=prompts[place],
                    ids=answer.ids,
                    logp=answer.logp,
                    outcome=Outcome.OUTPUT_TRUNCATED if answer.truncated else None,
                )
        return [move for move in moves if move is not None]

    def leave(self, seat: Seat) -> None:
        """Give the conversation's slot back."""
        if isinstance(seat.memory, int) and self._engine is not None:
            self._engine.close(seat.memory)
            self._open -= 1
            if self._open == 0:  # between rollouts the weights may change, and the memory is somebody else's
                self.tokens += self._engine.tokens
                self._engine = None

    def _fits(self, seat: Seat, new: int) -> bool:
        """Whether prompt and answer have room; once they had not, they never have again."""
        if any(turn.outcome == Outcome.CONTEXT_OVERFLOW for turn in seat.turns):
            return False
        so_far = sum(len(turn.prompt_ids) + len(turn.ids) for turn in seat.turns)
        return so_far + new + self.max_tokens <= self.context

    def _slot(self, seat: Seat, seats: int) -> int:
        if seat.memory is None:
            if self._engine is None:
                self._engine = Engine(self.model, self.words.end, seats)
            seat.memory = self._engine.open()
            self._open += 1
        return int(seat.memory)
