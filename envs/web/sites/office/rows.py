"""Rows of new contents."""

from __future__ import annotations

from scoutgym.envs.web.sites.database import Database


def insert(database: Database, table: str, *values: object) -> int:
    """A new row, its id counted on."""
    marks = ", ".join("?" * len(values))
    return int(database.execute(f"INSERT INTO {table} VALUES (NULL, {marks})", values).lastrowid or 0)
