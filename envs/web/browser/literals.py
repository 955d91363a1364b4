"""Python's literals, as agents write them in calls: read by patterns, never evaluated.

Texts in any of Python's quotes, also several that stand side by side, with all of its escapes; numbers, lists of texts,
``True``, ``False`` and ``None``.
"""

from __future__ import annotations

import re
import unicodedata

from scoutgym.envs.grammar import BadAction

_QUOTED = (  # each text can be read in one way alone, so that nothing is tried again and again
    r"'''(?:(?!''')[^\\]|\\.)*'''",
    r'"""(?:(?!""")[^\\]|\\.)*"""',
    r"'(?!'')(?:[^'\\]|\\.)*'",
    r'"(?!"")(?:[^"\\]|\\.)*"',
)
STRING = f"(?:{'|'.join(_QUOTED)})"
"""One text in quotes; compile with ``re.DOTALL``."""
STRINGS = rf"{STRING}(?:\s*{STRING})*"
"""Texts side by side, which are one."""
LITERAL = rf"{STRINGS}|\[(?:\s*{STRINGS}\s*,)*\s*(?:{STRINGS}\s*)?\]|-?[0-9]+(?:\.[0-9]*)?|-?\.[0-9]+|None|True|False"
"""Any literal."""

_STRING = re.compile(STRING, re.DOTALL)
_STRINGS = re.compile(STRINGS, re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:(?P<line>\r?\n)|(?P<octal>[0-7]{1,3})|x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|"
    r"U(?P<U>[0-9a-fA-F]{8})|N\{(?P<name>[^{}]{1,100})\}|(?P<one>.))",
    re.DOTALL,
)
_ONE = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_WRITTEN = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def quoted(text: str) -> str:
    """A literal of a text."""
    return f"'{text.translate(_WRITTEN)}'"


def unquoted(literal: str) -> str:
    """The text of a literal, of several side by side too.

    Raises:
        BadAction: an escape is broken.
    """
    if "\\" not in literal and literal[:1] * 2 not in literal:
        return literal[1:-1] if _single(literal) else "".join(one[1:-1] for one in _STRING.findall(literal))
    return "".join(_inside(one) for one in _STRING.findall(literal))


def listed(literal: str) -> tuple[str, ...]:
    """The texts of a literal of a list.

    Raises:
        BadAction: an escape is broken.
    """
    return tuple(map(unquoted, _STRINGS.findall(literal)))


def _single(literal: str) -> bool:
    return literal.count(literal[0]) == 2 and literal[-1] == literal[0]


def _inside(literal: str) -> str:
    width = 3 if literal[:3] in ("'''", '"""') and len(literal) >= 6 else 1
    return _ESCAPE.sub(_character, literal[width:-width])


def _character(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[0]
    if kind == "line":
        return ""
    if kind == "one":
        if found["one"] in "xuUN":
            raise BadAction(f"{text} begins an escape that is broken: write the character itself, or \\\\ for a \\")
        return _ONE.get(found["one"], text)  # as in Python, a backslash before any other character stays
    if kind == "name":
        try:
            return unicodedata.lookup(found["name"])
        except KeyError:
            raise BadAction(f"there is no character {text}") from None
    number = int(found[str(kind)], 8 if kind == "octal" else 16)
    if number > 0x10FFFF:
        raise BadAction(f"there is no character {text}")
    return chr(number)
