"""Tasks in the store: each kind draws one from what the database holds, with a goal over it and a script to do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.store.basket import MOST, money
from scoutgym.envs.web.sites.store.help import TOPICS
from scoutgym.envs.web.sites.store.site import SITE, weight
from scoutgym.envs.web.world import WebTask

Steps = list[list[str]]
USER = 1
"""The person who is logged in."""

SAID = {
    "order": ("Where is my parcel?", "May I still change the address?", "One piece was missing in the box."),
    "return": ("I want to send one piece back.", "The refund has not arrived yet.", "Can I exchange it instead?"),
    "product": ("Is it safe for children?", "Will it be back in stock soon?", "Does it come in other sizes?"),
    "account": ("I want to close my account.", "Please correct my name.", "I cannot change my password."),
    "other": ("Do you have an open position?", "I love the shop.", "Do you sell gift cards?"),
}
"""What people write to the store, by topic."""

TOLD = {
    "name": (
        ("Name: '{}'.", "My name is '{}'.", "It comes from '{}'.", "The sender is called '{}'."),
        ("Sign it '{}'.", "They should know that I am '{}'."),
    ),
    "email": (
        ("E-mail: '{}'.", "They can answer to '{}'.", "I read my mail at '{}'.", "Reply to: '{}'."),
        ("Let them reach me under '{}'.", "The answer goes to '{}'."),
    ),
    "topic": (
        ("Topic: '{}'.", "It is about: '{}'.", "File it under '{}'.", "Of the topics take '{}'."),
        ("What it belongs to is '{}'.", "As the subject, pick '{}'."),
    ),
    "number": (
        ("Order: '{}'.", "I mean what I ordered as '{}'.", "The number is '{}'.", "It concerns '{}'."),
        ("The purchase was '{}'.", "They will find it as '{}'."),
    ),
    "text": (
        ("Message: '{}'", "Tell them: '{}'", "What I want to say: '{}'", "Write: '{}'"),
        ("These are the words: '{}'", "Let it read: '{}'"),
    ),
}
"""How a task may name what goes into a field of the contact form; the second ones are the test split's."""

PLACES = (
    ("Shipping", "/help/shipping"),
    ("Returns", "/help/returns"),
    ("Contact", "/contact"),
    ("Orders", "/orders"),
    ("Wish list", "/wishlist"),
    ("All offers", "/offers"),
)
"""Pages, by the name of a link on the first page."""

PLAIN = "stock > 0 AND instr(colors, '|') = 0 AND instr(sizes, '|') = 0"
"""Goods that are there, and ask for no choice of color or size."""

MISSING = ("Glass piano", "Pocket submarine", "Solar umbrella", "Left-handed compass", "Folding bathtub", "Paper anvil")
"""Goods that no store has."""


