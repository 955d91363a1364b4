"""What a seller is told and may say, and what a chat model is told that plays the buyer."""

from __future__ import annotations

from functools import lru_cache

from scoutgym.envs.dialogue.cars.buyers import SMALL, Buyers
from scoutgym.envs.dialogue.cars.lot import BRANDS, FEATURES, TYPES, Car, Lot, dollars, lot_of
from scoutgym.envs.dialogue.persona import instructions, persona_of

ASKED = (
    "What type of car are you looking for?",
    "What brand do you prefer?",
    "What feature should it have?",
    "What matters most to you?",
    "What is your budget?",
)
MATTERS = ("hunts for bargains", "wants features", "is loyal to a brand")
"""The manners in words, in the order of `scoutgym.envs.dialogue.cars.buyers.MANNERS`."""


def offer(car: Car, price: int) -> str:
    """The text that offers a car."""
    return f"I offer you the {car.name} for {dollars(price)}."


@lru_cache(maxsize=256)
def opening(number: int, texts: int, patience: int) -> str:
    """All that a seller reads at first."""
    end = f" After {patience} refused offers the buyer leaves." if patience else ""
    return (
        f"Lot {number:08x}. You sell cars, and a buyer has come in. Find out what the buyer wishes for, and sell one "
        f"of these cars for as much as the buyer will pay; you may not go below 70 % of its list price. You have "
        f"{texts} messages. An offer names a car and its price.{end}\n\nYour cars, with their list prices:\n"
        f"{lot_of(number).told}\n\nBuyer: {SMALL['hello']}"
    )


@lru_cache(maxsize=64)
def bank(number: int) -> tuple[str, ...]:
    """Questions, cars to show, and offers at the list price and at 85 % of it."""
    cars = lot_of(number).cars.values()
    shown = [f"What do you think of the {car.name}?" for car in cars]
    offers = [offer(car, car.price * percent // 10_000 * 100) for percent in (100, 85) for car in cars]
    return (*ASKED, *shown, *offers)


def best_of(lot: Lot, buyer: Buyers) -> tuple[Car, int]:
    """The car that a buyer would pay most for, and how much."""
    worth = {name: int(buyer.worth(car)[0]) for name, car in lot.cars.items()}
    best = max((name for name in worth if worth[name] >= lot.cars[name].floor), key=worth.__getitem__)
    return lot.cars[best], worth[best]


def facts(secret: str, lot: Lot, buyer: Buyers) -> str:
    """The buyer for a chat model: a persona, a private goal and a private budget."""
    brand, kind, feature = BRANDS[buyer.brand[0]], TYPES[buyer.kind[0]], FEATURES[buyer.feature[0]]
    budget, told, manner = int(buyer.budget[0]), int(buyer.figure()[0]), int(buyer.manner[0])
    goal = (
        "to get the car cheaply; you never pay the list price",
        f"to get a car with {feature}, for which you would pay a little more than the list price",
        f"to get a {brand}, for which you would pay a little more than the list price",
    )[manner]
    return instructions(
        persona_of(secret),
        f"You want to buy a car and talk to a dealer, who has these cars:\n{lot.told}",
        goal,
        (
            f"You can pay {dollars(budget)} at the very most. Asked for your budget, you say about {dollars(told)}.",
            f"Of these cars the {best_of(lot, buyer)[0].name} would be worth most to you.",
        ),
        (
            f"You would like a {brand}, of the type {kind}, with {feature}. Asked for one of these, you say it. A car "
            "that misses two of the three you do not buy.",
            f"You are one who {MATTERS[manner]}; you say so if you are asked what matters to you.",
            "'decision' is 'buy' only to accept an offer of the dealer, with its 'car' (the model's name) and its "
            "'price'; 'leave' if you have had enough; else 'continue', with 'car' 'none' and 'price' 0.",
        ),
    )
