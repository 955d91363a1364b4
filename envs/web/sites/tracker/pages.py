"""The texts that a project's people keep: its readme, and a wiki with facts as lines of the form ``- Name: value``."""

from __future__ import annotations

import re
from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.tracker import words
from scoutgym.envs.web.sites.tracker.history import Team, insert
from scoutgym.envs.web.sites.tracker.words import Theme

FACT = re.compile(r"^- ([^:\n]+): (.+)$", re.MULTILINE)
"""A fact of a wiki page: its name and value."""


def readme(chance: Chance, theme: Theme, title: str, version: str) -> str:
    """What stands on a project's first page."""
    first, second, third = chance.sample(theme.parts, 3)
    return (
        f"{theme.about}. The heart of it is the {first}; the {second} and the {third} came later.\n\n"
        f"## Where we are\n\n- Current version: {version}\n- Language: {chance.choice(words.LANGUAGES)}\n"
        f"- License: {chance.choice(words.LICENSES)}\n\n"
        f"## Taking part\n\nRead the wiki first, then look for an issue that nobody works on. {title} is made in "
        f"spare hours, so answers may take {chance.choice(('a day', 'two days', 'a week'))}."
    )


def wiki(database: Database, chance: Chance, theme: Theme, team: Team, today: date, version: str) -> None:
    """Three or four pages."""
    able = team.least(3)
    names = dict(database.execute("SELECT id, name FROM person"))
    made = _pages(chance, theme, [names[person] for person in able], version)
    for title, text in chance.sample(list(made.items()), 3 + chance.below(2)):
        changed = (today - timedelta(20 + chance.below(300))).isoformat()
        slug = title.lower().replace(" ", "-")
        insert(database, "wiki", team.project, slug, title, text, chance.choice(able), changed)


def _pages(chance: Chance, theme: Theme, able: list[str], version: str) -> dict[str, str]:
    """All there can be, by title."""
    major, minor = version.split(".")
    return {
        "Release process": (
            f"Every release begins with a list of what has changed in the {chance.choice(theme.parts)}.\n\n"
            f"## Calendar\n\n- Release day: {chance.choice(words.WEEKDAYS)}\n"
            f"- Weeks between releases: {2 + chance.below(7)}\n"
            f"- Code freeze: {1 + chance.below(6)} days before the release\n"
            f"- Release manager: {chance.choice(able)}"
        ),
        "Contributing": (
            "Small changes are read sooner than large ones.\n\n"
            f"## Rules\n\n- Approvals needed: {1 + chance.below(3)}\n"
            f"- Main test system: {chance.choice(words.SYSTEMS)}\n"
            f"- Longest line: {chance.choice((80, 88, 100, 120))} characters\n"
            f"- First contact: {chance.choice(able)}"
        ),
        "Meetings": (
            "Everybody may come and listen. Minutes are sent on the same day.\n\n"
            f"## When and where\n\n- Weekday: {chance.choice(words.WEEKDAYS)}\n"
            f"- Begins at: {8 + chance.below(9)}:{chance.choice(('00', '15', '30'))}\n"
            f"- Room: {chance.choice(words.ROOMS)}\n- Minutes by: {chance.choice(able)}"
        ),
        "Support": (
            f"Most questions are about the {chance.choice(theme.parts)}.\n\n"
            f"## What we promise\n\n- First answer: within {1 + chance.below(5)} working days\n"
            f"- Oldest supported version: {max(1, int(major) - 1)}.{minor}\n"
            f"- On call: {chance.choice(able)}"
        ),
    }
