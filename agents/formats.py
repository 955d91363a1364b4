"""Formats: how an action stands in a model's words, what the model is told about it, and how it is read back.

A text in which no action can be read is no error here: it goes to the world as it is. Reading never raises and takes
linear time, whatever the text. A format is recorded with its options in every result (`Format.record`).
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, NamedTuple

from scoutgym.envs.grammar import BadAction, Form, Grammar
from scoutgym.envs.tasks import nearest
from scoutgym.envs.text_env import last_answer

OPEN, CLOSE = "<think>", "</think>"

TAIL = 10_000
"""JSON is looked for in so many last characters: no action is longer, and reading stays linear."""


class Reading(NamedTuple):
    """What was found: the action, or None, and the character ranges of its parts in the whole text."""

    action: str | None
    spans: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Format(ABC):
    """How an action is written and read.

    Args:
        thinking: how many tokens of thought may come first, between `OPEN` and `CLOSE`; None where no thoughts are
            written. When they are spent, the closing sign is put there and the action is due.
    """

    name: ClassVar[str]
    thinking: int | None = None

    def __post_init__(self) -> None:
        if self.thinking is not None and self.thinking < 1:
            raise ValueError(f"thinking={self.thinking}: give a number of tokens from 1, or None for no thoughts")

    def help(self, grammar: Grammar) -> str:
        """What the model is told, behind what the world tells it about its actions; may be empty."""
        thoughts = f"Think first, between {OPEN} and {CLOSE}." if self.thinking is not None else ""
        return f"{thoughts} {self.rule(grammar)}".strip()

    def write(self, action: str, grammar: Grammar) -> str:
        """The words that say ``action``, without thoughts."""
        return action

    def read(self, text: str, grammar: Grammar) -> Reading:
        """The action that a text says; thoughts are left out where the format has them, an empty one in any case."""
        if self.thinking is None:
            empty = _EMPTY.match(text)
            return _shifted(self.find(text[empty.end() :], grammar), empty.end()) if empty else self.find(text, grammar)
        # An opening sign may stand in the prompt already: what counts is the last closing one.
        stop = text.rfind(CLOSE)
        if stop < 0:
            return Reading(None, {})
        start, after = text[:stop].find(OPEN), stop + len(CLOSE)
        spans = {"think": (start + len(OPEN) if start >= 0 else 0, stop)}
        found = _shifted(self.find(text[after:], grammar), after)
        return Reading(found.action, {**spans, **found.spans})

    def tools(self, grammar: Grammar) -> list[dict[str, Any]]:
        """The functions that the model may call, as chat templates take them; none for most formats."""
        return []

    @abstractmethod
    def rule(self, grammar: Grammar) -> str:
        """How the answer is to be written; may be empty."""

    @abstractmethod
    def find(self, text: str, grammar: Grammar) -> Reading:
        """The action in a text without thoughts."""

    def record(self) -> dict[str, Any]:
        """Name and options, as `format_of` takes them."""
        return {"name": self.name, **asdict(self)}


@dataclass(frozen=True)
class Bare(Format):
    """The whole text is the action."""

    name = "bare"

    def rule(self, grammar: Grammar) -> str:
        """The grammar's own help says it."""
        return "Then write the action and nothing else." if self.thinking is not None else ""

    def find(self, text: str, grammar: Grammar) -> Reading:
        """All of it, without the blanks around it."""
        return Reading(text.strip(), {})


@dataclass(frozen=True)
class Tags(Format):
    """The action stands in ``<answer>`` tags; the last pair counts, as in ``gym.make(…, strip="answer")``."""

    name = "tags"

    def rule(self, grammar: Grammar) -> str:
        """The tags."""
        return "Write your action between <answer> and </answer>."

    def write(self, action: str, grammar: Grammar) -> str:
        """In tags."""
        return f"<answer>{action}</answer>"

    def find(self, text: str, grammar: Grammar) -> Reading:
        """What stands in the last pair of tags."""
        span = last_answer(text)
        return Reading(None, {}) if span is None else _found(text, *span)


