"""Solvers of pages that take a mouse held down, or keys: drag, draw, slide, scroll."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import cos, pi, sin

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.page import STEP
from scoutgym.envs.web.wob.solvers.common import asked, first, nth, press, solves
from scoutgym.envs.web.wob.view import Element

WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def _dragged(start: tuple[int, int], end: tuple[int, int]) -> Action:
    return ("mouse_drag_and_drop", *start, *end)


@solves("drag-circle", "drag-single-shape")
def drag_shape(page: WobBrowser) -> Iterator[Action]:
    """Drag a figure somewhere."""
    (way,) = asked(page, r"Drag the \w+ (\w+)")
    figure = first(one for one in page.view.all("svg *") if "black" in one.get("class"))
    x, y = figure.center
    dx, dy = WAYS[way]
    yield _dragged((x, y), (x + 30 * dx, y + 30 * dy))
    yield press(page, "#subbtn")


@solves("drag-box")
def drag_box(page: WobBrowser) -> Iterator[Action]:
    """Drag the small box, which lies above, into the large one."""
    yield _dragged(page.view.one("#draggableSmall").center, page.view.one("#draggableLarge").center)
    yield press(page, "#subbtn")


@solves("drag-shapes")
def drag_shapes(page: WobBrowser) -> Iterator[Action]:
    """Drag all figures of a kind into a box, each beside the one before."""
    (kind,) = asked(page, r"Drag all (\w+) into")
    tag = {"rectangles": "rect", "circles": "circle", "triangles": "polygon"}[kind]
    box = page.view.one("#shape-container").box
    assert box is not None
    wanted = [one for one in page.view.all(f"svg {tag}") if one.get("id") != "shape-container"]
    for place, figure in enumerate(wanted):
        yield _dragged(figure.center, (box[0] + 14 + 17 * place, (box[1] + box[3]) // 2))
    yield press(page, "#subbtn")


@solves("drag-sort-numbers")
def sort(page: WobBrowser) -> Iterator[Action]:
    """Drag each number to its place, from the top."""
    for place in range(4):
        items = page.view.all("#sortable li")
        numbers = [int(one.all_text()) for one in items]
        least = numbers.index(min(numbers[place:]), place)
        if least != place:
            (x, y), (_, to) = items[least].center, items[place].center
            yield _dragged((x, y), (x, to - 8))
    yield press(page, "#subbtn")


@solves("drag-items")
def drag_item(page: WobBrowser) -> Iterator[Action]:
    """Drag an item of a list to another place."""
    name, where = asked(page, r"Drag (\S+) (.*)\.")
    items = page.view.all("#sortable li")
    start = first(place for place, one in enumerate(items) if one.all_text() == name)
    number = re.search(r"\d", where)
    near = {"top": 0, "bottom": len(items) - 1, "down": start + 1, "up": start - 1}
    end = int(number[0]) - 1 if number else first(near[word] for word in re.findall(r"\w+", where) if word in near)
    (x, y), (_, to) = items[start].center, items[end].center
    yield _dragged((x, y), (x, to + (8 if end > start else -8)))


@solves("drag-items-grid")
def drag_cell(page: WobBrowser) -> Iterator[Action]:
    """Drag an item of a grid to another place."""
    name, where = asked(page, r"Drag (\S+) (.*)\.")
    items = page.view.all("#sortable li")
    start = first(place for place, one in enumerate(items) if one.all_text() == name)
    if " by one" in where:
        dx, dy = WAYS[where.split()[0]]
        end = start + dx + 3 * dy
    else:
        rows, columns = {"top": 0, "bottom": 2}, {"left": 0, "right": 2}
        *_, row, column = ["", *where.split()]
        end = 3 * rows.get(row, 1) + columns.get(column, 1)
    (x, y), (to_x, to_y) = items[start].center, items[end].center
    yield ("mouse_down", x, y)
    for dx, dy in ((6, 0), (-6, 0), (12, 0), (-12, 0), (0, 9), (0, -9), (18, 0), (-18, 0)) * 2:
        yield ("mouse_move", to_x + dx, to_y + dy)
        places = [one.get("class") for one in page.view.all("#sortable li")]
        if _free_place(places) == end:
            break
    yield ("mouse_up", to_x + dx, to_y + dy)


def _free_place(classes: list[str]) -> int:
    """Where an item that is dragged would go, among the others."""
    others = [one for one in classes if "ui-sortable-helper" not in one]
    return first(place for place, one in enumerate(others) if "ui-sortable-placeholder" in one)


@solves("resize-textarea")
def resize(page: WobBrowser) -> Iterator[Action]:
    """Drag the corner of a text area."""
    what, way = asked(page, r"so that the (\w+) is (\w+)")
    x, y = page.view.one(".ui-resizable-se").center
    by = 20 if way == "larger" else -20
    yield _dragged((x, y), (x + by, y) if what == "width" else (x, y + by))
    yield press(page, "#submit")


@solves("highlight-text", "highlight-text-2")
def highlight(page: WobBrowser) -> Iterator[Action]:
    """Mark a paragraph, from its first to behind its last letter."""
    place = re.search(r"(\d\w\w) paragraph", page.asked)
    text = page.view.all("#randomText p")[nth(place[1])] if place else page.view.one("#randomText")
    assert text.box is not None
    yield _dragged((text.box[0], text.box[1] + 3), (text.box[2] - 2, text.box[3] - 3))
    yield press(page, "#subbtn")


@solves("draw-line")
def draw_line(page: WobBrowser) -> Iterator[Action]:
    """A straight line through a point."""
    dx, dy = (24, 0) if "horizontal" in page.asked else (0, 24)
    x, y = page.view.one("#circ").center
    yield _dragged((x - dx, y - dy), (x + dx, y + dy))
    yield press(page, "button")


@solves("scroll-text-2")
def scroll(page: WobBrowser) -> Iterator[Action]:
    """To the top or the bottom."""
    by = 5000 if "bottom" in page.asked else -5000
    yield ("scroll_at", *page.view.one("#text-area").center, 0, by)
    yield press(page, "#subbtn")


def slide(page: WobBrowser, slider: Element, shown: str, wanted: int) -> Iterator[Action]:
    """Bring a slider to a value, which the element ``shown`` shows: near it by the mouse, then by keys."""

    def value() -> int:
        return int(page.view.one(shown).text)

    if value() == wanted:
        return
    handle = first(one for one in slider.children if "ui-slider-handle" in one.get("class"))
    yield ("press", handle.bid, "Home")
    low = value()
    if low != wanted:
        yield ("press", handle.bid, "End")
        high, box = value(), slider.box
        assert box is not None
        part = (wanted - low) / (high - low)
        wide = box[2] - box[0] > box[3] - box[1]
        x, y = slider.center
        point = (box[0] + part * (box[2] - box[0]), y) if wide else (x, box[3] - part * (box[3] - box[1]))
        yield ("mouse_click", round(point[0]), round(point[1]))
    while (now := value()) != wanted:
        yield ("press", handle.bid, "ArrowRight" if now < wanted else "ArrowLeft")


@solves("use-slider")
def one_slider(page: WobBrowser) -> Iterator[Action]:
    """One slider."""
    yield from slide(page, page.view.one("#slider"), "#val", int(asked(page, r"Select (-?\d+)")[0]))
    yield press(page, "#subbtn")


@solves("use-slider-2")
def sliders(page: WobBrowser) -> Iterator[Action]:
    """Three sliders."""
    for n, wanted in enumerate(asked(page, r"\[(\d+),(\d+),(\d+)\]"), 1):
        yield from slide(page, page.view.one(f"#slider-{n}"), f"#val-{n}", int(wanted))
    yield press(page, "#subbtn")


@solves("form-sequence")
def slider_and_box(page: WobBrowser) -> Iterator[Action]:
    """A slider and a box to tick."""
    wanted, place = asked(page, r"Select (-?\d+) with the slider, click the (\w+) checkbox")
    yield from slide(page, page.view.one("#slider"), "#val", int(wanted))
    if not page.view.one(f"#checkbox-{nth(place) + 1}").checked:
        yield press(page, f"#checkbox-{nth(place) + 1}")
    yield press(page, "#subbtn")


@solves("use-spinner")
def spinner(page: WobBrowser) -> Iterator[Action]:
    """Click a number up or down."""
    wanted = int(asked(page, r"Select (-?\d+)")[0])
    while (now := int(page.view.one("#spinner").value)) != wanted:
        yield press(page, ".ui-spinner-up" if now < wanted else ".ui-spinner-down")
    yield press(page, "#subbtn")


@solves("drag-shapes-2")
def sort_shapes(page: WobBrowser) -> Iterator[Action]:
    """Drag figures of a kind or color into the left box, all others into the right one."""
    (what,) = asked(page, r"Drag all (\w+)")
    tag = {"rectangles": "rect", "circles": "circle", "triangles": "polygon"}.get(what)
    figures = [one for one in page.view.all("svg *") if one.tag != "svg" and one.get("id") != "shape-container"]
    for place, figure in enumerate(figures):
        left = figure.tag == tag if tag else figure.get("fill") == what
        yield _dragged(figure.center, ((16 if left else 98) + 10 * place, 70 + 6 * place))
    yield press(page, "#subbtn")


@solves("draw-circle")
def draw_circle(page: WobBrowser) -> Iterator[Action]:
    """A circle around a point."""
    x, y = page.view.one("#circ").center
    points = [(round(x + 22 * cos(n * pi / 8)), round(y + 22 * sin(n * pi / 8))) for n in range(17)]
    yield ("mouse_down", *points[0])
    for point in points:
        yield ("mouse_move", *point)
    yield ("mouse_up", *points[-1])
    yield press(page, "button")


@solves("click-pie", "click-pie-nodelay")
def pie(page: WobBrowser) -> Iterator[Action]:
    """Open a menu in the form of a pie, and click a piece."""
    (name,) = asked(page, r'labeled "(.*)"')
    piece = first(one for one in page.view.all("svg text", name) if "-title-" in one.get("id"))
    if (piece.box or (0, 0, 0, 0))[2] - (piece.box or (0, 0, 0, 0))[0] < 4:
        yield press(page, "#wheelnav-divWheel-spreadertitle")
        yield ("noop", STEP)
    yield ("click", piece.bid)


@solves("drag-cube")
def cube(page: WobBrowser) -> Iterator[Action]:
    """Turn a cube with the button held, to the side or up and down, until the side that is asked for is in front."""
    (side,) = asked(page, r'so that "(\d)"')
    dx, dy = {"1": (0, 40), "6": (0, -40)}.get(side, (40, 0))
    x, y = 300, 400
    if page.view.one(".active").text != side:
        yield ("mouse_move", x, y)
        yield ("mouse_down", x, y)
        while page.view.one(".active").text != side:
            x, y = x + dx, y + dy
            yield ("mouse_move", x, y)
        yield ("mouse_up", x, y)
    yield press(page, "#subbtn")
