"""HTML to a tree of our own: selectolax parses (HTML5, in C), this keeps what accessibility and forms need.

An element's ``bid`` is its place among the elements of the document, in document order from 0 (``html``): the number
that BrowserGym gives it (it marks every element of the HTML standard), computed by whoever looks, on any back end, with
nothing written into the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scoutgym.envs.web.browser.kind import PART, Kind

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.part import Part


class Node:
    """An element. Its children are elements and pieces of text."""

    __slots__ = ("bid", "children", "kind", "parent")

    def __init__(self, kind: Kind, bid: int, parent: Node | None) -> None:
        self.kind, self.bid, self.parent = kind, bid, parent
        self.children: list[Node | str] = []

    @property
    def tag(self) -> str:
        """The name of the element."""
        return self.kind.tag

    @property
    def attributes(self) -> Mapping[str, str | None]:
        """By name; None where there is no value."""
        return self.kind.attributes

    def get(self, name: str) -> str:
        """The value of an attribute; empty where it is not there or has none."""
        return self.kind.attributes.get(name) or ""

    def inner(self) -> list[Node]:
        """The elements directly in it."""
        return [child for child in self.children if type(child) is Node]

    def own_text(self) -> str:
        """The text directly in it."""
        return "".join([child for child in self.children if type(child) is str])

    def within(self, *tags: str) -> Node | None:
        """The nearest element of these tags that this one lies in."""
        node = self.parent
        while node is not None and node.kind.tag not in tags:
            node = node.parent
        return node


class Placed(Node):
    """Stands for the elements of a part that was read before."""

    __slots__ = ("part",)

    def __init__(self, bid: int, parent: Node, part: Part) -> None:
        super().__init__(PLACED, bid, parent)
        self.part = part


PLACED = Kind(PART, {})


def parse(html: str) -> list[Node]:
    """All elements, by ``bid``. Any text is a document: errors in it are mended as the standard says."""
    root = LexborHTMLParser(html).root
    assert root is not None  # lexbor makes html, head and body where the text has none
    elements: list[Node] = []

    def read(node: LexborNode, tag: str, parent: Node | None) -> Node:
        made = Node(Kind(tag, node.attributes), len(elements), parent)
        elements.append(made)
        children, child = made.children, node.child
        while child is not None:
            inner = child.tag or "-"
            if inner == "-text":
                children.append(child.text_content or "")
            elif inner[0] not in "-!":
                children.append(read(child, inner, made))
            child = child.next
        return made

    read(root, "html", None)
    return elements
