"""BrowserGym's action language: one call in Python's notation, ``fill('12', 'some text')``, read by a grammar.

Names, arguments and their order are those of BrowserGym's ``HighLevelActionSet`` (subsets ``bid``, ``nav``, ``tab``,
``chat``, ``infeas``; without ``dblclick``, ``drag_and_drop`` and ``upload_file``, which these pages have no use for),
so agents written for it need no change. Arguments may be given by place or by name; what cannot be done here (another
mouse button, a modifier, a key that is not told of) is an error. Nothing is evaluated: a call is a name, brackets, and
literals (`scoutgym.envs.web.browser.literals`). One call is one action; `calls` finds several in a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from scoutgym.envs.grammar import Action, BadAction, Field, Form, Grammar
from scoutgym.envs.web.browser.literals import LITERAL, STRINGS, listed, quoted, unquoted

NOTHING: Mapping[str, Any] = MappingProxyType({})

LONGEST = 100_000
"""Characters of an action: what is written into a page may be long."""

_ARGUMENT = re.compile(rf"\s*(?:(?P<key>[a-z_]+)\s*=\s*)?(?P<value>{LITERAL})\s*(?P<end>,|$)", re.DOTALL)
_ARGUMENTS = re.compile(
    rf"(?:\s*(?:[a-z_]+\s*=\s*)?(?:{LITERAL})\s*,)*\s*(?:(?:[a-z_]+\s*=\s*)?(?:{LITERAL})\s*)?\)", re.DOTALL
)
_BEGINS = re.compile(r"#[^\n]*|(?<!\w)(?P<call>[^\W\d]\w*+)[ \t]*+\(")
"""A comment, or a name and a bracket. Each word is looked at once, however long it is."""


def calls(text: str) -> list[str]:
    """The calls that stand in a text, as BrowserGym finds them: with anything around them, comments left out.

    A call is a name, brackets and literals; whether there is such an action is for a grammar to say.
    """
    found, place = list[str](), 0
    while (begins := _BEGINS.search(text, place)) is not None:
        place = begins.end()
        if begins["call"] is not None and (ends := _ARGUMENTS.match(text, place)) is not None:
            place = ends.end()
            found.append(f"{begins['call']}({text[begins.end() : place]}")
    return found


class Bid(Field):
    """An element, by the number in brackets before it on the page."""

    pattern = r"[0-9]+"
    size = 1000

    def read(self, text: str) -> int:
        """The number, quoted or bare."""
        plain = unquoted(text) if text[0] in "'\"" else text
        if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
            raise BadAction(f"'{plain[:40]}' is no element: write {self.explain()}")
        return int(plain)

    def show(self, value: int) -> str:
        """Quoted, as BrowserGym's agents write it."""
        return f"'{value}'"

    def plain(self, value: int) -> str:
        """Its digits."""
        return str(value)

    def literal(self, plain: Any) -> str:
        """Quoted."""
        return quoted(str(plain))

    def value(self, number: int) -> int:
        """The number itself."""
        return number

    def explain(self) -> str:
        """Where the number stands."""
        return "the number in brackets before an element of the page"

    def schema(self) -> dict[str, Any]:
        """A string of digits."""
        return {"type": "string", "pattern": "^[0-9]+$"}

    def example(self) -> str:
        """An arbitrary one."""
        return "'12'"


class Text(Field):
    """Any text, as a string literal."""

    pattern = STRINGS

    def __init__(self, about: str, *samples: str) -> None:
        self.about, self.samples, self.size = about, samples, len(samples)

    def read(self, text: str) -> str:
        """The text without quotes and escapes."""
        if text[0] not in "'\"":
            raise BadAction(f"{text[:40]} is no text: put it in quotes")
        return unquoted(text)

    def show(self, value: str) -> str:
        """As a literal."""
        return quoted(value)

    def plain(self, value: str) -> Any:
        """The text."""
        return value

    def literal(self, plain: Any) -> str:
        """Quoted."""
        return quoted(str(plain))

    def value(self, number: int) -> str:
        """One of a few samples: there is no end of texts."""
        return self.samples[number]

    def explain(self) -> str:
        """What the text is."""
        return self.about

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "description": self.about}


