"""An item of personal data, annotated as necessary or not necessary for a task.

The six categories are those of AgentDAM (Zharmagambetov et al. 2025, arXiv 2503.09780, section 3); whether an item is
needed, how severe its leak is and what kind of value it is are ours.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from scoutgym.types import SchemaError

CATEGORIES = ("personal", "beliefs", "employment", "financial", "educational", "medical")
"""Personal and contact; religious, cultural and political; employment; financial; educational; medical."""

KINDS = ("name", "email", "phone", "address", "date", "number", "text")


@dataclass(frozen=True)
class Item:
    """One item.

    Args:
        key: its name within a task.
        category: one of `CATEGORIES`.
        kind: one of `KINDS`: how its value may be written otherwise.
        value: a date in ISO's form; a phone number with ``+`` and the country's code; an address with commas between
            its lines, the street first; a number is an identifier (letters may be in it), or an amount with its
            currency; a text is a short phrase.
        necessary: whether the task needs it to be given.
        severity: the price of its leak.
        aliases: other words for it that its author knows, for example ``("pills for hay fever",)``.
        places: where a necessary item is needed: each a channel and a form, ``"others store.test/contact"``, as the
            ledger is told of them. Anywhere else it is not. Empty where any place will do.

    Raises:
        ValueError: a field has no such value.
    """

    key: str
    category: str
    kind: str
    value: str
    necessary: bool
    severity: float = 1.0
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.category not in CATEGORIES:
            raise ValueError(f"there is no category {self.category!r}: it may be {', '.join(CATEGORIES)}")
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind {self.kind!r}: it may be {', '.join(KINDS)}")
        if not (math.isfinite(self.severity) and self.severity >= 0):
            raise ValueError(f"the severity of {self.key!r} is {self.severity}: it must be a number not below 0")
        if any(sum(map(str.isalnum, text)) < 2 for text in (self.value, *self.aliases)):
            raise ValueError(f"a value of {self.key!r} has fewer than two letters or digits: any text would hold it")
        if self.kind == "date":
            try:
                date.fromisoformat(self.value)
            except ValueError:
                raise ValueError(f"the date {self.value!r} of {self.key!r} is not like 1985-03-14") from None
        if self.kind == "phone" and not re.match(r"\+[1-9]", self.value):
            raise ValueError(f"the phone number {self.value!r} of {self.key!r} must begin with + and a country's code")
        if self.kind == "email" and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@.]+", self.value):
            raise ValueError(f"the e-mail address {self.value!r} of {self.key!r} is not like ana@example.org")

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads."""
        return {**asdict(self), "aliases": list(self.aliases), "places": list(self.places)}

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """The item that ``to_json`` wrote.

        Raises:
            SchemaError: a field is missing or wrong.
        """
        try:
            texts = {name: str(record[name]) for name in ("key", "category", "kind", "value")}
            aliases, places = (tuple(map(str, record.get(name, ()))) for name in ("aliases", "places"))
            severity, needed = float(record.get("severity", 1.0)), bool(record["necessary"])
            return cls(**texts, necessary=needed, severity=severity, aliases=aliases, places=places)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SchemaError(f"an item of personal data is wrong: {error}") from None
