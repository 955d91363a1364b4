"""Tasks in the office that do something: pay and report it, keep the calendar, write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import iban, words
from scoutgym.envs.web.sites.office.asked import Steps, as_steps, both, in_words, menu, there, today
from scoutgym.envs.web.sites.office.calendar import EVENT
from scoutgym.envs.web.sites.office.forms_money import TRANSFER
from scoutgym.envs.web.sites.office.forms_work import MAIL
from scoutgym.envs.web.sites.office.purse import foreign
from scoutgym.envs.web.sites.office.site import SITE, USER, day
from scoutgym.envs.web.sites.office.transfers import reference
from scoutgym.envs.web.world import WebTask

PURPOSES = (
    "Invoice {number}",
    "Rent of the garage",
    "Share of the present",
    "Concert tickets",
    "Deposit {number}",
    "Club fee",
)
TEXTS = (
    ("Meeting moved", "We start half an hour later."),
    ("Slides", "Please send me the slides of last week."),
    ("Keys", "The keys are at the reception."),
    ("Thank you", "Thank you for your help with the report."),
    ("Substitute", "Can you take my calls on Friday?"),
    ("Coffee", "Shall we have a coffee after lunch?"),
    ("Offer", "The offer is ready to be signed."),
)

KEEP = "Leave recipient and subject as they are."

SAME = "All else stays as it is."


def _event_titles() -> tuple[str, ...]:
    return tuple(title for title, _, _ in words.EVENTS if "{" not in title)


def _mail(database: Database, who: Mapping[str, str], subject: str, text: str, document: int = 0) -> list[Goal]:
    count = database.value("SELECT count(*) FROM mail WHERE sent")
    return [
        there("mail", sent=1, email=who["email"], subject=subject, text=text, document=document, day=today(database)),
        there("mail", count + 1, sent=1),
    ]


def transfer(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Pay somebody, then tell a colleague the reference."""
    database = databases[SITE.host]
    account = database.rows("SELECT * FROM account")[0]
    most = min(account["most"], account["balance"])
    cents = 100 + chance.below(most - 100)
    number = foreign(chance)
    values = {
        "account": account["name"],
        "name": people.name(chance),
        "iban": iban.grouped(number),
        "amount": f"{cents // 100}.{cents % 100:02}",
        "purpose": chance.choice(PURPOSES).format(number=chance.below(9000) + 1000),
    }
    booking = database.value("SELECT max(id) + 1 FROM booking")
    told = reference(today(database), booking)
    who = chance.choice(database.rows("SELECT * FROM colleague WHERE id > 2"))
    subject = chance.choice(("Payment", "Reference", "Paid", "Transfer"))
    row = there(
        "booking",
        id=booking,
        account=account["id"],
        other=values["name"],
        iban=number,
        purpose=values["purpose"],
        amount=-cents,
    )
    letters = database.value("SELECT count(*) FROM mail WHERE sent")
    goals = [
        row,
        there("booking", booking),
        there("mail", sent=1, email=who["email"], subject=subject, text={"has": told}, document=0),
        there("mail", letters + 1, sent=1),
    ]
    goal = both(goals, "submission", "entry", "account", "booking", "mail")
    asked = (
        f"Transfer money. {in_words(TRANSFER.fields, values)}. When it is carried out, send '{who['name']}' a message "
        f"with the subject '{subject}' and the reference of the transfer as its text."
    )
    script = [
        *menu("Bank", "New transfer"),
        *as_steps(TRANSFER.fields, values),
        ["click", "button", "Continue"],
        ["click", "button", "Transfer now"],
        *menu("Messages", "Write a message"),
        *as_steps(MAIL.fields, {"to": who["name"], "subject": subject, "text": told}),
        ["click", "button", MAIL.button],
    ]
    return WebTask(asked, goal, script)


