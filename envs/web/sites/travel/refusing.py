"""Tasks that cannot be done: the right act is to say so, and to change nothing.

They are asked for in the words of those that can be done: what is wrong with them is found out at the desk.

A booking that was begun and left is no change: whoever does not know that children cannot travel alone may find out so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.travel import words
from scoutgym.envs.web.sites.travel.drawing import (
    ALONE,
    BEGUN,
    ahead,
    ends,
    moves,
    one_way,
    only,
    served,
    some_day,
    to_add,
    to_cancel,
    to_move,
    trips,
    wanted,
)
from scoutgym.envs.web.sites.travel.fares import MOST_BAGS, MOST_TRAVELERS
from scoutgym.envs.web.sites.travel.network import CITIES
from scoutgym.envs.web.sites.travel.search import Party
from scoutgym.envs.web.sites.travel.site import SITE
from scoutgym.envs.web.sites.travel.timetable import HORIZON, Timetable
from scoutgym.envs.web.world import WebTask


def refuse(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """What the desk does not do."""
    asked = chance.choice(ASKED)(databases[SITE.host], chance)
    goal = {"all": [{"refused": True}, only(*BEGUN)]}
    return WebTask(asked, goal, [["refuse", "it cannot be done"]])


def _cheapest(way: str, party: Party = ALONE, mode: str = "journey") -> str:
    return wanted(f"the cheapest {mode}", way, party)


def _unserved(database: Database, chance: Chance) -> str:
    """To a city without airport and station, or to one that the desk does not know."""
    timetable = Timetable(database)
    names = [city["name"] for city in timetable.cities.values()]
    origin = chance.choice(names[: CITIES - 1])
    target = names[-1] if chance.below(2) else chance.choice([one for one in words.CITIES if one not in names])
    return _cheapest(f"from '{origin}' to '{target}' on '{some_day(timetable, chance)}', one way")


def _by_train(database: Database, chance: Chance) -> str:
    """By train, where only flights go, or the other way round."""
    found = served(Timetable(database), chance, lambda found: len({one.carrier["mode"] for one in found}) == 1)
    return _cheapest(one_way(found[0]), mode="train" if found[0].carrier["mode"] == "flight" else "flight")


def _past(database: Database, chance: Chance) -> str:
    timetable = Timetable(database)
    return _cheapest(one_way(served(timetable, chance)[0], timetable.today - timedelta(1 + chance.below(40))))


def _late(database: Database, chance: Chance) -> str:
    """After the end of the timetable."""
    timetable = Timetable(database)
    return _cheapest(one_way(served(timetable, chance)[0], timetable.today + timedelta(HORIZON + 5 + chance.below(60))))


def _back(database: Database, chance: Chance) -> str:
    """Back before one is there."""
    timetable = Timetable(database)
    there = timetable.today + timedelta(8 + chance.below(20))
    back = there - timedelta(1 + chance.below(6))
    way = f"{ends(served(timetable, chance)[0])}, there on '{there}' and back on '{back}'"
    return wanted("the cheapest return journey", way, ALONE)


def _party(database: Database, chance: Chance) -> str:
    """Children alone, two infants with one adult, or too many."""
    adults = MOST_TRAVELERS + 1 + chance.below(5)
    party = chance.choice((Party(0, 1), Party(0, 2), Party(1, 0, 2), Party(adults), Party(4, MOST_TRAVELERS - 2)))
    return _cheapest(one_way(served(Timetable(database), chance)[0]), party)


def _not_refunded(database: Database, chance: Chance) -> str:
    return to_cancel("trip", chance.choice(ahead(database, "fare = 'light'"))["code"])


def _departed(database: Database, chance: Chance) -> str:
    found = trips(database, "state = 'booked' AND substr(out, 1, 10) <= (SELECT today FROM clock)")
    return to_cancel("trip", chance.choice(found)["code"])


def _fixed(database: Database, chance: Chance) -> str:
    """Another day at a fare that allows none."""
    trip = chance.choice(ahead(database, "fare = 'light'"))
    return to_move(trip, chance.choice(moves(Timetable(database), trip, chance)))


def _heavy(database: Database, chance: Chance) -> str:
    """More bags than anybody may take."""
    trip = chance.choice(ahead(database))
    one = chance.choice(database.rows("SELECT * FROM passenger WHERE trip = ?", trip["id"]))
    return to_add(trip, f"{one['first']} {one['last']}", MOST_BAGS + 1 + chance.below(3))


def _bound(database: Database, chance: Chance) -> str:
    """A room that cannot be cancelled."""
    found = database.rows(
        "SELECT code FROM stay JOIN room ON room.id = room WHERE free < 0 AND state = 'booked' "
        "AND arrives > (SELECT today FROM clock)",
    )
    return to_cancel("stay", chance.choice(found)["code"])


ASKED: tuple[Callable[[Database, Chance], str], ...] = (
    *(_unserved, _by_train, _past, _late, _back, _party, _not_refunded, _departed, _fixed, _heavy, _bound),
)
"""All that cannot be done."""
