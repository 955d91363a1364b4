"""A page in the shapes of Chrome's DevTools protocol, as BrowserGym hands them to its agents.

What those agents' own functions (``flatten_axtree_to_str``, ``flatten_dom_to_str``) write of them is what our agents
read: the tree is that of `Page.text`, whose lines it is read back from. Elements carry their ``bid`` as BrowserGym
marks it: ``browsergym_id`` in the tree, an attribute ``bid`` in the document.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from scoutgym.envs.web.browser.controls import Fields
from scoutgym.envs.web.browser.html import Node
from scoutgym.envs.web.browser.kind import INVISIBLE
from scoutgym.envs.web.browser.page import Page
from scoutgym.envs.web.browser.picture import Box, marked

_STRING = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_LINE = re.compile(rf"(?P<tabs>\t*)(?:\[(?P<bid>\d+)\] )?(?P<role>\w+) (?P<name>{_STRING})(?P<rest>.*)")
_SAID = re.compile(rf"(?:,| )\s?(?P<name>\w+)(?:=(?P<value>{_STRING}|[\w.+-]+))?")

ELEMENT, TEXT, DOCUMENT = 1, 3, 9
"""Kinds of nodes of a document."""


def axtree(page: Page, fields: Fields, focus: int) -> dict[str, Any]:
    """The accessibility tree, like the answer of ``Accessibility.getFullAXTree``."""
    nodes: list[dict[str, Any]] = []
    path: list[dict[str, Any]] = []
    for line in page.text(fields, focus).split("\n"):
        found = _LINE.fullmatch(line)
        assert found is not None, line
        node: dict[str, Any] = {
            "nodeId": str(len(nodes) + 1),
            "ignored": False,
            "role": {"type": "role", "value": found["role"]},
            "name": _typed(ast.literal_eval(found["name"]), "computedString"),
            "properties": [],
            "childIds": [],
        }
        for said in _SAID.finditer(found["rest"]):
            value = True if said["value"] is None else ast.literal_eval(said["value"])
            if said["name"] == "value":
                node["value"] = _typed(value)
            else:
                node["properties"].append({"name": said["name"], "value": _typed(value)})
        if found["bid"] is not None:
            node |= {"browsergym_id": found["bid"], "backendDOMNodeId": int(found["bid"]) + 1}
        del path[len(found["tabs"]) :]
        if path:
            node["parentId"] = path[-1]["nodeId"]
            path[-1]["childIds"].append(node["nodeId"])
        path.append(node)
        nodes.append(node)
    return {"nodes": nodes}


def _typed(value: Any, kind: str = "") -> dict[str, Any]:
    kinds = {bool: "boolean", int: "integer", float: "number"}
    return {"type": kind or kinds.get(type(value), "string"), "value": value}


def document(page: Page, fields: Fields, url: str) -> dict[str, Any]:
    """The document, like the answer of ``DOMSnapshot.captureSnapshot``, with what was typed as attributes.

    There is no layout in it: where elements are drawn stands in `properties`.
    """
    strings: dict[str, int] = {}

    def kept(text: str) -> int:
        return strings.setdefault(text, len(strings))

    parents, kinds, names, values, attributes = list[int](), list[int](), list[int](), list[int](), list[list[int]]()

    def add(parent: int, kind: int, name: str, value: str = "", given: Mapping[str, str | None] | None = None) -> int:
        parents.append(parent)
        kinds.append(kind)
        names.append(kept(name))
        values.append(kept(value) if value else -1)
        attributes.append([kept(word) for pair in (given or {}).items() for word in (pair[0], pair[1] or "")])
        return len(parents) - 1

    def read(node: Node, parent: int) -> None:
        place = add(parent, ELEMENT, node.tag.upper(), given=_attributes(page, fields, node))
        for child in node.children:
            if isinstance(child, Node):
                read(child, place)
            else:
                add(place, TEXT, "#text", child)

    read(page.elements[0], add(-1, DOCUMENT, "#document"))
    nodes = {
        "parentIndex": parents,
        "nodeType": kinds,
        "nodeName": names,
        "nodeValue": values,
        "attributes": attributes,
        "contentDocumentIndex": {"index": [], "value": []},
    }
    one = {"documentURL": kept(url), "title": kept(page.title), "nodes": nodes}
    return {"documents": [one], "strings": list(strings)}


def _attributes(page: Page, fields: Fields, node: Node) -> dict[str, str | None]:
    """Those of an element, its ``bid``, and what it has now: ``value``, ``checked``."""
    given: dict[str, str | None] = {**node.attributes, "bid": str(node.bid)}
    control = page.controls.get(node.bid)
    if control is None or node.tag == "button":
        return given
    if control.kind in ("checkbox", "radio"):
        given.pop("checked", None)
        return given | ({"checked": ""} if control.on(fields) else {})
    if control.kind == "select":
        return given | {"value": "".join(control.options[place].value for place in control.chosen(fields)[:1])}
    return given | {"value": control.text(fields)}


def properties(page: Page, boxes: Mapping[int, Box] | None) -> dict[str, dict[str, Any]]:
    """Of each element by its ``bid``: ``visibility``, ``bbox``, ``clickable`` and ``set_of_marks``.

    Args:
        page: the page.
        boxes: where elements are drawn; None where nothing is drawn, and then no element has a box, and those are
            visible that are not hidden.
    """
    marks = set(marked(page))
    seen: set[int] = set()
    for node in page.elements:
        control = page.controls.get(node.bid)
        secret = "hidden" in node.attributes or (control is not None and control.kind == "hidden")
        if (node.parent is None or node.parent.bid in seen) and node.tag not in INVISIBLE and not secret:
            seen.add(node.bid)
    if boxes is not None:
        seen = set(boxes)
    return {
        str(node.bid): {
            "visibility": 1.0 if node.bid in seen else 0.0,
            "bbox": list(boxes[node.bid]) if boxes is not None and node.bid in boxes else None,
            "clickable": node.bid in marks or node.bid in page.labels,
            "set_of_marks": node.bid in marks and node.bid in seen,
        }
        for node in page.elements
    }
