"""Who may buy, what a buyer would pay, and what a buyer answers, for many buyers at once.

A buyer wishes for a brand, a type and a feature, has a budget, and is of one of three manners. A car that misses at
most one of the wishes is worth to the buyer

    r = min(budget, share(manner, missed wish) · list price), rounded down to hundreds,

with the shares of `SHARES`: a bargain hunter pays no list price, but minds little what is missing; who wants features
pays more for them, who is loyal to a brand for the brand. A car that misses more is worth nothing. An offer is
accepted at r or below it.

Of money a buyer talks in one round figure, which a bargain hunter understates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.dialogue.cars.lot import BRANDS, FEATURES, TYPES, Car, Lot, dollars

MANNERS = ("bargain", "features", "brand")
"""What matters most to a buyer."""

LOWEST, HIGHEST, STEP = 15_000, 40_000, 500
"""Budgets in dollars."""

SHAPE = (len(BRANDS), len(TYPES), len(FEATURES), (HIGHEST - LOWEST) // STEP + 1, len(MANNERS))
"""How many brands, types, features, budgets and manners there are; a buyer's number is a place in this table."""

SHARES = {"bargain": (94, 90, 78, 87), "features": (104, 101, 92, 75), "brand": (108, 76, 95, 102)}
"""Percent of the list price for each manner where nothing is missed, where the brand, the type, or the feature is."""

LITTLE, MUCH = 105, 115
"""Percent of what a buyer would pay: up to here an offer is a little too high, and beyond there far too high."""

Ints = NDArray[np.int64]
Act = Sequence[Any]

_MISSES = np.zeros((len(MANNERS), 2, 2, 2), np.int64)
for _place, _manner in enumerate(MANNERS):
    _MISSES[_place, 0, 0, 0], _MISSES[_place, 1, 0, 0], _MISSES[_place, 0, 1, 0], _MISSES[_place, 0, 0, 1] = SHARES[
        _manner
    ]


