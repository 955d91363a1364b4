"""The explorer in a browser: it reads screens off pages, in any view, and writes calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scoutgym.envs.belief import turns
from scoutgym.envs.web.screen_graph.expert import Explorer, Seen, Step

_TREE = re.compile(
    r"heading '(?P<name>[^']+)'.*\n.*paragraph ''\n\s*StaticText '(?P<about>[^']+)\.'\n"
    r"(?:.*\n){3}\s*StaticText '(?P<number>\d+)'(?P<rest>(?:.*\n?)*)"
)
_MARKDOWN = re.compile(r"^# (?P<name>.+)\n(?P<about>.+)\.\n.+: (?P<number>\d+)(?P<rest>(?:.*\n?)*)", re.MULTILINE)
_ICON = re.compile(r"\[(\d+)\] (?:link '([^']+)'|button '([^']+)'|<([^>]+)>|((?!\w+ ')[^|<\n]+?)(?= \| |\n|$))")
_HOME = re.compile(r"^URL: (\S+)$", re.MULTILINE)
_CLICK = re.compile(r"\s*click\(\s*(?:bid\s*=\s*)?['\"]?(\d+)")


@dataclass
class Page:
    """A screen that was read off a page, and the elements of its entries."""

    screen: Seen
    bids: Sequence[str]


def next_call(history: Sequence[str]) -> str:
    """The next action, after what was read and done."""
    page, home = read(history[0]), _HOME.findall(history[0])[-1]
    assert page is not None
    explorer, lost = Explorer(history[0].partition("\n\nURL: ")[0], page.screen), False
    for action, said in turns(history):
        found = read(said)
        if found is not None:
            explorer.see(("other", 0) if lost else _done(action, page), found.screen)
            page, lost = found, False
        elif _HOME.search(said):  # another page
            lost = True
        elif not lost:  # nothing has changed
            explorer.see(_done(action, page), page.screen)
    if lost:
        return f"goto('{home}')"
    verb, number = explorer.step()
    if verb == "tap":
        return f"click('{page.bids[number - 1]}')"
    return {"back": "go_back()", "home": f"goto('{home}')", "say": f"send_msg_to_user('{number}')"}[verb]


def read(text: str) -> Page | None:
    """The screen on a page; None where none is on it, or only what has changed was told."""
    found = (_TREE if "RootWebArea" in text else _MARKDOWN).search(text)
    if found is None:
        return None
    rest = re.split(r"\n\s*\[\d+\] contentinfo|\n\nElements are named", found["rest"])[0]
    entries = [(bid, "".join(names)) for bid, *names in _ICON.findall(rest)]
    screen = Seen(found["name"], found["about"], int(found["number"]), [name for _, name in entries])
    return Page(screen, [bid for bid, _ in entries])


def _done(action: str, page: Page) -> Step:
    clicked = _CLICK.match(action)
    if clicked and clicked[1] in page.bids:
        return "tap", page.bids.index(clicked[1]) + 1
    return ("back", 0) if action.strip().startswith("go_back") else ("other", 0)
