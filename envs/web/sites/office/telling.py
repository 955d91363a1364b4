"""What to enter into a form, told by somebody in their own words instead of by the form's labels.

Fields and choices go by other names, in another order, and dates, times, sums and people stand in other forms than the
page takes. A file has the wordings, which are cut by split: ``# sick handed`` tells a field, ``# sick accident No`` a
choice. What must be entered to the letter stands in single quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.office.sheet import Field, Sheet
from scoutgym.envs.web.sites.wordings import read_wordings
from scoutgym.envs.web.world import WebTask

PEOPLE = frozenset({"substitute", "handed", "doctor"})
"""Choices that are people."""

ORDINALS = ("first", "second", "third", "fourth")
NUMBERS = ("no", "one", "two", "three", "four")

DAYS = {
    "train": ("{0.day} {0:%B} {0.year}", "{0:%B} {0.day}, {0.year}"),
    "dev": ("the {1} of {0:%B}, {0.year}",),
    "test": ("{0:%A}, {0:%B} the {1}, {0.year}", "{0:%a} {0.day} {0:%b} {0.year}"),
}
SUMS = {
    "train": ("{0} dollars and {1} cents", "{0}.{1} USD"),
    "dev": ("USD {0}.{1}",),
    "test": ("{0} dollars {1}", "US$ {0}.{1}"),
}
PLACES = re.compile(r"([a-z_]+?)([0-9]*)")
"""A field's name, and which of several alike it is."""


@dataclass(frozen=True)
class FormTask(WebTask):
    """A task to fill in a form.

    Args:
        intro: what is wanted, as a sentence.
        sheet: the form.
        values: by field, what is typed, chosen (as it is shown), or ``yes`` where a box is checked.
        rest: what of the other fields.
    """

    intro: str = field(kw_only=True)
    sheet: Sheet = field(kw_only=True)
    values: Mapping[str, str] = field(kw_only=True)
    rest: str = field(kw_only=True)


def retold(task: FormTask, split: str, chance: Chance) -> FormTask:
    """The same task, told by somebody."""
    fields = [one for one in task.sheet.fields if task.values.get(one.name) and one.kind != "fixed"]
    lines = [told(task.sheet, one.name, task.values[one.name], split, chance) for one in fields]
    chance.shuffle(lines)
    return replace(task, asked=" ".join([task.intro, *lines, task.rest]))


def told(sheet: Sheet, name: str, value: str, split: str, chance: Chance) -> str:
    """A sentence that says what is to stand in a field.

    Args:
        sheet: the form.
        name: of the field.
        value: what stands there in the end.
        split: whose wordings to use.
        chance: to draw from.

    Raises:
        KeyError: there is no wording for it.
    """
    one = next(one for one in sheet.fields if one.name == name)
    found = PLACES.fullmatch(name)
    assert found is not None  # all names of forms are so
    heading = f"{sheet.name} {found[1]}"
    if one.kind in ("choice", "radios") and (f"{heading} {value}", split) in _wordings():
        heading = f"{heading} {value}"
    if name == "amount":
        heading = f"{heading} all"
    words = chance.choice(_wordings()[heading, split])
    place = ORDINALS[int(found[2]) - 1] if found[2] else ""
    text = words.format(_otherwise(one, value, split, chance), n=place)
    return text[0].upper() + text[1:]


def _otherwise(one: Field, value: str, split: str, chance: Chance) -> str:
    if one.kind == "day":
        return day(value, split, chance)
    if one.kind == "time":
        return clock(value, split)
    if one.kind == "money":
        return chance.choice(SUMS[split]).format(*value.split("."))
    if one.kind == "number":
        return NUMBERS[int(value)] if int(value) < len(NUMBERS) else value
    if one.kind == "choice":
        first, _, last = value.rpartition(" ")
        return f"{last}, {first}" if one.name in PEOPLE else value
    return f"'{value}'"


def day(iso: str, split: str, chance: Chance) -> str:
    """A date, as people write it."""
    found = date.fromisoformat(iso)
    ending = "th" if 10 < found.day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(found.day % 10, "th")
    return chance.choice(DAYS[split]).format(found, f"{found.day}{ending}")


def clock(time: str, split: str) -> str:
    """A time of day, as people say it."""
    hours, minutes = map(int, time.split(":"))
    half, hour = ("a.m." if hours < 12 else "p.m."), (hours - 1) % 12 + 1
    if split == "train":
        return f"{hour}:{minutes:02} {half}"
    if split == "dev":
        return f"{minutes} minutes past {hour} {half}" if minutes else f"{hour} {half}"
    when = "in the morning" if hours < 12 else "in the afternoon" if hours < 18 else "in the evening"
    parts = {0: "{} o'clock", 15: "a quarter past {}", 30: "half past {}", 45: "a quarter to {}"}
    return f"{parts[minutes].format(hour % 12 + 1 if minutes == 45 else hour)} {when}"


@cache
def _wordings() -> Mapping[tuple[str, str], list[str]]:
    return read_wordings(Path(__file__).with_name("told.txt"))
