"""Where items stand in a text, by four layers, each of which can be used alone.

A layer is a function from an item to a finder, and a finder one from a reading to the spans where the item is. What is
costly is done once an item; a finder first makes sure in a microsecond or two that there is anything to look for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match import exact, format, fuzzy, normalized
from scoutgym.envs.web.privacy.reading import Reading, Span

Finder = Callable[[Reading], Iterator[Span]]

LAYERS: dict[str, Callable[[Item], Finder]] = {
    "exact": exact.finder,
    "normalized": normalized.finder,
    "format": format.finder,
    "fuzzy": fuzzy.finder,
}
"""In the order in which they are asked."""


@dataclass(frozen=True)
class Finding:
    """An item that was found in a text.

    Args:
        item: its key.
        how: see `Span`.
        start: of the span in the text.
        end: of the span in the text.
        confidence: from 0 to 1, set by hand for each rule: an order, not a probability.
    """

    item: str
    how: str
    start: int
    end: int
    confidence: float

    @property
    def partial(self) -> bool:
        """Whether only a part of the item was found."""
        return self.how == "partial"


class Matcher:
    """Finds some items in texts.

    Args:
        items: with different keys.
        layers: names of `LAYERS`.

    Raises:
        ValueError: two items have one key, or there is no such layer.
    """

    def __init__(self, items: Iterable[Item], layers: Sequence[str] = tuple(LAYERS)) -> None:
        some = list(items)
        self.items = {item.key: item for item in some}
        if len(self.items) != len(some):
            raise ValueError(f"two items have one key: {', '.join(item.key for item in some)}")
        if unknown := set(layers) - LAYERS.keys():
            raise ValueError(f"there is no layer {', '.join(sorted(unknown))}: there are {', '.join(LAYERS)}")
        self._finders = {key: [LAYERS[layer](item) for layer in layers] for key, item in self.items.items()}

    def find(self, text: str, about: str = "") -> list[Finding]:
        """What a text discloses: for each item the first whole finding in the order of layers, else the first part.

        Args:
            text: what is disclosed to somebody.
            about: the label of the field, where it is one.
        """
        reading = Reading(text, about)
        if not reading.words:
            return []
        found = [one for key in self._finders if (one := self._find(key, reading)) is not None]
        return [one for one in found if not self._within_address(one, found)]

    def find_one(self, key: str, text: str, about: str = "") -> Finding | None:
        """The same for one item."""
        reading = Reading(text, about)
        return self._find(key, reading) if reading.words else None

    def _within_address(self, one: Finding, found: Sequence[Finding]) -> bool:
        """Whether a name stands within an e-mail address: whoever must give the address cannot help it."""
        return self.items[one.item].kind == "name" and any(
            self.items[other.item].kind == "email" and other.start <= one.start and one.end <= other.end
            for other in found
        )

    def _find(self, key: str, reading: Reading) -> Finding | None:
        part: Span | None = None
        for finder in self._finders[key]:
            for span in finder(reading):
                if span.how != "partial":
                    return Finding(key, *span)
                part = part or span
        return None if part is None else Finding(key, *part)
