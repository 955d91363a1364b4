"""Tasks in the office that fill in a form: short, middle, and a questionnaire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import iban, words
from scoutgym.envs.web.sites.office.asked import (
    colleague,
    form,
    menu,
    there,
    today,
)
from scoutgym.envs.web.sites.office.forms_care import PRACTICE, REPEAT
from scoutgym.envs.web.sites.office.forms_money import BLOCK, DAMAGE
from scoutgym.envs.web.sites.office.forms_work import COURSE, EXPENSE, LEAVE, LINES, SICK, VACATION
from scoutgym.envs.web.sites.office.leave import halves, rest
from scoutgym.envs.web.sites.office.purse import foreign
from scoutgym.envs.web.sites.office.site import SITE
from scoutgym.envs.web.world import WebTask

COSTS = {
    "Travel": ("train to {city}", "taxi in {city}", "bus ticket", "parking in {city}"),
    "Lodging": ("hotel in {city}, one night", "guest house in {city}"),
    "Meals": ("dinner with a customer", "lunch in {city}", "breakfast on the train"),
    "Office supplies": ("printer paper", "two binders", "a keyboard"),
    "Training": ("course book", "exam fee"),
    "Other": ("phone card", "entry to the fair in {city}"),
}
PURPOSES = ("Visit to a customer in {city}", "Trade fair in {city}", "Training in {city}", "Inspection in {city}")
WHY = ("I need it for my new tasks", "We planned it in my yearly review", "My team works with it every day")
ASKED = {
    "Appointment": ("Can I come a day earlier?", "Is there a waiting list?"),
    "Prescription": ("The pharmacy does not have it.", "May I take half of it?"),
    "Test results": ("Are the results of my blood test there?", "Please send them by mail."),
    "Bill": ("I was billed twice.", "Please send the bill to my insurer."),
    "Other": ("I have moved.", "Do you offer flu shots?"),
}


def request(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Fill in a short form."""
    database = databases[SITE.host]
    made: Callable[[Database, Chance], WebTask] = chance.choice((_leave, _sick, _course, _block, _repeat, _practice))
    return made(database, chance)


def day_off(database: Database, chance: Chance, kind: str) -> tuple[date, date, str, int]:
    """Days at which leave of a kind can be had: the first, the last, which of them is a half one, halves in all."""
    now = date.fromisoformat(today(database))
    notice = database.value("SELECT leave_notice FROM firm")
    left = rest(database, str(now))["left"]
    first, half = now, ""
    for _ in range(400):
        first = now + timedelta(notice + chance.below(120))
        last = first + timedelta(chance.below(9))
        half = chance.choice(("", "", "first", "last"))
        count = halves(database, first, last, half)
        clash = database.value(
            "SELECT count(*) FROM leave WHERE first <= ? AND last >= ? AND state != 'withdrawn'",
            str(last),
            str(first),
        )
        ends = first if half == "first" else last
        closed = database.value("SELECT count(*) FROM holiday WHERE day = ?", str(ends))
        if clash or first.year != last.year or not count or ends.weekday() > 4 or closed:
            continue
        if kind != VACATION or count <= left:
            return first, last, half, count
    raise ValueError("the calendar has no room for leave")


def _leave(database: Database, chance: Chance) -> WebTask:
    kind = chance.choice((VACATION, VACATION, "Unpaid leave"))
    if rest(database, today(database))["left"] < 4:
        kind = "Unpaid leave"
    first, last, half, count = day_off(database, chance, kind)
    values = {"kind": kind, "first": str(first), "last": str(last), "substitute": colleague(database, chance)}
    values |= {f"half_{half}": "yes"} if half else {}
    if chance.below(2):
        values["reachable"] = people.phone(chance)
    if chance.below(2):
        values["comment"] = chance.choice(
            ("We visit my parents", "I move to a new apartment", "A wedding in the family")
        )
    row = there(
        "leave", kind=kind, first=str(first), last=str(last), half=half, halves=count, substitute=values["substitute"]
    )
    return form(database, "Request leave for me.", LEAVE, values, menu("HR", "Request leave"), [row], "leave")


def _sick(database: Database, chance: Chance) -> WebTask:
    now = date.fromisoformat(today(database))
    first = now - timedelta(chance.below(3))
    last = first + timedelta(chance.below(6))
    values = {"first": str(first), "last": str(last), "accident": chance.choice(("No", "No", "Yes"))}
    if (last - first).days + 1 >= database.value("SELECT certificate_from FROM firm"):
        values |= {"certificate": "yes", "certificate_number": f"C{chance.below(90000) + 10000}"}
    if chance.below(2):
        values["handed"] = colleague(database, chance)
    return form(database, "Send a sick note for me.", SICK, values, menu("HR", "Sick note"), [])


def _course(database: Database, chance: Chance) -> WebTask:
    course = chance.choice(database.rows("SELECT * FROM course WHERE seats AND day > ?", today(database)))
    values = {"course": course["title"], "reason": chance.choice(WHY), "agreed": "yes"}
    values["level"] = chance.choice(("Nothing yet", "The basics", "A lot"))
    if chance.below(2):
        values["diet"] = chance.choice(("Vegetarian", "Vegan", "No lunch"))
    kept = {"cost_center": database.value("SELECT cost_center FROM profile")}
    to = menu("HR", "Training courses", course["title"], "Register for this course")
    intro = f"Register me for the training course '{course['title']}'."
    return form(
        database,
        intro,
        COURSE,
        values,
        to,
        [there("course", mine=1), there("course", id=course["id"], mine=1)],
        "course",
        kept=kept,
    )


