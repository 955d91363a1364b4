"""Solvers of pages where the right thing has to be found and clicked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import permutations

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.solvers.common import SOLVERS, asked, click, first, nth, press, solves
from scoutgym.envs.web.wob.view import Element


@solves("click-test", "click-test-2")
def first_button(page: WobBrowser) -> Iterator[Action]:
    """The button, or the one that says ONE."""
    yield press(page, "#subbtn")


@solves("click-test-transfer")
def named_button(page: WobBrowser) -> Iterator[Action]:
    """The button that is asked for."""
    yield press(page, "button", asked(page, r"button (\w+)")[0])


@solves("click-button", "unicode-test")
def button(page: WobBrowser) -> Iterator[Action]:
    """The button of a given text."""
    yield press(page, "#area button", asked(page, r'on the "(.*)" button')[0])


@solves("click-button-sequence")
def two_buttons(page: WobBrowser) -> Iterator[Action]:
    """One button, then the other; where they overlap, at a point that is the first one's alone."""
    for name, other in (("#subbtn", "#subbtn2"), ("#subbtn2", "#subbtn")):
        yield ("mouse_click", *_free(page.view.one(name), page.view.one(other)))


def _free(wanted: Element, other: Element) -> tuple[int, int]:
    """A point of a box that lies outside another one."""
    left, top, right, bottom = wanted.box or (0, 0, 0, 0)
    a, b, c, d = other.box or (0, 0, 0, 0)
    points = [(x, y) for x in range(left + 3, right - 2, 2) for y in range(top + 3, bottom - 2, 2)]
    return first(point for point in points if not (a <= point[0] <= c and b <= point[1] <= d))


@solves("click-link")
def link(page: WobBrowser) -> Iterator[Action]:
    """The link of a given text."""
    yield press(page, ".alink", asked(page, r'link "(.*)"')[0])


@solves("click-collapsible-2", "click-collapsible-2-nodelay")
def section_link(page: WobBrowser) -> Iterator[Action]:
    """The link of a given text, in one of several sections."""
    (name,) = asked(page, r'link "(.*)"')
    wanted = page.view.all(".alink", name)
    if all(one.box is None for one in wanted):
        section = wanted[0].parent
        while section is not None and "ui-accordion-content" not in section.get("class").split():
            section = section.parent
        assert section is not None
        yield click(page.view.one(f"#{section.get('aria-labelledby')}"))
    yield press(page, ".alink", name)


@solves("click-collapsible", "click-collapsible-nodelay")
def section(page: WobBrowser) -> Iterator[Action]:
    """Open the section, then submit."""
    if "ui-accordion-header-active" not in page.view.one("h3").get("class"):
        yield press(page, "h3")
    yield press(page, "#subbtn")


@solves("click-tab")
def tab(page: WobBrowser) -> Iterator[Action]:
    """A given tab."""
    yield press(page, "li a", asked(page, r"on (Tab #\d)")[0])


@solves("click-tab-2", "click-tab-2-easy", "click-tab-2-medium", "click-tab-2-hard")
def tab_link(page: WobBrowser) -> Iterator[Action]:
    """The link of a given text, behind one of several tabs; where there is none, behind the second."""
    (name,) = asked(page, r'link "(.*)"')
    wanted = page.view.all(".alink", name)
    if not wanted:
        yield ("mouse_click", *page.view.all("li.ui-tab")[1].center)
    if all(one.box is None for one in wanted):
        panel = wanted[0].parent
        while panel is not None and not panel.get("aria-labelledby"):
            panel = panel.parent
        assert panel is not None
        yield click(page.view.one(f"#{panel.get('aria-labelledby')}"))
    yield press(page, ".alink", name)


@solves("click-dialog")
def dialog(page: WobBrowser) -> Iterator[Action]:
    """The cross of a dialog."""
    yield press(page, ".ui-dialog-titlebar-close")


@solves("click-dialog-2")
def dialog_button(page: WobBrowser) -> Iterator[Action]:
    """A given button of a dialog."""
    (name,) = asked(page, r'labeled "(.*)"')
    yield press(page, ".ui-dialog-titlebar-close") if name == "x" else press(page, ".ui-dialog button", name)


@solves("click-widget")
def widget(page: WobBrowser) -> Iterator[Action]:
    """A control of a given kind."""
    (kind,) = asked(page, r'on a "(.*)" widget')
    yield click(first(one for one in page.view.all(".widget *") if one.get("data-type") == kind))


@solves("click-color")
def color(page: WobBrowser) -> Iterator[Action]:
    """A box of a given color."""
    (name,) = asked(page, r"on the (.*) colored box")
    yield click(first(one for one in page.view.all("#area .color") if one.get("data-color") == name))


@solves("click-shades")
def shades(page: WobBrowser) -> Iterator[Action]:
    """All shades of a color."""
    (name,) = asked(page, r"shades of (\w+)")
    for one in page.view.all("#area span"):
        if (one.get("data-color") == name) != (one.get("class") == "selected"):
            yield click(one)
    yield press(page, "#submit")


@solves("navigate-tree")
def tree(page: WobBrowser) -> Iterator[Action]:
    """A file or a folder in a tree: the folders around it are opened first."""
    (name,) = asked(page, r'named "(.*)"')
    wanted = page.view.all("#tree span", name)[0]
    while wanted.box is None:
        above, closed = wanted.parent, wanted
        while above is not None and above.get("id") != "tree":
            if above.tag == "li":
                folder = above.children[1] if "hitarea" in above.children[0].get("class") else above.children[0]
                if folder.box is not None and folder is not wanted:
                    closed = folder
                    break
            above = above.parent
        yield click(closed)
        wanted = page.view.elements[wanted.bid]
    yield click(wanted)


