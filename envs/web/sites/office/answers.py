"""What somebody may answer in the clinic's questionnaire: a value for every field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import papers, words
from scoutgym.envs.web.sites.office.asked import today
from scoutgym.envs.web.sites.office.questionnaire import REGISTRATION
from scoutgym.envs.web.sites.office.site import USER

NATIONS = ("Irish", "Canadian", "German", "Polish", "Brazilian", "Japanese", "Kenyan", "Greek")
OPERATIONS = ("appendix, {year}", "left knee, {year}", "tonsils, {year}", "hernia, {year}", "wisdom teeth, {year}")


def answers(database: Database, chance: Chance) -> Mapping[str, str]:
    """Those that the employer knows too are as it knows them; all others are drawn."""
    now = date.fromisoformat(today(database))
    mine = database.rows(
        "SELECT * FROM profile JOIN colleague ON colleague.id = profile.id WHERE profile.id = ?", USER
    )[0]
    firm = database.rows("SELECT * FROM firm")[0]
    first, last = mine["name"].split()

    def year(back: int) -> str:
        return str(now.year - 1 - chance.below(back))

    def day(back: int) -> str:
        return str(now - timedelta(200 + chance.below(back)))

    drugs = chance.sample(words.DRUGS, 3)
    before = people.person(chance)
    given = {
        "first_name": first,
        "last_name": last,
        "birth_name": chance.choice(people.LAST),
        "called": first[:3],
        "born": mine["born"],
        "birthplace": chance.choice(people.CITIES),
        "nationality": chance.choice(NATIONS),
        "status": mine["status"],
        "language": chance.choice(words.LANGUAGES),
        "religion": chance.choice(papers.BELIEFS),
        "occupation": mine["job"],
        "employer": firm["name"],
        "street": mine["street"],
        "supplement": f"floor {1 + chance.below(9)}",
        "postcode": mine["postcode"],
        "city": mine["city"],
        "country": mine["country"],
        "mobile": mine["private_phone"],
        "home_phone": people.phone(chance),
        "work_phone": mine["phone"],
        "email": mine["private_email"],
        "emergency_name": mine["emergency"],
        "emergency_phone": mine["emergency_phone"],
        "insurer": f"{chance.choice(people.CITIES)} Health",
        "member": mine["health"],
        "since": day(4000),
        "main_insured": people.name(chance),
        "main_born": day(20000),
        "extra_insurer": f"{chance.choice(people.CITIES)} Extra",
        "extra_number": f"X{chance.below(900000) + 100000}",
        "payer": before.name,
        "payer_address": f"{before.street}, {before.city}",
        "before": f"Practice of Dr. {people.name(chance)}",
        "height": str(150 + chance.below(50)),
        "weight": str(48 + chance.below(60)),
        "other_illness": f"{chance.choice(papers.ILLNESSES)} as a child",
        "operations": chance.choice(OPERATIONS).format(year=year(30)),
        "hospital": year(20),
        "allergy_drug": chance.choice(("penicillin", "aspirin", "codeine")),
        "allergy_food": chance.choice(("peanuts", "shellfish", "milk", "celery")),
        "allergy_other": chance.choice(("pollen", "latex", "bee stings", "cats")),
        "tetanus": year(12),
        "father": chance.choice(papers.ILLNESSES),
        "mother": chance.choice(papers.ILLNESSES),
        "siblings": chance.choice(papers.ILLNESSES),
        "sleep": str(5 + chance.below(5)),
        "eyes": year(6),
        "teeth": year(4),
        "reason": chance.choice(words.REASONS),
        "doctor": chance.choice(database.rows("SELECT name FROM doctor"))["name"],
        "place": mine["city"],
        "signature": mine["name"],
    }
    for place, (drug, dose) in enumerate(drugs, 1):
        given |= {f"drug{place}": drug, f"dose{place}": dose}
    for each in REGISTRATION.fields:
        if each.name not in given:
            given[each.name] = "yes" if each.kind == "tick" else chance.choice(each.options)
    return given
