"""What calls cost, and a budget that is never overspent.

Before a call its worst case is put aside: as many prompt tokens as there are bytes in its words and between them, and
an answer as long as it may be. A call whose worst case does not fit into what is left raises `BudgetSpent`. One that
does not fit only beside the calls that run now waits for them: they rarely cost their worst.

Amounts are whole numbers of 10^-12 of the user's unit of money, so that sums are exact.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from pydantic import BaseModel, ConfigDict, Field

from scoutgym.llm.chat.core import Answer, Around, ChatError, ChatModel, Request

UNIT = 10**12
MESSAGE, CONVERSATION = 16, 128
"""Tokens that a chat template writes at most around a message and around a conversation."""
WAIT = 0.02
"""Seconds between two looks at whether other calls have left room."""


class BudgetSpent(ChatError):
    """What is left of a budget may not be enough for the next call."""


class Price(BaseModel):
    """What a model costs, for a million tokens, in the user's unit of money."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    prompt: float = Field(ge=0, description="a million tokens that are read")
    completion: float = Field(ge=0, description="a million tokens that are written")

    def cost(self, prompt_tokens: int, tokens: int) -> int:
        """In 10^-12 of the unit."""
        return round(self.prompt * 10**6) * prompt_tokens + round(self.completion * 10**6) * tokens

    def worst(self, request: Request) -> int:
        """The most that a call can cost: no tokenizer makes more tokens than a text has bytes."""
        words = sum(len(one.content.encode("utf-8", "replace")) + MESSAGE for one in request.messages)
        asked = CONVERSATION + words + (len(json.dumps(request.schema)) if request.schema else 0)
        return self.cost(asked, request.sampling.max_tokens)


class Budget:
    """An amount of money for the calls of one or several models, from any threads.

    Args:
        limit: that is never exceeded, in the unit of the prices.
        spent: of it, by a run that this one goes on with.

    Raises:
        ValueError: an amount is negative.
    """

    def __init__(self, limit: float, spent: float = 0.0) -> None:
        if not (limit >= 0 and spent >= 0):
            raise ValueError(f"a budget of {limit}, {spent} of it spent: both must be 0 or more")
        self._limit, self._spent, self._held = round(limit * UNIT), round(spent * UNIT), 0
        self._lock = Lock()

    @property
    def spent(self) -> float:
        """In the unit of the prices; calls that run now are not in it."""
        return self._spent / UNIT

    def hold(self, amount: int) -> bool:
        """Put an amount aside before a call; False where other calls have to end first.

        Raises:
            BudgetSpent: it is more than is left.
        """
        with self._lock:
            if self._spent + amount > self._limit:
                raise BudgetSpent(
                    f"the budget of {self._limit / UNIT:g} is spent: {self.spent:g} went, and the next call may cost "
                    f"{amount / UNIT:g}. Raise it and go on: a cache keeps the answers that there are"
                )
            if self._spent + self._held + amount > self._limit:
                return False
            self._held += amount
            return True

    def settle(self, held: int, spent: int) -> None:
        """After a call: what was put aside for it is free again, but what it cost is spent."""
        with self._lock:
            self._held -= held
            self._spent += spent


class Meter:
    """The calls of one model: their prices, and the budget that they are paid from.

    Args:
        price: of the model; None where it costs nothing.
        budget: perhaps shared with other models.

    Raises:
        ValueError: a budget without a price would never be spent.
    """

    def __init__(self, price: Price | None = None, budget: Budget | None = None) -> None:
        if budget is not None and price is None:
            raise ValueError("a budget needs the model's price: give prices {prompt, completion} for a million tokens")
        self.price = price or Price(prompt=0, completion=0)
        self.budget = budget

    def hold(self, request: Request) -> int | None:
        """What was put aside for a call of this request; None where other calls have to end first.

        Raises:
            BudgetSpent: its worst case is more than is left.
        """
        worst = self.price.worst(request)
        return worst if self.budget is None or self.budget.hold(worst) else None

    def settle(self, held: int, spent: int) -> None:
        """See `Budget.settle`."""
        if self.budget is not None:
            self.budget.settle(held, spent)


class Metered(Around):
    """A chat model whose answers are paid for. (A server is metered by itself: each retry may cost.)

    Args:
        model: who answers; it makes one call for each request.
        meter: what they cost.
    """

    def __init__(self, model: ChatModel, meter: Meter) -> None:
        super().__init__(model)
        self.meter = meter

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """As many requests at a time as there is money put aside for."""
        done: list[Answer] = []
        try:
            while len(done) < len(requests):
                done += self._some(requests[len(done) :])
        except ChatError as problem:
            problem.answers = [*done, *problem.answers, *[None] * (len(requests) - len(done) - len(problem.answers))]
            raise
        return done

    def _some(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers to the first of them, as many as there is money for now.

        Raises:
            BudgetSpent: there is none for the first one, and nothing to wait for.
        """
        held: list[int] = []
        for request in requests:
            try:
                amount = self.meter.hold(request)
            except ChatError:
                if not held:
                    raise
                break  # it is asked again when the ones before it are paid
            if amount is None:
                break
            held.append(amount)
        if not held:
            time.sleep(WAIT)
            return []
        spent = 0
        try:
            answers = self.model.complete(requests[: len(held)])
            spent = sum(map(self._cost, answers))
        except ChatError as problem:
            spent = sum(self._cost(one) for one in problem.answers if one)
            problem.answers = [one and self._paid(one) for one in problem.answers]
            raise
        finally:
            self.meter.settle(sum(held), spent)
        return [self._paid(one) for one in answers]

    def _cost(self, answer: Answer) -> int:
        return self.meter.price.cost(answer.prompt_tokens, answer.tokens)

    def _paid(self, answer: Answer) -> Answer:
        return replace(answer, cost=self._cost(answer) / UNIT)
