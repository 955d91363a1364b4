"""Reading a JSON object in what a model wrote, strictly: one object and nothing else, no name in it twice, no NaN.

A fence around it and a thought before it (``<think>…</think>``, also where a template has written the opening tag) are
taken off. Nothing is guessed and nothing mended: what is no such object is none, and who asked asks again.
"""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST = 20_000
"""An answer of more characters, its thought aside, is none."""

_THOUGHT = re.compile(r"\A(?!\s*[{`]).*?</think>", re.DOTALL)
"""What begins as an answer does is none: the words of its fields are an answer's own."""
_FENCE = re.compile(r"\A\s*```(?:json)?\s*(\{.*\})\s*```\s*\Z", re.DOTALL)


class Unreadable(ValueError):
    """A text is no such object; the message says why."""


def json_object(text: str) -> dict[str, Any]:
    """The object in an answer.

    Raises:
        Unreadable: it is not exactly one JSON object.
    """
    text = _THOUGHT.sub("", text, count=1)
    if len(text) > LONGEST:
        raise Unreadable(f"it has more than {LONGEST} characters")
    fenced = _FENCE.match(text)
    try:
        record = json.loads(fenced[1] if fenced else text, object_pairs_hook=_once, parse_constant=_none)
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON") from None
    if not isinstance(record, dict):
        raise Unreadable("it is not a JSON object")
    return record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise Unreadable("a field stands in it twice")
    return record


def _none(constant: str) -> Any:
    raise Unreadable(f"{constant} is no number of JSON")
