"""The office's contents: one firm, one person's work, money, health and papers, all drawn from a `Chance`."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import iban, words
from scoutgym.envs.web.sites.office.care import fill_clinic
from scoutgym.envs.web.sites.office.forms_work import ADDRESS, VACATION
from scoutgym.envs.web.sites.office.leave import halves
from scoutgym.envs.web.sites.office.post import fill_post
from scoutgym.envs.web.sites.office.purse import bank_code, fill_bank, fill_insurance
from scoutgym.envs.web.sites.office.rows import insert
from scoutgym.envs.web.sites.office.site import USER, numbered

TEAM = (22, 30)
"""Colleagues, at least and below."""


def fill(database: Database, chance: Chance) -> None:
    """Fill an empty database; equal chances give equal contents."""
    database.execute("BEGIN")
    today = date(2025, 1, 20) + timedelta(chance.below(900))
    while today.weekday() > 4 or today.month == 12:
        today += timedelta(1)  # a working day, with some of the year left
    database.execute("INSERT INTO clock VALUES (1, ?)", (today.isoformat(),))
    _firm(database, chance.stream("firm"), today)
    _colleagues(database, chance.stream("colleagues"), today)
    _user(database, chance.stream("user"), today)
    for year in (today.year, today.year + 1):
        for day, name in words.HOLIDAYS:
            insert(database, "holiday", f"{year}-{day}", name)
    _courses(database, chance.stream("courses"), today)
    fill_bank(database, chance.stream("bank"), today)
    fill_insurance(database, chance.stream("insurance"), today)
    fill_clinic(database, chance.stream("clinic"), today)
    fill_post(database, chance.stream("post"), today)
    _leave(database, chance.stream("leave"), today)
    database.execute("COMMIT")


def _firm(database: Database, chance: Chance, today: date) -> None:
    first, second, trade = chance.choice(words.FIRMS)
    city, open_from = chance.choice(people.CITIES), 7 + chance.below(3)
    insert(
        database,
        "firm",
        f"{first} {second}",
        trade,
        f"{first.lower()}.test",
        f"{people.street(chance)}, {people.postcode(chance)} {city}",
        people.phone(chance),
        chance.choice((3, 5, 7, 10, 14)),
        chance.choice((3, 5, 8, 10)),
        chance.choice(("March 31", "April 30", "June 30")),
        chance.choice((2, 3, 4, 5)),
        chance.choice((30, 45, 60, 90)),
        100 * chance.choice((20, 25, 30, 40, 50)),
        chance.choice((28, 30, 35, 38, 42)),
        100 * chance.choice((14, 18, 22, 28, 32)),
        chance.choice((1, 2, 3)),
        chance.choice(("9 am to 3 pm", "10 am to 3 pm", "9:30 am to 2:30 pm", "10 am to 4 pm")),
        people.phone(chance),
        chance.choice((60, 90, 120, 180)),
        f"{chance.choice(people.CITIES)} Savings Bank",
        people.phone(chance),
        chance.choice(("1 pm", "2 pm", "3 pm", "4 pm", "5 pm")),
        100 * chance.choice((3, 5, 8, 12)),
        100 * chance.choice((6, 9, 10, 15)),
        f"{chance.choice(people.CITIES)} Mutual",
        people.phone(chance),
        chance.choice((14, 21, 30, 45)),
        f"{chance.choice(people.STREETS)} {chance.choice(('Clinic', 'Health Center', 'Practice'))}",
        people.phone(chance),
        f"{people.street(chance)}, {people.postcode(chance)} {city}",
        f"Monday to Friday, {open_from} am to {chance.choice((4, 5, 6, 7))} pm",
        chance.choice((1, 2, 3)),
        chance.choice((1, 2, 3, 4)),
    )


def _colleagues(database: Database, chance: Chance, today: date) -> None:
    """The first is the user; the second leads them all, and each department has somebody who leads it."""
    domain = database.execute("SELECT domain FROM firm").fetchone()[0]
    departments = chance.sample(list(words.DEPARTMENTS), 5)
    if "People and Culture" not in departments:
        departments[4] = "People and Culture"
    taken, heads = set[str](), {}
    for number in range(TEAM[0] + chance.below(TEAM[1] - TEAM[0])):
        while True:
            name = people.name(chance)
            if not taken & set(name.split()):  # no two share a name, so that nobody is mistaken
                break
        taken |= set(name.split())
        department = departments[number % len(departments)]
        head = number == 1 or (number > 1 and department not in heads)
        job = (
            "Managing director"
            if number == 1
            else f"Head of {department}"
            if head
            else chance.choice(words.DEPARTMENTS[department])
        )
        if head and number > 1:
            heads[department] = number + 1
        manager = 0 if number == 1 else 2 if head else heads.get(department, 2)
        insert(
            database,
            "colleague",
            name,
            f"{name.lower().replace(' ', '.')}@{domain}",
            people.phone(chance),
            job,
            "Management" if number == 1 else department,
            f"{chance.choice('ABCD')}{1 + chance.below(4)}{chance.below(30):02}",
            manager,
            (today - timedelta(40 + chance.below(5500))).isoformat(),
        )
    department = departments[0]
    database.execute("UPDATE colleague SET manager = ? WHERE id = ?", (heads[department], USER))


def _user(database: Database, chance: Chance, today: date) -> None:
    name = database.execute("SELECT name FROM colleague WHERE id = ?", (USER,)).fetchone()[0]
    home = people.person(chance)
    insert(
        database,
        "profile",
        f"{chance.choice(words.ROOMS).split()[-1]}-{100 + chance.below(900)}",
        f"E{10000 + chance.below(89999)}",
        (today - timedelta(9000 + chance.below(12000))).isoformat(),
        chance.choice(("Single", "Married", "Divorced", "Widowed", "Partnership")),
        home.email.replace(home.email.partition("@")[0], name.lower().replace(" ", chance.choice(("_", "", "-")))),
        home.phone,
        home.street,
        home.postcode,
        home.city,
        home.country,
        f"{chance.below(90) + 10}/{chance.below(900) + 100}/{chance.below(90000) + 10000}",
        f"{chance.below(900) + 100}-{chance.below(90) + 10}-{chance.below(9000) + 1000}",
        name,
        iban.made(bank_code(database), chance.below(10**9)),
        people.name(chance),
        people.phone(chance),
        chance.choice((30, 32, 35, 38, 40)),
        100 * (2600 + 50 * chance.below(80)),
        f"{1000 + chance.below(9000)}-{chance.below(90) + 10}",
        f"{chance.choice('KLMN')}{chance.below(900000000) + 100000000}",
        24 + chance.below(8),
        chance.below(6),
    )
    database.execute("INSERT INTO session VALUES (1, '', ?)", (USER,))
    database.execute("UPDATE session SET sid = ?", (f"{chance.bits():016x}",))
    id = insert(database, "submission", ADDRESS.name, "", (today - timedelta(200)).isoformat(), "sent")
    database.execute("UPDATE submission SET number = ?", (numbered(ADDRESS.prefix, today.isoformat(), id),))
    for field, label, value in (("street", "Street and number", home.street), ("city", "City", home.city)):
        insert(database, "entry", id, field, label, value)


def _courses(database: Database, chance: Chance, today: date) -> None:
    for place, (title, about) in enumerate(chance.sample(words.COURSES, 11)):
        day = today + timedelta(9 * place - 12 + chance.below(6))
        day -= timedelta(max(0, day.weekday() - 4))
        seats = 0 if place in (4, 8) else 1 + chance.below(14)
        insert(
            database,
            "course",
            title,
            about,
            day.isoformat(),
            chance.choice(("08:30", "09:00", "10:00", "13:00")),
            chance.choice((2, 4, 6, 8, 12)),
            chance.choice(words.ROOMS),
            people.name(chance),
            seats,
            100 * (15 + 5 * place + 60 * chance.below(8)),
            0,
        )


def _leave(database: Database, chance: Chance, today: date) -> None:
    """Some taken this year, one to come, one not decided, one withdrawn."""
    names = [row[0] for row in database.execute("SELECT name FROM colleague WHERE id > 2 ORDER BY id")]
    past = today - timedelta(25 + chance.below(20))
    coming = today + timedelta(24 + chance.below(10))
    spans = [
        (VACATION, today - timedelta(200), 4, "", "approved"),
        (VACATION, past, chance.below(3), "", "approved"),
        ("Special leave", past + timedelta(14), 0, "", "approved"),
        (VACATION, coming, 2 + chance.below(6), chance.choice(("", "first", "last")), "approved"),
        (VACATION, coming + timedelta(30), 1 + chance.below(3), "", "requested"),
        (VACATION, coming + timedelta(50), 2, "", "withdrawn"),
    ]
    for kind, first, days, half, state in spans:
        first += timedelta((7 - first.weekday()) % 7 if first.weekday() > 4 else 0)
        last = first + timedelta(days)
        last -= timedelta(max(0, last.weekday() - 4))
        if first.year != last.year:
            continue
        id = insert(
            database,
            "leave",
            "",
            kind,
            str(first),
            str(last),
            half,
            halves(database, first, last, half),
            chance.choice(names),
            state,
        )
        number = numbered("LV", str(first), 500 + id)  # beyond those that are sent
        database.execute("UPDATE leave SET number = ? WHERE id = ?", (number, id))
