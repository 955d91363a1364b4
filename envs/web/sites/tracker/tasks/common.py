"""What all tasks of the tracker share: rows to draw from, goals over rows, ways through the pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from scoutgym.envs.web.goals import Goal
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.tracker.site import SITE

Steps = list[list[str]]
USER = 1
"""The person who is logged in."""

ISSUE = """
SELECT issue.*, project.name AS project_name, slug FROM issue JOIN project ON project.id = issue.project
JOIN member ON member.project = project.id AND member.person = 1
WHERE NOT archived AND role >= {role} AND {where} ORDER BY issue.id
"""


def number(database: Database, sql: str, *values: object) -> int:
    """The only number of a query."""
    return int(database.execute(sql, values).fetchone()[0])


def today(database: Database) -> str:
    """The site's day, an ISO date."""
    return str(database.execute("SELECT today FROM clock").fetchone()[0])


def later(database: Database, days: int) -> str:
    """The day so many days from today; before it where ``days`` is negative."""
    return (date.fromisoformat(today(database)) + timedelta(days)).isoformat()


def projects(database: Database, role: int, most: int = 5) -> list[Row]:
    """Projects in which the user has one of these roles, and that are not archived."""
    return database.rows(
        "SELECT project.*, role FROM project JOIN member ON member.project = project.id AND person = 1 "
        "WHERE NOT archived AND role BETWEEN ? AND ? ORDER BY project.id",
        *(role, most),
    )


def issues(database: Database, role: int, where: str = "1", *values: object) -> list[Row]:
    """Issues of projects in which the user has at least this role; each with ``project_name`` and ``slug``."""
    return database.rows(ISSUE.format(role=role, where=where), *values)


def members(database: Database, project: int, least: int = 1) -> list[Row]:
    """Who works in a project, but for the user."""
    return database.rows(
        "SELECT person.*, member.id AS member, role FROM member JOIN person ON person.id = person "
        "WHERE project = ? AND role >= ? AND person.id != 1 ORDER BY name",
        *(project, least),
    )


# Goals.


def has(table: str, **where: Any) -> Goal:
    """That just one row of a table is so."""
    return {"rows": {"host": SITE.host, "table": table, "where": where, "count": 1}}


def count(database: Database, table: str, more: int = 0, **where: Any) -> Goal:
    """That so many more rows than at first are so."""
    tests = " AND ".join(["1", *(f'"{column}" IS ?' for column in where)])
    now = number(database, f"SELECT count(*) FROM {table} WHERE {tests}", *where.values())
    return {"rows": {"host": SITE.host, "table": table, "where": where, "count": now + more}}


def only(*tables: str) -> Goal:
    """That nothing else was changed; whatever is done is told in ``event``."""
    return {"only": {SITE.host: [*tables, "event"] if tables else []}}


def issue_is(database: Database, issue: Row, **changes: Any) -> Goal:
    """That an issue is as it was but for these changes, made today."""
    columns = [column[1] for column in database.execute("PRAGMA table_info(issue)")]
    return has("issue", **{name: issue[name] for name in columns} | {"updated": today(database)} | changes)


def touched(database: Database, more: int, new: int = 0) -> list[Goal]:
    """That just so many issues were touched today, of which so many are new."""
    return [count(database, "issue", more, updated=today(database)), count(database, "issue", new)]


# Ways.


def to_project(name: str) -> Steps:
    """From any page to a project's first page."""
    return [["click", "link", "Projects"], ["click", "link", name]]


def to_issue(title: str) -> Steps:
    """From any page to an issue's."""
    return [["fill", "Search everything", title], ["click", "button", "Search"], ["click", "link", title]]