@dataclass(frozen=True)
class Json(Format):
    """The action is a JSON object; the last one counts.

    Args:
        thinking: as in `Format`.
        schema: the object follows the grammar's schema, ``{"action": verb, field: value, …}``; else it is
            ``{"action": "…"}`` with the action's text. Both are read.
    """

    name = "json"
    schema: bool = False

    def rule(self, grammar: Grammar) -> str:
        """The shape of the object."""
        if self.schema:
            return f"Write your action as a JSON object of this schema: {json.dumps(grammar.schema())}"
        return 'Write your action as a JSON object: {"action": "your action"}'

    def write(self, action: str, grammar: Grammar) -> str:
        """The object; an action that is not of the grammar is written as its text."""
        form, values = _fields(action, grammar) if self.schema else (None, {})
        return json.dumps({"action": action if form is None else form.name, **values}, ensure_ascii=False)

    def find(self, text: str, grammar: Grammar) -> Reading:
        """The last object that has an action."""
        before = max(len(text) - TAIL, 0)
        for match in reversed(list(_OBJECT.finditer(text, before))):
            values = _load(match[0])
            if isinstance(values, dict) and isinstance(values.get("action"), str):
                name = values.pop("action")
                action = _text(name, values, grammar) if name in _forms(grammar) else _clean(name)
                return Reading(action, {"answer": match.span()} if action is not None else {})
        return Reading(None, {})


@dataclass(frozen=True)
class Tool(Format):
    """The action is a call of a function: one function a form of the grammar, one argument a field.

    Args:
        thinking: as in `Format`.
        family: how the model's family writes a call. ``hermes`` (Hermes, Qwen):
            ``<tool_call>{"name": …, "arguments": {…}}</tool_call>``. ``llama`` (Llama 3): ``{"name": …,
            "parameters": {…}}`` and nothing else. ``mistral``: ``[TOOL_CALLS] [{"name": …, "arguments": {…}}]``.
    """

    name = "tool"
    family: Literal["hermes", "llama", "mistral"] = "hermes"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.family not in _CALLS:
            known = ", ".join(_CALLS)
            raise ValueError(f"unknown tool family {self.family!r}{nearest(self.family, _CALLS)}; there are {known}")

    def rule(self, grammar: Grammar) -> str:
        """That a function is to be called; which ones there are the template says."""
        return "Act by calling one of the functions."

    def tools(self, grammar: Grammar) -> list[dict[str, Any]]:
        """One function for each form."""
        return [{"type": "function", "function": _function(form)} for form in grammar.forms]

    def spell(self, grammar: Grammar) -> str:
        """The functions and the form of a call in words, for a model whose template has no place for functions."""
        functions = "\n".join(json.dumps(tool) for tool in self.tools(grammar))
        call = _CALLS[self.family].format(json.dumps({"name": "…", self._arguments: {"…": "…"}}, ensure_ascii=False))
        return f"Functions:\n{functions}\nWrite a call as {call}"

    def write(self, action: str, grammar: Grammar) -> str:
        """The call; an action that is not of the grammar becomes the argument of a function ``act``."""
        form, values = _fields(action, grammar)
        call = {"name": "act", self._arguments: {"action": action}}
        if form is not None:
            call = {"name": form.name, self._arguments: values}
        return _CALLS[self.family].format(json.dumps(call, ensure_ascii=False))

    def find(self, text: str, grammar: Grammar) -> Reading:
        """The last call."""
        before = max(len(text) - TAIL, 0)
        calls = list(_CALL[self.family].finditer(text, before))
        if not calls:
            return Reading(None, {})
        call = _load(calls[-1][1])
        if isinstance(call, list) and call:
            call = call[0]
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            return Reading(None, {})
        values = call.get("arguments", call.get("parameters", {}))
        if isinstance(values, str):
            values = _load(values)
        if not isinstance(values, dict):
            return Reading(None, {})
        if call["name"] not in _forms(grammar):
            action = _clean(values["action"]) if isinstance(values.get("action"), str) else None
        else:
            action = _text(call["name"], values, grammar)
        return Reading(action, {"answer": calls[-1].span(1)} if action is not None else {})

    @property
    def _arguments(self) -> str:
        return "parameters" if self.family == "llama" else "arguments"


