"""Asking a chat model for verdicts: strict reading, one more try, and then no verdict.

An answer is one JSON object with the fields that were asked for, each of its type and within its range, and nothing
else; a fence around it and a thought before it (``<think>…</think>``) are taken off. What is no such answer is asked
for again in the same conversation, with the reason.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoutgym.llm.chat.core import ANSWER, ChatModel, Request
from scoutgym.llm.sampling import Sampling
from scoutgym.types import Message

TRIES = 2
LONGEST = 20_000
"""An answer of more characters is none."""
AGAIN = "That is no valid answer: {reason}. Answer with the JSON object and nothing else."

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"\A\s*```(?:json)?\s*(\{.*\})\s*```\s*\Z", re.DOTALL)


class BadAnswer(ValueError):
    """A model's words are no verdict; the message says why."""


class Kind(ABC):
    """What a field of an answer holds."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""

    @abstractmethod
    def read(self, value: Any) -> Any:
        """The value, if it is one.

        Raises:
            BadAnswer: it is none.
        """


@dataclass(frozen=True)
class Text(Kind):
    """A field that holds words."""

    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        return {"type": "string"}

    def read(self, value: Any) -> str:
        """The words.

        Raises:
            BadAnswer: it is none.
        """
        if not isinstance(value, str):
            raise BadAnswer("it must be a string")
        return value


@dataclass(frozen=True)
class Share(Kind):
    """A field that holds a number from ``low`` to ``high``."""

    low: float = 0.0
    high: float = 1.0

    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def read(self, value: Any) -> float:
        """The number.

        Raises:
            BadAnswer: it is none, or outside the range.
        """
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise BadAnswer(f"it must be a number from {self.low:g} to {self.high:g}")
        return float(value)


@dataclass(frozen=True)
class Shares(Kind):
    """A field that holds a list of exactly ``number`` numbers from ``low`` to ``high``."""

    number: int
    low: float = 0.0
    high: float = 1.0

    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        return {
            "type": "array",
            "items": Share(self.low, self.high).schema(),
            "minItems": self.number,
            "maxItems": self.number,
        }

    def read(self, value: Any) -> list[float]:
        """The numbers.

        Raises:
            BadAnswer: it is no such list.
        """
        if not isinstance(value, list) or len(value) != self.number:
            raise BadAnswer(f"it must be a list of {self.number} numbers")
        return [Share(self.low, self.high).read(one) for one in value]


@dataclass(frozen=True)
class OneOf(Kind):
    """A field that holds one of a few words."""

    words: tuple[str, ...]

    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        return {"type": "string", "enum": list(self.words)}

    def read(self, value: Any) -> str:
        """The word.

        Raises:
            BadAnswer: it is another.
        """
        if value not in self.words:
            raise BadAnswer(f"it must be one of {', '.join(self.words)}")
        return str(value)


@dataclass(frozen=True)
class Texts(Kind):
    """A field that holds a list of ``least`` to ``most`` strings, none of them empty."""

    least: int
    most: int

    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        return {"type": "array", "items": Text().schema(), "minItems": self.least, "maxItems": self.most}

    def read(self, value: Any) -> list[str]:
        """The strings.

        Raises:
            BadAnswer: it is no such list.
        """
        good = isinstance(value, list) and self.least <= len(value) <= self.most
        if not good or not all(isinstance(one, str) and one.strip() for one in value):
            raise BadAnswer(f"it must be a list of {self.least} to {self.most} strings")
        return list(value)


Fields = Mapping[str, Kind]


@dataclass(frozen=True)
class Question:
    """What is asked: a conversation, and the fields of the answer."""

    messages: tuple[Message, ...]
    fields: Fields
    sample: int = 0


@dataclass
class Asked:
    """What came of it: the fields' values, or None and why."""

    value: dict[str, Any] | None = None
    reason: str = ""
    cost: float = 0.0
    calls: int = 0


def read(text: str, fields: Fields) -> dict[str, Any]:
    """The values of an answer.

    Raises:
        BadAnswer: it is not exactly one JSON object with these fields.
    """
    if len(text) > LONGEST:
        raise BadAnswer(f"it has more than {LONGEST} characters")
    text = _THOUGHT.sub("", text, count=1)
    fenced = _FENCE.match(text)
    try:
        record = json.loads(fenced[1] if fenced else text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(str(error) if isinstance(error, BadAnswer) else "it is not JSON") from None
    if not isinstance(record, dict) or set(record) != set(fields):
        raise BadAnswer(f"it must be an object with the fields {', '.join(fields)}, and no others")
    values = {}
    for name, field in fields.items():
        try:
            values[name] = field.read(record[name])
        except BadAnswer as error:
            raise BadAnswer(f"{name}: {error}") from None
    return values


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise BadAnswer("a field stands in it twice")
    return record


def schema(fields: Fields) -> dict[str, Any]:
    """The JSON schema of an answer."""
    return {
        "type": "object",
        "properties": {name: field.schema() for name, field in fields.items()},
        "required": list(fields),
        "additionalProperties": False,
    }


def conversation(rules: str, data: str) -> tuple[Message, ...]:
    """What a judge reads: its rules, and the data as JSON text (`scoutgym.wrappers.judges.show`)."""
    return Message("system", rules), Message("user", data)


def ask(model: ChatModel, questions: Sequence[Question], sampling: Sampling = ANSWER) -> list[Asked]:
    """The answers to all questions; those that are none are asked for once more.

    Raises:
        ChatError: the model cannot be used at all.
    """
    found = [Asked() for _ in questions]
    requests = {
        place: Request(one.messages, sampling, one.sample, schema(one.fields)) for place, one in enumerate(questions)
    }
    for _ in range(TRIES):
        again: dict[int, Request] = {}
        for (place, request), answer in zip(requests.items(), model.complete(list(requests.values())), strict=True):
            asked = found[place]
            asked.cost, asked.calls = asked.cost + answer.cost, asked.calls + 1
            try:
                if answer.error:
                    raise BadAnswer(answer.error)
                asked.value, asked.reason = read(answer.text, questions[place].fields), ""
            except BadAnswer as error:
                asked.reason = str(error)
                more = (Message("assistant", answer.text), Message("user", AGAIN.format(reason=error)))
                messages = request.messages + (() if answer.error else more)
                again[place] = Request(messages, sampling, request.sample, request.schema)
        requests = again
        if not requests:
            break
    return found
