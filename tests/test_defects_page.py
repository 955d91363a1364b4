"""The page of defects has all of them, and every test that it names is in the tree."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "defects.md").read_text()
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE)))


@cache
def functions(file: str) -> set[str]:
    """The test functions of a file, read and not run."""
    tree = ast.parse((TESTS / file).read_text())
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_every_defect_has_a_line() -> None:
    numbers = [int(cells[0]) for cells in ROWS if cells[0].strip().isdigit()]
    assert numbers == list(range(1, 27))


def test_every_line_names_a_test_and_nothing_else() -> None:
    lines = [cells for cells in ROWS if cells[-1].strip() != "tests"]
    assert len(lines) > 26
    for cells in lines:
        assert re.fullmatch(r"(`test_\w+\.py::test_\w+`(, )?)+", cells[-1].strip()), cells[0]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    assert name in functions(file)