@dataclass(frozen=True)
class Closed(Format):
    """The world lists its actions, and the model is not asked to write but to choose (GLAM, Carta et al. 2023)::

        pi(a) = exp LP(a) / sum_i exp LP(a_i),   LP(a) = sum_j log p(a_j | prompt, a_<j)

    over the tokens of an action, its end sign included, at the sampling temperature. Nothing can be misread.
    """

    name = "closed"

    def __post_init__(self) -> None:
        if self.thinking is not None:
            raise ValueError("the closed format scores whole actions: it has no place for thoughts; leave thinking out")

    def rule(self, grammar: Grammar) -> str:
        """The grammar's own help says it."""
        return ""

    def find(self, text: str, grammar: Grammar) -> Reading:
        """The text is one of the world's actions."""
        return Reading(text.strip(), {})


FORMATS: Mapping[str, type[Format]] = {kind.name: kind for kind in (Bare, Tags, Json, Tool, Closed)}


def format_of(record: Mapping[str, Any]) -> Format:
    """The format of a record: its ``name``, and its options.

    Raises:
        ValueError: there is no such format, or it has no such option.
    """
    options = dict(record)
    name = str(options.pop("name", "bare"))
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}{nearest(name, FORMATS)}; there are {', '.join(FORMATS)}")
    try:
        return FORMATS[name](**options)
    except TypeError:
        known = sorted(FORMATS[name].__dataclass_fields__)
        wrong = next(option for option in options if option not in known)
        raise ValueError(
            f"the format {name} has no option {wrong!r}{nearest(wrong, known)}; it has {', '.join(known)}"
        ) from None


_EMPTY = re.compile(rf"\s*(?:{OPEN}\s*)?{CLOSE}")  # the opening sign may stand in the prompt
_STRING = r'"(?:[^"\\]|\\.)*"'
_FLAT = rf'\{{(?:[^{{}}"\\]|{_STRING})*\}}'
_NESTED = rf'\{{(?:[^{{}}"\\]|{_STRING}|{_FLAT})*\}}'
_OBJECT = re.compile(_FLAT, re.DOTALL)
_CALLS = {"hermes": "<tool_call>\n{}\n</tool_call>", "llama": "{}", "mistral": "[TOOL_CALLS] [{}]"}
_CALL = {
    "hermes": re.compile(r"<tool_call>((?:(?!<tool_call>).)*?)</tool_call>", re.DOTALL),
    "llama": re.compile(rf"({_NESTED})\s*\Z", re.DOTALL),
    "mistral": re.compile(r"\[TOOL_CALLS\]((?:(?!\[TOOL_CALLS\]).)*)\Z", re.DOTALL),
}


def _shifted(reading: Reading, by: int) -> Reading:
    return Reading(reading.action, {name: (start + by, stop + by) for name, (start, stop) in reading.spans.items()})


def _found(text: str, start: int, stop: int) -> Reading:
    """The range without the blanks around it."""
    inside = text[start:stop]
    start += len(inside) - len(inside.lstrip())
    action = inside.strip()
    return Reading(action, {"answer": (start, start + len(action))})


def _forms(grammar: Grammar) -> dict[str, Form]:
    return {form.name: form for form in grammar.forms}


def _fields(action: str, grammar: Grammar) -> tuple[Form | None, dict[str, Any]]:
    """The form of an action and the values of its fields, numbers as numbers; no form where it is no action."""
    try:
        parsed = grammar.parse(action)
    except BadAction:
        return None, {}
    form = _forms(grammar)[parsed[0]]
    shown = zip(form.slots, form.fields, parsed[1:], strict=True)
    return form, {slot: field.plain(value) for slot, field, value in shown}


def _text(name: str, values: Mapping[str, Any], grammar: Grammar) -> str | None:
    """The action that a form's name and its fields' values say."""
    form = _forms(grammar)[name]
    if set(values) != set(form.slots) or not all(_simple(value) for value in values.values()):
        return None
    texts = {slot: field.literal(values[slot]) for slot, field in zip(form.slots, form.fields, strict=True)}
    return _clean(form.template.format(**texts))


def _simple(value: Any) -> bool:
    """Whether a JSON value is one that a field may have: a text, a number, or a list of texts."""
    return isinstance(value, (str, int, float)) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def _clean(text: str) -> str:
    """JSON can say half a surrogate pair, which is no character."""
    return text.encode("utf-8", "replace").decode()


def _load(text: str) -> Any:
    """A JSON value; None where it is none, or one that only an attacker would write."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _function(form: Form) -> dict[str, Any]:
    properties = {slot: field.schema() for slot, field in zip(form.slots, form.fields, strict=True)}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": form.name, "description": form.help(), "parameters": parameters}
