"""Expense claims: up to four lines, each whole or empty."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.web.sites.office.forms_work import EXPENSE, LINES
from scoutgym.envs.web.sites.office.sheet import cents, read
from scoutgym.envs.web.sites.office.site import Worker, money, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response


def _lead(visit: Worker) -> str:
    firm = visit.firm
    return f"Within {firm['expense_days']} days. From {money(firm['receipt_from'])} on, a line needs a receipt."


@page("/hr/expenses")
def expenses(visit: Worker) -> Response:
    """The form."""
    return visit.ask(EXPENSE, Posted({"cost_center": visit.profile["cost_center"]}), {}, lead=_lead(visit))


@page("/hr/expenses", post=True)
def expenses_posted(visit: Worker) -> Response:
    """Claim them."""
    posted = Posted(visit.form)
    sent = read(EXPENSE.fields, posted, {}, visit.now)
    oldest = (date.fromisoformat(visit.now) - timedelta(visit.firm["expense_days"])).isoformat()
    for line in range(1, LINES + 1):
        _check(visit, posted, sent, line, oldest)
    if posted.errors:
        return visit.ask(EXPENSE, posted, {}, lead=_lead(visit))
    _, number = visit.record(EXPENSE, sent)
    return visit.go(f"/hr/requests/{number}", note="sent")


def _check(visit: Worker, posted: Posted, sent: dict[str, str], line: int, oldest: str) -> None:
    asked = {"day": "a date", "kind": "a type", "about": "a description", "amount": "an amount"}
    given = [name for name in (*asked, "receipt") if sent[f"{name}{line}"]]
    if line > 1 and not given:
        return
    for name, what in asked.items():
        if name not in given:
            posted.errors.setdefault(f"{name}{line}", f"Line {line} needs {what}.")
    if "day" in given and sent[f"day{line}"] < oldest:
        posted.errors[f"day{line}"] = f"This is too long ago: claims go back to {oldest}."
    amount = cents(sent[f"amount{line}"])
    if amount >= visit.firm["receipt_from"] and "receipt" not in given:
        posted.errors[f"receipt{line}"] = f"From {money(visit.firm['receipt_from'])} on, a receipt is needed."
