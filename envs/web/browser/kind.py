"""What an element is by its start tag alone: its role, and its name where no content is needed for it.

Elements with the same start tag share one `Kind`, so this is worked out once for all pages. Roles and names are
Chromium's for what `scoutgym.envs.web.sites.subset` allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

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
TAILS = {
    "alert": ", live='assertive', atomic, relevant='additions text'",
    "status": ", live='polite', atomic, relevant='additions text'",
    "separator": ", orientation='horizontal'",
}
BY_CONTEXT = {"footer", "header", "label", "p", "th"}
"""Elements whose line depends on what they stand in or hold."""
CONTROLS = {"input", "button", "select", "textarea"}
INVISIBLE = {"head", "script", "style", "template", "noscript"}
APART = {"article", "aside", "blockquote", "footer", "form", "header", "main", "nav"}
"""What adds nothing to the name of what it stands in."""
BLOCKS = {
    *("br", "caption", "dd", "div", "dl", "dt", "fieldset", "hr", "legend", "li", "ol", "p", "section", "table", "td"),
    *("th", "tr", "ul", *(f"h{level}" for level in range(1, 7)), *APART),
}


PART = "\0part"
"""Stands for what was read before."""


class Way(IntEnum):
    """How an element becomes lines."""

    SKIP = 0
    """It and what it holds have none."""
    THROUGH = 1
    """It has none, what it holds has."""
    CONTROL = 2
    LINE = 3
    """It has one, of a role that is known."""
    PARAGRAPH = 4
    """It has one where it holds anything."""
    READ = 5
    """Its lines are known."""
    OTHER = 6
    """What it stands in or holds decides."""


SKIP, THROUGH, CONTROL, LINE, PARAGRAPH, READ, OTHER = Way


class Kind:
    """See the module's docstring."""

    __slots__ = (
        "attributes",
        "block",
        "by_content",
        "line",
        "name",
        "operable",
        "role",
        "silent",
        "tag",
        "tail",
        "way",
    )

    def __init__(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self.tag, self.attributes = tag, attributes
        hidden = "hidden" in attributes or attributes.get("aria-hidden") == "true"
        self.role = _role(tag, attributes)
        self.name = _name(tag, attributes, self.role)
        """Without its content; None where that, or another element, names it."""
        self.by_content = self.name is None and self.role in FROM_CONTENT and "aria-labelledby" not in attributes
        """Whether its content is its name."""
        self.tail = TAILS.get(self.role or "", "")
        """What stands after the name."""
        self.line = f"] {self.role} {self.name!r}{self.tail}"
        """What follows its number, where its name is known."""
        self.way = SKIP if hidden else _way(tag, self.role, self.name)
        self.silent = hidden or tag in INVISIBLE
        """Whether nothing of it is in the name of what it stands in."""
        self.block = tag in BLOCKS
        self.operable = tag in CONTROLS or tag in ("a", "label", "form", "title", PART) or "id" in attributes
        """Whether it can be operated, or helps others to be."""


def collapsed(text: str) -> str:
    """White space as a browser shows it; a non-breaking space is none."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(part for part in text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ") if part)


def labelled(attributes: Mapping[str, str | None]) -> str | None:
    """The name that it gives itself; None where it gives none."""
    return collapsed(attributes.get("aria-label") or "") if attributes.get("aria-label") else None


def _role(tag: str, attributes: Mapping[str, str | None]) -> str | None:
    """Chromium's role; None where an element says nothing by itself."""
    if "role" in attributes:
        return attributes["role"] or ""
    if tag == "a":
        return "link" if "href" in attributes else None
    if tag == "img":
        return None if attributes.get("alt") == "" else "image"
    return ROLES.get(tag)


def _name(tag: str, attributes: Mapping[str, str | None], role: str | None) -> str | None:
    if "aria-labelledby" in attributes:
        return None
    if tag == "th":  # of a row or a column
        return labelled(attributes)
    own = labelled(attributes)
    if own is not None:
        return own
    if tag == "img":
        return collapsed(attributes.get("alt") or "")
    return None if role in FROM_CONTENT or tag in ("table", "fieldset") else ""


def _way(tag: str, role: str | None, name: str | None) -> Way:
    if tag == PART:
        return READ
    if tag == "p" and role == "paragraph" and name is not None:
        return PARAGRAPH
    if tag in BY_CONTEXT or (role == "region" and name is None):
        return OTHER
    if role is None:
        return CONTROL if tag in CONTROLS else SKIP if tag in INVISIBLE else THROUGH
    return THROUGH if role == "region" and not name else LINE
