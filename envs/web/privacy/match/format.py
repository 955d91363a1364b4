"""The layer ``format``: the same value as people write values of its kind, one file a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match import addresses, amounts, dates, emails, names, numbers, phones, phrases
from scoutgym.envs.web.privacy.reading import Reading, Span


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds an item by the formats of its kind."""
    if item.kind == "number":
        return amounts.finder(item) if amounts.amount(item.value) else numbers.finder(item)
    of_kind = {
        "name": names.finder,
        "email": emails.finder,
        "phone": phones.finder,
        "address": addresses.finder,
        "date": dates.finder,
        "text": phrases.finder,
    }
    return of_kind[item.kind](item)
