"""Chromium's own accessibility tree, read over its DevTools protocol and written in the normal form of `Page.text`."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.web.browser.chromium import ChromiumBrowser

UNSAID = {"editable", "readonly", "level", "settable", "multiline", "invalid", "focusable", "url"}
"""Properties that the text leaves out; readonly and level are in the markup's meaning, not in what BrowserGym shows."""
FLAGS = {"required", "focused", "atomic"}
"""Properties that are said where they hold."""
PASSED = {"generic", "ListMarker", "LineBreak", "InlineTextBox", "rowgroup"}
CLOSED = {"textbox", "searchbox", "spinbutton", "Date"}
NUMBERLESS = {"RootWebArea", "StaticText", "MenuListPopup"}


def lines_of(browser: ChromiumBrowser) -> list[str]:
    """The lines of the page that a browser shows."""
    front = browser._front

    async def read() -> tuple[Any, Any]:
        tree = await front.cdp.send("Accessibility.getFullAXTree")
        return tree["nodes"], await front.cdp.send("DOM.getDocument", {"depth": -1})

    nodes, document = browser._run(read())
    return normal(nodes, places(document["root"]))


def places(root: dict[str, Any]) -> dict[int, int]:
    """By Chromium's number of an element, its place in document order."""
    found: dict[int, int] = {}

    def walk(node: dict[str, Any]) -> None:
        if node["nodeType"] == 1:
            found[node["backendNodeId"]] = len(found)
        for child in node.get("children", []):
            walk(child)

    walk(root)
    return found


def normal(nodes: list[dict[str, Any]], bids: dict[int, int]) -> list[str]:
    """The tree as lines."""
    known = {node["nodeId"]: node for node in nodes}
    lines: list[str] = []

    def walk(key: str, depth: int, above: str) -> None:
        node = known.get(key)
        if node is None:
            return
        role = node["role"]["value"]
        name = " ".join(word for word in node.get("name", {}).get("value", "").replace("\n", " ").split(" ") if word)
        passed = node.get("ignored") or role in PASSED
        passed = passed or (role == "StaticText" and (not name or name in above)) or (role == "region" and not name)
        if not passed:
            lines.append("\t" * depth + _line(node, role, name, bids.get(node.get("backendDOMNodeId"))))
            if role in CLOSED:
                return
            depth, above = depth + 1, name
        for child in node.get("childIds", []):
            walk(child, depth, above)

    walk(nodes[0]["nodeId"], 0, "")
    return lines


def _line(node: dict[str, Any], role: str, name: str, bid: int | None) -> str:
    said = []
    for one in node.get("properties", []):
        value = one["value"].get("value")
        if one["name"] in UNSAID or "value" not in one["value"]:
            continue
        if one["name"] not in FLAGS:
            said.append(f"{one['name']}={value!r}")
        elif value:
            said.append(one["name"])
    value = node.get("value", {}).get("value")
    head = f"[{bid}] " if bid is not None and role not in NUMBERLESS else ""
    shown = "" if value in (None, "") else f" value={value!r}"
    return f"{head}{role} {name!r}{shown}{''.join(f', {one}' for one in said)}"
