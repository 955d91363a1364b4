"""Amounts of money, with separators, decimals, "k", and a currency.

The amount without its cents is a part. A bare number is the amount only where the words before it or the field's label
speak of money, or where it stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from scoutgym.envs.web.privacy.items import Item
from scoutgym.envs.web.privacy.match.cues import MONEY, alone, cued
from scoutgym.envs.web.privacy.reading import Reading, Span, fold
from scoutgym.envs.web.privacy.words import CURRENCIES

_CURRENCY = "|".join(sorted(map(re.escape, CURRENCIES), key=len, reverse=True))
_NUMBER = r"(?:\d{1,3}(?P<sign>[., '’])\d{3}(?:(?P=sign)\d{3})*|\d+)(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<before>{_CURRENCY})\s?)?(?P<number>{_NUMBER})(?:\s?(?P<factor>k|thousand|mil|million|m)\b)?"
    rf"(?:\s?(?P<after>{_CURRENCY})(?![^\W_]))?(?!\d)"
)
_FACTORS = {"k": 1000, "thousand": 1000, "mil": 1000, "million": 10**6, "m": 10**6, None: 1}


def amount(value: str) -> tuple[Decimal, str] | None:
    """The number and the currency of a text that is an amount."""
    found = _AMOUNT.fullmatch(fold(value)[0].strip())
    currency = found and (found["before"] or found["after"])
    return None if not found or not currency else (_number(found), CURRENCIES[currency])


def _number(found: re.Match[str]) -> Decimal:
    digits = found["number"]
    whole, cents = digits, ""
    if decimals := re.search(r"[.,](\d{1,2})$", digits):
        whole, cents = digits[: decimals.start()], decimals[1]
    try:
        return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{cents or 0}") * _FACTORS[found["factor"]]
    except InvalidOperation:
        return Decimal(-1)


def finder(item: Item) -> Callable[[Reading], Iterator[Span]]:
    """Finds an amount."""
    made = amount(item.value)
    assert made is not None
    value, currency = made
    significant = re.sub(r"\D", "", str(int(value))).strip("0")

    def find(reading: Reading) -> Iterator[Span]:
        seen = reading.numeric
        if significant not in seen.digits:
            return
        for found in _AMOUNT.finditer(seen.folded):
            number = _number(found)
            if number != value and number != int(value):
                continue
            said = CURRENCIES.get(found["before"] or found["after"] or "")
            place = seen.in_text(*found.span())
            if said == currency:
                yield Span("format" if number == value else "partial", *place, 0.95)
            elif number == value and said is None and (cued(seen, found.start(), MONEY) or alone(seen, *found.span())):
                yield Span("format", *place, 0.7)

    return find
