"""Transfers: entered, reviewed, then carried out."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office import iban
from scoutgym.envs.web.sites.office.bank import account_options
from scoutgym.envs.web.sites.office.forms_money import TRANSFER
from scoutgym.envs.web.sites.office.sheet import cents, read
from scoutgym.envs.web.sites.office.site import Worker, money, numbered, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response


@page("/bank/transfer")
def transfer(visit: Worker) -> Response:
    """The form."""
    return visit.ask(TRANSFER, Posted({}), account_options(visit))


@page("/bank/transfer", post=True)
def transfer_posted(visit: Worker) -> Response:
    """Keep what was entered, to be reviewed."""
    posted = Posted(visit.form)
    sent = read(TRANSFER.fields, posted, account_options(visit), visit.now)
    if not posted.errors:
        mistake = _refused(visit, sent)
        if mistake:
            posted.errors["amount"] = mistake
    if posted.errors:
        return visit.ask(TRANSFER, posted, account_options(visit))
    _, number = visit.record(TRANSFER, sent, "draft")
    return visit.go(f"/bank/transfer/{number}")


def _account(visit: Worker, sent: dict[str, str]) -> Row:
    return visit.one("SELECT * FROM account WHERE name = ?", sent["account"])


def _refused(visit: Worker, sent: dict[str, str]) -> str:
    """Why an amount cannot be paid; empty where it can."""
    account, amount = _account(visit, sent), cents(sent["amount"])
    if amount > account["most"]:
        return f"The limit of this account is {money(account['most'])} for one transfer."
    if amount > account["balance"]:
        return f"There are only {money(account['balance'])} on this account."
    return ""


def _draft(visit: Worker, number: str) -> tuple[Row, dict[str, str]] | None:
    """A transfer that was entered and not carried out."""
    found = visit.one("SELECT * FROM submission WHERE number = ? AND form = ?", number, TRANSFER.name)
    if found["state"] != "draft":
        return None
    return found, {
        row["field"]: row["value"] for row in visit.rows("SELECT * FROM entry WHERE submission = ?", found["id"])
    }


@page("/bank/transfer/<number>")
def review(visit: Worker, number: str) -> Response:
    """What is going to be paid."""
    found = _draft(visit, number)
    if found is None:
        return visit.go("/bank/statement")
    sent = found[1]
    return visit.show(
        "transfer.html",
        title="Review your transfer",
        number=number,
        sent=sent,
        amount=cents(sent["amount"]),
        account=_account(visit, sent),
        number_of_account=iban.grouped(sent["iban"]),
    )


@page("/bank/transfer/<number>", post=True)
def carried_out(visit: Worker, number: str) -> Response:
    """Pay."""
    found = _draft(visit, number)
    if found is None:
        return visit.go("/bank/statement")
    draft, sent = found
    mistake = _refused(visit, sent)
    if mistake:
        return visit.ask(TRANSFER, _posted(sent, mistake), account_options(visit), action="/bank/transfer")
    account, amount = _account(visit, sent), cents(sent["amount"])
    visit.do("UPDATE submission SET state = 'sent' WHERE id = ?", draft["id"])
    visit.do("UPDATE account SET balance = balance - ? WHERE id = ?", amount, account["id"])
    id = visit.do(
        "INSERT INTO booking VALUES (NULL, ?, ?, ?, ?, ?, ?, '')",
        *(account["id"], visit.now, sent["name"], sent["iban"], sent["purpose"], -amount),
    )
    visit.do("UPDATE booking SET reference = ? WHERE id = ?", reference(visit.now, id), id)
    own = visit.maybe("SELECT * FROM account WHERE iban = ?", sent["iban"])
    if own is not None:
        visit.do("UPDATE account SET balance = balance + ? WHERE id = ?", amount, own["id"])
        visit.do(
            "INSERT INTO booking VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
            *(own["id"], visit.now, visit.profile["holder"], account["iban"], sent["purpose"], amount, ""),
        )
    return visit.go(f"/bank/bookings/{id}", note="paid")


def reference(today: str, booking: int) -> str:
    """What a payment is known by, once it is carried out."""
    return numbered("PAY", today, booking)


def _posted(sent: dict[str, str], mistake: str) -> Posted:
    posted = Posted(sent)
    posted.errors["amount"] = mistake
    return posted
