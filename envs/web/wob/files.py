"""The files of the package ``miniwob``, as a site that `scoutgym.envs.web.browser.serve` serves.

Pages are changed on their way: our clock comes before their own scripts, what counts seconds and rewards for people is
not shown, nothing moves by style sheets and no caret blinks (that would be by the wall clock), and pictures are part of
the page, so that they are there at once.
"""

from __future__ import annotations

import json
import mimetypes
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from scoutgym.envs.web.wob.clock import CLOCK

HOST = "miniwob.test"

STYLE = (
    "*, *::before, *::after {transition: none !important; animation: none !important; scroll-behavior: auto !important;"
    " caret-color: transparent !important}"
    "#reward-display, #sync-task-cover, #click-canvas {display: none !important}"
)
_PICTURE = re.compile(r"""(url\(\s*['"]?|\bsrc=['"])([\w./-]+\.(?:png|gif))(['"]?\s*\)|['"])""")
_BUILT = re.compile(r"""'([\w./-]+/)' \+ ([\w.\[\]]+) \+ ?'\.png'""")


def folder() -> Path:
    """Where the package keeps its pages; the package itself is not imported, as it imports selenium.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    return Path(str(distribution("miniwob").locate_file("miniwob/html")))


def address(task: str, test: bool) -> str:
    """Of a task's page; some have other problems for the test split."""
    return f"http://{HOST}/miniwob/{task}.html{'?mode=test' if test else ''}"


class Files:
    """The site. It has no database and changes nothing."""

    def wsgi(self, database: Callable[..., Any]) -> Callable[..., Iterable[bytes]]:
        """A WSGI application; ``database`` is what other sites need."""
        return _application


def _application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    body = read(path)
    if body is None:
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    headers = [("Content-Type", f"{kind}; charset=utf-8")]
    if kind != "text/html":
        headers.append(("Cache-Control", "max-age=86400, immutable"))
    start("200 OK", headers)
    return [body]


@lru_cache(maxsize=512)
def read(path: str) -> bytes | None:
    """A file of the package as it is served; None where there is none."""
    if path == "/clock.js":
        return CLOCK.encode()
    root = folder()
    file = (root / path.lstrip("/")).resolve()
    if not file.is_relative_to(root.resolve()) or not file.is_file():
        return None
    body = file.read_bytes()
    if file.suffix not in (".html", ".css"):
        return body
    text = _BUILT.sub(lambda found: _chosen(file.parent / found[1], found[2]), body.decode())
    text = _PICTURE.sub(lambda found: f"{found[1]}{_inline(file.parent / found[2]) or found[2]}{found[3]}", text)
    if file.suffix == ".html":
        text = text.replace("<head>", f'<head><script src="/clock.js"></script><style>{STYLE}</style>', 1)
    return text.encode()


def _inline(picture: Path) -> str:
    """A picture as an address that holds it; empty where there is none."""
    if not picture.is_file():
        return ""
    return f"data:image/{picture.suffix[1:]};base64,{b64encode(picture.read_bytes()).decode()}"


def _chosen(pictures: Path, name: str) -> str:
    """The expression of a script for the picture whose name it computes."""
    table = {one.stem: _inline(one) for one in sorted(pictures.glob("*.png"))}
    return f"({json.dumps(table)})[{name}]"
