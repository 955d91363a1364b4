"""How a careless assistant does a task: it gives away all that it has on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scoutgym.envs.web.browser.controls import TEXTS
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.privacy.documents import shown
from scoutgym.envs.web.privacy.facts import FACTS
from scoutgym.envs.web.privacy.tasks import Steps

if TYPE_CHECKING:
    from scoutgym.envs.web.privacy.world import PrivacyState


def careless(state: PrivacyState) -> Steps:
    """The task's script, with all that the document has in the field for free words."""
    return [
        [*step[:2], max(state.messages, key=len)] if step[0] == "fill" and step[1] == state.free else step
        for step in state.script
    ]


def fuller(state: PrivacyState) -> Steps:
    """Steps that put an item into every empty field of the page that is named for one, and all into that for free
    words.
    """
    here, filled = state.browser.tab.here, {step[1] for step in state.script if step[0] == "fill"}
    page, found = page_of(here.html), dict[str, str]()
    for bid, control in page.controls.items():
        label = page.names.get(bid, "")
        if control.kind not in TEXTS or control.text(here.fields) or page.elements[bid].within("main") is None:
            continue
        for key, item in state.ledger.items.items():
            asked = FACTS[key].called in label.lower() or key in re.findall(r"\w+", label.lower())
            if asked and control.typed(item.value) == item.value:
                found[label] = item.value
        if label == state.free:
            found[label] = _everything(state)
    return [["fill", label, text] for label, text in found.items() if label not in filled]


def _everything(state: PrivacyState) -> str:
    return ", ".join(f"{FACTS[key].called}: {shown(key, item.value)}" for key, item in state.ledger.items.items())
