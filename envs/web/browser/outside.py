"""A Chromium that reaches hosts outside this machine: those that were named, and no others.

Each such browser has a gate of its own, which is its only way out: a proxy on loopback that passes on what is for a
named host and looks up names itself, so a page cannot reach another one, whatever it tries (a redirect, a script, a
frame, a WebSocket). Nothing that is passed on is read.

Such pages are not written in the subset of HTML whose text is proven to be Chromium's. They are read as they are seen:
what style sheets hide is left out. What stands in frames and shadow roots is not read.
"""

from __future__ import annotations

import asyncio
import socket
import socketserver
import threading
from collections.abc import Collection
from contextlib import suppress
from urllib.parse import urlsplit

from scoutgym.envs.web.browser.address import resolved, unicode
from scoutgym.envs.web.browser.browser import ActionError
from scoutgym.envs.web.browser.engine import Look
from scoutgym.envs.web.browser.inpage import DRAWN
from scoutgym.envs.web.browser.picture import Drawn
from scoutgym.envs.web.browser.serve import Served
from scoutgym.envs.web.browser.state import BLANK, BrowserState

PORTS = {"http": 80, "https": 443}
LONGEST_HEAD = 1 << 20
SECONDS = 15.0
"""How long a host may take to be reached."""

LONGEST_WAIT = 5000
"""Milliseconds that an agent may wait."""

SCROLL = f"((x, y) => {{ scrollBy({{left: x, top: y, behavior: 'instant'}}); return {DRAWN}; }})"

DUMP = """(() => {
    const all = document.getElementsByTagName('*'), copy = document.documentElement.cloneNode(true);
    const copies = [copy, ...copy.getElementsByTagName('*')], values = [];
    let focus = 0;
    for (let i = 0; i < all.length; i++) {
        const one = all[i], tag = one.localName;
        if (one === document.activeElement && one !== document.body) focus = i;
        if (document.body && document.body.contains(one) && tag !== 'option' && tag !== 'optgroup'
            && !one.checkVisibility({visibilityProperty: true}) && getComputedStyle(one).display !== 'contents')
            copies[i].setAttribute('hidden', '');
        if (tag === 'noscript' || tag === 'template') copies[i].innerHTML = '';
        if (tag === 'textarea') values.push([i, one.value]);
        else if (tag === 'select')
            values.push([i, Array.from(one.options, (o, n) => o.selected ? n : -1).filter(n => n >= 0)]);
        else if (tag === 'input')
            values.push([i, one.type === 'checkbox' || one.type === 'radio' ? one.checked : one.value]);
    }
    const html = copy.outerHTML.replace(/<textarea[^>]*>(?=\\n)/g, '$&\\n');
    return {html: '<!DOCTYPE html>' + html, values, focus, url: location.href};
})()"""
"""As `scoutgym.envs.web.browser.inpage.DUMP`, of what is seen; an element keeps its number."""


class Gate(Served):
    """The way out of one browser.

    Args:
        allowed: hosts, each as ``name``, for the ports 80 and 443, or as ``name:port``.
    """

    def __init__(self, allowed: Collection[str]) -> None:
        super().__init__("gate", {}, {})
        self.allowed = frozenset(one.lower() for one in allowed)
        self._open: set[socket.socket] = set()
        self._server = _Proxy(("127.0.0.1", 0), _Passage)
        self._server.gate = self
        self.proxy = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="gate").start()

    def lets(self, host: str, port: int) -> bool:
        """Whether a host was named."""
        return f"{host}:{port}" in self.allowed or (host in self.allowed and port in PORTS.values())

    def close(self) -> None:
        """Let nothing pass any more."""
        self._server.shutdown()
        self._server.server_close()
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def passed(self, browser: socket.socket) -> None:
        """Serve one connection of Chromium."""
        head = b""
        while b"\r\n\r\n" not in head:
            piece = browser.recv(65536)
            head += piece
            if not piece or len(head) > LONGEST_HEAD:
                return
        first, _, rest = head.partition(b"\r\n")
        method, target, _ = first.decode("latin-1").split(" ", 2)
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
        fields, _, body = rest.partition(b"\r\n\r\n")
        there = self._reached(host, port)
        if there is None:
            asked = method != "CONNECT" and b"accept: text/html" in fields.lower()
            self.refused = f"{target[:80]} cannot be reached from here" if asked else self.refused
            browser.sendall(b"HTTP/1.1 %s\r\nConnection: close\r\n\r\n" % (b"204 No Content" if asked else b"403 No"))
            return
        with there:
            there.settimeout(None)
            if method == "CONNECT":
                browser.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                there.sendall(body)
            else:  # one request a connection: the next one may be for another host
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                kept = [one for one in fields.split(b"\r\n") if not one.lower().startswith((b"connection:", b"proxy-"))]
                lines = [f"{method} {path} HTTP/1.1".encode("latin-1"), *kept, b"Connection: close", b"", body]
                there.sendall(b"\r\n".join(lines))
            self._open |= {browser, there}
            back = threading.Thread(target=_pour, args=(there, browser), daemon=True)
            back.start()
            _pour(browser, there)
            back.join()
            self._open -= {browser, there}

    def _reached(self, host: str, port: int) -> socket.socket | None:
        """A connection to a named host that answers."""
        try:
            return socket.create_connection((host, port), SECONDS) if self.lets(host, port) else None
        except OSError:
            return None


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    gate: Gate

    def handle_error(self, request: object, client_address: object) -> None:
        """A host that cannot be reached, or a connection that breaks, is no news."""


class _Passage(socketserver.BaseRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        self.server.gate.passed(self.request)


def _pour(one: socket.socket, other: socket.socket) -> None:
    """All that comes from the one into the other."""
    with suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


class OutsideBrowser(Drawn):
    """See the module's docstring.

    Args:
        home: the address at which it begins.
        allowed: the hosts that it reaches beside that of ``home``; see `Gate`.
        state: where it stands: nowhere yet.
        window: whether a person can watch it.
    """

    DUMP = DUMP

    def __init__(self, home: str, allowed: Collection[str], state: BrowserState, window: bool) -> None:
        self._home = home
        self._gate = Gate([*allowed, urlsplit(home).netloc])
        super().__init__({}, {}, state, Look(pictures=True, window=window, strangers=True), self._gate)
        self._lent.lease.sound = False  # its context is never lent again

    def close(self) -> None:
        """Close the context and the gate."""
        super().close()
        self._gate.close()

    def open(self, url: str) -> None:
        """As inherited."""
        self.visit(self.reachable(self.here.url if self.here.url != BLANK else self._home, url))

    def reachable(self, base: str, reference: str) -> str:
        """The address of a named host that a reference means on the page ``base``."""
        url = resolved(base, reference)
        parts = urlsplit(url or "")
        if url is None or parts.scheme not in PORTS:
            raise ActionError(f"{(url or unicode(reference))[:80]} cannot be reached from here")
        if not self._gate.lets(parts.hostname or "", parts.port or PORTS[parts.scheme]):
            raise ActionError(f"{url[:80]} cannot be reached from here")
        return url

    # Such pages do something by themselves, and load what comes into sight.

    def _noop(self, wait_ms: int) -> None:
        self._act(asyncio.sleep(min(max(wait_ms, 0), LONGEST_WAIT) / 1000))

    def _scroll(self, delta_x: int, delta_y: int) -> None:
        self._act(self._call(SCROLL, delta_x, delta_y))

    def _lost(self) -> None:
        raise ActionError("the page cannot be reached from here, or does not answer")
