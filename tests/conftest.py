"""`pytest --core`: only the tests that must pass without torch and without a browser."""

import re
from pathlib import Path

import pytest

EXTRAS = ("llm", "web", "browser", "worlds", "openai")
# A module whose tests all need an extra says so at its top, `pytestmark = pytest.mark.llm`, and may then import torch
# there: under --core it is not even imported.
WHOLE_MODULE = re.compile(rf"^pytestmark\s*=.*\bmark\.({'|'.join(EXTRAS)})\b", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--core", action="store_true", help=f"leave out the tests marked {', '.join(EXTRAS)}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a test module out, unread, when it is marked as a whole."""
    if not config.getoption("--core") or collection_path.suffix != ".py":
        return None
    return True if WHOLE_MODULE.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect single tests that are marked; and hold to it that `ci` only says which of the slow tests CI runs."""
    for item in items:
        if item.get_closest_marker("ci") and not item.get_closest_marker("slow"):
            raise pytest.UsageError(f"{item.nodeid} is marked ci but not slow; without slow it runs everywhere anyway")
    if config.getoption("--core"):
        left_out = [item for item in items if any(item.get_closest_marker(extra) for extra in EXTRAS)]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
