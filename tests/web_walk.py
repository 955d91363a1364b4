"""Two browsers walk the same way; whatever they show differently is named."""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterator
from typing import Any

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.browser.browser import Browser
from scoutgym.envs.web.browser.controls import TEXTS, Control
from scoutgym.envs.web.sites.database import changes

WORDS = [
    *(
        "",
        "lamp",
        "a b",
        "Ümlaut & <b>tag</b>",
        "x' OR 1=1 --",
        '"quoted"',
        "~*-._+%20",
        "line\nline",
        "\n\nlead\n",
        "\r\n\ttab",
        "😀 שלום",
    ),
    *(
        "  spaced  ",
        "e\u0301",
        "a" * 300,
        "\x00\x07\x1f",
        "\u202eabc",
        "\ufeff",
        "\ud800",
        "name@mail.test",
        "http://plant.test/",
    ),
    *("7", "-3.5", "1e2", " 8 ", "abc", "1e", "+5", ".5", "007", "2026-02-28", "2026-02-30", "28.2.2026", "0001-01-01"),
]
ADDRESSES = [
    *(
        "/",
        "/controls",
        "/notes",
        "/fields",
        "/far#low",
        "/far#field",
        "/far#part3",
        "#low",
        "/none",
        "/search?q=ä b",
        "/old?to=far#low",
    ),
    *(
        "http://other.test/",
        "http://plant.test/enter",
        "other.test",
        "http://nowhere.example/",
        "https://plant.test/",
        "ftp://x/",
    ),
    *(
        "about:blank",
        "javascript:alert(1)",
        "",
        "  /texts ",
        "/a/../lists/./",
        "//other.test/notes",
        "http://",
        "http://plant.test:81/",
    ),
    *("/search?q=%zz#a b", "\\texts", "HTTP://PLANT.test:80/lists", "/\ud800", "?q=1", "/cookie/a/1", "/style.css"),
]
KEYS = ["Enter", "Space", "Backspace", "Escape", "a", "Z", "7", "'", " ", "Tab", "F5", "ArrowDown", ""]


def walk(browser: Browser, seed: int, addresses: list[str]) -> Iterator[Action]:
    """Actions without end, chosen by what ``browser`` shows: often whole forms."""
    chance = random.Random(seed)
    while True:
        page = browser.page
        bids = list(page.roles) or [0]
        kind = chance.random()
        if kind < 0.25 and page.forms:
            yield from _whole(browser, chance)
        elif kind < 0.50 and page.links:
            yield ("click", chance.choice(list(page.links)))
        elif kind < 0.62:
            yield ("click", chance.choice(bids))
        elif kind < 0.72 and page.controls:
            yield from _operate(chance.choice(list(page.controls.values())), chance)
        elif kind < 0.80:
            yield (chance.choice(["go_back", "go_back", "go_forward"]),)
        elif kind < 0.85:
            yield ("goto", chance.choice(addresses))
        elif kind < 0.91:
            yield ("press", chance.choice([*page.controls, *page.links, *bids]), chance.choice(KEYS))
        elif kind < 0.94:
            yield chance.choice([("new_tab",), ("tab_close",), ("tab_focus", chance.randrange(-1, 4))])
        elif kind < 0.98:
            verb = chance.choice(["fill", "clear", "check", "uncheck", "focus", "hover", "select_option"])
            bid = chance.choice([*bids, 99999])
            yield (verb, bid, *{"fill": ["x"], "select_option": [("x",)]}.get(verb, []))
        else:
            yield chance.choice([("noop", 10), ("scroll", 0, 300)])


def _whole(browser: Browser, chance: random.Random) -> Iterator[Action]:
    page = browser.page
    form = chance.choice(list(page.forms.values()))
    for control in form.controls:
        if chance.random() < 0.8 and control.bid in page.roles:
            yield from _operate(control, chance, calm=True)
            if browser.page is not page:
                return
    buttons = [one.bid for one in form.controls if one.kind == "submit" and not one.disabled]
    fields = [one.bid for one in form.controls if one.kind in TEXTS]
    if buttons and (chance.random() < 0.8 or not fields):
        yield ("click", chance.choice(buttons))
    elif fields:
        yield ("press", chance.choice(fields), "Enter")


def _operate(control: Control, chance: random.Random, calm: bool = False) -> Iterator[Action]:
    bid = control.bid
    if control.kind == "select":
        labels = [text for one in control.options for text in (one.label, one.value)] or ["none"]
        wanted = chance.sample(labels, min(len(labels), chance.choice([1, 1, 1, 2]) if control.multiple else 1))
        if chance.random() < 0.1:
            wanted.append("no such")
        yield ("select_option", bid, tuple(wanted))
    elif control.kind in TEXTS:
        words = WORDS
        if calm and control.kind in ("number", "date"):
            words = ["5", "12"] if control.kind == "number" else ["2026-05-17"]
        yield ("fill", bid, chance.choice(words))
    elif control.kind in ("checkbox", "radio"):
        yield (chance.choice(["click", "check", "check", "uncheck"]), bid)
    elif not calm:
        yield ("click", bid)


def differences(one: Browser, two: Browser) -> list[str]:
    """What the two show differently; empty where nothing."""
    found = []
    for what, left, right in (
        ("address", one.here.url, two.here.url),
        ("title", one.page.title, two.page.title),
        ("fields", one.here.fields, two.here.fields),
        ("focus", one.here.focus, two.here.focus),
        ("tabs", _tabs(one), _tabs(two)),
        ("cookies", one.state.cookies, two.state.cookies),
    ):
        if left != right:
            found.append(f"{what}:\n{left!r}"[-400:] + f" against\n{right!r}"[-400:])
    texts = [browser.page.text(browser.here.fields, browser.here.focus).split("\n") for browser in (one, two)]
    return found + list(difflib.unified_diff(*texts, "one", "two", n=0, lineterm=""))


def _tabs(browser: Browser) -> Any:
    return browser.state.active, [
        (tab.place, [(entry.url, entry.posted) for entry in tab.entries]) for tab in browser.state.tabs
    ]


def compare(one: Browser, two: Browser, actions: Iterator[Action], steps: int) -> int:
    """Do the same on both.

    Returns:
        How many times a form was sent.

    Raises:
        AssertionError: a step was different; it is shown with the way there.
    """
    done: list[str] = []
    sent = 0
    for action in actions:
        if len(done) == steps:
            break
        where, page = one.here.url, one.page
        button = page.controls.get(action[1]) if action[0] == "click" else None
        errors = [browser.act(action) for browser in (one, two)]
        sent += two.here.url != where and (action[0] == "press" or (button is not None and button.kind == "submit"))
        done.append(f"{where[:80]}: {action!r:.80}  {errors[0]}")
        found = differences(one, two)
        if errors[0] != errors[1]:
            found.insert(0, f"error: {errors[0]!r} against {errors[1]!r}")
        assert not found, "\n".join([*done[-12:], "", *found])
    assert [changes(one.databases[host]) for host in one.sites] == [changes(two.databases[host]) for host in two.sites]
    return sent
