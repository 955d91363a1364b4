"""Chromium's own accessibility tree, read over its DevTools protocol and written in the normal form of `Page.text`."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.web.browser.ax import CLOSED, NUMBERLESS, name_of, plain, properties, role_of, silent, value_of
from scoutgym.envs.web.browser.chromium import ChromiumBrowser


def lines_of(browser: ChromiumBrowser) -> list[str]:
    """The lines of the page that a browser shows."""
    front = browser._front

    async def read() -> tuple[Any, Any]:
        tree = await front.cdp.send("Accessibility.getFullAXTree")
        return tree["nodes"], await front.cdp.send("DOM.getDocument", {"depth": -1})

    nodes, document = browser._lent.run(read())
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
        role, name = role_of(node), name_of(node)
        if not plain(node) and not silent(role, name, above):
            bid = bids.get(node.get("backendDOMNodeId"))
            head = f"[{bid}] " if bid is not None and role not in NUMBERLESS else ""
            said = "".join(f", {one}" for one in properties(node))
            lines.append("\t" * depth + f"{head}{role} {name!r}{value_of(node)}{said}")
            if role in CLOSED:
                return
            depth, above = depth + 1, name
        for child in node.get("childIds", []):
            walk(child, depth, above)

    walk(nodes[0]["nodeId"], 0, "")
    return lines
