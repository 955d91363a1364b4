"""Logging in and out."""

from __future__ import annotations

from scoutgym.envs.web.sites.office.site import SITE, USER, Worker
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response


def goal(text: str) -> str:
    """Where to go next: a page of this site, whatever an address says."""
    path = text.partition("?")[0]
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@SITE.page("/login")
def login(visit: Worker) -> Response:
    """The form."""
    return _login(visit, Posted({"next": visit.query.get("next", "")}))


def _login(visit: Worker, posted: Posted) -> Response:
    return visit.show("login.html", title="Log in", values=posted.values, errors=posted.errors)


@SITE.page("/login", post=True)
def login_posted(visit: Worker) -> Response:
    """Log in."""
    posted = Posted(visit.form)
    email = posted.text("email", "your e-mail address")
    password = posted.text("password", "your password")
    found = visit.maybe(
        "SELECT colleague.id FROM colleague JOIN profile ON profile.id = colleague.id "
        "WHERE lower(email) = ? AND password = ? AND colleague.id = ?",
        *(email.lower(), password, USER),
    )
    if not posted.errors and found is None:
        posted.errors["password"] = "E-mail address or password is wrong."
    if posted.errors or found is None:
        posted.values["password"] = ""
        return _login(visit, posted)
    return visit.go(goal(posted.values.get("next", "")), visit.enter(found["id"]), note="welcome")


@SITE.page("/logout", post=True)
def logout(visit: Worker) -> Response:
    """Log out."""
    return visit.go("/login", visit.leave(), note="left")
