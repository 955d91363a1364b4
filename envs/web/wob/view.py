"""What a page of MiniWoB++ shows: its elements, and Chromium's accessibility tree as text.

Two answers of Chromium's DevTools protocol are put together: the snapshot of the document (elements, boxes, values,
what listens for clicks) and the accessibility tree. The text is BrowserGym's, in the normal form of
`scoutgym.envs.web.browser.page`, with two additions, as these pages are made for eyes: a plain element that takes
clicks has a line, marked ``clickable``; and what has no words (a shape of a drawing, a colored box, an icon) is told by
its id, class, color, and box ``(left, top, right, bottom)`` in pixels, as far as it has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoutgym.envs.web.browser.ax import (
    CLOSED,
    NUMBERLESS,
    UNSAID,
    name_of,
    plain,
    properties,
    role_of,
    silent,
    value_of,
)

STYLES = ("background-color", "fill", "visibility", "cursor")
"""What is asked for of every element's style."""

WORDLESS = {*UNSAID, "hasPopup"}
"""Properties that the text leaves out."""
SHAPES = {"circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "text", "image"}
GEOMETRY = ("x1", "y1", "x2", "y2", "points", "transform")
"""Attributes of shapes that a box does not tell."""
_RGB = re.compile(r"rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)")

Box = tuple[int, int, int, int]


@dataclass(slots=True, eq=False)
class Element:
    """An element. ``text`` is what stands directly in it; ``value`` is that of a control."""

    bid: int
    key: int
    """Chromium's number of it."""
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    box: Box | None = None
    """Left, top, right and bottom; None where nothing of it is drawn."""
    color: str = ""
    """Its background, or what a shape is filled with, as ``#rrggbb``; empty where that is transparent."""
    clickable: bool = False
    text: str = ""
    value: str = ""
    checked: bool = False
    selected: bool = False
    children: list[Element] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute; empty where it has none of this name."""
        return self.attributes.get(name, "")

    def all_text(self) -> str:
        """All text in it, blanks collapsed."""
        return " ".join(" ".join([self.text, *(child.all_text() for child in self.children)]).split())

    @property
    def center(self) -> tuple[int, int]:
        """The middle of its box.

        Raises:
            ValueError: it has none.
        """
        if self.box is None:
            raise ValueError(f"element [{self.bid}] is not drawn")
        return (self.box[0] + self.box[2]) // 2, (self.box[1] + self.box[3]) // 2

    def matches(self, selector: str) -> bool:
        """Whether ``tag``, ``#id``, ``.class``, or a chain of them such as ``li.item`` is said of it."""
        return all(
            {"": self.tag == word, "#": self.get("id") == word, ".": word in self.get("class").split()}[mark]
            for mark, word in re.findall(r"([#.]?)([\w-]+)", selector)
        )


class View:
    """A page as it is now.

    Args:
        snapshot: the answer to ``DOMSnapshot.captureSnapshot`` with ``STYLES``.
        tree: the nodes of ``Accessibility.getFullAXTree``.
        bids: by Chromium's number, those of elements that were seen before; new ones are added, in document order.
    """

    def __init__(self, snapshot: Mapping[str, Any], tree: Sequence[dict[str, Any]], bids: dict[int, int]) -> None:
        self.elements: dict[int, Element] = {}
        """By ``bid``, in document order."""
        self.names: dict[int, str] = {}
        """The accessible names of those that have a line in the text."""
        self.roles: dict[int, str] = {}
        self._keys: dict[int, Element] = {}
        self._read(snapshot, bids)
        self._nodes = {node["nodeId"]: node for node in tree}
        self._lines: list[str] = []
        self._walk(tree[0]["nodeId"], 0, "")
        self.text = "\n".join(self._lines)
        """What an agent reads."""

    def all(self, path: str, text: str | None = None) -> list[Element]:
        """Elements of a selector (words of ``Element.matches``, each within the one before), of this text, if given."""
        *outer, last = path.split()
        found = []
        for one in self.elements.values():
            if not one.matches(last) or (text is not None and one.all_text() != text):
                continue
            above, wanted = one.parent, outer.copy()
            while above is not None and wanted:
                if above.matches(wanted[-1]):
                    wanted.pop()
                above = above.parent
            if not wanted:
                found.append(one)
        return found

    def one(self, path: str, text: str | None = None) -> Element:
        """The first element of a selector that is drawn.

        Raises:
            ValueError: there is none.
        """
        for found in self.all(path, text):
            if found.box is not None:
                return found
        raise ValueError(f"the page shows no {path!r}{'' if text is None else f' that says {text!r}'}")

    # The document.

    def _read(self, snapshot: Mapping[str, Any], bids: dict[int, int]) -> None:
        document = snapshot["documents"][0]
        words = [*snapshot["strings"], ""]  # -1 is none
        nodes, layout = document["nodes"], document["layout"]
        kinds, names, parents = nodes["nodeType"], nodes["nodeName"], nodes["parentIndex"]
        made: list[Element | None] = []
        shown = document["scrollOffsetX"], document["scrollOffsetY"]
        for place, kind in enumerate(kinds):
            above = parents[place]
            parent = made[above] if above >= 0 else None
            tag = words[names[place]].lower()
            if kind == 3 and parent is not None:
                parent.text += words[nodes["nodeValue"][place]]
            if kind != 1 or tag[0] == ":" or (parent is None and kinds[above] != 9):  # no element, or inside a control
                made.append(None)
                continue
            key = nodes["backendNodeId"][place]
            pairs = [words[one] for one in nodes["attributes"][place]]
            one = Element(
                bids.setdefault(key, len(bids)), key, tag, dict(zip(pairs[::2], pairs[1::2], strict=True)), parent
            )
            made.append(one)
            self.elements[one.bid] = self._keys[key] = one
            if parent is not None:
                parent.children.append(one)
        for number, place in enumerate(layout["nodeIndex"]):
            drawn = made[place]
            if drawn is None or drawn.box is not None:
                continue
            left, top, width, height = layout["bounds"][number]
            look = dict(zip(STYLES, (words[style] for style in layout["styles"][number]), strict=False))
            if look.get("visibility", "visible") != "visible":
                continue
            left, top = left - shown[0], top - shown[1]
            drawn.box = round(left), round(top), round(left + width), round(top + height)
            drawn.color = _hex(look.get("fill" if drawn.tag in SHAPES else "background-color", ""))
        for place in nodes.get("isClickable", {}).get("index", ()):
            clicked = made[place]
            if clicked is not None and clicked.tag not in ("html", "body"):
                clicked.clickable = True
        for kind in ("inputValue", "textValue"):
            for place, value in zip(nodes[kind]["index"], nodes[kind]["value"], strict=True):
                control = made[place]
                if control is not None:
                    control.value = words[value]
        for kind, name in (("inputChecked", "checked"), ("optionSelected", "selected")):
            for place in nodes[kind]["index"]:
                control = made[place]
                if control is not None:
                    setattr(control, name, True)

    # The text.

    def _walk(self, key: str, depth: int, above: str) -> None:
        """Add the lines of a node of the tree and of all in it; ``above`` is the name of the line above."""
        node = self._nodes.get(key)
        if node is None:
            return
        role, name, passed = role_of(node), name_of(node), plain(node)
        element = self._keys.get(node.get("backendDOMNodeId", -1))
        if element is not None and element.tag == "svg" and not self._icon(element):
            self._drawing(element, depth)
            return
        if element is not None and passed and role not in ("InlineTextBox", "LineBreak") and self._told(element):
            role, passed = "generic", False
        if not passed and not silent(role, name, above):
            self._line(node, role, name, element, depth)
            if role in CLOSED:
                return
            depth, above = depth + 1, name
        for child in node.get("childIds", []):
            self._walk(child, depth, above)

    def _icon(self, element: Element) -> bool:
        """Whether a drawing is a button's, which is clicked as a whole."""
        above = element.parent
        while above is not None and not (above.clickable or above.tag in ("a", "button")):
            above = above.parent
        return above is not None

    def _told(self, element: Element) -> bool:
        """Whether a plain element has a line: it takes clicks, or is a colored box without words."""
        if element.box is None or element.tag in ("html", "body"):
            return False
        return element.clickable or bool(element.color and not element.children and not element.text.strip())

    def _line(self, node: Mapping[str, Any], role: str, name: str, element: Element | None, depth: int) -> None:
        said, shown = properties(node, WORDLESS), value_of(node)
        if element is None or role in NUMBERLESS:
            self._lines.append("\t" * depth + f"{role} {name!r}{shown}{''.join(f', {one}' for one in said)}")
            return
        if role in ("generic", "image", "button", "link"):
            if role in ("generic", "image") and element.clickable:
                said.append("clickable")
            if not name and not element.all_text():
                said += self._looks(element)
        self._add(element, role, name, depth, [*([shown] if shown else []), *(f", {one}" for one in said)])

    def _drawing(self, element: Element, depth: int) -> None:
        """The lines of a drawing (SVG), of which the accessibility tree knows the words only."""
        if element.box is None or element.tag in ("defs", "title", "desc"):
            return
        if element.tag in SHAPES or element.tag == "svg":
            said = ["clickable"] if element.clickable else []
            said += self._looks(element)
            said += [f"{one}={element.get(one)!r}" for one in GEOMETRY if element.get(one)]
            name = element.all_text() if element.tag == "text" else ""
            self._add(element, element.tag, name, depth, [f", {one}" for one in said])
            depth += 1
        if element.tag != "text":
            for child in element.children:
                self._drawing(child, depth)

    def _add(self, element: Element, role: str, name: str, depth: int, said: list[str]) -> None:
        self.names[element.bid], self.roles[element.bid] = name, role
        self._lines.append("\t" * depth + f"[{element.bid}] {role} {name!r}{''.join(said)}")

    def _looks(self, element: Element) -> list[str]:
        """What eyes see of it."""
        looks = {"id": element.get("id"), "class": " ".join(element.get("class").split()), "color": element.color}
        box = ",".join(map(str, element.box or ()))
        return [*(f"{name}={look!r}" for name, look in looks.items() if look), f'box="({box})"']


def _hex(color: str) -> str:
    """``#rrggbb``; empty where it is transparent or no color."""
    found = _RGB.fullmatch(color)
    if found is None or found[4] == "0":
        return ""
    return "#" + "".join(f"{int(found[part]):02x}" for part in (1, 2, 3))
