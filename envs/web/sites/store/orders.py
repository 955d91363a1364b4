"""What was ordered: the list, one order, cancelling it, returning an item."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.site import SITE, Shopper

STATES = {"processing": "Processing", "delivered": "Delivered", "cancelled": "Cancelled"}
REASONS = (
    ("", "Choose a reason"),
    ("damaged", "It arrived damaged"),
    ("wrong", "It is not what I ordered"),
    ("size", "It does not fit"),
    ("late", "It came too late"),
    ("changed", "I changed my mind"),
)
REFUNDS = (("payment", "Refund to my way of payment"), ("voucher", "Store credit"), ("exchange", "Exchange it"))


@SITE.page("/orders")
def orders(visit: Shopper) -> Response:
    """All of a customer, the newest first."""
    if not visit.known:
        return visit.to_login()
    found = visit.rows(
        "SELECT orders.*, (SELECT sum(quantity) FROM item WHERE orders = orders.id) AS pieces "
        "FROM orders WHERE person = ? ORDER BY orders.id DESC",
        visit.person,
    )
    return visit.show("orders.html", title="Your orders", orders=found, states=STATES)


def _order(visit: Shopper, number: str) -> Row:
    return visit.one("SELECT * FROM orders WHERE number = ? AND person = ?", number, visit.person)


def last_day(visit: Shopper, order: Row) -> str:
    """Until when things of an order may be returned; empty where nothing has arrived."""
    if order["state"] != "delivered":
        return ""
    return (date.fromisoformat(order["arrived"]) + timedelta(visit.shop["return_days"])).isoformat()


@SITE.page("/orders/<number>")
def order(visit: Shopper, number: str) -> Response:
    """One order."""
    if not visit.known:
        return visit.to_login()
    found = _order(visit, number)
    until = last_day(visit, found)
    return visit.show(
        "order.html",
        title=f"Order {number}",
        order=found,
        items=_items(visit, found),
        states=STATES,
        until=until,
        open=until >= visit.now,
        way=visit.one("SELECT name FROM delivery WHERE code = ?", found["way"])["name"],
    )


def _items(visit: Shopper, order: Row) -> list[Row]:
    return visit.rows(
        "SELECT item.*, name, returned.id AS returned, reason, refund, returned.quantity AS back, day "
        "FROM item JOIN product ON product.id = product LEFT JOIN returned ON item = item.id "
        "WHERE orders = ? ORDER BY item.id",
        order["id"],
    )


@SITE.page("/orders/<number>/cancel", post=True)
def cancelled(visit: Shopper, number: str) -> Response:
    """Cancel an order that is not sent yet; what was ordered is in stock again."""
    found = _order(visit, number)
    if found["state"] == "processing":
        visit.do("UPDATE orders SET state = 'cancelled' WHERE id = ?", found["id"])
        for item in visit.rows("SELECT product, quantity FROM item WHERE orders = ?", found["id"]):
            visit.do("UPDATE product SET stock = stock + ? WHERE id = ?", item["quantity"], item["product"])
        return visit.go(f"/orders/{number}", note="cancelled")
    return visit.go(f"/orders/{number}")


def _returnable(visit: Shopper, number: str, id: int) -> tuple[Row, Row] | None:
    """The order and the item, where it may be returned."""
    found = _order(visit, number)
    item = visit.one(
        "SELECT item.*, name FROM item JOIN product ON product.id = product WHERE item.id = ? AND orders = ?",
        *(id, found["id"]),
    )
    gone = visit.maybe("SELECT id FROM returned WHERE item = ?", id)
    return (found, item) if gone is None and last_day(visit, found) >= visit.now else None


@SITE.page("/orders/<number>/return/<int:id>")
def returning(visit: Shopper, number: str, id: int) -> Response:
    """The form."""
    if not visit.known:
        return visit.to_login()
    found = _returnable(visit, number, id)
    if found is None:
        return visit.go(f"/orders/{number}")
    return _asked(visit, *found, Posted({"quantity": str(found[1]["quantity"]), "refund": "payment"}))


def _asked(visit: Shopper, order: Row, item: Row, posted: Posted) -> Response:
    return visit.show(
        "return.html",
        title="Return an item",
        order=order,
        item=item,
        reasons=REASONS,
        refunds=REFUNDS,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/orders/<number>/return/<int:id>", post=True)
def returned(visit: Shopper, number: str, id: int) -> Response:
    """Register a return."""
    found = _returnable(visit, number, id)
    if found is None:
        return visit.go(f"/orders/{number}")
    posted = Posted(visit.form)
    quantity = posted.number("quantity", "a quantity", 1, found[1]["quantity"])
    reason = posted.choice("reason", "a reason", [value for value, _ in REASONS if value])
    refund = posted.choice("refund", "what you would like", dict(REFUNDS))
    comment = posted.text("comment", "", needed=False, most=500)
    if posted.errors:
        return _asked(visit, *found, posted)
    visit.do("INSERT INTO returned VALUES (NULL, ?, ?, ?, ?, ?, ?)", id, quantity, reason, refund, comment, visit.now)
    return visit.go(f"/orders/{number}", note="returned")
