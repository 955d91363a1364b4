"""Words around a value, or in the label of its field, that say what it is."""

from __future__ import annotations

import re

from scoutgym.envs.web.privacy.reading import Reading

NEAR = 40
"""How many characters before a value are read."""

ENDING = re.compile(r"\b(?:end(?:ing|s|ed)?|last|final)\b|\b(?:terminad[ao]|termina|endet|finit)\b|[*x•.…]{2,}[\s-]*$")
MONEY = re.compile(
    r"\b(?:salary|salaries|pay(?:s|ing|ment)?|paid|earn(?:s|ed|ing)?|income|wages?|makes?|making|balance|owes?|owed|"
    r"debts?|loan|mortgage|rent|deposit|savings|bonus|amount|price|limit|budget|sueldo|salario|gehalt|salaire)\b"
)
BIRTH = re.compile(r"\b(?:born|birth|dob|nacid[ao]|nacimiento|geboren|naissance|nee?)\b")
ID = re.compile(
    r"\b(?:numbers?|no|nr|num|id|account|konto|cuenta|employee|staff|student|passport|policy|record|reference|ref)\b"
)
PHONE = re.compile(
    r"\b(?:phone|mobile|cell|tel|telefon|telefono|movil|call|ring|dial|fax|number|text me|sms|whatsapp)\b"
)
INITIALS = re.compile(r"\b(?:initials?|signed|regards|sincerely|name)\b")
VERSION = re.compile(r"\b(?:version|release|build|v)[\s.]*$")
POST = re.compile(r"\b(?:zip|post|postal|postcode|plz|cp|codigo)\b")
NAME = re.compile(r"\b(?:name|names|first|given|last|family|surname|nombre|apellidos?|vorname|nachname|nom|prenom)\b")


def cued(reading: Reading, start: int, cue: re.Pattern[str]) -> bool:
    """Whether a cue stands in the field's label or shortly before a place of ``reading.folded``."""
    return bool(cue.search(reading.about) or cue.search(reading.folded[max(0, start - NEAR) : start]))


def alone(reading: Reading, start: int, end: int) -> bool:
    """Whether the text says nothing else."""
    return len(reading.glued) == sum(map(str.isalnum, reading.folded[start:end]))
