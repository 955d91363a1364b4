"""A customer's account: profile, addresses, password, newsletter, reviews."""

from __future__ import annotations

import re

from scoutgym.envs.web.sites.people import COUNTRIES
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.login import new_password, taken
from scoutgym.envs.web.sites.store.site import SITE, Shopper

POSTCODE = re.compile(r"[0-9]{5}")
OFTEN = (("weekly", "Every week"), ("monthly", "Every month"), ("offers", "Only when there are offers"))
PLACE = ("label", "name", "street", "city", "postcode", "country")
"""The fields of an address."""


@SITE.page("/account")
def account(visit: Shopper) -> Response:
    """What there is to look after."""
    if not visit.known:
        return visit.to_login()
    orders = visit.rows("SELECT * FROM orders WHERE person = ? ORDER BY id DESC LIMIT 3", visit.person)
    return visit.show("account.html", title="Your account", orders=orders)


@SITE.page("/account/profile")
def profile(visit: Shopper) -> Response:
    """Name, e-mail address and telephone number."""
    if not visit.known:
        return visit.to_login()
    return _profile(visit, Posted({key: visit.known[key] for key in ("name", "email", "phone")}))


def _profile(visit: Shopper, posted: Posted) -> Response:
    return visit.show("profile.html", title="Your profile", values=posted.values, errors=posted.errors)


@SITE.page("/account/profile", post=True)
def profile_posted(visit: Shopper) -> Response:
    """Change them."""
    if not visit.known:
        return visit.to_login()
    posted = Posted(visit.form)
    name, email, phone = posted.text("name", "your name"), posted.email("email"), posted.phone("phone", needed=False)
    if "email" not in posted.errors and taken(visit, email):
        posted.errors["email"] = "There is an account with this e-mail address."
    if posted.errors:
        return _profile(visit, posted)
    visit.do("UPDATE person SET name = ?, email = ?, phone = ? WHERE id = ?", name, email, phone, visit.person)
    return visit.go("/account/profile", note="saved")


# Addresses.


@SITE.page("/account/addresses")
def addresses(visit: Shopper) -> Response:
    """Where things may be sent."""
    if not visit.known:
        return visit.to_login()
    found = visit.rows("SELECT * FROM address WHERE person = ? ORDER BY main DESC, id", visit.person)
    return visit.show("addresses.html", title="Your addresses", addresses=found)


def read_address(posted: Posted) -> dict[str, str]:
    """The fields of an address, without its label."""
    return {
        "name": posted.text("name", "a name"),
        "street": posted.text("street", "street and house number"),
        "city": posted.text("city", "a city"),
        "postcode": posted.like("postcode", "a postal code of five digits", POSTCODE, "40213"),
        "country": posted.choice("country", "a country", COUNTRIES),
    }


def _address(visit: Shopper, posted: Posted, id: int) -> Response:
    title = "Change address" if id else "New address"
    return visit.show(
        "address.html", title=title, id=id, countries=COUNTRIES, values=posted.values, errors=posted.errors
    )


@SITE.page("/account/addresses/new")
def address_new(visit: Shopper) -> Response:
    """The form for a new one."""
    if not visit.known:
        return visit.to_login()
    return _address(visit, Posted({"name": visit.known["name"], "country": COUNTRIES[0]}), 0)


@SITE.page("/account/addresses/<int:id>")
def address(visit: Shopper, id: int) -> Response:
    """The form for an old one."""
    if not visit.known:
        return visit.to_login()
    found = visit.one("SELECT * FROM address WHERE id = ? AND person = ?", id, visit.person)
    return _address(visit, Posted({key: found[key] for key in PLACE} | {"main": "yes" * found["main"]}), id)


@SITE.page("/account/addresses/new", post=True)
def address_made(visit: Shopper) -> Response:
    """Store a new one."""
    return _store(visit, 0)


@SITE.page("/account/addresses/<int:id>", post=True)
def address_changed(visit: Shopper, id: int) -> Response:
    """Change an old one."""
    visit.one("SELECT id FROM address WHERE id = ? AND person = ?", id, visit.person)
    return _store(visit, id)


