"""From data to one HTML file: safe JSON, the template filled in, a content security policy, an unbroken write."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

SCRIPTS = {
    "report": ("dom.js", "axes.js", "lines.js", "bars.js", "strip.js", "viewer.js", "words.js", "report.js"),
    "bench": ("dom.js", "axes.js", "lines.js", "bars.js", "bench.js"),
    "audit": ("dom.js", "axes.js", "bars.js", "audit.js"),
}
"""What each page is made of, in order."""


def clean(value: Any) -> Any:
    """The same JSON value with null for numbers that JSON does not have, and text for what is no JSON at all."""
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def safe_json(value: Any) -> str:
    """JSON that may stand inside a script element: pure ASCII, so no U+2028 and no half surrogates, and no ``<``,
    ``>`` or ``&``, which could end the element or open a comment.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def render(title: str, data: Any, kind: str) -> str:
    """The whole page.

    Args:
        title: of the window.
        data: JSON values; see `clean`.
        kind: which page, a key of `SCRIPTS`.
    """
    style, script = _read("style.css"), "\n".join(_read(name) for name in SCRIPTS[kind])
    parts = {
        "title": html.escape(title),
        "style": style,
        "script": script,
        "style-hash": _hash(style),
        "script-hash": _hash(script),
        "data": safe_json(data),
    }
    # One pass: what is put in is never searched for more places.
    return re.sub(r"\{\{([a-z-]+)\}\}", lambda found: parts[found[1]], _read("page.html"))


def write_page(out: Path, page: str) -> Path:
    """Write the page in one step, so that a browser never reads half of it.

    Raises:
        ValueError: it cannot be written there.
    """
    if out.is_dir():
        raise ValueError(f"{out} is a folder: name the page itself, for example {out / 'report.html'}")
    unfinished = out.with_name(f".{out.name}.new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(out)
    except OSError as error:
        raise ValueError(f"cannot write the page {out}: {error.strerror}") from None
    return out


def _read(name: str) -> str:
    return files("scoutgym.report").joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
