"""Travel documents: which there are, how their numbers are written, and who may travel with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.travel.fares import ADULT, AGES, CHILD, INFANT, age_on


@dataclass(frozen=True)
class Document:
    """One kind; ``rule`` says in words what ``pattern`` says."""

    name: str
    pattern: re.Pattern[str]
    rule: str
    such: str
    kinds: tuple[str, ...]


DOCUMENTS = {
    "passport": Document(
        "Passport", re.compile(r"[A-Z]{2}[0-9]{7}"), "two letters and seven digits", "AB1234567", (ADULT, CHILD, INFANT)
    ),
    "identity": Document(
        "Identity card", re.compile(r"[A-Z][0-9]{8}"), "one letter and eight digits", "C12345678", (ADULT, CHILD)
    ),
    "birth": Document(
        "Birth certificate",
        re.compile(r"[0-9]{4}-[0-9]{5}"),
        "four digits, a hyphen and five digits",
        "2021-04711",
        (CHILD, INFANT),
    ),
}
CHOICES = (("", "Choose a document"), *((code, one.name) for code, one in DOCUMENTS.items()))
GROUPS = {ADULT: "12 years or older", CHILD: "2 to 11 years old", INFANT: "under 2 years old"}


def read_person(posted: Posted, today: date, end: str = "") -> dict[str, str]:
    """Names, birth date and document of a traveler; ``end`` is that of the fields' names."""
    first = posted.text(f"first{end}", "a first name", most=40)
    last = posted.text(f"last{end}", "a last name", most=40)
    born = posted.day(f"born{end}", "a date of birth")
    if born is not None and not 0 <= age_on(born, today) <= 110:
        posted.errors[f"born{end}"] = "This date of birth cannot be right."
    document = posted.choice(f"document{end}", "a document", DOCUMENTS)
    number = posted.text(f"number{end}", "the number of the document", most=30).upper().replace(" ", "")
    if number and document and not DOCUMENTS[document].pattern.fullmatch(number):
        known = DOCUMENTS[document]
        posted.errors[f"number{end}"] = f"{known.name}: the number has {known.rule}, such as {known.such}."
    return {
        "first": first,
        "last": last,
        "born": born.isoformat() if born else "",
        "document": document,
        "number": number,
    }


def unfit(person: dict[str, str], kind: str, day: date) -> tuple[str, str]:
    """The field that keeps somebody from traveling in an age group on a day, and why; empty where nothing does."""
    low, high = AGES[kind]
    if not low <= age_on(date.fromisoformat(person["born"]), day) <= high:
        return "born", f"This traveler must be {GROUPS[kind]} on the day of departure."
    if kind not in DOCUMENTS[person["document"]].kinds:
        article = "An" if kind in (ADULT, INFANT) else "A"
        return "document", f"{article} {kind} cannot travel with this document."
    return "", ""


def some_number(document: str, chance: Chance) -> str:
    """A number that is written right."""
    letters = "".join(chance.choice("ABCDEFGHJKLMNPRSTVWXYZ") for _ in range(2))
    digits = "".join(str(chance.below(10)) for _ in range(7))
    if document == "passport":
        return letters + digits
    return (
        f"{letters[0]}{digits}{chance.below(10)}" if document == "identity" else f"20{chance.below(20):02}-{digits[2:]}"
    )
