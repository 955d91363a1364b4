"""How a tree becomes the lines that an agent reads: roles and names by the accessibility tree's rules.

Roles and names are Chromium's for the elements that `scoutgym.envs.web.sites.subset` allows; that they are is tested
against Chromium itself. See `scoutgym.envs.web.browser.page` for what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from scoutgym.envs.web.browser.controls import BUTTONS, Control, Form, control_of, control_role
from scoutgym.envs.web.browser.html import Node, Placed
from scoutgym.envs.web.browser.kind import (
    APART,
    CONTROL,
    CONTROLS,
    FROM_CONTENT,
    LINE,
    OTHER,
    PARAGRAPH,
    TAILS,
    THROUGH,
    collapsed,
    labelled,
)

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.part import Part

SECTIONING = ("article", "aside", "main", "nav", "section")
SPACES = {" ", "\n", "\n\n"}
"""The commonest white space between elements."""


class Reader:
    """Fills a page, or a part of one, from its tree.

    Args:
        page: which.
        elements: all of its tree, by ``bid``.
    """

    def __init__(self, page: Part, elements: Sequence[Node]) -> None:
        self.page, self.lines, self.names, self.roles = page, page.lines, page.names, page.roles
        self._named: dict[str, Node] = {}
        """By ``id``."""
        self._label_of: dict[int, Node] = {}
        self._operable(elements)

    def _operable(self, elements: Sequence[Node]) -> None:
        page, controls, labels = self.page, list[Node](), list[Node]()
        for node in elements:
            kind = node.kind
            if not kind.operable:
                continue
            tag, attributes = kind.tag, kind.attributes
            if "id" in attributes:
                self._named.setdefault(attributes["id"] or "", node)
                page.named.setdefault(attributes["id"] or "", node.bid)
            if tag == "a":
                if "href" in attributes:
                    page.links[node.bid] = attributes["href"] or ""
            elif tag in CONTROLS:
                controls.append(node)
            elif tag == "label":
                labels.append(node)
            elif tag == "form":
                page.forms[node.bid] = Form(node.bid, node.get("action"), node.get("method").lower() == "post")
            elif tag == "title" and not page.title:
                page.title = collapsed(node.own_text())
            elif isinstance(node, Placed):
                page.operated(node.part)
        for node in controls:
            owner = self._named.get(node.get("form")) if "form" in node.attributes else node.within("form")
            control = page.controls[node.bid] = control_of(node, -1 if owner is None else owner.bid)
            for place, option in enumerate(control.options):
                page.options[option.bid] = (control, place)
            if control.form in page.forms:
                page.forms[control.form].controls.append(control)
        for node in labels:
            target = self._named.get(node.get("for"))
            if target is not None and target.bid in page.controls:
                page.labels[node.bid] = target.bid
                self._label_of.setdefault(target.bid, node)

    # Lines.

    def below(self, node: Node, indent: str, parent: str) -> None:
        """Add the lines of all in a node; ``parent`` is the name of the line above."""
        lines, names, roles = self.lines, self.names, self.roles
        for child in node.children:
            if isinstance(child, str):
                if child not in SPACES:
                    said = collapsed(child)
                    if said and said not in parent:
                        lines.append(f"{indent}StaticText {said!r}")
                continue
            kind, children = child.kind, child.children
            way = kind.way
            if way is LINE:
                bid, name, role = child.bid, kind.name, kind.role or ""
                if kind.tag == "a":
                    self.page.places[bid] = len(lines)
                if name is not None:
                    lines.append(f"{indent}[{bid}{kind.line}")
                else:
                    name = self._content(child) if kind.by_content else self._name(child, role)
                    lines.append(f"{indent}[{bid}] {role} {name!r}{kind.tail}")
                names[bid], roles[bid] = name, role
                if children and (len(children) > 1 or children[0] != name):  # a name says it all
                    self.below(child, indent + "\t", name)
            elif way is THROUGH:
                if children:
                    self.below(child, indent, parent)
            elif way is PARAGRAPH:
                first = children[0] if children else ""  # most begin with text
                if (type(first) is str and first.strip()) or _drawn(children):
                    bid, name = child.bid, kind.name or ""
                    names[bid], roles[bid] = name, "paragraph"
                    lines.append(f"{indent}[{bid}{kind.line}")
                    self.below(child, indent + "\t", name)
                else:
                    self.below(child, indent, parent)
            elif way is CONTROL:
                self._control(child, indent)
            elif isinstance(child, Placed):
                self.page.read(child.part)
            elif way is OTHER:
                self._by_context(child, indent, parent)

    def _by_context(self, node: Node, indent: str, parent: str) -> None:
        """Add the lines of an element whose role depends on where it stands and on what it holds, and of all in it."""
        bid, role = node.bid, self._role(node)
        if role is None:
            self.below(node, indent, parent)
            return
        control = self.page.controls.get(self.page.labels.get(bid, -1))
        if control is not None and control.kind in ("checkbox", "radio"):
            return  # Chromium keeps the text of its label as the control's name alone
        name = self._name(node, role)
        if role == "region" and not name:
            self.below(node, indent, parent)
            return
        self.names[bid], self.roles[bid] = name, role
        self.lines.append(f"{indent}[{bid}] {role} {name!r}{TAILS.get(role, '')}")
        self.below(node, indent + "\t", name)

    def _control(self, node: Node, indent: str) -> None:
        bid, control = node.bid, self.page.controls[node.bid]
        if control.kind == "hidden":
            return
        name, role = self._control_name(node, control), control_role(control)
        self._add(bid, role, name, indent)
        if role == "combobox":
            indent += "\t"
            self.lines.append(f"{indent}MenuListPopup ''")
        indent += "\t"
        if node.tag == "button":
            self.below(node, indent, name)
        elif node.tag == "select":
            for child in node.inner():
                self._choice(child, indent)

    def _choice(self, node: Node, indent: str) -> None:
        """The line of an option, or of a group of them."""
        bid = node.bid
        if node.tag == "optgroup":
            name = self.names[bid] = node.get("label")
            self.roles[bid] = "group"
            self.lines.append(f"{indent}[{bid}] group {name!r}")
            for child in node.inner():
                self._choice(child, indent + "\t")
        elif node.tag == "option":
            control, place = self.page.options[bid]
            self._add(bid, "option", control.options[place].label, indent)

    def _add(self, bid: int, role: str, name: str, indent: str) -> None:
        """Add a line that can change."""
        self.names[bid], self.roles[bid] = name, role
        head = f"{indent}[{bid}] {role} {name!r}"
        self.page.places[bid], self.page.heads[bid] = len(self.lines), head
        self.lines.append(head + self.page.state(bid, {}, False))

    # Roles and names.

    def _role(self, node: Node) -> str | None:
        """Chromium's role where the start tag alone does not tell; None where an element says nothing by itself."""
        tag = node.kind.tag
        if "role" in node.kind.attributes:
            return node.get("role")
        if tag == "p":
            return "paragraph" if _drawn(node.children) else None
        if tag == "th":
            return _header(node)
        if tag in ("header", "footer") and node.within(*SECTIONING) is not None:
            return f"section{tag}"
        return node.kind.role

    def _name(self, node: Node, role: str) -> str:
        """The accessible name (W3C "Accessible Name and Description Computation", what of it the subset needs)."""
        kind = node.kind
        if kind.name is not None:
            return kind.name
        labelled = self._labelled(node)
        if labelled is not None:
            return labelled
        if role in FROM_CONTENT:
            return self._content(node)
        if kind.tag in ("table", "fieldset"):
            holder = "caption" if kind.tag == "table" else "legend"
            held = next((child for child in node.inner() if child.tag == holder), None)
            return "" if held is None else self._content(held)
        return ""

    def _labelled(self, node: Node) -> str | None:
        """The name that its attributes give it; None where they give none."""
        attributes = node.attributes
        if "aria-labelledby" in attributes:
            named = [self._named[one] for one in node.get("aria-labelledby").split() if one in self._named]
            return " ".join(self._content(one) for one in named)
        return labelled(attributes)

    def _control_name(self, node: Node, control: Control) -> str:
        labelled = self._labelled(node)
        if labelled is not None:
            return labelled
        if node.tag == "button":
            return self._content(node)
        label = self._label_of.get(node.bid)
        if label is not None:
            return self._content(label)
        if control.kind in BUTTONS:
            return control.value or {"submit": "Submit", "reset": "Reset"}.get(control.kind, "")
        return collapsed(node.get("title") or node.get("placeholder"))

    def _content(self, node: Node) -> str:
        """The text of an element as one line; blocks stand apart."""
        children = node.children
        if len(children) == 1 and type(children[0]) is str:
            return collapsed(children[0])
        pieces: list[str] = []
        self._collect(node, pieces)
        return collapsed("".join(pieces))

    def _collect(self, node: Node, pieces: list[str]) -> None:
        for child in node.children:
            if isinstance(child, str):
                pieces.append(child)
            elif not child.kind.silent:
                self._add_to(child, pieces)

    def _add_to(self, node: Node, pieces: list[str]) -> None:
        """What an element adds to the name of what it stands in."""
        kind = node.kind
        tag, named = kind.tag, self._labelled(node) if kind.attributes else None
        if kind.block:
            pieces.append(" ")
        if named is not None:
            pieces.append(named)
        elif tag in CONTROLS:  # a box or a button; what can be written into stands in no name
            pieces.append(f" {self._control_name(node, self.page.controls[node.bid])} ")
        elif tag == "img":
            pieces.append(node.get("alt"))
        elif tag == "fieldset":
            pieces.append(self._name(node, "group"))
        elif tag not in APART and node.get("role") not in TAILS:
            self._collect(node, pieces)
        if kind.block:
            pieces.append(" ")


def _drawn(children: Iterable[Node | str]) -> bool:
    """Whether there is anything among them that a browser draws, if only an empty element."""
    return any(not one.isspace() if isinstance(one, str) else _drawn_element(one) for one in children)


def _drawn_element(node: Node) -> bool:
    attributes = node.kind.attributes
    return "hidden" not in attributes and attributes.get("type") != "hidden"


def _header(node: Node) -> str:
    """Of a row, where it says so or begins a row of plain cells; else of a column."""
    row = [] if node.parent is None else node.parent.inner()
    if node.get("scope") == "row" or (node.get("scope") != "col" and any(child.tag == "td" for child in row)):
        return "rowheader"
    return "columnheader"
