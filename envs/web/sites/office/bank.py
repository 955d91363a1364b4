"""The bank: accounts, statement, standing orders, cards."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.office.forms_money import BLOCK, STANDING
from scoutgym.envs.web.sites.office.sheet import Options, cents, read
from scoutgym.envs.web.sites.office.site import Worker, page
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response

WAYS = (("", "All"), ("in", "Money in"), ("out", "Money out"))


@page("/bank")
def accounts(visit: Worker) -> Response:
    """All accounts, and the latest bookings."""
    latest = visit.rows(
        "SELECT booking.*, name FROM booking JOIN account ON account.id = account "
        "ORDER BY day DESC, booking.id DESC LIMIT 6"
    )
    return visit.show("accounts.html", title="Accounts", accounts=all_accounts(visit), latest=latest)


def all_accounts(visit: Worker) -> list[Row]:
    """In their order."""
    return visit.rows("SELECT * FROM account ORDER BY id")


def account_options(visit: Worker) -> Options:
    """To choose an account from."""
    return {"account": [one["name"] for one in all_accounts(visit)]}


@page("/bank/statement")
def statement(visit: Worker) -> Response:
    """Bookings that fit a filter, with their sum."""
    posted = Posted(visit.query)
    names = [one["name"] for one in all_accounts(visit)]
    account = posted.choice("account", "an account", names) if visit.query.get("account") else ""
    first, last = (posted.day(name, "a day", needed=False) for name in ("from", "to"))
    way = posted.choice("way", "a direction", dict(WAYS)) if visit.query.get("way") else ""
    words = posted.text("words", "words", needed=False)
    where, values = ["1"], list[object]()
    for test, value in (("name = ?", account), ("day >= ?", first and str(first)), ("day <= ?", last and str(last))):
        where += [test] if value else []
        values += [value] if value else []
    where += {"in": ["amount > 0"], "out": ["amount < 0"]}.get(way, [])
    if words:
        where.append("(instr(lower(other), lower(?)) OR instr(lower(purpose), lower(?)))")
        values += [words, words]
    found = visit.rows(
        f"SELECT booking.*, name FROM booking JOIN account ON account.id = account WHERE {' AND '.join(where)} "
        "ORDER BY day DESC, booking.id DESC LIMIT 40",
        *values,
    )
    return visit.show(
        "statement.html",
        title="Statement",
        bookings=found,
        names=[("", "All accounts"), *zip(names, names, strict=True)],
        ways=WAYS,
        values=posted.values,
        errors=posted.errors,
        sum=sum(one["amount"] for one in found),
    )


@page("/bank/bookings/<int:id>")
def booking(visit: Worker, id: int) -> Response:
    """One booking."""
    found = visit.one(
        "SELECT booking.*, name FROM booking JOIN account ON account.id = account WHERE booking.id = ?", id
    )
    return visit.show("booking.html", title="Booking", booking=found)


# Standing orders.


@page("/bank/standing")
def standing(visit: Worker) -> Response:
    """All standing orders."""
    found = visit.rows(
        "SELECT standing.*, name FROM standing JOIN account ON account.id = account ORDER BY standing.id"
    )
    return visit.show("standing.html", title="Standing orders", standing=found)


@page("/bank/standing/new")
def standing_new(visit: Worker) -> Response:
    """The form."""
    return visit.ask(STANDING, Posted({}), account_options(visit))


@page("/bank/standing/new", post=True)
def standing_posted(visit: Worker) -> Response:
    """Set one up."""
    posted = Posted(visit.form)
    sent = read(STANDING.fields, posted, account_options(visit), visit.now)
    account = visit.maybe("SELECT * FROM account WHERE name = ?", sent["account"])
    if account is not None and cents(sent["amount"]) > account["most"]:
        posted.errors["amount"] = "This is more than the limit of the account."
    if posted.errors or account is None:
        return visit.ask(STANDING, posted, account_options(visit))
    visit.record(STANDING, sent)
    visit.do(
        "INSERT INTO standing VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
        *(
            account["id"],
            sent["name"],
            sent["iban"],
            cents(sent["amount"]),
            sent["rhythm"],
            sent["starts"],
            sent["purpose"],
        ),
    )
    return visit.go("/bank/standing", note="sent")


@page("/bank/standing/<int:id>/end", post=True)
def standing_ended(visit: Worker, id: int) -> Response:
    """End one."""
    visit.do("DELETE FROM standing WHERE id = ?", id)
    return visit.go("/bank/standing", note="ended")


# Cards.


@page("/bank/cards")
def cards(visit: Worker) -> Response:
    """All cards."""
    found = visit.rows("SELECT card.*, name FROM card JOIN account ON account.id = account ORDER BY card.id")
    return visit.show("cards.html", title="Cards", cards=found)


def _blockable(visit: Worker, id: int) -> Row | None:
    found = visit.one("SELECT card.*, name FROM card JOIN account ON account.id = account WHERE card.id = ?", id)
    return found if found["state"] == "active" else None


@page("/bank/cards/<int:id>/block")
def block(visit: Worker, id: int) -> Response:
    """The form."""
    found = _blockable(visit, id)
    return visit.go("/bank/cards") if found is None else _block(visit, found, Posted({}))


def _block(visit: Worker, card: Row, posted: Posted) -> Response:
    lead = f"{card['kind']} ending in {card['digits']}, {card['name']}"
    return visit.ask(BLOCK, posted, {}, action=f"/bank/cards/{card['id']}/block", lead=lead)


@page("/bank/cards/<int:id>/block", post=True)
def block_posted(visit: Worker, id: int) -> Response:
    """Block a card."""
    found = _blockable(visit, id)
    if found is None:
        return visit.go("/bank/cards")
    posted = Posted(visit.form)
    sent = read(BLOCK.fields, posted, {}, visit.now)
    if posted.errors:
        return _block(visit, found, posted)
    visit.record(BLOCK, {"card": found["digits"]} | sent)
    visit.do("UPDATE card SET state = 'blocked' WHERE id = ?", id)
    return visit.go("/bank/cards", note="blocked")
