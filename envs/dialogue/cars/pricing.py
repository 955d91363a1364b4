"""What to offer to a buyer who is one of several: a car, and a price, with some refusals to spare.

For one car let v_1 < v_2 < … be what the buyers who are left would pay, C_i how many of them would pay v_i or less.
With k offers to go and what the buyer would pay known to be v_i or less, the most that can be expected is

    W_k(i) = max over j ≤ i of v_j (C_i - C_{j-1}) + W_{k-1}(j - 1),    W_0 = 0,

where a refusal is taken to tell no more than that the price was too high.
"""

from __future__ import annotations

import numpy as np

from scoutgym.envs.dialogue.cars.buyers import Buyers
from scoutgym.envs.dialogue.cars.lot import Car, Lot


def best_offer(lot: Lot, buyers: Buyers, offers: int) -> tuple[Car, int]:
    """The car and the price in dollars of the largest expected price, with so many offers to go."""
    found = ((car, *_best_price(car, buyers, offers)) for car in lot.cars.values())
    car, price, _ = max(found, key=lambda one: one[2])
    return car, price


def _best_price(car: Car, buyers: Buyers, offers: int) -> tuple[int, float]:
    """The first price to ask for a car, and the sum over the buyers of what can be expected in all."""
    worth = buyers.worth(car)
    values, counts = np.unique(worth[worth >= car.floor], return_counts=True)
    if not len(values):
        return car.price, 0.0
    below = np.concatenate([[0], np.cumsum(counts)])  # below[j]: how many would pay less than values[j]
    sold = np.tril(values * (below[1:, None] - below[:-1]))  # [i, j]: what values[j] brings of those up to i
    ahead, place = np.zeros(len(values) + 1), 0
    for _ in range(offers):
        total = np.where(np.tri(len(values), dtype=bool), sold + ahead[:-1], -1.0)
        place = int(total[-1].argmax())
        ahead = np.concatenate([[0.0], total.max(axis=1)])
    return int(values[place]), float(ahead[-1])
