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

from functools import cached_property, lru_cache
from hashlib import blake2b
from urllib.parse import unquote

from scoutgym.envs.web.browser.controls import BUTTONS, Control, Fields, Form, control_role, number
from scoutgym.envs.web.browser.html import Node, parse
from scoutgym.envs.web.browser.reader import Reader
from scoutgym.envs.web.browser.scan import scan


class Page:
    """See the module's docstring. Made by `page_of`."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.title = ""
        self.controls: dict[int, Control] = {}
        self.forms: dict[int, Form] = {}
        self.links: dict[int, str] = {}
        self.labels: dict[int, int] = {}
        """The control that a click on a label reaches."""
        self.options: dict[int, tuple[Control, int]] = {}
        """The select of an option, and its place there."""
        self.named: dict[str, int] = {}
        """The element of an ``id``."""
        self.names: dict[int, str] = {}
        """The accessible name of every element that has a line."""
        self.roles: dict[int, str] = {}
        self.lines: list[str] = []
        """What is read where a user has changed nothing."""
        self.places: dict[int, int] = {}
        """Of a line that can change, where it is."""
        self.heads: dict[int, str] = {}
        """How the line of a control or an option begins."""
        elements = tree(html)
        Reader(self, elements)
        for node in elements:
            node.parent = None  # the tree goes at once: pages are many, and seldom is it needed again

    @cached_property
    def elements(self) -> list[Node]:
        """All, by ``bid``."""
        return tree(self.html)

    def text(self, fields: Fields, focus: int = 0) -> str:
        """What an agent reads: one line an element, indented by tabs.

        Args:
            fields: what a user has changed.
            focus: the element that has the focus; 0 where none has.
        """
        if not fields and not focus:
            return "\n".join(self.lines)
        lines = self.lines.copy()
        for bid in (*fields, focus):
            control = self.controls.get(bid)
            for one in [bid] if control is None else [bid, *(option.bid for option in control.options)]:
                if one in self.places:
                    place = self.places[one]
                    lines[place] = self.heads.get(one, self.lines[place]) + self.state(one, fields, one == focus)
        return "\n".join(lines)

    @cached_property
    def key(self) -> str:
        """Equal keys mean that an agent reads the same, where no user has changed anything."""
        return blake2b(self.text({}).encode(), digest_size=16).hexdigest()

    def find(self, role: str, name: str) -> list[int]:
        """The elements of this role and name, in document order."""
        return [bid for bid, one in self.roles.items() if one == role and self.names[bid] == name]

    def above(self, bid: int) -> int:
        """The element that another lies in; -1 where none."""
        parent = self.elements[bid].parent
        return -1 if parent is None else parent.bid

    def anchor(self, fragment: str) -> int:
        """The element that a fragment of the address points at; 0 where none."""
        return self.named.get(fragment) or self.named.get(unquote(fragment), 0)

    def state(self, bid: int, fields: Fields, focused: bool) -> str:
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
            value, low, high = f" value={number(text)}" if text else "", control.low, control.high
            return f"{value}{first}{focus}{needed}, valuemin={low}, valuemax={high}, valuetext={text!r}"
        shown = "•" * len(text) if control.kind == "password" else text
        value = f" value={shown!r}" if shown else ""
        if control.kind == "date":  # the focus is in one of its parts
            return f"{value}{first}"
        return f"{value}{first}{focus}{needed if control.kind != 'search' else ''}"


def tree(html: str) -> list[Node]:
    """All elements of a text, by ``bid``."""
    return scan(html) or parse(html)


@lru_cache(maxsize=4096)
def page_of(html: str) -> Page:
    """The page of an HTML text."""
    return Page(html)
