"""Solvers of pages that are small applications: mail, social media, search, calendars, flights, a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.solvers.common import asked, click, first, inside, nth, press, solves
from scoutgym.envs.web.wob.view import Element

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
PAINTS = {
    "red": "#e60000",
    "orange": "#ff9900",
    "yellow": "#ffff00",
    "green": "#008a00",
    "blue": "#0066cc",
    "purple": "#9933ff",
}
"""The colors of the text editor."""


def pick_date(page: WobBrowser, month: int, day: int) -> Iterator[Action]:
    """Open a calendar, turn to a month of its year, and click a day."""
    if not page.view.all(".ui-datepicker-month") or page.view.one("#datepicker").value:
        yield press(page, "#datepicker")
    while (now := MONTHS.index(page.view.one(".ui-datepicker-month").text) + 1) != month:
        yield press(page, ".ui-datepicker-prev" if now > month else ".ui-datepicker-next")
    yield press(page, "td a", str(day))


@solves("choose-date", "choose-date-easy", "choose-date-medium", "choose-date-nodelay")
def date(page: WobBrowser) -> Iterator[Action]:
    """A date of a calendar."""
    wanted = asked(page, r"(\d+)/(\d+)/\d+")
    if page.view.one("#datepicker").value != asked(page, r"(\d+/\d+/\d+)")[0]:
        yield from pick_date(page, int(wanted[0]), int(wanted[1]))
    yield press(page, "#subbtn")


def complete(page: WobBrowser, path: str, text: str, end: str = "") -> Iterator[Action]:
    """Type into a field and click what is offered for it."""
    yield ("fill", page.view.one(path).bid, text)
    offered = [one for one in page.view.all("li.ui-menu-item") if one.box is not None]
    fits = [one for one in offered if text in one.all_text() and one.all_text().endswith(end)]
    yield click((fits or offered)[0])


@solves("use-autocomplete", "use-autocomplete-nodelay")
def autocomplete(page: WobBrowser) -> Iterator[Action]:
    """An item with a given beginning and end."""
    (begin,) = asked(page, r'starts with "(.*?)"')
    end = re.search(r'ends with "(.*?)"', page.asked)
    value = page.view.one("#tags").value
    if not (value.startswith(begin) and value.endswith(end[1] if end else "")):
        yield from complete(page, "#tags", begin, end[1] if end else "")
    yield press(page, "#subbtn")


@solves("book-flight", "book-flight-nodelay")
def flight(page: WobBrowser) -> Iterator[Action]:
    """From, to, a date; then the cheapest or the shortest."""
    wanted, start, end, month, day = asked(page, r"the (\w+) one-way flight from: (.*) to: (.*) on (\d+)/(\d+)/")
    if not page.view.all(".flight-price"):
        for path, text in (("#flight-from", start), ("#flight-to", end)):
            if text not in page.view.one(path).value:
                yield from complete(page, path, text)
        if not page.view.one("#datepicker").value.startswith(f"{month}/{day}/"):
            yield from pick_date(page, int(month), int(day))
        yield press(page, "#search")
    prices = page.view.all(".flight-price")
    by = {
        "cheapest": [int(one.get("data-price")) for one in prices],
        "shortest": [int(one.get("data-duration")) for one in page.view.all(".time-duration")],
    }[wanted]
    yield click(prices[by.index(min(by))])


@solves("search-engine")
def search(page: WobBrowser) -> Iterator[Action]:
    """A result of a search, by its place."""
    text, place = asked(page, r'enter "(.*)" and press .* the (\d+\w\w) search')
    if page.view.one("#search-text").value != text:
        yield ("fill", page.view.one("#search-text").bid, text)
    yield press(page, "#search")
    if nth(place) >= 3:
        yield press(page, "#pagination a", str(nth(place) // 3 + 1))
    yield click(page.view.all("#page-content a")[nth(place) % 3])


@solves("phone-book")
def phone_book(page: WobBrowser) -> Iterator[Action]:
    """A detail of a contact, who stands on one of several pages."""
    name, what = asked(page, r"Find (.*) in the contact book and click on their (\w+)")
    for _ in range(5):
        if page.view.one(".name").text == name:
            break
        yield press(page, "#pagination a", ">")
    yield press(page, f"a.{what}")


@solves("terminal")
def terminal(page: WobBrowser) -> Iterator[Action]:
    """Delete a file of a given kind."""
    kind = re.search(r"extension \.(\S+)", page.asked)
    yield ("keyboard_type", "ls")
    yield ("keyboard_press", "Enter")
    files = page.view.all(".output")[-1].text.split()
    name = first(one for one in files if (one.endswith(f".{kind[1]}") if kind else "." not in one))
    yield ("keyboard_type", f"rm {name}")
    yield ("keyboard_press", "Enter")


@solves("sign-agreement")
def agreement(page: WobBrowser) -> Iterator[Action]:
    """Read to the end, sign, and agree or not."""
    signed = re.search(r'name "(.*)" then press "(\w+)"', page.asked)
    if signed is None:
        yield press(page, "#cancel")
        return
    if "disabled" in page.view.one("#name").attributes:
        yield ("scroll_at", *page.view.one("#text-area").center, 0, 9000)
    if page.view.one("#name").value != signed[1]:
        yield ("fill", page.view.one("#name").bid, signed[1])
    yield press(page, f"#{signed[2].lower()}")


@solves("form-sequence-3")
def dropdown(page: WobBrowser) -> Iterator[Action]:
    """A choice of a list that the page draws itself, then a button."""
    choice, button = asked(page, r'Choose (.*) from the dropdown, then click the button labeled "(.*)"')
    if page.view.one(".selectric .label").text != choice:
        yield press(page, ".selectric")
        yield press(page, ".selectric-items li", choice)
    yield press(page, "#buttons button", button)


@solves("order-food")
def food(page: WobBrowser) -> Iterator[Action]:
    """Some dishes by name, or a number of dishes of a kind."""
    items = page.view.all(".food-item")
    kind = re.search(r"Order (\d) items that are (.*)", page.asked)
    if kind:
        of_kind = first(
            one for one in items if any(img.get("alt") == kind[2] for img in page.view.all("img") if inside(img, one))
        )
        wanted = {of_kind.get("data-item"): int(kind[1])}
    else:
        wanted = dict.fromkeys(asked(page, r"each item: (.*)")[0].split(", "), 1)
    for item in items:
        name, count = item.get("data-item"), int(item.get("data-quantity"))
        goal = wanted.get(name.strip(), wanted.get(name, 0))
        while count != goal:
            way = "add" if count < goal else "remove"
            yield click(first(one for one in page.view.all(f".{way}") if inside(one, page.view.elements[item.bid])))
            count += 1 if count < goal else -1
    yield press(page, "#submit-order button")


@solves(
    *("email-inbox", "email-inbox-delete", "email-inbox-forward", "email-inbox-important", "email-inbox-noscroll"),
    *("email-inbox-reply", "email-inbox-star-reply", "email-inbox-forward-nl", "email-inbox-forward-nl-turk"),
    "email-inbox-nl-turk",
)
def mail(page: WobBrowser) -> Iterator[Action]:
    """Delete, star, answer or forward a mail. What is asked in free words, the page's own fields say."""
    task = {"task": "forward", **page.fields} if page.fields else _mail(page)
    thread = first(one for one in page.view.all("#main .email-thread") if _sender(page, one) == task["by"])
    if task["task"] in ("delete", "star"):
        icon = "trash" if task["task"] == "delete" else "star"
        yield click(first(one for one in page.view.all(f"#main .{icon}") if inside(one, thread)))
        return
    if not page.view.all("#email"):
        yield click(first(one for one in page.view.all("#main .email-subject") if inside(one, thread)))
    if task["task"] == "reply":
        if not page.view.all("#reply"):
            yield press(page, ".email-reply")
        yield ("fill", page.view.one("#reply-text").bid, task["message"])
        yield press(page, "#send-reply")
    else:
        if not page.view.all("#forward"):
            yield press(page, ".email-forward")
        yield ("fill", page.view.one(".forward-sender").bid, task["to"])
        yield press(page, "#send-forward")


