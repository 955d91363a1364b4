"""What was posted with a form, read field by field: values, and the mistakes to show beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

LONGEST = 2000
"""Characters of a long text."""

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{5,18}[0-9]")


class Posted:
    """A form's values; ``errors`` holds, by field, what is wrong with them.

    Args:
        values: by field; a field that is not there is empty.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.errors: dict[str, str] = {}

    def text(self, field: str, what: str, needed: bool = True, most: int = 100) -> str:
        """A text without space around it, in which something can be seen. ``what`` names it in "Enter …"."""
        text = self.values.get(field, "").strip()
        if needed and not any(one.isprintable() and not one.isspace() for one in text):
            self.errors[field] = f"Enter {what}."
        elif len(text) > most:
            self.errors[field] = f"This is too long: at most {most} characters."
        return text

    def like(self, field: str, what: str, pattern: re.Pattern[str], such: str, needed: bool = True) -> str:
        """A text of a form, shown by an example."""
        text = self.text(field, what, needed)
        if text and field not in self.errors and not pattern.fullmatch(text):
            self.errors[field] = f"Enter {what}, such as {such}."
        return text

    def email(self, field: str, needed: bool = True) -> str:
        """An e-mail address."""
        return self.like(field, "an e-mail address", EMAIL, "name@mail.test", needed)

    def phone(self, field: str, needed: bool = True) -> str:
        """A telephone number."""
        return self.like(field, "a phone number", PHONE, "212-555-0123", needed)

    def number(self, field: str, what: str, low: int, high: int) -> int:
        """A whole number between two bounds; the lower one where it is none."""
        text = self.text(field, what)
        if text and not (text.isascii() and text.isdecimal() and len(text) < 12 and low <= int(text) <= high):
            self.errors[field] = f"Enter {what} from {low} to {high}."
        return low if field in self.errors else int(text)

    def day(self, field: str, what: str, needed: bool = True) -> date | None:
        """A date."""
        text = self.text(field, what, needed)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.errors[field] = f"Enter {what}, such as 2026-01-31."
            return None

    def choice(self, field: str, what: str, allowed: Iterable[str]) -> str:
        """One of some values. ``what`` names it in "Choose …"."""
        value = self.values.get(field, "")
        if value not in allowed:
            self.errors[field] = f"Choose {what}."
            return ""
        return value

    def on(self, field: str) -> bool:
        """Whether a box is checked."""
        return bool(self.values.get(field))


def luhn(digits: str) -> bool:
    """Whether the last digit of a card number is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
