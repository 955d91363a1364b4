"""The little of Inform 7's language that TextWorld's descriptions use, read and spoken in Python.

``[if c_0 is open]an open[otherwise]a closed[end if] chest`` and ``[a list of things on the s_1]``: conditions on what
is open, locked or empty, and lists of what lies somewhere. Only these are read; nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

Node = str | tuple[Any, ...]
"""A text; ``("list", how, holder)``; ``("noun",)``; or ``("if", ((conditions, nodes), …))``."""

MARK = re.compile(r"\[([^\[\]]*)\]")
LIST = re.compile(r"(is-are a |a )?list of things (?:in|on) (?:the )?(\S+)", re.IGNORECASE)
LID = re.compile(r"(?:(?:the )?(\S+) )?(?:is )?(open|closed|locked)", re.IGNORECASE)
QUOTE = re.compile(r"(?<![A-Za-z0-9])'|'(?![A-Za-z0-9])")
"""A single quote that Inform prints as a double one: any but an apostrophe within a word."""
EMPTY = re.compile(
    r"there is nothing (?:in|on) (?:the )?(\S+)|(?:the )?(\S+) contains nothing|(?:the )?(\S+) is empty", re.IGNORECASE
)
FULL = re.compile(r"there is something (?:in|on) (?:the )?(\S+)|(?:the )?(\S+) has something on it", re.IGNORECASE)


class Teller(Protocol):
    """Who knows how things are, when a text is told."""

    def lid(self, thing: str) -> str:
        """``open``, ``closed`` or ``locked``."""

    def contents(self, holder: str) -> Sequence[str]:
        """The things in or on another."""

    def seen(self, room: str) -> bool:
        """Whether the player has been there."""

    def named(self, thing: str, article: str) -> str:
        """The name with ``a``, ``the`` or no article before it."""


def read(text: str) -> tuple[Node, ...]:
    """The nodes of a description.

    Raises:
        ValueError: it says something else than TextWorld's descriptions do.
    """
    parts = MARK.split(QUOTE.sub('"', text))
    stack: list[list[Node]] = [[]]
    branches: list[list[tuple[Any, tuple[Node, ...]]]] = []
    asked: list[Any] = []
    for place, part in enumerate(parts):
        words = part.strip()
        lower = words.lower()
        if place % 2 == 0:
            if part:
                stack[-1].append(part)
        elif lower.startswith("if "):
            stack.append([])
            branches.append([])
            asked.append(_conditions(words[3:]))
        elif lower in ("otherwise", "else", "end if") or lower.startswith(("else if ", "otherwise if ")):
            if not branches:
                raise ValueError(f"[{words}] stands outside of an [if …]")
            branches[-1].append((asked.pop(), tuple(stack.pop())))
            if lower == "end if":
                stack[-1].append(("if", tuple(branches.pop())))
            else:
                stack.append([])
                asked.append(_conditions(words.split("if ", 1)[1]) if "if " in lower else ())
        elif lower == "noun":
            stack[-1].append(("noun",))
        elif lower == "line break":
            stack[-1].append("\n")
        elif found := LIST.fullmatch(words):
            stack[-1].append(("list", (found[1] or "").lower(), found[2]))
        else:
            raise ValueError(f"[{words}] is not read here")
    if branches:
        raise ValueError("an [if …] has no [end if]")
    return tuple(stack[0])


def _conditions(words: str) -> tuple[tuple[str, ...], ...]:
    found = []
    for one in words.strip().split(" and "):
        if match := FULL.fullmatch(one):
            found.append(("full", match[1] or match[2]))
        elif match := EMPTY.fullmatch(one):
            found.append(("empty", match[1] or match[2] or match[3]))
        elif match := LID.fullmatch(one):
            found.append((match[2].lower(), match[1] or ""))
        elif one == "unvisited":
            found.append(("unvisited", ""))
        else:
            raise ValueError(f"[if {words}] is not read here")
    return tuple(found)


def tell(nodes: Sequence[Node], of: str, teller: Teller) -> str:
    """The text as it stands now; ``of`` is the thing or room that it describes."""
    said = []
    for node in nodes:
        if isinstance(node, str):
            said.append(node)
        elif node[0] == "if":
            for conditions, inner in node[1]:
                if all(_holds(condition, of, teller) for condition in conditions):
                    said.append(tell(inner, of, teller))
                    break
        elif node[0] == "noun":
            said.append(teller.named(of, ""))
        else:
            things = teller.contents(node[2])
            verb = ("is " if len(things) == 1 else "are ") if node[1].startswith("is-are") else ""
            said.append(verb + series([teller.named(thing, "a" if node[1] else "") for thing in things]))
    return "".join(said)


def _holds(condition: tuple[str, str], of: str, teller: Teller) -> bool:
    what, thing = condition
    if what == "full":
        return bool(teller.contents(thing))
    if what == "empty":
        return not teller.contents(thing)
    if what == "unvisited":
        return not teller.seen(of)
    lid = teller.lid(thing or of)
    return lid != "open" if what == "closed" else lid == what  # what is locked is closed as well


def series(names: Sequence[str]) -> str:
    """``a, b and c``; ``nothing`` where there is none."""
    if not names:
        return "nothing"
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
