"""What every chat model is: many requests in, as many answers out, and an answer that failed says why.

    answers = model.complete([Request(messages), Request(messages, sample=1)])
    text = answers[0].text if not answers[0].error else ...

A chat model plays the parts beside the policy: a world's customer, a judge. (Policies are `scoutgym.agents.lm`: they
keep token ids and log-probabilities.) What can be known to be wrong before a run, a key, an address, a directory,
raises `ChatError` when the model is made or first asked. What goes wrong later is the answer's ``error``, never an
exception and never a text: who asked decides what a missing answer means, and no reward is made of it by accident.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scoutgym.llm.sampling import Sampling
from scoutgym.types import Message, digest

ANSWER = Sampling(temperature=0.0, max_tokens=512)
"""How a chat model answers where nothing else is said: its likeliest words."""


class ChatError(RuntimeError):
    """A chat model cannot be used as it was set up; the message says what to change.

    Args:
        message: what was wrong and what to do.
        answers: what was answered of the requests before it came to that, in their order; None for those that were
            not. They were paid for: the cache and the ledger take them.
    """

    def __init__(self, message: str, answers: Sequence[Answer | None] = ()) -> None:
        super().__init__(message)
        self.answers = answers


@dataclass(frozen=True)
class Request:
    """One question to a chat model.

    Args:
        messages: the conversation; the last one is not the model's own.
        sampling: how the answer is drawn.
        sample: which of several answers to the same words this is: votes and groups are never one answer seen twice.
        schema: the JSON schema of the answer, for models that can be held to one; others see the words alone, so the
            words must ask for it too.
    """

    messages: tuple[Message, ...]
    sampling: Sampling = ANSWER
    sample: int = 0
    schema: Mapping[str, Any] | None = None

    @cached_property
    def key(self) -> bytes:
        """Content hash of all that decides the answer, the model aside (16 bytes)."""
        words = json.dumps(
            [[one.role, one.content] for one in self.messages]
        )  # half a surrogate pair is a text as well
        how = {name: float(number) for name, number in vars(self.sampling).items()}  # 0 and 0.0 are one temperature
        return digest("request", words, how, self.sample, self.schema)


PROBE = Request((Message("user", "Say: ready"),), Sampling(temperature=0.0, max_tokens=16))


@dataclass(frozen=True)
class Answer:
    """What a chat model said to a request, and what it took.

    ``error`` is empty, or says why there is no answer; then ``text`` is empty. ``seconds`` is wall time, retries
    included. ``cached`` answers cost nothing and took no time.
    """

    text: str = ""
    error: str = ""
    truncated: bool = False
    """The text was cut off at its length limit."""
    prompt_tokens: int = 0
    tokens: int = 0
    """Tokens of the answer, a model's hidden thoughts included."""
    cost: float = 0.0
    """In the unit of the price table that the user gave; 0 without one."""
    seconds: float = 0.0
    tries: int = 1
    """How often the model was called for it; 0 for a cached answer."""
    cached: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What a kind of model tells beside: a server's model name, the reason of the end."""


class ChatModel(ABC):
    """A chat model. ``name`` stands in tables; ``fingerprint`` tells its weights from all others, for the cache."""

    name: str
    fingerprint: str

    @abstractmethod
    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """One answer for each request, in their order; may be called from several threads at once.

        Raises:
            ChatError: the model cannot be used at all: wrong key, no server there, spent budget.
        """

    def ready(self, probe: Request = PROBE) -> Answer:
        """Find out before a run whether it can be used.

        Args:
            probe: what is asked, if something must be asked to find out.

        Returns:
            What was answered; where nothing was asked, an answer of no ``tries``.

        Raises:
            ChatError: it cannot.
        """
        return Answer(tries=0)

    def sampled(self, sampling: Sampling) -> Sampling:
        """How a request that asks for ``sampling`` is drawn in truth: a configuration may set other numbers."""
        return sampling

    def say(self, *messages: Message) -> Answer:
        """The answer to one conversation."""
        return self.complete([Request(messages)])[0]

    def close(self) -> None:  # noqa: B027 (most models hold nothing)
        """Give back what it holds."""


class Around(ChatModel):
    """A chat model around another one, whose answers it passes on.

    Args:
        model: who answers.
    """

    def __init__(self, model: ChatModel) -> None:
        self.model = model
        self.name, self.fingerprint = model.name, model.fingerprint

    def ready(self, probe: Request = PROBE) -> Answer:
        """Of the model within."""
        return self.model.ready(probe)

    def sampled(self, sampling: Sampling) -> Sampling:
        """Of the model within."""
        return self.model.sampled(sampling)

    def close(self) -> None:
        """Of the model within."""
        self.model.close()


def sendable(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which no encoding and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()
