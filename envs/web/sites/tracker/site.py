"""The tracker: its tables, what all its pages need, and the site that handlers are registered with."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from urllib.parse import urlencode

from markupsafe import Markup, escape
from werkzeug.exceptions import Forbidden

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.site import Response, Site, Visit

SCHEMA = """
CREATE TABLE tracker (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, megabytes INTEGER NOT NULL, kept_days INTEGER NOT NULL,
    urgent_hours INTEGER NOT NULL, high_days INTEGER NOT NULL, projects INTEGER NOT NULL, requests INTEGER NOT NULL,
    email TEXT NOT NULL, hours TEXT NOT NULL
);
CREATE TABLE person (
    id INTEGER PRIMARY KEY, username TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, password TEXT NOT NULL,
    job TEXT NOT NULL, city TEXT NOT NULL, bio TEXT NOT NULL, notify TEXT NOT NULL, digest INTEGER NOT NULL,
    joined TEXT NOT NULL
);
CREATE TABLE project (
    id INTEGER PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL, about TEXT NOT NULL, visibility TEXT NOT NULL,
    archived INTEGER NOT NULL, readme TEXT NOT NULL, created TEXT NOT NULL
);
CREATE TABLE member (
    id INTEGER PRIMARY KEY, project INTEGER NOT NULL, person INTEGER NOT NULL, role INTEGER NOT NULL,
    since TEXT NOT NULL
);
CREATE TABLE star (id INTEGER PRIMARY KEY, project INTEGER NOT NULL, person INTEGER NOT NULL);
CREATE TABLE label (
    id INTEGER PRIMARY KEY, project INTEGER NOT NULL, name TEXT NOT NULL, color TEXT NOT NULL, about TEXT NOT NULL
);
CREATE TABLE milestone (
    id INTEGER PRIMARY KEY, project INTEGER NOT NULL, title TEXT NOT NULL, about TEXT NOT NULL, due TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE issue (
    id INTEGER PRIMARY KEY, project INTEGER NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    state TEXT NOT NULL, author INTEGER NOT NULL, assignee INTEGER NOT NULL, milestone INTEGER NOT NULL,
    due TEXT NOT NULL, priority INTEGER NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL, closed TEXT NOT NULL
);
CREATE TABLE labeled (id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, label INTEGER NOT NULL);
CREATE TABLE related (id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, other INTEGER NOT NULL);
CREATE TABLE comment (
    id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, author INTEGER NOT NULL, text TEXT NOT NULL, created TEXT NOT NULL,
    edited TEXT NOT NULL
);
CREATE TABLE event (
    id INTEGER PRIMARY KEY, project INTEGER NOT NULL, person INTEGER NOT NULL, verb TEXT NOT NULL,
    issue INTEGER NOT NULL, what TEXT NOT NULL, day TEXT NOT NULL
);
CREATE TABLE wiki (
    id INTEGER PRIMARY KEY, project INTEGER NOT NULL, slug TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    person INTEGER NOT NULL, updated TEXT NOT NULL
);
CREATE INDEX by_project ON issue (project);
CREATE INDEX by_issue ON comment (issue);
"""
"""``assignee`` and ``milestone`` are 0 and ``due`` is empty where there is none. ``updated`` is the day of the last
change of an issue or its comments. Passwords are as they are: a task may ask for one."""

ROLES = {1: "Guest", 2: "Reporter", 3: "Developer", 4: "Maintainer", 5: "Owner"}
RIGHTS = {
    "comment": (1, "write comments"),
    "issues": (2, "open or change issues"),
    "plan": (3, "change labels, milestones and wiki pages"),
    "manage": (4, "change members and settings"),
    "own": (5, "archive the project or change who can see it"),
}
"""What the lowest role is that may do something."""

PRIORITIES = {1: "Low", 2: "Normal", 3: "High", 4: "Urgent"}
VISIBILITIES = {"public": "Public", "internal": "Internal", "private": "Private"}

NOTES = {
    "project": "The project was created.",
    "saved": "Your changes were saved.",
    "starred": "You have starred this project.",
    "unstarred": "You no longer star this project.",
    "archived": "The project is archived now.",
    "unarchived": "The project is active again.",
    "opened": "The issue was created.",
    "closed": "The issue was closed.",
    "reopened": "The issue was reopened.",
    "assigned": "The issue is assigned to you.",
    "related": "The related issue was added.",
    "unrelated": "The related issue was removed.",
    "commented": "Your comment was added.",
    "edited": "Your comment was changed.",
    "uncommented": "Your comment was deleted.",
    "label": "The label was created.",
    "unlabel": "The label was deleted.",
    "milestone": "The milestone was created.",
    "milestone-closed": "The milestone was closed.",
    "milestone-reopened": "The milestone was reopened.",
    "invited": "The member was added.",
    "role": "The role was changed.",
    "removed": "The member was removed.",
    "left-project": "You have left the project.",
    "wiki": "The page was created.",
    "password": "Your password was changed.",
    "welcome": "You are logged in.",
    "left": "You are logged out.",
}
"""What a page says of what was just done, by the value of ``note`` in its address."""


class Tracker(Visit):
    """A request to the tracker: who asks, and what they may do."""

    @cached_property
    def tracker(self) -> Row:
        """The tracker itself."""
        return self.one("SELECT * FROM tracker")

    @cached_property
    def me(self) -> Row | None:
        """Who is logged in."""
        return self.maybe("SELECT * FROM person WHERE id = ?", self.person) if self.person else None

    @cached_property
    def roles(self) -> dict[int, int]:
        """By project, the role of who is logged in."""
        return dict(self.database.fetched("SELECT project, role FROM member WHERE person = ?", (self.person,)))

    @cached_property
    def note(self) -> str:
        """What was just done."""
        return NOTES.get(self.query.get("note", ""), "")

    def seen(self) -> str:
        """SQL: whether who asks may see a project."""
        if not self.person:
            return "project.visibility = 'public'"
        return (
            "(project.visibility != 'private' OR project.id IN "
            f"(SELECT project FROM member WHERE person = {self.person}))"
        )

    def project(self, slug: str) -> Row:
        """A project that may be seen, with the ``role`` in it of who asks (0 for none).

        Raises:
            NotFound: there is none.
        """
        found = self.one(f"SELECT * FROM project WHERE slug = ? AND {self.seen()}", slug)
        return found | {"role": self.roles.get(found["id"], 0)}

    def may(self, project: Row, right: str) -> bool:
        """Whether who asks may do something; in an archived project nobody may."""
        return bool(project["role"] >= RIGHTS[right][0] and not project["archived"])

    def allowed(self, slug: str, right: str) -> Row:
        """A project in which who asks may do something.

        Raises:
            NotFound: there is none that they may see.
            Forbidden: they may not do it there.
        """
        project = self.project(slug)
        if not self.may(project, right):
            least, what = RIGHTS[right]
            if project["archived"] and project["role"] >= least:
                raise Forbidden(f"{project['name']} is archived: nobody can {what} here.")
            mine = f"your role is {ROLES[project['role']]}" if project["role"] else "you are not a member"
            raise Forbidden(f"You cannot {what} in {project['name']}: this needs the role {ROLES[least]}, and {mine}.")
        return project

    def issue(self, project: Row, number: int) -> Row:
        """An issue of a project.

        Raises:
            NotFound: there is none.
        """
        return self.one("SELECT * FROM issue WHERE project = ? AND number = ?", project["id"], number)

    def log(self, project: Row, verb: str, issue: int = 0, what: str = "") -> None:
        """Tell the project's activity what was done; an issue that it was done to is as of today."""
        values = (project["id"], self.person, verb, issue, what, self.now)
        self.do("INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?, ?)", *values)
        if issue:
            self.do("UPDATE issue SET updated = ? WHERE id = ?", self.now, issue)

    def people(self, project: Row, least: int = 1) -> list[Row]:
        """The members of a project who have at least a role."""
        return self.rows(
            "SELECT person.id, username, name, role FROM member JOIN person ON person.id = person "
            "WHERE project = ? AND role >= ? ORDER BY name",
            project["id"],
            least,
        )

    def to_login(self) -> Response:
        """To the log-in page, and back from there."""
        return self.go("/login", next=self.request.path)

    def paged(self, count: int, size: int) -> tuple[int, int]:
        """The number of the page that is asked for, and of the last one."""
        last = max(1, -(-count // size))
        text = self.query.get("page", "1")
        return min(max(int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1, 1), last), last

    def further(self, page: int) -> str:
        """The address of another page of the same list."""
        kept = {name: value for name, value in self.query.items() if value and name not in ("page", "note")}
        return f"{self.request.path}?{urlencode(kept | {'page': page})}"


@lru_cache(maxsize=4096)
def day(iso: str) -> str:
    """A date as people read it."""
    found = date.fromisoformat(iso)
    return f"{found:%b} {found.day}, {found.year}"


def prose(text: str) -> Markup:
    """A text as paragraphs; lines that begin with a hyphen are a list, those with ``##`` a heading."""
    made: list[str] = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line for line in block.split("\n") if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("## "):
            made.append(f"<h2>{escape(lines.pop(0)[3:])}</h2>")
        items = [line for line in lines if line.startswith("- ")]
        if items and len(items) == len(lines):
            made.append('<ul class="list">' + "".join(f"<li>{escape(line[2:])}</li>" for line in items) + "</ul>")
        elif lines:
            made.append("<p>" + "<br>".join(str(escape(line)) for line in lines) + "</p>")
    return Markup("\n".join(made))  # every text in it is escaped


def percent(row: Row) -> int:
    """How much of a milestone is done."""
    return 100 * row["closed"] // row["total"] if row["total"] else 0


def count(number: int, what: str) -> str:
    """So many of something."""
    return f"{number} {what}{'' if number == 1 else 's'}"


SITE = Site("tracker", "scoutgym.envs.web.sites.tracker", SCHEMA, Tracker)
SITE.templates.filters.update(day=day, prose=prose, percent=percent, count_of=count)
SITE.templates.globals.update(ROLES=ROLES, PRIORITIES=PRIORITIES, VISIBILITIES=VISIBILITIES)
