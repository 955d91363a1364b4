"""A chat model that is a function: for tests, for oracles with rules behind a model's face, for planted weaknesses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scoutgym.llm.chat.core import Answer, ChatModel, Request


class Scripted(ChatModel):
    """Answers by a function of the request.

    Args:
        reply: from a request to a text, or to an `Answer` where more is to be told than words. What it raises comes
            back as the answer's error.
        name: stands in tables.
    """

    def __init__(self, reply: Callable[[Request], str | Answer], name: str = "scripted") -> None:
        self._reply, self.name, self.fingerprint = reply, name, f"scripted:{name}"

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """Each request by itself."""
        return [self._one(request) for request in requests]

    def _one(self, request: Request) -> Answer:
        try:
            said = self._reply(request)
        except Exception as problem:  # a script may break as any model may: who asked hears of it
            return Answer(error=f"{type(problem).__name__}: {problem}")
        if isinstance(said, Answer):
            return said
        asked = sum(len(message.content.split()) for message in request.messages)
        return Answer(said, prompt_tokens=asked, tokens=len(said.split()))
