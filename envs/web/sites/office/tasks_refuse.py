"""Tasks in the office that cannot be done: the right act is to say so, and to change nothing.

Each comes with what somebody would send who tried, so that a test can show that the office refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import iban, words
from scoutgym.envs.web.sites.office.asked import both, in_words, today
from scoutgym.envs.web.sites.office.calendar import EVENT
from scoutgym.envs.web.sites.office.forms_care import APPOINTMENT, REPEAT
from scoutgym.envs.web.sites.office.forms_money import BLOCK, DAMAGE, TRANSFER
from scoutgym.envs.web.sites.office.forms_work import COURSE, LEAVE, MAIL, VACATION
from scoutgym.envs.web.sites.office.leave import rest
from scoutgym.envs.web.sites.office.purse import foreign
from scoutgym.envs.web.sites.office.sheet import Sheet
from scoutgym.envs.web.sites.office.site import SITE, day
from scoutgym.envs.web.world import WebTask


@dataclass(frozen=True)
class Vain:
    """Something that cannot be done.

    Args:
        asked: in words.
        sheet: the form that it would be done with.
        path: where that form is sent.
        values: what would be sent.
    """

    asked: str
    sheet: Sheet
    path: str
    values: Mapping[str, str]


def refuse(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """What the office does not let anybody do."""
    made = vain(databases[SITE.host], chance)
    return WebTask(made.asked, both([{"refused": True}]), [["refuse", "it cannot be done"]])


def vain(database: Database, chance: Chance) -> Vain:
    """One thing that cannot be done."""
    makers = (_beyond, _overlap, _too_much, _bad_number, _away, _ended, _full, _unknown, _spent, _backwards, _no_card)
    return chance.choice(makers)(database, chance)


def _told(
    intro: str, sheet: Sheet, path: str, values: Mapping[str, str], shown: Mapping[str, str] | None = None
) -> Vain:
    return Vain(f"{intro} {in_words(sheet.fields, {**values, **(shown or {})})}.", sheet, path, values)


def _substitute(database: Database) -> str:
    return str(database.value("SELECT name FROM colleague WHERE id = 3"))


def _beyond(database: Database, chance: Chance) -> Vain:
    """More vacation than is left."""
    now = date.fromisoformat(today(database))
    first = now + timedelta(database.value("SELECT leave_notice FROM firm") + 1 + chance.below(20))
    left = rest(database, str(now))["left"] // 2
    last = min(first + timedelta(left * 7 // 5 + 12 + chance.below(10)), first + timedelta(59))
    if last.year != now.year or left > 35:  # no room for so long a leave: the other way to be refused
        return _overlap(database, chance)
    values = {"kind": VACATION, "first": str(first), "last": str(last), "substitute": _substitute(database)}
    return _told("Request leave for me, in one request.", LEAVE, "/hr/leave/new", values)


def _overlap(database: Database, chance: Chance) -> Vain:
    """Leave while there is leave."""
    known = database.rows("SELECT * FROM leave WHERE state IN ('approved', 'requested') AND first > ?", today(database))
    if not known:
        return _too_much(database, chance)
    taken = chance.choice(known)
    last = date.fromisoformat(taken["last"]) + timedelta(1)
    values = {"kind": "Unpaid leave", "first": taken["last"], "last": str(last), "substitute": _substitute(database)}
    return _told("Request leave for me. My other leave stays as it is.", LEAVE, "/hr/leave/new", values)


def _transfer(database: Database, chance: Chance, cents: int, number: str) -> Mapping[str, str]:
    return {
        "account": database.value("SELECT name FROM account WHERE id = 1"),
        "name": people.name(chance),
        "iban": number,
        "amount": f"{cents // 100}.{cents % 100:02}",
        "purpose": f"Invoice {chance.below(9000) + 1000}",
    }


def _too_much(database: Database, chance: Chance) -> Vain:
    """More than the limit of the account."""
    most = database.value("SELECT most FROM account WHERE id = 1")
    values = _transfer(database, chance, most + 100 * (1 + chance.below(900)), foreign(chance))
    return _told("Transfer money, in one single transfer.", TRANSFER, "/bank/transfer", values)


def _bad_number(database: Database, chance: Chance) -> Vain:
    """A number whose check digits do not fit."""
    good = foreign(chance)
    place = 8 + chance.below(len(good) - 8)
    bad = f"{good[:place]}{(int(good[place]) + 1 + chance.below(9)) % 10}{good[place + 1 :]}"
    values = _transfer(database, chance, 1000 + chance.below(9000), iban.grouped(bad))
    return _told("Transfer money.", TRANSFER, "/bank/transfer", values)


def _away(database: Database, chance: Chance) -> Vain:
    """A doctor who is away."""
    doctor = database.rows("SELECT * FROM doctor WHERE away_until != ''")[0]
    ahead = (day_ for day_ in range(1 + chance.below(4), 12))
    when = next(
        one_
        for one_ in (date.fromisoformat(today(database)) + timedelta(number) for number in ahead)
        if one_.weekday() < 5
    )
    values = {"time": "10:00", "reason": chance.choice(words.REASONS)}
    asked = f"Book an appointment with '{doctor['name']}' at the clinic on {day(str(when))}. "
    asked += f"Reason for the visit: '{values['reason']}'."
    return Vain(asked, APPOINTMENT, f"/clinic/doctors/{doctor['id']}/{when}", values)


def _ended(database: Database, chance: Chance) -> Vain:
    """Damage after the end of a policy."""
    now = today(database)
    policy = database.rows("SELECT * FROM policy WHERE ends < ?", now)[0]
    about = chance.choice(words.DAMAGES[policy["kind"]])[0]
    values = {
        "policy": policy["number"],
        "day": str(date.fromisoformat(now) - timedelta(1 + chance.below(10))),
        "place": chance.choice(people.CITIES),
        "cause": chance.choice(words.CAUSES[policy["kind"]]),
        "about": about,
        "other": "No",
        "amount": f"{80 + chance.below(400)}.00",
        "true": "yes",
    }
    shown = {"policy": f"{policy['kind']} {policy['number']}"}
    return _told("Report a damage to my insurance.", DAMAGE, "/insurance/claim", values, shown)


def _full(database: Database, chance: Chance) -> Vain:
    """A course without free seats, or one that is over."""
    course = chance.choice(database.rows("SELECT * FROM course WHERE NOT seats OR day <= ?", today(database)))
    values = {"reason": "I need it for my new tasks", "level": "The basics", "agreed": "yes", "cost_center": "1000-10"}
    return Vain(
        f"Register me for the training course '{course['title']}'.",
        COURSE,
        f"/hr/courses/{course['id']}/register",
        values,
    )


def _unknown(database: Database, chance: Chance) -> Vain:
    """A message to somebody who does not work there."""
    taken = " ".join(row["name"] for row in database.rows("SELECT name FROM colleague UNION SELECT name FROM mail"))
    while True:
        name = people.name(chance)
        if not set(name.split()) & set(taken.split()):
            break
    values = {"to": name, "subject": "Keys", "text": "The keys are at the reception."}
    return _told("Write a message to a colleague of mine.", MAIL, "/messages/new", values)


def _spent(database: Database, chance: Chance) -> Vain:
    """A prescription without repeats."""
    drug = database.rows("SELECT * FROM prescription WHERE NOT repeats")[0]
    values = {"packs": "1", "pickup": "By mail"}
    return _told(
        f"Order my prescription of '{drug['drug']}' again.", REPEAT, f"/clinic/prescriptions/{drug['id']}", values
    )


def _backwards(database: Database, chance: Chance) -> Vain:
    """An event that ends before it begins."""
    begins = 10 + chance.below(7)
    values = {
        "title": f"Planning workshop {chance.choice(people.CITIES)}",
        "day": str(date.fromisoformat(today(database)) + timedelta(1 + chance.below(20))),
        "begins": f"{begins}:00",
        "ends": f"{begins - 1 - chance.below(2):02}:30",
    }
    return _told("Put an event into my calendar.", EVENT, "/calendar/new", values)


def _no_card(database: Database, chance: Chance) -> Vain:
    """A card that one does not have."""
    digits = {row["digits"] for row in database.rows("SELECT digits FROM card")}
    wrong = next(each for each in (f"{chance.below(10000):04}" for _ in range(99)) if each not in digits)
    last = database.value("SELECT max(id) FROM card")
    return _told(
        f"Block my card ending in {wrong}.", BLOCK, f"/bank/cards/{last + 1}/block", {"reason": "Lost", "sure": "yes"}
    )
