"""A page as Markdown with numbered elements: a third of the accessibility tree's length, for models of short memory.

In the manner of InSTA's observations (Trabucco et al. 2025, arXiv 2502.06776, section 4.1), which number what can be
operated and render the rest as text::

    # Contact us
    [58] Your name (required):
    [64] Topic: Choose a topic (or: A question about an order, Something else)
    [70] I agree: no
    [72] <Send message>

A number in brackets stands before a link, ``<…>`` is a button, and what follows a colon is what a field holds. Lists of
links in a navigation are one line.
"""

from __future__ import annotations

from scoutgym.envs.web.browser.controls import BUTTONS, Control, Fields
from scoutgym.envs.web.browser.html import Node
from scoutgym.envs.web.browser.kind import BLOCKS, INVISIBLE
from scoutgym.envs.web.browser.page import Page

HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


def markdown(page: Page, fields: Fields, part: str = "body") -> str:
    """The page, given what a user has changed.

    Args:
        page: which.
        fields: what was changed.
        part: the element that is read; ``main`` leaves out what all pages of a site have.
    """
    writer = _Writer(page, fields)
    for node in page.elements:
        if node.tag == part:
            writer.read(node, flat=False)
            writer.end()
    return "\n".join([f"Title: {page.title}", *writer.lines])


class _Writer:
    """Lines, and the one that is being written."""

    def __init__(self, page: Page, fields: Fields) -> None:
        self.page, self.fields = page, fields
        self.lines: list[str] = []
        self.line = ""
        self.mark = ""
        """What stands at the beginning of the next line."""

    def end(self) -> None:
        """End the line, if there is anything in it."""
        text = " ".join(self.line.split(" ")).strip()
        if text:
            self.lines.append(self.mark + text)
            self.mark = ""
        self.line = ""

    def say(self, text: str) -> None:
        """Go on with the line; white space is one blank."""
        shown = " ".join(text.split())
        if shown:
            apart = " " if self.line and (text[0].isspace() or self.line[-1:].isspace()) else ""
            self.line = self.line.rstrip() + apart + shown + (" " if text[-1].isspace() else "")
        elif text and self.line:
            self.line = f"{self.line.rstrip()} "

    def read(self, node: Node, flat: bool) -> None:
        """Write an element and all below it; ``flat``: blocks go on in one line, parted by bars."""
        if node.tag in INVISIBLE or "hidden" in node.attributes or node.get("aria-hidden") == "true":
            return
        control = self.page.controls.get(node.bid)
        if control is not None:
            self.control(node, control)
            return
        if node.bid in self.page.labels or node.tag == "hr":
            return
        if node.bid in self.page.links:
            self.say(f" [{node.bid}] {self.page.names.get(node.bid, '')} ")
            return
        if node.tag == "img":
            self.say(f" {node.get('alt')} ")
            return
        block = node.tag in BLOCKS and node.tag != "dd"
        if block and not flat:
            self.end()
            self.mark = {**HEADINGS, "li": "-"}.get(node.tag, "") or self.mark.strip()
            self.mark += " " if self.mark else ""
        flat = flat or node.tag in ("nav", "tr")
        for child in node.children:
            if not isinstance(child, Node):
                self.say(child)
                continue
            if flat and self.line.strip() and child.tag in ("li", "td", "th"):
                self.line = f"{self.line.rstrip()} | "
            self.read(child, flat)
        if node.tag == "dt":
            self.line = f"{self.line.rstrip()}: "
        elif node.tag == "dd" or (block and (not flat or node.tag in ("nav", "tr"))):
            self.end()

    def control(self, node: Node, control: Control) -> None:
        """Write a control: its name and what it holds."""
        name = self.page.names.get(node.bid, "")
        if control.kind == "hidden":
            return
        if control.kind in BUTTONS:
            off = " (disabled)" if control.disabled else ""
            self.say(f" [{node.bid}] <{name}>{off} ")
            return
        held, more = "", ""
        if control.kind in ("checkbox", "radio"):
            held = "yes" if control.on(self.fields) else "no"
        elif control.kind == "select":
            chosen = control.chosen(self.fields)
            held = ", ".join(control.options[place].label for place in chosen)
            free = [(place, one) for place, one in enumerate(control.options) if not one.disabled]
            others = [one.label for place, one in free if place not in chosen]
            more = f" (or: {', '.join(others)})" if others else ""
        else:
            text = control.text(self.fields)
            held = "•" * len(text) if control.kind == "password" else text.replace("\n", " / ")
        needed = " (required)" if control.required else ""
        off = " (disabled)" if control.disabled else " (read-only)" if control.readonly else ""
        self.end()
        self.line = f"[{node.bid}] {name}{needed}{off}: {held}{more}"
        self.end()
