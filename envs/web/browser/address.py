"""Addresses as a browser reads them: the WHATWG URL Standard's parser, for ``http`` and ``https``.

`urllib.parse` follows RFC 3986 and leaves what people type as it is; a browser percent-encodes it, resolves dots and
takes a backslash for a slash. An address that is shown, sent and kept must be the browser's on both back ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

PORTS = {"http": "80", "https": "443"}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST = re.compile(r"[a-z0-9._-]+")
# What stays as it is in a path, query or fragment; everything else is percent-encoded as UTF-8.
_PATH = "%!$&'()*+,-./:;=@[]~_\\"
_QUERY = "%!$&()*+,-./:;=?@[]\\^_`{|}~"
_FRAGMENT = "%!#$&'()*+,-./:;=?@[]\\^_{|}~"


@lru_cache(maxsize=4096)
def resolved(base: str, text: str) -> str | None:
    """The address that a reference means on the page ``base``; None where it is none.

    Args:
        base: an absolute ``http`` address.
        text: absolute or relative; of another scheme than ``http`` and ``https`` it is given back as it is.
    """
    text = text.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None})
    scheme, host, path, query = _split(base)
    given = _SCHEME.match(text)
    if given is not None:
        if given[1].lower() not in PORTS:
            return text
        rest = text[given.end() :]
        if given[1].lower() != scheme or rest[:2].replace("\\", "/") == "//":
            text = "//" + rest.lstrip("/\\")
            scheme = given[1].lower()
        else:
            text = rest
    text, mark, fragment = text.partition("#")
    text, asked, asking = text.partition("?")
    text = text.replace("\\", "/")
    if text.startswith("//"):
        authority, slash, rest = text.lstrip("/").partition("/")
        found = _host(authority, scheme)
        if found is None:
            return None
        host, path = found, _path(slash + rest)
    elif text:
        path = _path(text if text.startswith("/") else path.rpartition("/")[0] + "/" + text)
    elif not asked:
        asked, asking = ("?", query[1:]) if query else ("", "")
    wanted = f"{scheme}://{host}{path}"
    if asked:
        wanted += f"?{_encoded(asking, _QUERY)}"
    return f"{wanted}#{_encoded(fragment, _FRAGMENT)}" if mark else wanted


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as a form sends them (``application/x-www-form-urlencoded``); a line ends in CR LF."""
    return "&".join(f"{_piece(name)}={_piece(value)}" for name, value in pairs)


def with_query(url: str, query: str) -> str:
    """An address with another query and no fragment: where a form of method GET goes."""
    return f"{url.partition('#')[0].partition('?')[0]}?{query}"


def unicode(text: str) -> str:
    """A text without halves of surrogate pairs, which no page can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _piece(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return quote_plus(text, safe="*").replace("~", "%7E")


def _split(url: str) -> tuple[str, str, str, str]:
    scheme, _, rest = url.partition("://")
    rest = rest.partition("#")[0]
    rest, mark, query = rest.partition("?")
    host, slash, path = rest.partition("/")
    return scheme, host, slash + path, mark + query


def _host(authority: str, scheme: str) -> str | None:
    host, _, port = authority.rpartition("@")[2].partition(":")
    host = host.lower()
    if not _HOST.fullmatch(host) or (port and not (port.isascii() and port.isdecimal())):
        return None
    number = str(int(port)) if port else ""
    if len(number) > 5 or int(number or 0) > 65535:
        return None
    return host if number in ("", PORTS[scheme]) else f"{host}:{number}"


def _path(path: str) -> str:
    """Without dots, percent-encoded."""
    kept: list[str] = []
    parts = path.split("/")[1:] or [""]
    for place, part in enumerate(parts):
        plain = part.lower().replace("%2e", ".")
        last = place == len(parts) - 1
        if plain == "..":
            del kept[-1:]
        if plain in (".", ".."):
            kept += [""] if last else []
        else:
            kept.append(_encoded(part, _PATH))
    return "/" + "/".join(kept)


def _encoded(text: str, safe: str) -> str:
    return quote(unicode(text), safe=safe)
