"""Tasks that ask for a fact: the answer is a message, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.travel.drawing import USER, Steps, ahead, ends, fares, named, searched, served, told
from scoutgym.envs.web.sites.travel.fares import cancelled, level, money
from scoutgym.envs.web.sites.travel.hotels import free_until
from scoutgym.envs.web.sites.travel.site import SITE, clock, day, lasting
from scoutgym.envs.web.sites.travel.timetable import Timetable
from scoutgym.envs.web.world import WebTask

MINE: Steps = [["click", "link", "My trips"]]


def answer(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Find a fact and tell it."""
    return chance.choice(ASKED)(databases[SITE.host], chance)


def _layover(database: Database, chance: Chance) -> WebTask:
    found = served(Timetable(database), chance, lambda found: any(one.stops == 1 for one in found))
    journey = chance.choice([one for one in found if one.stops == 1])
    ((city, minutes),) = journey.layovers
    asked = f"I want to take {named(journey)}. How many minutes is the layover in {city}?"
    return told(asked, [{"number": minutes}, {"text": lasting(minutes)}], str(minutes), searched(journey))


def _arrival(database: Database, chance: Chance) -> WebTask:
    journey = chance.choice(served(Timetable(database), chance))
    asked, shown = f"I want to take {named(journey)}. When does it arrive, as hh:mm?", clock(journey.arrives)[:5]
    if journey.stops:
        asked = f"I want to take {named(journey)}. When do I arrive at the end, as hh:mm?"
    return told(asked, [{"text": shown}], shown, searched(journey))


def _price(database: Database, chance: Chance) -> WebTask:
    found = served(Timetable(database), chance, lambda found: len(found) > 1)
    best = min(one.price for one in found)
    asked = (
        f"What is the lowest price of a journey {ends(found[0])} on '{found[0].day}', one way for one adult in economy "
        "class, in dollars and without the booking fee?"
    )
    return told(asked, [{"number": best / 100}], money(best), searched(found[0]))


def _weekdays(database: Database, chance: Chance) -> WebTask:
    timetable = Timetable(database)
    line = chance.choice(timetable.lines(timetable.today))
    count = line["days"].bit_count()
    what = "flight" if timetable.carriers[line["carrier"]]["mode"] == "flight" else "train"
    origin, target = line["origin_name"], line["target_name"]
    asked = f"On how many days of the week does the {what} '{line['number']}' run, from '{origin}' to '{target}'?"
    steps = [["click", "link", "Timetable"], ["fill", "From", origin], ["fill", "To", target]]
    return told(asked, [{"number": count}], str(count), [*steps, ["click", "button", "Show timetable"]])


def _carrier(database: Database, chance: Chance) -> WebTask:
    one = chance.choice(database.rows("SELECT * FROM carrier"))
    page, what, value = chance.choice(
        (
            ("Baggage", "How many kilograms may a cabin bag have with '{}'?", one["cabin"]),
            ("Baggage", "How many kilograms may a checked bag have with '{}'?", one["bag_kilos"]),
            ("Baggage", "What does an extra bag cost with '{}', in dollars for one direction?", one["bag"] / 100),
            ("Check-in", "How many hours before departure does check-in open with '{}'?", one["opens"]),
            ("Check-in", "How many minutes before departure does check-in close with '{}'?", one["closes"]),
        )
    )
    text = money(one["bag"]) if "cost" in what else str(value)
    return told(what.format(one["name"]), [{"number": value}], text, [["click", "link", page]])


def _desk(database: Database, chance: Chance) -> WebTask:
    desk = database.rows("SELECT * FROM desk")[0]
    links, asked, value = chance.choice(
        (
            (["Refunds"], "Within how many days does the travel desk pay a refund?", desk["refund_days"]),
            (
                ["Help", "Payment"],
                "Within how many days must I pay an invoice of the travel desk?",
                desk["invoice_days"],
            ),
            (["Contact"], "Within how many hours does the travel desk answer a message?", desk["answer_hours"]),
            (
                ["Help", "Children and documents"],
                "How much of the fare does a child of seven years pay, in percent?",
                desk["child"],
            ),
        )
    )
    return told(asked, [{"number": value}], str(value), [["click", "link", one] for one in links])