def write(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Send a message: a new one, with a document, or an answer."""
    database = databases[SITE.host]
    what = chance.below(3)
    subject, text = chance.choice(TEXTS)
    if what == 2:
        mail = chance.choice(database.rows("SELECT * FROM mail WHERE NOT sent"))
        subject = f"Re: {mail['subject']}"
        goals = [*_mail(database, mail, subject, text), there("mail", sent=1, thread=mail["thread"], text=text)]
        asked = f"Reply to the message '{mail['subject']}' in my inbox. Message: '{text}'. {KEEP}"
        script: Steps = [*menu("Messages", mail["subject"]), *menu("Reply"), ["fill", "Message", text]]
        return WebTask(asked, both(goals, "submission", "entry", "mail"), [*script, ["click", "button", MAIL.button]])
    who = chance.choice(database.rows("SELECT * FROM colleague WHERE id > 2"))
    values, document = {"to": who["name"], "subject": subject, "text": text}, 0
    if what == 1:
        paper = chance.choice(database.rows("SELECT id, title FROM document"))
        values["document"], document = paper["title"], paper["id"]
    goals = _mail(database, who, subject, text, document)
    asked = f"Write a message. {in_words(MAIL.fields, values)}."
    script = [*menu("Messages", "Write a message"), *as_steps(MAIL.fields, values), ["click", "button", MAIL.button]]
    return WebTask(asked, both(goals, "submission", "entry", "mail"), script)


def event(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Add an event with participants, move one, or delete one."""
    database = databases[SITE.host]
    what = chance.below(4)
    if what < 2:
        return _new(database, chance)
    now = today(database)
    known = database.rows(
        "SELECT * FROM event WHERE substr(day, 1, 7) = ? AND day >= ? ORDER BY id", now[:7], now
    ) or database.rows("SELECT * FROM event WHERE substr(day, 1, 7) = ? ORDER BY id", now[:7])
    old = chance.choice(known) if known else None
    if old is None:
        return _new(database, chance)
    count, open_ = database.value("SELECT count(*) FROM event"), menu("Calendar", old["title"])
    guests = database.rows(
        "SELECT name FROM guest JOIN colleague ON colleague.id = colleague WHERE event = ?", old["id"]
    )
    if what == 2:
        goals = [there("event", 0, id=old["id"]), there("event", count - 1), there("guest", 0, event=old["id"])]
        asked = f"Delete the event '{old['title']}' of {day(old['day'])} from my calendar."
        return WebTask(asked, both(goals, "event", "guest"), [*open_, ["click", "button", "Delete this event"]])
    begins = 8 + chance.below(9)
    values: dict[str, Any] = {
        "day": str(date.fromisoformat(old["day"]) + timedelta(1 + chance.below(12))),
        "begins": f"{begins:02}:{chance.choice(('00', '15', '30'))}",
        "ends": f"{begins + 1:02}:45",
    }
    kept: dict[str, Any] = {name: old[name] for name in ("title", "place", "notes")}
    goals = [
        there("event", id=old["id"], **kept, **values),
        there("event", count),
        there("guest", len(guests), event=old["id"]),
    ]
    asked = (
        f"Move the event '{old['title']}' of {day(old['day'])} in my calendar. {in_words(EVENT.fields, values)}. {SAME}"
    )
    script = [*open_, *menu("Change this event"), *as_steps(EVENT.fields, values), ["click", "button", EVENT.button]]
    return WebTask(asked, both(goals, "submission", "entry", "event"), script)


def _new(database: Database, chance: Chance) -> WebTask:
    begins = 8 + chance.below(9)
    values = {
        "title": f"{chance.choice(_event_titles())} {chance.choice(people.CITIES)}",
        "day": str(date.fromisoformat(today(database)) + timedelta(1 + chance.below(40))),
        "begins": f"{begins:02}:{chance.choice(('00', '15', '30'))}",
        "ends": f"{begins + 1:02}:{chance.choice(('00', '30', '45'))}",
        "place": chance.choice(words.ROOMS),
    }
    if chance.below(2):
        values["notes"] = chance.choice(("Please be on time.", "Bring your own laptop.", "Coffee is ordered."))
    guests = chance.sample(database.rows("SELECT id, name FROM colleague WHERE id != ?", USER), chance.below(5))
    id = database.value("SELECT coalesce(max(id), 0) + 1 FROM event")
    row: dict[str, Any] = {name: values.get(name, "") for name in ("title", "day", "begins", "ends", "place", "notes")}
    goals = [
        there("event", id=id, **row),
        there("event", database.value("SELECT count(*) FROM event") + 1),
        there("guest", len(guests), event=id),
        *(there("guest", event=id, colleague=each["id"]) for each in guests),
    ]
    asked = f"Put an event into my calendar. {in_words(EVENT.fields, values)}."
    names = ", ".join(f"'{each['name']}'" for each in guests)
    asked += f" Participants: {names}." if guests else " There are no participants."
    script: Steps = [
        *menu("Calendar", "New event"),
        *as_steps(EVENT.fields, values),
        *(["check", each["name"]] for each in guests),
    ]
    return WebTask(
        asked, both(goals, "submission", "entry", "event", "guest"), [*script, ["click", "button", EVENT.button]]
    )
