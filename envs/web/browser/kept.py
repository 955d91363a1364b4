"""What a browser keeps of the controls of a page that is left, and gives back when somebody returns to it.

The page is asked for again and may have changed, so nothing is kept by place. Chromium (``form_controller.cc``) names a
form by its action and its first two named fields, and a control by its form, name and type; of those that are named
alike the n-th gets what the n-th had. Checkboxes, radio buttons and lists are kept as they were, texts only where they
had been changed, passwords never.
"""

from __future__ import annotations

from collections.abc import Iterator

from scoutgym.envs.web.browser.address import resolved
from scoutgym.envs.web.browser.controls import BUTTONS, TEXTS, Control, Fields, Value
from scoutgym.envs.web.browser.page import Page, page_of
from scoutgym.envs.web.browser.state import Entry

Kept = dict[str, list[list[str]]]
"""By form, name and type, what each control had: a text, "on" or "off", or the values of chosen options."""


def kept(page: Page, url: str, fields: Fields) -> Kept:
    """What is kept of a page that is left."""
    found: Kept = {}
    for key, control in _keys(page, url):
        found.setdefault(key, []).append(_had(control, fields))
    return {key: had for key, had in found.items() if any(had)}


def leave(entry: Entry) -> None:
    """A page goes out of sight. What is kept of it remains, and the answer to a POST: it cannot be asked for again."""
    entry.kept = kept(page_of(entry.html), entry.url, entry.fields)
    entry.fields, entry.focus = {}, 0
    if not entry.posted:
        entry.html = ""


def given_back(page: Page, url: str, had: Kept) -> dict[int, Value]:
    """What the controls of a page have again, where it differs from the markup."""
    fields: dict[int, Value] = {}
    rest = {key: iter(one) for key, one in had.items()}
    for key, control in _keys(page, url):
        before = next(rest.get(key, iter(())), None)
        if not before:
            continue
        if control.kind == "select":
            places = tuple(n for n, option in enumerate(control.options) if option.value in before)
            now: Value = places if control.multiple else places[:1]
            if not places:
                continue
        elif control.kind in ("checkbox", "radio"):
            now = before[0] == "on"
        else:
            now = before[0]
        if now != control.given():
            fields[control.bid] = now
    return fields


def _keys(page: Page, url: str) -> Iterator[tuple[str, Control]]:
    """The controls that are kept, each with what names it."""
    names: dict[int, str] = {-1: ""}
    seen: dict[str, int] = {}
    for control in page.controls.values():
        if control.kind in (*BUTTONS, "hidden", "password"):
            continue
        if control.form not in names:
            form = page.forms[control.form]
            named = [one.name for one in form.controls if one.name and not one.button][:2]
            action = (resolved(url, form.action) or "").partition("?")[0] if form.action else ""
            name = f"{action} [{' '.join(named)}]"
            seen[name] = seen.get(name, 0) + 1
            names[control.form] = f"{name} #{seen[name]}"
        yield f"{names[control.form]} {control.name} {control.kind}{'s' * control.multiple}", control


def _had(control: Control, fields: Fields) -> list[str]:
    if control.kind == "select":
        return [control.options[place].value for place in control.chosen(fields)]
    if control.kind in ("checkbox", "radio"):
        return ["on" if control.on(fields) else "off"]
    return [control.text(fields)] if control.kind in TEXTS and control.bid in fields else []
