"""Account numbers like IBANs: letters of a country that does not exist, two check digits, bank and account.

The check digits are those of ISO 13616 (ISO/IEC 7064, MOD 97-10): with the first four characters moved to the end and
letters read as 10 to 35, the number leaves 1 when divided by 97.
"""

from __future__ import annotations

import re

COUNTRY = "QZ"
"""User-assigned in ISO 3166-1: no country has it."""

FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{12}")


def made(bank: str, account: int) -> str:
    """The number of an account, with its check digits.

    Args:
        bank: four capital letters.
        account: below 10^12.
    """
    rest = f"{bank}{account:012}"
    return f"{COUNTRY}{98 - _remainder(f'{COUNTRY}00{rest}'):02}{rest}"


def plain(text: str) -> str:
    """Without spaces, in capital letters."""
    return "".join(text.split()).upper()


def good(text: str) -> bool:
    """Whether a plain number has the form and the right check digits."""
    return bool(FORM.fullmatch(text)) and _remainder(text) == 1


def grouped(text: str) -> str:
    """In groups of four, as people read it."""
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _remainder(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97
