"""What the office's tasks share: looking things up, forms in words and as steps, goals over what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import iban
from scoutgym.envs.web.sites.office.sheet import Field, Sheet
from scoutgym.envs.web.sites.office.site import SITE
from scoutgym.envs.web.sites.office.telling import FormTask
from scoutgym.envs.web.world import WebTask

Steps = list[list[str]]
Values = Mapping[str, str]
"""By field, what is typed, chosen (as it is shown), or ``yes`` where a box is checked."""

REST = "Leave all other fields as they are."


def today(database: Database) -> str:
    """The office's day."""
    return str(database.value("SELECT today FROM clock"))


def colleague(database: Database, chance: Chance) -> str:
    """The name of somebody who works there."""
    return str(chance.choice(database.rows("SELECT name FROM colleague WHERE id > 2"))["name"])


# Goals.


def there(table: str, count: int = 1, **where: Any) -> Goal:
    """That so many rows of a table are so."""
    return {"rows": {"host": SITE.host, "table": table, "where": where, "count": count}}


def both(goals: Sequence[Goal], *tables: str) -> Goal:
    """That all of them hold, and only these tables were changed."""
    return {"all": [*goals, {"only": {SITE.host: list(tables)}}]}


def sent(database: Database, sheet: Sheet, values: Values) -> list[Goal]:
    """That the next submission is of this form and has these values, and nothing in its other fields."""
    id = database.value("SELECT coalesce(max(id), 0) + 1 FROM submission")
    filled = {name: value for name, value in values.items() if value}
    return [
        there("submission", id=id, form=sheet.name, state="sent"),
        there("submission", count=id),
        *(there("entry", submission=id, field=name, value=value) for name, value in filled.items()),
        there("entry", len(sheet.fields) - len(filled), submission=id, value=""),
    ]


def told(asked: str, said: Mapping[str, Any] | Sequence[str], text: str, to: Steps) -> WebTask:
    """A task to tell something: a number or text, or one of several texts."""
    goal: Goal = {"said": said} if isinstance(said, Mapping) else {"any": [{"said": {"text": each}} for each in said]}
    return WebTask(asked, both([goal]), [*to, ["say", text]])


# Forms.


def in_words(fields: Sequence[Field], values: Values) -> str:
    """What to enter, in the words of the page."""
    said = []
    for each in fields:
        if values.get(each.name) and each.kind != "fixed":
            label = each.label if each.label.endswith("?") else f"{each.label}:"
            said.append(f"check '{each.label}'" if each.kind == "tick" else f"{label} '{values[each.name]}'")
    return "; ".join(said)


def as_steps(fields: Sequence[Field], values: Values) -> Steps:
    """The same, as steps of a script."""
    steps: Steps = []
    for each in fields:
        value = values.get(each.name)
        if not value or each.kind == "fixed":
            continue
        if each.kind in ("tick", "radios"):
            steps.append(["check", each.label if each.kind == "tick" else value])
        else:
            steps.append(["choose" if each.kind == "choice" else "fill", each.label, value])
    return steps


def form(
    database: Database,
    intro: str,
    sheet: Sheet,
    values: Values,
    to: Steps,
    goals: Sequence[Goal],
    *tables: str,
    shown: Values | None = None,
    kept: Values | None = None,
) -> FormTask:
    """A task to fill in a form.

    Args:
        database: before it.
        intro: what is wanted, as a sentence.
        sheet: the form.
        values: as they are typed and kept; what ``fixed`` fields hold belongs to them.
        to: the steps to the form.
        goals: what else must hold.
        tables: that may change beside what was sent.
        shown: choices that are shown otherwise than they are kept.
        kept: what the form has from the start.
    """
    seen = {**values, **(shown or {})}
    kinds = {each.name: each.kind for each in sheet.fields}
    plain = {
        name: iban.plain(value) if kinds[name] == "iban" else value
        for name, value in {**(kept or {}), **values}.items()
    }
    goal = both([*sent(database, sheet, plain), *goals], "submission", "entry", *tables)
    script = [*to, *as_steps(sheet.fields, seen), ["click", "button", sheet.button]]
    asked = f"{intro} {in_words(sheet.fields, seen)}. {REST}"
    return FormTask(asked, goal, script, intro=intro, sheet=sheet, values=seen, rest=REST)


def menu(part: str, *links: str) -> Steps:
    """From any page to one of a part of the office."""
    return [["click", "link", name] for name in (part, *links)]


def found(text: str, name: str = "") -> Steps:
    """From any page to what a search finds."""
    return [["fill", "Search the office", text], ["click", "button", "Search"], ["click", "link", name or text]]
