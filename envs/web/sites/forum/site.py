"""The forum: its tables, what all its pages need, and the site that handlers are registered with."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.site import Response, Site, Visit

SCHEMA = """
CREATE TABLE board (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, slogan TEXT NOT NULL, founded INTEGER NOT NULL, email TEXT NOT NULL,
    age INTEGER NOT NULL, report_hours INTEGER NOT NULL, appeal_days INTEGER NOT NULL, term_months INTEGER NOT NULL,
    message_days INTEGER NOT NULL, idle_months INTEGER NOT NULL, warnings INTEGER NOT NULL
);
CREATE TABLE community (
    id INTEGER PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL, about TEXT NOT NULL, flairs TEXT NOT NULL,
    open INTEGER NOT NULL, others INTEGER NOT NULL, opened TEXT NOT NULL
);
CREATE TABLE rule (
    id INTEGER PRIMARY KEY, community INTEGER NOT NULL, topic TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, password TEXT NOT NULL, about TEXT NOT NULL,
    city TEXT NOT NULL, since TEXT NOT NULL, inbox TEXT NOT NULL, digest TEXT NOT NULL, sort TEXT NOT NULL
);
CREATE TABLE moderator (id INTEGER PRIMARY KEY, community INTEGER NOT NULL, person INTEGER NOT NULL);
CREATE TABLE member (
    id INTEGER PRIMARY KEY, community INTEGER NOT NULL, person INTEGER NOT NULL, day TEXT NOT NULL
);
CREATE TABLE post (
    id INTEGER PRIMARY KEY, community INTEGER NOT NULL, person INTEGER NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, flair TEXT NOT NULL, day TEXT NOT NULL, edited TEXT NOT NULL, points INTEGER NOT NULL,
    locked INTEGER NOT NULL, gone INTEGER NOT NULL
);
CREATE TABLE comment (
    id INTEGER PRIMARY KEY, post INTEGER NOT NULL, parent INTEGER NOT NULL, person INTEGER NOT NULL,
    text TEXT NOT NULL, day TEXT NOT NULL, edited TEXT NOT NULL, points INTEGER NOT NULL, gone INTEGER NOT NULL
);
CREATE TABLE vote (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, post INTEGER NOT NULL, comment INTEGER NOT NULL,
    value INTEGER NOT NULL
);
CREATE TABLE saved (id INTEGER PRIMARY KEY, person INTEGER NOT NULL, post INTEGER NOT NULL, day TEXT NOT NULL);
CREATE TABLE bond (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, other INTEGER NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, sender INTEGER NOT NULL, receiver INTEGER NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL,
    seen INTEGER NOT NULL
);
CREATE TABLE notice (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, kind TEXT NOT NULL, other INTEGER NOT NULL, post INTEGER NOT NULL,
    day TEXT NOT NULL, seen INTEGER NOT NULL
);
CREATE TABLE report (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, post INTEGER NOT NULL, comment INTEGER NOT NULL,
    reason TEXT NOT NULL, text TEXT NOT NULL, day TEXT NOT NULL
);
CREATE INDEX by_community ON post (community);
CREATE INDEX by_post ON comment (post);
"""
"""Points are those of all others: one's own votes are rows of ``vote``, so that a vote changes nothing else; ``others``
are the members that have no row. What is deleted stays as ``gone``. A ``bond`` is ``follow`` or ``block``; a vote or a
report is of a post or of a comment, and the other one is 0."""

NOTES = {
    "joined": "You are a member now.",
    "left": "You are no longer a member.",
    "posted": "Your post is published.",
    "commented": "Your comment is published.",
    "edited": "Your changes were saved.",
    "deleted": "Your post was deleted.",
    "comment-deleted": "Your comment was deleted.",
    "voted": "Your vote was counted.",
    "unvoted": "Your vote was taken back.",
    "saved": "The post was saved.",
    "unsaved": "The post is no longer saved.",
    "follow": "You follow this person now.",
    "block": "You have blocked this person.",
    "unfollow": "You no longer follow this person.",
    "unblock": "This person is no longer blocked.",
    "sent": "Your message was sent.",
    "read": "Everything is marked as read.",
    "reported": "Thank you. The moderators will look at it.",
    "settings": "Your settings were saved.",
    "password": "Your password was changed.",
    "welcome": "Welcome back! You are logged in.",
    "bye": "You are logged out.",
}
"""What a page says of what was just done, by the value of ``note`` in its address."""


class Reader(Visit):
    """A request to the forum: who reads, and what waits for them."""

    @cached_property
    def board(self) -> Row:
        """The forum itself."""
        return self.one("SELECT * FROM board")

    @cached_property
    def user(self) -> Row | None:
        """Who is logged in; None for guests."""
        return self.maybe("SELECT * FROM person WHERE id = ?", self.person) if self.person else None

    @cached_property
    def notices(self) -> int:
        """How many notifications are new."""
        return self.count("SELECT count(*) FROM notice WHERE person = ? AND NOT seen", self.person)

    @cached_property
    def letters(self) -> int:
        """How many private messages are unread."""
        return self.count("SELECT count(*) FROM message WHERE receiver = ? AND NOT seen", self.person)

    @cached_property
    def note(self) -> str:
        """What was just done."""
        return NOTES.get(self.query.get("note", ""), "")

    @cached_property
    def joined(self) -> list[Row]:
        """The communities of who reads."""
        return self.rows(
            "SELECT community.id, slug, name, open FROM member JOIN community ON community.id = community "
            "WHERE person = ? ORDER BY name",
            self.person,
        )

    def count(self, sql: str, *values: object) -> int:
        """The number that a query gives."""
        return int(self.database.value(sql, *values))

    def to_login(self) -> Response:
        """To the log-in page, and back from there."""
        return self.go("/login", next=self.request.path)


@lru_cache(maxsize=4096)
def day(iso: str) -> str:
    """A date as people read it."""
    found = date.fromisoformat(iso)
    return f"{found:%B} {found.day}, {found.year}"


def many(count: int, one: str, more: str = "") -> str:
    """A number and what it counts."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def short(text: str, most: int = 140) -> str:
    """The beginning of a long text, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[:most]} …"


def pairs(listed: str) -> list[tuple[str, str]]:
    """The options of a list whose values are what is shown."""
    return [(one, one) for one in listed.split("|")]


SITE = Site("forum", "scoutgym.envs.web.sites.forum", SCHEMA, Reader)
SITE.templates.filters.update(day=day, many=many, pairs=pairs, short=short)
