"""Paying by a card that does not exist, or by invoice."""

from __future__ import annotations

import re

from scoutgym.envs.web.sites.posted import Posted, luhn

EXPIRY = re.compile(r"(0[1-9]|1[0-2])/([0-9]{2})")
CODE = re.compile(r"[0-9]{3,4}")
PAYMENTS = (("card", "Credit card"), ("invoice", "Pay later by invoice"))


def read_payment(posted: Posted, today: str) -> str:
    """The way of payment as it is kept: ``invoice``, or ``card`` and the last four digits."""
    kind = posted.choice("payment", "how to pay", dict(PAYMENTS))
    if kind != "card":
        return kind
    posted.text("holder", "the name on the card")
    number = posted.text("card", "the card number")
    digits = number.replace(" ", "").replace("-", "")
    if number and not (digits.isascii() and digits.isdecimal() and 13 <= len(digits) <= 19):
        posted.errors["card"] = "A card number has 13 to 19 digits."
    elif number and not luhn(digits):
        posted.errors["card"] = "This is not a valid card number: check its digits."
    expires = posted.like("expires", "month and year", EXPIRY, "09/29")
    if "expires" not in posted.errors and f"20{expires[3:]}-{expires[:2]}" < today[:7]:
        posted.errors["expires"] = "This card has expired."
    posted.like("code", "the security code of 3 or 4 digits", CODE, "123")
    return f"card {digits[-4:]}"
