"""People: all of them, one, and the user's own settings."""

from __future__ import annotations

from hashlib import blake2b

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.feed import events
from scoutgym.envs.web.sites.tracker.listing import LETTERS
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker

PAGE = 15
PASSWORD = 8
"""Characters that a password has at least."""

NOTIFY = (("all", "Everything in my projects"), ("mine", "Only what I write or am assigned to"), ("none", "Nothing"))
HUES = ("#c8443f", "#b9651b", "#8f7a14", "#4f8f5b", "#3d8f91", "#3f6fb5", "#7d5ba6", "#b0567c")


@SITE.asset("/face/<username>.svg")
def face(visit: Tracker, username: str) -> Response:
    """A disk with a letter, instead of a picture of somebody or something."""
    letter = username[:1].upper() if username[:1].isalnum() and username[:1].isascii() else "?"
    hue = HUES[blake2b(username.encode(), digest_size=1).digest()[0] % len(HUES)]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="20" '
        f'fill="{hue}"/><text x="20" y="27" font-family="sans-serif" font-size="19" font-weight="700" fill="#fff" '
        f'text-anchor="middle">{letter}</text></svg>'
    )
    return Response(svg, kind="image/svg+xml")


@SITE.page("/users")
def users(visit: Tracker) -> Response:
    """All, by name."""
    q = visit.query.get("q", "").strip()[:LETTERS].lower()
    where = "instr(lower(name || ' ' || username || ' ' || job), ?)" if q else "? = ''"
    count = visit.database.execute(f"SELECT count(*) FROM person WHERE {where}", (q,)).fetchone()[0]
    page, last = visit.paged(count, PAGE)
    found = visit.rows(
        f"SELECT username, name, job, city FROM person WHERE {where} ORDER BY name LIMIT ? OFFSET ?",
        *(q, PAGE, (page - 1) * PAGE),
    )
    return visit.show("users.html", title="People", people=found, count=count, page=page, last=last)


@SITE.page("/users/<username>")
def user(visit: Tracker, username: str) -> Response:
    """One: projects, work, what they last did."""
    found = visit.one("SELECT * FROM person WHERE username = ?", username)
    projects = visit.rows(
        "SELECT slug, name, role, (SELECT count(*) FROM issue WHERE issue.project = project.id AND state = 'open' "
        "AND assignee = person) AS work FROM member JOIN project ON project.id = project "
        f"WHERE person = ? AND {visit.seen()} ORDER BY name",
        found["id"],
    )
    latest = events(visit, "event.person = ?", found["id"], most=8)
    return visit.show("user.html", title=found["name"], user=found, projects=projects, events=latest)


# The user's own.


@SITE.page("/settings")
def profile(visit: Tracker) -> Response:
    """Profile and notifications."""
    if not visit.me:
        return visit.to_login()
    values = {key: visit.me[key] for key in ("name", "email", "job", "city", "bio", "notify")}
    return _profile(visit, Posted(values | {"digest": "yes" * visit.me["digest"]}))


def _profile(visit: Tracker, posted: Posted) -> Response:
    return visit.show("profile.html", title="Your settings", notify=NOTIFY, values=posted.values, errors=posted.errors)


@SITE.page("/settings", post=True)
def profile_posted(visit: Tracker) -> Response:
    """Change them."""
    if not visit.me:
        return visit.to_login()
    posted = Posted(visit.form)
    values = (
        posted.text("name", "your name"),
        posted.email("email"),
        posted.text("job", "what you do", needed=False),
        posted.text("city", "a city", needed=False),
        posted.text("bio", "a few words", needed=False, most=300),
        posted.choice("notify", "what to be told", dict(NOTIFY)),
        int(posted.on("digest")),
    )
    if posted.errors:
        return _profile(visit, posted)
    visit.do(
        "UPDATE person SET name = ?, email = ?, job = ?, city = ?, bio = ?, notify = ?, digest = ? WHERE id = ?",
        *(*values, visit.person),
    )
    return visit.go("/settings", note="saved")


@SITE.page("/settings/password")
def password(visit: Tracker) -> Response:
    """The form."""
    return _password(visit, Posted({})) if visit.me else visit.to_login()


def _password(visit: Tracker, posted: Posted) -> Response:
    return visit.show("password.html", title="Change password", values={}, errors=posted.errors)


@SITE.page("/settings/password", post=True)
def password_posted(visit: Tracker) -> Response:
    """Change it."""
    if not visit.me:
        return visit.to_login()
    posted = Posted(visit.form)
    old, new = posted.text("old", "your current password"), posted.text("new", "a new password")
    if old and old != visit.me["password"]:
        posted.errors["old"] = "This is not your current password."
    if new and len(new) < PASSWORD:
        posted.errors["new"] = f"A password has at least {PASSWORD} characters."
    elif new and posted.text("repeated", "the new password again") != new:
        posted.errors["repeated"] = "The two passwords differ."
    if posted.errors:
        return _password(visit, posted)
    visit.do("UPDATE person SET password = ? WHERE id = ?", new, visit.person)
    return visit.go("/settings/password", note="password")
