"""What all tasks of the travel desk are drawn with: journeys that there are, goals, steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.posted import luhn
from scoutgym.envs.web.sites.travel.documents import some_number
from scoutgym.envs.web.sites.travel.fares import Fare
from scoutgym.envs.web.sites.travel.hotels import Nights
from scoutgym.envs.web.sites.travel.search import Party
from scoutgym.envs.web.sites.travel.site import SITE
from scoutgym.envs.web.sites.travel.timetable import HORIZON, Journey, Timetable
from scoutgym.envs.web.world import WebTask

Steps = list[list[str]]
ALONE = Party()
USER = 1
"""The person who is logged in."""
BEGUN = ("draft", "rider")
"""Tables of a booking that is not finished."""


def some_day(timetable: Timetable, chance: Chance) -> date:
    """A day that can be booked."""
    return timetable.today + timedelta(2 + chance.below(HORIZON - 3))


def served(timetable: Timetable, chance: Chance, fits: Callable[[list[Journey]], bool] = bool) -> list[Journey]:
    """All journeys between two cities on a day, such that they fit; as the results list them for one adult."""
    while True:
        day = some_day(timetable, chance)
        line = chance.choice(timetable.lines(day))
        target = chance.choice(timetable.lines(day))["target"]
        if target != line["origin"]:
            found = timetable.journeys(line["origin"], target, day)
            if found and fits(found):
                return found


def some_room(database: Database, timetable: Timetable, chance: Chance) -> tuple[Row, Nights]:
    """A room, with its hotel, and nights when it is free."""
    rooms = database.rows(
        "SELECT room.*, hotel.name AS house, hotel.id AS hotel, hotel.about, city.name AS place FROM room "
        "JOIN hotel ON hotel.id = hotel JOIN city ON city.id = city",
    )
    while True:
        room, arrives = chance.choice(rooms), some_day(timetable, chance)
        nights = Nights(arrives, arrives + timedelta(1 + chance.below(5)), 1 + chance.below(room["sleeps"]), 1)
        if nights.fits(room):
            return room, nights


def some_card(chance: Chance) -> str:
    """A number that no card has (none begins with 9), with the right last digit."""
    body = "9" + "".join(str(chance.below(10)) for _ in range(14))
    return next(f"{body}{last}" for last in range(10) if luhn(f"{body}{last}"))


def called(journey: Journey) -> str:
    """From where to where, with numbers, as a task says it."""
    what = "flight" if journey.carrier["mode"] == "flight" else "train"
    numbers = " and ".join(f"'{leg['number']}'" for leg in journey.legs)
    return f"the {what}{'s' * (journey.stops > 0)} {numbers} {ends(journey)}"


def named(journey: Journey) -> str:
    """And on which day."""
    return f"{called(journey)} on '{journey.day}'"


def ends(journey: Journey) -> str:
    """From where to where."""
    return f"from '{journey.legs[0]['origin_name']}' to '{journey.legs[-1]['target_name']}'"


def wanted(which: str, way: str, party: Party) -> str:
    """To find something and save it: the same words for what can be done and for what cannot.

    Args:
        which: the best of what.
        way: from where to where, and when.
        party: who travels.
    """
    who = party.shown.replace(", ", " and ")
    return f"Find {which} {way}, for {who} in economy class, and save it to my watch list, and nothing else."


def one_way(journey: Journey, day: date | None = None) -> str:
    """From where to where, and when."""
    return f"{ends(journey)} on '{day or journey.day}', one way"


def to_cancel(what: str, code: str) -> str:
    """To cancel a trip or a stay, in the same words whether that can be done or not."""
    return f"Cancel my {what} '{code}' for a refund. I accept the fee that there may be."


def to_move(trip: Row, new: Journey) -> str:
    """To travel on another day, in the same words whether that can be done or not."""
    numbers = " and ".join(f"'{leg['number']}'" for leg in new.legs)
    return f"Move the outward journey of my trip '{trip['code']}' to '{new.day}', with {numbers}. I accept the cost."


def to_add(trip: Row, name: str, bags: int) -> str:
    """To take more bags, in the same words whether that can be done or not."""
    shown = f"{bags} checked bag{'s' if bags > 1 else ''}"
    return f"Add bags to my trip '{trip['code']}', so that '{name}' has '{shown}' in all. Nobody else needs more."


def moves(timetable: Timetable, trip: Row, chance: Chance) -> list[Journey]:
    """Other journeys for the first of a trip, on some day before that of the return."""
    old = timetable.read(trip["out"])
    assert old is not None
    while True:
        day = some_day(timetable, chance)
        if day != old.day and (not trip["back"] or str(day) < trip["back"][:10]):
            found = timetable.journeys(old.origin, old.target, day)
            kept = [one for one in found if one.carrier["id"] == old.carrier["id"] and one.left > 1]
            if kept:
                return kept


def searched(journey: Journey, party: Party = ALONE, back: Journey | None = None) -> Steps:
    """From the first page to the results."""
    steps = [
        *([["check", "Return"]] if back else []),
        ["fill", "From", journey.legs[0]["origin_name"]],
        ["fill", "To", journey.legs[-1]["target_name"]],
        ["fill", "Departure date", str(journey.day)],
        *([["fill", "Return date", str(back.day)]] if back else []),
        *([["fill", "Adults (12 and older)", str(party.adults)]] if party.adults > 1 else []),
        *([["fill", "Children (2 to 11)", str(party.children)]] if party.children else []),
        *([["fill", "Infants (under 2)", str(party.infants)]] if party.infants else []),
    ]
    return [*steps, ["click", "button", "Search"]]


def chosen(journey: Journey, party: Party = ALONE) -> Steps:
    """From the first page to an offer."""
    return [*searched(journey, party), ["click", "link", f"Choose {journey.numbers}"]]


def fares(database: Database) -> dict[str, Fare]:
    """By code."""
    found = database.rows("SELECT code, name, cabin, percent, bags, change, keep FROM fare ORDER BY id")
    return {row["code"]: Fare(**row) for row in found}


def trips(database: Database, where: str) -> list[Row]:
    """The user's, those of some."""
    return database.rows(f"SELECT * FROM trip WHERE person = {USER} AND {where}")