def reach(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Show a page: of a product, a department, or the user's own."""
    database = databases[SITE.host]
    what = chance.below(4)
    if what == 0:
        place = chance.choice(database.rows("SELECT slug, name FROM category"))
        goal = {"at": {"path": f"/category/{place['slug']}"}}
        return WebTask(f"Show me the department '{place['name']}'.", goal, [["click", "link", place["name"]]])
    if what == 1:
        name, path = chance.choice(PLACES)
        return WebTask(f"Open the page '{name}' of the store.", {"at": {"path": path}}, [["click", "link", name]])
    product = _product(database, chance)
    goal = {"at": {"path": f"/product/{product['id']}"}}
    return WebTask(f"Show me the page of the '{product['name']}'.", goal, _to(product))


def find(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Put what fits a description best into the cart."""
    database = databases[SITE.host]
    database.execute("DELETE FROM cart WHERE person = ?", (USER,))
    kinds = database.rows(f"SELECT kind FROM product WHERE {PLAIN} GROUP BY kind HAVING count(DISTINCT price) > 1")
    kind, word = chance.choice(kinds)["kind"], chance.choice(("cheapest", "most expensive"))
    goods = database.rows(f"SELECT * FROM product WHERE kind = ? AND {PLAIN} ORDER BY price", kind)
    wanted = goods[0 if word == "cheapest" else -1]
    quantity = 1 + chance.below(min(3, wanted["stock"]))
    fitting = [row["id"] for row in goods if row["price"] == wanted["price"]]
    lines = [_in("cart", person=USER, product=number, quantity=quantity) for number in fitting]
    goal = {"all": [{"any": lines}, _in("cart", person=USER), {"only": {SITE.host: ["cart"]}}]}
    asked = (
        f"Put {quantity} of the {word} '{kind}' into my cart, and nothing else. It must be in stock, and come in one "
        "color and one size alone."
    )
    return WebTask(asked, goal, [*_to(wanted), *_add(quantity)])


def buy(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Order something, delivered and paid for as said."""
    database = databases[SITE.host]
    database.execute("DELETE FROM cart WHERE person = ?", (USER,))
    product = _product(database, chance, PLAIN)
    quantity = 1 + chance.below(min(3, product["stock"], MOST))
    way = chance.choice(database.rows("SELECT * FROM delivery"))
    order = database.execute("SELECT max(id) FROM orders").fetchone()[0] + 1
    goal = {
        "all": [
            _in("orders", id=order, person=USER, way=way["code"], payment="invoice", state="processing"),
            _in("item", orders=order),
            _in("item", orders=order, product=product["id"], quantity=quantity),
            {"only": {SITE.host: ["cart", "checkout", "orders", "item", "product", "person"]}},
        ]
    }
    asked = (
        f"Order {quantity} of the '{product['name']}' for me, sent to my usual address. Delivery: '{way['name']}'. "
        "I pay by invoice."
    )
    script = [
        *_to(product),
        *_add(quantity),
        ["click", "link", "Go to checkout"],
        ["click", "button", "Continue to delivery"],
        ["check", way["name"]],
        ["click", "button", "Continue to payment"],
        ["check", "Pay later by invoice"],
        ["click", "button", "Continue to review"],
        ["check", "I accept the terms of sale"],
        ["click", "button", "Place order"],
    ]
    return WebTask(asked, goal, script)


def contact(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Fill in the form to write to the store."""
    database = databases[SITE.host]
    person = people.person(chance)
    topic = chance.choice(list(SAID))
    text = chance.choice(SAID[topic])
    values = {"Your name": person.name, "E-mail address": person.email, "Message": text}
    row = {"name": person.name, "email": person.email, "topic": topic, "text": text}
    if topic in ("order", "return"):
        number = chance.choice(database.rows("SELECT number FROM orders WHERE person = ?", USER))["number"]
        values["Order number"] = row["number"] = number
    goal = {"all": [_in("message", **row), {"only": {SITE.host: ["message"]}}]}
    script: Steps = [["click", "link", "Contact"], ["choose", "Topic", dict(TOPICS)[topic]]]
    script += [["fill", name, value] for name, value in values.items()]
    shown = row | {"topic": dict(TOPICS)[topic]}
    asked, asked_test = (
        " ".join(chance.choice(ways[test]).format(shown[key]) for key, ways in TOLD.items() if key in shown)
        for test in (0, 1)
    )
    script.append(["click", "button", "Send message"])
    return WebTask(f"Write to the store. {asked}", goal, script, asked_test=f"Write to the store. {asked_test}")


def answer(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Find a fact and tell it."""
    database = databases[SITE.host]
    product, shop = _product(database, chance), database.rows("SELECT * FROM shop")[0]
    what = chance.below(6)
    if what == 0:
        asked = "How many days do I have to send goods back?"
        return _told(asked, {"number": shop["return_days"]}, str(shop["return_days"]), [["click", "link", "Returns"]])
    if what == 1:
        order = chance.choice(database.rows("SELECT number, total FROM orders WHERE person = ?", USER))
        asked, way = f"What was the total of my order '{order['number']}', in dollars?", f"/orders/{order['number']}"
        return _told(asked, {"number": order["total"] / 100}, money(order["total"]), [["goto", way]])
    if what == 2:
        asked = f"What is the item number of the '{product['name']}'?"
        return _told(asked, {"text": product["number"]}, product["number"], _to(product))
    if what == 3:
        asked = f"What is the '{product['name']}' made of?"
        return _told(asked, {"text": product["material"]}, product["material"], _to(product))
    if what == 4:
        asked, shown = f"How much does the '{product['name']}' weigh, as its page has it?", weight(product["grams"])
        return _told(asked, {"text": shown}, shown, _to(product))
    asked = f"What does the '{product['name']}' cost, in dollars?"
    return _told(asked, {"number": product["price"] / 100}, money(product["price"]), _to(product))


def refuse(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """What cannot be done: the right act is to say so, and to change nothing."""
    database = databases[SITE.host]
    goal = {"all": [{"refused": True}, {"only": {SITE.host: []}}]}
    script = [["refuse", "it cannot be done"]]
    what = chance.below(3)
    if what == 0:
        return WebTask(f"Put one '{chance.choice(MISSING)}' into my cart.", goal, script)
    gone = database.rows("SELECT * FROM product WHERE stock = 0")
    if what == 1 and gone:
        return WebTask(f"Put one '{chance.choice(gone)['name']}' into my cart.", goal, script)
    done = database.rows("SELECT number FROM orders WHERE person = ? AND state = 'delivered'", USER)
    return WebTask(f"Cancel my order '{chance.choice(done)['number']}'.", goal, script)


def _product(database: Database, chance: Chance, where: str = "1") -> Row:
    ids = [row[0] for row in database.execute(f"SELECT id FROM product WHERE {where}")]
    return database.rows("SELECT * FROM product WHERE id = ?", chance.choice(ids))[0]


def _in(table: str, **where: Any) -> Goal:
    """That just one row of a table is so."""
    return {"rows": {"host": SITE.host, "table": table, "where": where, "count": 1}}


def _to(product: Row) -> Steps:
    """From any page of the store to a product's."""
    name = product["name"]
    return [["fill", "Search products", name], ["click", "button", "Search"], ["click", "link", name]]


def _add(quantity: int) -> Steps:
    fill: Steps = [["fill", "Quantity", str(quantity)]] if quantity > 1 else []
    return [*fill, ["click", "button", "Add to cart"]]


def _told(asked: str, said: Mapping[str, Any], text: str, to: Sequence[Sequence[str]]) -> WebTask:
    goal = {"all": [{"said": said}, {"only": {SITE.host: []}}]}
    return WebTask(asked, goal, [*to, ["say", text]])
