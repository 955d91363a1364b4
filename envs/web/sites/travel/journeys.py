"""From the search form to an offer."""

from __future__ import annotations

from datetime import date, timedelta

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.content import OFFERS
from scoutgym.envs.web.sites.travel.fares import Fare
from scoutgym.envs.web.sites.travel.search import (
    CABINS,
    FIELDS,
    MODES,
    SORTS,
    STOPS,
    TIMES,
    WAYS,
    Party,
    address,
    filtered,
    read_party,
    read_search,
)
from scoutgym.envs.web.sites.travel.site import SITE, Traveler
from scoutgym.envs.web.sites.travel.timetable import Journey, leads_back

MOST = 20
"""Journeys on a page of results."""


def blank(visit: Traveler) -> dict[str, str]:
    """The search form as it is at first."""
    return {"way": "one", "date": "", "adults": "1", "children": "0", "infants": "0", "cabin": "economy"}


@SITE.page("/")
def home(visit: Traveler) -> Response:
    """The search form, some offers and cities."""
    cities = visit.rows("SELECT * FROM city WHERE id IN (SELECT target FROM line) ORDER BY people DESC LIMIT 4")
    return visit.show(
        "home.html",
        title="Home",
        deals=deals(visit, 4),
        cities=cities,
        ways=WAYS,
        cabins=CABINS,
        values=blank(visit) | {name: visit.query[name] for name in FIELDS if name in visit.query},
        errors={},
    )


def deals(visit: Traveler, count: int) -> list[Journey]:
    """The first of the desk's offers."""
    found = [visit.timetable.read(row["journey"]) for row in visit.rows("SELECT * FROM offer LIMIT ?", count)]
    return [one for one in found if one is not None]


@SITE.page("/offers")
def offers(visit: Traveler) -> Response:
    """Cheap journeys."""
    return visit.show("offers.html", title="Offers", deals=deals(visit, OFFERS))


@SITE.page("/search")
def search(visit: Traveler) -> Response:
    """What fits a form; where one comes back, first there and then back."""
    posted = Posted(blank(visit) | visit.query)
    asked = read_search(visit, posted)
    if asked is None:
        return visit.show(
            "search.html", title="Search", ways=WAYS, cabins=CABINS, values=posted.values, errors=posted.errors
        )
    out = visit.timetable.read(visit.query.get("out", "")) if asked.back else None
    if out is not None and (out.origin, out.target, out.day) != (asked.origin["id"], asked.target["id"], asked.day):
        out = None
    ends = (asked.target, asked.origin) if out else (asked.origin, asked.target)
    day = asked.back if out and asked.back else asked.day
    fare = lowest(visit, asked.party.cabin)
    all_ = [one for one in visit.timetable.journeys(ends[0]["id"], ends[1]["id"], day) if one.left >= asked.party.seats]
    if out is not None:
        all_ = [one for one in all_ if leads_back(out, one)]
    errors: dict[str, str] = {}
    found = filtered(all_, posted.values, fare, errors)
    kept = {name: visit.query.get(name, "") for name in FIELDS}
    return visit.show(
        "results.html",
        title=f"{ends[0]['name']} to {ends[1]['name']}",
        ends=ends,
        day=day,
        party=asked.party,
        fare=fare,
        journeys=found[:MOST],
        count=len(found),
        all=len(all_),
        out=out,
        link=lambda one: _chosen(asked.back, asked.party, kept, out, one),
        earlier=_moved(visit, kept, day, -1) if not asked.back else "",
        later=_moved(visit, kept, day, 1) if not asked.back else "",
        again=address("/search", **kept) if out else "",
        change=address("/", **kept),
        carriers=[("", "All"), *sorted({(one.carrier["code"], one.carrier["name"]) for one in all_})],
        modes=MODES,
        stops=STOPS,
        times=[(code, shown) for code, (shown, _, _) in TIMES.items()],
        sorts=[(code, shown) for code, (shown, _) in SORTS.items()],
        ways=WAYS,
        cabins=CABINS,
        values=posted.values | ({"stops": "0"} if posted.values.get("direct") and "stops" not in visit.query else {}),
        kept=kept | {"direct": ""},
        errors=errors,
    )


def lowest(visit: Traveler, cabin: str) -> Fare:
    """The lowest fare of a class."""
    return next(one for one in visit.fares.values() if one.cabin == cabin)


def _chosen(back: date | None, party: Party, kept: dict[str, str], out: Journey | None, one: Journey) -> str:
    """Where a result leads: to the results for the way back, or to the offer."""
    if back and out is None:
        return address("/search", **kept, out=one.key)
    if out is not None:
        return address("/offer", out=out.key, back=one.key, **party.query())
    return address("/offer", out=one.key, **party.query())


def _moved(visit: Traveler, kept: dict[str, str], day: date, by: int) -> str:
    """The same search on a day before or after; empty where that cannot be booked."""
    other = day + timedelta(by)
    return address("/search", **kept | {"date": other}) if visit.today < other <= visit.timetable.last else ""


# An offer.


def read_offer(visit: Traveler, values: dict[str, str]) -> tuple[list[Journey], Party]:
    """The journeys and travelers of an address.

    Raises:
        NotFound: there is no such offer, or no longer.
    """
    found = []
    for key in (values.get("out", ""), *filter(None, [values.get("back", "")])):
        one = visit.timetable.read(key)
        if one is None or not visit.today < one.day <= visit.timetable.last:
            raise NotFound
        found.append(one)
    posted = Posted({"adults": "1", "children": "0", "infants": "0", "cabin": "economy"} | values)
    party = read_party(posted)
    wrong = posted.errors or any(one.left < party.seats for one in found)
    if wrong or (len(found) == 2 and not leads_back(*found)):
        raise NotFound
    return found, party


@SITE.page("/offer")
def offer(visit: Traveler) -> Response:
    """Times, fares and rules of a journey, or of two."""
    found, party = read_offer(visit, visit.query)
    fares = [one for one in visit.fares.values() if one.cabin == party.cabin]
    posted = Posted({"fare": visit.query.get("fare", fares[0].code)})
    return visit.show(
        "offer.html",
        title=f"{found[0].legs[0]['origin_name']} to {found[0].legs[-1]['target_name']}",
        journeys=found,
        party=party,
        fares=[(one, total(visit, one, found, party)) for one in fares],
        ref=reference(found),
        watched=visit.maybe("SELECT id FROM watch WHERE person = ? AND ref = ?", visit.person, reference(found)),
        values=posted.values,
        errors=posted.errors,
    )


def total(visit: Traveler, fare: Fare, journeys: list[Journey], party: Party) -> int:
    """What all travelers pay at a fare, without extras and fee."""
    ages = visit.ages()
    return sum(fare.price(one.price, ages[kind]) for one in journeys for kind in party.kinds)


def reference(journeys: list[Journey]) -> str:
    """What stands for an offer in the watch list."""
    return "~".join(one.key for one in journeys)
