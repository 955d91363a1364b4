"""Tasks in the office: each kind draws one from what the database holds, with a goal over it and a script that does it.

Forms are in `tasks_forms` and `tasks_clinic`, transfers, events and messages in `tasks_deeds`, what cannot be done in
`tasks_refuse`.
"""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.office.asked import Steps, found, menu, today, told
from scoutgym.envs.web.sites.office.leave import rest
from scoutgym.envs.web.sites.office.site import MENUS, PARTS, SITE, day, money, weekday
from scoutgym.envs.web.sites.office.tasks_clinic import book, questionnaire
from scoutgym.envs.web.sites.office.tasks_deeds import event, transfer, write
from scoutgym.envs.web.sites.office.tasks_forms import claim, request
from scoutgym.envs.web.sites.office.tasks_refuse import refuse
from scoutgym.envs.web.world import WebTask

__all__ = [
    "answer",
    "book",
    "claim",
    "event",
    "find",
    "questionnaire",
    "reach",
    "refuse",
    "request",
    "transfer",
    "write",
]

RULES = (
    ("expenses", "expense_days", "How many days back may an expense claim go?"),
    ("expenses", "mileage", "How many cents a kilometer does my employer pay for a private car?"),
    ("leave", "leave_notice", "How many days before the first day must I ask for leave?"),
    ("leave", "carry_days", "How many days of leave may I carry over into the next year?"),
    ("leave", "certificate_from", "From how many days of sickness on do I need a certificate?"),
    ("work", "remote_days", "How many days a week may I work from home?"),
    ("work", "password_days", "After how many days must I change my password?"),
    ("insurance", "claim_days", "Within how many days must damage be reported to the insurer?"),
    ("clinic", "repeat_days", "How many working days does a prescription take at most?"),
    ("clinic", "cancel_days", "Up to how many days before an appointment at the clinic may I cancel it?"),
)
"""Numbers on the help pages: which page, which column of the firm, and the question."""

TITLES = {
    "leave": "Leave and absence",
    "expenses": "Expenses",
    "work": "Working hours and IT",
    "insurance": "Insurance",
    "clinic": "Clinic",
}


