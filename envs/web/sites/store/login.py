"""Logging in and out, and becoming a customer."""

from __future__ import annotations

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.store.site import SITE, Shopper

PASSWORD = 8
"""Characters that a password has at least."""


def goal(text: str) -> str:
    """Where to go next: a page of this site, whatever an address says."""
    path = text.partition("?")[0]
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@SITE.page("/login")
def login(visit: Shopper) -> Response:
    """The form."""
    return _login(visit, Posted({"next": visit.query.get("next", "")}))


def _login(visit: Shopper, posted: Posted) -> Response:
    return visit.show("login.html", title="Log in", values=posted.values, errors=posted.errors)


@SITE.page("/login", post=True)
def login_posted(visit: Shopper) -> Response:
    """Log in. What a guest had in the cart stays there."""
    posted = Posted(visit.form)
    email = posted.text("email", "your e-mail address")
    password = posted.text("password", "your password")
    found = visit.maybe(
        "SELECT id FROM person WHERE email != '' AND lower(email) = ? AND password = ?", email.lower(), password
    )
    if not posted.errors and found is None:
        posted.errors["password"] = "E-mail address or password is wrong."
    if posted.errors or found is None:
        posted.values["password"] = ""
        return _login(visit, posted)
    if visit.person and not visit.known:
        visit.do("UPDATE cart SET person = ? WHERE person = ?", found["id"], visit.person)
    return visit.go(goal(posted.values.get("next", "")), visit.enter(found["id"]), note="welcome")


@SITE.page("/logout", post=True)
def logout(visit: Shopper) -> Response:
    """Log out."""
    return visit.go("/", visit.leave(), note="left")


@SITE.page("/register")
def register(visit: Shopper) -> Response:
    """The form."""
    return _register(visit, Posted({}))


def _register(visit: Shopper, posted: Posted) -> Response:
    return visit.show("register.html", title="Create an account", values=posted.values, errors=posted.errors)


@SITE.page("/register", post=True)
def register_posted(visit: Shopper) -> Response:
    """Become a customer; a guest's cart is kept."""
    posted = Posted(visit.form)
    name = posted.text("name", "your name")
    email = posted.email("email")
    phone = posted.phone("phone", needed=False)
    password = new_password(posted, "password", "repeated")
    if not posted.on("terms"):
        posted.errors["terms"] = "Accept the terms to create an account."
    if "email" not in posted.errors and taken(visit, email):
        posted.errors["email"] = "There is an account with this e-mail address."
    if posted.errors:
        posted.values |= {"password": "", "repeated": ""}
        return _register(visit, posted)
    letter = int(posted.on("newsletter"))
    values = (name, email, phone, password, letter, "weekly", visit.now)
    if visit.person and not visit.known:
        person = visit.person
        visit.do(
            "UPDATE person SET name = ?, email = ?, phone = ?, password = ?, newsletter = ?, often = ?, since = ? "
            "WHERE id = ?",
            *values,
            person,
        )
    else:
        person = visit.do(
            "INSERT INTO person (name, email, phone, password, newsletter, often, since, voucher) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, '')",
            *values,
        )
    return visit.go("/account", visit.enter(person), note="welcome")


def new_password(posted: Posted, field: str, again: str) -> str:
    """A new password, written twice."""
    password = posted.text(field, "a password")
    if password and len(password) < PASSWORD:
        posted.errors[field] = f"A password has at least {PASSWORD} characters."
    elif password.isalpha():
        posted.errors[field] = "A password has at least one digit or sign."
    elif password and posted.values.get(again, "").strip() != password:
        posted.errors[again] = "The two passwords differ."
    return password


def taken(visit: Shopper, email: str) -> bool:
    """Whether somebody else has this e-mail address."""
    found = visit.maybe("SELECT id FROM person WHERE lower(email) = ? AND id != ?", email.lower(), visit.person)
    return found is not None