def _fee(database: Database, chance: Chance) -> WebTask:
    trip = chance.choice(ahead(database, "fare != 'light'"))
    fees = trip["out_fares"] + trip["back_fares"], trip["extras"] + trip["bags"]
    sums = cancelled(fares(database)[trip["fare"]].keep, *fees, trip["insurance"] == "full")
    what, value = chance.choice(
        (
            ("What is the cancellation fee of", sums[0]),
            ("How much would the travel desk pay back if I cancelled", sums[1]),
        )
    )
    steps = [*MINE, ["click", "link", trip["code"]], ["click", "link", "Cancel trip"]]
    asked = f"{what} my trip '{trip['code']}', in dollars? Do not cancel it."
    return told(asked, [{"number": value / 100}], money(value), steps)


def _bags(database: Database, chance: Chance) -> WebTask:
    trip = chance.choice(ahead(database))
    one = chance.choice(database.rows("SELECT * FROM passenger WHERE trip = ?", trip["id"]))
    asked = f"How many checked bags does '{one['first']} {one['last']}' have on my trip '{trip['code']}'?"
    return told(asked, [{"number": one["bags"]}], str(one["bags"]), [*MINE, ["click", "link", trip["code"]]])


def _deadline(database: Database, chance: Chance) -> WebTask:
    stay: Row = database.rows(
        "SELECT stay.*, free FROM stay JOIN room ON room.id = room WHERE person = ? AND free >= 0 "
        "AND arrives > (SELECT today FROM clock)",
        USER,
    )[0]
    until = free_until(stay, date.fromisoformat(stay["arrives"]))
    assert until is not None
    shown = day(until)
    said = [shown, shown.split(", ", 1)[1], until.isoformat(), f"{until.day} {until:%B} {until.year}"]
    asked = f"Until which date can I cancel my stay '{stay['code']}' free of charge? Name day, month and year."
    return told(asked, [{"text": one} for one in said], shown, [*MINE, ["click", "link", stay["code"]]])


def _points(database: Database, chance: Chance) -> WebTask:
    points = database.rows("SELECT sum(points) AS n FROM point WHERE person = ?", USER)[0]["n"]
    steps = [*MINE, ["click", "link", "Points"]]
    if chance.below(2):
        return told("How many points do I have in the club?", [{"number": points}], str(points), steps)
    name = level(points)[0]
    return told("What is my level in the club?", [{"text": name}], name, steps)


def _city(database: Database, chance: Chance) -> WebTask:
    served_ = "id IN (SELECT origin FROM line)"
    city = chance.choice(database.rows(f"SELECT * FROM city WHERE {served_}"))
    steps = [["click", "link", "Destinations"], ["click", "link", f"{city['name']} {city['code']}"]]
    if chance.below(2):
        asked = f"How many minutes does it take from the airport of '{city['name']}' to the center?"
        return told(asked, [{"number": city["transfer"]}], str(city["transfer"]), steps)
    asked = f"What is the name of the airport of '{city['name']}'?"
    return told(asked, [{"text": city["airport"]}], city["airport"], steps)


def _house(database: Database, chance: Chance) -> WebTask:
    hotel = chance.choice(
        database.rows("SELECT hotel.*, city.name AS place, code FROM hotel JOIN city ON city.id = city")
    )
    asked, value = chance.choice(
        (("Until what time must I check out of", hotel["closes"]), ("From what time can I check in at", hotel["opens"]))
    )
    steps = [["click", "link", "Destinations"], ["click", "link", f"{hotel['place']} {hotel['code']}"]]
    asked = f"{asked} the hotel '{hotel['name']}' in '{hotel['place']}', as hh:mm?"
    shown = clock(value * 60)
    return told(asked, [{"text": shown}], shown, [*steps, ["click", "link", hotel["name"]]])


ASKED: tuple[Callable[[Database, Chance], WebTask], ...] = (
    *(_layover, _arrival, _price, _weekdays, _carrier, _desk, _fee, _bags, _deadline, _points, _city, _house),
)
"""All that may be asked for."""