class Texts(Text):
    """A text or a list of texts; the value is a tuple."""

    def read(self, text: str) -> Any:
        """All texts of the list, or the one."""
        if text[0] == "[":
            return listed(text)
        return (super().read(text),)

    def show(self, value: Any) -> str:
        """A list where there is not just one."""
        return quoted(value[0]) if len(value) == 1 else f"[{', '.join(map(quoted, value))}]"

    def plain(self, value: Any) -> Any:
        """The text, where there is just one."""
        return value[0] if len(value) == 1 else list(value)

    def literal(self, plain: Any) -> str:
        """A list, where it is one."""
        return self.show(plain if isinstance(plain, list) else [str(plain)])

    def value(self, number: int) -> Any:
        """One sample."""
        return (self.samples[number],)

    def schema(self) -> dict[str, Any]:
        """A string; lists are read too."""
        return {"type": "string", "description": self.about}


class Amount(Field):
    """A number."""

    pattern = r"-?[0-9]+(?:\.[0-9]+)?"

    def __init__(self, about: str, *samples: int) -> None:
        self.about, self.samples, self.size = about, samples, len(samples)

    def read(self, text: str) -> int:
        """The whole part."""
        if text[0] in "'\"[NTF" or len(text) > 12:
            raise BadAction(f"{text[:40]} is no number: write {self.about}")
        return int(float(text))

    def plain(self, value: int) -> int:
        """The number."""
        return value

    def value(self, number: int) -> int:
        """One of a few samples."""
        return self.samples[number]

    def explain(self) -> str:
        """What the number is."""
        return self.about

    def schema(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "description": self.about}


class Call(Form):
    """A call with its arguments.

    Args:
        name: of the function.
        about: what it does.
        optional: by argument that may be left out, its value then; or, of those that BrowserGym has and that change
            nothing here, the literals that may be given.
        fields: the arguments, in order.
    """

    def __init__(self, name: str, about: str, optional: Mapping[str, Any] = NOTHING, **fields: Field) -> None:
        self.name, self.about, self.optional = name, about, optional
        self.slots, self.fields = list(fields), list(fields.values())
        self.template = f"{name}({', '.join(f'{{{slot}}}' for slot in fields)})"
        self.size = 1
        for field in self.fields:
            self.size *= field.size
        self._begins = f"{name}("
        self._default = {slot: self.optional[slot] for slot in self.slots if slot in self.optional}

    def read(self, text: str) -> Action | None:
        """The action, or None where the text is of another form; raises ``BadAction`` where an argument is wrong."""
        if not text.startswith(self._begins) or not text.endswith(")"):
            return None
        inside, place, given = text[len(self._begins) : -1], 0, dict[str, str]()
        order = [*self.slots, *(name for name in self.optional if name not in self.slots)]
        while inside[place:].strip():
            match = _ARGUMENT.match(inside, place)
            if match is None:
                raise BadAction(f"the arguments of {self.name} must be quoted texts or numbers: {self.usage()}")
            key = match["key"] or (order[len(given)] if len(given) < len(order) else "")
            if key not in order or key in given:
                raise BadAction(f"{self.name} has no argument {key or len(given) + 1}: {self.usage()}")
            if key not in self.slots and not _may_be(match["value"], self.optional[key]):
                may = " or ".join(self.optional[key])
                raise BadAction(f"{self.name} can be done here with {key}={may} alone: {self.usage()}")
            given[key] = match["value"]
            place = match.end()
        values = []
        for slot, field in zip(self.slots, self.fields, strict=True):
            if slot in given:
                values.append(field.read(given[slot]))
            elif slot in self._default:
                values.append(self._default[slot])
            else:
                raise BadAction(f"{self.name} needs the argument {slot}: {self.usage()}")
        return (self.name, *values)

    def usage(self) -> str:
        """The call with an example of each argument."""
        return f"write `{self.name}({', '.join(field.example() for field in self.fields)})`"

    def help(self) -> str:
        """The call, its meaning and an example."""
        return f"`{self.name}({', '.join(field.example() for field in self.fields)})`: {self.about}"


