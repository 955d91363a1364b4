"""Who explores an app: taps what was not tapped yet, where names and distance promise most, and goes the known ways.

It sees what an agent sees: the task and the screens that were shown. An icon that was not tapped yet is worth 4 for
each word that it shares with what is sought, less the steps to it on the ways that are known; the best one is next.
Icons that are called as a known screen, or as an icon that did nothing elsewhere, are left.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from scoutgym.envs.belief import turns

HINT = 4
"""What a shared word is worth, in steps."""

Step = tuple[str, int]
"""``("tap", number)``, ``("say", number)``, ``("back", 0)``, ``("home", 0)``; anything else is ``("other", 0)``."""

ASKED = re.compile(
    r"Open the screen '(?P<reach>[^']+)'|is about this: '(?P<describe>[^']+)'"
    r"|On the screen '(?P<toggle>[^']+)', turn|on the screen '(?P<answer>[^']+)'\?"
)
SETTING = re.compile(r"(.+): (on|off)")
_SCREEN = re.compile(r"Screen: (?P<name>.+)\nAbout: (?P<about>.+)\.\n.+: (?P<number>\d+)(?P<entries>(?:\n\d+ .+)*)")


@dataclass
class Seen:
    """A screen as it was read: entries are its icons and, last, its setting."""

    name: str
    about: str
    number: int
    entries: Sequence[str]


@dataclass
class Explorer:
    """What somebody knows who has explored an app so far.

    Args:
        asked: the task.
        here: the first screen.
    """

    asked: str
    here: Seen
    screens: dict[str, Seen] = field(default_factory=dict)
    leads: dict[tuple[str, int], str] = field(default_factory=dict)
    """Where icons lead that were tapped."""
    shown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        found = ASKED.search(self.asked)
        if found is None or found.lastgroup is None:
            raise ValueError(f"{self.asked[:80]!r} asks for nothing that is done on a screen")
        self.kind, self.sought = found.lastgroup, found[found.lastgroup]
        self.words = _words(self.sought)
        self.home = self.here.name
        self.screens[self.home] = self.here
        self.shown.append(self.home)

    def see(self, step: Step, screen: Seen) -> None:
        """Learn what was shown after a step."""
        if step[0] == "tap":
            self.leads[self.here.name, step[1]] = screen.name
        if step[0] == "back":
            self.shown = self.shown[:-1] if self.shown[-2:-1] == [screen.name] else [screen.name]
        elif screen.name != self.here.name:
            self.shown.append(screen.name)
        self.here = self.screens[screen.name] = screen

    def step(self) -> Step:
        """What to do next."""
        place = {name for name, one in self.screens.items() if self.sought in (one.name, one.about)}
        if self.here.name in place:
            return ("say", self.here.number) if self.kind == "answer" else ("tap", len(self.here.entries))
        far, first = self._ways()
        if place & far.keys():
            return first[next(iter(place & far.keys()))]
        known = {*self.screens, *(self.screens[one].entries[n - 1] for (one, n), to in self.leads.items() if one == to)}
        open_icons = [
            (HINT * len(self.words & _words(entry)) - far[name], name, number)
            for name, screen in self.screens.items()
            for number, entry in enumerate(screen.entries, 1)
            if (name, number) not in self.leads and name in far and entry not in known and not SETTING.fullmatch(entry)
        ]
        if not open_icons:
            return ("home", 0)
        _, name, number = max(open_icons, key=lambda one: one[0])
        return ("tap", number) if name == self.here.name else first[name]

    def _ways(self) -> tuple[dict[str, int], dict[str, Step]]:
        """Of every screen that a known way leads to, how far it is and the first step there."""
        far, first = {self.here.name: 0}, dict[str, Step]()
        roads: dict[str, list[tuple[str, Step]]] = {}
        for (source, number), target in self.leads.items():
            roads.setdefault(source, []).append((target, ("tap", number)))
        queue = deque([self.here.name])
        back = list(reversed(self.shown))
        while queue:
            name = queue.popleft()
            ways = [*roads.get(name, []), (self.home, ("home", 0))]
            depth = far[name]
            if depth + 1 < len(back) and name == back[depth]:
                ways.append((back[depth + 1], ("back", 0)))
            for target, step in ways:
                if target not in far:
                    far[target] = depth + 1
                    first[target] = first.get(name, step)
                    queue.append(target)
        return far, first


def next_step(history: Sequence[str]) -> str:
    """The next action in the world of text, after what was read and done."""
    here = _read(history[0])
    assert here is not None
    explorer = Explorer(history[0], here)
    for action, said in turns(history):
        screen = _read(said)
        if screen is not None:
            explorer.see(("other", 0) if said.startswith("There is no") else _done(action), screen)
    verb, number = explorer.step()
    return f"{verb} {number}" if number else verb


def _read(text: str) -> Seen | None:
    found = _SCREEN.search(text)
    if found is None:
        return None
    entries = [line.partition(" ")[2] for line in found["entries"].split("\n")[1:]]
    return Seen(found["name"], found["about"], int(found["number"]), entries)


def _done(action: str) -> Step:
    verb, _, number = " ".join(action.lower().replace(",", " ").split()).partition(" ")
    return verb, int(number) if number else 0


def _words(text: str) -> set[str]:
    return {word for word in re.findall("[a-z]+", text.lower()) if len(word) > 2}