def _sender(page: WobBrowser, thread: Element) -> str:
    return first(one.all_text() for one in page.view.all("#main .email-sender") if inside(one, thread))


def _mail(page: WobBrowser) -> dict[str, str]:
    (by,) = asked(page, r"email by (.*?) and ")
    if reply := re.search(r'with the text "(.*)"', page.asked):
        return {"task": "reply", "by": by, "message": reply[1]}
    if forward := re.search(r"email to (.*)\.", page.asked):
        return {"task": "forward", "by": by, "to": forward[1]}
    return {"task": "delete" if "trash" in page.asked else "star", "by": by}


@solves("social-media")
def social(page: WobBrowser) -> Iterator[Action]:
    """A button of somebody's post, or an entry of its menu."""
    user, what = asked(page, r'the user (\S+), click on the "(.*)" button')
    post = first(one for one in page.view.all(".username", user)).parent
    assert post is not None
    path = {"Reply": ".reply", "Retweet": ".retweet", "Like": ".like"}.get(what)
    if path is None:
        yield click(_of(page, post, ".more"))
        yield click(first(one for one in page.view.all(".controls li") if one.box and one.text.split(" @")[0] == what))
    else:
        yield click(_of(page, post, path))


def _of(page: WobBrowser, details: Element, path: str) -> Element:
    """An element of the post whose head is given."""
    assert details.parent is not None
    return first(one for one in page.view.all(path) if inside(one, page.view.elements[details.parent.bid]))


