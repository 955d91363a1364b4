"""Checkout: address, delivery, payment, review, and the order."""

from __future__ import annotations

import re

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.people import COUNTRIES
from scoutgym.envs.web.sites.posted import Posted, luhn
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.account import read_address
from scoutgym.envs.web.sites.store.site import SITE, Shopper

EXPIRY = re.compile(r"(0[1-9]|1[0-2])/([0-9]{2})")
CODE = re.compile(r"[0-9]{3,4}")
PAYMENTS = (("card", "Credit card"), ("invoice", "Pay later by invoice"))


def _begun(visit: Shopper) -> Row:
    """What was chosen so far; its row has the id of the person."""
    found = visit.maybe("SELECT * FROM checkout WHERE id = ?", visit.person)
    return found or {"id": visit.person, "address": 0, "way": "", "payment": ""}


def _store(visit: Shopper, **values: object) -> None:
    row = _begun(visit) | values
    visit.do(
        "INSERT OR REPLACE INTO checkout VALUES (?, ?, ?, ?)",
        *(row[key] for key in ("id", "address", "way", "payment")),
    )


def _turned_away(visit: Shopper, needed: str = "") -> Response | None:
    """Where to send somebody who cannot be at this step yet."""
    if not visit.known:
        return visit.go("/login", next="/checkout")
    if not visit.cart:
        return visit.go("/cart")
    begun = _begun(visit)
    for step, column in (("address", "address"), ("delivery", "way"), ("payment", "payment")):
        if step == needed:
            return None
        if not begun[column]:
            return visit.go(f"/checkout/{step}")
    return None


@SITE.page("/checkout")
def checkout(visit: Shopper) -> Response:
    """Begin, or go on, with the first step."""
    return _turned_away(visit, "address") or visit.go("/checkout/address")


@SITE.page("/checkout/address")
def address(visit: Shopper) -> Response:
    """Where to send it."""
    if away := _turned_away(visit, "address"):
        return away
    chosen = _begun(visit)["address"]
    if not chosen:
        main = visit.maybe("SELECT id FROM address WHERE person = ? AND main", visit.person)
        chosen = main["id"] if main else "new"
    return _address(visit, Posted({"address": str(chosen), "country": COUNTRIES[0]}))


