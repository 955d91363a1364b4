"""The wiki of a project."""

from __future__ import annotations

import re

from scoutgym.envs.web.sites.database import Row
from scoutgym.envs.web.sites.posted import LONGEST, Posted
from scoutgym.envs.web.sites.site import Response
from scoutgym.envs.web.sites.tracker.site import SITE, Tracker


@SITE.page("/projects/<slug>/wiki")
def wiki(visit: Tracker, slug: str) -> Response:
    """All pages."""
    project = visit.project(slug)
    return visit.show("wiki.html", title=f"Wiki of {project['name']}", project=project, pages=_pages(visit, project))


def _pages(visit: Tracker, project: Row) -> list[Row]:
    return visit.rows("SELECT slug, title, updated FROM wiki WHERE project = ? ORDER BY title", project["id"])


def _found(visit: Tracker, project: Row, page: str) -> Row:
    return visit.one(
        "SELECT wiki.*, name, username FROM wiki JOIN person ON person.id = person WHERE project = ? AND slug = ?",
        *(project["id"], page),
    )


@SITE.page("/projects/<slug>/wiki/<page>")
def shown(visit: Tracker, slug: str, page: str) -> Response:
    """One page."""
    project = visit.project(slug)
    found = _found(visit, project, page)
    return visit.show("wiki_page.html", title=found["title"], project=project, page=found, pages=_pages(visit, project))


@SITE.page("/projects/<slug>/wiki/new")
def new(visit: Tracker, slug: str) -> Response:
    """The form for a new page."""
    return _form(visit, visit.allowed(slug, "plan"), "", Posted({}))


@SITE.page("/projects/<slug>/wiki/<page>/edit")
def edit(visit: Tracker, slug: str, page: str) -> Response:
    """The form for a page that there is."""
    project = visit.allowed(slug, "plan")
    found = _found(visit, project, page)
    return _form(visit, project, page, Posted({"title": found["title"], "text": found["text"]}))


def _form(visit: Tracker, project: Row, page: str, posted: Posted) -> Response:
    return visit.show(
        "wiki_form.html",
        title="Edit wiki page" if page else "New wiki page",
        project=project,
        page=page,
        values=posted.values,
        errors=posted.errors,
    )


@SITE.page("/projects/<slug>/wiki/new", post=True)
def made(visit: Tracker, slug: str) -> Response:
    """Create one."""
    return _store(visit, slug, "")


@SITE.page("/projects/<slug>/wiki/<page>/edit", post=True)
def changed(visit: Tracker, slug: str, page: str) -> Response:
    """Change one; its address stays."""
    return _store(visit, slug, page)


def _store(visit: Tracker, slug: str, page: str) -> Response:
    project, posted = visit.allowed(slug, "plan"), Posted(visit.form)
    old = _found(visit, project, page) if page else None
    title = posted.text("title", "a title", most=60)
    text = posted.text("text", "some text", most=LONGEST)
    address = page or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if title and not address:
        posted.errors["title"] = "The title needs at least one letter or digit."
    elif not page and (
        address == "new" or visit.maybe("SELECT id FROM wiki WHERE project = ? AND slug = ?", project["id"], address)
    ):
        posted.errors["title"] = "There is a page of this title."
    if posted.errors:
        return _form(visit, project, page, posted)
    if old:
        visit.do(
            "UPDATE wiki SET title = ?, text = ?, person = ?, updated = ? WHERE id = ?",
            *(title, text, visit.person, visit.now, old["id"]),
        )
    else:
        values = (project["id"], address, title, text, visit.person, visit.now)
        visit.do("INSERT INTO wiki VALUES (NULL, ?, ?, ?, ?, ?, ?)", *values)
    visit.log(project, "changed the wiki page" if old else "created the wiki page", what=title)
    return visit.go(f"/projects/{slug}/wiki/{address}", note="saved" if old else "wiki")
