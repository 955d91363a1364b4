"""Pages of every site: what its links lead to, what its forms answer, and what solvers pass on their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import web_test_site
from werkzeug.exceptions import HTTPException

import scoutgym  # noqa: F401 (registers the worlds)
import scoutgym.envs.web.sites as folder
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS, world_for
from scoutgym.envs.web.browser.address import encoded, resolved, with_query
from scoutgym.envs.web.browser.browser import ActionError
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.browser.state import BrowserState, Entry, Tab
from scoutgym.envs.web.sites.database import Database, cookies
from scoutgym.envs.web.sites.site import Site
from scoutgym.envs.web.task import TOLD, action_of
from scoutgym.envs.web.world import WebWorld, contents, site_of

TASKS = 4
"""How many tasks of each kind are solved for the pages on the way."""


def names() -> list[str]:
    """The sites that there are, and the small one of the tests."""
    root = Path(folder.__path__[0])
    return [
        "plant",
        *sorted(found.parent.name for found in root.glob("*/content.py")),
    ]


def world_of(name: str) -> type[WebWorld]:
    """The world whose tasks are on a site alone."""
    world = WORLDS[f"scoutgym/Web{name.title()}-v0"]
    assert issubclass(world, WebWorld)
    return world


def opened(name: str) -> tuple[dict[str, Site], dict[str, Database], BrowserState]:
    """Sites, fresh databases, and a browser whose user is logged in."""
    if name == "plant":
        sites = {site.host: site for site in (web_test_site.PLANT, web_test_site.OTHER)}
        return sites, {host: Database(web_test_site.image()) for host in sites}, BrowserState()
    site = site_of(name)
    database = Database(contents(name, "train", 0)[site.host])
    return {site.host: site}, {site.host: database}, BrowserState(cookies={site.host: cookies(database)})


def start(name: str) -> str:
    """The first page of a site."""
    return f"http://{name}.test/"


@dataclass(frozen=True)
class Seen:
    """A page that was shown."""

    url: str
    html: str
    rule: str
    """Host, method and rule of the handler that wrote it."""
    lasting: bool
    """Whether a user who is logged in sees it at this address before anything was done."""
    sites: dict[str, Site]
    databases: dict[str, Database]
    state: BrowserState

    def browser(self) -> DomBrowser:
        """A browser that shows it, with rows of its own."""
        return DomBrowser(self.sites, {host: one.copy() for host, one in self.databases.items()}, self.state.copy())


def addresses(name: str, each: int = 2) -> list[str]:
    """Addresses of a site: of every rule that links lead to, up to ``each``."""
    return [seen.url for seen in pages(name, each) if seen.lasting]


def pages(name: str, each: int = 2) -> list[Seen]:
    """Different pages, of each rule up to ``each``; the first is the first page of the site."""
    return _crawled(name, each).seen


def unmet(name: str) -> set[str]:
    """The rules for pages of which none was shown, and those for forms of which none was sent."""
    sites, *_ = opened(name)
    rules = {f"{host} {endpoint}" for host, site in sites.items() for endpoint in site._handlers}
    crawl = _crawled(name, 2)
    return {rule for rule in rules if " ASSET " not in rule} - {seen.rule for seen in crawl.seen} - crawl.sent


@cache
def _crawled(name: str, each: int) -> _Crawl:
    crawl = _Crawl(name, each)
    crawl.follow(DomBrowser(*opened(name)), lasting=True)
    if name != "plant":
        sites, databases, _ = opened(name)
        crawl.follow(DomBrowser(sites, databases, BrowserState()), lasting=False)  # not logged in
        for browser in _solving(name):
            crawl.meet(browser, browser.here, lasting=False)
    return crawl


def _solving(name: str) -> Iterator[DomBrowser]:
    """The browsers of solvers of all kinds of tasks, after each of their steps."""
    kind_of = world_of(name)
    world = world_for(kind_of, {})
    assert isinstance(world, WebWorld)
    for kind in kind_of.kinds:
        for number in range(TASKS):
            sites, databases, state = opened(name)
            task = world.made(kind, "train", databases, Chance(b"pages", number).stream(kind))
            browser = DomBrowser(sites, databases, state)
            browser.open(task.start)
            for step in task.script:
                if step[0] not in TOLD:
                    action = action_of(browser.page, step)
                    assert action is not None, (task.asked, step)
                    assert not browser.act(action), (task.asked, step)
                    yield browser


class _Crawl:
    """Goes through pages, and keeps different ones."""

    def __init__(self, name: str, each: int) -> None:
        self.sites, *_ = opened(name)
        self.name, self.each = name, each
        self.seen: list[Seen] = []
        self.sent = set[str]()
        """The rules for forms of which one was sent."""
        self._known, self._counts = set[tuple[str, str]](), Counter[str]()

    def follow(self, browser: DomBrowser, lasting: bool) -> None:
        """The pages to which links and forms lead that are sent by GET."""
        todo, asked, counts = [start(self.name)], {start(self.name)}, Counter[str]()
        while todo:
            url = todo.pop(0)
            rule = self._rule(url, False)
            if counts[rule] >= self.each:
                continue
            try:
                entry = browser._asked(url)
            except ActionError:
                continue
            counts[rule] += 1
            self.meet(browser, entry, lasting)
            page = page_of(entry.html)
            links = list(page.links.values())
            links += [
                with_query(form.action, encoded(form.entries({}, None)))
                for form in page.forms.values()
                if not form.post
            ]
            found = (resolved(entry.url, href) for href in links)
            new = [to.partition("#")[0] for to in found if to is not None and self._inside(to)]
            todo += dict.fromkeys(one for one in new if one not in asked)
            asked.update(new)

    def meet(self, browser: DomBrowser, entry: Entry, lasting: bool) -> None:
        """Keep a page, and what its forms answer when they are sent empty and as they stand: on copies of all."""
        self._keep(browser, entry, lasting)
        for form in page_of(entry.html).forms.values():
            to = resolved(entry.url, form.action)
            if not form.post or to is None or not self._inside(to):
                continue
            by = next((one for one in form.controls if one.kind == "submit" and not one.disabled), None)
            for body in ("", encoded(form.entries({}, by))):
                rule = self._rule(to, True)
                sent = f"{rule} {bool(body)}"
                if self._counts[sent] < self.each:
                    self._counts[sent] += 1
                    self.sent.add(rule)
                    databases = {host: one.copy() for host, one in browser.databases.items()}
                    copy = DomBrowser(self.sites, databases, browser.state.copy())
                    self.meet(copy, copy._asked(to, body), lasting=False)

    def _keep(self, browser: DomBrowser, entry: Entry, lasting: bool) -> None:
        rule = self._rule(entry.url, entry.posted)
        if (rule, entry.html) not in self._known and self._counts[rule] < self.each:
            self._known.add((rule, entry.html))
            self._counts[rule] += 1
            copies = {host: one.copy() for host, one in browser.databases.items()}
            cookies = {host: known.copy() for host, known in browser.state.cookies.items()}
            state = BrowserState(
                [Tab([Entry(entry.url, entry.html, posted=entry.posted, document=1)])], cookies=cookies
            )
            self.seen.append(Seen(entry.url, entry.html, rule.removesuffix("?"), lasting, self.sites, copies, state))

    def _inside(self, url: str) -> bool:
        return url.startswith("http://") and url[7:].partition("/")[0] in self.sites

    def _rule(self, url: str, post: bool) -> str:
        """What answers an address; with a question mark where it has a query."""
        host, _, rest = url[7:].partition("/")
        path, _, query = rest.partition("#")[0].partition("?")
        try:
            endpoint = self.sites[host]._bound.match("/" + path, method="POST" if post else "GET")[0]
        except HTTPException:
            endpoint = "none"
        return f"{host} {endpoint}{'?' * bool(query)}"
