"""The tree of a page without a parser: faster, and only for pages of which a parser would make nothing else.

Where each element has its own end tag and stands where it may, HTML's long rules ("tree construction", 13.2.6) do no
more than to nest elements, and to put a ``tbody`` around the rows of a table. The pages of our templates are so; any
other text is left to `scoutgym.envs.web.browser.html.parse`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from html import unescape
from typing import TYPE_CHECKING

from scoutgym.envs.web.browser.html import Node, Placed
from scoutgym.envs.web.browser.kind import PART, Kind

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.part import Part

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


class Start:
    """A start tag."""

    __slots__ = ("blank", "end", "itself", "kind", "never_in", "under")

    def __init__(self, kind: Kind) -> None:
        self.kind, tag = kind, kind.tag
        self.end = "" if tag in VOID else f"/{tag}"
        """The end tag; empty where there is none."""
        self.under: set[str] = UNDER.get(tag, set())
        self.never_in, self.itself, self.blank = NEVER_IN.get(tag, 0), IS.get(tag, 0), tag in BLANK


class _OtherwiseError(ValueError):
    """A page is written in another way."""


Header = Callable[[str, int], "Part | None"]
"""A header as it was read before, by its text and its ``bid``; None where it must be read with the page."""


def scan(html: str, header: Header | None = None) -> list[Node]:
    """All elements, by ``bid``, as `scoutgym.envs.web.browser.html.parse` gives them; none where a page is not of the
    kind that is read here. With ``header``, `Placed` stands for the elements of that.
    """
    start, cut = _START.match(html), html.rfind("</body>")
    end = _END.fullmatch(html, cut) if cut > 0 else None
    if start is None or end is None or "\r" in html or "\0" in html:
        return []
    text, known = html[start.end() + 1 : cut], ""
    if header is not None:
        before, begun, rest = text.partition("<header>")
        inner, ended, after = rest.partition("</header>")
        if ended:
            known, text = begun + inner + ended, f"{before}<{PART}>{after}"
    pieces = text.split("<")
    pieces[-1] += end[1] + end[2]  # what follows the body stands in it
    try:
        elements, last = _read(start[1], pieces, 0, header and partial(header, known))
    except (_OtherwiseError, IndexError):  # the latter where there are more ends than starts
        return []
    right = last.tag == "body" and [one.tag for one in elements[0].inner()] == ["head", "body"]
    return elements if right else []


def scan_header(html: str, bid: int) -> list[Node]:
    """The elements of a header whose number is ``bid``, behind one that holds them. None where it is not of the kind
    that is read here, or where what stands elsewhere on a page may have to do with it.
    """
    try:
        elements, last = _read("body", html[1:].split("<"), bid - 1, None)
    except (_OtherwiseError, IndexError):
        return []
    alone = last is elements[0] and len(last.children) == 1
    return elements if alone and not any(CROSSING & one.attributes.keys() for one in elements) else []


CROSSING = {"id", "for", "form", "aria-labelledby"}
"""Attributes by which an element has to do with others."""


def _read(
    root: str, pieces: list[str], bid: int, header: Callable[[int], Part | None] | None
) -> tuple[list[Node], Node]:
    """All elements, and the one that the end is in; each piece is a tag, without its first bracket, and the text
    behind it.
    """
    tag = _start(root)
    node, end, inside = Node(tag.kind, bid, None), tag.end, 0
    elements, children, above = [node], node.children, list[tuple[Node, Start, int]]()
    for piece in pieces:
        within, closed, text = piece.partition(">")
        if within == end:
            node, tag, inside = above.pop()
            end, children = tag.end, node.children
        elif within == "/table" and end == "/tbody":  # which the rows have brought
            above.pop()
            node, tag, inside = above.pop()
            end, children = tag.end, node.children
        elif within == PART:
            part = header(bid + 1) if header is not None and end == "/body" else None
            if part is None:
                raise _OtherwiseError
            placed = Placed(bid + 1, node, part)
            bid += part.count
            elements.append(placed)
            children.append(placed)
        else:
            new = _start(within)
            if new.end == "/tr" and end == "/table":
                above.append((node, tag, inside))
                tag, bid = _start("tbody"), bid + 1
                node = Node(tag.kind, bid, node)
                elements.append(node)
                children.append(node)
                end, children = tag.end, node.children
            if not closed or tag.kind.tag not in new.under or new.never_in & inside:
                raise _OtherwiseError
            bid += 1
            made = Node(new.kind, bid, node)
            elements.append(made)
            children.append(made)
            if new.end:
                above.append((node, tag, inside))
                node, tag, end, children = made, new, new.end, made.children
                inside |= new.itself
        if text:
            if tag.blank and text.strip(" \n"):
                raise _OtherwiseError
            if end == "/textarea":
                text = text.removeprefix("\n")
            if text:
                children.append(_text(text) if "&" in text else text)
    return elements, node


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
    return Start(Kind(tag, attributes))


def _text(text: str) -> str:
    if "&" not in text:
        return text
    if _REFERENCE.search(text):
        raise _OtherwiseError
    return unescape(text)
