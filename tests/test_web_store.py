"""The store: every page, every form, sums and searches against other ways to get them, and hostile text."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from cli_tools import complaint
from web_hand import Hand

from scoutgym.cli.sites import for_one
from scoutgym.envs.chance import Chance
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.sites.database import Database, changes, cookies, watched
from scoutgym.envs.web.sites.posted import Posted, luhn
from scoutgym.envs.web.sites.site import Request, Response
from scoutgym.envs.web.sites.store import SITE, facts, fill
from scoutgym.envs.web.sites.store.basket import Line, Voucher, totals
from scoutgym.envs.web.sites.store.pictures import DRAWN, SHAPE
from scoutgym.envs.web.sites.store.search import PAGE, SORTS, Wanted

pytestmark = pytest.mark.web

SEEDS = range(6)
CARD = {"holder": "A Name", "card": "4111 1111 1111 1111", "expires": "12/39", "code": "123"}


def image(seed: int) -> bytes:
    database = SITE.empty()
    fill(database, Chance(b"store %d" % seed))
    return watched(database)


IMAGES = {seed: image(seed) for seed in SEEDS}


@pytest.fixture
def hand() -> Hand:
    return store(1)


def store(seed: int) -> Hand:
    return Hand(SITE, Database(IMAGES[seed]))


def ask(hand: Hand, address: str, asset: bool = False) -> Response:
    path, _, query = address.partition("#")[0].partition("?")
    return SITE.answer(hand.database, Request(path, query, cookies=cookies(hand.database), asset=asset))


# Contents


@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_that_is_linked_answers(seed: int) -> None:
    hand = store(seed)
    seen, todo = set[str](), ["/"]
    while todo:
        address = todo.pop()
        answer = ask(hand, address)
        while answer.location:
            answer = ask(hand, answer.location)
        assert answer.status == 200, address
        page = page_of(answer.body)
        assert page.title.endswith(hand.row("SELECT name FROM shop")[0])
        assert 30 < len(page.elements) < 400, address
        assert len({node.get("id") for node in page.elements if node.get("id")}) == answer.body.count(' id="')
        for bid in page.links:
            assert page.names[bid], f"a link without a name on {address}"
        for bid, control in page.controls.items():
            assert control.kind == "hidden" or page.names[bid], f"a control without a name on {address}"
        for node in page.elements:
            if node.tag == "img":
                assert ask(hand, node.get("src"), asset=True).body.startswith("<svg ")
        found = [link for link in page.links.values() if link not in seen]
        seen.update(found)
        todo += found
    for path in ("/cart", "/account/newsletter", "/help/warranty", "/orders", "/wishlist", "/contact", "/offers"):
        assert path in seen
    assert sum(path.startswith("/product/") and path.count("/") == 2 for path in seen) == len(
        facts.goods(hand.database)
    )
    assert changes(hand.database) == {}, "looking changes nothing"


def test_contents_follow_from_the_chance() -> None:
    assert image(3) == IMAGES[3]
    names = [{row["name"] for row in facts.goods(Database(one))} for one in IMAGES.values()]
    for place, mine in enumerate(names):
        for other in names[:place]:
            assert len(mine & other) < 5
    shops = {store(seed).row("SELECT email FROM shop")[0] for seed in SEEDS}
    people = {store(seed).row("SELECT name FROM person")[0] for seed in SEEDS}
    assert len(shops) == len(people) == len(SEEDS)


def test_an_image_is_small_and_contents_are_plausible() -> None:
    for seed, one in IMAGES.items():
        assert len(one) < 150_000
        goods = facts.goods(Database(one))
        assert 120 <= len(goods) <= 200
        assert 8 <= len({row["category"] for row in goods}) <= 10
        assert len({row["name"] for row in goods}) == len({row["number"] for row in goods}) == len(goods)
        for row in goods:
            assert 300 < row["price"] < 60_000
            assert row["was"] == 0 or row["was"] > row["price"]
            assert row["votes"] <= row["points"] <= 5 * row["votes"]
            assert row["colors"]
        hand = store(seed)
        stars = hand.database.execute("SELECT product, count(*), sum(stars) FROM review GROUP BY product").fetchall()
        by_id = {row["id"]: row for row in goods}
        assert all(by_id[id]["votes"] >= n and by_id[id]["points"] - s >= by_id[id]["votes"] - n for id, n, s in stars)
        for order in hand.database.execute("SELECT id, goods, discount, shipping, total FROM orders").fetchall():
            lines = hand.row("SELECT sum(price * quantity) FROM item WHERE orders = ?", order[0])[0]
            assert (lines, order[1] - order[2] + order[3]) == (order[1], order[4])


def test_every_kind_has_a_picture() -> None:
    assert set(SHAPE.values()) == set(DRAWN)


# Searching


def brute(goods: list[dict[str, Any]], wanted: Wanted) -> list[int]:
    """The same by Python: filters, then stable sorts from the last key to the first."""
    found = []
    for row in goods:
        said = f"{row['name']} {row['brand']} {row['material']} {row['about']}".lower()
        mean = row["points"] / row["votes"] if row["votes"] else 0
        if (
            all(word in said for word in wanted.q.lower().split())
            and wanted.category in ("", row["slug"])
            and row["price"] >= wanted.low
            and (not wanted.high or row["price"] <= wanted.high)
            and mean >= wanted.stars
            and (row["stock"] > 0 or not wanted.stock)
        ):
            found.append((row, mean))
    found.sort(key=lambda pair: pair[0]["id"] if wanted.sort == "featured" else pair[0]["name"])
    keys = {
        "featured": lambda row, mean: -row["featured"],
        "price": lambda row, mean: row["price"],
        "price-down": lambda row, mean: -row["price"],
        "rating": lambda row, mean: (-mean, -row["votes"]),
        "name": lambda row, mean: 0,
        "new": lambda row, mean: -date.fromisoformat(row["added"]).toordinal(),
    }
    found.sort(key=lambda pair: keys[wanted.sort](*pair))
    return [row["id"] for row, _ in found]


@pytest.mark.parametrize("seed", SEEDS)
def test_searches_find_what_python_finds(seed: int) -> None:
    hand, chance = store(seed), Chance(b"searches", seed)
    goods = facts.goods(hand.database)
    sizes = []
    for _ in range(40):
        one = chance.choice(goods)
        q = chance.choice(["", "", one["brand"], one["name"].split()[-1], one["material"], "steel", "%", "O", "a e"])
        low = chance.choice([0, 0, 1000, one["price"]])
        wanted = Wanted(
            q=q,
            category=chance.choice(["", "", one["slug"]]),
            low=low,
            high=chance.choice([0, 0, one["price"], 9000]),
            stars=chance.choice([0, 0, 2, 3, 4]),
            stock=bool(chance.below(2)),
            sort=chance.choice(list(SORTS)),
        )
        expected = brute(goods, wanted)
        assert [row["id"] for row in facts.results(hand.database, wanted)] == expected
        query = {"q": q, "category": wanted.category, "sort": wanted.sort, "stock": "yes" if wanted.stock else ""}
        query |= {"from": f"{low / 100:.2f}" if low else "", "to": f"{wanted.high / 100:.2f}" if wanted.high else ""}
        if not (wanted.high and low > wanted.high):
            assert shown(hand, query | {"stars": str(wanted.stars or "")}) == expected
        sizes.append(len(expected))
    assert max(sizes) > PAGE
    assert min(sizes) == 0


def shown(hand: Hand, query: dict[str, str]) -> list[int]:
    """The products on all pages of a search, through the form and the links to further pages."""
    hand.goto("/search")
    form = next(one for one in hand.browser.page.forms.values() if len(one.controls) > 3)
    for name, value in query.items():
        control = next(one for one in form.controls if one.name == name)
        if control.kind == "select":
            hand.act("select_option", control.bid, (value,))
        elif control.kind == "checkbox":
            hand.act("check" if value else "uncheck", control.bid)
        else:
            hand.act("fill", control.bid, value)
    hand.click("button", "Apply")
    found = []
    while True:
        found += [int(link[9:]) for link in hand.browser.page.links.values() if link.startswith("/product/")]
        if not hand.browser.page.find("link", "Next"):
            break
        hand.click("link", "Next")
    assert f"'{len(found)} product" in hand.text
    return found


def test_a_category_is_filtered_and_sorted(hand: Hand) -> None:
    slug = hand.row("SELECT slug FROM category")[0]
    hand.goto(f"/category/{slug}").fill(sort="Price: high to low", to="60").click("button", "Apply")
    expected = brute(facts.goods(hand.database), Wanted(category=slug, high=6000, sort="price-down"))
    found = [int(link[9:]) for link in hand.browser.page.links.values() if link.startswith("/product/")]
    assert found == expected[:PAGE]
    assert hand.value("to") == "60"


def test_a_wrong_price_is_named_and_kept(hand: Hand) -> None:
    hand.goto("/search").fill(to="cheap", **{"from": "-3"}).click("button", "Apply")
    assert hand.text.count("Enter an amount, such as 25 or 19.50.") == 2
    assert (hand.value("to"), hand.value("from")) == ("cheap", "-3")
    hand.fill(to="5", **{"from": "$20.5"}).click("button", "Apply")
    assert "The highest price is below the lowest." in hand.text
    assert ask(hand, "/search?page=99999999999&stars=x&sort=x&from=1e9").status == 200


def test_facts_name_one_product(hand: Hand) -> None:
    product = facts.some(hand.database, Chance(b"some"), "stock > 1 AND price < ?", 9000)
    assert product["stock"] > 1
    assert product["price"] < 9000
    for term in facts.terms(hand.database, product):
        assert shown(hand, {"q": term}) == [product["id"]]
    for slug in (row["slug"] for row in facts.goods(hand.database)):
        cheapest = facts.cheapest(hand.database, Wanted(category=slug, stock=True))
        prices = sorted(
            (row["price"], row["id"]) for row in facts.goods(hand.database) if row["slug"] == slug and row["stock"]
        )
        tied = prices[0][0] == prices[1][0]
        assert cheapest is None if tied else cheapest and cheapest["id"] == prices[0][1]
    with pytest.raises(ValueError, match="no product fits"):
        facts.some(hand.database, Chance(b"some"), "price < 0")


# The cart


def test_sums_by_hand() -> None:
    lines = [Line(1, 1999, 2, 800, 1), Line(2, 505, 1, 3000, 2)]  # 39.98 + 5.05 = 45.03, 4.6 kg
    terms = {"price": 495, "free_from": 4000, "heavy_from": 4600, "heavy_fee": 790}

    def sums(voucher: Voucher | None, way: str = "standard", **other: int) -> tuple[int, ...]:
        found = totals(lines, voucher, **(terms | other), way=way)
        return found.goods, found.discount, found.shipping, found.total

    percent, part = Voucher("P", 15, 0, 0, 0, "2030"), Voucher("Q", 10, 0, 0, 2, "2030")
    amount = Voucher("A", 0, 5000, 0, 0, "2030")
    assert sums(None) == (4503, 0, 0, 4503)
    assert sums(percent) == (4503, 675, 495, 4323)  # 6.7545 off, then below what is free
    assert sums(part) == (4503, 51, 0, 4452)  # half a cent is rounded up
    assert sums(amount) == (4503, 4503, 495, 495)
    assert sums(None, free_from=4504) == (4503, 0, 495, 4998)
    assert sums(None, free_from=4503) == (4503, 0, 0, 4503)
    assert sums(None, heavy_from=4599) == (4503, 0, 790, 5293)
    assert sums(None, "express") == (4503, 0, 495, 4998)
    assert sums(None, "pickup", heavy_from=1) == (4503, 0, 0, 4503)
    assert totals([], None, **terms, way="standard").total == 0


def test_codes_that_do_not_count() -> None:
    lines = [Line(1, 1000, 1, 1, 1)]
    assert "no longer valid" in Voucher("A", 5, 0, 0, 0, "2026-01-01").refused(lines, "2026-01-02")
    assert Voucher("A", 5, 0, 1000, 1, "2026-01-02").refused(lines, "2026-01-02") == ""
    assert "at least $10.01" in Voucher("A", 5, 0, 1001, 0, "2030-01-01").refused(lines, "2026-01-02")
    assert "does not fit" in Voucher("A", 5, 0, 0, 2, "2030-01-01").refused(lines, "2026-01-02")


def plain(hand: Hand) -> dict[str, Any]:
    """A product with nothing to choose, of which there is enough."""
    return facts.goods(hand.database, "stock > 10 AND instr(colors, '|') = 0 AND sizes = ''")[0]


def emptied(hand: Hand) -> Hand:
    hand.database.execute("DELETE FROM cart")
    return hand


def test_the_cart_adds_changes_and_removes(hand: Hand) -> None:
    product = plain(emptied(hand))
    hand.goto(f"/product/{product['id']}").fill(quantity="2").click("button", "Add to cart")
    assert hand.path == "/cart?note=added"
    assert "Added to your cart." in hand.text
    hand.goto(f"/product/{product['id']}").click("button", "Add to cart")
    assert hand.row("SELECT count(*), sum(quantity) FROM cart") == (1, 3)
    assert hand.browser.page.find("link", "Cart (3)")
    row = hand.browser.page.find("spinbutton", f"Quantity of {product['name']}")[0]
    hand.act("fill", row, "7").click("button", f"Update quantity of {product['name']}")
    assert hand.row("SELECT quantity FROM cart")[0] == 7
    for wrong, said in (("0", "from 1 to 10"), ("11", "from 1 to 10"), ("", "Enter a quantity.")):
        row = hand.browser.page.find("spinbutton", f"Quantity of {product['name']}")[0]
        hand.act("fill", row, wrong).click("button", f"Update quantity of {product['name']}")
        assert said in hand.text
        assert hand.value(f"quantity-{hand.row('SELECT id FROM cart')[0]}") == wrong
    assert hand.row("SELECT quantity FROM cart")[0] == 7
    hand.goto(f"/product/{product['id']}").fill(quantity="4").click("button", "Add to cart")
    assert "At most 10 of a product, and your cart holds 7." in hand.text
    hand.goto("/cart").click("button", f"Remove {product['name']}")
    assert "Your cart is empty." in hand.text


def test_options_must_be_chosen_and_stock_is_a_limit(hand: Hand) -> None:
    product = facts.goods(hand.database, "stock BETWEEN 2 AND 5 AND instr(colors, '|') AND instr(sizes, '|')")[0]
    emptied(hand).goto(f"/product/{product['id']}").fill(quantity="9").click("button", "Add to cart")
    for said in ("Choose a color.", "Choose a size.", f"Only {product['stock']} in stock.", "correct 3 fields"):
        assert said in hand.text
    assert hand.value("quantity") == "9"
    (_, colors), (_, sizes) = facts.choices(product)
    hand.fill(color=colors[1], size=sizes[0], quantity="2").click("button", "Add to cart")
    assert hand.row("SELECT product, color, size, quantity FROM cart") == (product["id"], colors[1], sizes[0], 2)
    gone = facts.goods(hand.database, "stock = 0")[0]
    hand.goto(f"/product/{gone['id']}")
    assert re.search(r"button 'Add to cart', disabled=True", hand.text)


def test_discount_codes_in_the_cart(hand: Hand) -> None:
    product = plain(emptied(hand))
    hand.goto(f"/product/{product['id']}").fill(quantity="10").click("button", "Add to cart")
    code, percent = hand.row("SELECT code, percent FROM voucher WHERE announced")
    old = hand.row("SELECT code FROM voucher WHERE until < (SELECT today FROM clock)")[0]
    for wrong, said in (("nonsense", "There is no code nonsense."), (old, "no longer valid"), ("", "Enter a discount")):
        hand.fill(code=wrong).click("button", "Apply code")
        assert said in hand.text
        assert hand.value("code") == wrong
    hand.fill(code=code.lower()).click("button", "Apply code")
    goods = 10 * product["price"]
    off = (goods * percent + 50) // 100
    assert f"Discount {code}" in hand.text
    assert f"-${off / 100:,.2f}" in hand.text
    hand.click("button", f"Remove code {code}")
    assert hand.row("SELECT voucher FROM person WHERE id = 1")[0] == ""


# Buying


def bought(hand: Hand, **wrong: str) -> Hand:
    """A product in the cart, and all steps of the checkout."""
    product = plain(emptied(hand))
    hand.goto(f"/product/{product['id']}").fill(quantity="3").click("button", "Add to cart")
    hand.click("link", "Go to checkout").click("button", "Continue to delivery")
    hand.fill(way="express").click("button", "Continue to payment")
    hand.fill(**CARD).click("button", "Continue to review")
    return hand.fill(terms="yes").click("button", "Place order")


def test_a_whole_purchase(hand: Hand) -> None:
    product, before = plain(hand), hand.row("SELECT max(id) FROM orders")[0]
    bought(hand)
    number = hand.path.removeprefix("/checkout/done/")
    assert f"strong '{number}'" in hand.text or f"StaticText '{number}'" in hand.text
    assert re.fullmatch(r"[A-Z]{2}-[0-9]+", number)
    express, fee, limit = hand.row("SELECT price, heavy_fee, heavy_from FROM delivery, shop WHERE code = 'express'")
    shipping = express + (fee if 3 * product["grams"] > limit else 0)
    today = hand.row("SELECT today FROM clock")[0]
    goods = 3 * product["price"]
    found = hand.row("SELECT id, state, placed, payment, goods, shipping, total FROM orders WHERE number = ?", number)
    assert found == (before + 1, "processing", today, "card 1111", goods, shipping, goods + shipping)
    assert hand.row("SELECT product, price, quantity FROM item WHERE orders = ?", found[0]) == (
        *(product["id"], product["price"], 3),
    )
    home = "name, street, city, postcode, country"
    assert hand.row(f"SELECT {home} FROM orders WHERE id = ?", found[0]) == hand.row(f"SELECT {home} FROM address")
    assert hand.row("SELECT stock FROM product WHERE id = ?", product["id"])[0] == product["stock"] - 3
    assert hand.row("SELECT count(*) FROM cart") == hand.row("SELECT count(*) FROM checkout") == (0,)
    hand.click("link", "See your order")
    assert f"Order {number}" in hand.text
    kinds = set(changes(hand.database))
    assert {"orders", "item", "product"} <= kinds
    assert "session" not in kinds


def test_no_step_can_be_skipped(hand: Hand) -> None:
    product = plain(emptied(hand))
    assert hand.goto("/checkout/review").path == "/cart"
    hand.goto(f"/product/{product['id']}").click("button", "Add to cart")
    assert hand.goto("/checkout/review").path == "/checkout/address"
    hand.click("button", "Continue to delivery")
    assert hand.goto("/checkout/review").path == "/checkout/delivery"
    hand.click("button", "Continue to payment")
    assert hand.goto("/checkout/review").path == "/checkout/payment"


def test_the_checkout_names_every_mistake_and_keeps_what_was_written(hand: Hand) -> None:
    product = plain(emptied(hand))
    hand.goto(f"/product/{product['id']}").click("button", "Add to cart").goto("/checkout/address")
    hand.fill(address="new", name="New Name", postcode="12a").click("button", "Continue to delivery")
    assert "Please correct 3 fields." in hand.text
    assert (hand.value("name"), hand.value("postcode")) == ("New Name", "12a")
    hand.fill(street="1 Street", city="Town", postcode="12345").click("button", "Continue to delivery")
    assert hand.path == "/checkout/delivery"
    assert hand.row("SELECT name, city, main FROM address ORDER BY id DESC") == ("New Name", "Town", 0)
    hand.click("button", "Continue to payment")
    today = date.fromisoformat(hand.row("SELECT today FROM clock")[0])
    past = today.replace(day=1) - timedelta(1)
    for field, wrong, said in (
        ("card", "4111 1111 1111 1112", "not a valid card number"),
        ("card", "4111", "13 to 19 digits"),
        ("expires", f"{past:%m/%y}", "expired"),
        ("expires", "13/30", "Enter month and year"),
        ("code", "12", "3 or 4 digits"),
        ("holder", "", "name on the card"),
    ):
        hand.goto("/checkout/payment").fill(**(CARD | {field: wrong})).click("button", "Continue to review")
        assert said in hand.text
        assert "Please correct one field." in hand.text
        assert hand.value(field) == wrong
    hand.fill(holder="x", expires=f"{today:%m/%y}").click("button", "Continue to review")
    assert hand.path == "/checkout/review"
    hand.click("button", "Place order")
    assert "Accept the terms of sale" in hand.text
    hand.goto("/checkout/payment").fill(payment="invoice", card="").click("button", "Continue to review")
    hand.database.execute("UPDATE product SET stock = 0 WHERE id = ?", (product["id"],))
    hand.fill(terms="yes").click("button", "Place order")
    assert f"Only 0 of {product['name']} in stock" in hand.text
    assert "orders" not in changes(hand.database)


def test_card_numbers_by_known_examples() -> None:
    for good in ("4111111111111111", "5555555555554444", "378282246310005", "79927398713"):
        assert luhn(good)
        assert not any(luhn(good[:-1] + digit) for digit in "0123456789" if digit != good[-1])


# Orders


def test_only_what_is_not_sent_can_be_cancelled(hand: Hand) -> None:
    stock = dict(hand.database.execute("SELECT id, stock FROM product").fetchall())
    bought(hand).click("link", "See your order").click("button", "Cancel this order")
    assert "Your order was cancelled." in hand.text
    assert dict(hand.database.execute("SELECT id, stock FROM product").fetchall()) == stock
    assert not hand.browser.page.find("button", "Cancel this order")
    number = hand.row("SELECT number FROM orders WHERE state = 'delivered'")[0]
    assert not hand.goto(f"/orders/{number}").browser.page.find("button", "Cancel this order")
    asked = Request(f"/orders/{number}/cancel", post=True, cookies=cookies(hand.database))
    assert SITE.answer(hand.database, asked).status == 303
    assert hand.row("SELECT state FROM orders WHERE number = ?", number)[0] == "delivered"


def test_returns_are_open_for_the_days_that_the_help_says(hand: Hand) -> None:
    days = hand.row("SELECT return_days FROM shop")[0]
    assert f"within {days} days after delivery" in hand.goto("/help/returns").text
    today = date.fromisoformat(hand.row("SELECT today FROM clock")[0])
    order, number = hand.row("SELECT id, number FROM orders WHERE state = 'delivered'")
    item, quantity, name = hand.row(
        "SELECT item.id, quantity, name FROM item JOIN product ON product.id = product WHERE orders = ?", order
    )
    for late, is_open in ((days + 1, False), (days, True)):
        hand.database.execute(
            "UPDATE orders SET arrived = ? WHERE id = ?", ((today - timedelta(late)).isoformat(), order)
        )
        hand.goto(f"/orders/{number}")
        assert bool(hand.browser.page.find("link", f"Return {name}")) == is_open
        assert (hand.goto(f"/orders/{number}/return/{item}").path == f"/orders/{number}") != is_open
    hand.fill(quantity=str(quantity + 1), comment="too  late").click("button", "Register return")
    assert "Choose a reason." in hand.text
    assert f"from 1 to {quantity}." in hand.text
    assert hand.value("comment") == "too  late"
    hand.fill(quantity="1", reason="It came too late", refund="voucher").click("button", "Register return")
    assert "Your return was registered." in hand.text
    assert hand.row("SELECT item, quantity, reason, refund, comment FROM returned") == (
        *(item, 1, "late", "voucher", "too  late"),
    )
    assert hand.goto(f"/orders/{number}/return/{item}").path == f"/orders/{number}"


def test_nobody_sees_the_orders_of_another(hand: Hand) -> None:
    number = hand.row("SELECT number FROM orders")[0]
    hand.database.execute("UPDATE orders SET person = 99")
    for path in (f"/orders/{number}", f"/checkout/done/{number}"):
        assert ask(hand, path).status == 404
    asked = Request(f"/orders/{number}/cancel", post=True, cookies=cookies(hand.database))
    assert SITE.answer(hand.database, asked).status == 404


# Accounts


def test_logging_out_and_in_and_registering(hand: Hand) -> None:
    email, password = hand.row("SELECT email, password FROM person")
    product = plain(emptied(hand))
    hand.goto("/account").click("button", "Log out")
    assert "You are logged out." in hand.text
    assert hand.goto("/orders").path == "/login?next=%2Forders"
    hand.fill(email=email.upper(), password="wrong").click("button", "Log in")
    assert "E-mail address or password is wrong." in hand.text
    assert (hand.value("email"), hand.value("password")) == (email.upper(), "")
    hand.fill(password=password).click("button", "Log in")
    assert hand.path == "/orders?note=welcome"
    hand.goto("/account").click("button", "Log out")
    hand.goto(f"/product/{product['id']}").click("button", "Add to cart")  # a guest
    assert hand.browser.page.find("link", "Cart (1)")
    assert hand.goto("/checkout").path == "/login?next=%2Fcheckout"
    hand.goto("/register").fill(name="New", email=email, password="short", repeated="x").click(
        "button", "Create account"
    )
    for said in ("There is an account with this", "at least 8 characters", "Accept the terms"):
        assert said in hand.text
    hand.fill(email="n@mail.test", password="longer-1", repeated="longer-2", terms="y").click(
        "button", "Create account"
    )
    assert "The two passwords differ." in hand.text
    hand.fill(password="longer-1", repeated="longer-1", newsletter="").click("button", "Create account")
    assert hand.path == "/account?note=welcome"
    assert hand.browser.page.find("link", "Cart (1)")
    assert hand.row("SELECT name, email, password, newsletter FROM person ORDER BY id DESC") == (
        *("New", "n@mail.test", "longer-1", 0),
    )


def test_a_log_in_leads_nowhere_else(hand: Hand) -> None:
    email, password = hand.row("SELECT email, password FROM person")
    for wrong in ("//evil.test/", "http://evil.test/", "/\\evil.test", "evil"):
        body = f"email={email}&password={password}&next={wrong}"
        assert SITE.answer(hand.database, Request("/login", "", True, body)).location == "/?note=welcome"


def test_profile_password_and_newsletter(hand: Hand) -> None:
    hand.goto("/account/profile").fill(name="", email="no", phone="12").click("button", "Save profile")
    assert "Please correct 3 fields." in hand.text
    assert hand.value("email") == "no"
    hand.fill(name="Ada", email="ada@mail.test", phone="").click("button", "Save profile")
    assert hand.row("SELECT name, email, phone FROM person") == ("Ada", "ada@mail.test", "")
    old = hand.row("SELECT password FROM person")[0]
    hand.goto("/account/password").fill(old="x", new="abcdefgh", repeated="abcdefgh").click("button", "Change password")
    assert "This is not your current password." in hand.text
    assert "at least one digit" in hand.text
    assert hand.value("old") == hand.value("new") == ""
    hand.fill(old=old, new="abcdefg7", repeated="abcdefg7").click("button", "Change password")
    assert hand.row("SELECT password FROM person")[0] == "abcdefg7"
    hand.goto("/account/newsletter").fill(newsletter="yes", often="monthly").click("button", "Save choice")
    assert hand.row("SELECT newsletter, often FROM person") == (1, "monthly")


def test_addresses(hand: Hand) -> None:
    count = hand.row("SELECT count(*) FROM address")[0]
    hand.goto("/account/addresses/new").fill(label="Boat", street="1 Quay", city="Port").click("button", "Save address")
    assert "Enter a postal code" in hand.text
    hand.fill(postcode="12345", country="Ireland", main="yes").click("button", "Save address")
    assert hand.row("SELECT count(*), sum(main) FROM address") == (count + 1, 1)
    assert hand.row("SELECT label, country FROM address WHERE main") == ("Boat", "Ireland")
    hand.click("link", "Change Boat").fill(city="Harbor").click("button", "Save address")
    assert hand.row("SELECT city, main FROM address WHERE label = 'Boat'") == ("Harbor", 1)
    hand.click("button", "Delete Boat")
    assert hand.row("SELECT label FROM address WHERE main")[0] == "Home"


def test_the_wish_list(hand: Hand) -> None:
    product = plain(hand)
    hand.database.execute("DELETE FROM wish")
    for _ in range(2):
        hand.goto(f"/product/{product['id']}").click("button", "Add to wish list")
    assert hand.row("SELECT count(*), min(product) FROM wish") == (1, product["id"])
    hand.click("button", f"Remove {product['name']}")
    assert hand.row("SELECT count(*) FROM wish") == (0,)


def test_reviews_count_in_the_rating(hand: Hand) -> None:
    product = plain(hand)
    id = product["id"]
    hand.goto(f"/product/{id}").click("link", "Write a review").fill(text="Only text").click("button", "Send review")
    assert "Choose a number of stars." in hand.text
    assert hand.value("text") == "Only text"
    rating = ("SELECT votes, points FROM product WHERE id = ?", id)
    hand.fill(stars="2", title="Fair").click("button", "Send review")
    assert hand.row(*rating) == (product["votes"] + 1, product["points"] + 2)
    hand.click("link", "Change your review").fill(stars="5").click("button", "Save review")
    assert hand.row(*rating) == (product["votes"] + 1, product["points"] + 5)
    assert hand.row("SELECT stars, title, text, person FROM review ORDER BY id DESC") == (5, "Fair", "Only text", 1)
    hand.goto("/account/reviews").click("link", "Change or delete").click("button", "Delete review")
    assert hand.row(*rating) == (product["votes"], product["points"])


def test_the_contact_form(hand: Hand) -> None:
    number = hand.row("SELECT number FROM orders")[0]
    hand.goto("/contact").fill(topic="Returns and refunds", text="Hi").click("button", "Send message")
    assert "Enter the order number." in hand.text
    hand.fill(number="XX-1").click("button", "Send message")
    assert "You have no order of this number." in hand.text
    hand.fill(number=number).click("button", "Send message")
    assert hand.row("SELECT person, topic, number, text FROM message") == (1, "return", number, "Hi")


@pytest.mark.parametrize("seed", SEEDS)
def test_help_pages_say_what_the_store_does(seed: int) -> None:
    hand = store(seed)
    free, fee, phone = hand.row("SELECT free_from, heavy_fee, phone FROM shop")
    text = hand.goto("/help/shipping").text
    assert f"${free / 100:.2f} or more" in text
    assert f"${fee / 100:.2f} more" in text
    assert phone in hand.goto("/help/warranty").text
    for name, years in hand.database.execute("SELECT name, warranty FROM category").fetchall():
        assert f"row '{name} {years} year" in hand.text or f"'{years} year" in hand.text


# Hostile text, and what is not there

HOSTILE = "<script>alert(1)</script> '); DROP TABLE product; -- \" & \u202eabc {{ 7 * 7 }} %s \U0001f600"


def test_script_and_sql_stay_text(hand: Hand) -> None:
    product = plain(hand)
    hand.goto(f"/product/{product['id']}/review").fill(stars="1", title=HOSTILE[:80], text=f"{HOSTILE}\nline two")
    hand.click("button", "Send review")
    assert hand.row("SELECT title, text FROM review ORDER BY id DESC") == (HOSTILE[:80], f"{HOSTILE}\nline two")
    assert "<script" not in hand.browser.here.html
    assert not [node for node in hand.browser.page.elements if node.tag == "script"]
    assert f"StaticText {f'{HOSTILE} line two'!r}" in hand.text
    hand.goto("/").act("fill", hand.find("searchbox", "Search products"), HOSTILE).click("button", "Search")
    assert "<script" not in hand.browser.here.html
    assert hand.value("q") == HOSTILE
    assert "Nothing fits" in hand.text
    assert hand.row("SELECT count(*) FROM product")[0] > 100


def test_odd_and_huge_requests(hand: Hand) -> None:
    for path in (
        "/nothing",
        "/product/0",
        "/product/99999999999999999999",
        "/category/x",
        "/help/x",
        "/orders/x",
        "/ü",
    ):
        answer = ask(hand, path)
        assert answer.status == 404
        assert page_of(answer.body).find("link", "Back to the start")
    for path in ("/style.css", "/picture/1.svg"):
        assert ask(hand, path).status == 404, "nobody goes there"
        assert ask(hand, path, asset=True).status == 200
    assert ask(hand, "/logout").status == 405
    assert ask(hand, "/picture/0.svg", asset=True).status == 404
    long = "x" * 1_000_000
    assert ask(hand, f"/search?q={long}").status == 200
    for path in ("/contact", "/account/profile", "/account/addresses/new", "/login", "/register", "/cart/code"):
        fields = "&".join(f"{name}={long}%00%08%0D%0A" for name in ("name", "email", "text", "code", "label"))
        answer = SITE.answer(hand.database, Request(path, "", True, fields, cookies(hand.database)))
        assert answer.status == 200
        assert "\0" not in answer.body
    assert changes(hand.database) == {}


# For people


def test_the_site_over_http(hand: Hand) -> None:
    from werkzeug.serving import make_server

    application = for_one(SITE.wsgi(lambda environ: hand.database), cookies(hand.database))
    server = make_server("127.0.0.1", 0, application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def get(path: str, method: str = "GET", accept: str = "text/html") -> tuple[int, str, str]:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        connection.request(method, path, headers={"Accept": accept})
        answer = connection.getresponse()
        found = answer.status, answer.headers["Content-Type"], answer.read().decode()
        connection.close()
        return found

    name = hand.row("SELECT name FROM person")[0]
    try:
        assert get("/")[:2] == (200, "text/html; charset=utf-8")
        assert name in get("/")[2]
        assert get("/style.css", accept="text/css,*/*;q=0.1")[:2] == (200, "text/css; charset=utf-8")
        assert get("/picture/1.svg", accept="image/*")[1] == "image/svg+xml"
        assert get("/style.css")[0] == 404
        assert get("/logout", "POST")[0] == 303
        assert name not in get("/")[2]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_serving_until_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scoutgym", "sites", "serve", "store", "--seed", "3"]
    server = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.match(r"http://127\.0\.0\.1:([0-9]+)/ is the store of seed 3; Ctrl-C ends it\n", line)
        assert found, line
        connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
        connection.request("GET", "/account", headers={"Accept": "text/html"})
        assert "Your account" in connection.getresponse().read().decode()
        connection.close()
        server.send_signal(signal.SIGINT)
        assert server.communicate(timeout=10) == ("", "")
        assert server.returncode == 0
    finally:
        server.kill()


def test_serving_names_what_is_wrong() -> None:
    assert "did you mean 'store'" in complaint("sites", "serve", "stor")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port} cannot be used" in complaint("sites", "serve", "store", "--port", port)


def test_a_text_that_shows_nothing_is_none() -> None:
    """A link of such a text could not be clicked."""
    for text in ("", " \t", "\ufeff", "\u202e\u200b"):
        posted = Posted({"name": text})
        posted.text("name", "a name")
        assert posted.errors == {"name": "Enter a name."}
    posted = Posted({"name": " \ufeffAda "})
    assert (posted.text("name", "a name"), posted.errors) == ("\ufeffAda", {})