@dataclass(frozen=True)
class Buyers:
    """Some buyers: an array for each thing they have, all of one length; budgets in dollars, the rest as places."""

    brand: Ints
    kind: Ints
    feature: Ints
    budget: Ints
    manner: Ints

    def of(self, places: NDArray[np.intp]) -> Buyers:
        """Some of them."""
        return Buyers(
            self.brand[places], self.kind[places], self.feature[places], self.budget[places], self.manner[places]
        )

    def misses(self, car: Car) -> tuple[Ints, Ints, Ints]:
        """Whether a car misses the brand, the type and the feature, 0 or 1 each."""
        has = np.zeros(len(FEATURES), np.bool_)
        has[list(car.features)] = True
        return (
            (self.brand != car.brand).astype(np.int64),
            (self.kind != car.kind).astype(np.int64),
            (~has[self.feature]).astype(np.int64),
        )

    def worth(self, car: Car) -> Ints:
        """What each would pay for a car at most, in dollars; 0 where it is not wanted."""
        brand, kind, feature = self.misses(car)
        share = _MISSES[self.manner, brand, kind, feature]
        return np.minimum(self.budget * (share > 0), car.price * share // 100) // 100 * 100

    def best(self, lot: Lot) -> Ints:
        """What each would pay at most for any car that the house may sell for it, in dollars; 0 for none."""
        best = np.zeros(len(self.brand), np.int64)
        for car in lot.cars.values():
            worth = self.worth(car)
            np.maximum(best, worth * (worth >= car.floor), out=best)
        return best

    def figure(self) -> Ints:
        """The budget as each tells it, in dollars."""
        low = self.budget * 85 // 100 // 2_500 * 2_500
        near = (self.budget + 1_250) // 2_500 * 2_500
        coarse = (self.budget + 2_500) // 5_000 * 5_000
        return np.choose(self.manner, (low, near, coarse))

    def codes(self, lot: Lot, act: Act) -> Ints:
        """The answer of each to an act, as a number; `tell` says it in words."""
        if act[0] == "ask":
            return {
                "brand": self.brand, "type": self.kind, "feature": self.feature, "budget": self.figure() // STEP,
                "matters": self.manner,
            }[act[1]]  # fmt: skip
        if act[0] == "is":
            mine, names = {
                "brand": (self.brand, BRANDS),
                "type": (self.kind, TYPES),
                "feature": (self.feature, FEATURES),
            }[act[1]]
            same: Ints = (mine == names.index(act[2])).astype(np.int64)
            return same
        if act[0] == "spend":
            enough: Ints = (self.figure() >= act[1]).astype(np.int64)
            return enough
        if act[0] == "show":
            brand, kind, feature = self.misses(lot.cars[act[1]])
            missed: Ints = np.minimum(brand + kind + feature, 2)
            return missed
        if act[0] == "offer":
            worth, price = self.worth(lot.cars[act[1]]), act[2]
            far = 1 + (price * 100 > worth * LITTLE) + (price * 100 > worth * MUCH)
            codes: Ints = np.where(worth >= price, 0, np.where(worth == 0, 4, far))
            return codes
        return np.zeros(len(self.brand), np.int64)


@cache
def everybody() -> Buyers:
    """Every buyer that there can be, by number."""
    brand, kind, feature, budget, manner = np.unravel_index(np.arange(int(np.prod(SHAPE))), SHAPE)
    return Buyers(brand, kind, feature, LOWEST + STEP * budget, manner)


def one(number: int) -> Buyers:
    """The one buyer of a number."""
    return everybody().of(np.array([number], np.intp))


SMALL = {
    "hello": "Hello! I would like to buy a car.",
    "thanks": "You are welcome. But let us talk about the car.",
    "which": "Which car do you mean?",
    "one": "One car at a time, please. Name me one, and a price.",
    "absent": "I do not see that car on your list.",
    "floor": "That is below what your house may sell it for. It would not come to a sale.",
    "bid": "You are the dealer. Name me a price for a car, and I will tell you.",
    "any": "That does not matter to me.",
    "no": "No, thank you. I only want a car, at a good price.",
    "me": "I would rather talk about the car than about me.",
    "foreign": "I only want a car that is on your list.",
    "deal": "Name me one car and a price, and I will tell you whether I take it.",
}
"""What is said to what tells nothing."""

LEAVES = "That is enough: I will look elsewhere. Goodbye."
"""Added to the answer after which the buyer leaves."""

ACCEPTED = "Yes, I take the {name} for {price}. It is a deal!"


def tell(lot: Lot, act: Act, code: int) -> str:
    """An answer in words, which alone says all that the number does."""
    kind = act[0]
    if kind == "ask":
        if act[1] == "budget":
            return f"I want to spend about {dollars(code * STEP)}."
        if act[1] == "matters":
            return (
                "Most of all I want a good price.",
                "Most of all it must have what I need in it.",
                "Most of all I care about the name on it.",
            )[code]
        says, names = {
            "brand": ("I would like one by {}.", BRANDS),
            "type": ("I am looking for a {}.", TYPES),
            "feature": ("I would like it to have {}.", FEATURES),
        }[act[1]]
        return says.format(names[code]).replace("a SUV", "an SUV")
    if kind == "is":
        no = {
            "brand": "{} is not my brand.",
            "type": "A {} is not what I am looking for.",
            "feature": "I can do without {}.",
        }
        yes = {"brand": "Yes, I like {}.", "type": "Yes, I want a {}.", "feature": "Yes, I want {}."}
        return (yes if code else no)[act[1]].format(act[2]).replace(" a SUV", " an SUV").replace("A SUV", "An SUV")
    if kind == "spend":
        return f"{dollars(act[1])} {'is something I could spend' if code else 'is more than I want to spend'}."
    if kind == "show":
        name = lot.cars[act[1]].name
        return (
            f"The {name} is just what I have in mind.",
            f"The {name} comes close to what I have in mind.",
            f"The {name} is not the kind of car that I need.",
        )[code]
    if kind == "offer":
        car = lot.cars[act[1]]
        if code == 0:
            return ACCEPTED.format(name=car.name, price=dollars(act[2]))
        return (
            f"{dollars(act[2])} is a little more than I would pay for the {car.name}.",
            f"{dollars(act[2])} is too much for the {car.name}.",
            f"{dollars(act[2])} is far too much for the {car.name}.",
            f"The {car.name} is not the kind of car that I need, at any price.",
        )[code - 1]
    return SMALL[act[1]]
