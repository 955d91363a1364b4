"""What a basket costs: goods, discount, shipping. All amounts are cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 10
"""Of one product in a basket."""


@dataclass(frozen=True)
class Line:
    """So many pieces of a product, of one color and size."""

    product: int
    price: int
    quantity: int
    grams: int
    category: int


@dataclass(frozen=True)
class Voucher:
    """A discount: a percentage or an amount.

    Args:
        minimum: what the goods must cost at least.
        category: where it counts; 0 everywhere.
        until: its last day, an ISO date.
    """

    code: str
    percent: int
    amount: int
    minimum: int
    category: int
    until: str

    def refused(self, lines: Sequence[Line], today: str) -> str:
        """Why it does not count now; empty where it does."""
        if self.until < today:
            return f"The code {self.code} is no longer valid."
        if sum(line.price * line.quantity for line in lines) < self.minimum:
            return f"The code {self.code} needs goods for at least {money(self.minimum)}."
        if self.category and all(line.category != self.category for line in lines):
            return f"The code {self.code} does not fit anything in your cart."
        return ""

    def discount(self, lines: Sequence[Line]) -> int:
        """What it takes off; half a cent is rounded up."""
        goods = sum(line.price * line.quantity for line in lines if self.category in (0, line.category))
        return min(self.amount, goods) if self.amount else (goods * self.percent + 50) // 100


@dataclass(frozen=True)
class Totals:
    """The sums below a basket."""

    goods: int
    discount: int
    shipping: int
    surcharge: int
    """For heavy goods; part of the shipping."""

    @property
    def total(self) -> int:
        """What is to be paid."""
        return self.goods - self.discount + self.shipping


def totals(
    lines: Sequence[Line],
    voucher: Voucher | None,
    price: int,
    free_from: int,
    heavy_from: int,
    heavy_fee: int,
    way: str,
) -> Totals:
    """Standard delivery is free from ``free_from`` after the discount; goods of more than ``heavy_from`` grams cost
    ``heavy_fee`` more, whichever way they are sent; nothing is sent where it is picked up.

    Args:
        lines: the basket.
        voucher: one that counts, or none.
        price: of the delivery.
        free_from: in cents.
        heavy_from: in grams.
        heavy_fee: in cents.
        way: standard, express or pickup.
    """
    goods = sum(line.price * line.quantity for line in lines)
    discount = voucher.discount(lines) if voucher is not None else 0
    sent = bool(lines) and way != "pickup"
    surcharge = heavy_fee if sent and sum(line.grams * line.quantity for line in lines) > heavy_from else 0
    if not sent or (way == "standard" and goods - discount >= free_from):
        price = 0
    return Totals(goods, discount, price + surcharge, surcharge)


def money(cents: int) -> str:
    """Dollars, as people read them."""
    return f"${cents // 100:,}.{cents % 100:02}"