@solves("click-menu")
def menu(page: WobBrowser) -> Iterator[Action]:
    """An entry of nested menus: the mouse opens each."""
    *outer, last = asked(page, r"Select (.*)$")[0].split(">")
    for name in outer:
        yield ("hover", page.view.one("li div", name).bid)
    yield press(page, "li div", last)


@solves("click-menu-2")
def icon_menu(page: WobBrowser) -> Iterator[Action]:
    """An entry of a menu by name, or by the picture that stands in the task."""
    if page.view.all("#menu")[0].box is None:
        yield press(page, "#open-menu")
    named = re.search(r'labeled "(.*)"', page.asked)
    icon = "" if named else page.view.one("#query span").get("class").split()[-1]
    wanted = first(
        one for one in page.view.all("#menu div") if (one.text.strip() == named[1] if named else _icon(one) == icon)
    )
    if wanted.box is None:
        yield ("hover", page.view.one("#menu div", "Playback").bid)
    yield click(page.view.elements[wanted.bid])


def _icon(element: Element) -> str:
    return element.children[0].get("class").split()[-1] if element.children else ""


@solves("odd-or-even")
def odd(page: WobBrowser) -> Iterator[Action]:
    """Of each number whether it is odd or even."""
    for row, number in enumerate(page.view.all(".display-number")):
        yield click(page.view.all("button.odd" if int(number.text) % 2 else "button.even")[row])
    yield press(page, "#submit")


@solves("number-checkboxes")
def draw_number(page: WobBrowser) -> Iterator[Action]:
    """A number out of boxes; the pattern is in the page's script."""
    (digit,) = asked(page, r'number "(\d)"')
    script = first(one.text for one in page.view.elements.values() if "var PATTERNS" in one.text)
    rows = re.findall(r"\[(\d), (\d), (\d), (\d)\]", script)[7 * int(digit) : 7 * int(digit) + 7]
    for one, wanted in zip(page.view.all("#checkboxes input"), "".join(map("".join, rows)), strict=True):
        if one.checked != (wanted == "1"):
            yield click(one)
    yield press(page, "#subbtn")


@solves("find-greatest")
def greatest(page: WobBrowser) -> Iterator[Action]:
    """The card of the greatest number; all numbers are in the document."""
    yield click(max(page.view.all(".card"), key=lambda one: int(one.all_text())))
    yield press(page, "#submit")


@solves("focus-text", "focus-text-2")
def focus(page: WobBrowser) -> Iterator[Action]:
    """A given text field."""
    place = re.search(r"\d\w\w", page.asked)
    yield click(page.view.all("#area input")[nth(place[0]) if place else 0])


@solves("buy-ticket")
def ticket(page: WobBrowser) -> Iterator[Action]:
    """The cheapest, dearest, shortest or longest."""
    (wanted,) = asked(page, r"with the (\w+)")
    by_price = wanted in ("cheapest", "most")
    prices = [int(one.get("data-price")) for one in page.view.all(".buy-ticket")]
    times = [int(one.get("data-duration")) for one in page.view.all(".time-duration")]
    values = prices if by_price else times
    best = (min if wanted in ("cheapest", "shortest") else max)(values)
    yield click(page.view.all(".buy-ticket")[values.index(best)])


def tic_tac_toe(page: WobBrowser, order: tuple[int, ...]) -> Iterator[Action]:
    """Win where it can be won, else hinder the other, else the first place of an order that is free.

    The other, once seeded, does the same whenever the same is done: where one order comes to a draw, another one wins.
    """
    lines = ["012", "345", "678", "036", "147", "258", "048", "246"]
    while True:
        marks = ["".join(one.get("class").split()[-1:])[-1:] for one in page.view.all(".ttt-row span")]
        free = [place for place in order if not marks[place]]
        best = [
            int(line[n])
            for mark in "xo"
            for line in lines
            for n in range(3)
            if not marks[int(line[n])] and all(marks[int(one)] == mark for one in line if one != line[n])
        ]
        yield click(page.view.all(".ttt-row span")[(best or free)[0]])


SOLVERS["tic-tac-toe"] = [
    partial(tic_tac_toe, order=order) for order in list(permutations((4, 0, 2, 6, 8, 1, 3, 5, 7)))[:: 9 * 8 * 7 * 40]
]


@solves("generate-number")
def generate(page: WobBrowser) -> Iterator[Action]:
    """Numbers until one is right."""
    limit = re.search(r"(less|greater) than (\d+)", page.asked)
    while True:
        shown = page.view.one("#display-number").text
        if shown.isdigit():
            number = int(shown)
            right = number % 2 == ("odd" in page.asked)
            if limit:
                right = number < int(limit[2]) if limit[1] == "less" else number > int(limit[2])
            if right:
                break
        yield press(page, "#generate")
    yield press(page, "#submit")


@solves("guess-number")
def guess(page: WobBrowser) -> Iterator[Action]:
    """By halves."""
    low, high = 0, 9
    while True:
        middle = (low + high) // 2
        yield ("fill", page.view.one("#tt").bid, str(middle))
        yield press(page, "#subbtn")
        if "higher" in " ".join(one.all_text() for one in page.view.all("#feedback div") if one.box is not None):
            low = middle + 1
        else:
            high = middle - 1