def _block(database: Database, chance: Chance) -> WebTask:
    card = chance.choice(database.rows("SELECT * FROM card WHERE state = 'active'"))
    values = {"card": card["digits"], "reason": chance.choice(("Lost", "Stolen", "Misused", "Damaged")), "sure": "yes"}
    if chance.below(2):
        values["seen"] = str(date.fromisoformat(today(database)) - timedelta(chance.below(4)))
    if chance.below(2):
        values["replacement"] = "yes"
    to = menu("Bank", "Cards", f"Block the card ending in {card['digits']}")
    goals = [there("card", id=card["id"], state="blocked"), there("card", count=2, state="blocked")]
    return form(database, f"Block my card ending in {card['digits']}.", BLOCK, values, to, goals, "card")


def _repeat(database: Database, chance: Chance) -> WebTask:
    drug = chance.choice(database.rows("SELECT * FROM prescription WHERE repeats AND state = 'open'"))
    values = {"drug": drug["drug"], "packs": str(1 + chance.below(3))}
    values["pickup"] = chance.choice(("At the practice", "Sent to a pharmacy", "By mail"))
    if values["pickup"] == "Sent to a pharmacy":
        values["pharmacy"] = f"{chance.choice(people.STREETS)} Pharmacy"
    to = menu("Clinic", "Prescriptions", f"Repeat {drug['drug']}")
    goals = [there("prescription", state="ordered"), there("prescription", id=drug["id"], state="ordered")]
    return form(
        database, f"Order my prescription of '{drug['drug']}' again.", REPEAT, values, to, goals, "prescription"
    )


def _practice(database: Database, chance: Chance) -> WebTask:
    topic = chance.choice(list(ASKED))
    values = {
        "topic": topic,
        "subject": f"A question about {chance.choice(words.REASONS)}",
        "text": chance.choice(ASKED[topic]),
    }
    if chance.below(2):
        values["doctor"] = chance.choice(database.rows("SELECT name FROM doctor"))["name"]
    if chance.below(2):
        values |= {"callback": "yes", "phone": people.phone(chance)}
    return form(
        database,
        "Write a message to the practice at the clinic.",
        PRACTICE,
        values,
        menu("Clinic", "Message to the practice"),
        [],
    )


# Middle.


def claim(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Fill in a form of some sections: an expense claim or a damage claim."""
    database = databases[SITE.host]
    return _expense(database, chance) if chance.below(2) else _damage(database, chance)


def _expense(database: Database, chance: Chance) -> WebTask:
    now, city = date.fromisoformat(today(database)), chance.choice(people.CITIES)
    firm = database.rows("SELECT * FROM firm")[0]
    values = {"purpose": chance.choice(PURPOSES).format(city=city), "true": "yes"}
    values["payout"] = chance.choice(("With the next salary", "To my account at once"))
    if chance.below(2):
        values["project"] = f"P-{chance.below(9000) + 1000}"
    for line in range(1, 2 + chance.below(LINES)):
        kind = chance.choice(list(COSTS))
        cents = chance.below(12000) + 400
        values |= {
            f"day{line}": str(now - timedelta(1 + chance.below(25))),
            f"kind{line}": kind,
            f"about{line}": chance.choice(COSTS[kind]).format(city=city),
            f"amount{line}": f"{cents // 100}.{cents % 100:02}",
        }
        if cents >= firm["receipt_from"] or chance.below(2):
            values[f"receipt{line}"] = "yes"
    kept = {"cost_center": database.value("SELECT cost_center FROM profile")}
    return form(database, "Send an expense claim for me.", EXPENSE, values, menu("HR", "Expense claim"), [], kept=kept)


def _damage(database: Database, chance: Chance) -> WebTask:
    now = date.fromisoformat(today(database))
    policy = chance.choice(database.rows("SELECT * FROM policy WHERE ends >= ?", str(now)))
    about, *things = chance.choice(words.DAMAGES[policy["kind"]])
    values = {
        "policy": policy["number"],
        "day": str(now - timedelta(1 + chance.below(12))),
        "place": f"{people.street(chance)}, {chance.choice(people.CITIES)}",
        "cause": chance.choice(words.CAUSES[policy["kind"]]),
        "about": about,
        "true": "yes",
    }
    if chance.below(2):
        values["time"] = f"{8 + chance.below(12):02}:{chance.choice(('00', '15', '30', '45'))}"
    total = 0
    for item, thing in enumerate(things[: 1 + chance.below(2)], 1):
        cents = 10 * (chance.below(2500) + 400)
        total += cents
        values |= {f"item{item}": thing, f"amount{item}": f"{cents // 100}.{cents % 100:02}"}
        if chance.below(2):
            values[f"year{item}"] = str(now.year - 1 - chance.below(8))
    values["amount"] = f"{total // 100}.{total % 100:02}"
    values["other"] = chance.choice(("Yes", "No"))
    if values["other"] == "Yes":
        other = people.person(chance)
        more = {
            "other_name": other.name,
            "other_phone": other.phone,
            "other_address": f"{other.street}, {other.city}",
            "other_insurer": f"{chance.choice(people.CITIES)} General",
            "witness": people.name(chance),
        }
        values |= {name: value for name, value in more.items() if name == "other_name" or chance.below(2)}
    kept = {"iban": database.value("SELECT iban FROM profile")}
    if chance.below(3) == 0:
        values["iban"] = iban.grouped(foreign(chance))
    if chance.below(2):
        values["phone"] = people.phone(chance)
    row = there(
        "claim", policy=policy["id"], day=values["day"], place=values["place"], cause=values["cause"], amount=total
    )
    shown = {"policy": f"{policy['kind']} {policy['number']}"}
    intro = "Report a damage to my insurance."
    return form(
        database, intro, DAMAGE, values, menu("Insurance", "Report damage"), [row], "claim", shown=shown, kept=kept
    )
