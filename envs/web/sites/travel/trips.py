"""What was booked: all trips, one trip, another date, cancellation, more bags."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.travel.documents import DOCUMENTS
from scoutgym.envs.web.sites.travel.fares import MOST_BAGS, Fare, bag_fee, cancelled, change_cost
from scoutgym.envs.web.sites.travel.search import read_day
from scoutgym.envs.web.sites.travel.site import SITE, Traveler, counted
from scoutgym.envs.web.sites.travel.timetable import Journey, leads_back

STATES = {"booked": "Confirmed", "cancelled": "Cancelled"}
PAID = ("out_fares", "back_fares", "extras", "bags", "cover", "fee", "changes")


def total(trip: Row) -> int:
    """What was paid."""
    return sum(trip[key] for key in PAID)


def _journeys(visit: Traveler, trip: Row) -> list[Journey]:
    found = [visit.timetable.read(key) for key in (trip["out"], trip["back"]) if key]
    return [one for one in found if one is not None]


def _trip(visit: Traveler, code: str) -> Row:
    return visit.one("SELECT * FROM trip WHERE code = ? AND person = ?", code, visit.person)


def _passengers(visit: Traveler, trip: Row) -> list[Row]:
    return visit.rows("SELECT * FROM passenger WHERE trip = ? ORDER BY id", trip["id"])


def ahead(visit: Traveler, trip: Row) -> bool:
    """Whether it is booked and its first day is still to come."""
    return bool(trip["state"] == "booked" and trip["out"][:10] > visit.now)


def state(visit: Traveler, trip: Row) -> str:
    """In a word."""
    return STATES[trip["state"]] if trip["state"] == "cancelled" or ahead(visit, trip) else "Departed"


@SITE.page("/trips")
def trips(visit: Traveler) -> Response:
    """All trips and stays, the next first."""
    if not visit.known:
        return visit.to_login()
    listed = []
    for trip in visit.rows("SELECT * FROM trip WHERE person = ? ORDER BY substr(out, 1, 10) DESC, id", visit.person):
        ways = _journeys(visit, trip)
        listed.append(trip | {"ways": ways, "status": state(visit, trip), "total": total(trip)})
    stays = visit.rows(
        "SELECT stay.*, hotel.name AS house, city.name AS place FROM stay JOIN room ON room.id = room "
        "JOIN hotel ON hotel.id = hotel JOIN city ON city.id = city WHERE person = ? ORDER BY arrives DESC",
        visit.person,
    )
    return visit.show("trips.html", title="My trips", trips=listed, stays=stays)


@SITE.page("/trips/<code>")
def trip(visit: Traveler, code: str) -> Response:
    """One trip."""
    if not visit.known:
        return visit.to_login()
    found = _trip(visit, code)
    return visit.show(
        "trip.html",
        title=f"Trip {code}",
        trip=found,
        journeys=_journeys(visit, found),
        passengers=_passengers(visit, found),
        documents={key: one.name for key, one in DOCUMENTS.items()},
        fare=visit.fares[found["fare"]],
        standing=state(visit, found),
        ahead=ahead(visit, found),
        total=total(found),
    )


# Cancellation.


def _fee(visit: Traveler, trip: Row) -> tuple[int, int] | None:
    """The fee and what is paid back; None where it cannot be cancelled."""
    fare = visit.fares[trip["fare"]]
    if not ahead(visit, trip) or fare.keep >= 100:
        return None
    fares = trip["out_fares"] + trip["back_fares"]
    return cancelled(fare.keep, fares, trip["extras"] + trip["bags"], trip["insurance"] == "full")


@SITE.page("/trips/<code>/cancel")
def cancelling(visit: Traveler, code: str) -> Response:
    """What it would cost, and the form."""
    return _cancel(visit, _trip(visit, code), Posted({})) if visit.known else visit.to_login()


def _cancel(visit: Traveler, trip: Row, posted: Posted) -> Response:
    return visit.show(
        "trip_cancel.html",
        title=f"Cancel trip {trip['code']}",
        trip=trip,
        sums=_fee(visit, trip),
        fare=visit.fares[trip["fare"]],
        ahead=ahead(visit, trip),
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/trips/<code>/cancel", post=True)
def trip_cancelled(visit: Traveler, code: str) -> Response:
    """Cancel it, and take the points back."""
    found, posted = _trip(visit, code), Posted(visit.form)
    sums = _fee(visit, found)
    if sums is None:
        return visit.go(f"/trips/{code}/cancel")
    if not posted.on("sure"):
        posted.errors["sure"] = "Confirm that you want to cancel."
        return _cancel(visit, found, posted)
    visit.do("UPDATE trip SET state = 'cancelled', refund = ? WHERE id = ?", sums[1], found["id"])
    points = visit.one(
        "SELECT coalesce(sum(points), 0) AS n FROM point WHERE person = ? AND what = ?", visit.person, f"Trip {code}"
    )
    visit.do(
        "INSERT INTO point VALUES (NULL, ?, ?, ?, ?)",
        *(visit.person, visit.now, f"Trip {code} cancelled", -points["n"]),
    )
    return visit.go(f"/trips/{code}", note="cancelled")


# Another date.


@SITE.page("/trips/<code>/change")
def changing(visit: Traveler, code: str) -> Response:
    """Choose a direction and a day; then one of the journeys of that day."""
    if not visit.known:
        return visit.to_login()
    return _change(visit, _trip(visit, code), Posted({"way": "out"} | visit.query))


def _ways(trip: Row) -> list[tuple[str, str]]:
    return [("out", "The outward journey"), *([("back", "The return journey")] if trip["back"] else [])]


def _refused(visit: Traveler, trip: Row) -> str:
    """Why the date cannot be changed; empty where it can."""
    if trip["state"] == "cancelled":
        return "This trip was cancelled."
    if not ahead(visit, trip):
        return "This trip has departed."
    return "The Light fare cannot be changed." if visit.fares[trip["fare"]].change < 0 else ""


def _offered(visit: Traveler, trip: Row, posted: Posted) -> list[tuple[Journey, int, int]]:
    """The journeys of the chosen day, each with the fee and the difference; mistakes are written down."""
    way = posted.choice("way", "a direction", dict(_ways(trip)))
    day = read_day(visit, posted, "date", "a new date")
    if posted.errors.keys() & {"way", "date"} or day is None:
        return []
    old = visit.timetable.read(trip[way])
    other = visit.timetable.read(trip["back" if way == "out" else "out"])
    if other and (day > other.day if way == "out" else day < other.day):
        posted.errors["date"] = "The return would be before the departure."
        return []
    riders = _passengers(visit, trip)
    seats = sum(one["kind"] != "infant" for one in riders)
    if old is None:
        return []
    fare, ages = visit.fares[trip["fare"]], visit.ages()
    found = []
    for one in visit.timetable.journeys(old.origin, old.target, day):
        fits = other is None or (leads_back(one, other) if way == "out" else leads_back(other, one))
        if fits and one.carrier["id"] == old.carrier["id"] and one.key != old.key and one.left >= seats:
            new = sum(fare.price(one.price, ages[rider["kind"]]) for rider in riders)
            found.append((one, *change_cost(fare, seats, trip[f"{way}_fares"], new)))
    return found


def _change(visit: Traveler, trip: Row, posted: Posted) -> Response:
    refused = _refused(visit, trip)
    offered = _offered(visit, trip, posted) if posted.values.get("date") is not None and not refused else None
    return visit.show(
        "trip_change.html",
        title=f"Change trip {trip['code']}",
        trip=trip,
        refused=refused,
        journeys=_journeys(visit, trip),
        fare=visit.fares[trip["fare"]],
        ways=_ways(trip),
        offered=offered,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/trips/<code>/change", post=True)
def changed(visit: Traveler, code: str) -> Response:
    """Take another journey, of the same carrier and at the same fare."""
    found, posted = _trip(visit, code), Posted(visit.form)
    if _refused(visit, found):
        return visit.go(f"/trips/{code}/change")
    offered = {one.key: sums for one, *sums in _offered(visit, found, posted)}
    if not posted.errors and posted.values.get("journey", "") not in offered:
        posted.errors["journey"] = "Choose a journey."
    if posted.errors:
        return _change(visit, found, posted)
    way, key = posted.values["way"], posted.values["journey"]
    fee, more = offered[key]
    visit.do(
        f"UPDATE trip SET {way} = ?, {way}_fares = {way}_fares + ?, changes = changes + ? WHERE id = ?",
        *(key, more, fee, found["id"]),
    )
    return visit.go(f"/trips/{code}", note="changed")


# Bags.


def _each(visit: Traveler, trip: Row) -> int:
    """What one more bag costs for all directions."""
    return sum(one.carrier["bag"] for one in _journeys(visit, trip))


@SITE.page("/trips/<code>/bags")
def bags(visit: Traveler, code: str) -> Response:
    """How many each takes."""
    if not visit.known:
        return visit.to_login()
    found = _trip(visit, code)
    return _bags(visit, found, Posted({f"bags-{one['id']}": str(one["bags"]) for one in _passengers(visit, found)}))


def _choices(passenger: Row) -> list[tuple[str, str]]:
    return [
        (str(n), counted(n, "checked bag") if n else "No checked bag") for n in range(passenger["bags"], MOST_BAGS + 1)
    ]


def _bags(visit: Traveler, trip: Row, posted: Posted) -> Response:
    people = _passengers(visit, trip)
    return visit.show(
        "trip_bags.html",
        title=f"Bags of trip {trip['code']}",
        trip=trip,
        ahead=ahead(visit, trip),
        most=MOST_BAGS,
        passengers=[(one, _choices(one)) for one in people],
        each=_each(visit, trip),
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/trips/<code>/bags", post=True)
def bags_posted(visit: Traveler, code: str) -> Response:
    """Take more; they are charged as the trip was paid."""
    found, posted = _trip(visit, code), Posted(visit.form)
    if not ahead(visit, found):
        return visit.go(f"/trips/{code}/bags")
    people = _passengers(visit, found)
    wanted = [posted.choice(f"bags-{one['id']}", "a number of bags", dict(_choices(one))) for one in people]
    if not posted.errors and all(int(n) == one["bags"] for n, one in zip(wanted, people, strict=True)):
        posted.errors[f"bags-{people[0]['id']}"] = "Choose more bags for at least one traveler."
    if posted.errors:
        return _bags(visit, found, posted)
    fare: Fare = visit.fares[found["fare"]]
    more = 0
    for number, one in zip(wanted, people, strict=True):
        each = _each(visit, found)
        more += bag_fee(fare, int(number), each) - bag_fee(fare, one["bags"], each)
        visit.do("UPDATE passenger SET bags = ? WHERE id = ?", int(number), one["id"])
    visit.do("UPDATE trip SET bags = bags + ? WHERE id = ?", more, found["id"])
    return visit.go(f"/trips/{code}", note="bags")
