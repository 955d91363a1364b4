"""The forum's contents: communities, people, and what they say, all drawn from a `Chance`."""

from __future__ import annotations

from datetime import date, timedelta

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites import people
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.forum import words
from scoutgym.envs.web.sites.forum.speech import Speech, handle
from scoutgym.envs.web.sites.forum.topics import TOPICS, Topic

POSTS = (148, 172)
"""How many there are, at least and below."""
OWN = 6
"""How many of them the user wrote."""


def fill(database: Database, chance: Chance) -> None:
    """Fill an empty database; equal chances give equal contents."""
    database.execute("BEGIN")
    today = date(2025, 1, 10) + timedelta(chance.below(900))
    database.execute("INSERT INTO clock VALUES (1, ?)", (today.isoformat(),))
    topics = chance.sample(TOPICS, 12 + chance.below(2))
    _board(database, chance.stream("board"), today)
    _people(database, chance.stream("people"), today, topics)
    joined = _communities(database, chance.stream("communities"), today, topics)
    _posts(database, chance.stream("posts"), today, topics, joined)
    _comments(database, chance.stream("comments"), today, topics)
    _user(database, chance.stream("user"), today, topics)
    database.execute("COMMIT")


def _insert(database: Database, table: str, *values: object) -> int:
    """A new row, its id counted on."""
    marks = ", ".join("?" * len(values))
    return int(database.execute(f"INSERT INTO {table} VALUES (NULL, {marks})", values).lastrowid or 0)


def _ago(today: date, days: int) -> str:
    return (today - timedelta(days)).isoformat()


def _board(database: Database, chance: Chance, today: date) -> None:
    first, second = (chance.choice(part) for part in words.BOARDS)
    _insert(
        database,
        "board",
        f"{first} {second}",
        chance.choice(words.SLOGANS),
        today.year - 4 - chance.below(18),
        f"team@{first}{second}.test".lower(),
        chance.choice((13, 14, 15, 16, 18)),
        chance.choice((6, 12, 24, 36, 48)),
        chance.choice((7, 10, 14, 21, 30)),
        chance.choice((3, 6, 9, 15, 18)),
        chance.choice((60, 90, 120, 180, 365)),
        chance.choice((8, 12, 20, 24, 30)),
        chance.choice((2, 3, 4, 5)),
    )


def _people(database: Database, chance: Chance, today: date, topics: list[Topic]) -> None:
    """The user is the first, and has the first session."""
    names, count = set[str](), 42 + chance.below(8)
    shy = chance.sample(range(1, count), 7)
    for number in range(count):
        name = handle(chance)
        while any(name in one or one in name for one in names):  # none is a part of another: answers name people
            name = handle(chance)
        names.add(name)
        about = Speech(chance, chance.choice(topics)).say(words.ABOUTS)
        password = f"{chance.choice(people.CITIES).lower()}{100 + chance.below(900)}" if number == 0 else ""
        _insert(
            database,
            "person",
            name,
            f"{name}@{chance.choice(people.MAILS)}",
            password,
            about,
            chance.choice(people.CITIES) if number == 0 or chance.below(4) else "",
            _ago(today, 420 + chance.below(1800)),
            "nobody" if number in shy else "everyone",
            chance.choice(("never", "daily", "weekly")),
            "new",
        )
    _insert(database, "session", f"{chance.bits():016x}{chance.bits() & 0xFFFFFFFF:08x}", 1)


def _communities(database: Database, chance: Chance, today: date, topics: list[Topic]) -> list[int]:
    """One for each topic, and one of the team's; the ids of those that the user has joined, all open to members."""
    count = database.execute("SELECT count(*) FROM person").fetchone()[0]
    staff = chance.choice(words.STAFF)
    closed = 1 + chance.below(len(topics))
    for number, topic in enumerate([*topics, None], 1):
        name, about = (topic.name, topic.about) if topic else staff
        flairs = topic.flairs if topic else words.STAFF_FLAIRS
        _insert(
            database,
            "community",
            name.lower().replace(" ", "-"),
            name,
            about,
            "|".join(flairs),
            int(topic is not None and number != closed),
            40 + int(4000 * chance.random() ** 2),
            _ago(today, 430 + chance.below(1500)),
        )
        for person in chance.sample(range(2, count + 1), 2 + chance.below(2)):
            _insert(database, "moderator", number, person)
        texts = chance.sample(words.RULES, 3 + chance.below(2)) if topic else []
        for title, text in chance.sample(words.PLAIN_RULES, 2):
            _insert(database, "rule", number, "", title, text, "")
        for rule in texts:
            value = chance.choice(rule.values)
            _insert(database, "rule", number, rule.topic, rule.title, rule.text.format(value=value), value)
    joined = chance.sample([one for one in range(1, len(topics) + 1) if one != closed], 5)
    for number in joined:
        _insert(database, "member", number, 1, _ago(today, 20 + chance.below(400)))
    return joined