@solves("social-media-all", "social-media-some")
def posts(page: WobBrowser) -> Iterator[Action]:
    """The same button of some or all posts of somebody."""
    what, number, user = asked(page, r'Click the "(.*)" button on (all|\d+) posts? by (\S+) and')
    heads = [one.parent for one in page.view.all(".username", user)]
    buttons = [_of(page, head, f".{what.lower()}") for head in heads if head is not None]
    for one in buttons if number == "all" else buttons[: int(number)]:
        if "active" not in one.get("class").split():
            yield click(one)
    yield press(page, "#submitRow button")


@solves("use-colorwheel", "use-colorwheel-2")
def color(page: WobBrowser) -> Iterator[Action]:
    """Any color of a wheel: the reward falls with the distance, and is above 0 for all but the opposite."""
    yield press(page, "#subbtn")


@solves("daily-calendar")
def calendar(page: WobBrowser) -> Iterator[Action]:
    """Draw an event of a length into a day, where there is room, and name it."""
    long, name, start = asked(page, r'Create an? ([\d.]+ \w+) event named "(.*)", between (\d+[AP]M)')
    number, unit = long.split()
    slots = int(float(number) * 2) if unit.startswith("h") else int(number) // 30
    begin = {"8AM": 16, "12PM": 24, "4PM": 32}[start]
    if not page.view.all("#event-name"):
        taken = [one.box for one in page.view.all(".event") if one.box is not None]
        for place in range(begin, begin + 9 - slots):
            halves = [page.view.all(f"#hh-{n}")[0] for n in range(place, place + slots)]
            if not any(_meet(half, box) for half in halves for box in taken):
                break
        yield ("hover", halves[-1].bid)
        halves = [page.view.elements[half.bid] for half in halves]
        yield ("mouse_down", *halves[0].center)
        for half in halves:
            yield ("mouse_move", half.center[0] + 2, half.center[1] + 2)
        yield ("mouse_up", *page.view.one("#newEvent").center)  # which is drawn higher than the mouse is
    yield ("fill", page.view.one("#event-name").bid, name)
    yield press(page, "button.create")


def _meet(half: Element, box: tuple[int, int, int, int]) -> bool:
    assert half.box is not None
    return half.box[1] < box[3] and half.box[3] > box[1]


@solves("text-editor")
def editor(page: WobBrowser) -> Iterator[Action]:
    """Mark a word or everything by keys, then give it a style or a color."""
    text = page.view.one(".ql-editor p").all_text()
    word = re.search(r"give the text (.*?) the", page.asked)
    yield press(page, ".ql-editor p")
    if word:
        yield ("keyboard_press", "Control+Home")
        for _ in text[: text.index(word[1])]:
            yield ("keyboard_press", "ArrowRight")
        for _ in word[1]:
            yield ("keyboard_press", "Shift+ArrowRight")
    else:
        yield ("keyboard_press", "Control+A")
    color = re.search(r"the color (\w+)", page.asked)
    if color:
        yield press(page, ".ql-picker-label")
        yield click(first(one for one in page.view.all(".ql-picker-item") if one.get("data-value") == PAINTS[color[1]]))
    else:
        (style,) = asked(page, r"the style (bold|italic|underline)")
        yield press(page, f".ql-{style}")
    yield press(page, "#subbtn")
