"""Chat models by name, with all that belongs around them: ledger, cache, prices, budget.

    model = named("openai:gpt-4o-mini", cache="runs/answers.sqlite")
    model = named("openai:my-model", base_url="http://localhost:8000/v1")
    model = named("local:models/judge")
    model = named("scripted:my_module:reply")

In YAML the same options are a section, `ChatConfig`. It holds no key, only the name of the variable with the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from scoutgym.llm.chat.budget import Budget, Meter, Metered, Price
from scoutgym.llm.chat.cached import Cached
from scoutgym.llm.chat.core import PROBE, Answer, Around, ChatError, ChatModel, Request
from scoutgym.llm.chat.ledger import Counted, Ledger
from scoutgym.llm.chat.retry import Retry
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.llm.sampling import Sampling


class ChatConfig(BaseModel):
    """A chat model, as a section of a configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    model: str = Field(description="openai:MODEL, local:DIRECTORY or scripted:MODULE:FUNCTION")
    base_url: str | None = Field(default=None, description="of a server; OPENAI_BASE_URL where it is not given")
    key_env: str | None = Field(default=None, description="the variable that holds the key; OPENAI_API_KEY by default")
    temperature: float | None = Field(default=None, ge=0, description="in place of the requests', for all of them")
    max_tokens: int | None = Field(default=None, ge=1, description="of an answer, in place of the requests', for all")
    cache: Path | None = Field(default=None, description="the file that keeps answers")
    prices: dict[str, Price] = Field(default={}, description="by model, for a million tokens")
    budget: float | None = Field(default=None, ge=0, description="never overspent, in the unit of the prices")
    concurrency: int = Field(default=16, ge=1, description="calls that run at once; a local model's batch")
    timeout: float = Field(default=120.0, gt=0, description="seconds of one call of a server")
    deadline: float = Field(default=600.0, gt=0, description="seconds of one request, all retries included")
    tries: int = Field(default=6, ge=1, description="of one request")

    @field_validator("model")
    @classmethod
    def _known(cls, model: str) -> str:
        kind, colon, rest = model.partition(":")
        if kind not in KINDS or not colon or not rest:
            raise ValueError(
                f"{model!r}: a chat model is named openai:MODEL, local:DIRECTORY or scripted:MODULE:FUNCTION"
            )
        return model


def named(name: str, **options: Any) -> Counted:
    """A chat model.

    Args:
        name: as ``model`` of `ChatConfig`.
        options: the other fields of `ChatConfig`.

    Raises:
        ChatError: there is none of this name, or an option is wrong.
    """
    try:
        return made(ChatConfig(model=name, **options))
    except ValidationError as problem:
        lines = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problem.errors())
        raise ChatError(f"a chat model cannot be set up so: {'; '.join(lines)}") from None


def made(config: ChatConfig, ledger: Ledger | None = None, budget: Budget | None = None) -> Counted:
    """The chat model of a configuration; its ``ledger`` tells what it took.

    Args:
        config: which model, and what belongs around it.
        ledger: that other models write to as well; None for its own.
        budget: that other models are paid from as well; None for its own.

    Raises:
        ChatError: there is no such model, or it has no price and is to be paid from a budget.
    """
    if budget is None and config.budget is not None:
        budget = Budget(config.budget)
    try:
        meter = Meter(config.prices.get(config.model), budget)
    except ValueError as problem:
        raise ChatError(f"{config.model}: {problem}") from None
    kind, _, rest = config.model.partition(":")
    model = KINDS[kind](rest, config, meter)
    if config.cache is not None:
        model = Cached(model, config.cache)
    numbers = {"temperature": config.temperature, "max_tokens": config.max_tokens}
    return Counted(_Set(model, {name: one for name, one in numbers.items() if one is not None}), ledger or Ledger())


class _Set(Around):
    """All requests with the numbers that a configuration sets. It stands before the cache, so that keys tell them."""

    def __init__(self, model: ChatModel, numbers: Mapping[str, Any]) -> None:
        super().__init__(model)
        self.numbers = numbers

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        return self.model.complete([replace(one, sampling=self.sampled(one.sampling)) for one in requests])

    def ready(self, probe: Request = PROBE) -> Answer:
        """A probe stays as short as it is."""
        how = replace(self.sampled(probe.sampling), max_tokens=probe.sampling.max_tokens)
        return self.model.ready(replace(probe, sampling=how))

    def sampled(self, sampling: Sampling) -> Sampling:
        return super().sampled(replace(sampling, **self.numbers))


def _server(model: str, config: ChatConfig, meter: Meter) -> ChatModel:
    try:
        from scoutgym.llm.chat.server import Server
    except ImportError:
        raise ChatError("chat models behind servers need the package openai: pip install 'scoutgym[openai]'") from None
    retry = Retry(config.tries, config.deadline)
    return Server(model, config.base_url, None, config.key_env, config.concurrency, config.timeout, retry, meter)


def _local(folder: str, config: ChatConfig, meter: Meter) -> ChatModel:
    try:
        from scoutgym.llm.chat.local import Local
    except ImportError:
        raise ChatError("local chat models need torch and transformers: pip install 'scoutgym[llm]'") from None
    return Metered(Local(Path(folder), config.concurrency), meter)


def _scripted(name: str, config: ChatConfig, meter: Meter) -> ChatModel:
    module, _, function = name.partition(":")
    try:
        reply = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as problem:
        raise ChatError(f"scripted:{name}: {problem}. Name a module and a function in it") from None
    return Metered(Scripted(reply, name), meter)


KINDS: dict[str, Callable[[str, ChatConfig, Meter], ChatModel]] = {
    "openai": _server,
    "local": _local,
    "scripted": _scripted,
}
