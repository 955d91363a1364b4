"""A site: pages rendered on the server from one SQLite database a session.

A site is a schema, a way to fill it, templates, and handlers::

    SITE = Site("store", __name__, SCHEMA)

    @SITE.page("/product/<int:id>")
    def product(visit: Visit, id: int) -> Response:
        return visit.show("product.html", item=visit.one("SELECT * FROM product WHERE id = ?", id))

What a page only refers to (style sheet, pictures) is an asset, and no page: whoever goes to its address finds nothing,
so that both back ends show the same.

Both back ends call the same handlers: the browser of our own in this process, Chromium over loopback. A handler knows
nothing but the request and the database; the time is the database's own (``visit.now``), so a page is a function of the
database, the address and the cookies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from http.cookies import SimpleCookie
from importlib.resources import files
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import escape
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import IntegerConverter, Map, RequestRedirect, Rule

from scoutgym.envs.web.sites.database import Database, Row, forget
from scoutgym.types import digest

STYLE = "/style.css"
"""The address of the style sheet that all sites share."""

PAGES = 4096
"""How many pages a site remembers."""

Handler = Callable[..., "Response"]
SHARED = """
CREATE TABLE clock (id INTEGER PRIMARY KEY, today TEXT NOT NULL);
CREATE TABLE session (id INTEGER PRIMARY KEY, sid TEXT NOT NULL, person INTEGER NOT NULL);
"""
"""Tables that every site has. The first session is that of the user, who is logged in when an episode begins."""


@dataclass(slots=True)
class Response:
    """What a site answers."""

    body: str
    status: int = 200
    location: str = ""
    cookies: Mapping[str, str] | None = None
    """Cookies to set; one with an empty value is taken back."""
    kind: str = "text/html; charset=utf-8"


@dataclass(slots=True)
class Request:
    """What a site is asked."""

    path: str
    query: str = ""
    post: bool = False
    body: str = ""
    """URL-encoded pairs."""
    cookies: Mapping[str, str] | None = None
    asset: bool = False
    """Whether a page refers to it, and nobody goes there."""


class Visit:
    """One request to a site, as its handlers see it."""

    def __init__(self, site: Site, database: Database, request: Request) -> None:
        self.site, self.database, self.request = site, database, request
        self.cookies = dict(request.cookies or {})

    @cached_property
    def query(self) -> dict[str, str]:
        """The pairs of the address; of several of one name the last."""
        return _pairs(self.request.query)

    @cached_property
    def form(self) -> dict[str, str]:
        """The pairs that were posted; of several of one name the last."""
        return _pairs(self.request.body)

    @cached_property
    def now(self) -> str:
        """The site's time, an ISO date."""
        return str(self.database.value("SELECT today FROM clock"))

    @cached_property
    def person(self) -> int:
        """The id of who is logged in; 0 where nobody is."""
        found = self.maybe("SELECT person FROM session WHERE sid = ?", self.cookies.get("sid", ""))
        return int(found["person"]) if found else 0

    def enter(self, person: int) -> dict[str, str]:
        """Log somebody in; the cookies to set."""
        self.leave()
        number = self.do("INSERT INTO session (sid, person) VALUES ('', ?)", person)
        sid = blake2b(f"{self.site.name} {number} {person} {self.now}".encode(), digest_size=12).hexdigest()
        self.do("UPDATE session SET sid = ? WHERE id = ?", sid, number)
        self.person = person
        return {"sid": sid}

    def leave(self) -> dict[str, str]:
        """Log out; the cookies to set."""
        self.do("DELETE FROM session WHERE sid = ?", self.cookies.get("sid", ""))
        return {"sid": ""}

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self.database.rows(sql, *values)

    def maybe(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query; None where it has none."""
        return next(iter(self.rows(sql, *values)), None)

    def one(self, sql: str, *values: Any) -> Row:
        """The first row of a query.

        Raises:
            NotFound: it has none; the site answers 404.
        """
        found = self.maybe(sql, *values)
        if found is None:
            raise NotFound
        return found

    def do(self, sql: str, *values: Any) -> int:
        """Change the database; the id of a new row."""
        return int(self.database.execute(sql, values).lastrowid or 0)

    def show(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page."""
        text = self.site.templates.get_template(template).render(visit=self, **values)
        return Response(text, status)

    def go(self, path: str, cookies: Mapping[str, str] | None = None, **query: Any) -> Response:
        """To another page of the site, by GET."""
        return Response("", 303, path + (f"?{urlencode(query)}" if query else ""), cookies)


class Output(CodeGenerator):
    """Writes what templates put out; most of that is plain text or a number, and needs no escaping."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("environment.shown(")


class Templates(Environment):
    """Jinja's, which looks at once for a column where a template asks a row for one; methods go before columns."""

    code_generator_class = Output

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._known: dict[str | Template, Template] = {}

    @staticmethod
    def shown(value: Any) -> str:
        """A value as HTML."""
        kind = type(value)
        if kind is int or (kind is str and _SPECIAL.search(value) is None):
            return str(value)
        return escape(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``obj.attribute``."""
        if type(obj) is dict and attribute not in METHODS and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """The template of a name, which never changes."""
        found = self._known.get(name) if isinstance(name, str) else name
        if found is None:
            found = self._known[name] = super().get_template(name, parent, globals)
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The same for all templates: none has its own."""
        return self.globals if d is None else super().make_globals(d)


METHODS = frozenset(dir(dict))
_SPECIAL = re.compile("[&<>\"']")


class Site:
    """See the module's docstring.

    Args:
        name: of the site and of its host, ``NAME.test``.
        package: where ``templates/`` is.
        schema: SQL that makes the tables; each has ``id INTEGER PRIMARY KEY`` first and comes before what refers to it.
        visit: the class of its requests, with what all its templates need.
    """

    def __init__(self, name: str, package: str, schema: str, visit: type[Visit] = Visit) -> None:
        self.name, self.host, self.visit = name, f"{name}.test", visit
        self.templates = Templates(
            loader=ChoiceLoader([PackageLoader(package), PackageLoader("scoutgym.envs.web.sites")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.schema = SHARED + schema
        self._map, self._assets = (Map(converters={"int": _Number}) for _ in range(2))
        self._handlers: dict[str, Handler] = {}
        self._bound, self._bound_assets = self._map.bind(self.host), self._assets.bind(self.host)
        self._pages: dict[tuple[Any, ...], Response] = {}
        self.asset(STYLE)(lambda visit: Response(_style(), kind="text/css; charset=utf-8"))

    def page(self, rule: str, post: bool = False) -> Callable[[Handler], Handler]:
        """Register a handler for an address, asked by GET, or by POST alone."""

        def add(handler: Handler) -> Handler:
            endpoint = f"{'POST' if post else 'GET'} {rule}"
            self._handlers[endpoint] = handler
            self._map.add(Rule(rule, endpoint=endpoint, methods=["POST"] if post else ["GET"]))
            return handler

        return add

    def asset(self, rule: str) -> Callable[[Handler], Handler]:
        """Register a handler for the address of what a page only refers to."""

        def add(handler: Handler) -> Handler:
            self._handlers[f"ASSET {rule}"] = handler
            self._assets.add(Rule(rule, endpoint=f"ASSET {rule}"))
            return handler

        return add

    def empty(self) -> Database:
        """A database without rows."""
        database = Database()
        database.script(self.schema)
        return database

    def answer(self, database: Database, request: Request) -> Response:
        """The response to a request; what a site does not have or allow is a page that says so.

        Pages are remembered: they depend on rows, address and cookies alone. What a request makes of rows with a name
        is named after both.
        """
        name = database.name
        if not name or request.asset:
            return self._answered(database, request)
        key = (name, request.path, request.query, request.body, tuple(sorted((request.cookies or {}).items())))
        known = None if request.post else self._pages.get(key)
        if known is None:
            known = self._answered(database, request)
            if not database.name:
                database.name = digest(key, request.post).hex()
            elif not request.post:
                if len(self._pages) >= PAGES:
                    del self._pages[next(iter(self._pages))]
                self._pages[key] = known
        return known

    def forget(self) -> None:
        """Forget all pages, and what was fetched from databases."""
        self._pages.clear()
        forget()

    def _answered(self, database: Database, request: Request) -> Response:
        visit = self.visit(self, database, request)
        try:
            if request.asset:
                endpoint, values = self._bound_assets.match(request.path)
            else:
                endpoint, values = self._bound.match(request.path, method="POST" if request.post else "GET")
            return self._handlers[endpoint](visit, **values)
        except RequestRedirect as error:
            return Response("", error.code, error.new_url)
        except HTTPException as error:
            title = f"{error.code} {error.name}"
            return visit.show("error.html", status=error.code or 500, title=title, text=error.description or "")

    def wsgi(self, database: Callable[[Mapping[str, Any]], Database]) -> Callable[..., Iterable[bytes]]:
        """The site as a WSGI application; ``database`` gives the one that a request is about."""

        def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            stream: BytesIO = environ["wsgi.input"]
            cookies = {name: one.value for name, one in SimpleCookie(environ.get("HTTP_COOKIE", "")).items()}
            request = Request(
                environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
                environ.get("QUERY_STRING", ""),
                environ["REQUEST_METHOD"] == "POST",
                stream.read(length).decode("utf-8", "replace"),
                cookies,
                "text/html" not in environ.get("HTTP_ACCEPT", "text/html"),  # browsers name it when they go to a page
            )
            answer = self.answer(database(environ), request)
            headers = [("Content-Type", answer.kind)]
            headers += [("Location", answer.location)] if answer.location else []
            for name, value in (answer.cookies or {}).items():
                headers.append(("Set-Cookie", f"{name}={value}; Path=/" + ("" if value else "; Max-Age=0")))
            start(f"{answer.status} {REASONS.get(answer.status, 'Unknown')}", headers)
            return [answer.body.encode()]

        return application


def _pairs(encoded: str) -> dict[str, str]:
    """Names and values; control characters are dropped, as no page can hold them, and a line ends in a line feed."""
    pairs = dict(parse_qsl(encoded, keep_blank_values=True))
    for name, value in pairs.items():
        if not value.isprintable():
            pairs[name] = value.replace("\r\n", "\n").translate(_CONTROL)
    return pairs


_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFFFE, 0xFFFF)) | {13: "\n"}


class _Number(IntegerConverter):
    regex = r"\d{1,15}"  # what SQLite holds


@cache
def _style() -> str:
    return files("scoutgym.envs.web.sites").joinpath("static/style.css").read_text("utf-8")


REASONS = {
    200: "OK",
    303: "See Other",
    308: "Permanent Redirect",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
}
