"""An account: log in and out, become a customer, profile, saved travelers, points, price alerts."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.documents import CHOICES, DOCUMENTS, read_person
from scoutgym.envs.web.sites.travel.fares import LEVELS, level
from scoutgym.envs.web.sites.travel.search import read_city, read_day
from scoutgym.envs.web.sites.travel.site import SITE, Traveler
from scoutgym.envs.web.sites.travel.words import COUNTRIES

PASSWORD = 8
"""Characters that a password has at least."""
OFTEN = (("daily", "Every day"), ("weekly", "Every week"))


@SITE.page("/login")
def login(visit: Traveler) -> Response:
    """The form."""
    return _login(visit, Posted({"next": visit.query.get("next", "")}))


def _login(visit: Traveler, posted: Posted) -> Response:
    return visit.show("login.html", title="Log in", values=posted.values, errors=posted.errors)


@SITE.page("/login", post=True)
def login_posted(visit: Traveler) -> Response:
    """Log in, and go back to where one came from."""
    posted = Posted(visit.form)
    email = posted.text("email", "your e-mail address")
    password = posted.text("password", "your password")
    found = visit.maybe("SELECT id FROM person WHERE lower(email) = ? AND password = ?", email.lower(), password)
    if not posted.errors and found is None:
        posted.errors["password"] = "E-mail address or password is wrong."
    if posted.errors or found is None:
        posted.values["password"] = ""
        return _login(visit, posted)
    path = posted.values.get("next", "").partition("?")[0]
    own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return visit.go(path if own else "/", visit.enter(found["id"]), note="welcome")


@SITE.page("/logout", post=True)
def logout(visit: Traveler) -> Response:
    """Log out."""
    return visit.go("/", visit.leave(), note="left")


@SITE.page("/register")
def register(visit: Traveler) -> Response:
    """The form."""
    return _register(visit, Posted({}))


def _register(visit: Traveler, posted: Posted) -> Response:
    return visit.show("register.html", title="Create an account", values=posted.values, errors=posted.errors)


@SITE.page("/register", post=True)
def register_posted(visit: Traveler) -> Response:
    """Become a customer."""
    posted = Posted(visit.form)
    name, email, phone = posted.text("name", "your name"), posted.email("email"), posted.phone("phone")
    password = posted.text("password", "a password")
    if password and (len(password) < PASSWORD or password.isalpha()):
        posted.errors["password"] = f"A password has at least {PASSWORD} characters, one of them a digit or sign."
    elif password and posted.values.get("repeated", "").strip() != password:
        posted.errors["repeated"] = "The two passwords differ."
    if not posted.on("terms"):
        posted.errors["terms"] = "Accept the terms to create an account."
    if "email" not in posted.errors and _taken(visit, email):
        posted.errors["email"] = "There is an account with this e-mail address."
    if posted.errors:
        posted.values |= {"password": "", "repeated": ""}
        return _register(visit, posted)
    person = visit.do("INSERT INTO person VALUES (NULL, ?, ?, ?, ?, ?)", name, email, phone, password, visit.now)
    return visit.go("/account", visit.enter(person), note="welcome")


def _taken(visit: Traveler, email: str) -> bool:
    found = visit.maybe("SELECT id FROM person WHERE lower(email) = ? AND id != ?", email.lower(), visit.person)
    return found is not None


@SITE.page("/account")
def account(visit: Traveler) -> Response:
    """Name, e-mail address, phone number."""
    if not visit.known:
        return visit.to_login()
    return _account(visit, Posted({key: visit.known[key] for key in ("name", "email", "phone")}))


def _account(visit: Traveler, posted: Posted) -> Response:
    return visit.show("account.html", title="Your profile", values=posted.values, errors=posted.errors)


@SITE.page("/account", post=True)
def account_posted(visit: Traveler) -> Response:
    """Change them."""
    if not visit.known:
        return visit.to_login()
    posted = Posted(visit.form)
    name, email, phone = posted.text("name", "your name"), posted.email("email"), posted.phone("phone")
    if "email" not in posted.errors and _taken(visit, email):
        posted.errors["email"] = "There is an account with this e-mail address."
    if posted.errors:
        return _account(visit, posted)
    visit.do("UPDATE person SET name = ?, email = ?, phone = ? WHERE id = ?", name, email, phone, visit.person)
    return visit.go("/account", note="saved")


# Travelers.


@SITE.page("/travelers")
def travelers(visit: Traveler) -> Response:
    """All that the account knows."""
    if not visit.known:
        return visit.to_login()
    found = visit.rows("SELECT * FROM traveler WHERE person = ? ORDER BY id", visit.person)
    return visit.show(
        "travelers.html",
        title="Travelers",
        travelers=found,
        documents={key: one.name for key, one in DOCUMENTS.items()},
    )


def _traveler(visit: Traveler, posted: Posted, id: int) -> Response:
    return visit.show(
        "traveler.html",
        title="Change traveler" if id else "New traveler",
        id=id,
        countries=[("", "Choose a country"), *((one, one) for one in COUNTRIES)],
        documents=CHOICES,
        seats=[(code, row["name"]) for code, row in visit.extras["seat"].items()],
        meals=[(code, row["name"]) for code, row in visit.extras["meal"].items()],
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/travelers/new")
def traveler_new(visit: Traveler) -> Response:
    """The form for a new one."""
    return _traveler(visit, Posted({"seat": "any", "meal": "none"}), 0) if visit.known else visit.to_login()


@SITE.page("/travelers/<int:id>")
def traveler(visit: Traveler, id: int) -> Response:
    """The form for an old one."""
    if not visit.known:
        return visit.to_login()
    found = visit.one("SELECT * FROM traveler WHERE id = ? AND person = ?", id, visit.person)
    return _traveler(visit, Posted({key: value for key, value in found.items() if key not in ("id", "person")}), id)


@SITE.page("/travelers/new", post=True)
def traveler_made(visit: Traveler) -> Response:
    """Store a new one."""
    return _store(visit, 0)


@SITE.page("/travelers/<int:id>", post=True)
def traveler_changed(visit: Traveler, id: int) -> Response:
    """Change an old one."""
    visit.one("SELECT id FROM traveler WHERE id = ? AND person = ?", id, visit.person)
    return _store(visit, id)


def _store(visit: Traveler, id: int) -> Response:
    if not visit.known:
        return visit.to_login()
    posted = Posted(visit.form)
    person = read_person(posted, visit.today)
    country = posted.choice("country", "a country", COUNTRIES)
    meal = posted.choice("meal", "a meal, or none", visit.extras["meal"])
    seat = posted.choice("seat", "a seat, or no preference", visit.extras["seat"])
    if posted.errors:
        return _traveler(visit, posted, id)
    values = (
        person["first"],
        person["last"],
        person["born"],
        country,
        person["document"],
        person["number"],
        meal,
        seat,
    )
    if id:
        visit.do(
            "UPDATE traveler SET first = ?, last = ?, born = ?, country = ?, document = ?, number = ?, meal = ?, "
            "seat = ? WHERE id = ?",
            *(*values, id),
        )
    else:
        visit.do("INSERT INTO traveler VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", visit.person, *values)
    return visit.go("/travelers", note="saved" if id else "added")


@SITE.page("/travelers/<int:id>/delete", post=True)
def traveler_deleted(visit: Traveler, id: int) -> Response:
    """Forget one."""
    visit.do("DELETE FROM traveler WHERE id = ? AND person = ?", id, visit.person)
    return visit.go("/travelers", note="deleted")


# Points and alerts.


@SITE.page("/points")
def points(visit: Traveler) -> Response:
    """The balance, what it is made of, and the levels."""
    if not visit.known:
        return visit.to_login()
    found = visit.rows("SELECT * FROM point WHERE person = ? ORDER BY id DESC", visit.person)
    balance = sum(row["points"] for row in found)
    return visit.show(
        "points.html", title="Your points", points=found, balance=balance, level=level(balance)[0], levels=LEVELS
    )


@SITE.page("/alerts")
def alerts(visit: Traveler) -> Response:
    """Those that are set, and the form for another."""
    return _alerts(visit, Posted({"often": "daily"})) if visit.known else visit.to_login()


def _alerts(visit: Traveler, posted: Posted) -> Response:
    found: list[Row] = visit.rows("SELECT * FROM alert WHERE person = ? ORDER BY id", visit.person)
    return visit.show(
        "alerts.html", title="Price alerts", alerts=found, often=OFTEN, values=posted.values, errors=posted.errors
    )


@SITE.page("/alerts", post=True)
def alert_posted(visit: Traveler) -> Response:
    """Set one."""
    if not visit.known:
        return visit.to_login()
    posted = Posted(visit.form)
    origin = read_city(visit, posted, "from", "where you start")
    target = read_city(visit, posted, "to", "where you go")
    if origin and target and origin["id"] == target["id"]:
        posted.errors["to"] = "Start and destination are the same."
    price = posted.number("price", "a price in whole dollars", 1, 5000)
    until = read_day(visit, posted, "until", "a last day")
    often = posted.choice("often", "how often", dict(OFTEN))
    if posted.errors or origin is None or target is None or until is None:
        return _alerts(visit, posted)
    visit.do(
        "INSERT INTO alert VALUES (NULL, ?, ?, ?, ?, ?, ?)",
        *(visit.person, origin["id"], target["id"], price * 100, until.isoformat(), often),
    )
    return visit.go("/alerts", note="alert")


@SITE.page("/alerts/<int:id>/delete", post=True)
def alert_deleted(visit: Traveler, id: int) -> Response:
    """Forget one."""
    visit.do("DELETE FROM alert WHERE id = ? AND person = ?", id, visit.person)
    return visit.go("/alerts", note="no-alert")
