"""Contents of messages, documents, notices and calendar."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.office import iban, letters, papers, words
from scoutgym.envs.web.sites.office.purse import foreign
from scoutgym.envs.web.sites.office.rows import insert
from scoutgym.envs.web.sites.office.site import USER, day, money

Facts = dict[str, object]


def fill_post(database: Database, chance: Chance, today: date) -> None:
    """Documents, messages, notices, events."""
    known = _known(database)
    team = database.rows("SELECT * FROM colleague WHERE id > 2 ORDER BY id")
    _documents(database, chance.stream("documents"), today, known, team)
    _mails(database, chance.stream("mails"), today, known, team)
    _notices(database, chance.stream("notices"), today, team)
    _events(database, chance.stream("events"), today, team)


def _known(database: Database) -> Facts:
    """What stays the same in all papers."""
    firm, mine = database.rows("SELECT * FROM firm")[0], database.rows("SELECT * FROM profile")[0]
    me, manager = (database.rows(f"SELECT * FROM colleague WHERE id = {one}")[0] for one in (USER, _manager(database)))
    hr = database.rows("SELECT * FROM colleague WHERE department = 'People and Culture' AND id != 1 ORDER BY id")[0]
    return {
        **{name: firm[name] for name in ("bank", "insurer", "insurer_phone", "claim_days", "clinic")},
        **{f"my_{name}": mine[name] for name in ("tax", "social", "hours", "granted", "number", "status", "health")},
        **{
            f"{name}_email": f"{name.replace('_', '')}@{firm['domain']}" for name in ("it", "clinic", "insurer", "bank")
        },
        "firm": firm["name"],
        "firm_address": firm["address"],
        "me": me["name"],
        "my_email": me["email"],
        "my_job": me["job"],
        "my_department": me["department"],
        "my_since": day(me["since"]),
        "my_born": mine["born"],
        "my_birth": day(mine["born"]),
        "my_address": f"{mine['street']}, {mine['postcode']} {mine['city']}",
        "my_salary": money(mine["salary"]),
        "my_iban": iban.grouped(mine["iban"]),
        "my_phone": mine["private_phone"],
        "manager": manager["name"],
        "manager_email": manager["email"],
        "hr_name": hr["name"],
        "hr_email": hr["email"],
    }


def _manager(database: Database) -> int:
    return int(database.execute("SELECT manager FROM colleague WHERE id = ?", (USER,)).fetchone()[0])


def _facts(chance: Chance, known: Facts, team: list[Row], today: date, doctors: list[str]) -> Facts:
    """Those that belong to one paper."""
    other, third = chance.sample(team, 2)
    stranger, began = people.person(chance), int(str(known["my_born"])[:4]) + 18 + chance.below(2)
    return known | {
        "other": other["name"],
        "email": other["email"],
        "email2": f"alumni@{stranger.city.lower()}.test",
        "third": third["name"],
        "third_phone": third["phone"],
        "fourth": stranger.name,
        "email4": stranger.email,
        "fifth": people.name(chance),
        "child": chance.choice(people.FIRST),
        "hotel": chance.choice(papers.HOTELS),
        "discount": 5 + 5 * chance.below(4),
        "phone": stranger.phone,
        "street": stranger.street,
        "street_name": " ".join(stranger.street.split()[1:]),
        "city": stranger.city,
        "postcode": stranger.postcode,
        "doctor": chance.choice(doctors),
        "department": other["department"],
        "room": other["room"],
        "university": f"University of {chance.choice(people.CITIES)}",
        "company": chance.choice(papers.COMPANIES),
        "insurer2": f"{chance.choice(people.CITIES)} General",
        "belief": chance.choice(papers.BELIEFS),
        "illness": chance.choice(papers.ILLNESSES),
        "allergy": chance.choice(papers.ALLERGIES),
        "drug": chance.choice(words.DRUGS)[0],
        "subject": chance.choice(papers.SUBJECTS),
        "degree": chance.choice(papers.DEGREES),
        "thesis": chance.choice(papers.THESES),
        "language": chance.choice(words.LANGUAGES),
        "oldjob": chance.choice(papers.JOBS),
        "word": chance.choice(papers.WORDS),
        "month": chance.choice(papers.MONTHS),
        "thing1": chance.choice(papers.THINGS[:4]),
        "thing2": chance.choice(papers.THINGS[4:]),
        "iban": iban.grouped(foreign(chance)),
        "plate": f"{chr(65 + chance.below(26))}{chr(65 + chance.below(26))} {chance.below(9000) + 1000}",
        "passport": f"P{chance.below(90000000) + 10000000}",
        "digits": chance.below(9000) + 1000,
        "rent": money(100 * (600 + 10 * chance.below(90))),
        "amount1": money(chance.below(80000) + 20000),
        "amount2": money(chance.below(60000) + 9000),
        "amount3": money(chance.below(3000) + 500),
        "amount4": money(chance.below(200000) + 220000),
        "time": f"{8 + chance.below(10):02}:{chance.choice(('00', '15', '30', '45'))}",
        "pressure": f"{110 + chance.below(50)}/{70 + chance.below(25)}",
        "weight": 52 + chance.below(50),
        "height": 155 + chance.below(40),
        "cholesterol": 205 + chance.below(60),
        "percent": 10 + 5 * chance.below(17),
        "age": 24 + chance.below(38),
        "grade": f"{1 + chance.below(2)}.{chance.below(10)}",
        "grade2": f"{1 + chance.below(2)}.{chance.below(10)}",
        "grade_class": f"{1 + chance.below(9)}{chance.choice('abc')}",
        "dayn": 4 + chance.below(17),
        "weeks": 2 + chance.below(9),
        "trial": chance.choice((3, 4, 6)),
        "notice": chance.choice((4, 6, 8, 12)),
        "number": 10 + chance.below(90),
        "count": 40 + chance.below(80),
        "year0": began,
        "year1": began + 4,
        "year2": min(began + 5 + chance.below(6), today.year),
    }


def _documents(database: Database, chance: Chance, today: date, known: Facts, team: list[Row]) -> None:
    doctors = [row["name"] for row in database.rows("SELECT name FROM doctor ORDER BY id")]
    for paper in chance.sample(papers.PAPERS, 13):
        facts = _facts(chance, known, team, today, doctors)
        title, sender, text = (part.strip().format(**facts) for part in (paper.title, paper.sender, paper.text))
        insert(
            database,
            "document",
            title,
            paper.kind,
            sender,
            (today - timedelta(3 + chance.below(500))).isoformat(),
            text,
        )


def _mails(database: Database, chance: Chance, today: date, known: Facts, team: list[Row]) -> None:
    doctors = [row["name"] for row in database.rows("SELECT name FROM doctor ORDER BY id")]
    documents = database.execute("SELECT count(*) FROM document").fetchone()[0]
    chosen = chance.sample(letters.LETTERS, 17)
    for place, mail in enumerate(chosen):
        name, email, subject, text, answer = (
            part.format(**_facts(chance.stream(f"{place}"), known, team, today, doctors))
            for part in (mail.name, mail.email, mail.subject, mail.text.strip(), mail.answer.strip())
        )
        when = today - timedelta(2 * (len(chosen) - place) + chance.below(2))
        attached = 1 + chance.below(documents) if chance.below(4) == 0 else 0
        unread = int(place > 12 and not answer)
        id = insert(database, "mail", 0, 0, when.isoformat(), name, email, subject, text, attached, unread)
        database.execute("UPDATE mail SET thread = id WHERE id = ?", (id,))
        if answer:
            insert(
                database, "mail", id, 1, (when + timedelta(1)).isoformat(), name, email, f"Re: {subject}", answer, 0, 0
            )


def _notices(database: Database, chance: Chance, today: date, team: list[Row]) -> None:
    for place, (title, text) in enumerate(chance.sample(words.NOTICES, 6)):
        who, author = chance.sample(team, 2)
        when = (today - timedelta(40 - 6 * place - chance.below(5))).isoformat()
        insert(database, "notice", title, text.format(name=who["name"], room=who["room"]), when, author["name"])


def _events(database: Database, chance: Chance, today: date, team: list[Row]) -> None:
    titles = set[str]()
    for ahead in (-11, -4, 0, 1, 2, 3, 5, 6, 8, 9, 12, 15, 19, 26):
        when = today + timedelta(ahead)
        if when.weekday() > 4:
            continue
        title, begins, minutes = chance.choice(words.EVENTS)
        guests = chance.sample(team, 1 + chance.below(5))
        title = title.format(name=guests[0]["name"], job=guests[0]["job"].lower())
        if title in titles:
            continue
        titles.add(title)
        end = 60 * int(begins[:2]) + int(begins[3:]) + int(minutes)
        event = insert(
            database,
            "event",
            title,
            when.isoformat(),
            begins,
            f"{end // 60:02}:{end % 60:02}",
            chance.choice(words.ROOMS),
            "",
        )
        for one in guests:
            insert(database, "guest", event, one["id"])
