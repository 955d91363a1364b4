"""What was done, newest first."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.tracker.site import Tracker


def events(visit: Tracker, where: str, *values: Any, most: int = 12) -> list[Row]:
    """The last events that may be seen; ``where`` is SQL over event, project and person."""
    return visit.rows(
        "SELECT event.verb, event.what, event.day, event.person, username, person.name, project.slug, "
        "project.name AS project, issue.number, issue.title FROM event JOIN project ON project.id = event.project "
        "JOIN person ON person.id = event.person LEFT JOIN issue ON issue.id = event.issue "
        f"WHERE {where} AND {visit.seen()} ORDER BY event.day DESC, event.id DESC LIMIT ?",
        *values,
        most,
    )
