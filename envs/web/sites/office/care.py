"""Contents of the clinic: doctors, free and taken times, appointments, prescriptions."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import words
from scoutgym.envs.web.sites.office.rows import insert
from scoutgym.envs.web.sites.office.site import numbered

AHEAD = 16
"""Calendar days that can be booked."""

TIMES = tuple(f"{hour:02}:{minute:02}" for hour in range(8, 17) for minute in (0, 20, 40) if hour != 12)


def fill_clinic(database: Database, chance: Chance, today: date) -> None:
    """Seven doctors, one of whom is away."""
    names = set[str]()
    for place, (field, about) in enumerate(chance.sample(words.FIELDS, 7)):
        while True:
            name = people.name(chance)
            if name.split()[1] not in names:
                break
        names.add(name.split()[1])
        away = place == 6
        languages = ", ".join(["English", *chance.sample(words.LANGUAGES, 1 + chance.below(2))])
        doctor = insert(
            database,
            "doctor",
            f"Dr. {name}",
            field,
            str(100 + chance.below(300)),
            languages,
            about,
            str(today - timedelta(3)) if away else "",
            str(today + timedelta(AHEAD + 5)) if away else "",
        )
        if not away:
            _slots(database, chance, today, doctor)
    _appointments(database, chance, today)
    for place, (drug, dose) in enumerate(chance.sample(words.DRUGS, 4)):
        day = (today - timedelta(20 + chance.below(300))).isoformat()
        insert(
            database,
            "prescription",
            drug,
            dose,
            1 + chance.below(6),
            day,
            0 if place == 3 else 1 + chance.below(4),
            "open",
        )


def _slots(database: Database, chance: Chance, today: date, doctor: int) -> None:
    closed = {row[0] for row in database.execute("SELECT day FROM holiday")}
    off = chance.below(5)
    for ahead in range(1, AHEAD):
        day = today + timedelta(ahead)
        if day.weekday() > 4 or day.weekday() == off or day.isoformat() in closed:
            continue
        full = chance.below(5) == 0
        for time in sorted(chance.sample(TIMES, 4 + chance.below(3))):
            insert(database, "slot", doctor, day.isoformat(), time, int(full or chance.below(3) == 0))


def _appointments(database: Database, chance: Chance, today: date) -> None:
    """Two behind, one or two to come."""
    for place in range(2):
        day = today - timedelta(30 + chance.below(300))
        day -= timedelta(max(0, day.weekday() - 4))
        _appointment(database, place, 1 + chance.below(6), day.isoformat(), chance.choice(TIMES), chance)
    taken = database.execute("SELECT doctor, day, time FROM slot WHERE taken ORDER BY id").fetchall()
    days = set[str]()
    for place, (doctor, day, time) in enumerate(chance.sample(taken, 6)):
        if day not in days and len(days) < 1 + place % 2:
            days.add(day)
            _appointment(database, 2 + place, doctor, day, time, chance)


def _appointment(database: Database, place: int, doctor: int, day: str, time: str, chance: Chance) -> None:
    insert(
        database,
        "appointment",
        numbered("AP", day, 300 + 7 * place),
        doctor,
        day,
        time,
        chance.choice(words.REASONS),
        "booked",
    )
