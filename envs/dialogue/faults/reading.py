"""How a customer understands a support agent: which test or remedy of the device the words are about.

A text is read sentence by sentence. Each is a question ("is the light red", "please check the cable", "tell me what
you see"), a suggestion ("restart it", "make sure that it is plugged in", "have you tried a restart", "I will send you
a new one") or may be both ("did you clean it"); what is forbidden ("do not unplug it") or made to depend on something
("if it is red, restart it") is not read. Then the patterns of the data are looked for: a pattern is a few groups of
words, all of which must occur, in any order and form; of those that fit the one with the most and the rarest words
wins. Where two fit about equally well, nothing was understood. A sentence joined by "and" or "then" may hold two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scoutgym.envs.dialogue.english import AUXILIARIES, Words, sentences, stem
from scoutgym.envs.dialogue.faults.acts import LOOK, TRYING, Act, act_after, act_of, looks
from scoutgym.envs.dialogue.faults.graph import common, device

MOST = 2
"""How many things a customer attends to in one turn."""

RARE = 1.5
"""What a word counts beside its group, divided by how many patterns of the device have it."""

BARE = 2
"""So many words after an "or" are a last choice, and no second question."""

JOINTS = ("and", "then", "or")

CLEAR = 0.25
"""By how much the best reading must be better than the next one."""

JOINED = {
    ("wi", "fi"): "wifi", ("e", "mail"): "email", ("e", "mails"): "email", ("blue", "tooth"): "bluetooth",
    ("head", "phones"): "headphone", ("pass", "word"): "password", ("air", "plane"): "airplane",
    ("sim", "card"): "sim", ("e", "bike"): "ebike", ("log", "in"): "login", ("log", "on"): "login",
    ("sign", "in"): "login", ("logged", "in"): "login", ("logging", "in"): "login",
}  # fmt: skip
"""Words that are written apart or together."""


@dataclass(frozen=True)
class Pattern:
    """Groups of words that must all occur, each as one of its phrases, and words that must not."""

    groups: tuple[tuple[Words, ...], ...]
    barred: frozenset[str]

    def places(self, of: Words) -> tuple[int, ...] | None:
        """The word at which each group was found, no word twice; None where one is missing."""
        there = set(of)
        if self.barred & there or not all(any(one[0] in there for one in group) for group in self.groups):
            return None  # nearly always: no need to try
        return _fit(self.groups, of, ())


def _fit(groups: tuple[tuple[Words, ...], ...], of: Words, taken: tuple[int, ...]) -> tuple[int, ...] | None:
    if not groups:
        return taken
    for phrase in groups[0]:
        for place in range(len(of) - len(phrase) + 1):
            if place not in taken and of[place : place + len(phrase)] == phrase:
                found = _fit(groups[1:], of, (*taken, place))
                if found is not None:
                    return found
    return None


def pattern(text: str, called: Sequence[str]) -> Pattern:
    """A pattern from its line: groups apart by blanks, words of a group by bars, words of a phrase by plus signs."""
    groups, barred = [], set()
    for group in text.replace("{called}", "|".join(called)).split():
        if group.startswith("!"):
            barred.add(stem(group[1:]))
        else:
            groups.append(tuple(tuple(map(stem, phrase.split("+"))) for phrase in group.split("|")))
    return Pattern(tuple(groups), frozenset(barred))


@dataclass(frozen=True)
class Match:
    """A reading of some words: what kind of thing, which, how well it fits, and which words it rests on."""

    kind: Literal["ask", "do", "small", "elsewhere"]
    name: str
    score: float
    places: tuple[int, ...]


class Reader:
    """What words mean to the owner of a device."""

    def __init__(self, name: str) -> None:
        one, shared = device(name), common()
        items = {("ask", key): test.keys for key, test in one.tests.items()}
        items |= {("do", key): remedy.keys for key, remedy in one.remedies.items()}
        small: dict[str, list[list[str]]] = shared["small"]
        self._items = {key: [pattern(line, one.called) for line in lines] for key, lines in items.items()}
        self._small = {key: [pattern(line, one.called) for line in lines[0]] for key, lines in small.items()}
        self._elsewhere = [pattern(line, one.called) for line in shared["elsewhere"]]
        uses: Counter[str] = Counter()
        for patterns in self._items.values():
            uses.update({word for one in patterns for group in one.groups for phrase in group for word in phrase})
        self._rare = {word: 1.0 / count for word, count in uses.items()}

    def read(self, text: str) -> list[list[str]] | None:
        """The things that a text asks for or suggests, as (kind, name), at most ``MOST``; None for none."""
        found: list[list[str]] = []
        for sentence in sentences(text):
            for one in self._sentence(_join(sentence.words), sentence.asks):
                item = [one.kind, one.name]
                if item not in found:
                    found.append(item)
        real = [item for item in found if item[0] != "small"]
        return (real or found)[:MOST] or None

    def _sentence(self, of: Words, asks: bool) -> list[Match]:
        """The one reading of a sentence, or the two of its parts."""
        act = act_of(of, asks)
        if act is None:
            return []
        best = self._best(of, act)
        joints = [place for place, word in enumerate(of) if word in JOINTS and 0 < place < len(of) - 1]
        for place in joints[:MOST]:
            if best is not None and min(best.places, default=place) < place < max(best.places, default=place):
                continue  # "unplug it and wait" is one thing
            after = of[place + 1 :]
            if act == "ask" and of[place] == "or" and len(after) <= BARE and not AUXILIARIES.intersection(after):
                first = self._best(of[:place], act)
                if first is not None:
                    return [first]  # "where does it stop: the basket, the address or the payment" is about where
                continue
            if act != "do" and best is not None and stem(after[0]) in LOOK:
                continue  # "connect a monitor and see whether it works" is about the monitor
            parts = (self._best(of[:place], act), self._best(after, act_after(act, of[place], after, asks)))
            sure = [one for one in parts if one is not None]
            if len({(one.kind, one.name) for one in sure}) == 2:
                return [] if of[place] == "or" and sure[0].kind == "do" else sure
            if best is None and len(sure) == 1 and len(after) > 1:
                best = sure[0]
        return [best] if best is not None else []

    def _best(self, of: Words, act: Act) -> Match | None:
        """The best reading of these words, if it is clear."""
        keys = tuple(map(stem, of))
        found = sorted(self._matches(keys, act), key=lambda one: -one.score)
        if not found:
            small = [
                Match("small", key, 0.0, ())
                for key, lines in self._small.items()
                if act != "do" and any(line.places(keys) is not None for line in lines)
            ]
            return small[0] if small else None
        if len(found) > 1 and found[0].score - found[1].score < CLEAR:
            return None
        return found[0]

    def _matches(self, keys: Words, act: Act) -> Iterator[Match]:
        for (kind, name), patterns in self._items.items():
            if kind == "do" and act == "ask":
                continue
            off = 1.0 if kind == "ask" and act == "do" else 0.0
            if off and not TRYING.intersection(keys) and not looks(keys):
                continue
            best = self._score(patterns, keys)
            if best is not None:
                yield Match("ask" if kind == "ask" else "do", name, best[0] - off, best[1])
        if act != "ask":
            best = self._score(self._elsewhere, keys)
            if best is not None:
                yield Match("elsewhere", "", best[0], best[1])

    def _score(self, patterns: Sequence[Pattern], keys: Words) -> tuple[float, tuple[int, ...]] | None:
        """The best of some patterns: a point for each group, and up to ``RARE`` more where its word is rare."""
        best: tuple[float, tuple[int, ...]] | None = None
        for one in patterns:
            places = one.places(keys)
            if places is not None:
                score = sum(1.0 + RARE * self._rare.get(keys[place], 0.5) for place in places)
                if best is None or score > best[0]:
                    best = score, places
        return best


def _join(of: Words) -> Words:
    """Words that are one written together."""
    joined: list[str] = []
    for word in of:
        if joined and (joined[-1], word) in JOINED:
            joined[-1] = JOINED[joined[-1], word]
        else:
            joined.append(word)
    return tuple(joined)


@cache
def reader(name: str) -> Reader:
    """The reader of a device, made once."""
    return Reader(name)
