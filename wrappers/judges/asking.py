"""Asking a chat model for verdicts: strict reading, one more try, and then no verdict.

An answer is one JSON object with the fields that were asked for, each of its type and within its range, and nothing
else (`scoutgym.llm.reading`). What is no such answer is asked for again in the same conversation, with the reason.

A cache keeps answers that can be read by nobody, too. So an attempt that failed without a call is followed by another
one, whose samples are others: a question can be asked again at any time, and costs nothing where its answer is kept.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoutgym.llm.chat.core import ANSWER, ChatModel, Request
from scoutgym.llm.reading import Unreadable, json_object
from scoutgym.llm.sampling import Sampling
from scoutgym.types import Message

TRIES = 2
"""Of one attempt at a question."""
ATTEMPT = 2**32
"""Between the samples of two attempts: more than there are votes."""
AGAIN = "That is no valid answer: {reason}. Answer with the JSON object and nothing else."


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
    """Of the model; what a cache answered is none."""


def read(text: str, fields: Fields) -> dict[str, Any]:
    """The values of an answer.

    Raises:
        BadAnswer: it is not exactly one JSON object with these fields.
    """
    try:
        record = json_object(text)
    except Unreadable as error:
        raise BadAnswer(str(error)) from None
    if set(record) != set(fields):
        raise BadAnswer(f"it must be an object with the fields {', '.join(fields)}, and no others")
    values = {}
    for name, field in fields.items():
        try:
            values[name] = field.read(record[name])
        except BadAnswer as error:
            raise BadAnswer(f"{name}: {error}") from None
    return values


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
    places: Sequence[int] = range(len(questions))
    shift = 0
    while places:
        requests = {
            place: Request(one.messages, sampling, one.sample + shift, schema(one.fields))
            for place, one in ((place, questions[place]) for place in places)
        }
        places = _attempt(model, questions, requests, found)
        shift += ATTEMPT
    return found


def _attempt(
    model: ChatModel, questions: Sequence[Question], requests: Mapping[int, Request], found: Sequence[Asked]
) -> list[int]:
    """Ask by place, and put down what comes of it; the places that failed and for which nobody was called."""
    called: set[int] = set()
    for _ in range(TRIES):
        answers = model.complete(list(requests.values()))
        again: dict[int, Request] = {}
        # A cache asks equal requests once, and says of one alone that it was called for.
        new = {one.key for one, answer in zip(requests.values(), answers, strict=True) if not answer.cached}
        for (place, request), answer in zip(requests.items(), answers, strict=True):
            asked = found[place]
            asked.cost, asked.calls = asked.cost + answer.cost, asked.calls + (not answer.cached)
            if request.key in new:
                called.add(place)
            try:
                if answer.error:
                    raise BadAnswer(answer.error)
                asked.value, asked.reason = read(answer.text, questions[place].fields), ""
            except BadAnswer as error:
                most = model.sampled(request.sampling).max_tokens
                asked.reason = f"it was cut off at max_tokens={most}" if answer.truncated else str(error)
                more = (Message("assistant", answer.text), Message("user", AGAIN.format(reason=asked.reason)))
                messages = request.messages + (() if answer.error else more)
                again[place] = replace(request, messages=messages)
        requests = again
        if not requests:
            break
    return [place for place in requests if place not in called]
