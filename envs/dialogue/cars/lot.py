"""The cars that a dealer has: thirty of thirty-six models, each with its features and its list price.

A lot is a function of its number, which the agent reads too; who the buyer is, is drawn apart from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any

from scoutgym.envs.chance import Chance

CARS = 30
"""How many cars a lot has."""

FLOOR = 70
"""Percent of the list price below which the house sells no car."""


@cache
def catalogue() -> dict[str, Any]:
    """Brands, types, features and models, from the file."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("cars.json").read_text("utf-8"))
    return found


BRANDS: tuple[str, ...] = tuple(catalogue()["brands"])
TYPES: tuple[str, ...] = tuple(catalogue()["types"])
FEATURES: tuple[str, ...] = tuple(catalogue()["features"])
MODELS: dict[str, tuple[str, str]] = {
    model: (brand, kind)
    for brand, models in catalogue()["models"].items()
    for model, kind in zip(models, TYPES, strict=True)
}
"""Brand and type of every model; no two models share both."""


@dataclass(frozen=True)
class Car:
    """A car of a lot.

    Args:
        model: its name, without the brand.
        brand: place in `BRANDS`.
        kind: place in `TYPES`.
        features: places in `FEATURES`.
        price: list price in dollars.
    """

    model: str
    brand: int
    kind: int
    features: tuple[int, ...]
    price: int

    @property
    def name(self) -> str:
        """Brand and model."""
        return f"{BRANDS[self.brand]} {self.model}"

    @property
    def floor(self) -> int:
        """The lowest price in dollars that the house lets it go for."""
        return -(-self.price * FLOOR // 100)


@dataclass(frozen=True)
class Lot:
    """The cars of a dealer, by model."""

    number: int
    cars: dict[str, Car]

    @cached_property
    def told(self) -> str:
        """The list of the cars, a line each, as the dealer reads it."""
        return "\n".join(
            f"- {car.name}, {TYPES[car.kind]}, {', '.join(FEATURES[one] for one in car.features)}: {dollars(car.price)}"
            for car in self.cars.values()
        )


def dollars(amount: int) -> str:
    """A price in words: $23,500."""
    return f"${amount:,}"


@lru_cache(maxsize=256)
def lot_of(number: int) -> Lot:
    """The lot of a number: models, two or three features each, and prices to the hundred."""
    chance = Chance(b"lot %d" % number)
    left_out = set(chance.sample(list(MODELS), len(MODELS) - CARS))
    cars = {}
    for model, (brand, kind) in MODELS.items():
        features = tuple(sorted(chance.sample(range(len(FEATURES)), 2 + chance.below(2))))
        percent = catalogue()["brands"][brand][0] + 3 * len(features) + chance.below(9) - 4
        price = catalogue()["types"][kind][0] * percent // 10_000 * 100
        if model not in left_out:
            cars[model] = Car(model, BRANDS.index(brand), TYPES.index(kind), features, price)
    return Lot(number, cars)
