"""A chat model that is a function: for tests, for oracles with rules behind a model's face, for planted weaknesses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scoutgym.llm.chat.core import Answer, ChatError, ChatModel, Request


class Scripted(ChatModel):
    """Answers by a function of the request.

    Args:
        reply: from a request to a text, or to an `Answer` where more is to be told than words. What it raises comes
            back as the answer's error; a `ChatError` is passed on.
        name: stands in tables.
    """

    def __init__(self, reply: Callable[[Request], str | Answer], name: str = "scripted") -> None:
        self._reply, self.name, self.fingerprint = reply, name, f"scripted:{name}"

    def complete(self, requests: Sequence[Request]) -> list[Answer]:
        """Each request by itself."""
        answers: list[Answer] = []
        for request in requests:
            try:
                answers.append(self._one(request))
            except ChatError as problem:
                problem.answers = [*answers, *[None] * (len(requests) - len(answers))]
                raise
        return answers

    def _one(self, request: Request) -> Answer:
        try:
            said = self._reply(request)
        except ChatError:
            raise
        except Exception as problem:  # a script may break as any model may: who asked hears of it
            return Answer(error=f"{type(problem).__name__}: {problem}")
        if isinstance(said, Answer):
            return said
        asked = sum(len(message.content.split()) for message in request.messages)
        return Answer(said, prompt_tokens=asked, tokens=len(said.split()))
