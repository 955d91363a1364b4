"""A hand that uses a site by the words on its pages, in the browser of our own."""

from __future__ import annotations

from typing import Any

from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.state import BrowserState
from scoutgym.envs.web.sites.database import Database, cookies
from scoutgym.envs.web.sites.site import Site


class Hand:
    """Somebody who is logged in on a site."""

    def __init__(self, site: Site, database: Database) -> None:
        self.database = database
        state = BrowserState(cookies={site.host: cookies(database)})
        self.browser = DomBrowser({site.host: site}, {site.host: database}, state)

    def act(self, *action: Any) -> Hand:
        error = self.browser.act(tuple(action))
        assert not error, error
        return self

    def goto(self, path: str) -> Hand:
        return self.act("goto", path)

    def click(self, role: str, name: str) -> Hand:
        return self.act("click", self.find(role, name))

    def fill(self, **values: str) -> Hand:
        """Fields by the names that forms send them under."""
        for name, value in values.items():
            control = next(one for one in self.browser.page.controls.values() if one.name == name.replace("__", "-"))
            if control.kind == "select":
                self.act("select_option", control.bid, (value,))
            elif control.kind == "checkbox":
                self.act("check" if value else "uncheck", control.bid)
            elif control.kind == "radio":
                radios = [one for one in self.browser.page.controls.values() if one.name == name]
                self.act("click", next(one.bid for one in radios if one.value == value))
            else:
                self.act("fill", control.bid, value)
        return self

    def find(self, role: str, name: str) -> int:
        found = self.browser.page.find(role, name)
        assert found, f"no {role} {name!r} on\n{self.text}"
        return found[-1]

    @property
    def text(self) -> str:
        return self.browser.page.text(self.browser.here.fields)

    @property
    def path(self) -> str:
        return self.browser.here.url.partition(".test")[2]

    def value(self, name: str) -> str:
        control = next(one for one in self.browser.page.controls.values() if one.name == name)
        return control.text(self.browser.here.fields)

    def row(self, sql: str, *values: Any) -> Any:
        return self.database.execute(sql, values).fetchone()
