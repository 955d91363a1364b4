"""Tasks about what was booked: cancel it, travel on another day, take more bags."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.travel.drawing import USER, Steps, ahead, moves, only, row, to_add, to_cancel, to_move
from scoutgym.envs.web.sites.travel.fares import MOST_BAGS
from scoutgym.envs.web.sites.travel.site import SITE
from scoutgym.envs.web.sites.travel.timetable import Timetable
from scoutgym.envs.web.world import WebTask


def manage(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Cancel a trip or a stay, travel on another day, take more bags."""
    return chance.choice((_cancel, _change, _bags, _leave))(databases[SITE.host], chance)


def _open(trip: Row, *links: str) -> Steps:
    return [["click", "link", "My trips"], ["click", "link", trip["code"]], *(["click", "link", one] for one in links)]


def _cancel(database: Database, chance: Chance) -> WebTask:
    trip = chance.choice(ahead(database, "fare != 'light'"))
    booked = len(database.rows("SELECT id FROM trip WHERE state = 'booked'"))
    steps = [
        *_open(trip, "Cancel trip"),
        ["check", "I want to cancel this trip"],
        ["click", "button", "Cancel this trip"],
    ]
    goals = [
        row("trip", id=trip["id"], state="cancelled"),
        row("trip", count=booked - 1, state="booked"),
        only("trip", "point"),
    ]
    return WebTask(to_cancel("trip", trip["code"]), {"all": goals}, steps)


def _change(database: Database, chance: Chance) -> WebTask:
    trip = chance.choice(ahead(database, "fare != 'light'"))
    new = chance.choice(moves(Timetable(database), trip, chance))
    steps = [
        *(*_open(trip, "Change date"), ["fill", "New date", str(new.day)], ["click", "button", "Show journeys"]),
        *(["check", new.numbers], ["click", "button", "Change trip"]),
    ]
    goals = [row("trip", id=trip["id"], out=new.key, back=trip["back"], state="booked"), only("trip")]
    return WebTask(to_move(trip, new), {"all": goals}, steps)


def _bags(database: Database, chance: Chance) -> WebTask:
    trip = chance.choice(ahead(database))
    riders = database.rows("SELECT * FROM passenger WHERE trip = ? ORDER BY id", trip["id"])
    one = chance.choice(riders)
    bags = one["bags"] + 1 + chance.below(MOST_BAGS - one["bags"])
    name, shown = f"{one['first']} {one['last']}", f"{bags} checked bag{'s' if bags > 1 else ''}"
    steps = [*_open(trip, "Add bags"), ["choose", f"Bags for {name}", shown], ["click", "button", "Add bags"]]
    goals = [row("passenger", id=other["id"], bags=bags if other is one else other["bags"]) for other in riders]
    return WebTask(to_add(trip, name, bags), {"all": [*goals, only("passenger", "trip")]}, steps)


def _leave(database: Database, chance: Chance) -> WebTask:
    trip = chance.choice(
        database.rows(
            "SELECT stay.* FROM stay JOIN room ON room.id = room WHERE person = ? AND free >= 0 "
            "AND date(arrives, '-' || free || ' days') >= (SELECT today FROM clock)",
            USER,
        )
    )
    booked = len(database.rows("SELECT id FROM stay WHERE state = 'booked'"))
    steps = [*_open(trip), ["click", "button", "Cancel this stay"]]
    goals = [row("stay", id=trip["id"], state="cancelled"), row("stay", count=booked - 1, state="booked"), only("stay")]
    return WebTask(to_cancel("stay", trip["code"]), {"all": goals}, steps)
