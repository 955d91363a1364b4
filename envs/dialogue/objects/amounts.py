"""Comparisons of size, weight, price and age: with an amount ("over 5 kg") or a thing ("bigger than a car")."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.dialogue.english import Phrasebook, Words, indexed, replaced, stem
from scoutgym.envs.dialogue.objects import objects
from scoutgym.envs.dialogue.quantities import Graded, bounds, graded

UNITS: dict[str, tuple[str, float]] = {
    "mm": ("size", 0.1), "millimeter": ("size", 0.1), "millimetre": ("size", 0.1), "cm": ("size", 1.0),
    "centimeter": ("size", 1.0), "centimetre": ("size", 1.0), "m": ("size", 100.0), "meter": ("size", 100.0),
    "metre": ("size", 100.0), "km": ("size", 1e5), "kilometer": ("size", 1e5), "kilometre": ("size", 1e5),
    "inch": ("size", 2.54), "foot": ("size", 30.48), "ft": ("size", 30.48), "yard": ("size", 91.44),
    "mile": ("size", 160934.0), "g": ("weight", 0.001), "gram": ("weight", 0.001), "kg": ("weight", 1.0),
    "kilo": ("weight", 1.0), "kilogram": ("weight", 1.0), "pound": ("weight", 0.4536), "lb": ("weight", 0.4536),
    "lbs": ("weight", 0.4536), "ounce": ("weight", 0.02835), "ton": ("weight", 1000.0), "tonne": ("weight", 1000.0),
    "cent": ("price", 0.01), "dollar": ("price", 1.0), "buck": ("price", 1.0), "usd": ("price", 1.0),
    "euro": ("price", 1.1),
}  # fmt: skip

ADJECTIVES = {
    "big": ("size", 1), "large": ("size", 1), "long": ("size", 1), "tall": ("size", 1), "high": ("size", 1),
    "small": ("size", -1), "short": ("size", -1), "tiny": ("size", -1), "little": ("size", -1), "heavy": ("weight", 1),
    "light": ("weight", -1), "expensive": ("price", 1), "pricey": ("price", 1), "costly": ("price", 1),
    "valuable": ("price", 1), "cheap": ("price", -1), "inexpensive": ("price", -1), "old": ("year", -1),
    "fast": ("speed", 1), "quick": ("speed", 1),
    "slow": ("speed", -1),
    "new": ("year", 1), "modern": ("year", 1), "recent": ("year", 1),
    "massive": ("weight", 1), "huge": ("size", 1),
}  # fmt: skip

GRADES = {
    "soft": ("soft", 1), "hard": ("hard", 1), "loud": ("noisy", 1), "noisy": ("noisy", 1), "quiet": ("noisy", -1),
    "dangerous": ("dangerous", 1), "safe": ("dangerous", -1), "sweet": ("sweet", 1), "sour": ("sour", 1),
    "spicy": ("spicy", 1), "sharp": ("sharp", 1),
}  # fmt: skip
"""Adjectives that compare by an attribute."""

REFERENCES: dict[str, dict[str, float]] = {
    "breadbox": {"size": 40.0, "weight": 3.0}, "bread box": {"size": 40.0, "weight": 3.0},
    "shoebox": {"size": 35.0, "weight": 0.5}, "shoe box": {"size": 35.0, "weight": 0.5},
    "person": {"size": 170.0, "weight": 70.0, "speed": 25.0}, "human": {"size": 170.0, "weight": 70.0, "speed": 25.0},
    "human being": {"size": 170.0, "weight": 70.0, "speed": 25.0}, "adult": {"size": 170.0, "weight": 70.0},
    "toaster oven": {"size": 45.0, "weight": 6.0}, "slice of bread": {"size": 12.0, "weight": 0.04},
    "loaf of bread": {"size": 30.0, "weight": 0.7}, "bag of cement": {"size": 60.0, "weight": 25.0},
    "bag of sugar": {"size": 18.0, "weight": 1.0}, "carry on bag": {"size": 55.0, "weight": 7.0},
    "matchbox": {"size": 5.0, "weight": 0.01}, "grape": {"size": 2.0, "weight": 0.005},
    "washing basket": {"size": 55.0},
    "deck of cards": {"size": 9.0, "weight": 0.1}, "golf cart": {"size": 240.0, "weight": 450.0, "speed": 25.0},
    "desk": {"size": 140.0, "weight": 30.0}, "garage": {"size": 600.0}, "school bag": {"size": 48.0},
    "lunchbox": {"size": 25.0},
    "phone booth": {"size": 230.0}, "pinhead": {"size": 0.15}, "finger nail": {"size": 1.2},
    "hand": {"size": 19.0, "weight": 0.4},
    "trunk of car": {"size": 120.0}, "car trunk": {"size": 120.0}, "drawer": {"size": 50.0},
    "elevator": {"size": 220.0},
    "man": {"size": 175.0, "weight": 80.0}, "woman": {"size": 163.0, "weight": 65.0}, "me": {"size": 170.0},
    "child": {"size": 120.0, "weight": 25.0}, "baby": {"size": 60.0, "weight": 6.0}, "fist": {"size": 10.0},
    "human hand": {"size": 19.0}, "football field": {"size": 11000.0}, "soccer field": {"size": 10500.0},
    "room": {"size": 500.0}, "human head": {"size": 25.0}, "grapefruit": {"size": 12.0, "weight": 0.3},
    "school bus": {"size": 1200.0, "weight": 12000.0}, "house": {"size": 1500.0}, "palm": {"size": 10.0},
    "human finger": {"size": 8.0}, "grain of rice": {"size": 0.7}, "thumbnail": {"size": 1.5},
    "brick": {"size": 20.0, "weight": 3.0}, "football": {"size": 25.0, "weight": 0.43},
    "adult human": {"size": 170.0, "weight": 70.0},
}  # fmt: skip

ABOUT = frozenset(
    """
    it is are be was were does do did would could can they weigh weighs cost costs worth long tall high wide in
    length size height weight price old a an the have has of heavy big large typically usually you buy for pay
    invented created first made built around exist existed been or one average more measure measures across its
    """.split()  # noqa: SIM905 (a word a line would fill the page)
)
"""Words that may stand around a comparison without changing it."""

YEARS = frozenset(["invented", "created", "made", "exist", "existed", "discovered", "built", "around", "developed"])

ENOUGH = indexed(
    [("small", "enough", "for"), *(("small", "enough", "to", "fit", word) for word in ("in", "inside", "into"))]
)

NEAR = 1.15
"""Amounts whose ratio is nearer to 1 than this cannot be told apart: it depends."""

THIS_YEAR = 2025


def than(of: Words, names: Phrasebook[str]) -> list[Any] | None:
    """The meaning of a comparison: ``["than", quantity, "<", ">" or "about", amount]``; None where there is none."""
    of = tuple(
        "1" if word in ("a", "an") and stem(follows) in UNITS else word
        for word, follows in zip(of, (*of[1:], ""), strict=True)
    )
    of = tuple(
        "it" if word == "one" and before in ("of", "does", "do") else word
        for before, word in zip(("", *of), of, strict=False)
    )
    return _with_thing(of, names) or _with_number(of) or _fitting(of, names)


def holds(meaning: list[Any], amount: float | None) -> int:
    """The value of a comparison for an object of this amount; without one it depends."""
    _, quantity, op, limit = meaning
    if amount is None:
        return 0 if quantity == "speed" and op == ">" else 1  # what has no speed does not move
    if quantity == "year":
        return 2 if (amount < limit if op == "<" else amount > limit) else 0
    ratio = amount / limit
    if op == "about":
        return 2 if 1 / NEAR <= ratio <= NEAR else 1 if 1 / 1.6 <= ratio <= 1.6 else 0
    if op == "<":
        ratio = 1 / ratio
    return 2 if ratio >= NEAR else 0 if ratio <= 1 / NEAR else 1


def _amount(of: Words, quantity: str, names: Phrasebook[str]) -> float | None:
    """The amount of the thing that these words name."""
    of = tuple(
        word for word in of if word not in ("a", "an", "the", "average", "your", "my", "normal", "typical", "is")
    )
    of = tuple(word for word in of if word not in ("standard", "regular", "adult")) or of
    known = REFERENCES.get(" ".join(of)) or REFERENCES.get(" ".join(stem(word) for word in of))
    if known is not None and quantity in known:
        return known[quantity]
    name = names.meaning(of)
    one = objects().get(name) if name is not None else None
    return one.amounts.get(quantity) if one is not None else None


def _with_thing(of: Words, names: Phrasebook[str]) -> list[Any] | None:
    found = list(graded(of))
    if len(found) != 1:
        if of[-1:] and "than" in of and ("weigh" in of or "cost" in of):
            place = of.index("than")
            sense = {"more": ">", "less": "<"}.get(of[place - 1])
            quantity = "weight" if "weigh" in of else "price"
            amount = _amount(of[place + 1 :], quantity, names)
            if sense and amount and _fits(of[: place - 1]):
                return ["than", quantity, sense, amount]
        return None
    one = found[0]
    if not _fits(of[: one.start]):
        return None
    if one.adjective in GRADES:
        return _grade(one, of[one.end :], names)
    if one.adjective not in ADJECTIVES:
        return None
    quantity, sign = ADJECTIVES[one.adjective]
    op = one.op
    if op != "about" and sign < 0:
        op = "<" if op == ">" else ">"
    rest = tuple(word for word in of[one.end :] if word not in ("does", "do", "can"))
    amount = _number(rest, quantity) or _amount(rest, quantity, names)
    if amount is None or (quantity == "year" and op == "about"):
        return None
    return ["than", quantity, op, amount]


def _grade(one: Graded, of: Words, names: Phrasebook[str]) -> list[Any] | None:
    """ "softer than a pillow": by the values of the attribute."""
    code, sign = GRADES[one.adjective]
    known = objects().get(names.meaning(tuple(word for word in of if word not in ("a", "an", "the"))) or "")
    if known is None or one.op == "about":
        return None
    return ["more", code, ">" if (one.op == ">") == (sign > 0) else "<", known.values[code]]


def more(meaning: list[Any], value: int) -> int:
    """The value of a comparison by an attribute, for an object of this value; of equals it depends."""
    _, _, op, other = meaning
    return 1 if value == other else 2 if (value > other) == (op == ">") else 0


def _fits(of: Words) -> bool:
    return all(word in ABOUT for word in of)


def _number(of: Words, quantity: str) -> float | None:
    """An amount with its unit."""
    found = bounds(of)
    if len(found) != 1 or found[0].op not in ("=", "about") or found[0].start:
        return None
    unit = stem(of[found[0].end]) if found[0].end < len(of) else ""
    rest = of[found[0].end + 1 :]
    if unit == "year" and quantity == "year" and _fits(rest):
        return THIS_YEAR - found[0].low
    if unit not in UNITS or UNITS[unit][0] != quantity or not _fits(rest):
        return None
    return found[0].low * UNITS[unit][1]


def _with_number(of: Words) -> list[Any] | None:
    """ "does it weigh more than 5 kg", "is it under 10 cm long", "was it invented before 1900"."""
    found = bounds(of)
    if len(found) == 1 and of[found[0].start - 1 : found[0].start] in (("last",), ("past",)):
        one = found[0]
        recent = YEARS & set(of) and of[one.end : one.end + 1] == ("years",) and found[0].op == "="
        outside = (*of[: one.start - 1], *of[one.end + 1 :])
        return ["than", "year", ">", THIS_YEAR - one.low] if recent and _fits(outside) else None
    if len(found) != 1 or found[0].op not in (">", "<", ">=", "<=", "about"):
        return None
    one = found[0]
    op = "about" if one.op == "about" else one.op[0]
    unit = stem(of[one.end]) if one.end < len(of) else ""
    if unit in UNITS:
        quantity, scale = UNITS[unit]
        if "weigh" in of or "weighs" in of:
            quantity = "weight" if quantity == "weight" else ""
        if "cost" in of and unit == "pound":
            quantity, scale = "price", 1.3
        outside = of[: one.start] + of[one.end + 1 :]
        return ["than", quantity, op, one.low * scale] if quantity and _fits(outside) else None
    outside = of[: one.start] + of[one.end :]
    lasted = "old" in of or {"been", "existed", "around"} & set(of)
    if unit == "year" and lasted and op != "about" and _fits(of[: one.start] + of[one.end + 1 :]):
        return ["than", "year", "<" if op == ">" else ">", THIS_YEAR - one.low]
    if op != "about" and YEARS & set(outside) and 1000 <= one.low <= 2100 and _fits(outside):
        if "exist" in of or "existed" in of:
            return ["than", "year", "<", one.low] if op == "<" else None
        return ["than", "year", op, one.low]
    return None


def _fitting(of: Words, names: Phrasebook[str]) -> list[Any] | None:
    """ "would it fit in a shoebox", "is it small enough for a shoebox"."""
    of = replaced(of, ENOUGH, ("fit", "in"))
    for verb in ("fit", "fits"):
        if verb in of:
            place = of.index(verb)
            if of[place + 1 : place + 2] and of[place + 1] in ("in", "inside", "into") and _fits(of[:place]):
                amount = _amount(of[place + 2 :], "size", names)
                return ["than", "size", "<", amount] if amount else None
    return None