def ahead(database: Database, where: str = "1") -> list[Row]:
    """The user's that are still to come."""
    return trips(database, f"state = 'booked' AND substr(out, 1, 10) > (SELECT today FROM clock) AND {where}")


def somebody(chance: Chance, today: date, kind: str = "adult") -> Row:
    """Somebody who may travel, with a document."""
    years = 18 + chance.below(60) if kind == "adult" else 3 + chance.below(7)
    born = today - timedelta(years * 365 + 40 + chance.below(300))
    document = chance.choice(("passport", "identity") if kind == "adult" else ("passport", "birth"))
    return {
        "first": chance.choice(people.FIRST),
        "last": chance.choice(people.LAST),
        "born": born.isoformat(),
        "document": document,
        "number": some_number(document, chance),
    }


def row(table: str, where: Mapping[str, Any] | None = None, count: int = 1, **more: Any) -> Goal:
    """That so many rows of a table are so."""
    return {"rows": {"host": SITE.host, "table": table, "where": {**(where or {}), **more}, "count": count}}


def only(*tables: str) -> Goal:
    """That nothing else is changed."""
    return {"only": {SITE.host: list(tables)}}


def told(asked: str, said: Sequence[Mapping[str, Any]], text: str, to: Sequence[Sequence[str]]) -> WebTask:
    """A question: any of the answers will do, and nothing is changed."""
    goal = {"all": [{"any": [{"said": one} for one in said]}, only()]}
    return WebTask(asked, goal, [*to, ["say", text]])
