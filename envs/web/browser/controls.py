"""What a person can operate on a page: links, buttons and form controls, and what a form sends (HTML standard, 4.10).

What a user has changed is kept beside the page, in ``Fields``: the ``bid`` of a control to its text, to whether it is
checked, or to the places of its selected options. A control that is not there has what the markup gives it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from scoutgym.envs.web.browser.html import Node

Value = str | bool | tuple[int, ...]
Fields = Mapping[int, Value]

TEXTS = ("text", "search", "email", "tel", "url", "password", "number", "date", "textarea")
BUTTONS = ("submit", "button", "reset")
INPUT_ROLES = {"checkbox": "checkbox", "radio": "radio", "number": "spinbutton", "search": "searchbox", "date": "Date"}
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(slots=True)
class Option:
    """One choice of a select."""

    bid: int
    value: str
    label: str
    disabled: bool
    selected: bool


@dataclass(slots=True)
class Control:
    """One control; ``kind`` is the type of an input, or ``textarea``, ``select``, ``submit``, ``button``, ``reset``."""

    bid: int
    kind: str
    name: str
    value: str = ""
    form: int = -1
    """The ``bid`` of its form; -1 where it has none."""
    checked: bool = False
    disabled: bool = False
    readonly: bool = False
    required: bool = False
    multiple: bool = False
    limit: int = -1
    """Characters that it takes (UTF-16 code units); -1 where it takes any number."""
    rows: int = 1
    """Of a select, how many are shown at once."""
    marked: tuple[int, ...] = ()
    """Of a select, the places of the options that the markup selects."""
    low: float = 0
    high: float = 0
    """Of a number, its bounds; 0 where it has none."""
    button: bool = False
    """Whether it is a ``button`` element."""
    options: list[Option] = field(default_factory=list)

    def text(self, fields: Fields) -> str:
        """What stands in it."""
        value = fields.get(self.bid, self.value)
        assert isinstance(value, str)
        return value

    def on(self, fields: Fields) -> bool:
        """Whether it is checked."""
        return bool(fields.get(self.bid, self.checked))

    def given(self) -> Value:
        """What the markup gives it: its text, whether it is checked, or the places of its selected options."""
        if self.kind == "select":
            return self.marked
        return self.checked if self.kind in ("checkbox", "radio") else self.value

    def chosen(self, fields: Fields) -> tuple[int, ...]:
        """The places of the selected options."""
        value = fields.get(self.bid)
        return value if isinstance(value, tuple) else self.marked

    def typed(self, text: str) -> str | None:
        """What is left of a text that is typed into it; None where the control takes no such text."""
        if self.kind == "textarea":
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        else:
            text = text.rstrip("\r\n").replace("\r\n", " ").replace("\r", " ").replace("\n", " ")
        if self.kind == "number":
            text = text.strip()
            return text if not text or _NUMBER.fullmatch(text) else None
        if self.kind == "date":
            return text if not text or _is_date(text) else None
        if self.kind == "email":
            text = text.strip(" \t\f")
        return text if self.limit < 0 else _cut(text, self.limit)


@dataclass(slots=True)
class Form:
    """Where a form goes, and with what."""

    bid: int
    action: str
    post: bool
    controls: list[Control] = field(default_factory=list)

    def implied(self, control: Control) -> tuple[bool, Control | None]:
        """Whether Enter in a control submits the form, and by which button ("implicit submission", 4.10.22.2).

        The first button that submits does; where it is disabled, a text field submits nothing, and another control
        by the next button, as in Chromium. A form without such a button is submitted from its only text field.
        """
        if control.kind in (*BUTTONS, "textarea"):
            return False, None
        typing = control.kind in TEXTS
        buttons = [one for one in self.controls if one.kind == "submit"]
        for one in buttons[:1] if typing else buttons:
            if not one.disabled:
                return True, one
        fields = [one for one in self.controls if one.kind in TEXTS and one.kind != "textarea"]
        return typing and not buttons and len(fields) == 1, None

    def entries(self, fields: Fields, by: Control | None) -> list[tuple[str, str]]:
        """The pairs that are sent ("constructing the entry list", 4.10.22.4)."""
        sent = []
        for one in self.controls:
            if one.disabled or not one.name or (one.kind in BUTTONS and one is not by):
                continue
            if one.kind == "select":
                sent += [(one.name, one.options[n].value) for n in one.chosen(fields) if not one.options[n].disabled]
            elif one.kind in ("checkbox", "radio"):
                sent += [(one.name, one.value or "on")] if one.on(fields) else []
            else:
                sent.append((one.name, one.text(fields)))
        return sent


def control_of(node: Node, form: int) -> Control:
    """The control that an ``input``, ``button``, ``select`` or ``textarea`` is."""
    kind, attributes = _kind(node), node.attributes
    made = Control(node.bid, kind, node.get("name"), node.get("value"), form)
    if "checked" in attributes:
        made.checked = True
    if "disabled" in attributes or _in_disabled_fieldset(node):
        made.disabled = True
    if kind == "textarea":
        made.value = node.own_text()
    elif kind == "select":
        made.multiple, made.rows = "multiple" in attributes, _whole(node.get("size"), 1)
        _options(node, made.options, False)
        made.marked = _marked(made.options, made.multiple)
    elif kind in ("number", "date"):
        made.value = made.typed(made.value) or ""
        if kind == "number":
            made.low, made.high = number(node.get("min") or "0"), number(node.get("max") or "0")
    if kind in TEXTS:
        made.readonly, made.limit = "readonly" in attributes, _whole(node.get("maxlength"), -1)
    made.required, made.button = "required" in attributes, node.tag == "button"
    return made


def control_role(control: Control) -> str:
    """Chromium's role of a control."""
    if control.kind in BUTTONS:
        return "button"
    if control.kind == "select":
        return "listbox" if control.multiple or control.rows > 1 else "combobox"
    return INPUT_ROLES.get(control.kind, "textbox")


