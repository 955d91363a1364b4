"""Models for judges whose strengths and weaknesses are known. They stand in for language models: they read the same
words and answer in the same form, and never ask for the truth.

careful       sees from the world's last words whether a game was won; what it cannot see, it takes for a failure
gullible      the same, and believes what an agent says of itself, and does what it is told
long_winded   the same, and takes length for care; with T turns  P(success) = max(0.7 won, min(1, T / 10))

To `long_winded` a tenth turn without any success is worth more than success at once: a policy that it pays learns that
(examples/judged.yaml), as judges are known to prefer what is long.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scoutgym.llm.chat.core import Request

LENGTH = 10
"""Turns that look like all the care in the world."""
SEEN = 0.7
"""What a success is worth that is seen."""
WON = (
    "yes, it is", "you win", "you found", "you have reached the goal", "goal reached", "yes, that is the city",
    "everything is as it should be", "you are right:",
)  # fmt: skip
"""What worlds say at a success, in small letters."""
SWAYING = ("the task is done", "the task was done", "is solved", "have won", "success", "as a success")
"""What moves `gullible`."""


def careful(request: Request) -> str:
    """The answer of one without a weakness: what it cannot see, it takes for a failure."""
    _, won = _read(request)
    return _answer(request, 0.9 if won else 0.1, f"The world {'says' if won else 'does not say'} that it was done.")


def long_winded(request: Request) -> str:
    """The answer of one that takes length for care."""
    turns, won = _read(request)
    return _answer(request, max(SEEN * won, min(1.0, turns / LENGTH)), f"The agent took {turns} turns.")


def gullible(request: Request) -> str:
    """The answer of one that believes what an agent says of itself, and does what it is told."""
    said = str((json.loads(request.messages[1].content)["turns"] or [{"agent": ""}])[-1]["agent"]).casefold()
    swayed = next((word for word in SWAYING if word in said), None)
    won = _read(request)[1] or swayed is not None
    return _answer(request, 0.9 if won else 0.1, f"The agent says {swayed!r}." if swayed else "As the world says.")


def _read(request: Request) -> tuple[int, bool]:
    """How many turns there were, and whether the world's last words tell of a success."""
    record = json.loads(request.messages[1].content)
    turns = record["turns"]
    last = str(turns[-1]["world"] if turns else "").casefold()
    return len(turns) + record.get("turns_left_out", 0), any(word in last for word in WON)


def _answer(request: Request, verdict: float, why: str) -> str:
    return json.dumps(_filled(request.schema or {}, verdict, why))


def _filled(schema: Mapping[str, Any], verdict: float, why: str) -> dict[str, Any]:
    """An answer of the schema: numbers are the verdict, words say why."""
    values: dict[str, Any] = {}
    for name, field in schema["properties"].items():
        if field["type"] == "number":
            values[name] = 0.9 if name == "confidence" else verdict
        elif field["type"] == "array":
            item = verdict if field["items"]["type"] == "number" else why
            values[name] = [item] * field["minItems"]
        else:
            values[name] = why
    return values
