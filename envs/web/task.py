"""A task on web sites: what is asked, when it is done, and a script that proves that it can be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoutgym.envs.grammar import Action

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.page import Page
    from scoutgym.envs.web.goals import Goal

SPOKEN = re.compile(r"(?<!\w)'([^\n]{1,200}?)'(?!\w)")
"""What a task's words put in quotes: texts that may have to be typed."""

SPEECH = {"goto": "goto", "ask": "send_msg_to_user", "say": "send_msg_to_user", "refuse": "report_infeasible"}
"""Steps of a script that no page has to be looked up for."""
TOLD = ("ask", "say", "refuse")
"""Those that say something to the user."""


@dataclass(frozen=True)
class WebTask:
    """One task on the contents of some sites.

    Args:
        asked: what the user wants, in words. What may have to be typed stands in single quotes.
        goal: when it is done; see `scoutgym.envs.web.goals`.
        script: steps that do it, in words of the page: ``["click", role, name]``, ``["fill", name, text]``,
            ``["choose", name, option]``, ``["check", name]``, ``["goto", path]``, ``["ask", question]``,
            ``["say", text]``, ``["refuse", why]``.
        start: the address of the first page.
        answer: what the user says when asked, and the episode goes on; empty where there is nothing to ask.
        asked_test: ``asked`` in words that only the test split has; empty where they are the same.
    """

    asked: str
    goal: Goal
    script: Sequence[Sequence[str]]
    start: str = "/"
    answer: str = ""
    asked_test: str = ""


def action_of(page: Page, step: Sequence[str]) -> Action | None:
    """The action of a step of a script, on the page that is shown; None where that has no such element."""
    kind, *words = step
    if kind in SPEECH:
        return (SPEECH[kind], words[0])
    if kind == "click":
        found = page.find(words[0], words[1])
    else:
        found = [bid for bid in page.roles if _fits(page, bid, kind, words[0])]
    if not found:
        return None
    if kind == "click":
        return ("click", found[0])
    if kind == "fill":
        return ("fill", found[0], words[1])
    return ("select_option", found[0], (words[1],)) if kind == "choose" else ("check", found[0])


def _fits(page: Page, bid: int, kind: str, name: str) -> bool:
    """Whether an element is the control of this name that a step of a script means."""
    control = page.controls.get(bid)
    if control is None or page.names[bid] != name:
        return kind == "check" and control is not None and page.names[bid].startswith(f"{name}, ")
    if kind == "check":
        return control.kind in ("checkbox", "radio")
    return (control.kind == "select") == (kind == "choose") and control.kind not in ("submit", "button", "reset")
