"""The normal form in which Chromium's accessibility tree is told: what of a node of ``Accessibility.getFullAXTree`` is
said, after BrowserGym. `scoutgym.envs.web.browser.page` writes the same of a page that Chromium has not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

UNSAID = frozenset({"editable", "readonly", "level", "settable", "multiline", "invalid", "focusable", "url"})
"""Properties that the text leaves out; readonly and level are in the markup's meaning, not in what BrowserGym shows."""
FLAGS = {"required", "focused", "atomic", "busy"}
"""Properties that are said where they hold."""
PASSED = {"generic", "none", "ListMarker", "LineBreak", "InlineTextBox", "rowgroup", "SvgRoot"}
"""Roles that have no line of their own; what is in them has."""
CLOSED = {"textbox", "searchbox", "spinbutton", "Date", "InputTime", "ColorWell"}
"""Roles of which nothing is said that is in them."""
NUMBERLESS = {"RootWebArea", "StaticText", "MenuListPopup"}

Node = Mapping[str, Any]


def role_of(node: Node) -> str:
    """Its role."""
    role: str = node["role"]["value"]
    return role


def name_of(node: Node) -> str:
    """Its name, blanks collapsed."""
    name = node.get("name", {}).get("value") or ""
    return " ".join(word for word in name.replace("\n", " ").split(" ") if word)


def plain(node: Node) -> bool:
    """Whether it has no line for what it is."""
    return bool(node.get("ignored")) or role_of(node) in PASSED


def silent(role: str, name: str, above: str) -> bool:
    """Whether it would say nothing new below a line of the name ``above``."""
    return (role == "StaticText" and (not name or name in above)) or (role == "region" and not name)


def value_of(node: Node) -> str:
    """What its line says of its value."""
    value = node.get("value", {}).get("value")
    return "" if value in (None, "") else f" value={value!r}"


def properties(node: Node, unsaid: Collection[str] = UNSAID) -> list[str]:
    """What its line says of its properties."""
    said = []
    for one in node.get("properties", []):
        value = one["value"].get("value")
        if one["name"] in unsaid or value is None:
            continue
        if one["name"] not in FLAGS:
            said.append(f"{one['name']}={value!r}")
        elif value:
            said.append(one["name"])
    return said