def _may_be(literal: str, allowed: Sequence[str]) -> bool:
    """Whether a literal is one of a few."""
    return (quoted(unquoted(literal)) if literal[0] in "'\"" else "".join(literal.split())) in allowed


class WebGrammar(Grammar):
    """Calls. Long texts are read, and help is a list of examples.

    Args:
        forms: the calls.
        told: the names of those that help tells of; by default all.
    """

    longest = LONGEST
    cased = True

    def __init__(self, *forms: Form, told: Sequence[str] = ()) -> None:
        super().__init__(*forms)
        self._told = [form for form in forms if not told or form.name in told]

    def _parse(self, text: str) -> Action:
        try:
            return super()._parse(text)
        except BadAction:
            found = calls(text[: self.longest])
            if len(found) > 1:
                raise BadAction(f"one call is an action, and these are {len(found)}: write one at a time") from None
            if found and found[0] != text.strip() and found[0].partition("(")[0] in self._by_name:
                raise BadAction("one call is an action: write it alone, without anything around it") from None
            raise

    def help(self) -> str:
        """One line a call."""
        if not self._help:
            lines = "\n".join(f"- {form.help()}" for form in self._told)
            self._help = f"Elements are named by the number in brackets before them. Reply with one call:\n{lines}"
        return self._help


_KEYS = Text("Enter, Space, Backspace, Escape, or a single character", "Enter", "Space", "Backspace", "a")
_WORDS = Text("the text", "hello", "42", "2026-05-17", "lamp")
BUTTON = {"button": ("'left'",)}
MOUSE = {**BUTTON, "modifiers": ("[]", "None")}
_MENU = {"enable_autocomplete_menu": ("False", "True", "None")}  # there is none on these pages

GRAMMAR = WebGrammar(
    Call("click", "click an element", MOUSE, bid=Bid()),
    Call("fill", "replace what stands in a text field", _MENU, bid=Bid(), value=_WORDS),
    Call("select_option", "choose from a list by label or value", bid=Bid(), options=Texts("a choice", "Any", "1")),
    Call("check", "tick a checkbox, or choose a radio button", bid=Bid()),
    Call("uncheck", "take the tick from a checkbox", bid=Bid()),
    Call("clear", "empty a text field", bid=Bid()),
    Call("focus", "give an element the focus", bid=Bid()),
    Call(
        "press", "press Enter, Space, Backspace, Escape or a character's key in an element", bid=Bid(), key_comb=_KEYS
    ),
    Call("hover", "move the mouse over an element", bid=Bid()),
    Call("scroll", "scroll by pixels", delta_x=Amount("pixels", 0), delta_y=Amount("pixels", 200, -200)),
    Call("goto", "open an address", url=Text("an address", "/")),
    Call("go_back", "back to the page before"),
    Call("go_forward", "forward again"),
    Call("new_tab", "open an empty tab"),
    Call("tab_close", "close this tab"),
    Call("tab_focus", "go to another tab, counted from 0", index=Amount("a number", 0, 1)),
    Call("noop", "do nothing", {"wait_ms": 1000}, wait_ms=Amount("milliseconds", 1000)),
    Call(
        "send_msg_to_user", "say something to the user; an answer is what was asked for and nothing else", text=_WORDS
    ),
    Call("report_infeasible", "say why the task cannot or should not be done", reason=Text("why", "not possible")),
)
"""The grammar of every web world."""

BRIEF = WebGrammar(
    *GRAMMAR.forms, told=("click", "fill", "select_option", "go_back", "send_msg_to_user", "report_infeasible")
)
"""The same, explained in fewer words."""
