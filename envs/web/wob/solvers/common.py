"""What scripted solvers have in common: how they are named, and how they speak of elements.

A solver is a generator: it looks at the page, yields an action, and looks again at what has become of it. It starts
from whatever is shown, so it can go on where somebody else has begun.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.view import Element

Solver = Callable[[WobBrowser], Iterator[Action]]

SOLVERS: dict[str, list[Solver]] = {}
"""By the name of the page; where the first fails, the next is tried from the start."""


def solves(*pages: str) -> Callable[[Solver], Solver]:
    """Register a solver for these pages."""

    def add(solver: Solver) -> Solver:
        SOLVERS.update({page: [solver] for page in pages})
        return solver

    return add


def click(element: Element) -> Action:
    """A click on an element."""
    return ("click", element.bid)


def press(page: WobBrowser, path: str, text: str | None = None) -> Action:
    """A click on the first element of a selector, of this text."""
    return click(page.view.one(path, text))


def asked(page: WobBrowser, pattern: str) -> tuple[str, ...]:
    """The groups of a pattern in the task's words.

    Raises:
        ValueError: it says something else.
    """
    found = re.search(pattern, page.asked)
    if found is None:
        raise ValueError(f"{page.asked!r} does not say {pattern!r}")
    return found.groups()


T = TypeVar("T")


def first(found: Iterable[T]) -> T:
    """The first of what was found.

    Raises:
        ValueError: it is nothing.
    """
    for one in found:
        return one
    raise ValueError("the page does not show what the script looks for")


def inside(element: Element, outer: Element) -> bool:
    """Whether an element lies in another one."""
    above = element.parent
    while above is not None and above is not outer:
        above = above.parent
    return above is not None


def nth(word: str) -> int:
    """The place that an ordinal such as ``2nd`` means, from 0."""
    return int(re.sub(r"\D", "", word)) - 1


def near(element: Element, tag: str) -> Element:
    """The first element of a tag in the nearest ancestor that has one.

    Raises:
        ValueError: there is none.
    """
    above = element.parent
    while above is not None:
        found = _within(above, tag)
        if found is not None:
            return found
        above = above.parent
    raise ValueError(f"there is no {tag!r} beside element [{element.bid}]")


def _within(element: Element, tag: str) -> Element | None:
    for child in element.children:
        found = child if child.tag == tag else _within(child, tag)
        if found is not None:
            return found
    return None
