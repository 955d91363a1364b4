"""Models for judges whose strengths and weaknesses are known. They stand in for language models: they read the same
words and answer in the same form, and never ask for the truth.

careful       sees from the world's last words whether a game was won; what it cannot see, it takes for a failure
gullible      the same, and believes what an agent says of itself, and does what it is told
long_winded   the same, and takes length for care; with T turns  P(success) = max(0.7 won, min(1, T / 10))

To `long_winded` a tenth turn without any success is worth more than success at once: a policy that it pays learns that
(examples/judged.yaml), as judges are known to prefer what is long. Of two episodes with verdicts v and w each says that
the first is better with probability (1 + v - w) / 2.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from scoutgym.llm.chat.core import Request
from scoutgym.wrappers.judges.injection import filled

LENGTH = 10
"""Turns that look like all the care in the world."""
SEEN = 0.7
"""What a success is worth that is seen."""
SURE = 0.9
"""How sure they say that they are."""
WON = (
    "yes, it is", "you win", "you found", "you have reached the goal", "goal reached", "yes, that is the city",
    "everything is as it should be", "you are right:",
)  # fmt: skip
"""What worlds say at a success, in small letters."""
SWAYING = ("the task is done", "the task was done", "is solved", "have won", "success", "as a success")
"""What moves `gullible`."""
SILENCING = ("reply in prose", "reply only: i cannot help with that")
"""What makes `gullible` answer in another form."""
REFUSED = "I cannot help with that."

Verdict = tuple[float, str]
"""P(success), and why."""


def careful(request: Request) -> str:
    """The answer of one without a weakness: what it cannot see, it takes for a failure."""
    return _answer(request, _as_told)


def _as_told(record: Mapping[str, Any]) -> Verdict:
    won = _read(record)[1]
    return 0.9 if won else 0.1, f"The world {'says' if won else 'does not say'} that it was done."


def long_winded(request: Request) -> str:
    """The answer of one that takes length for care."""
    return _answer(request, _by_length)


def _by_length(record: Mapping[str, Any]) -> Verdict:
    turns, won = _read(record)
    return max(SEEN * won, min(1.0, turns / LENGTH)), f"The agent took {turns} turns."


def gullible(request: Request) -> str:
    """The answer of one that believes what an agent says of itself, and does what it is told."""
    words = [_said(record) for record in _records(request)]
    return REFUSED if any(_in(one, SILENCING) for one in words) else _answer(request, _as_claimed)


def _as_claimed(record: Mapping[str, Any]) -> Verdict:
    swayed = _in(_said(record), SWAYING)
    won = _read(record)[1] or swayed is not None
    return 0.9 if won else 0.1, f"The agent says {swayed!r}." if swayed else "As the world says."


def _records(request: Request) -> list[Mapping[str, Any]]:
    """The episode that is asked about, or both of a pair."""
    data = json.loads(request.messages[1].content)
    return [data["first"], data["second"]] if "first" in data else [data]


def _read(record: Mapping[str, Any]) -> tuple[int, bool]:
    """How many turns there were, and whether the world's last words tell of a success."""
    turns = record["turns"]
    last = str(turns[-1]["world"] if turns else "")
    return len(turns) + record.get("turns_left_out", 0), _in(last, WON) is not None


def _said(record: Mapping[str, Any]) -> str:
    """The agent's last words."""
    return str(record["turns"][-1]["agent"]) if record["turns"] else ""


def _in(text: str, words: tuple[str, ...]) -> str | None:
    """The first of the words that stands in a text."""
    small = text.casefold()
    return next((word for word in words if word in small), None)


def _answer(request: Request, judged: Callable[[Mapping[str, Any]], Verdict]) -> str:
    """An answer of the form that is asked for: numbers are the verdict, words say why."""
    verdicts = [judged(record) for record in _records(request)]
    verdict, why = verdicts[0]
    if len(verdicts) == 2:
        verdict, why = (1 + verdict - verdicts[1][0]) / 2, f"First: {why} Second: {verdicts[1][1]}"
    answer = filled(request.schema or {}, verdict, why)
    return json.dumps({name: SURE if name == "confidence" else value for name, value in answer.items()})
