"""What a web task wants, as JSON: a predicate over databases, address and messages, never over the text of a page.

==================  ==================================================================================================
``{"all": [g…]}``   every one holds; ``{"any": [g…]}``: one does; ``{"not": g}``: it does not
``{"at": a}``       the tab in front shows this address: ``{"path": …, "host": …, "query": {…}}``, what is given
``{"rows": r}``     ``{"host", "table", "where": {column: value}, "count": n}``: so many rows agree; without ``count``
                    at least one. A value may be ``{"has": text}``: the column holds the text, whatever the case
``{"only": o}``     ``{host: [table…]}``: nothing else has been changed anywhere
``{"said": s}``     the last message to the user holds ``{"text": …}`` (whatever the case), or its last number is
                    ``{"number": …}``
``{"refused": b}``  whether the task was reported as one that cannot or should not be done
==================  ==================================================================================================

A goal may come with a snapshot from a stranger: names of tables and columns are looked up, never pasted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from scoutgym.envs.web.world import WebState

Goal = Mapping[str, Any]

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def holds(goal: Goal, state: WebState) -> bool:
    """Whether a goal is met.

    Raises:
        ValueError: it is no goal, or names a table or column that there is not.
    """
    if len(goal) != 1:
        raise ValueError(f"a goal has one key, not {len(goal)}: {', '.join(goal)}")
    ((kind, what),) = goal.items()
    if kind == "all":
        return all(holds(one, state) for one in what)
    if kind == "any":
        return any(holds(one, state) for one in what)
    if kind == "not":
        return not holds(what, state)
    if kind not in _KINDS:
        raise ValueError(f"there is no goal of the kind {kind!r}: it may be all, any, not, {', '.join(_KINDS)}")
    return _KINDS[kind](what, state)


def _at(what: Mapping[str, Any], state: WebState) -> bool:
    parts = urlsplit(state.browser.tab.here.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return (
        what.get("path", parts.path) == parts.path
        and what.get("host", parts.netloc) == parts.netloc
        and all(query.get(name) == str(value) for name, value in what.get("query", {}).items())
    )


def _rows(what: Mapping[str, Any], state: WebState) -> bool:
    database, table = state.databases[what["host"]], what["table"]
    columns = {row[1] for row in database.execute("SELECT * FROM pragma_table_info(?)", (table,))}
    if not columns or not what["where"].keys() <= columns:
        raise ValueError(f"a goal names columns {sorted(what['where'])} of {table!r}, which has {sorted(columns)}")
    tests, values = ["1"], []
    for column, value in what["where"].items():
        if isinstance(value, Mapping):
            tests.append(f'instr(lower("{column}"), lower(?)) > 0')
            values.append(value["has"])
        else:
            tests.append(f'"{column}" IS ?')
            values.append(value)
    found = database.execute(f'SELECT COUNT(*) FROM "{table}" WHERE {" AND ".join(tests)}', values).fetchone()[0]
    return bool(found == what["count"] if "count" in what else found > 0)


def _only(what: Mapping[str, Any], state: WebState) -> bool:
    return all(
        table in what.get(host, ())
        for host, database in state.databases.items()
        for (table,) in database.execute("SELECT DISTINCT tab FROM changed")
    )


def _said(what: Mapping[str, Any], state: WebState) -> bool:
    if not state.said:
        return False
    text = " ".join(state.said[-1].lower().split())
    if "number" in what:
        numbers = _NUMBER.findall(text)
        return bool(numbers) and abs(float(numbers[-1].replace(",", "")) - what["number"]) < 1e-6
    return " ".join(str(what["text"]).lower().split()) in text


def _refused(what: bool, state: WebState) -> bool:
    return state.refused == what


_KINDS: Mapping[str, Callable[[Any, WebState], bool]] = {
    "at": _at,
    "rows": _rows,
    "only": _only,
    "said": _said,
    "refused": _refused,
}
