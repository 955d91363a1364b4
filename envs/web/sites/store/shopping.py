"""The cart and the wish list."""

from __future__ import annotations

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.basket import MOST
from scoutgym.envs.web.sites.store.product import shown
from scoutgym.envs.web.sites.store.search import CARD
from scoutgym.envs.web.sites.store.site import SITE, Shopper


@SITE.page("/cart")
def cart(visit: Shopper) -> Response:
    """What is in the cart, and what it would cost."""
    return _cart(visit, Posted({}))


def _cart(visit: Shopper, posted: Posted) -> Response:
    way = visit.one("SELECT * FROM delivery WHERE code = 'standard'")
    used = visit.user["voucher"] if visit.user else ""
    voucher = visit.voucher(used) if used else None
    return visit.show(
        "cart.html",
        title="Your cart",
        totals=visit.totals(way),
        most=MOST,
        voucher=voucher,
        refused=voucher.refused(visit.lines, visit.now) if voucher else "",
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/product/<int:id>/add", post=True)
def added(visit: Shopper, id: int) -> Response:
    """Put pieces of a product into the cart."""
    product = visit.one("SELECT * FROM product WHERE id = ?", id)
    posted = Posted(visit.form)
    color, size = (
        posted.choice(field, what, listed) if len(listed := product[column].split("|")) > 1 else ""
        for field, what, column in (("color", "a color", "colors"), ("size", "a size", "sizes"))
    )
    quantity = posted.number("quantity", "a quantity", 1, MOST)
    had = visit.rows("SELECT * FROM cart WHERE person = ? AND product = ?", visit.person, id) if visit.person else []
    room = min(MOST, product["stock"]) - sum(row["quantity"] for row in had)
    if "quantity" not in posted.errors and quantity > room:
        posted.errors["quantity"] = _too_many(product["stock"], sum(row["quantity"] for row in had))
    if posted.errors:
        return shown(visit, id, posted)
    cookies = None
    if not visit.person:
        guest = visit.do("INSERT INTO person VALUES (NULL, 'Guest', '', '', '', 0, '', '', ?)", visit.now)
        cookies = visit.enter(guest)
    same = next((row for row in had if (row["color"], row["size"]) == (color, size)), None)
    if same is None:
        visit.do("INSERT INTO cart VALUES (NULL, ?, ?, ?, ?, ?)", visit.person, id, color, size, quantity)
    else:
        visit.do("UPDATE cart SET quantity = quantity + ? WHERE id = ?", quantity, same["id"])
    return visit.go("/cart", cookies, note="added")


def _too_many(stock: int, had: int) -> str:
    if not stock:
        return "This is out of stock."
    already = f", and your cart holds {had}" if had else ""
    return f"Only {stock} in stock{already}." if stock < MOST else f"At most {MOST} of a product{already}."


@SITE.page("/cart/<int:id>/change", post=True)
def changed(visit: Shopper, id: int) -> Response:
    """Set how many pieces of a line are wanted."""
    line = visit.one("SELECT * FROM cart WHERE id = ? AND person = ?", id, visit.person)
    posted = Posted(visit.form)
    field = f"quantity-{id}"
    quantity = posted.number(field, "a quantity", 1, MOST)
    stock = visit.one("SELECT stock FROM product WHERE id = ?", line["product"])["stock"]
    others = visit.one(
        "SELECT coalesce(sum(quantity), 0) AS n FROM cart WHERE person = ? AND product = ? AND id != ?",
        *(visit.person, line["product"], id),
    )["n"]
    if field not in posted.errors and quantity + others > min(stock, MOST):
        posted.errors[field] = _too_many(stock, others)
    if posted.errors:
        return _cart(visit, posted)
    visit.do("UPDATE cart SET quantity = ? WHERE id = ?", quantity, id)
    return visit.go("/cart", note="changed")


@SITE.page("/cart/<int:id>/remove", post=True)
def removed(visit: Shopper, id: int) -> Response:
    """Take a line out."""
    visit.do("DELETE FROM cart WHERE id = ? AND person = ?", id, visit.person)
    return visit.go("/cart", note="removed")


@SITE.page("/cart/code", post=True)
def code(visit: Shopper) -> Response:
    """Enter a discount code."""
    posted = Posted(visit.form)
    text = posted.text("code", "a discount code", most=30)
    voucher = visit.voucher(text)
    if not posted.errors and voucher is None:
        posted.errors["code"] = f"There is no code {text}."
    elif not posted.errors and voucher is not None and (refused := voucher.refused(visit.lines, visit.now)):
        posted.errors["code"] = refused
    if posted.errors or voucher is None:
        return _cart(visit, posted)
    visit.do("UPDATE person SET voucher = ? WHERE id = ?", voucher.code, visit.person)
    return visit.go("/cart", note="code")


@SITE.page("/cart/code/remove", post=True)
def code_removed(visit: Shopper) -> Response:
    """Do without the discount code."""
    visit.do("UPDATE person SET voucher = '' WHERE id = ?", visit.person)
    return visit.go("/cart", note="no-code")


# Wish list.


@SITE.page("/wishlist")
def wishes(visit: Shopper) -> Response:
    """What somebody would like to have."""
    if not visit.known:
        return visit.to_login()
    cards = visit.rows(
        f"SELECT {CARD}, day FROM wish JOIN product ON product.id = product WHERE person = ? ORDER BY wish.id",
        visit.person,
    )
    return visit.show("wishlist.html", title="Your wish list", cards=cards)


@SITE.page("/product/<int:id>/wish", post=True)
def wished(visit: Shopper, id: int) -> Response:
    """Put a product on the wish list."""
    if not visit.known:
        return visit.go("/login", next=f"/product/{id}")
    visit.one("SELECT id FROM product WHERE id = ?", id)
    if visit.maybe("SELECT id FROM wish WHERE person = ? AND product = ?", visit.person, id) is None:
        visit.do("INSERT INTO wish VALUES (NULL, ?, ?, ?)", visit.person, id, visit.now)
    return visit.go("/wishlist", note="wished")


@SITE.page("/product/<int:id>/unwish", post=True)
def unwished(visit: Shopper, id: int) -> Response:
    """Take a product off the wish list."""
    visit.do("DELETE FROM wish WHERE person = ? AND product = ?", visit.person, id)
    return visit.go("/wishlist", note="unwished")
