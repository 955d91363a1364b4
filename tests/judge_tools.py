"""Episodes and models for the tests of judges."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from scoutgym.llm.chat.core import Request
from scoutgym.types import AGENT, Episode, Group, Task, Turn

TASK = Task("scoutgym/Number-v0", "test", 0)


def episode(*actions: str, success: bool | None = True, end: str = "The end.", answer: str = "7") -> Episode:
    turns = [Turn(AGENT, f"saw {n}", action, action) for n, action in enumerate(actions)]
    return Episode(TASK, turns, end, True, False, success, privileged={"answer": answer})


def group(*episodes: Episode) -> Group:
    return Group(TASK, list(episodes))


def data(request: Request) -> Any:
    """What a judge was shown."""
    return json.loads(request.messages[1].content)


def says(**values: Any) -> Callable[[Request], str]:
    """A model that answers every question with these values, as far as it was asked for them."""

    def reply(request: Request) -> str:
        assert request.schema is not None
        return json.dumps({name: values.get(name, "words") for name in request.schema["properties"]})

    return reply
