"""The HTML that the sites are written in: what `scoutgym.envs.web.browser` shows as Chromium does.

Within it our own accessibility text was compared with Chromium's tree line by line; outside it may differ. The tests
hold every page of every site to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoutgym.envs.web.browser.controls import TEXTS
from scoutgym.envs.web.browser.html import Node
from scoutgym.envs.web.browser.kind import APART, FROM_CONTENT
from scoutgym.envs.web.browser.page import page_of

TAGS = {
    *(
        "html",
        "head",
        "title",
        "meta",
        "link",
        "body",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "section",
        "article",
    ),
    *("form", "fieldset", "legend", "label", "input", "textarea", "select", "option", "optgroup", "button", "a", "p"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "tr", "th", "td"),
    *("strong", "em", "code", "br", "hr", "div", "span", "img", "blockquote", "time", "small", "tbody"),
}
TYPES = {*TEXTS, "checkbox", "radio", "submit", "reset", "hidden"} - {"textarea"}
FORBIDDEN = {
    "target",
    "autofocus",
    "tabindex",
    "contenteditable",
    "accesskey",
    "popover",
    "inert",
    "autocomplete",
    "style",
}
ROLES = {"status", "alert", "search"}
PARENTS = {
    "li": {"ul", "ol"},
    "dt": {"dl"},
    "dd": {"dl"},
    "option": {"select", "optgroup"},
    "optgroup": {"select"},
    "legend": {"fieldset"},
    "caption": {"table"},
    "tr": {"tbody"},
    "td": {"tr"},
    "th": {"tr"},
}
_WRITTEN = re.compile(r"<(thead|tbody|tfoot)\b", re.IGNORECASE)


def lint(html: str) -> list[str]:
    """What of a page is outside the subset, in words; empty where nothing is."""
    page = page_of(html)
    found = [f"<{tag}> is written: rows stand in the table itself" for tag in _WRITTEN.findall(html)]
    if not html.lstrip().lower().startswith("<!doctype html>"):
        found.append("it does not begin with <!doctype html>")
    if not page.title:
        found.append("it has no title")
    seen: set[str] = set()
    for node in page.elements:
        name = node.get("id")
        if name in seen:
            found.append(f"the id {name!r} is there twice")
        seen |= {name} if name else set()
        what = f"<{node.tag}> [{node.bid}]"
        found += [f"{what} {mistake}" for mistake in _mistakes(node)]
        found += [f"{what} {mistake}" for mistake in _meant(node, html)]
    return found


def _mistakes(node: Node) -> Iterator[str]:
    """What an element may not be or have."""
    tag, attributes = node.tag, node.attributes
    if tag not in TAGS:
        yield "is no element of the subset"
    for name in attributes:
        if name in FORBIDDEN or name.startswith("on"):
            yield f"may not have {name}="
        if name.startswith("aria-") and name not in ("aria-label", "aria-labelledby", "aria-hidden"):
            yield f"may not have {name}="
    if "role" in attributes and (node.get("role") not in ROLES or tag not in ("div", "p", "form")):
        yield f"may not have the role {node.get('role')!r}"
    if tag == "input" and (node.get("type") or "text") not in TYPES:
        yield f"may not have the type {node.get('type')!r}"
    if tag in PARENTS and (node.parent is None or node.parent.tag not in PARENTS[tag]):
        yield f"stands in none of {', '.join(sorted(PARENTS[tag]))}"
    if tag == "img" and "alt" not in attributes:
        yield "has no alt"
    if tag == "table" and not any(one.tag in ("caption", "th") for one in _below(node)):
        yield "has neither a caption nor a header cell: Chromium may take it for layout"
    if tag in ("caption", "legend", "option") and node.inner():
        yield "holds more than plain text"


def _meant(node: Node, html: str) -> Iterator[str]:
    """What an element must have to be understood and to work."""
    page = page_of(html)
    tag, bid = node.tag, node.bid
    if tag == "a" and (not node.get("href") or not page.names.get(bid, "link")):
        yield "is a link without an address or a name"
    if tag == "label":
        control = page.controls.get(page.labels.get(bid, -1))
        if control is None:
            yield "has no for= that names a control"
        elif control.kind in ("checkbox", "radio") and node.inner():
            yield "is the label of a box and holds more than plain text"
        elif list(page.labels.values()).count(control.bid) > 1:
            yield "is not the only label of its control"
        if any(one.bid in page.controls for one in _below(node)):
            yield "stands around a control: name it by for="
    if tag == "form":
        if "action" not in node.attributes:
            yield "has no action="
        if node.get("method").lower() not in ("", "get", "post") or "enctype" in node.attributes:
            yield "is sent in another way than GET or POST"
        if "novalidate" not in node.attributes and any(one.required for one in page.forms[bid].controls):
            yield "has a required field and no novalidate"
    control = page.controls.get(bid)
    if control is not None and control.kind != "hidden":
        if bid in page.roles and not page.names[bid]:
            yield "has no name: give it a label"
        if control.kind in (*TEXTS, "select"):
            inside = _named_by(node, html)
            if inside is not None:
                yield f"would be part of the name of <{inside.tag}> [{inside.bid}]: put a form between them"


def _named_by(node: Node, html: str) -> Node | None:
    """The element whose name a control would be part of."""
    page, above = page_of(html), node.parent
    while above is not None and above.tag not in APART:
        if page.roles.get(above.bid) in FROM_CONTENT or above.tag in ("legend", "caption"):
            return above
        above = above.parent
    return None


def _below(node: Node) -> Iterator[Node]:
    for child in node.inner():
        yield child
        yield from _below(child)
