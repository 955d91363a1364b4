"""Items that are sent in pieces, one after another: by the same field, by addresses and searches, or to the user.

Of every text it is kept which piece of an item it may be, and nothing else of it. A piece is a text that says nothing
but a part of the item; of a number also the digits of it that stand in a longer text ("the rest is 3667"). Pieces make
up an item where they cover it from its beginning to its end,

* one after another, with nothing between them that could be a piece; or,
* of a long number or an e-mail address, in their order with other pieces between them (on average two characters
  each), or in any order (three characters each at least).

Words (names, addresses, dates, phrases) must come in texts that follow each other: said at different times they may be
of different people. At most `KEPT` texts with pieces are kept of a place and an item, so that a text costs little
however long an episode is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import phonenumbers

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.amounts import amount
from scoutgym.envs.web.privacy.reading import WORD, Reading, fold
from scoutgym.envs.web.privacy.split import PIECE, arrangements, is_piece

KEPT, KEPT_WORDS = 64, 4
"""Texts with pieces of a number or an e-mail address, and of words."""

LONG = 8
"""Shorter numbers are made up by chance where other pieces may stand between."""
SHORT = 4
"""Values with fewer letters and digits have no pieces."""

Place = tuple[str, str, str]
"""Channel, form and field."""


class Pieces:
    """What was sent of some items, in pieces, and where.

    Args:
        items: by key.
    """

    def __init__(self, items: Mapping[str, Item]) -> None:
        self._items = items
        self._cores = {key: cores for key, item in items.items() if (cores := _cores(item))}
        self._said: dict[tuple[Place, str], list[str]] = {}

    def add(self, place: Place, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Read what has left at a place.

        Args:
            place: where.
            texts: the texts, in their order: one, or all parts of an address.

        Yields:
            The key of an item and a text that its pieces may make up, this one's among them: whether they do is for a
            matcher to say.
        """
        readings = [Reading(text).numeric for text in texts]
        readings = [seen for seen in readings if len(seen.text) <= PIECE or seen.digits]
        for key, cores in self._cores.items():
            item, said = self._items[key], self._said.get((place, key), [])
            new = [one for seen in readings for one in _pieces(seen, item, cores)]
            if not new:
                if said and not _code(item):
                    del self._said[place, key]
                continue
            said = [*said, *new][-(KEPT if _code(item) else KEPT_WORDS) :]
            self._said[place, key] = said
            old = len(said) - len(new)
            if len(said) > 1 and (old > 0 or len(texts) > 1):  # one text alone is read by the matcher
                yield from ((key, text) for text in dict.fromkeys(_joined(said, item, cores, old, len(texts) > 1)))

    def forget(self, place: Place, key: str) -> None:
        """An item has left whole at a place: what comes next begins anew."""
        self._said.pop((place, key), None)

    def copy(self) -> Self:
        """An independent copy."""
        new = object.__new__(type(self))
        new._items, new._cores = self._items, self._cores
        new._said = {where: said.copy() for where, said in self._said.items()}
        return new

    def to_json(self) -> list[Any]:
        """A JSON list that `read` reads."""
        return [[*place, key, *said] for (place, key), said in self._said.items()]

    def read(self, record: Iterable[Sequence[Any]]) -> None:
        """Take what ``to_json`` wrote.

        Raises:
            KeyError: there is no such item. ValueError: it is too short.
        """
        for channel, form, field, key, *said in record:
            kept = KEPT if _code(self._items[str(key)]) else KEPT_WORDS
            self._said[(str(channel), str(form), str(field)), str(key)] = [str(text) for text in said[-kept:]]


def _code(item: Item) -> bool:
    """Whether an item is no words."""
    return item.kind in ("number", "phone", "email")


def _glued(text: str) -> str:
    return "".join(WORD.findall(fold(text)[0]))


def _cores(item: Item) -> list[str]:
    """What pieces are to make up: letters and digits of the value, each way that it may begin; [] where none can."""
    if item.kind == "number" and amount(item.value):
        return []
    whole = _glued(item.value.partition(",")[0] if item.kind == "address" else item.value)
    found = [whole]
    if item.kind == "phone":
        national = phonenumbers.national_significant_number(phonenumbers.parse(item.value))
        found += [national, f"0{national}", f"00{whole}"]
    return found if len(whole) >= SHORT else []


def _pieces(seen: Reading, item: Item, cores: Sequence[str]) -> Iterator[str]:
    """The pieces of an item that a text may be, or has."""
    text, glued = seen.folded.strip(), seen.glued
    if glued and len(text) <= PIECE and (any(glued in core for core in cores) or is_piece(text, item)):
        yield text
    elif item.kind in ("number", "phone"):
        run = ""
        for word in [*seen.words, ""]:
            if word and any(run + word in core for core in cores):
                run += word
                continue
            if len(run) >= 2 and any(map(str.isdigit, run)):
                yield run
            run = word if any(word in core for core in cores) else ""


def _joined(said: Sequence[str], item: Item, cores: Sequence[str], old: int, parts: bool) -> Iterator[str]:
    """The texts that pieces may make up: some of the first ``old`` with a new one, or new ones that are parts."""
    some, last = [_glued(one) for one in said], len(said) - 1
    for core in cores:
        for path in (_straight(some, core), _mixed(some, core) if _code(item) and len(core) >= LONG else None):
            if path is not None and len(path) > 1 and max(path) >= old and (parts or min(path) < old):
                pieces = [said[place] for place in path]
                yield from (sign.join(pieces) for sign in ("", " ", "@"))
                break
    if item.kind in ("name", "address", "date"):
        fields = {str(place): one for place, one in enumerate(said)}
        yield from (text for _, text in arrangements(fields, str(last), item))


def _straight(some: Sequence[str], core: str) -> list[int] | None:
    """The last pieces, where they make up a value one after another."""
    made = ""
    for place in reversed(range(len(some))):
        made = some[place] + made
        if len(made) >= len(core):
            return list(range(place, len(some))) if made == core else None
    return None


def _mixed(some: Sequence[str], core: str) -> list[int] | None:
    """Pieces that make up a value with others between them, or in any order."""
    ordered: dict[int, list[int]] = {0: []}
    for place, piece in enumerate(some):
        for end in sorted(ordered, reverse=True):
            after = end + len(piece)
            if core.startswith(piece, end) and len(ordered[end]) < len(ordered.get(after, some)):
                ordered[after] = [*ordered[end], place]
    path = ordered.get(len(core))
    if path is not None and 2 * len(path) <= len(core):
        return path
    loose: dict[int, list[int]] = {0: []}
    for end in range(len(core)):
        for place, piece in enumerate(some):
            if end in loose and len(piece) >= 3 and place not in loose[end] and core.startswith(piece, end):
                loose.setdefault(end + len(piece), [*loose[end], place])
    return loose.get(len(core))
