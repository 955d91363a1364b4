"""Help pages, and the form to write to the store."""

from __future__ import annotations

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.basket import MOST
from scoutgym.envs.web.sites.store.site import SITE, Shopper

TOPICS = (
    ("", "Choose a topic"),
    ("order", "A question about an order"),
    ("return", "Returns and refunds"),
    ("product", "A question about a product"),
    ("account", "My account"),
    ("other", "Something else"),
)
PAGES = {"shipping": "Shipping", "returns": "Returns", "warranty": "Warranty", "payment": "Payment"}


@SITE.page("/help")
def help(visit: Shopper) -> Response:
    """All help pages."""
    return visit.show("help.html", title="Help", pages=PAGES)


@SITE.page("/help/<name>")
def page(visit: Shopper, name: str) -> Response:
    """One of them."""
    if name not in PAGES:
        raise NotFound
    return visit.show(
        f"help_{name}.html",
        title=PAGES[name],
        ways=visit.rows("SELECT * FROM delivery"),
        warranties=visit.rows("SELECT name, warranty FROM category"),
        most=MOST,
    )


@SITE.page("/contact")
def contact(visit: Shopper) -> Response:
    """The form."""
    known = visit.known or {"name": "", "email": ""}
    values = {"name": known["name"], "email": known["email"], "number": visit.query.get("order", "")}
    return _contact(visit, Posted(values))


def _contact(visit: Shopper, posted: Posted) -> Response:
    return visit.show("contact.html", title="Contact us", topics=TOPICS, values=posted.values, errors=posted.errors)


@SITE.page("/contact", post=True)
def contact_posted(visit: Shopper) -> Response:
    """Store a message."""
    posted = Posted(visit.form)
    name, email = posted.text("name", "your name"), posted.email("email")
    topic = posted.choice("topic", "a topic", [value for value, _ in TOPICS if value])
    number = posted.text("number", "the order number", needed=topic in ("order", "return"))
    if number and visit.maybe("SELECT id FROM orders WHERE number = ? AND person = ?", number, visit.person) is None:
        posted.errors["number"] = "You have no order of this number."
    text = posted.text("text", "your message", most=LONGEST)
    if posted.errors:
        return _contact(visit, posted)
    visit.do(
        "INSERT INTO message VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
        *(visit.person, name, email, topic, number, text, visit.now),
    )
    return visit.go("/contact", note="sent")
