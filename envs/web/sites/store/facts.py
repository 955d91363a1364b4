"""What a store holds, for whoever makes tasks of it or tests it."""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.store.search import Wanted

COLUMNS = "product.*, category.slug, category.name AS department, warranty"


def goods(database: Database, where: str = "1", *values: object, order: str = "product.id") -> list[Row]:
    """Products with their departments; ``where`` and ``order`` are SQL over both tables."""
    return database.rows(
        f"SELECT {COLUMNS} FROM product JOIN category ON category.id = category WHERE {where} ORDER BY {order}", *values
    )


def some(database: Database, chance: Chance, where: str = "stock > 1", *values: object) -> Row:
    """A random product of those that fit.

    Raises:
        ValueError: none fits.
    """
    found = goods(database, where, *values)
    if not found:
        raise ValueError(f"no product fits {where} with {values}")
    return chance.choice(found)


def results(database: Database, wanted: Wanted) -> list[Row]:
    """What a search finds, in its order."""
    where, values = wanted.where()
    return goods(database, where, *values, order=wanted.order())


def cheapest(database: Database, wanted: Wanted) -> Row | None:
    """The one product of the lowest price that a search finds; None where there is none, or are several."""
    found = sorted(results(database, wanted), key=lambda row: row["price"])
    return found[0] if found and (len(found) == 1 or found[0]["price"] < found[1]["price"]) else None


def terms(database: Database, product: Row) -> list[str]:
    """The words of a product's name that find it and nothing else."""
    return [word for word in product["name"].split() if len(results(database, Wanted(q=word))) == 1]


def choices(product: Row) -> list[tuple[str, Sequence[str]]]:
    """The lists of its page to choose from, with what they offer."""
    listed = (("Color", product["colors"].split("|")), ("Size", product["sizes"].split("|")))
    return [(name, offered) for name, offered in listed if len(offered) > 1]