def _store(visit: Shopper, id: int) -> Response:
    if not visit.known:
        return visit.to_login()
    posted = Posted(visit.form)
    values = {"label": posted.text("label", "a label, such as Home", most=40)} | read_address(posted)
    if posted.errors:
        return _address(visit, posted, id)
    main = posted.on("main") or visit.maybe("SELECT id FROM address WHERE person = ?", visit.person) is None
    if main:
        visit.do("UPDATE address SET main = 0 WHERE person = ?", visit.person)
    if id:
        visit.do(
            "UPDATE address SET label = ?, name = ?, street = ?, city = ?, postcode = ?, country = ?, "
            "main = max(main, ?) WHERE id = ?",
            *values.values(),
            main,
            id,
        )
    else:
        visit.do("INSERT INTO address VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", visit.person, *values.values(), main)
    return visit.go("/account/addresses", note="saved")


@SITE.page("/account/addresses/<int:id>/delete", post=True)
def address_deleted(visit: Shopper, id: int) -> Response:
    """Forget one; the next becomes the main one."""
    visit.do("DELETE FROM address WHERE id = ? AND person = ?", id, visit.person)
    visit.do("UPDATE checkout SET address = 0 WHERE address = ? AND id = ?", id, visit.person)
    if visit.maybe("SELECT id FROM address WHERE person = ? AND main", visit.person) is None:
        visit.do("UPDATE address SET main = 1 WHERE id = (SELECT min(id) FROM address WHERE person = ?)", visit.person)
    return visit.go("/account/addresses", note="deleted")


# Password, newsletter, reviews.


@SITE.page("/account/password")
def password(visit: Shopper) -> Response:
    """The form."""
    return _password(visit, Posted({})) if visit.known else visit.to_login()


def _password(visit: Shopper, posted: Posted) -> Response:
    return visit.show("password.html", title="Change password", values={}, errors=posted.errors)


@SITE.page("/account/password", post=True)
def password_posted(visit: Shopper) -> Response:
    """Change it."""
    if not visit.known:
        return visit.to_login()
    posted = Posted(visit.form)
    old = posted.text("old", "your current password")
    new = new_password(posted, "new", "repeated")
    if old and old != visit.known["password"]:
        posted.errors["old"] = "This is not your current password."
    if posted.errors:
        return _password(visit, posted)
    visit.do("UPDATE person SET password = ? WHERE id = ?", new, visit.person)
    return visit.go("/account", note="password")


@SITE.page("/account/newsletter")
def newsletter(visit: Shopper) -> Response:
    """Whether and how often."""
    if not visit.known:
        return visit.to_login()
    values = {"newsletter": "yes" * visit.known["newsletter"], "often": visit.known["often"]}
    return visit.show("newsletter.html", title="Newsletter", often=OFTEN, values=values, errors={})


@SITE.page("/account/newsletter", post=True)
def newsletter_posted(visit: Shopper) -> Response:
    """Change it."""
    if not visit.known:
        return visit.to_login()
    posted = Posted(visit.form)
    often = posted.choice("often", "how often", dict(OFTEN))
    if posted.errors:
        return visit.show(
            "newsletter.html", title="Newsletter", often=OFTEN, values=posted.values, errors=posted.errors
        )
    visit.do(
        "UPDATE person SET newsletter = ?, often = ? WHERE id = ?", int(posted.on("newsletter")), often, visit.person
    )
    return visit.go("/account/newsletter", note="saved")


@SITE.page("/account/reviews")
def reviews(visit: Shopper) -> Response:
    """What one has written."""
    if not visit.known:
        return visit.to_login()
    found = visit.rows(
        "SELECT review.*, name FROM review JOIN product ON product.id = product WHERE person = ? "
        "ORDER BY review.id DESC",
        visit.person,
    )
    return visit.show("reviews.html", title="Your reviews", reviews=found)
