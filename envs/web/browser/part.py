"""What is read of some elements of a page, and what can be operated in them.

The header of a site is alike on most of its pages, so it is read once.
"""

from __future__ import annotations

from scoutgym.envs.web.browser.controls import BUTTONS, Control, Fields, Form, control_role, number


class Part:
    """See the module's docstring. Elements are named by their ``bid``; a part never changes.

    Args:
        count: how many elements it has.
    """

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.title = ""
        self.controls: dict[int, Control] = {}
        self.forms: dict[int, Form] = {}
        self.links: dict[int, str] = {}
        self.labels: dict[int, int] = {}
        """The control that a click on a label reaches."""
        self.options: dict[int, tuple[Control, int]] = {}
        """The select of an option, and its place there."""
        self.named: dict[str, int] = {}
        """The element of an ``id``."""
        self.names: dict[int, str] = {}
        """The accessible name of every element that has a line."""
        self.roles: dict[int, str] = {}
        self.lines: list[str] = []
        """What is read where a user has changed nothing."""
        self.places: dict[int, int] = {}
        """Of a line that can change, where it is."""
        self.heads: dict[int, str] = {}
        """How the line of a control or an option begins."""

    def operated(self, part: Part) -> None:
        """Add what can be operated in a part."""
        self.controls |= part.controls
        self.forms |= part.forms
        self.links |= part.links
        self.options |= part.options

    def read(self, part: Part) -> None:
        """Add the lines of a part."""
        below = len(self.lines)
        self.lines += part.lines
        self.names |= part.names
        self.roles |= part.roles
        self.heads |= part.heads
        for bid, place in part.places.items():
            self.places[bid] = below + place

    def state(self, bid: int, fields: Fields, focused: bool) -> str:
        """What follows the name of a link, an option or a control; the order is Chromium's."""
        focus = ", focused" if focused else ""
        if bid in self.options:
            listed, place = self.options[bid]
            off = listed.disabled or listed.options[place].disabled
            return ", disabled=True" if off else f", selected={place in listed.chosen(fields)}"
        control = self.controls.get(bid)
        if control is None:
            return focus
        first = ", disabled=True" if control.disabled else ""
        if control.kind in BUTTONS:
            return first + focus
        if control.kind in ("checkbox", "radio"):
            return f"{first}{focus}, checked={'true' if control.on(fields) else 'false'!r}"
        needed = ", required" if control.required else ""
        if control.kind == "select":
            if control_role(control) == "listbox":
                return f"{first}{focus}, multiselectable={control.multiple}, orientation='vertical'{needed}"
            chosen = control.chosen(fields)
            value = f" value={control.options[chosen[0]].label!r}" if chosen else ""
            return f"{value}{first}{focus}, hasPopup='menu', expanded=False"
        text = control.text(fields)
        if control.kind == "number":
            value, low, high = f" value={number(text)}" if text else "", control.low, control.high
            return f"{value}{first}{focus}{needed}, valuemin={low}, valuemax={high}, valuetext={text!r}"
        shown = "•" * len(text) if control.kind == "password" else text
        value = f" value={shown!r}" if shown else ""
        if control.kind == "date":  # the focus is in one of its parts
            return f"{value}{first}"
        return f"{value}{first}{focus}{needed if control.kind != 'search' else ''}"
