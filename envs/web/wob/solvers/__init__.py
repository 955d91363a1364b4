"""Scripts that succeed on pages of MiniWoB++: proof that the rewards can be reached.

They are privileged: they read the document, also what is hidden, and of some pages the script.
"""

from __future__ import annotations

from typing import Any

from scoutgym.envs.grammar import Action
from scoutgym.envs.web.wob.browser import WobBrowser
from scoutgym.envs.web.wob.solvers import apps, clicks, figures, forms, mouse, waiting
from scoutgym.envs.web.wob.solvers.common import SOLVERS

FAILED = (ValueError, LookupError)
"""What a script raises that does not find what it looks for."""

LONGEST = 100
"""Actions, after which a script is given up."""


def solution(task: str, browser: WobBrowser) -> list[Action]:
    """The actions of a page's script from what the browser shows to success; they are done.

    Raises:
        ValueError: there is no script for this page, or it does not succeed from here.
    """
    if task not in SOLVERS:
        raise ValueError(f"there is no solver for {task!r}; there is one for {', '.join(sorted(SOLVERS))}")
    begun, failed = len(browser.played), ""
    for solver in SOLVERS[task]:
        browser.rewind(begun)
        try:
            for action in solver(browser):
                error = browser.act(action)
                if error:
                    raise ValueError(f"{action}: {error}")
                if browser.done or len(browser.played) - begun >= LONGEST:
                    break
            if browser.done and browser.raw > 0:
                return browser.played[begun:]
            failed = f"its reward is {browser.raw}"
        except FAILED as error:
            failed = str(error)
    raise ValueError(f"the script of {task} does not succeed from here: {failed}")


def fields(task: str, browser: WobBrowser) -> list[dict[str, Any]]:
    """The fields of the form that is shown; none where there is none."""
    if task not in forms.FORMS or browser.done:
        return []
    try:
        found = forms.FORMS[task](browser)
    except FAILED:
        return []
    return [
        {
            "name": one.name,
            "bid": one.element.bid,
            "value": list(one.value) if isinstance(one.value, tuple) else one.value,
            "done": one.done,
            "instruction": one.instruction,
        }
        for one in found
    ]


__all__ = ["SOLVERS", "apps", "clicks", "fields", "figures", "forms", "mouse", "solution", "waiting"]