def reach(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Show a page: of a part of the office, a colleague, a document, a policy."""
    database = databases[SITE.host]
    what = chance.below(4)
    if what == 0:
        part = chance.choice(list(MENUS))
        name, path = chance.choice(MENUS[part])
        return WebTask(f"Open the page '{name}' of '{PARTS[part]}'.", {"at": {"path": path}}, menu(PARTS[part], name))
    if what == 1:
        who = chance.choice(database.rows("SELECT id, name FROM colleague WHERE id > 1"))
        asked, path = f"Show me the page of my colleague '{who['name']}'.", f"/people/{who['id']}"
        return WebTask(asked, {"at": {"path": path}}, found(who["name"]))
    if what == 2:
        paper = chance.choice(database.rows("SELECT id, title FROM document"))
        asked, path = f"Open the document '{paper['title']}'.", f"/documents/{paper['id']}"
        return WebTask(asked, {"at": {"path": path}}, menu("Documents", paper["title"]))
    policy = chance.choice(database.rows("SELECT kind, number FROM policy"))
    asked, path = f"Show me what my '{policy['kind']}' policy covers.", f"/insurance/policies/{policy['number']}"
    return WebTask(asked, {"at": {"path": path}}, menu("Insurance", f"{policy['kind']} policy {policy['number']}"))


def find(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Open the page of what fits a description best."""
    database = databases[SITE.host]
    what = chance.below(5)
    if what == 0:
        column, word = chance.choice((("deductible", "deductible"), ("most", "limit"), ("premium", "premium")))
        best = _best(database.rows("SELECT *, kind AS shown FROM policy"), column, chance)
        if best is not None:
            row, side = best
            asked = f"Open the page of my insurance policy with the {side} {word}."
            path = f"/insurance/policies/{row['number']}"
            return WebTask(asked, {"at": {"path": path}}, menu("Insurance", f"{row['kind']} policy {row['number']}"))
    if what == 1:
        best = _best(database.rows("SELECT * FROM course WHERE seats AND day > ?", today(database)), "price", chance)
        if best is not None:
            row, side = best
            side = {"highest": "most expensive", "lowest": "cheapest"}[side]
            asked = f"Open the page of the {side} training course that is still to come and has free seats."
            return WebTask(
                asked, {"at": {"path": f"/hr/courses/{row['id']}"}}, menu("HR", "Training courses", row["title"])
            )
    if what == 2:
        sql = "SELECT doctor AS id, name, min(day || time) AS free FROM slot JOIN doctor ON doctor.id = doctor "
        sql += "WHERE NOT taken GROUP BY 1"
        best = _best(database.rows(sql), "free", chance, "earliest")
        if best is not None:
            asked = "Open the page of the doctor of the clinic who has the earliest free time."
            path = f"/clinic/doctors/{best[0]['id']}"
            return WebTask(asked, {"at": {"path": path}}, menu("Clinic", "Doctors and appointments", best[0]["name"]))
    if what == 3:
        sql = "SELECT id, other, -amount AS paid FROM booking WHERE amount < 0 AND other = ?"
        other = chance.choice(
            database.rows("SELECT other FROM booking WHERE amount < 0 GROUP BY 1 HAVING count(DISTINCT amount) > 1")
        )
        best = _best(database.rows(sql, other["other"]), "paid", chance)
        if best is not None:
            row, side = best
            asked = f"Open the booking of the {side} amount that I paid to '{row['other']}'."
            return WebTask(
                asked, {"at": {"path": f"/bank/bookings/{row['id']}"}}, [["goto", f"/bank/bookings/{row['id']}"]]
            )
    who = chance.choice(database.rows("SELECT * FROM colleague WHERE id > 2 AND manager > 1"))
    boss = database.value("SELECT name FROM colleague WHERE id = ?", who["manager"])
    steps = [*found(who["name"]), ["click", "link", boss]]
    return WebTask(
        f"Show me the page of the manager of '{who['name']}'.", {"at": {"path": f"/people/{who['manager']}"}}, steps
    )


def _best(all_: list[Row], column: str, chance: Chance, side: str = "") -> tuple[Row, str] | None:
    """The row with the highest or lowest value, where it is the only one."""
    side = side or chance.choice(("highest", "lowest"))
    ordered = sorted(all_, key=lambda row: row[column], reverse=side == "highest")
    if len(ordered) < 2 or ordered[0][column] == ordered[1][column]:
        return None
    return ordered[0], side


def answer(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Find a fact and tell it."""
    database = databases[SITE.host]
    what = chance.below(9)
    if what == 0:
        left = rest(database, today(database))["left"] / 2
        return told(
            "How many days of vacation do I have left this year?",
            {"number": left},
            f"{left:g}",
            menu("HR", "Your leave"),
        )
    if what in (1, 2):
        page, column, asked = chance.choice(RULES)
        number = database.value(f"SELECT {column} FROM firm")
        return told(asked, {"number": number}, str(number), menu("Help", f"Help: {TITLES[page]}"))
    if what == 3:
        policy = chance.choice(database.rows("SELECT * FROM policy"))
        column, word = chance.choice((("deductible", "deductible"), ("most", "limit"), ("premium", "monthly premium")))
        asked = f"What is the {word} of my '{policy['kind']}' policy, in dollars?"
        to = menu("Insurance", f"{policy['kind']} policy {policy['number']}")
        return told(asked, {"number": policy[column] / 100}, money(policy[column]), to)
    if what == 4:
        policy = chance.choice(database.rows("SELECT * FROM policy"))
        asked = f"Name one thing that my '{policy['kind']}' policy does not cover, as its page has it."
        named = policy["excludes"].split("|")
        return told(asked, named, named[0], menu("Insurance", f"{policy['kind']} policy {policy['number']}"))
    if what == 5:
        coming = database.rows(
            "SELECT * FROM appointment WHERE state = 'booked' AND day >= ? ORDER BY day, time",
            today(database),
        )[0]
        ways = [coming["day"], day(coming["day"]), weekday(coming["day"])]
        asked = "On which day is my next appointment at the clinic? Say it as the page has it, or as year-month-day."
        return told(asked, ways, ways[1], menu("Clinic", "Your appointments"))
    if what == 6:
        who = chance.choice(database.rows("SELECT * FROM colleague WHERE id > 1"))
        column = chance.choice(("room", "phone", "email"))
        word = {"room": "room number", "phone": "phone number at work", "email": "e-mail address at work"}[column]
        return told(f"What is the {word} of '{who['name']}'?", {"text": who[column]}, who[column], found(who["name"]))
    if what == 7:
        other = chance.choice(
            database.rows("SELECT other, -sum(amount) AS paid FROM booking WHERE amount < 0 GROUP BY 1")
        )
        asked = f"How much did I pay to '{other['other']}' altogether, in dollars? Take all bookings of the statement."
        steps: Steps = [
            *menu("Bank", "Statement"),
            ["fill", "Name or purpose", other["other"]],
            ["click", "button", "Apply"],
        ]
        return told(asked, {"number": other["paid"] / 100}, money(other["paid"]), steps)
    doctor = chance.choice(database.rows("SELECT * FROM doctor"))
    asked = f"What is the name of the doctor of the clinic for '{doctor['field']}'?"
    return told(
        asked, {"text": doctor["name"].removeprefix("Dr. ")}, doctor["name"], menu("Clinic", "Doctors and appointments")
    )
