"""Cities, and the timetable of all lines between two of them."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.search import read_city
from scoutgym.envs.web.sites.travel.site import SITE, Traveler

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@SITE.page("/destinations")
def destinations(visit: Traveler) -> Response:
    """All cities."""
    return visit.show(
        "destinations.html",
        title="Destinations",
        cities=sorted(visit.timetable.cities.values(), key=lambda c: c["name"]),
    )


@SITE.page("/city/<slug>")
def city(visit: Traveler, slug: str) -> Response:
    """One of them: how to get there, and where to stay."""
    found = visit.one("SELECT * FROM city WHERE slug = ?", slug)
    direct = visit.rows(
        "SELECT DISTINCT city.name, city.slug, carrier.name AS carrier, mode FROM line JOIN city ON city.id = target "
        "JOIN carrier ON carrier.id = carrier WHERE origin = ? ORDER BY city.name, carrier.name",
        found["id"],
    )
    hotels = visit.rows("SELECT * FROM hotel WHERE city = ? ORDER BY score DESC", found["id"])
    return visit.show("city.html", title=found["name"], city=found, direct=direct, hotels=hotels)


@SITE.page("/timetable")
def timetable(visit: Traveler) -> Response:
    """All direct lines between two cities, with the weekdays on which they run."""
    posted = Posted(visit.query)
    lines: list[Row] | None = None
    if visit.query:
        ends = [read_city(visit, posted, field, "a city") for field in ("from", "to")]
        if not posted.errors:
            lines = visit.rows(
                "SELECT line.*, name, mode FROM line JOIN carrier ON carrier.id = carrier "
                "WHERE origin = ? AND target = ? ORDER BY departs",
                *(city["id"] for city in ends if city),
            )
            for line in lines:
                line["runs"] = ", ".join(name for place, name in enumerate(WEEK) if line["days"] >> place & 1)
    return visit.show("timetable.html", title="Timetable", lines=lines, values=posted.values, errors=posted.errors)
