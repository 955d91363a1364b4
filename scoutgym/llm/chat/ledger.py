"""What chat models were asked and what it took: counts, tokens, money and time, for each model.

ledger = Ledger()
model = Counted(model, ledger)
...
rich.print(ledger.table()); json.dumps(ledger.to_json())
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from rich.table import Table

from scoutgym.llm.chat.core import PROBE, Answer, Around, ChatError, ChatModel, Request


@dataclass
class Row:
    """One model's sums. Tokens, cost and time are those of calls; what the cache answered took none."""

    requests: int = 0
    """What was asked for; answered from the cache or by calls."""
    cached: int = 0
    calls: int = 0
    """Calls of the model, retries included."""
    failed: int = 0
    """Requests that got no answer."""
    truncated: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    cost: float = 0.0
    """In the unit of the price table; what a lost call may have cost is in it."""
    seconds: float = 0.0
    """Wall time of the requests, retries included; requests that ran at once are summed."""

    def add(self, answer: Answer) -> None:
        """One more request was answered."""
        self.requests += 1
        self.failed += bool(answer.error)
        self.truncated += answer.truncated
        if answer.cached:
            self.cached += 1
            return
        self.calls += answer.tries
        self.prompt_tokens += answer.prompt_tokens
        self.tokens += answer.tokens
        self.cost += answer.cost
        self.seconds += answer.seconds


class Ledger:
    """The sums of all models that write to it, from any threads."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, Row] = defaultdict(Row)
        self._lock = Lock()

    def add(self, name: str, answers: Sequence[Answer | None]) -> None:
        """Write down what a model answered; None stands for a request that was never sent."""
        with self._lock:
            for answer in answers:
                if answer is not None:
                    self._rows[name].add(answer)

    def rows(self) -> dict[str, Row]:
        """By model, as they are now."""
        with self._lock:
            return {name: Row(**asdict(row)) for name, row in sorted(self._rows.items())}

    def to_json(self) -> dict[str, dict[str, Any]]:
        """A JSON object: by model its sums."""
        return {name: asdict(row) for name, row in self.rows().items()}

    def table(self) -> Table:
        """For people."""
        table = Table("model")
        for name in ("requests", "cached", "calls", "failed", "prompt tokens", "tokens", "cost", "seconds"):
            table.add_column(name, justify="right")
        for name, row in self.rows().items():
            counts = (row.requests, row.cached, row.calls, row.failed, row.prompt_tokens, row.tokens)
            table.add_row(name, *(f"{count:,}" for count in counts), f"{row.cost:.4f}", f"{row.seconds:.1f}")
        return table


class Counted(Around):
    """A chat model whose answers stand in a ledger.

    Args:
        model: who answers.
        ledger: perhaps shared with other models.
    """

    def __init__(self, model: ChatModel, ledger: Ledger) -> None:
        super().__init__(model)
        self.ledger = ledger

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """Those of the model within."""
        try:
            answers = self.model.complete(requests)
        except ChatError as problem:
            self.ledger.add(self.name, problem.answers)
            raise
        self.ledger.add(self.name, answers)
        return answers

    def ready(self, probe: Request = PROBE) -> Answer:
        """Of the model within; a question that it had to ask counts."""
        answer = self.model.ready(probe)
        if answer.tries:
            self.ledger.add(self.name, [answer])
        return answer
