"""Solvers of pages that take time: what moves, lights up, or has to be felt for."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.page import STEP
from scoutgym.envs.web.wob.solvers.common import asked, click, press, solves


@solves("hot-cold")
def hot(page: WobBrowser) -> Iterator[Action]:
    """Feel for the place over wider and wider squares; once it is near, around what was nearest."""
    area = page.view.one("#touch-area").box
    assert area is not None
    (x, y), words = page.view.one("#touch-area").center, ["ICE COLD", "COLD", "WARM", "HOT"]
    for word, step in (("COLD", 30), ("WARM", 8), ("HOT", 3)):
        points = [(x + step * i, y + step * j) for i in range(-5, 6) for j in range(-5, 6)]
        points = [one for one in points if area[0] < one[0] < area[2] and area[1] < one[1] < area[3]]
        for point in sorted(points, key=lambda one: hypot(one[0] - x, one[1] - y)):
            yield ("mouse_move", *point)
            if words.index(page.view.one("#signal").text) >= words.index(word):
                x, y = point
                break
    yield ("mouse_click", x, y)


@solves("chase-circle")
def chase(page: WobBrowser) -> Iterator[Action]:
    """Follow a circle with the mouse."""
    while True:
        yield ("mouse_move", *page.view.one("#circ").center)


@solves("moving-items")
def moving(page: WobBrowser) -> Iterator[Action]:
    """Click circles as they pass."""
    while True:
        seen = [one for one in page.view.all(".item") if one.box and 15 < one.center[0] < 145]
        yield ("mouse_click", *seen[0].center) if seen else ("noop", STEP)


@solves("button-delay")
def delay(page: WobBrowser) -> Iterator[Action]:
    """One button, and some seconds later the other."""
    one, two = page.view.one("#subbtn"), page.view.one("#subbtn2")
    yield click(one)
    yield ("noop", 1000 * int(asked(page, r"wait (\d) sec")[0]) - STEP)
    yield click(two)


@solves("simon-says")
def simon(page: WobBrowser) -> Iterator[Action]:
    """Watch which buttons light up, then push them in this order."""
    order, wait = list[str](), 700 - STEP  # each lights up for a quarter of a second, every 600 milliseconds
    while True:
        yield ("noop", wait)
        lit = [one.get("id") for one in page.view.all("#area button") if "push" in one.get("class")]
        if not lit:
            break
        order += lit
        wait = 600
    for name in order:
        yield press(page, f"#{name}")


@solves("stock-market")
def stock(page: WobBrowser) -> Iterator[Action]:
    """Buy when it is cheap."""
    limit = float(asked(page, r"less than \$([\d.]+\d)")[0])
    while float(page.view.one("#stock-price").text.strip("$") or "inf") > limit:
        yield ("noop", STEP)
    yield press(page, "#buy")
