"""The sites of this process on loopback, for Chromium: one server, which is also its only way out.

Chromium is started with this server as its proxy, for every address. So whatever it asks for comes here, whoever made
it ask (a link, a form, a script, its own update service), and only requests for a site are answered as such; a
connection that would have to be passed on (``CONNECT``: https, WebSocket) is refused. Each browser names itself by a
header, so that many share the server, each with databases of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

from scoutgym.envs.web.browser.address import resolved
from scoutgym.envs.web.browser.browser import LONGEST, REDIRECTS, TOO_LONG
from scoutgym.envs.web.sites.database import Database
from scoutgym.envs.web.sites.site import STYLE, Site

HEADER = "X-Scoutgym-Browser"
Start = Callable[..., Any]


class Served:
    """One browser, as the server knows it.

    Args:
        name: what it calls itself in ``HEADER``.
        sites: by host.
        databases: of each host.
    """

    def __init__(self, name: str, sites: Mapping[str, Site], databases: Mapping[str, Database]) -> None:
        self.name, self.sites, self.databases = name, sites, databases
        self.proxy = ""
        """Its own way out; empty where it is the server that all share."""
        self.lock = threading.Lock()
        """Held while a site answers: a database serves one request at a time."""
        self.instead: str | None = None
        """A page that answers the next request for a page in a site's place: a page of the past that is shown again."""
        self.detour: str | None = None
        """Where the next request for a page is sent on to, before ``instead`` answers."""
        self.begin()

    def begin(self) -> None:
        """Forget what was asked for the last action."""
        self.refused = ""
        """Why a page could not be had; empty where it could."""
        self.posted = False
        """Whether the last page was the answer to a POST."""
        self.cookies = False
        """Whether a cookie was set."""
        self.failure: Exception | None = None
        """What a site raised."""
        self._redirects = 0

    def answer(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request as the site of its host."""
        host = environ.get("HTTP_HOST", "").lower().removesuffix(":80")
        url = f"http://{host}{environ.get('REQUEST_URI') or '/'}"
        if "://" in environ.get("REQUEST_URI", ""):
            url = environ["REQUEST_URI"]
        if len(url) > LONGEST:
            self.refused = TOO_LONG
            return _plain(start, "204 No Content")
        page = "text/html" in environ.get("HTTP_ACCEPT", "")
        if page and self.detour is not None:
            to, self.detour = self.detour, None
            return _plain(start, "303 See Other", headers=[("Location", to), *NO_STORE])
        if page and self.instead is not None:
            html, self.instead, self.posted = self.instead, None, environ["REQUEST_METHOD"] == "POST"
            return _plain(start, "200 OK", html, [] if self.posted else NO_STORE)
        if host not in self.sites:
            self.refused = f"{url[:80]} cannot be reached from here" if page else self.refused
            return _plain(start, "204 No Content")
        if not page and environ["PATH_INFO"] == "/favicon.ico":
            return _plain(start, "404 Not Found")
        sent: list[Any] = []
        try:
            with self.lock:
                body = b"".join(
                    self.sites[host].wsgi(lambda _: self.databases[host])(environ, lambda *given: sent.extend(given))
                )
        except Exception as error:  # it is raised again where the action is, not in a thread of the server
            self.failure = error
            return _plain(start, "204 No Content")
        status, headers = sent
        self.cookies |= any(name == "Set-Cookie" for name, _ in headers)
        if page:
            self.posted = environ["REQUEST_METHOD"] == "POST"
            moved = next((value for name, value in headers if name == "Location"), None)
            if moved is not None and self._astray(url, moved):
                cookies = [pair for pair in headers if pair[0] == "Set-Cookie"]
                return _plain(start, "204 No Content", headers=cookies)
            # Going back asks for a page again, but not for what a POST was answered.
            headers = headers if self.posted and moved is None else headers + NO_STORE
        else:
            headers = [*headers, ("Vary", "Accept")]  # what a page refers to may be kept, but is no page
            headers += LASTING if environ["PATH_INFO"] == STYLE else []
        start(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _astray(self, url: str, moved: str) -> bool:
        """Whether a redirect leads out of the world, or nowhere."""
        self._redirects += 1
        to = resolved(url, moved)
        if to is None or urlsplit(to).scheme != "http" or urlsplit(to).netloc not in self.sites:
            self.refused = f"{(to or moved)[:80]} cannot be reached from here"
        elif self._redirects >= REDIRECTS:
            self.refused = f"{to[:80]} redirects too often"
        return bool(self.refused)


NO_STORE = [("Cache-Control", "no-store")]
LASTING = [("Cache-Control", "max-age=86400, immutable")]
"""Of what is the same in every episode."""


def _plain(start: Start, status: str, html: str = "", headers: Iterable[tuple[str, str]] = ()) -> Iterable[bytes]:
    body = html.encode()
    kind = [("Content-Type", "text/html; charset=utf-8")] if html else []
    start(status, [*kind, *headers, ("Content-Length", str(len(body)))])
    return [body]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept

    def handle_one_request(self) -> None:
        """As inherited, but an address may be long: what was typed into a search form."""
        self.raw_requestline = self.rfile.readline(2 * LONGEST)
        if not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self.run_wsgi()

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class Server:
    """The server of this process; ``port`` is where it listens."""

    def __init__(self) -> None:
        self._browsers: dict[str, Served] = {}
        self._server = make_server("127.0.0.1", 0, self._application, threaded=True, request_handler=_Quiet)
        self._server.daemon_threads = True  # type: ignore[attr-defined] # it is a ThreadingMixIn
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="sites")
        self._thread.start()

    @property
    def open(self) -> bool:
        """Whether it listens."""
        return self._thread.is_alive() and self._server.fileno() >= 0

    def add(self, browser: Served) -> None:
        """Answer a browser from now on."""
        self._browsers[browser.name] = browser

    def remove(self, browser: Served) -> None:
        """Answer it no more."""
        self._browsers.pop(browser.name, None)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _application(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        known = self._browsers.get(environ.get(f"HTTP_{HEADER.upper().replace('-', '_')}", ""))
        if environ["REQUEST_METHOD"] not in ("GET", "POST") or known is None:
            return _plain(start, "403 Forbidden")
        return known.answer(environ, start)
