"""Tasks that book: a trip for two, a room in a hotel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.travel import words
from scoutgym.envs.web.sites.travel.documents import DOCUMENTS
from scoutgym.envs.web.sites.travel.drawing import (
    BEGUN,
    USER,
    Steps,
    chosen,
    fares,
    named,
    only,
    row,
    served,
    some_card,
    some_room,
    somebody,
)
from scoutgym.envs.web.sites.travel.search import Party
from scoutgym.envs.web.sites.travel.site import SITE
from scoutgym.envs.web.sites.travel.site import named as priced
from scoutgym.envs.web.sites.travel.timetable import Timetable
from scoutgym.envs.web.world import WebTask


def _paid(chance: Chance, today: date) -> tuple[str, str, Steps]:
    """How to pay: in words, as it is kept, as steps."""
    if chance.below(3):
        return "I pay by invoice.", "invoice", [["check", "Pay later by invoice"]]
    card, expires, code = (
        some_card(chance),
        f"{1 + chance.below(12):02}/{today.year % 100 + 2}",
        f"{100 + chance.below(900)}",
    )
    words_ = f"I pay by credit card, number '{card}', which expires '{expires}' and has the security code '{code}'."
    steps = [["fill", "Card number", card], ["fill", "Expires (MM/YY)", expires], ["fill", "Security code", code]]
    return words_, f"card {card[-4:]}", steps


def book(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Book a trip for two: the steps from the search to the confirmation."""
    database = databases[SITE.host]
    timetable = Timetable(database)
    journey = chance.choice(served(timetable, chance, lambda found: all(one.left > 1 for one in found)))
    fare = chance.choice([one for one in fares(database).values() if one.cabin == "economy"])
    riders, who, steps = _riders(database, chance, timetable.today)
    steps = [
        *(*chosen(journey, Party(2)), ["check", fare.name], ["click", "button", "Book this trip"]),
        *(*steps, ["click", "button", "Continue to options"]),
    ]
    extras = {kind: database.rows("SELECT * FROM extra WHERE kind = ?", kind) for kind in ("seat", "meal", "insurance")}
    wishes = []
    for one in riders:
        one |= {"kind": "adult", "seat": "any", "meal": "none", "bags": fare.bags}
        wish, name = chance.choice(("seat", "meal", "bags")), f"{one['first']} {one['last']}"
        if wish == "bags":
            one["bags"] = fare.bags + 1
            shown = f"{one['bags']} checked bag{'s' if one['bags'] > 1 else ''}"
            wishes.append(f"{one['first']} takes '{shown}' in all")
            steps.append(["choose", f"Bags for {name}", shown])
        else:
            option = chance.choice([one for one in extras[wish] if one["price"] and one["code"] != "kids"])
            one[wish] = option["code"]
            wishes.append(f"{one['first']} gets the {wish} '{option['name']}'")
            steps.append(["choose", f"{wish.title()} for {name}", priced(option)])
    insurance = chance.choice(extras["insurance"])
    paid, kept, pay = _paid(chance, timetable.today)
    steps += [["check", priced(insurance)]] if insurance["price"] else []
    steps += [
        *(["click", "button", "Continue to contact"], ["click", "button", "Continue to payment"], *pay),
        *(["click", "button", "Continue to review"], ["check", "I accept the terms and the fare rules"]),
        ["click", "button", "Book and pay"],
    ]
    asked = (
        f"Book {named(journey)}, one way in economy class, for two adults: {who}. Fare for both: '{fare.name}'. "
        f"{', and '.join(wishes)}; apart from that no extras. "
        f"Insurance: '{insurance['name']}'. {paid}"
    )
    trip, count = database.execute("SELECT max(id), count(*) FROM trip").fetchone()
    where = {"out": journey.key, "back": "", "fare": fare.code, "insurance": insurance["code"], "payment": kept}
    goals: list[Goal] = [row("trip", where, id=trip + 1, person=USER, state="booked"), row("trip", count=count + 1)]
    goals += [row("passenger", one, trip=trip + 1) for one in riders]
    goals += [row("passenger", count=2, trip=trip + 1), only(*BEGUN, "trip", "passenger", "point")]
    return WebTask(asked, {"all": goals}, steps)


def _riders(database: Database, chance: Chance, today: date) -> tuple[list[Row], str, Steps]:
    """Two adults, saved or not: their rows, in words, and the steps."""
    saved = chance.below(3)
    found: list[Row] = []
    said: list[str] = []
    steps: Steps = []
    for place in (1, 2):
        if place <= saved:
            known = database.rows(
                "SELECT first, last, born, document, number FROM traveler WHERE person = ? AND document != 'birth' "
                "ORDER BY id LIMIT 1 OFFSET ?",
                *(USER, place - 1),
            )[0]
            said.append(f"'{known['first']} {known['last']}', who is saved in my account")
            steps.append(["choose", f"Saved traveler {place}", f"{known['first']} {known['last']}"])
            found.append(dict(known))
            continue
        one = somebody(chance, today)
        while any(one["first"] == other["first"] for other in found):
            one = somebody(chance, today)
        kind = DOCUMENTS[one["document"]].name
        said.append(
            f"first name '{one['first']}', last name '{one['last']}', born on '{one['born']}', with the document "
            f"'{kind}', number '{one['number']}'"
        )
        steps += [
            *(["fill", f"First name {place}", one["first"]], ["fill", f"Last name {place}", one["last"]]),
            *(["fill", f"Date of birth {place}", one["born"]], ["choose", f"Document {place}", kind]),
            ["fill", f"Document number {place}", one["number"]],
        ]
        found.append(dict(one))
    return found, "; and ".join(said), steps


def stay(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Book a room in a hotel."""
    database = databases[SITE.host]
    timetable = Timetable(database)
    room, nights = some_room(database, timetable, chance)
    wish = chance.choice(("", *words.WISHES))
    paid, kept, pay = _paid(chance, timetable.today)
    asked = (
        f"Book the '{room['name']}' of the '{room['house']}' in '{room['place']}' from '{nights.arrives}' to "
        f"'{nights.leaves}', one room for {nights.guests} {'guest' if nights.guests == 1 else 'guests'}, in my name. "
        f"{f'''Wishes: '{wish}' ''' if wish else ''}{paid}"
    )
    steps = [
        *(["click", "link", "Hotels"], ["fill", "City", room["place"]], ["fill", "Arrival", str(nights.arrives)]),
        ["fill", "Departure", str(nights.leaves)],
        *([["fill", "Guests", str(nights.guests)]] if nights.guests != 2 else []),
        *(
            ["click", "button", "Search hotels"],
            ["click", "link", room["house"]],
            ["click", "link", f"Book {room['name']}"],
        ),
        *([["fill", "Wishes (optional)", wish]] if wish else []),
        *(*pay, ["check", "I accept the terms and the cancellation rule"], ["click", "button", "Book and pay"]),
    ]
    number, count = database.execute("SELECT max(id), count(*) FROM stay").fetchone()
    name = database.rows("SELECT name FROM person WHERE id = ?", USER)[0]["name"]
    where = {"arrives": str(nights.arrives), "leaves": str(nights.leaves), "guests": nights.guests, "rooms": 1}
    where |= {"room": room["id"], "name": name, "wish": wish, "payment": kept, "state": "booked"}
    goal = {"all": [row("stay", where, id=number + 1, person=USER), row("stay", count=count + 1), only("stay")]}
    return WebTask(asked, goal, steps)
