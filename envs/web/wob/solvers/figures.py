"""Solvers of drawings: figures to find and count, points to set."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.solvers.common import asked, click, first, press, solves
from scoutgym.envs.web.wob.view import Element

COLORS = {
    "red": "#ff0000",
    "green": "#008000",
    "blue": "#0000ff",
    "aqua": "#00ffff",
    "black": "#000000",
    "magenta": "#ff00ff",
    "yellow": "#ffff00",
    "olive": "#808000",
    "lime": "#00ff00",
    "white": "#ffffff",
    "grey": "#808080",
    "purple": "#800080",
    "orange": "#ffa500",
    "cyan": "#00ffff",
    "pink": "#ffc0cb",
}
FIGURES = {"circle": "circle", "rectangle": "rect", "triangle": "polygon"}


TOP = 50
"""Where drawings begin: pages take points of a drawing for points of the page below this."""


@solves("click-shape")
def shape(page: WobBrowser) -> Iterator[Action]:
    """A figure, letter or digit that fits a description."""
    words = asked(page, r"Click on a (.*)$")[0].split()
    yield click(first(one for one in page.view.all("#area_svg *") if fits(one, words)))


@solves("count-shape")
def count(page: WobBrowser) -> Iterator[Action]:
    """How many there are that fit a description."""
    words = asked(page, r"How many (.*)s are there")[0].split()
    found = sum(fits(one, words) for one in page.view.all("#area_svg *"))
    yield press(page, "#count-buttons button", str(found))


def fits(figure: Element, words: list[str]) -> bool:
    """Whether a figure is what the words say: large or small, a color, a kind."""
    if figure.tag == "text":
        size, kinds = figure.get("font-size") == "20px", {figure.text, "digit" if figure.text.isdigit() else "letter"}
    else:
        assert figure.box is not None
        size = figure.box[2] - figure.box[0] > 15
        kinds = {"shape", *(name for name, tag in FIGURES.items() if tag == figure.tag)}
    colors = {name for name, value in COLORS.items() if value == figure.color}
    return all(word == ("large" if size else "small") or word in kinds | colors | {"item"} for word in words)


@solves("identify-shape")
def kind(page: WobBrowser) -> Iterator[Action]:
    """What the one figure is."""
    figure = page.view.all("#area_svg *")[0]
    name = {"rect": "rectangle", "polygon": "triangle", "circle": "circle"}.get(figure.tag)
    name = name or ("digit" if figure.text.isdigit() else "letter")
    yield click(first(one for one in page.view.all("button") if one.get("data-type") == name))


@solves("grid-coordinate")
def coordinate(page: WobBrowser) -> Iterator[Action]:
    """A point of a grid."""
    (point,) = asked(page, r"coordinate (\(.*\))")
    yield click(first(one for one in page.view.all("circle") if one.get("id") == point))


@solves("ascending-numbers")
def ascending(page: WobBrowser) -> Iterator[Action]:
    """Numbers in order, which are hidden after the first: they stay in the order of the document."""
    if page.view.all("svg text"):
        yield press(page, "svg text", "1")
    while True:
        yield click(page.view.all("svg rect")[0])


def _point(circle: Element) -> tuple[float, float]:
    """The middle of a circle, in its drawing."""
    return float(circle.get("cx")), float(circle.get("cy"))


def _marked(x: float, y: float) -> Action:
    """A click on a point of a drawing."""
    return ("mouse_click", round(x), round(y) + TOP)


@solves("circle-center")
def center(page: WobBrowser) -> Iterator[Action]:
    """The middle of a circle."""
    yield _marked(*_point(page.view.one("circle.black-circle")))
    yield press(page, "#subbtn")


@solves("find-midpoint")
def midpoint(page: WobBrowser) -> Iterator[Action]:
    """The middle between two points."""
    (a, b), (c, d) = map(_point, page.view.all("circle.black-circle"))
    yield _marked((a + c) / 2, (b + d) / 2)
    yield press(page, "#subbtn")


@solves("right-angle")
def right_angle(page: WobBrowser) -> Iterator[Action]:
    """A point on the line through the blue point that is at a right angle to the given one."""
    (a, b), (x, y) = _point(page.view.one("#init-black")), _point(page.view.one("#init-blue"))
    yield _marked(*_onward(x, y, b - y, x - a))
    yield press(page, "#subbtn")


@solves("bisect-angle")
def bisect(page: WobBrowser) -> Iterator[Action]:
    """A point on the line that cuts an angle in two."""
    x, y = _point(page.view.one(".init-blue"))
    ways = [(a - x, b - y) for a, b in map(_point, page.view.all(".init-black"))]
    dx, dy = (sum(way[n] / hypot(*way) for way in ways) for n in (0, 1))
    yield _marked(*_onward(x, y, dx, dy, both=False))
    yield press(page, "#subbtn")


def _onward(x: float, y: float, dx: float, dy: float, both: bool = True) -> tuple[float, float]:
    """The farthest of some points of a line from (x, y) on that lies in the drawing."""
    length, points = hypot(dx, dy), []
    for far in range(5, 60, 5):
        for sign in (1, -1) if both else (1,):
            point = (x + sign * far * dx / length, y + sign * far * dy / length)
            if 3 < point[0] < 150 and 3 < point[1] < 120:
                points.append(point)
    return points[-1]
