"""One's own settings, logging in and out, and the help pages."""

from __future__ import annotations

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.forum.site import SITE, Reader
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response

SORTING = (("new", "New"), ("top", "Top"), ("comments", "Most commented"))
INBOX = (("everyone", "Everyone"), ("nobody", "Nobody"))
DIGEST = (("never", "Never"), ("daily", "Every day"), ("weekly", "Every week"))
LONGEST_ABOUT = 300
PASSWORD = 8
"""Characters that a password has at least."""

HELP = {
    "rules": "House rules",
    "voting": "Votes and points",
    "moderation": "Moderation and reports",
    "privacy": "Privacy and messages",
}


@SITE.page("/settings")
def settings(visit: Reader) -> Response:
    """What others see of one."""
    if not visit.user:
        return visit.to_login()
    return _settings(visit, Posted({key: visit.user[key] for key in ("email", "city", "about")}))


def _settings(visit: Reader, posted: Posted) -> Response:
    return visit.show("settings.html", title="Your profile", values=posted.values, errors=posted.errors)


@SITE.page("/settings", post=True)
def settings_posted(visit: Reader) -> Response:
    """Change it."""
    if not visit.user:
        return visit.to_login()
    posted = Posted(visit.form)
    email, city = posted.email("email"), posted.text("city", "a city", needed=False, most=60)
    about = posted.text("about", "something about you", needed=False, most=LONGEST_ABOUT)
    if posted.errors:
        return _settings(visit, posted)
    visit.do("UPDATE person SET email = ?, city = ?, about = ? WHERE id = ?", email, city, about, visit.person)
    return visit.go("/settings", note="settings")


@SITE.page("/settings/preferences")
def preferences(visit: Reader) -> Response:
    """How the forum behaves."""
    if not visit.user:
        return visit.to_login()
    return _preferences(visit, Posted({key: visit.user[key] for key in ("sort", "inbox", "digest")}))


def _preferences(visit: Reader, posted: Posted) -> Response:
    return visit.show(
        "preferences.html",
        title="Preferences",
        sorting=SORTING,
        inbox=INBOX,
        digest=DIGEST,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/settings/preferences", post=True)
def preferences_posted(visit: Reader) -> Response:
    """Change it."""
    if not visit.user:
        return visit.to_login()
    posted = Posted(visit.form)
    values = (
        posted.choice("sort", "an order", dict(SORTING)),
        posted.choice("inbox", "who may write to you", dict(INBOX)),
        posted.choice("digest", "how often", dict(DIGEST)),
    )
    if posted.errors:
        return _preferences(visit, posted)
    visit.do("UPDATE person SET sort = ?, inbox = ?, digest = ? WHERE id = ?", *values, visit.person)
    return visit.go("/settings/preferences", note="settings")


@SITE.page("/settings/blocked")
def blocked(visit: Reader) -> Response:
    """Whom one has blocked."""
    if not visit.user:
        return visit.to_login()
    rows = visit.rows(
        "SELECT name, day FROM bond JOIN person ON person.id = other WHERE person = ? AND kind = 'block' ORDER BY name",
        visit.person,
    )
    return visit.show("blocked.html", title="Blocked people", rows=rows)


@SITE.page("/settings/password")
def password(visit: Reader) -> Response:
    """The form for a new password."""
    return _password(visit, Posted({})) if visit.user else visit.to_login()


def _password(visit: Reader, posted: Posted) -> Response:
    return visit.show("password.html", title="Change password", errors=posted.errors)


@SITE.page("/settings/password", post=True)
def password_posted(visit: Reader) -> Response:
    """Change it."""
    if not visit.user:
        return visit.to_login()
    posted = Posted(visit.form)
    old, new = posted.text("old", "your current password"), posted.text("new", "a new password")
    if old and old != visit.user["password"]:
        posted.errors["old"] = "This is not your current password."
    if new and len(new) < PASSWORD:
        posted.errors["new"] = f"Use at least {PASSWORD} characters."
    if new != posted.text("repeated", "the new password once more") and "repeated" not in posted.errors:
        posted.errors["repeated"] = "The two passwords differ."
    if posted.errors:
        return _password(visit, posted)
    visit.do("UPDATE person SET password = ? WHERE id = ?", new, visit.person)
    return visit.go("/settings/password", note="password")


# Logging in and out.


@SITE.page("/login")
def login(visit: Reader) -> Response:
    """The form."""
    return _login(visit, Posted({}))


def _login(visit: Reader, posted: Posted) -> Response:
    goal = posted.values.get("next", visit.query.get("next", ""))
    return visit.show("login.html", title="Log in", next=goal, values=posted.values, errors=posted.errors)


@SITE.page("/login", post=True)
def login_posted(visit: Reader) -> Response:
    """Log in with name and password, and go where one wanted to."""
    posted = Posted(visit.form)
    name, secret = posted.text("name", "your user name"), posted.text("password", "your password")
    found = visit.maybe(
        "SELECT id FROM person WHERE lower(name) = ? AND password = ? AND password != ''", name.lower(), secret
    )
    if name and secret and found is None:
        posted.errors["password"] = "Name or password is wrong."
    if posted.errors or found is None:
        return _login(visit, posted)
    goal = visit.form.get("next", "").partition("?")[0]
    inside = goal.startswith("/") and not goal.startswith(("//", "/\\"))
    return visit.go(goal if inside else "/", visit.enter(found["id"]), note="welcome")


@SITE.page("/logout", post=True)
def logout(visit: Reader) -> Response:
    """Log out."""
    return visit.go("/", visit.leave(), note="bye")


# Help.


@SITE.page("/help")
def help(visit: Reader) -> Response:
    """All help pages."""
    return visit.show("help.html", title="Help", pages=HELP)


@SITE.page("/help/<name>")
def page(visit: Reader, name: str) -> Response:
    """One of them."""
    if name not in HELP:
        raise NotFound
    return visit.show(f"help_{name}.html", title=HELP[name])
