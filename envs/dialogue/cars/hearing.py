"""What an answer says that a chat model gave in words of its own, as far as rules can tell.

What it names is what was asked for, a price in it is the budget to about 2 500 dollars, and a denial in it is a no.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoutgym.envs.dialogue.cars.buyers import Buyers
from scoutgym.envs.dialogue.cars.lot import BRANDS, FEATURES, TYPES, Lot
from scoutgym.envs.dialogue.cars.reading import named, prices
from scoutgym.envs.dialogue.english import words

NAMES = {"brand": BRANDS, "type": TYPES, "feature": FEATURES}
ROUNDED = 2_500
"""Dollars by which a budget may be told otherwise than by the rules."""

NO = frozenset(("no", "not", "never", "nor", "too", "more", "over", "without", "above", "beyond", "unfortunately"))
"""Words of a refusal."""


def heard(lot: Lot, buyers: Buyers, meaning: Sequence[Any], answer: str) -> NDArray[np.bool_]:
    """The buyers whom an answer to a meaning fits, where the dialogue goes on: an offer then was too high."""
    kept = np.ones(len(buyers.brand), np.bool_)
    for act in meaning:
        names = named(answer, act[1]) if act[0] == "ask" and act[1] in NAMES else None
        if names:
            kept &= np.isin(buyers.codes(lot, act), [NAMES[act[1]].index(name) for name in names])
        elif act == ["ask", "budget"] and (amounts := prices(answer)):
            kept &= np.abs(buyers.figure() - amounts[-1]) <= ROUNDED
        elif act[0] == "offer":
            kept &= buyers.worth(lot.cars[act[1]]) < act[2]
    return kept


def alike(lot: Lot, buyer: Buyers, meaning: Sequence[Any], answer: str) -> bool:
    """Whether an answer says of a buyer what the rules would say; that of "what matters most" cannot be told."""
    denied = bool(NO.intersection(words(answer)))
    for act in meaning:
        code = int(buyer.codes(lot, act)[0])
        if act[0] == "ask" and act[1] in NAMES:
            same = named(answer, act[1]) == {NAMES[act[1]][code]}
        elif act == ["ask", "budget"]:
            same = any(abs(int(buyer.figure()[0]) - amount) <= ROUNDED for amount in prices(answer))
        elif act[0] in ("is", "spend"):
            same = denied == (code == 0)
        elif act[0] == "show":
            same = denied == (code == 2)
        elif act[0] == "offer":
            same = denied == (code > 0)
        else:
            same = act[0] == "small"
        if not same:
            return False
    return True
