"""Finding goods: what is wanted, as SQL, and how results are sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PAGE = 12
"""Goods on a page of results."""

SORTS = {
    "featured": ("Featured", "featured DESC, product.id"),
    "price": ("Price: low to high", "price, product.name"),
    "price-down": ("Price: high to low", "price DESC, product.name"),
    "rating": ("Best rated", "CASE WHEN votes THEN 1.0 * points / votes ELSE 0 END DESC, votes DESC, product.name"),
    "name": ("Name", "product.name"),
    "new": ("Newest", "added DESC, product.name"),
}

RATINGS = {"": "Any", "4": "4 and more", "3": "3 and more", "2": "2 and more"}
"""The lowest ratings that can be asked for."""

CARD = "product.id, product.name, price, was, stock, votes, points"
"""The columns that a card shows."""

HAS_WORD = "({})".format(
    " OR ".join(rf"product.{column} LIKE ? ESCAPE '\'" for column in ("name", "brand", "material", "about"))
)
PLAIN = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})

TERMS, LETTERS = 8, 100
"""Words of a search that count, and letters of it."""


@dataclass(frozen=True)
class Wanted:
    """What is searched for; an empty field asks for nothing.

    Args:
        q: words that all stand in the name, brand, material or description.
        category: a slug.
        low: the lowest price in cents.
        high: the highest; 0 for none.
        stars: the lowest rating.
        stock: only what is in stock.
        sort: one of ``SORTS``.
    """

    q: str = ""
    category: str = ""
    low: int = 0
    high: int = 0
    stars: int = 0
    stock: bool = False
    sort: str = "featured"

    def where(self) -> tuple[str, list[Any]]:
        """The condition and its values."""
        parts, values = ["1"], list[Any]()
        for word in self.q.split()[:TERMS]:
            parts.append(HAS_WORD)
            values += [f"%{word.translate(PLAIN)}%"] * 4
        if self.category:
            parts.append("category = (SELECT id FROM category WHERE slug = ?)")
            values.append(self.category)
        for part, value in (("price >= ?", self.low), ("price <= ?", self.high), ("points >= ? * votes", self.stars)):
            if value:
                parts.append(part)
                values.append(value)
        if self.stars:
            parts.append("votes")
        if self.stock:
            parts.append("stock")
        return " AND ".join(parts), values

    def order(self) -> str:
        """The order of the results."""
        return SORTS[self.sort][1]


def wanted(query: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What the pairs of an address ask for, and the mistakes in them; what is wrong asks for nothing."""
    errors = {}
    bounds: dict[str, int] = {}
    for side in ("from", "to"):
        text = query.get(side, "").strip().removeprefix("$")
        bounds[side] = _cents(text)
        if text and bounds[side] < 0:
            errors[side] = "Enter an amount, such as 25 or 19.50."
            bounds[side] = 0
    low, high = max(bounds["from"], 0), max(bounds["to"], 0)
    if high and low > high:
        errors["to"] = "The highest price is below the lowest."
    stars = query.get("stars", "")
    sort = query.get("sort", "")
    found = Wanted(
        query.get("q", "").strip()[:LETTERS],
        query.get("category", ""),
        low,
        high,
        int(stars) if stars and stars in RATINGS else 0,
        bool(query.get("stock")),
        sort if sort in SORTS else "featured",
    )
    return found, errors


def _cents(text: str) -> int:
    """An amount in cents; -1 where it is none."""
    whole, _, part = text.partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdecimal() and whole and len(whole) < 8 and len(part) < 3):
        return -1
    return int(whole) * 100 + int(part.ljust(2, "0"))
