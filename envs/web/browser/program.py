"""Where Chromium is: on the search path, or where Playwright puts its own. Imports nothing of either."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WINDOWLESS = NAMES[:1]

HINT = "make system, apt install chromium (for speed also chromium-headless-shell), or playwright install chromium"
"""What brings one."""

_SHELL = "chromium_headless_shell-*/chrom*/*headless*shell*"
_WHOLE = ("chromium-*/chrome-*/chrome", "chromium-*/chrome-*/chrome.exe", "chromium-*/chrome-*/*.app/Contents/MacOS/*")


def chromium(window: bool = False) -> str | None:
    """A program, or None where there is none.

    Args:
        window: whether it must be able to open windows.
    """
    names = [name for name in NAMES if not (window and name in WINDOWLESS)]
    found = next((found for found in map(shutil.which, names) if found), None)
    return found or next((str(path) for path in _playwrights(window) if os.access(path, os.X_OK)), None)


def _playwrights(window: bool) -> list[Path]:
    """What `playwright install` has brought, the newest first."""
    patterns = _WHOLE if window else (_SHELL, *_WHOLE)
    return [path for pattern in patterns for path in sorted(_store().glob(pattern), reverse=True)]


def _store() -> Path:
    if named := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        return Path(named)
    if sys.platform == "win32":
        return Path.home() / "AppData" / "Local" / "ms-playwright"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
