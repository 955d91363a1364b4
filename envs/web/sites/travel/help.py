"""Help pages, and the form to write to the desk."""

from __future__ import annotations

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.documents import DOCUMENTS, GROUPS
from scoutgym.envs.web.sites.travel.fares import COVERED, LEVELS, MOST_BAGS
from scoutgym.envs.web.sites.travel.site import SITE, Traveler
from scoutgym.envs.web.sites.travel.timetable import HORIZON

TOPICS = (
    ("", "Choose a topic"),
    ("trip", "A trip that I booked"),
    ("stay", "A hotel that I booked"),
    ("refund", "A refund"),
    ("account", "My account or my points"),
    ("other", "Something else"),
)
PAGES = {
    "baggage": "Baggage",
    "checkin": "Check-in",
    "refunds": "Changes and refunds",
    "children": "Children and documents",
    "payment": "Payment",
    "club": "The club",
}


@SITE.page("/help")
def help(visit: Traveler) -> Response:
    """All help pages."""
    return visit.show("help.html", title="Help", pages=PAGES)


@SITE.page("/help/<name>")
def page(visit: Traveler, name: str) -> Response:
    """One of them."""
    if name not in PAGES:
        raise NotFound
    return visit.show(
        f"help_{name}.html",
        title=PAGES[name],
        documents=DOCUMENTS,
        groups=GROUPS,
        levels=LEVELS,
        covered=COVERED,
        most_bags=MOST_BAGS,
        horizon=HORIZON,
    )


@SITE.page("/contact")
def contact(visit: Traveler) -> Response:
    """The form."""
    known = visit.known or {"name": "", "email": ""}
    values = {"name": known["name"], "email": known["email"], "code": visit.query.get("code", "")}
    return _contact(visit, Posted(values))


def _contact(visit: Traveler, posted: Posted) -> Response:
    return visit.show("contact.html", title="Contact us", topics=TOPICS, values=posted.values, errors=posted.errors)


@SITE.page("/contact", post=True)
def contact_posted(visit: Traveler) -> Response:
    """Store a message."""
    posted = Posted(visit.form)
    name, email = posted.text("name", "your name"), posted.email("email")
    topic = posted.choice("topic", "a topic", [value for value, _ in TOPICS if value])
    code = posted.text("code", "the booking code", needed=topic in ("trip", "stay", "refund")).upper()
    of = "code = ?1 AND person = ?2"
    known = f"SELECT code FROM trip WHERE {of} UNION SELECT code FROM stay WHERE {of}"
    if code and visit.maybe(known, code, visit.person) is None:
        posted.errors["code"] = "You have no booking of this code."
    text = posted.text("text", "your message", most=LONGEST)
    if posted.errors:
        return _contact(visit, posted)
    visit.do(
        "INSERT INTO message VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
        visit.person,
        name,
        email,
        topic,
        code,
        text,
        visit.now,
    )
    return visit.go("/contact", note="sent")
