"""The office: its tables, what all its pages need, and the site that handlers are registered with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property, wraps
from typing import Any

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office import iban
from scoutgym.envs.web.sites.office.schema import SCHEMA
from scoutgym.envs.web.sites.office.sheet import Options, Section, Sheet, pairs
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Handler, Response, Site, Visit

USER = 1
"""The colleague whose office it is: the only one who can log in."""

PARTS = {
    "hr": "HR",
    "bank": "Bank",
    "insurance": "Insurance",
    "clinic": "Clinic",
    "messages": "Messages",
    "calendar": "Calendar",
    "people": "People",
    "documents": "Documents",
    "help": "Help",
}
"""By the first step of their addresses."""

MENUS = {
    "hr": (
        ("Overview", "/hr"),
        ("Profile", "/hr/profile"),
        ("Your leave", "/hr/leave"),
        ("Request leave", "/hr/leave/new"),
        ("Sick note", "/hr/sick"),
        ("Expense claim", "/hr/expenses"),
        ("Training courses", "/hr/courses"),
        ("Change address", "/hr/address"),
        ("Change bank data", "/hr/payment"),
        ("Your requests", "/hr/requests"),
    ),
    "bank": (
        ("Accounts", "/bank"),
        ("Statement", "/bank/statement"),
        ("New transfer", "/bank/transfer"),
        ("Standing orders", "/bank/standing"),
        ("Cards", "/bank/cards"),
    ),
    "insurance": (
        ("Policies", "/insurance"),
        ("Report damage", "/insurance/claim"),
        ("Your claims", "/insurance/claims"),
    ),
    "clinic": (
        ("Overview", "/clinic"),
        ("Doctors and appointments", "/clinic/doctors"),
        ("Your appointments", "/clinic/appointments"),
        ("Registration", "/clinic/registration"),
        ("Prescriptions", "/clinic/prescriptions"),
        ("Message to the practice", "/clinic/contact"),
    ),
    "messages": (("Inbox", "/messages"), ("Sent", "/messages/sent"), ("Write a message", "/messages/new")),
    "calendar": (("Month", "/calendar"), ("Week", "/calendar/week"), ("New event", "/calendar/new")),
    "documents": (("Documents", "/documents"), ("Notices", "/notices")),
}
"""The pages of a part, beside each of them."""

NOTES = {
    "sent": "It was sent.",
    "saved": "Your changes were saved.",
    "withdrawn": "The request was withdrawn.",
    "cancelled": "The appointment was cancelled.",
    "deleted": "It was deleted.",
    "blocked": "The card is blocked.",
    "ended": "The standing order was ended.",
    "paid": "The transfer was carried out.",
    "welcome": "Welcome! You are logged in.",
    "left": "You are logged out.",
}
"""What a page says of what was just done, by the value of ``note`` in its address."""


class Worker(Visit):
    """A request to the office: whose it is, and who they work for."""

    @cached_property
    def firm(self) -> Row:
        """The employer."""
        return self.one("SELECT * FROM firm")

    @cached_property
    def user(self) -> Row | None:
        """Who is logged in, as colleagues know them; None where nobody is."""
        return self.maybe("SELECT * FROM colleague WHERE id = ?", self.person) if self.person else None

    @cached_property
    def profile(self) -> Row:
        """What the employer knows of them beside that."""
        return self.one("SELECT * FROM profile")

    @cached_property
    def note(self) -> str:
        """What was just done."""
        return NOTES.get(self.query.get("note", ""), "")

    @property
    def part(self) -> str:
        """The part of the office that the address belongs to."""
        return self.request.path.split("/")[1].replace("notices", "documents")

    def ask(
        self,
        sheet: Sheet,
        posted: Posted,
        options: Options,
        *,
        action: str = "",
        sections: Sequence[Section] = (),
        **more: Any,
    ) -> Response:
        """The page of a form, with what was posted and its mistakes."""
        values = {"title": sheet.title, "lead": sheet.lead, "button": sheet.button, "aside": ()} | more
        return self.show(
            "form.html",
            sections=sections or sheet.sections,
            action=action or self.request.path,
            options={one.name: pairs(one, options) for one in sheet.fields if one.kind in ("choice", "radios")},
            values=posted.values,
            errors=posted.errors,
            **values,
        )

    def record(self, sheet: Sheet, read: dict[str, str], state: str = "sent") -> tuple[int, str]:
        """Keep what was sent; the submission's id and number."""
        id = self.do("INSERT INTO submission VALUES (NULL, ?, '', ?, ?)", sheet.name, self.now, state)
        number = numbered(sheet.prefix, self.now, id)
        self.do("UPDATE submission SET number = ? WHERE id = ?", number, id)
        self.enter_fields(id, sheet, read)
        return id, number

    def enter_fields(self, id: int, sheet: Sheet, read: dict[str, str]) -> None:
        """Write fields of a submission, new or anew."""
        old = {row["field"]: row["id"] for row in self.rows("SELECT id, field FROM entry WHERE submission = ?", id)}
        for one in sheet.fields:
            if one.name in old and one.name in read:
                self.do("UPDATE entry SET value = ? WHERE id = ?", read[one.name], old[one.name])
            elif one.name in read:
                self.do("INSERT INTO entry VALUES (NULL, ?, ?, ?, ?)", id, one.name, one.label, read[one.name])


def numbered(prefix: str, today: str, id: int) -> str:
    """The number that people know a submission by."""
    return f"{prefix}-{today[:4]}-{1000 + id}"


def money(cents: int) -> str:
    """Dollars, as people read them."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


def day(iso: str) -> str:
    """A date as people read it."""
    found = date.fromisoformat(iso)
    return f"{found:%B} {found.day}, {found.year}"


def weekday(iso: str) -> str:
    """A date with its day of the week."""
    return f"{date.fromisoformat(iso):%A}, {day(iso)}"


def twice(text: str) -> tuple[str, str]:
    """An option of a list whose value is what is shown."""
    return text, text


def halves(count: int) -> str:
    """Days that are counted in halves."""
    return f"{count / 2:g} {'day' if count == 2 else 'days'}"


SITE = Site("office", "scoutgym.envs.web.sites.office", SCHEMA, Worker)
SITE.templates.filters.update(money=money, day=day, weekday=weekday, halves=halves, twice=twice, grouped=iban.grouped)
SITE.templates.globals.update(parts=PARTS, menus=MENUS)


def page(rule: str, post: bool = False) -> Callable[[Handler], Handler]:
    """Register a handler for a page of somebody who is logged in; others are sent to the log-in page."""

    def add(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(visit: Worker, **values: object) -> Response:
            if visit.user is None:
                return visit.go("/login", next="" if post else visit.request.path)
            return handler(visit, **values)

        SITE.page(rule, post)(guarded)
        return handler

    return add