def number(text: str) -> float:
    """The number that a text is, a whole one where it can be."""
    found = float(text)
    return int(found) if found == int(found) else found


def _marked(options: list[Option], multiple: bool) -> tuple[int, ...]:
    """A select of one choice always has one, where it has any that is not disabled."""
    marked = tuple(place for place, option in enumerate(options) if option.selected)
    if multiple:
        return marked
    return marked[-1:] or tuple(place for place, option in enumerate(options) if not option.disabled)[:1]


def _in_disabled_fieldset(node: Node) -> bool:
    """A disabled fieldset disables all that it holds, but what its legend holds."""
    inner, outer = node, node.parent
    while outer is not None:
        if outer.tag == "fieldset" and "disabled" in outer.attributes and inner.tag != "legend":
            return True
        inner, outer = outer, outer.parent
    return False


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() else otherwise


def _options(node: Node, found: list[Option], disabled: bool) -> None:
    for child in node.inner():
        if child.tag == "option":
            label = " ".join(child.own_text().split())
            value = child.attributes.get("value")
            off = disabled or "disabled" in child.attributes
            found.append(
                Option(child.bid, label if value is None else value, label, off, "selected" in child.attributes)
            )
        elif child.tag == "optgroup":
            _options(child, found, "disabled" in child.attributes)


def _kind(node: Node) -> str:
    if node.tag == "input":
        kind = node.get("type").lower() or "text"
        return kind if kind in (*TEXTS, "checkbox", "radio", "submit", "reset", "button", "hidden") else "text"
    if node.tag == "button":
        kind = node.get("type").lower()
        return kind if kind in ("button", "reset") else "submit"
    return node.tag


def _cut(text: str, limit: int) -> str:
    """The first ``limit`` UTF-16 code units; no half of a pair is left."""
    if text.isascii():
        return text[:limit]
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-01-31")