def _address(visit: Shopper, posted: Posted) -> Response:
    found = visit.rows("SELECT * FROM address WHERE person = ? ORDER BY main DESC, id", visit.person)
    shown = [(str(row["id"]), "{label}: {name}, {street}, {postcode} {city}, {country}".format(**row)) for row in found]
    return visit.show(
        "checkout_address.html",
        title="Delivery address",
        addresses=[*shown, ("new", "A new address")],
        countries=COUNTRIES,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/checkout/address", post=True)
def address_posted(visit: Shopper) -> Response:
    """Choose an address, or write a new one."""
    if away := _turned_away(visit, "address"):
        return away
    posted = Posted(visit.form)
    own = [str(row["id"]) for row in visit.rows("SELECT id FROM address WHERE person = ?", visit.person)]
    chosen = posted.choice("address", "an address", [*own, "new"])
    if chosen == "new":
        values = read_address(posted)
        if not posted.errors:
            label = f"Address {len(own) + 1}"
            made = visit.do(
                "INSERT INTO address VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(visit.person, label, *values.values(), int(not own)),
            )
            chosen = str(made)
    if posted.errors:
        return _address(visit, posted)
    _store(visit, address=int(chosen))
    return visit.go("/checkout/delivery")


@SITE.page("/checkout/delivery")
def delivery(visit: Shopper) -> Response:
    """How to send it."""
    return _turned_away(visit, "delivery") or _delivery(visit, Posted({"way": _begun(visit)["way"] or "standard"}))


def _delivery(visit: Shopper, posted: Posted) -> Response:
    ways = visit.rows("SELECT * FROM delivery")
    for way in ways:
        way["cost"] = visit.totals(way).shipping
    return visit.show("checkout_delivery.html", title="Delivery", ways=ways, values=posted.values, errors=posted.errors)


@SITE.page("/checkout/delivery", post=True)
def delivery_posted(visit: Shopper) -> Response:
    """Choose a way."""
    if away := _turned_away(visit, "delivery"):
        return away
    posted = Posted(visit.form)
    way = posted.choice("way", "a way of delivery", [row["code"] for row in visit.rows("SELECT code FROM delivery")])
    if posted.errors:
        return _delivery(visit, posted)
    _store(visit, way=way)
    return visit.go("/checkout/payment")


@SITE.page("/checkout/payment")
def payment(visit: Shopper) -> Response:
    """How to pay."""
    if away := _turned_away(visit, "payment"):
        return away
    begun = _begun(visit)["payment"].partition(" ")[0]
    return _payment(visit, Posted({"payment": begun or "card", "holder": visit.known["name"] if visit.known else ""}))


def _payment(visit: Shopper, posted: Posted) -> Response:
    return visit.show(
        "checkout_payment.html", title="Payment", payments=PAYMENTS, values=posted.values, errors=posted.errors
    )


@SITE.page("/checkout/payment", post=True)
def payment_posted(visit: Shopper) -> Response:
    """Choose; of a card only the last four digits are kept."""
    if away := _turned_away(visit, "payment"):
        return away
    posted = Posted(visit.form)
    kind = posted.choice("payment", "how to pay", dict(PAYMENTS))
    if kind == "card":
        digits = _card(posted, visit.now)
        kind = f"card {digits[-4:]}"
    if posted.errors:
        return _payment(visit, posted)
    _store(visit, payment=kind)
    return visit.go("/checkout/review")


def _card(posted: Posted, today: str) -> str:
    """The digits of a card's number, after its fields were looked at."""
    posted.text("holder", "the name on the card")
    number = posted.text("card", "the card number")
    digits = number.replace(" ", "").replace("-", "")
    if number and not (digits.isascii() and digits.isdecimal() and 13 <= len(digits) <= 19):
        posted.errors["card"] = "A card number has 13 to 19 digits."
    elif number and not luhn(digits):
        posted.errors["card"] = "This is not a valid card number: check its digits."
    expires = posted.like("expires", "month and year", EXPIRY, "09/29")
    if "expires" not in posted.errors and f"20{expires[3:]}-{expires[:2]}" < today[:7]:
        posted.errors["expires"] = "This card has expired."
    posted.like("code", "the security code of 3 or 4 digits", CODE, "123")
    return digits


@SITE.page("/checkout/review")
def review(visit: Shopper) -> Response:
    """Everything once more, before it is ordered."""
    return _turned_away(visit) or _review(visit, Posted({}))


def _review(visit: Shopper, posted: Posted) -> Response:
    begun = _begun(visit)
    way = visit.one("SELECT * FROM delivery WHERE code = ?", begun["way"])
    return visit.show(
        "checkout_review.html",
        title="Review your order",
        address=visit.one("SELECT * FROM address WHERE id = ?", begun["address"]),
        way=way,
        payment=begun["payment"],
        totals=visit.totals(way),
        voucher=visit.counting,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/checkout/review", post=True)
def ordered(visit: Shopper) -> Response:
    """Order it."""
    if away := _turned_away(visit):
        return away
    posted = Posted(visit.form)
    if not posted.on("terms"):
        posted.errors["terms"] = "Accept the terms of sale to order."
    wanted: dict[int, int] = {}
    for row in visit.cart:
        wanted[row["product"]] = wanted.get(row["product"], 0) + row["quantity"]
    short = next((row for row in visit.cart if wanted[row["product"]] > row["stock"]), None)
    if short:
        posted.errors["stock"] = f"Only {short['stock']} of {short['name']} in stock: change your cart."
    if posted.errors:
        return _review(visit, posted)
    begun = _begun(visit)
    place = visit.one("SELECT name, street, city, postcode, country FROM address WHERE id = ?", begun["address"])
    sums = visit.totals(visit.one("SELECT * FROM delivery WHERE code = ?", begun["way"]))
    voucher = visit.counting
    highest = visit.one("SELECT max(CAST(substr(number, instr(number, '-') + 1) AS INTEGER)) AS n FROM orders")["n"]
    number = f"{visit.shop['prefix']}-{(highest or 10000) + 7}"
    order = visit.do(
        "INSERT INTO orders VALUES (NULL, ?, ?, ?, 'processing', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, visit.person, visit.now, *place.values(), begun["way"], begun["payment"]),
        *(voucher.code if voucher else "", sums.goods, sums.discount, sums.shipping, sums.total),
    )
    for row in visit.cart:
        visit.do(
            "INSERT INTO item VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            *(order, row["product"], row["color"], row["size"], row["price"], row["quantity"]),
        )
        visit.do("UPDATE product SET stock = stock - ? WHERE id = ?", row["quantity"], row["product"])
    visit.do("DELETE FROM cart WHERE person = ?", visit.person)
    visit.do("DELETE FROM checkout WHERE id = ?", visit.person)
    visit.do("UPDATE person SET voucher = '' WHERE id = ?", visit.person)
    return visit.go(f"/checkout/done/{number}")


@SITE.page("/checkout/done/<number>")
def done(visit: Shopper, number: str) -> Response:
    """Thanks, and the order number."""
    order = visit.one("SELECT * FROM orders WHERE number = ? AND person = ?", number, visit.person)
    way = visit.one("SELECT * FROM delivery WHERE code = ?", order["way"])
    return visit.show("checkout_done.html", title="Thank you", order=order, way=way)
