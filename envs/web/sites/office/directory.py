"""Home, colleagues, search, documents, notices, help."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from werkzeug.exceptions import NotFound

from scoutgym.envs.web.sites.office.site import Worker, page
from scoutgym.envs.web.sites.site import Response

HELP = {
    "leave": "Leave and absence",
    "expenses": "Expenses",
    "work": "Working hours and IT",
    "bank": "Bank",
    "insurance": "Insurance",
    "clinic": "Clinic",
}


@page("/")
def home(visit: Worker) -> Response:
    """What is new and what comes."""
    soon = (date.fromisoformat(visit.now) + timedelta(7)).isoformat()
    counts = visit.one(
        "SELECT (SELECT count(*) FROM mail WHERE unread) AS unread, (SELECT count(*) FROM account) AS accounts, "
        "(SELECT count(*) FROM leave WHERE state = 'requested') AS open"
    )
    return visit.show(
        "home.html",
        title="Home",
        events=visit.rows("SELECT * FROM event WHERE day BETWEEN ? AND ? ORDER BY day, begins", visit.now, soon),
        mails=visit.rows("SELECT * FROM mail WHERE NOT sent ORDER BY day DESC, id DESC LIMIT 5"),
        notices=visit.rows("SELECT * FROM notice ORDER BY day DESC LIMIT 4"),
        **counts,
    )


@page("/search")
def search(visit: Worker) -> Response:
    """People, documents and messages that hold a text."""
    text = visit.query.get("q", "").strip()[:100]
    found: dict[str, Any] = {
        "people": visit.rows(
            "SELECT * FROM colleague WHERE instr(lower(name || ' ' || job), lower(?)) ORDER BY name", text
        ),
        "documents": visit.rows(
            "SELECT id, title, kind FROM document WHERE instr(lower(title || ' ' || text), lower(?)) ORDER BY id", text
        ),
        "mails": visit.rows(
            "SELECT thread, subject, name FROM mail WHERE instr(lower(subject || ' ' || text || ' ' || name), "
            "lower(?)) ORDER BY id DESC LIMIT 20",
            text,
        ),
    }
    shown = found if text else {name: [] for name in found}
    return visit.show("search.html", title=f"Search: {text}" if text else "Search", **shown)


@page("/people")
def people(visit: Worker) -> Response:
    """All colleagues, or those of a name or department."""
    name, department = visit.query.get("name", "").strip()[:100], visit.query.get("department", "")
    found = visit.rows(
        "SELECT * FROM colleague WHERE instr(lower(name), lower(?)) AND (? = '' OR department = ?) ORDER BY name",
        *(name, department, department),
    )
    departments = [row["department"] for row in visit.rows("SELECT DISTINCT department FROM colleague ORDER BY 1")]
    return visit.show("people.html", title="People", people=found, departments=departments, values=visit.query)


@page("/people/<int:id>")
def colleague(visit: Worker, id: int) -> Response:
    """One colleague."""
    found = visit.one("SELECT * FROM colleague WHERE id = ?", id)
    manager = visit.maybe("SELECT * FROM colleague WHERE id = ?", found["manager"])
    team = visit.rows("SELECT * FROM colleague WHERE manager = ? ORDER BY name", id)
    return visit.show("colleague.html", title=found["name"], one=found, manager=manager, team=team)


@page("/documents")
def documents(visit: Worker) -> Response:
    """All documents, or those of a kind."""
    kind = visit.query.get("kind", "")
    found = visit.rows(
        "SELECT id, title, kind, sender, day FROM document WHERE ? = '' OR kind = ? ORDER BY day DESC, id DESC",
        kind,
        kind,
    )
    kinds = [row["kind"] for row in visit.rows("SELECT DISTINCT kind FROM document ORDER BY 1")]
    return visit.show("documents.html", title="Documents", documents=found, kinds=kinds, values=visit.query)


@page("/documents/<int:id>")
def document(visit: Worker, id: int) -> Response:
    """One document, to be read."""
    found = visit.one("SELECT * FROM document WHERE id = ?", id)
    return visit.show("document.html", title=found["title"], document=found, lines=found["text"].split("\n"))


@page("/notices")
def notices(visit: Worker) -> Response:
    """All notices."""
    return visit.show(
        "notices.html", title="Notices", notices=visit.rows("SELECT * FROM notice ORDER BY day DESC, id DESC")
    )


@page("/notices/<int:id>")
def notice(visit: Worker, id: int) -> Response:
    """One notice."""
    found = visit.one("SELECT * FROM notice WHERE id = ?", id)
    return visit.show("notice.html", title=found["title"], notice=found)


@page("/help")
def help(visit: Worker) -> Response:
    """All help pages."""
    return visit.show("help.html", title="Help", pages=HELP)


@page("/help/<name>")
def help_page(visit: Worker, name: str) -> Response:
    """One of them."""
    if name not in HELP:
        raise NotFound
    return visit.show(f"help_{name}.html", title=HELP[name])
