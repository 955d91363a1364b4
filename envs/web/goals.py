"""What a web task wants, as JSON: a predicate over databases, address and messages, never over the text of a page.

==================  ==================================================================================================
``{"all": [g…]}``   every one holds; ``{"any": [g…]}``: one does; ``{"not": g}``: it does not
``{"at": a}``       the tab in front shows this address: ``{"path": …, "host": …, "query": {…}}``, what is given
``{"rows": r}``     ``{"host", "table", "where": {column: value}, "count": n}``: so many rows agree; without ``count``
                    at least one. A value may be ``{"has": text}``: the column holds the text, whatever the case;
                    or ``{"item": key}``: it gives this item of personal data, however it is written
``{"only": o}``     ``{host: [table…]}``: nothing else has been changed anywhere
``{"said": s}``     the last message to the user gives ``{"text": …}`` or ``{"number": …}`` as the answer, alone or in a
                    plain sentence (`scoutgym.envs.web.answers`); that it cannot be done is no such message
``{"refused": b}``  whether the task was reported as one that cannot or should not be done
``{"asked": b}``    whether the user was asked anything
``{"typed": t}``    a field of the page in front, as the user has changed it, holds this text or shows this choice
==================  ==================================================================================================

A goal may come with a snapshot from a stranger: names of tables and columns are looked up, never pasted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from scoutgym.envs.web.answers import gives_number, gives_text

if TYPE_CHECKING:
    from scoutgym.envs.web.world import WebState

Goal = Mapping[str, Any]


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
    columns = database.columns(table)
    if not columns or not what["where"].keys() <= columns:
        raise ValueError(f"a goal names columns {sorted(what['where'])} of {table!r}, which has {sorted(columns)}")
    tests, values, items = ["1"], [], dict[str, Any]()
    for column, value in what["where"].items():
        if isinstance(value, Mapping) and "item" in value:
            items[column] = value["item"]
        elif isinstance(value, Mapping):
            tests.append(f'instr(lower("{column}"), lower(?)) > 0')
            values.append(value["has"])
        else:
            tests.append(f'"{column}" IS ?')
            values.append(value)
    shown, where = ", ".join(f'"{column}"' for column in items), " AND ".join(tests)
    if items:
        texts = database.fetched(f'SELECT {shown} FROM "{table}" WHERE {where}', tuple(values))
        found = sum(all(map(state.gives, map(str, row), items.values())) for row in texts)
    else:
        found = database.fetched(f'SELECT COUNT(*) FROM "{table}" WHERE {where}', tuple(values))[0][0]
    return bool(found == what["count"] if "count" in what else found > 0)


def _only(what: Mapping[str, Any], state: WebState) -> bool:
    return all(
        table in what.get(host, ())
        for host, database in state.databases.items()
        for (table,) in database.fetched("SELECT DISTINCT tab FROM changed")
    )


def _said(what: Mapping[str, Any], state: WebState) -> bool:
    if not state.said or state.refused:
        return False
    if "number" in what:
        return gives_number(state.said[-1], what["number"], state.asked)
    return gives_text(state.said[-1], str(what["text"]), state.asked)


def _refused(what: bool, state: WebState) -> bool:
    return state.refused == what


def _asked(what: bool, state: WebState) -> bool:
    return any("?" in text for text in state.said) == what


def _typed(what: str, state: WebState) -> bool:
    from scoutgym.envs.web.browser.page import page_of

    here = state.browser.tab.here
    controls = page_of(here.html).controls if here.fields else {}
    for bid, value in here.fields.items():
        if isinstance(value, tuple):
            shown = [controls[bid].options[place].label for place in value if bid in controls]
        else:
            shown = [value] if isinstance(value, str) else []
        if any(what.lower() in text.lower() for text in shown):
            return True
    return False


_KINDS: Mapping[str, Callable[[Any, WebState], bool]] = {
    "at": _at,
    "rows": _rows,
    "only": _only,
    "said": _said,
    "refused": _refused,
    "asked": _asked,
    "typed": _typed,
}
