"""The actions on a page of MiniWoB++: BrowserGym's ``bid`` and ``coord``, as far as these pages have a use for them.

What stands in `scoutgym.envs.web.browser.actions` is taken from there; the mouse and the keyboard are added.
"""

from __future__ import annotations

from scoutgym.envs.web.browser.actions import BUTTON, MOUSE, Amount, Bid, Call, Text, WebGrammar
from scoutgym.envs.web.browser.actions import GRAMMAR as SITES

_SHARED = {form.name: form for form in SITES.forms}
_KEY = Text("a key, or keys joined by +", "Enter", "Tab", "ArrowDown", "Control+A")
_WORDS = Text("the text", "hello", "42", "ok")


def _x() -> Amount:
    return Amount("pixels from the left", 80, 20)


def _y() -> Amount:
    return Amount("pixels from the top", 120, 60)


GRAMMAR = WebGrammar(
    *(_SHARED[name] for name in ("click", "fill", "select_option", "check", "uncheck", "clear", "focus")),
    Call("press", "press a key in an element", bid=Bid(), key_comb=_KEY),
    Call("dblclick", "click an element twice", MOUSE, bid=Bid()),
    _SHARED["hover"],
    Call("drag_and_drop", "drag an element onto another one", from_bid=Bid(), to_bid=Bid()),
    _SHARED["scroll"],
    Call("scroll_at", "scroll at a point", x=_x(), y=_y(), dx=Amount("pixels", 0), dy=Amount("pixels", 200, -200)),
    Call("mouse_move", "move the mouse to a point", x=_x(), y=_y()),
    Call("mouse_click", "click at a point", BUTTON, x=_x(), y=_y()),
    Call("mouse_dblclick", "click at a point twice", BUTTON, x=_x(), y=_y()),
    Call("mouse_down", "press the mouse button at a point", BUTTON, x=_x(), y=_y()),
    Call("mouse_up", "let the mouse button go at a point", BUTTON, x=_x(), y=_y()),
    Call("mouse_drag_and_drop", "drag from a point to a point", from_x=_x(), from_y=_y(), to_x=_x(), to_y=_y()),
    Call("keyboard_press", "press a key where the focus is", key=_KEY),
    Call("keyboard_type", "type a text where the focus is, key by key", text=_WORDS),
    Call("keyboard_insert_text", "insert a text where the focus is", text=_WORDS),
    Call("keyboard_down", "press a key and hold it", key=_KEY),
    Call("keyboard_up", "let a key go", key=_KEY),
    Call("noop", "only wait", {"wait_ms": 1000}, wait_ms=Amount("milliseconds", 1000, 100)),
)
