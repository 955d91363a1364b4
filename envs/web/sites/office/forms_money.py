"""The forms of insurance and bank, field by field."""

from __future__ import annotations

from scoutgym.envs.web.sites.office.sheet import YES_NO, Field, Section, Sheet

ITEMS = 3
"""Of a damage claim."""

DAMAGE = Sheet(
    "damage",
    "CL",
    "Report damage",
    "insurance",
    (
        Section(
            "What happened",
            (
                Field("policy", "Policy", "choice", True),
                Field("day", "Day of the damage", "day", True, when="past"),
                Field("time", "Time of the damage", "time", hint="For example 14:30."),
                Field("place", "Place", needed=True),
                Field(
                    "cause",
                    "Cause",
                    "choice",
                    True,
                    ("Accident", "Water", "Fire", "Storm", "Theft", "Breakage", "Mistake of mine", "Other"),
                ),
                Field("about", "Description", "area", True),
                Field("seen", "Photos exist", "tick"),
            ),
        ),
        *(
            Section(
                f"Item {item}",
                (
                    Field(f"item{item}", f"Item {item}"),
                    Field(f"year{item}", f"Item {item} bought in (year)", "number", span=(1950, 2100)),
                    Field(f"amount{item}", f"Item {item} amount ($)", "money"),
                ),
            )
            for item in range(1, ITEMS + 1)
        ),
        Section(
            "Other party",
            (
                Field("other", "Is somebody else involved?", "choice", True, YES_NO),
                Field("other_name", "Name of the other party"),
                Field("other_address", "Address of the other party"),
                Field("other_phone", "Phone of the other party", "phone"),
                Field("other_insurer", "Insurer of the other party"),
                Field("plate", "License plate of the other party"),
                Field("witness", "Witness"),
                Field("police", "Police report number"),
            ),
        ),
        Section(
            "Payment",
            (
                Field("amount", "Total amount ($)", "money", True),
                Field("iban", "Pay to account (IBAN)", "iban"),
                Field("phone", "Phone number for questions", "phone"),
                Field("true", "Everything above is true", "tick", True),
            ),
        ),
    ),
    "Send claim",
)


TRANSFER = Sheet(
    "transfer",
    "TR",
    "New transfer",
    "bank",
    (
        Section(
            "",
            (
                Field("account", "From account", "choice", True),
                Field("name", "Recipient", needed=True),
                Field("iban", "Account number (IBAN)", "iban", True),
                Field("amount", "Amount ($)", "money", True),
                Field("purpose", "Purpose", needed=True),
            ),
        ),
    ),
    "Continue",
)


STANDING = Sheet(
    "standing",
    "SO",
    "New standing order",
    "bank",
    (
        Section(
            "",
            (
                Field("account", "From account", "choice", True),
                Field("name", "Recipient", needed=True),
                Field("iban", "Account number (IBAN)", "iban", True),
                Field("amount", "Amount ($)", "money", True),
                Field("purpose", "Purpose", needed=True),
                Field("rhythm", "How often", "choice", True, ("Every month", "Every quarter", "Every year")),
                Field("starts", "First payment", "day", True, when="future"),
            ),
        ),
    ),
    "Set up standing order",
)


BLOCK = Sheet(
    "block",
    "CB",
    "Block a card",
    "bank",
    (
        Section(
            "",
            (
                Field("card", "Card", "fixed"),
                Field("reason", "Reason", "choice", True, ("Lost", "Stolen", "Misused", "Damaged")),
                Field("seen", "Last seen on", "day", when="past"),
                Field("replacement", "Send a new card", "tick"),
                Field("sure", "I know that a block cannot be undone", "tick", True),
            ),
        ),
    ),
    "Block card",
)