def _posts(database: Database, chance: Chance, today: date, topics: list[Topic], joined: list[int]) -> None:
    """From the oldest to the newest; titles differ."""
    count = database.execute("SELECT count(*) FROM person").fetchone()[0]
    total = POSTS[0] + chance.below(POSTS[1] - POSTS[0])
    ages = sorted((1 + int(400 * chance.random() ** 1.6) for _ in range(total)), reverse=True)
    mine = dict(zip(chance.sample(range(total), OWN), [*joined, joined[0]], strict=True))
    locked = chance.sample([number for number in range(total) if number not in mine], 11)
    places = [number for number in range(1, len(topics) + 1) for _ in range(2 + chance.below(4))]
    titles, closed = set[str](), dict[int, list[int]]()
    for place, person in database.execute(
        "SELECT community, person FROM moderator JOIN community ON community.id = community WHERE NOT open"
    ):
        closed.setdefault(place, []).append(person)
    for number, age in enumerate(ages):
        place = mine.get(number) or chance.choice(places)
        person = 1 if number in mine else 2 + chance.below(count - 1)
        flairs = topics[place - 1].flairs
        staff = number not in mine and number % 28 == 5
        if staff:
            place, flairs = len(topics) + 1, words.STAFF_FLAIRS
        if place in closed:
            person = chance.choice(closed[place])
        speech = Speech(chance, chance.choice(topics) if staff else topics[place - 1])
        while (title := speech.say(words.STAFF_TITLES if staff else words.TITLES)) in titles:
            pass
        titles.add(title)
        _insert(
            database,
            "post",
            place,
            person,
            title,
            speech.say(words.STAFF_TEXTS) if staff else speech.text(),
            chance.choice(flairs) if chance.below(5) else "",
            _ago(today, age),
            "",
            1 + int(300 * chance.random() ** 3) if chance.below(9) else -chance.below(6),
            int(number in locked),
            0,
        )


def _comments(database: Database, chance: Chance, today: date, topics: list[Topic]) -> None:
    """Talks below the posts, with replies to replies; the user takes part in some."""
    count = database.execute("SELECT count(*) FROM person").fetchone()[0]
    posts = database.execute("SELECT id, community, person, day FROM post ORDER BY id").fetchall()
    talking = set(chance.sample([row[0] for row in posts if row[2] != 1], 12))
    for post, place, author, day in posts:
        speech = Speech(chance, topics[place - 1] if place <= len(topics) else chance.choice(topics))
        age = (today - date.fromisoformat(day)).days
        said: list[tuple[int, int, int]] = []  # id, depth, age
        spoken = 1 + chance.below(3) if author == 1 else int(10 * chance.random() ** 1.8) + (post in talking)
        at = chance.below(spoken) if post in talking else -1
        for number in range(spoken):
            parent, depth, older = chance.choice(said) if said and chance.below(5) < 2 else (0, 0, age)
            if depth > 3:
                parent, depth, older = 0, 0, age
            then = max(0, older - chance.below(4))
            person = 1 if number == at else author if parent and chance.below(3) == 0 else 2 + chance.below(count - 1)
            text = speech.say(words.THANKS) if parent and chance.below(2) else speech.comment()
            points = 1 + int(60 * chance.random() ** 3) if chance.below(8) else -chance.below(5)
            made = _insert(database, "comment", post, parent, person, text, _ago(today, then), "", points, 0)
            said.append((made, depth + 1, then))


def _user(database: Database, chance: Chance, today: date, topics: list[Topic]) -> None:
    """What is the user's alone: bonds, saved posts, votes, messages, notifications."""
    count = database.execute("SELECT count(*) FROM person").fetchone()[0]
    others = chance.sample(range(2, count + 1), 6)
    for number, other in enumerate(others):
        _insert(database, "bond", 1, other, "follow" if number < 4 else "block", _ago(today, 5 + chance.below(300)))
    posts = [row[0] for row in database.execute("SELECT id FROM post WHERE person != 1 ORDER BY id")]
    for post in chance.sample(posts, 4):
        _insert(database, "saved", 1, post, _ago(today, chance.below(100)))
    for post in chance.sample(posts, 6):
        _insert(database, "vote", 1, post, 0, 1 if chance.below(4) else -1)
    writing = "SELECT id FROM person WHERE id > 1 AND inbox = 'everyone' AND id NOT IN (?, ?) ORDER BY id"
    friends = [row[0] for row in database.execute(writing, others[4:])]
    letters: list[tuple[int, int, int, int, str, int]] = []
    for friend in chance.sample(friends, 5):
        speech, age = Speech(chance, chance.choice(topics)), 3 + chance.below(90)
        count = 1 + chance.below(4)
        for number in range(count):
            pair = (friend, 1) if (number + count) % 2 else (1, friend)
            age = max(0, age - chance.below(4))
            letters.append((age, len(letters), *pair, speech.say(words.LETTERS), int(number < count - 1)))
    for age, _, sender, receiver, text, seen in sorted(letters, key=lambda one: (-one[0], one[1])):
        new = receiver == 1 and not seen and chance.below(3) < 2
        _insert(database, "message", sender, receiver, text, _ago(today, age), int(not new))
    _notices(database, chance, today, others)


def _notices(database: Database, chance: Chance, today: date, others: list[int]) -> None:
    """What others said below what the user wrote, and who follows; the newest are unread."""
    found = [
        (row[0], "comment", *row[1:])
        for row in database.execute(
            "SELECT comment.day, comment.person, post.id FROM comment JOIN post ON post.id = comment.post "
            "WHERE post.person = 1 AND comment.person != 1 AND parent = 0"
        )
    ]
    found += [
        (row[0], "reply", *row[1:])
        for row in database.execute(
            "SELECT comment.day, comment.person, comment.post FROM comment JOIN comment AS above "
            "ON above.id = comment.parent WHERE above.person = 1 AND comment.person != 1"
        )
    ]
    found += [(_ago(today, chance.below(200)), "follow", other, 0) for other in others[:3]]
    kept = sorted(found)[-12:]
    old = len(kept) - 1 - chance.below(3)
    for number, (day, kind, other, post) in enumerate(kept):
        _insert(database, "notice", 1, kind, other, post, day, int(number < old))
