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

from scoutgym.envs.web.browser.controls import Fields
from scoutgym.envs.web.browser.html import Node, parse
from scoutgym.envs.web.browser.part import Part
from scoutgym.envs.web.browser.reader import Reader
from scoutgym.envs.web.browser.scan import scan, scan_header


class Page(Part):
    """See the module's docstring. Made by `page_of`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        elements = scan(html, header_of) or tree(html)
        reader = Reader(self, elements)
        self.lines.append(f"RootWebArea {self.title!r}, focused")
        reader.below(next(child for child in elements[0].inner() if child.tag == "body"), "\t", self.title)
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
            return self.plain
        lines = self.lines.copy()
        for bid in (*fields, focus):
            control = self.controls.get(bid)
            for one in [bid] if control is None else [bid, *(option.bid for option in control.options)]:
                if one in self.places:
                    place = self.places[one]
                    lines[place] = self.heads.get(one, self.lines[place]) + self.state(one, fields, one == focus)
        return "\n".join(lines)

    @cached_property
    def plain(self) -> str:
        """What an agent reads where no user has changed anything."""
        return "\n".join(self.lines)

    @cached_property
    def key(self) -> str:
        """Equal keys mean that an agent reads the same, where no user has changed anything."""
        return blake2b(self.plain.encode(), digest_size=16).hexdigest()

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


def tree(html: str) -> list[Node]:
    """All elements of a text, by ``bid``."""
    return scan(html) or parse(html)


@lru_cache(maxsize=4096)
def page_of(html: str) -> Page:
    """The page of an HTML text."""
    return Page(html)


@lru_cache(maxsize=1024)
def header_of(html: str, bid: int) -> Part | None:
    """The part that a header is whose number is ``bid``; None where it cannot be read by itself."""
    elements = scan_header(html, bid)
    if not elements:
        return None
    part = Part(len(elements) - 1)
    Reader(part, elements[1:]).below(elements[0], "\t", "")
    for node in elements:
        node.parent = None
    return part


def forget() -> None:
    """Forget all pages."""
    page_of.cache_clear()
    header_of.cache_clear()
