"""The site of an app: its tables, and the one page that all screens are shown by."""

from __future__ import annotations

from functools import cached_property

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.screen_graph.graph import App, AppParams, draw
from scoutgym.envs.web.screen_graph.words import WORDS
from scoutgym.envs.web.sites.database import Database, Row
from scoutgym.envs.web.sites.site import Response, Site, Visit

SCHEMA = """
CREATE TABLE app (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL);
CREATE TABLE screen (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, about TEXT NOT NULL, number INTEGER NOT NULL
);
CREATE TABLE icon (id INTEGER PRIMARY KEY, screen INTEGER NOT NULL, label TEXT NOT NULL, target INTEGER NOT NULL);
CREATE TABLE setting (id INTEGER PRIMARY KEY, screen INTEGER NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL);
CREATE INDEX by_path ON screen (path);
CREATE INDEX by_screen ON icon (screen);
"""
"""A screen's id is its number in the graph plus 1."""


class Tap(Visit):
    """A request to the app."""

    @cached_property
    def app(self) -> Row:
        """The app itself."""
        return self.one("SELECT * FROM app")


SITE = Site("screens", "scoutgym.envs.web.sites.screens", SCHEMA, Tap)


def path_of(app: App, number: int) -> str:
    """The path of a screen; it cannot be guessed from another one's."""
    return f"/screen/{app.screens[number].code}" if number else "/"


def write(database: Database, app: App) -> None:
    """Write an app into an empty database."""
    database.execute("BEGIN")
    database.execute("INSERT INTO clock VALUES (1, '2026-03-02')")
    database.execute("INSERT INTO session VALUES (1, 'guest', 0)")
    database.execute("INSERT INTO app VALUES (1, ?, ?)", (app.name, app.code))
    for number, screen in enumerate(app.screens):
        values = (number + 1, path_of(app, number), screen.name, screen.about, screen.number)
        database.execute("INSERT INTO screen VALUES (?, ?, ?, ?, ?)", values)
        for icon in screen.icons:
            database.execute("INSERT INTO icon VALUES (NULL, ?, ?, ?)", (number + 1, icon.label, icon.target + 1))
        if screen.setting:
            setting = (number + 1, screen.setting, int(screen.on))
            database.execute("INSERT INTO setting VALUES (NULL, ?, ?, ?)", setting)
    database.execute("COMMIT")


def fill(database: Database, chance: Chance) -> None:
    """Fill an empty database with any app: what people see who visit the site without a task."""
    write(database, draw(AppParams.model_validate({}), WORDS["train"], chance))


@SITE.page("/")
def home(visit: Tap) -> Response:
    """The first screen."""
    return _shown(visit)


@SITE.page("/screen/<code>")
def screen(visit: Tap, code: str) -> Response:
    """Any other screen."""
    return _shown(visit)


@SITE.page("/switch/<int:number>", post=True)
def switch(visit: Tap, number: int) -> Response:
    """Turn a setting on or off."""
    found = visit.one("SELECT path FROM setting JOIN screen ON screen.id = screen WHERE setting.id = ?", number)
    visit.do("UPDATE setting SET state = 1 - state WHERE id = ?", number)
    return visit.go(found["path"])


def _shown(visit: Tap) -> Response:
    found = visit.one("SELECT * FROM screen WHERE path = ?", visit.request.path)
    icons = visit.rows(
        "SELECT label, path FROM icon JOIN screen ON screen.id = target WHERE icon.screen = ? ORDER BY icon.id",
        found["id"],
    )
    setting = visit.maybe("SELECT * FROM setting WHERE screen = ?", found["id"])
    return visit.show("screen.html", title=found["name"], screen=found, icons=icons, setting=setting)
