"""The tracker's contents: people, projects and who works in them, all drawn from a `Chance`."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.tracker import words
from scoutgym.envs.web.sites.tracker.history import Team, insert, issues
from scoutgym.envs.web.sites.tracker.pages import readme, wiki

PEOPLE = 26
MINE = (5, 4, 3, 3, 2, 1, 1, 0)
"""The user's roles in the projects. One more is archived, and there may be a private one that the user cannot see."""


def fill(database: Database, chance: Chance) -> None:
    """Fill an empty database; equal chances give equal contents."""
    database.execute("BEGIN")
    today = date(2025, 1, 10) + timedelta(chance.below(900))
    database.execute("INSERT INTO clock VALUES (1, ?)", (today.isoformat(),))
    _tracker(database, chance.stream("tracker"))
    _people(database, chance.stream("people"), today)
    _projects(database, chance.stream("projects"), today)
    database.execute("COMMIT")


def _tracker(database: Database, chance: Chance) -> None:
    name = chance.choice(words.HOSTS)
    insert(
        database,
        "tracker",
        name,
        chance.choice((5, 8, 10, 20, 25, 40)),
        chance.choice((7, 14, 21, 28, 45)),
        chance.choice((2, 4, 8, 12)),
        chance.choice((2, 3, 4, 5)),
        chance.choice((12, 15, 30, 50)),
        chance.choice((60, 120, 300, 600)),
        f"help@{name.lower()}.test",
        f"Monday to Friday, {7 + chance.below(3)}:00 to {16 + chance.below(4)}:00",
    )


def _people(database: Database, chance: Chance, today: date) -> None:
    """The first is the user."""
    names, known = list[str](), set[str]()
    while len(names) < PEOPLE:
        name = people.name(chance)
        username = username_of(name)
        if username not in known and name not in names:
            names.append(name)
            known.add(username)
    for name in names:
        username = username_of(name)
        insert(
            database,
            "person",
            username,
            name,
            f"{username}@{chance.choice(people.MAILS)}",
            f"{chance.choice(people.CITIES).lower()}{100 + chance.below(900)}",
            chance.choice(words.JOBS),
            chance.choice(people.CITIES),
            chance.choice(words.BIOS),
            chance.choice(("all", "mine", "none")),
            chance.below(2),
            (today - timedelta(120 + chance.below(1500))).isoformat(),
        )
    sid = f"{chance.bits():016x}{chance.bits() & 0xFFFFFFFF:08x}"
    insert(database, "session", sid, 1)


def username_of(name: str) -> str:
    """The first letter and the last name."""
    first, last = name.lower().split()
    return first[0] + last


def _projects(database: Database, chance: Chance, today: date) -> None:
    roles = [(role, 0) for role in MINE] + [(4, 1)]
    if chance.below(2):
        roles.append((-1, 0))
    chance.shuffle(roles)
    themes, names = chance.sample(words.THEMES, len(roles)), chance.sample(words.NAMES, len(roles))
    titles = set[str]()
    for (role, archived), theme, name in zip(roles, themes, names, strict=True):
        luck = chance.stream(name)
        age = 420 + luck.below(500)
        if role < 0:
            visibility = "private"
        elif role < 2:
            visibility = luck.choice(("public", "internal"))
        else:
            visibility = luck.choice(("public", "internal", "private"))
        created = (today - timedelta(age)).isoformat()
        title = f"{name} {theme.kind}"
        slug = title.lower().replace(" ", "-")
        number = insert(database, "project", slug, title, theme.about, visibility, archived, "", created)
        team = _team(database, luck, number, role, today, age)
        _labels(database, luck, number)
        _milestones(database, luck, number, today)
        version = f"{1 + luck.below(4)}.{luck.below(10)}"
        issues(database, luck.stream("issues"), theme, team, today, version, titles)
        text = readme(luck, theme, title, version)
        database.execute("UPDATE project SET readme = ? WHERE id = ?", (text, number))
        wiki(database, luck.stream("wiki"), theme, team, today, version)
        for person in range(2, PEOPLE + 1):
            if luck.below(5) == 0:
                insert(database, "star", number, person)
    for project in chance.sample(range(1, len(roles) + 1), 4):
        if roles[project - 1][0] >= 0 and chance.below(3):
            insert(database, "star", project, 1)


def _team(database: Database, chance: Chance, project: int, mine: int, today: date, age: int) -> Team:
    """Its members: one owner, and a few of each role below."""
    others = chance.sample(range(2, PEOPLE + 1), 4 + chance.below(4))
    ranks = [4, 3, 3, 2, 1, 1, 2][: len(others)]
    if mine == 5:
        roles = list(zip([1, *others], [5, *ranks], strict=True))
    else:
        roles = list(zip(others, [5, *ranks], strict=False))
        if mine > 0:
            roles.append((1, mine))
    for person, role in sorted(roles, key=lambda one: -one[1]):
        since = (today - timedelta(age if role == 5 else 405 + chance.below(15))).isoformat()
        insert(database, "member", project, person, role, since)
        insert(database, "event", project, person, "created the project" if role == 5 else "joined", 0, "", since)
    return Team(project, dict(roles))


def _labels(database: Database, chance: Chance, project: int) -> None:
    known = list(words.LABELS)
    for name in known[:4] + chance.sample(known[4:], 3 + chance.below(3)):
        insert(database, "label", project, name, *words.LABELS[name])


def _milestones(database: Database, chance: Chance, project: int, today: date) -> None:
    """One that is over, and two or three that are due on different days to come."""
    major, minor = 2 + chance.below(5), chance.below(6)
    season = chance.choice(words.SEASONS)
    titles = [f"v{major}.{minor}", f"v{major}.{minor + 1}", season, f"v{major + 1}.0"][: 3 + chance.below(2)]
    spans = (-60 + chance.below(40), 6 + chance.below(20), 35 + chance.below(30), 80 + chance.below(60))
    for place, title in enumerate(titles):
        due = (today + timedelta(spans[place])).isoformat()
        about = chance.choice(
            (
                "What we have promised, and nothing more.",
                "Mostly mistakes that users have reported.",
                "New things first, then a week of tests.",
                "Small and on time.",
            )
        )
        insert(database, "milestone", project, title, about, due, "open" if place else "closed")
