"""Forms as data: fields in sections, read with their mistakes, shown by one template, recorded field by field.

Whatever is sent, by any form of the office, becomes a row of ``submission`` and one row of ``entry`` a field, empty
ones too, as the form has it after reading (a date is ISO, an amount has two decimals, a box is ``yes`` or empty). What
a form brings about stands in the tables of its part beside that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scoutgym.envs.web.sites.office import iban
from scoutgym.envs.web.sites.posted import LONGEST, Posted

Options = Mapping[str, Sequence[str | tuple[str, str]]]
"""By field, what may be chosen: texts, or values and how they are shown."""

MONEY = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.([0-9]{1,2}))?")
TIME = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]")
YES_NO = ("Yes", "No")


@dataclass(frozen=True)
class Field:
    """One field.

    Args:
        name: in the form and in the table of entries.
        label: as people read it; no two of a page are alike.
        kind: text, area, day, time, money, number, email, phone, iban, choice, radios or tick; ``fixed`` is what the
            page itself is about: not asked for, but recorded.
        needed: whether it must not be empty.
        options: of a choice, where they are the same for everybody.
        hint: below it.
        span: the bounds of a number.
        when: ``past`` or ``future`` where a day must not be after or before today.
    """

    name: str
    label: str
    kind: str = "text"
    needed: bool = False
    options: tuple[str, ...] = ()
    hint: str = ""
    span: tuple[int, int] = (0, 999)
    when: str = ""

    @property
    def what(self) -> str:
        """Its label within a sentence."""
        return "an answer" if self.label.endswith("?") else f"the {self.label[0].lower()}{self.label[1:]}"


@dataclass(frozen=True)
class Section:
    """Some fields below one heading."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Sheet:
    """A form.

    Args:
        name: in the table of submissions.
        prefix: of the numbers of its submissions.
        title: of its page.
        part: of the office that it belongs to.
        sections: its fields; in a form of several steps, the steps.
        button: what sends it.
        lead: what stands above it.
    """

    name: str
    prefix: str
    title: str
    part: str
    sections: tuple[Section, ...]
    button: str = "Send"
    lead: str = ""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All, in order."""
        return tuple(one for section in self.sections for one in section.fields)


def pairs(one: Field, options: Options) -> list[tuple[str, str]]:
    """The values of a choice and how they are shown."""
    return [(each, each) if isinstance(each, str) else each for each in options.get(one.name, one.options)]


def read(fields: Sequence[Field], posted: Posted, options: Options, today: str) -> dict[str, str]:
    """The values of fields in the form in which they are recorded; ``posted`` holds the mistakes afterwards."""
    return {one.name: _read(one, posted, options, today) for one in fields if one.kind != "fixed"}


def _read(one: Field, posted: Posted, options: Options, today: str) -> str:
    name, needed = one.name, one.needed
    if one.kind in ("choice", "radios"):
        allowed = [value for value, _ in pairs(one, options)]
        return posted.choice(name, "an option", allowed + [""] * (not needed))
    if one.kind == "tick":
        if needed and not posted.on(name):
            posted.errors[name] = "Check this box to go on."
        return "yes" * posted.on(name)
    if one.kind == "day":
        return _day(one, posted, today)
    if one.kind == "number":
        if not needed and not posted.values.get(name, "").strip():
            return ""
        return str(posted.number(name, one.what, *one.span))
    if one.kind == "email":
        return posted.email(name, needed)
    if one.kind == "phone":
        return posted.phone(name, needed)
    if one.kind == "money":
        return _money(one, posted)
    if one.kind == "time":
        text = posted.like(name, one.what, TIME, "14:30", needed)
        return text.zfill(5) if text and name not in posted.errors else text
    if one.kind == "iban":
        text = iban.plain(posted.text(name, one.what, needed))
        if text and not iban.good(text):
            posted.errors[name] = "This account number is not valid: its check digits do not fit."
        return text
    return posted.text(name, one.what, needed, LONGEST if one.kind == "area" else 100)


def _day(one: Field, posted: Posted, today: str) -> str:
    found = posted.day(one.name, "a date", one.needed)
    if found is None:
        return ""
    if one.when == "past" and found.isoformat() > today:
        posted.errors[one.name] = "This day is still to come."
    if one.when == "future" and found.isoformat() < today:
        posted.errors[one.name] = "This day is over."
    return found.isoformat()


def _money(one: Field, posted: Posted) -> str:
    text = posted.like(one.name, one.what, MONEY, "120.50", one.needed)
    if not text or one.name in posted.errors:
        return text
    if not cents(text):
        posted.errors[one.name] = "The amount must be more than nothing."
    return f"{cents(text) // 100}.{cents(text) % 100:02}"


def cents(text: str) -> int:
    """An amount that was read; 0 where there is none."""
    found = MONEY.fullmatch(text)
    return 0 if found is None else 100 * int(found[1].replace(",", "")) + int((found[2] or "0").ljust(2, "0"))
