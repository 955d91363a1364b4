"""What has happened in a project so far: its issues, what was written about them, who did what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.tracker import words
from scoutgym.envs.web.sites.tracker.words import Theme

USER = 1
KEPT = 90
"""Days for which it is known who did what."""


@dataclass(frozen=True)
class Team:
    """Who works in a project: roles by person."""

    project: int
    roles: dict[int, int]

    def least(self, role: int) -> list[int]:
        """Who has at least this role."""
        return [person for person, mine in self.roles.items() if mine >= role]


@dataclass
class Idea:
    """What an issue is about."""

    title: str
    text: str
    labels: list[str]
    part: str


def insert(database: Database, table: str, *values: object) -> int:
    """A new row, its id counted on."""
    marks = ", ".join("?" * len(values))
    return int(database.execute(f"INSERT INTO {table} VALUES (NULL, {marks})", values).lastrowid or 0)


def issues(
    database: Database, chance: Chance, theme: Theme, team: Team, today: date, version: str, titles: set[str]
) -> None:
    """Issues, each begun on a day of its own, the newest at least two days ago; no two titles are the same."""
    ages = sorted(chance.sample(range(3, 400), 11 + chance.below(7)), reverse=True)
    labels = dict(database.execute("SELECT name, id FROM label WHERE project = ? ORDER BY id", (team.project,)))
    plans = database.execute(
        "SELECT id, state FROM milestone WHERE project = ? ORDER BY id", (team.project,)
    ).fetchall()
    events = list[tuple[str, int, str, int]]()
    made = list[int]()
    for number, age in enumerate(ages, 1):
        idea = _idea(chance, theme, version)
        while idea.title in titles:
            idea = _idea(chance, theme, version)
        titles.add(idea.title)
        author = chance.choice(team.least(1))
        closed = chance.below(100) < (55 if age > 150 else 25)
        plan, state = chance.choice(plans) if chance.below(3) else (0, "")
        if state == "closed":
            closed = True
        elif closed and plan and chance.below(2):
            plan = plans[0][0]
        ended = today - timedelta(1 + chance.below(max(1, min(age - 1, 200)))) if closed else None
        begun = today - timedelta(age)
        last = ended or today
        issue = insert(
            database,
            "issue",
            team.project,
            number,
            idea.title,
            idea.text,
            "closed" if closed else "open",
            author,
            _assignee(chance, team),
            plan,
            "" if closed or chance.below(5) < 3 else (today + timedelta(chance.below(70) - 9)).isoformat(),
            chance.choice((1, 2, 2, 2, 3, 3, 4)),
            begun.isoformat(),
            "",
            "" if ended is None else ended.isoformat(),
        )
        made.append(issue)
        for name in idea.labels + chance.sample(list(labels)[4:], chance.below(2)):
            insert(database, "labeled", issue, labels[name])
        events.append((begun.isoformat(), author, "opened", issue))
        days = [begun.isoformat()]
        for written in _talk(database, chance, theme, team, idea, issue, version, (begun, last)):
            days.append(written[0])
            events.append(written)
        if ended is not None:
            days.append(ended.isoformat())
            events.append((ended.isoformat(), chance.choice(team.least(2)), "closed", issue))
        database.execute("UPDATE issue SET updated = ? WHERE id = ?", (max(days), issue))
    for one in range(2):
        first, second = sorted(chance.sample(made[one::2], 2))
        insert(database, "related", first, second)
    for when, person, verb, issue in sorted(events, key=lambda event: event[0]):
        if when >= (today - timedelta(KEPT)).isoformat():
            insert(database, "event", team.project, person, verb, issue, "", when)


def _assignee(chance: Chance, team: Team) -> int:
    """Somebody who may work on issues, often the user; 0 for nobody."""
    able = team.least(2)
    if chance.below(10) < 3:
        return 0
    if USER in able and chance.below(5) == 0:
        return USER
    return chance.choice(able)


def _idea(chance: Chance, theme: Theme, version: str) -> Idea:
    part, what = chance.choice(theme.parts), chance.below(10)
    capital = part[0].upper() + part[1:]
    if what < 5:
        fault, when = chance.choice(words.FAULTS), chance.choice(theme.whens)
        text = (
            f"Seen with version {version} on {chance.choice(words.SYSTEMS)}. {chance.choice(words.DETAILS)}\n\n"
            f"- Open the {part}\n- Use it {when}\n- The {part} {fault}"
        )
        return Idea(f"{capital} {fault} {when}", text, ["bug"], part)
    if what < 8:
        wish = chance.choice(theme.wishes)
        text = f"We should have {wish} in the {part}. {chance.choice(words.REASONS)}"
        return Idea(f"Add {wish} to the {part}", text, ["feature"], part)
    if what < 9:
        text = f"New people ask about the {part} again and again. {chance.choice(words.REASONS)}"
        return Idea(f"{chance.choice(words.PAPERS)} {part}", text, ["documentation"], part)
    text = f"The {part} has grown since version {version}. Nothing should change for users."
    return Idea(f"{chance.choice(words.CHORES)} {part}", text, ["cleanup"], part)


def _talk(
    database: Database,
    chance: Chance,
    theme: Theme,
    team: Team,
    idea: Idea,
    issue: int,
    version: str,
    span: tuple[date, date],
) -> list[tuple[str, int, str, int]]:
    """Comments between two days; what each was, as an event."""
    begun, last = span
    room = max(1, (last - begun).days)
    offsets = sorted(chance.below(room) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 3, 4, 5))))
    found = []
    for offset, line in zip(offsets, chance.sample(words.TALK, len(offsets)), strict=True):
        text = line.format(
            version=version,
            system=chance.choice(words.SYSTEMS),
            part=chance.choice((idea.part, *theme.parts)),
            number=20 + chance.below(80),
            less=3 + chance.below(15),
        )
        person, when = chance.choice(team.least(1)), (begun + timedelta(offset)).isoformat()
        insert(database, "comment", issue, person, text, when, "")
        found.append((when, person, "commented on", issue))
    return found
