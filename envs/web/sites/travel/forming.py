"""Tasks that fill in a form: a traveler, a price alert, a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.travel import words
from scoutgym.envs.web.sites.travel.account import OFTEN
from scoutgym.envs.web.sites.travel.documents import DOCUMENTS
from scoutgym.envs.web.sites.travel.drawing import USER, only, row, somebody
from scoutgym.envs.web.sites.travel.help import TOPICS
from scoutgym.envs.web.sites.travel.site import SITE
from scoutgym.envs.web.sites.travel.timetable import HORIZON, Timetable
from scoutgym.envs.web.world import WebTask

SAID = {
    "trip": ("May I take my dog on board?", "I need a wheelchair at the gate.", "The ticket shows a wrong name."),
    "stay": ("May we arrive after midnight?", "Is there a lift to all floors?", "Please add a second key."),
    "refund": ("The refund has not arrived yet.", "How is the fee worked out?"),
    "account": ("My points are missing.", "I want to close my account."),
    "other": ("Do you sell gift cards?", "Do you book for groups of twenty?"),
}
"""What people write to the desk, by topic."""


def form(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Fill in a form: a traveler, a price alert, a message."""
    return chance.choice((_traveler, _alert, _message))(databases[SITE.host], chance)


def _traveler(database: Database, chance: Chance) -> WebTask:
    person = somebody(chance, Timetable(database).today, chance.choice(("adult", "adult", "child")))
    names = {kind: database.rows("SELECT code, name FROM extra WHERE kind = ?", kind) for kind in ("seat", "meal")}
    seat, meal, country = chance.choice(names["seat"]), chance.choice(names["meal"]), chance.choice(words.COUNTRIES)
    document = DOCUMENTS[person["document"]].name
    asked = (
        f"Save a new traveler in my account. First name: '{person['first']}'. Last name: '{person['last']}'. Date of "
        f"birth: '{person['born']}'. Citizen of: '{country}'. Document: '{document}', number '{person['number']}'. "
        f"Seat: '{seat['name']}'. Meal: '{meal['name']}'."
    )
    steps = [
        *(["click", "link", "My trips"], ["click", "link", "Travelers"], ["click", "link", "Add a traveler"]),
        *(["fill", "First name", person["first"]], ["fill", "Last name", person["last"]]),
        *(
            ["fill", "Date of birth", person["born"]],
            ["choose", "Citizen of", country],
            ["choose", "Document", document],
        ),
        *(
            ["fill", "Document number", person["number"]],
            ["choose", "Seat", seat["name"]],
            ["choose", "Meal", meal["name"]],
        ),
        ["click", "button", "Save traveler"],
    ]
    known = database.execute("SELECT count(*) FROM traveler WHERE person = ?", (USER,)).fetchone()[0]
    made = row("traveler", person, person=USER, country=country, seat=seat["code"], meal=meal["code"])
    return WebTask(asked, {"all": [made, row("traveler", count=known + 1, person=USER), only("traveler")]}, steps)


def _alert(database: Database, chance: Chance) -> WebTask:
    timetable = Timetable(database)
    known = database.execute("SELECT count(*) FROM alert WHERE person = ?", (USER,)).fetchone()[0]
    origin, target = chance.sample(list(timetable.cities.values()), 2)
    price, until = 20 + 5 * chance.below(50), timetable.today + timedelta(7 + chance.below(HORIZON - 8))
    often, shown = chance.choice(OFTEN)
    asked = (
        f"Set a price alert for journeys from '{origin['name']}' to '{target['name']}' below '{price}' dollars, up to "
        f"'{until}'. How often to look: '{shown}'."
    )
    steps = [
        *(["click", "link", "My trips"], ["click", "link", "Price alerts"]),
        *(["fill", "From", origin["name"]], ["fill", "To", target["name"]], ["fill", "Below ($)", str(price)]),
        *(["fill", "Last day of travel", str(until)], ["check", shown], ["click", "button", "Set alert"]),
    ]
    where = {"origin": origin["id"], "target": target["id"], "price": price * 100, "until": str(until), "often": often}
    goal = {"all": [row("alert", where, person=USER), row("alert", count=known + 1, person=USER), only("alert")]}
    return WebTask(asked, goal, steps)


def _message(database: Database, chance: Chance) -> WebTask:
    topic = chance.choice(list(SAID))
    text, shown, person = chance.choice(SAID[topic]), dict(TOPICS)[topic], people.person(chance)
    values = {"name": person.name, "email": person.email, "topic": topic, "text": text}
    asked = f"Write to the travel desk. Name: '{person.name}'. E-mail: '{person.email}'. Topic: '{shown}'. "
    steps = [
        *(["click", "link", "Contact"], ["fill", "Your name", person.name], ["fill", "E-mail address", person.email]),
        *(["choose", "Topic", shown], ["fill", "Message", text]),
    ]
    if topic in ("trip", "stay", "refund"):
        code = chance.choice(
            database.rows(f"SELECT code FROM {'stay' if topic == 'stay' else 'trip'} WHERE person = ?", USER)
        )
        asked += f"Booking code: '{code['code']}'. "
        steps.append(["fill", "Booking code", code["code"]])
        values["code"] = code["code"]
    goal = {"all": [row("message", values), row("message"), only("message")]}
    return WebTask(f"{asked}Message: '{text}'", goal, [*steps, ["click", "button", "Send message"]])
