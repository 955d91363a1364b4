"""A page as an agent reads it: Chromium's accessibility tree as text, links and forms at hand.

The text is what BrowserGym's ``flatten_axtree_to_str`` writes of that tree::

    RootWebArea 'Lamps', focused
        [14] link 'Home'
        [27] textbox 'Search' value='lamp', required

in a normal form, the same for both back ends: without line boxes, line breaks, list markers, blank text, the URLs of
links, the inside of text fields, and nodes without meaning (``generic``). Roles and names are Chromium's for the
elements that `scoutgym.envs.web.sites.subset` allows; that they are is tested against Chromium itself.

A page is compiled once for each HTML text and never changes: what a user changes is kept in `Fields` beside it, and its
text is the compiled lines with those of changed controls written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from urllib.parse import unquote

from scoutgym.envs.web.browser.controls import BUTTONS, Control, Fields, Form, control_of
from scoutgym.envs.web.browser.html import Node, parse
from scoutgym.types import digest

ROLES = {
    "article": "article",
    "aside": "complementary",
    "blockquote": "blockquote",
    "caption": "caption",
    "code": "code",
    "dd": "definition",
    "dl": "DescriptionList",
    "dt": "term",
    "em": "emphasis",
    "fieldset": "group",
    "footer": "contentinfo",
    "form": "form",
    "header": "banner",
    "hr": "separator",
    "img": "image",
    "label": "LabelText",
    "legend": "Legend",
    "li": "listitem",
    "main": "main",
    "nav": "navigation",
    "ol": "list",
    "p": "paragraph",
    "section": "region",
    "strong": "strong",
    "table": "table",
    "td": "cell",
    "time": "time",
    "tr": "row",
    "ul": "list",
    **{f"h{level}": "heading" for level in range(1, 7)},
}
FROM_CONTENT = {"link", "button", "heading", "cell", "columnheader", "rowheader", "option", "term"}
"""Roles whose name is what they contain."""
NAMELESS = {
    "article",
    "banner",
    "code",
    "definition",
    "emphasis",
    "list",
    "listitem",
    "paragraph",
    "row",
    "strong",
    "time",
}
"""Roles that have a name only by their attributes."""
TAILS = {
    "alert": ", live='assertive', atomic, relevant='additions text'",
    "status": ", live='polite', atomic, relevant='additions text'",
    "separator": ", orientation='horizontal'",
}
BY_CONTEXT = {"a", "th", "img", "header", "footer", "p"}
"""Elements whose role is not that of their tag alone."""
SECTIONING = ("article", "aside", "main", "nav", "section")
CONTROLS = {"input", "button", "select", "textarea"}
INVISIBLE = {"head", "script", "style", "template", "noscript"}
APART = {"article", "aside", "blockquote", "footer", "form", "header", "main", "nav"}
"""What adds nothing to the name of what it stands in."""
BLOCKS = {
    *("br", "caption", "dd", "div", "dl", "dt", "fieldset", "hr", "legend", "li", "ol", "p", "section", "table", "td"),
    *("th", "tr", "ul", *(f"h{level}" for level in range(1, 7)), *APART),
}
INPUT_ROLES = {"checkbox": "checkbox", "radio": "radio", "number": "spinbutton", "search": "searchbox", "date": "Date"}


class Page:
    """See the module's docstring. Made by `page_of`."""

    def __init__(self, html: str) -> None:
        self.elements = parse(html)
        """By ``bid``."""
        self.title = ""
        self.controls: dict[int, Control] = {}
        self.forms: dict[int, Form] = {}
        self.links: dict[int, str] = {}
        self.labels: dict[int, int] = {}
        """The control that a click on a label reaches."""
        self.options: dict[int, tuple[Control, int]] = {}
        """The select of an option, and its place there."""
        self.names: dict[int, str] = {}
        """The accessible name of every element that has a line."""
        self.roles: dict[int, str] = {}
        self._named: dict[str, Node] = {}
        self._label_of: dict[int, Node] = {}
        self._operable()
        self._lines = [f"RootWebArea {self.title!r}, focused"]
        self._at: dict[int, tuple[int, str]] = {}
        """Of a line that can change, where it is and how it begins."""
        body = next(child for child in self.elements[0].inner() if child.tag == "body")
        self._below(body, "\t", self.title)

    def text(self, fields: Fields, focus: int = 0) -> str:
        """What an agent reads: one line an element, indented by tabs.

        Args:
            fields: what a user has changed.
            focus: the element that has the focus; 0 where none has.
        """
        lines = self._lines.copy() if fields or focus else self._lines
        for bid in (*fields, focus) if lines is not self._lines else ():
            control = self.controls.get(bid)
            for one in [bid] if control is None else [bid, *(option.bid for option in control.options)]:
                if one in self._at:
                    place, head = self._at[one]
                    lines[place] = head + self._state(one, fields, one == focus)
        return "\n".join(lines)

    @cached_property
    def key(self) -> str:
        """Equal keys mean that an agent reads the same, where no user has changed anything."""
        return digest(self.text({})).hex()

    def find(self, role: str, name: str) -> list[int]:
        """The elements of this role and name, in document order."""
        return [bid for bid, one in self.roles.items() if one == role and self.names[bid] == name]

    def anchor(self, fragment: str) -> int:
        """The element that a fragment of the address points at; 0 where none."""
        node = self._named.get(fragment) or self._named.get(unquote(fragment))
        return 0 if node is None else node.bid

    # What can be operated.

    def _operable(self) -> None:
        controls, labels = list[Node](), list[Node]()
        for node in self.elements:
            tag, attributes = node.tag, node.attributes
            if "id" in attributes:
                self._named.setdefault(attributes["id"] or "", node)
            if tag == "a":
                if "href" in attributes:
                    self.links[node.bid] = attributes["href"] or ""
            elif tag in CONTROLS:
                controls.append(node)
            elif tag == "label":
                labels.append(node)
            elif tag == "form":
                self.forms[node.bid] = Form(node.bid, node.get("action"), node.get("method").lower() == "post")
            elif tag == "title" and not self.title:
                self.title = _collapsed(node.own_text())
        for node in controls:
            owner = self._named.get(node.get("form")) if "form" in node.attributes else node.within("form")
            control = self.controls[node.bid] = control_of(node, -1 if owner is None else owner.bid)
            for place, option in enumerate(control.options):
                self.options[option.bid] = (control, place)
            if control.form in self.forms:
                self.forms[control.form].controls.append(control)
        for node in labels:
            target = self._named.get(node.get("for"))
            if target is not None and target.bid in self.controls:
                self.labels[node.bid] = target.bid
                self._label_of.setdefault(target.bid, node)

    # Lines.

    def _below(self, node: Node, indent: str, parent: str) -> None:
        """Add the lines of all in a node; ``parent`` is the name of the line above."""
        for child in node.children:
            if isinstance(child, Node):
                self._line(child, indent, parent)
            elif not (child.isspace() and child.isascii()):
                said = _collapsed(child)
                if said and said not in parent:
                    self._lines.append(f"{indent}StaticText {said!r}")

    def _line(self, node: Node, indent: str, parent: str) -> None:
        """Add the lines of an element and of all in it."""
        tag, bid, attributes = node.tag, node.bid, node.attributes
        if not attributes:
            role = self._role(node) if tag in BY_CONTEXT else ROLES.get(tag)
        elif _hidden(attributes):
            return
        else:
            role = self._role(node) if tag in BY_CONTEXT or "role" in attributes else ROLES.get(tag)
        if role is None:
            if tag in CONTROLS:
                self._control(node, indent)
            elif tag not in INVISIBLE:
                self._below(node, indent, parent)
            return
        if tag == "label" and bid in self.labels and self.controls[self.labels[bid]].kind in ("checkbox", "radio"):
            return  # Chromium keeps the text as the control's name alone
        name = self._name(node, role) if attributes or role not in NAMELESS else ""
        if role == "region" and not name:
            self._below(node, indent, parent)
            return
        self.names[bid], self.roles[bid] = name, role
        head = f"{indent}[{bid}] {role} {name!r}"
        if tag == "a":
            self._at[bid] = (len(self._lines), head)
        self._lines.append(head + TAILS[role] if role in TAILS else head)
        if node.children:
            self._below(node, indent + "\t", name)

    def _control(self, node: Node, indent: str) -> None:
        bid, control = node.bid, self.controls[node.bid]
        if control.kind == "hidden":
            return
        name, role = self._control_name(node, control), control_role(control)
        self._add(bid, role, name, indent)
        if role == "combobox":
            indent += "\t"
            self._lines.append(f"{indent}MenuListPopup ''")
        indent += "\t"
        if node.tag == "button":
            self._below(node, indent, name)
        elif node.tag == "select":
            for child in node.inner():
                self._choice(child, indent)

    def _choice(self, node: Node, indent: str) -> None:
        """The line of an option, or of a group of them."""
        bid = node.bid
        if node.tag == "optgroup":
            name = self.names[bid] = node.get("label")
            self.roles[bid] = "group"
            self._lines.append(f"{indent}[{bid}] group {name!r}")
            for child in node.inner():
                self._choice(child, indent + "\t")
        elif node.tag == "option":
            control, place = self.options[bid]
            self._add(bid, "option", control.options[place].label, indent)

    def _add(self, bid: int, role: str, name: str, indent: str) -> None:
        """Add a line that can change."""
        self.names[bid], self.roles[bid] = name, role
        head = f"{indent}[{bid}] {role} {name!r}"
        self._at[bid] = (len(self._lines), head)
        self._lines.append(head + self._state(bid, {}, False))

    def _state(self, bid: int, fields: Fields, focused: bool) -> str:
        """What follows the name of a link, an option or a control; the order is Chromium's."""
        focus = ", focused" if focused else ""
        if bid in self.options:
            listed, place = self.options[bid]
            off = listed.options[place].disabled
            return ", disabled=True" if off else f", selected={place in listed.chosen(fields)}"
        control = self.controls.get(bid)
        if control is None:
            return focus
        first = ", disabled=True" if control.disabled else ""
        if control.kind in BUTTONS:
            return first + focus
        if control.kind in ("checkbox", "radio"):
            return f"{first}{focus}, checked={'true' if control.on(fields) else 'false'!r}"
        needed = ", required" if control.required else ""
        if control.kind == "select":
            if control_role(control) == "listbox":
                return f"{first}{focus}, multiselectable={control.multiple}, orientation='vertical'{needed}"
            chosen = control.chosen(fields)
            value = f" value={control.options[chosen[0]].label!r}" if chosen else ""
            return f"{value}{first}{focus}, hasPopup='menu', expanded=False"
        text = control.text(fields)
        if control.kind == "number":
            low, high = (_number(self.elements[bid].get(side) or "0") for side in ("min", "max"))
            value = f" value={_number(text)}" if text else ""
            return f"{value}{first}{focus}{needed}, valuemin={low}, valuemax={high}, valuetext={text!r}"
        shown = "•" * len(text) if control.kind == "password" else text
        value = f" value={shown!r}" if shown else ""
        if control.kind == "date":  # the focus is in one of its parts
            return f"{value}{first}"
        return f"{value}{first}{focus}{needed if control.kind != 'search' else ''}"

    # Roles and names.

    def _role(self, node: Node) -> str | None:
        """Chromium's role; None where an element says nothing by itself."""
        tag = node.tag
        if "role" in node.attributes:
            return node.get("role")
        if tag == "a":
            return "link" if "href" in node.attributes else None
        if tag == "th":
            return _header(node)
        if tag == "img":
            return None if node.attributes.get("alt") == "" else "image"
        if tag in ("header", "footer") and node.within(*SECTIONING) is not None:
            return f"section{tag}"
        if tag == "p" and not (_says(node.children) or self._content(node)):
            return None
        return ROLES.get(tag)

    def _name(self, node: Node, role: str) -> str:
        """The accessible name (W3C "Accessible Name and Description Computation", what of it the subset needs)."""
        labelled = self._labelled(node)
        if labelled is not None:
            return labelled
        if node.tag == "img":
            return _collapsed(node.get("alt"))
        if role in FROM_CONTENT:
            return self._content(node)
        if node.tag in ("table", "fieldset"):
            holder = "caption" if node.tag == "table" else "legend"
            held = next((child for child in node.inner() if child.tag == holder), None)
            return "" if held is None else self._content(held)
        return ""

    def _labelled(self, node: Node) -> str | None:
        """The name that its attributes give it; None where they give none."""
        attributes = node.attributes
        if not attributes:
            return None
        if "aria-labelledby" in attributes:
            named = [self._named[one] for one in node.get("aria-labelledby").split() if one in self._named]
            return " ".join(self._content(one) for one in named)
        return _collapsed(node.get("aria-label")) if attributes.get("aria-label") else None

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
        return _collapsed(node.get("title") or node.get("placeholder"))

    def _content(self, node: Node) -> str:
        """The text of an element as one line; blocks stand apart."""
        children = node.children
        if len(children) == 1 and type(children[0]) is str:
            return _collapsed(children[0])
        pieces: list[str] = []
        self._collect(node, pieces)
        return _collapsed("".join(pieces))

    def _collect(self, node: Node, pieces: list[str]) -> None:
        for child in node.children:
            if isinstance(child, str):
                pieces.append(child)
            elif child.tag not in INVISIBLE and not _hidden(child.attributes):
                self._add_to(child, pieces)

    def _add_to(self, node: Node, pieces: list[str]) -> None:
        """What an element adds to the name of what it stands in."""
        tag = node.tag
        labelled = self._labelled(node)
        block = tag in BLOCKS
        if block:
            pieces.append(" ")
        if labelled is not None:
            pieces.append(labelled)
        elif tag in CONTROLS:  # a box or a button; what can be written into stands in no name
            pieces.append(f" {self._control_name(node, self.controls[node.bid])} ")
        elif tag == "img":
            pieces.append(node.get("alt"))
        elif tag == "fieldset":
            pieces.append(self._name(node, "group"))
        elif tag not in APART and node.get("role") not in TAILS:
            self._collect(node, pieces)
        if block:
            pieces.append(" ")


@lru_cache(maxsize=4096)
def page_of(html: str) -> Page:
    """The page of an HTML text."""
    return Page(html)


def control_role(control: Control) -> str:
    """Chromium's role of a control."""
    if control.kind in BUTTONS:
        return "button"
    if control.kind == "select":
        return "listbox" if control.multiple or control.rows > 1 else "combobox"
    return INPUT_ROLES.get(control.kind, "textbox")


def _hidden(attributes: Mapping[str, str | None]) -> bool:
    return "hidden" in attributes or attributes.get("aria-hidden") == "true"


def _says(children: Iterable[Node | str]) -> bool:
    """Whether there is text among them."""
    return any(type(child) is str and not child.isspace() for child in children)


def _header(node: Node) -> str:
    """Of a row, where it says so or begins a row of plain cells; else of a column."""
    row = [] if node.parent is None else node.parent.inner()
    if node.get("scope") == "row" or (node.get("scope") != "col" and any(child.tag == "td" for child in row)):
        return "rowheader"
    return "columnheader"


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number == int(number) else number


def _collapsed(text: str) -> str:
    """White space as a browser shows it; a non-breaking space is none."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(part for part in text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ") if part)
