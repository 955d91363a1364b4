"""The tree of a page without a parser: faster, and only for pages of which a parser would make nothing else.

Where each element has its own end tag and stands where it may, HTML's long rules ("tree construction", 13.2.6) do no
more than to nest elements, and to put a ``tbody`` around the rows of a table. The pages of our templates are so; any
other text is left to `scoutgym.envs.web.browser.html.parse`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from scoutgym.envs.web.browser.html import Node
from scoutgym.envs.web.browser.kind import Kind

VOID = {"meta", "link", "input", "br", "hr", "img"}
HEADINGS = {f"h{level}" for level in range(1, 7)}
SECTIONS = {"header", "footer", "main", "nav", "aside", "section", "article", "blockquote", "div", "fieldset"}
FREE = {
    "a",
    "button",
    "code",
    "dl",
    "em",
    "form",
    "label",
    "legend",
    "ol",
    "p",
    "small",
    "span",
    "strong",
    "time",
    "ul",
}
FREE |= HEADINGS | SECTIONS
"""Elements that may stand in one another."""
HOLDERS = FREE | {"body", "caption", "dd", "dt", "li", "td", "th"}
"""Elements that may hold those, and text."""

UNDER = {
    **dict.fromkeys(FREE | {"br", "hr", "img", "input", "select", "table", "textarea"}, HOLDERS),
    **{tag: {"html"} for tag in ("head", "body")},
    **{tag: {"head"} for tag in ("title", "meta", "link")},
    **{tag: {"table"} for tag in ("caption", "tbody")},
    **{tag: {"tr"} for tag in ("td", "th")},
    **{tag: {"dl"} for tag in ("dd", "dt")},
    "li": {"ul", "ol"},
    "tr": {"tbody"},
    "option": {"select", "optgroup"},
    "optgroup": {"select"},
}
"""In what each element may stand directly."""
BLANK = {"html", "head", "table", "tbody", "tr", "select", "optgroup"}
"""Elements that hold no text but white space."""

# Some would end one in which they lie, however deep: bits of what an element is, and of what it may not lie in.
_P, _A, _BUTTON, _FORM, _HEADING = (1 << bit for bit in range(5))
IS = {"p": _P, "a": _A, "button": _BUTTON, "form": _FORM, **dict.fromkeys(HEADINGS, _HEADING)}
NEVER_IN = {
    **dict.fromkeys(SECTIONS | {"p", "dl", "ol", "ul", "hr", "table"}, _P),
    **dict.fromkeys(HEADINGS, _P | _HEADING),
    "form": _P | _FORM,
    "a": _A,
    "button": _BUTTON,
}

_START = re.compile(r"<!doctype html>[ \n]*<(html[^<>]*)>[ \n]*(?=<head>)", re.IGNORECASE)
_END = re.compile(r"</body>([ \n]*)</html>([ \n]*)")
_TAG = re.compile(r'([a-z][a-z0-9]*)((?:[ \n]+[a-z-]+(?:="[^"]*")?)*)[ \n]*')
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|nbsp|#34|#39);)")
"""What begins no reference, or one that templates do not write."""


class Start(NamedTuple):
    """A start tag."""

    kind: Kind
    end: str
    """The end tag; empty where there is none."""
    under: set[str]
    never_in: int
    itself: int
    blank: bool


class _OtherwiseError(ValueError):
    """A page is written in another way."""


def scan(html: str) -> list[Node]:
    """All elements, by ``bid``, as `scoutgym.envs.web.browser.html.parse` gives them; none where a page is not of the
    kind that is read here.
    """
    start, cut = _START.match(html), html.rfind("</body>")
    end = _END.fullmatch(html, cut) if cut > 0 else None
    if start is None or end is None or "\r" in html or "\0" in html:
        return []
    try:
        pieces = html[start.end() + 1 : cut].split("<")
        pieces[-1] += end[1] + end[2]  # what follows the body stands in it
        return _read(start[1], pieces)
    except _OtherwiseError:
        return []


def _read(root: str, pieces: list[str]) -> list[Node]:
    """All elements; each piece is a tag, without its first bracket, and the text behind it."""
    tag = _start(root)
    node, inside = Node(tag.kind, 0, None), 0
    elements, above = [node], list[tuple[Node, Start, int]]()
    for piece in pieces:
        within, closed, text = piece.partition(">")
        if within == tag.end:
            node, tag, inside = above.pop()
        elif within == "/table" and tag.end == "/tbody":  # which the rows have brought
            above.pop()
            node, tag, inside = above.pop()
        else:
            new = _start(within)
            if new.end == "/tr" and tag.end == "/table":
                above.append((node, tag, inside))
                tag = _start("tbody")
                node = _added(elements, node, tag.kind)
            if not closed or tag.kind.tag not in new.under or new.never_in & inside:
                raise _OtherwiseError
            made = _added(elements, node, new.kind)
            if new.end:
                above.append((node, tag, inside))
                node, tag, inside = made, new, inside | new.itself
        if text:
            if tag.blank and text.strip(" \n"):
                raise _OtherwiseError
            if tag.end == "/textarea":
                text = text.removeprefix("\n")
            if text:
                node.children.append(_text(text) if "&" in text else text)
    if node.tag != "body" or [one.tag for one in elements[0].inner()] != ["head", "body"]:
        raise _OtherwiseError
    return elements


def _added(elements: list[Node], parent: Node, kind: Kind) -> Node:
    """A new element, the last in another."""
    made = Node(kind, len(elements), parent)
    elements.append(made)
    parent.children.append(made)
    return made


@lru_cache(maxsize=8192)
def _start(text: str) -> Start:
    """The start tag that stands between two brackets."""
    found = _TAG.fullmatch(text)
    if found is None:
        raise _OtherwiseError
    tag, attributes = found[1], dict[str, str | None]()
    for one in _ATTRIBUTE.finditer(found[2]):
        if one[1] in attributes:
            raise _OtherwiseError
        attributes[one[1]] = None if one[2] is None else _text(one[2])
    end = "" if tag in VOID else f"/{tag}"
    under = UNDER.get(tag, set())
    return Start(Kind(tag, attributes), end, under, NEVER_IN.get(tag, 0), IS.get(tag, 0), tag in BLANK)


def _text(text: str) -> str:
    if "&" not in text:
        return text
    if _REFERENCE.search(text):
        raise _OtherwiseError
    return unescape(text)
