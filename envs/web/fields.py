"""The fields of a task's forms, one by one: what QWeb's curricula and its dense reward are made of.

Gur et al. 2019, "Learning to Navigate the Web" (arXiv 1812.09195), section 4: an instruction is a set of pairs of a
field and a value, any subset of which is an instruction too, and the reward of a step is how many more of them hold.
There it is a difference of potentials; here a field pays once, however often a form is filled in anew, so that nothing
is gained by going round in circles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from scoutgym.envs.spec import Part

if TYPE_CHECKING:
    from scoutgym.envs.web.browser.controls import Value
    from scoutgym.envs.web.browser.page import Page

Script = Sequence[Sequence[str]]

REWARD = {"fields": Part("for the part of the task's fields that hold what is asked for the first time", high=10.0)}


def pairs(script: Script) -> list[tuple[str, str]]:
    """The fields of a script, each with what it is to hold; "yes" for a box to be ticked."""
    return [(step[1], step[2] if len(step) > 2 else "yes") for step in script if step[0] in ("fill", "choose", "check")]


def held(wanted: Sequence[tuple[str, str]], page: Page, fields: Mapping[int, Value]) -> Set[int]:
    """The places of the pairs that hold on a page by what a user has changed there."""
    shown: dict[str, set[str]] = {}
    for bid in fields:
        if bid not in page.names:  # of a page that is gone
            continue
        control, values = page.controls[bid], shown.setdefault(page.names[bid], set())
        if control.kind == "select":
            values.update(control.options[place].label for place in control.chosen(fields))
        elif control.kind not in ("checkbox", "radio"):
            values.add(control.text(fields))
        elif control.on(fields):
            values.add("yes")
    return {place for place, (name, value) in enumerate(wanted) if value in shown.get(name, ())}
