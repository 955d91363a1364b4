"""The store: its tables, what all its pages need, and the site that handlers are registered with."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from markupsafe import Markup

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.site import Response, Site, Visit
from scoutgym.envs.web.sites.store.basket import Line, Totals, Voucher, money, totals

SCHEMA = """
CREATE TABLE shop (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, slogan TEXT NOT NULL, prefix TEXT NOT NULL,
    free_from INTEGER NOT NULL, heavy_from INTEGER NOT NULL, heavy_fee INTEGER NOT NULL,
    return_days INTEGER NOT NULL, dispatch_days INTEGER NOT NULL, refund_days INTEGER NOT NULL,
    email TEXT NOT NULL, phone TEXT NOT NULL, hours TEXT NOT NULL, address TEXT NOT NULL
);
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, price INTEGER NOT NULL,
    fastest INTEGER NOT NULL, slowest INTEGER NOT NULL
);
CREATE TABLE category (
    id INTEGER PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL, about TEXT NOT NULL, warranty INTEGER NOT NULL
);
CREATE TABLE product (
    id INTEGER PRIMARY KEY, category INTEGER NOT NULL, name TEXT NOT NULL, brand TEXT NOT NULL, kind TEXT NOT NULL,
    number TEXT NOT NULL, about TEXT NOT NULL, price INTEGER NOT NULL, was INTEGER NOT NULL, stock INTEGER NOT NULL,
    material TEXT NOT NULL, grams INTEGER NOT NULL, colors TEXT NOT NULL, sizes TEXT NOT NULL,
    votes INTEGER NOT NULL, points INTEGER NOT NULL, added TEXT NOT NULL, featured INTEGER NOT NULL
);
CREATE TABLE voucher (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, percent INTEGER NOT NULL, amount INTEGER NOT NULL,
    minimum INTEGER NOT NULL, category INTEGER NOT NULL, until TEXT NOT NULL, announced INTEGER NOT NULL
);
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, phone TEXT NOT NULL, password TEXT NOT NULL,
    newsletter INTEGER NOT NULL, often TEXT NOT NULL, voucher TEXT NOT NULL, since TEXT NOT NULL
);
CREATE TABLE address (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, label TEXT NOT NULL, name TEXT NOT NULL, street TEXT NOT NULL,
    city TEXT NOT NULL, postcode TEXT NOT NULL, country TEXT NOT NULL, main INTEGER NOT NULL
);
CREATE TABLE cart (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, product INTEGER NOT NULL, color TEXT NOT NULL,
    size TEXT NOT NULL, quantity INTEGER NOT NULL
);
CREATE TABLE wish (id INTEGER PRIMARY KEY, person INTEGER NOT NULL, product INTEGER NOT NULL, day TEXT NOT NULL);
CREATE TABLE checkout (
    id INTEGER PRIMARY KEY, address INTEGER NOT NULL, way TEXT NOT NULL, payment TEXT NOT NULL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL, person INTEGER NOT NULL, placed TEXT NOT NULL, state TEXT NOT NULL,
    arrived TEXT NOT NULL, name TEXT NOT NULL, street TEXT NOT NULL, city TEXT NOT NULL, postcode TEXT NOT NULL,
    country TEXT NOT NULL, way TEXT NOT NULL, payment TEXT NOT NULL, voucher TEXT NOT NULL, goods INTEGER NOT NULL,
    discount INTEGER NOT NULL, shipping INTEGER NOT NULL, total INTEGER NOT NULL
);
CREATE TABLE item (
    id INTEGER PRIMARY KEY, orders INTEGER NOT NULL, product INTEGER NOT NULL, color TEXT NOT NULL,
    size TEXT NOT NULL, price INTEGER NOT NULL, quantity INTEGER NOT NULL
);
CREATE TABLE returned (
    id INTEGER PRIMARY KEY, item INTEGER NOT NULL, quantity INTEGER NOT NULL, reason TEXT NOT NULL,
    refund TEXT NOT NULL, comment TEXT NOT NULL, day TEXT NOT NULL
);
CREATE TABLE review (
    id INTEGER PRIMARY KEY, product INTEGER NOT NULL, person INTEGER NOT NULL, author TEXT NOT NULL,
    stars INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, topic TEXT NOT NULL,
    number TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL
);
CREATE INDEX by_category ON product (category);
CREATE INDEX by_product ON review (product);
"""
"""``person`` 0 is nobody's; a person without an e-mail address is a guest with a cart. The id of ``checkout`` is that
of its person. Passwords are as they are: whoever sets a task must be able to ask for one."""

NOTES = {
    "added": "Added to your cart.",
    "changed": "Your cart was changed.",
    "removed": "Removed from your cart.",
    "code": "The discount code was applied.",
    "no-code": "The discount code was removed.",
    "wished": "Saved to your wish list.",
    "unwished": "Removed from your wish list.",
    "saved": "Your changes were saved.",
    "deleted": "The address was deleted.",
    "reviewed": "Thank you for your review.",
    "edited": "Your review was changed.",
    "unreviewed": "Your review was deleted.",
    "sent": "Thank you. Your message was sent.",
    "cancelled": "Your order was cancelled.",
    "returned": "Your return was registered.",
    "welcome": "Welcome! You are logged in.",
    "left": "You are logged out.",
    "password": "Your password was changed.",
}
"""What a page says of what was just done, by the value of ``note`` in its address."""


class Shopper(Visit):
    """A request to the store: who shops, and with what in the cart."""

    @cached_property
    def shop(self) -> Row:
        """The shop itself."""
        return self.one("SELECT * FROM shop")

    @cached_property
    def user(self) -> Row | None:
        """Who shops; None for somebody who has not been seen before."""
        return self.maybe("SELECT * FROM person WHERE id = ?", self.person) if self.person else None

    @property
    def known(self) -> Row | None:
        """Who is logged in; None for guests."""
        return self.user if self.user and self.user["email"] else None

    @cached_property
    def pieces(self) -> int:
        """How many are in the cart."""
        found = self.database.value("SELECT sum(quantity) FROM cart WHERE person = ?", self.person)
        return int(found or 0) if self.person else 0

    @cached_property
    def categories(self) -> list[Row]:
        """All, in their order."""
        return self.rows("SELECT id, slug, name, about FROM category")

    @cached_property
    def note(self) -> str:
        """What was just done."""
        return NOTES.get(self.query.get("note", ""), "")

    @cached_property
    def cart(self) -> list[Row]:
        """What is in the cart, with its products."""
        return self.rows(
            "SELECT cart.*, name, brand, price, stock, grams, category, price * quantity AS sum "
            "FROM cart JOIN product ON product.id = product WHERE person = ? ORDER BY cart.id",
            self.person,
        )

    @property
    def lines(self) -> list[Line]:
        """The cart, to be reckoned with."""
        return [Line(*(row[key] for key in ("product", "price", "quantity", "grams", "category"))) for row in self.cart]

    def voucher(self, code: str) -> Voucher | None:
        """The voucher of a code, in capital letters or not."""
        found = self.maybe(
            "SELECT code, percent, amount, minimum, category, until FROM voucher WHERE code = ?", code.upper()
        )
        return None if found is None else Voucher(**found)

    @property
    def counting(self) -> Voucher | None:
        """The voucher of the cart, where it counts."""
        voucher = self.voucher(self.user["voucher"]) if self.user and self.user["voucher"] else None
        return voucher if voucher is not None and not voucher.refused(self.lines, self.now) else None

    def totals(self, way: Row) -> Totals:
        """What the cart costs, delivered in a way."""
        terms = {key: self.shop[key] for key in ("free_from", "heavy_from", "heavy_fee")}
        return totals(self.lines, self.counting, way["price"], **terms, way=way["code"])

    def to_login(self) -> Response:
        """To the log-in page, and back from there."""
        return self.go("/login", next=self.request.path)


def day(iso: str) -> str:
    """A date as people read it."""
    found = date.fromisoformat(iso)
    return f"{found:%B} {found.day}, {found.year}"


def weight(grams: int) -> str:
    """In grams, or in kilograms."""
    return f"{grams} g" if grams < 1000 else f"{grams / 1000:g} kg"


def options(row: Row) -> str:
    """Color and size that were chosen."""
    return ", ".join(one for one in (row["color"], row["size"]) if one)


def rating(row: Row) -> Markup:
    """Stars for the eye, and the same in words."""
    votes, points = row["votes"], row["points"]
    if not votes:
        return NOT_RATED
    return Markup(
        f'<span class="stars s{round(2 * points / votes)}"></span>{points / votes:.1f} out of 5 ({votes})'
    )  # numbers alone: nothing to escape


def price(row: Row) -> Markup:
    """What a product costs, and what it cost before."""
    before = f' <span class="was">was {money(row["was"])}</span>' if row["was"] else ""
    return Markup(money(row["price"]) + before)


NOT_RATED = Markup("No ratings yet")


def span(way: Row) -> str:
    """How long a way of delivery takes."""
    if way["fastest"] == way["slowest"]:
        return f"{way['fastest']} working day{'s' if way['fastest'] > 1 else ''}"
    return f"{way['fastest']} to {way['slowest']} working days"


def payment(kept: str) -> str:
    """A way of payment: ``invoice``, or ``card`` and the last digits."""
    return "Invoice" if kept == "invoice" else f"Card ending in {kept[-4:]}"


def twice(text: str) -> tuple[str, str]:
    """An option of a list whose value is what is shown."""
    return text, text


SITE = Site("store", "scoutgym.envs.web.sites.store", SCHEMA, Shopper)
SITE.templates.filters.update(
    money=money,
    day=day,
    weight=weight,
    options=options,
    span=span,
    payment=payment,
    twice=twice,
    rating=rating,
    price=price,
)
