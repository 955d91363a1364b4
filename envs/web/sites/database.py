"""The rows of a site: one SQLite database a session, in memory, that knows what has been changed in it.

Rows that differ from the first content are known by triggers (``changed``), so a snapshot is as small as what was done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from scoutgym.types import digest

Row = dict[str, Any]
Changes = dict[str, list[list[Any]]]
"""By table: ``[id, column, …]`` of a row that is new or other than at first, ``[id]`` of one that is gone."""


class Database:
    """A site's rows, opened when somebody asks for them: most episodes begin on pages that are known.

    What the rows are has a name as long as they are what requests have made of a content with a name.

    Args:
        image: what ``serialize`` gave; None for an empty database.
        name: of the content that it is, its host with it; another image must have another name.
        changed: whether the image is of a content that has been changed.
    """

    def __init__(self, image: bytes | None = None, name: str = "", changed: bool = False) -> None:
        self._image, self._name, self._writes, self._changed = image, name, 0, changed
        self._connection: sqlite3.Connection | None = None
        self._columns: dict[str, frozenset[str]] = {}

    @property
    def name(self) -> str:
        """Equal names mean equal rows; empty where rows were written by other hands than a site's."""
        return self._name if self._connection is None or self._writes == self._connection.total_changes else ""

    @name.setter
    def name(self, name: str) -> None:
        self._name, self._writes = name, 0 if self._connection is None else self._connection.total_changes

    @property
    def changed(self) -> bool:
        """Whether anything may be other than in the first content."""
        return self._changed or (self._connection is not None and self._connection.total_changes > 0)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement, a transaction of its own."""
        return (self._connection or self._opened()).execute(sql, values)

    def script(self, sql: str) -> None:
        """Run several statements."""
        self._opened().executescript(sql)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        names, found = self._answer(sql, values)
        return [dict(zip(names, row, strict=True)) for row in found]

    def value(self, sql: str, *values: Any) -> Any:
        """The first value of the first row of a query."""
        return self._answer(sql, values)[1][0][0]

    def fetched(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, as tuples."""
        return self._answer(sql, values)[1]

    def _answer(self, sql: str, values: tuple[Any, ...]) -> Answer:
        """The columns and the rows of a query; where the content has a name, they are remembered.

        Most of what a page shows of its site, and of who is logged in, the page before has shown too.
        """
        key = (self.name, sql, values)
        found = _FETCHED.get(key)
        if found is None:
            cursor = self.execute(sql, values)
            found = [column[0] for column in cursor.description], cursor.fetchall()
            if key[0]:
                if len(_FETCHED) >= FETCHED:
                    del _FETCHED[next(iter(_FETCHED))]
                _FETCHED[key] = found
        return found

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a table; none where there is no such table."""
        if table not in self._columns:
            found = self.fetched("SELECT name FROM pragma_table_info(?)", (table,))
            self._columns[table] = frozenset(row[0] for row in found)
        return self._columns[table]

    def serialize(self) -> bytes:
        """The image; the one that it was opened with, where nothing has been written."""
        if self._image is not None and (self._connection is None or not self._connection.total_changes):
            return self._image
        return self._opened().serialize()

    def copy(self) -> Database:
        """An independent copy."""
        return Database(self.serialize(), self.name, self.changed)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
            if self._image is not None:
                self._connection.deserialize(self._image)
            else:  # an image is copied for every episode, and most tables are small
                self._connection.execute("PRAGMA page_size = 1024")
        return self._connection


FETCHED = 4096
"""How many answers to queries are remembered."""

Answer = tuple[list[str], list[tuple[Any, ...]]]

_FETCHED: dict[tuple[str, str, tuple[Any, ...]], Answer] = {}


def forget() -> None:
    """Forget what was fetched."""
    _FETCHED.clear()


connected = Database


def cookies(database: Database) -> dict[str, str]:
    """The cookies of a browser whose user is logged in: those that an episode begins with."""
    return {"sid": database.execute("SELECT sid FROM session ORDER BY id").fetchone()[0]}


def watched(database: Database) -> bytes:
    """The image of a filled database, from now on aware of what is changed in it."""
    script = ["CREATE TABLE changed (tab TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (tab, id)) WITHOUT ROWID;"]
    for table in tables(database):
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            script.append(
                f"CREATE TRIGGER watch_{table}_{event} AFTER {event} ON {table} BEGIN "
                f"INSERT OR IGNORE INTO changed VALUES ('{table}', {row}.id); END;"
            )
    database.script("\n".join(script))
    database.execute("VACUUM")
    return database.serialize()


def tables(database: Database) -> list[str]:
    """The names of the tables that hold content, in the order in which they were made."""
    found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'changed' ORDER BY rowid")
    return [row[0] for row in found]


def changes(database: Database) -> Changes:
    """What is other than in the image that the database began with; ids rise within a table."""
    found: Changes = {}
    if not database.changed:
        return found
    for table, number in database.fetched("SELECT tab, id FROM changed ORDER BY tab, id"):
        rows = database.fetched(f"SELECT * FROM {table} WHERE id = ?", (number,))
        found.setdefault(table, []).append(list(rows[0]) if rows else [number])
    return found


def changed(image: bytes, found: Mapping[str, Sequence[Sequence[Any]]], name: str = "") -> Database:
    """A database of an image, with these changes made; ``name`` as in `Database`.

    Raises:
        ValueError: a table or a row does not fit the image: the changes are of another content.
    """
    database = Database(image, name)
    if not found:
        return database
    known = tables(database)
    for table in found:
        if table not in known:
            raise ValueError(f"the changes are of a table {table!r}, and there are {', '.join(known)}")
    for table in known:
        for row in found.get(table, ()):
            if not row or type(row[0]) is not int:
                raise ValueError(f"a changed row of {table} begins with its id, a whole number, not {row!r:.40}")
            try:
                if len(row) == 1:
                    database.execute(f"DELETE FROM {table} WHERE id = ?", row)
                else:
                    marks = ", ".join("?" * len(row))
                    database.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)
            except sqlite3.Error as error:
                raise ValueError(f"a changed row of {table} does not fit: {error}") from None
    if name:
        database.name = changed_name(name, found)
    return database


def changed_name(name: str, found: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """The name of a content with these changes."""
    return digest(name, found).hex()
