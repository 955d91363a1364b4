"""Tasks at the clinic: book an appointment, and the registration, the longest form of the office."""

from __future__ import annotations

from collections.abc import Mapping

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.office import words
from scoutgym.envs.web.sites.office.answers import answers
from scoutgym.envs.web.sites.office.asked import REST, Steps, as_steps, both, form, in_words, menu, sent, there
from scoutgym.envs.web.sites.office.forms_care import APPOINTMENT
from scoutgym.envs.web.sites.office.questionnaire import REGISTRATION
from scoutgym.envs.web.sites.office.site import SITE, weekday
from scoutgym.envs.web.world import WebTask


def questionnaire(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Register with the clinic: a form of seven steps, those fields that are needed to all hundred."""
    database = databases[SITE.host]
    known = answers(database, chance)
    share = chance.choice((0, 30, 60, 100))
    values = {each.name: known[each.name] for each in REGISTRATION.fields if each.needed or chance.below(100) < share}
    goal = both(sent(database, REGISTRATION, values), "submission", "entry")
    asked, script = (
        "Fill in the registration form of the clinic for me, and send it.",
        menu("Clinic", "Registration", "Begin"),
    )
    for section in REGISTRATION.sections:
        said = in_words(section.fields, values)
        asked += f" {section.title}: {said}." if said else ""
        script += [*as_steps(section.fields, values), ["click", "button", "Save and continue"]]
    return WebTask(f"{asked} {REST}", goal, [*script, ["click", "button", "Send registration"]])


def book(databases: Mapping[str, Database], chance: Chance) -> WebTask:
    """Book an appointment that is free: a given one, or the first."""
    database = databases[SITE.host]
    free = database.rows(
        "SELECT slot.*, name, field FROM slot JOIN doctor ON doctor.id = doctor WHERE NOT taken AND NOT EXISTS "
        "(SELECT 1 FROM appointment WHERE state = 'booked' AND appointment.day = slot.day) ORDER BY day, time",
    )
    slot = chance.choice(free)
    if chance.below(2):
        first = next(
            one
            for one in database.rows(
                "SELECT * FROM slot WHERE NOT taken AND doctor = ? ORDER BY day, time", slot["doctor"]
            )
        )
        fitting = first["id"] in {one["id"] for one in free}
        slot |= {"day": first["day"], "time": first["time"]} if fitting else {}
        intro = f"Book the first free appointment in the field '{slot['field']}' at the clinic."
        if not fitting:
            intro = _at(slot)
    else:
        intro = _at(slot)
    values = {"doctor": slot["name"], "day": slot["day"], "time": slot["time"], "reason": chance.choice(words.REASONS)}
    if chance.below(2):
        values["phone"] = people.phone(chance)
    if chance.below(2):
        values["first"] = "yes"
    steps: Steps = menu("Clinic", "Doctors and appointments", slot["name"], weekday(slot["day"]))
    row: list[Goal] = [
        there(
            "appointment",
            doctor=slot["doctor"],
            day=slot["day"],
            time=slot["time"],
            reason=values["reason"],
            state="booked",
        ),
    ]
    return _booking(database, intro, values, steps, row)


def _at(slot: Mapping[str, str]) -> str:
    return f"Book the appointment with '{slot['name']}' on {weekday(slot['day'])} at {slot['time']}."


def _booking(database: Database, intro: str, values: Mapping[str, str], to: Steps, goals: list[Goal]) -> WebTask:
    """The time is told by the sentence before, not by the list of fields."""
    made = form(database, intro, APPOINTMENT, values, to, goals, "slot", "appointment")
    asked = [each for each in APPOINTMENT.fields if each.name != "time"]
    return WebTask(f"{intro} {in_words(asked, values)}. {REST}", made.goal, made.script)
