"""Contents of bank and insurance: accounts, bookings, cards, policies, claims."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import iban, words
from scoutgym.envs.web.sites.office.rows import insert

MONTHS = 3
"""Of bookings."""


def bank_code(database: Database) -> str:
    """The four letters of the firm's bank."""
    return str(database.execute("SELECT bank FROM firm").fetchone()[0])[:4].upper()


def foreign(chance: Chance) -> str:
    """An account number of some bank."""
    return iban.made(chance.choice(people.CITIES)[:4].upper(), chance.below(10**11))


def fill_bank(database: Database, chance: Chance, today: date) -> None:
    """A checking and a savings account, sometimes a third, with three months of bookings."""
    salary, number = database.execute("SELECT salary, iban FROM profile").fetchone()
    firm = database.execute("SELECT name FROM firm").fetchone()[0]
    limit = 100 * chance.choice((500, 800, 1000, 1500, 2000, 3000))
    insert(database, "account", "Checking account", number, limit + 10 * chance.below(200000) + 20000, limit)
    code = bank_code(database)
    for name, most in (("Savings account", 5000), ("Holiday account", 1000))[: 1 + chance.below(2)]:
        insert(
            database,
            "account",
            name,
            iban.made(code, chance.below(10**9)),
            100000 + 10 * chance.below(900000),
            100 * most,
        )
    rows = []
    payees = [(name, purpose, foreign(chance), 1000 + 10 * chance.below(9000)) for name, purpose in words.PAYEES]
    for month in range(MONTHS):
        begin = (today.replace(day=1) - timedelta(30 * month)).replace(day=1)
        shown = f"{begin:%B}"
        rows.append((begin + timedelta(24), firm, iban.made(code, 10**9 + 7), f"Salary {shown}", salary * 68 // 100))
        for name, purpose, other, amount in chance.sample(payees, 9):
            often = "{" in purpose
            cents = amount if often else amount * (50 + chance.below(100)) // 100
            cents *= 9 if name == "Rent" else 1
            rows.append((begin + timedelta(1 + chance.below(27)), name, other, purpose.format(month=shown), -cents))
    for day, name, other, purpose, amount in sorted(rows, key=lambda row: (row[0], row[1])):
        if day <= today:
            insert(database, "booking", 1, day.isoformat(), name, other, purpose, amount, "")
    for place, (name, purpose, other, amount) in enumerate(chance.sample(payees, 3)):
        rhythm = ("Every month", "Every quarter", "Every year")[place]
        insert(
            database,
            "standing",
            1,
            name,
            other,
            amount,
            rhythm,
            (today - timedelta(100 + chance.below(400))).isoformat(),
            purpose.partition(" {")[0],
        )
    for place, kind in enumerate(("Debit card", "Credit card")):
        expires = f"{1 + chance.below(12):02}/{today.year % 100 + 1 + chance.below(4)}"
        insert(database, "card", 1, kind, f"{1000 + 5000 * place + chance.below(4000)}", expires, "active")
    insert(database, "card", 2, "Savings card", f"{chance.below(900) + 100:04}", f"01/{today.year % 100}", "blocked")


def fill_insurance(database: Database, chance: Chance, today: date) -> None:
    """Four policies, of which the last has ended, and claims for some."""
    for place, row in enumerate(chance.sample(words.POLICIES, 4)):
        kind, premium, deductible, most, insured, covers, excludes = row
        low, high = (int(part) for part in premium.split("-"))
        begins = today - timedelta(500 + chance.below(900))
        ends = today + timedelta(100 + chance.below(600)) if place < 3 else today - timedelta(60 + chance.below(200))
        factor = chance.choice((1, 2, 3))
        policy = insert(
            database,
            "policy",
            f"{kind[:2].upper()}-{chance.below(900000) + 100000}",
            kind,
            insured,
            begins.isoformat(),
            ends.isoformat(),
            100 * low + 10 * chance.below(10 * (high - low)),
            100 * int(deductible) * factor,
            100 * int(most) * factor,
            "|".join(chance.sample(covers.split(", "), 3)),
            "|".join(chance.sample(excludes.split(", "), 3)),
        )
        if place in (0, 3) or chance.below(2):
            state = chance.choice(("checking", "paid", "refused")) if place < 3 else "paid"
            amount = 1000 * (8 + chance.below(60))
            insert(
                database,
                "claim",
                f"CL-{begins.year}-{400 + 37 * place + chance.below(30)}",
                policy,
                (begins + timedelta(100 + chance.below(300))).isoformat(),
                chance.choice(people.CITIES),
                chance.choice(words.CAUSES[kind]),
                amount,
                state,
                amount * 7 // 10 if state == "paid" else 0,
                people.name(chance),
            )
