"""Logging in and out."""

from __future__ import annotations

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker


def goal(text: str) -> str:
    """Where to go next: a page of this site, whatever an address says."""
    path = text.partition("?")[0]
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@SITE.page("/login")
def login(visit: Tracker) -> Response:
    """The form."""
    return _login(visit, Posted({"next": visit.query.get("next", "")}))


def _login(visit: Tracker, posted: Posted) -> Response:
    return visit.show("login.html", title="Log in", values=posted.values, errors=posted.errors)


@SITE.page("/login", post=True)
def login_posted(visit: Tracker) -> Response:
    """Log in."""
    posted = Posted(visit.form)
    username = posted.text("username", "your user name")
    password = posted.text("password", "your password")
    found = visit.maybe("SELECT id FROM person WHERE username = ? AND password = ?", username.lower(), password)
    if not posted.errors and found is None:
        posted.errors["password"] = "User name or password is wrong."
    if posted.errors or found is None:
        posted.values["password"] = ""
        return _login(visit, posted)
    return visit.go(goal(posted.values.get("next", "")), visit.enter(found["id"]), note="welcome")


@SITE.page("/logout", post=True)
def logout(visit: Tracker) -> Response:
    """Log out."""
    return visit.go("/projects", visit.leave(), note="left")
