"""Which objects a list of a fact names: by name, by category, or by what is known of them.

dog              the object of this name
[mammal]         every object of this category
*wood            every object of which the attribute or the earlier fact ``wood`` is true
*wood?           … true or in part true
*!wood           … not true, not even in part
*size<30         every object of this size; one without a size is in no such list
*wood&!furniture several of these conditions together
*                every object
-…               without these; the items of a list hold from left to right
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

QUANTITIES = ("size", "weight", "price", "year")
"""The amounts that an object may have."""

NO, DEPENDS, YES = 0, 1, 2
"""The values: "not" is 2 - value, "or" the largest, "and" the smallest."""

Values = Mapping[str, Mapping[str, int]]
"""By code and object, the value; an object that is missing has none of it."""


class Choice:
    """The objects by what is known of them.

    Args:
        categories: of each object.
        amounts: of each object, by quantity.
        values: by code, of each object.
    """

    def __init__(
        self, categories: Mapping[str, str], amounts: Mapping[str, Mapping[str, float]], values: Values
    ) -> None:
        self.categories, self.amounts, self.values = categories, amounts, dict(values)
        self._kinds = frozenset(categories.values())
        self._holding: dict[str, frozenset[str]] = {}

    def learn(self, code: str, values: Mapping[str, int]) -> None:
        """Know a fact, which later lists may name."""
        self.values[code] = values

    def chosen(self, items: Sequence[str]) -> set[str]:
        """The names of the objects that the items of a list name.

        Raises:
            ValueError: there is no such object, category or code.
        """
        found: set[str] = set()
        for item in items:
            named = self._named(item.removeprefix("-"))
            found = found - named if item.startswith("-") else found | named
        return found

    def _named(self, item: str) -> frozenset[str]:
        if item in self.categories:
            return frozenset([item])
        if item.startswith("[") and item.endswith("]") and item[1:-1] in self._kinds:
            return frozenset(name for name, category in self.categories.items() if category == item[1:-1])
        if not item.startswith("*"):
            raise ValueError(f"expected the name of an object, [category] or *code, not {item!r}")
        conditions = [one.strip() for one in item[1:].split("&") if one.strip()]
        return frozenset(self.categories).intersection(*map(self._holders, conditions))

    def _holders(self, condition: str) -> frozenset[str]:
        """The objects of which a condition holds."""
        if condition not in self._holding:
            self._holding[condition] = frozenset(name for name in self.categories if self._holds(condition, name))
        return self._holding[condition]

    def _holds(self, condition: str, name: str) -> bool:
        for sign in "<>":
            quantity, found, limit = condition.partition(sign)
            if found and quantity in QUANTITIES:
                amount = self.amounts[name].get(quantity)
                return amount is not None and (amount < float(limit) if sign == "<" else amount > float(limit))
        code = condition.strip("!?")
        if code not in self.values:
            raise ValueError(f"there is no attribute or earlier fact {code!r}")
        value = self.values[code].get(name, NO)
        if condition.startswith("!"):
            return value == NO
        return value >= (DEPENDS if condition.endswith("?") else YES)
