"""Every page of every site: the sites are found by folder, their pages by following links and sending empty forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import web_test_site
from werkzeug.exceptions import HTTPException

import scoutgym.envs.web.sites as folder
from scoutgym.envs.web.browser.address import encoded, resolved, with_query
from scoutgym.envs.web.browser.browser import ActionError
from scoutgym.envs.web.browser.dom import DomBrowser
from scoutgym.envs.web.browser.page import page_of
from scoutgym.envs.web.browser.state import BrowserState
from scoutgym.envs.web.sites.database import Database, cookies
from scoutgym.envs.web.sites.site import Site
from scoutgym.envs.web.world import contents, site_of


def names() -> list[str]:
    """The sites that there are, and the small one of the tests."""
    root = Path(folder.__path__[0])
    return [
        "plant",
        *sorted(found.parent.name for found in root.glob("*/content.py")),
    ]


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


def addresses(name: str, each: int = 2) -> list[str]:
    """Addresses of a site: of every rule that links lead to, up to ``each``."""
    return [url for url, html in pages(name, each) if not html.startswith("POST")]


def pages(name: str, each: int = 2) -> Iterator[tuple[str, str]]:
    """Address and HTML of pages, of each rule up to ``each``; what a POST of an empty form answers begins with POST."""
    sites, databases, state = opened(name)
    browser, ask = DomBrowser(sites, databases, state), [(start(name), False)]
    seen, ruled = set(ask), Counter[str]()
    while ask:
        url, post = ask.pop(0)
        rule = _rule(sites, url, post)
        if ruled[rule] >= each:
            continue
        try:
            entry = browser._asked(url, "" if post else None)
        except ActionError:
            continue
        ruled[rule] += 1
        yield entry.url, ("POST" if entry.posted else "") + entry.html
        page = page_of(entry.html)
        links = [(href, False) for href in page.links.values()]
        for form in page.forms.values():
            if form.post:
                links.append((form.action, True))
            else:
                links.append((with_query(form.action, encoded(form.entries({}, None))), False))
        for href, sent in links:
            to = resolved(entry.url, href)
            if to is not None and to.startswith("http://") and to[7:].partition("/")[0] in sites:
                one = (to.partition("#")[0], sent)
                if one not in seen:
                    seen.add(one)
                    ask.append(one)


def _rule(sites: dict[str, Site], url: str, post: bool) -> str:
    host, _, rest = url[7:].partition("/")
    path, _, query = rest.partition("?")
    try:
        return f"{host} {sites[host]._bound.match('/' + path, method='POST' if post else 'GET')[0]} {bool(query)}"
    except (HTTPException, KeyError):
        return f"{host} none"
