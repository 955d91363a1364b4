"""The page of metrics defines every name that a run logs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from test_training import tiny

from scoutgym.agents.training import train

pytestmark = pytest.mark.llm

PAGE = (Path(__file__).parent.parent / "docs" / "metrics.md").read_text()


def defined() -> list[re.Pattern[str]]:
    cells = re.findall(r"^\| (`[^|]+`) \|", PAGE, re.MULTILINE)
    names = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    return [re.compile(re.sub(r"<\w+>", ".+", name)) for name in names]


@pytest.mark.parametrize(
    "sections",
    [
        {"credit": {"name": "info_state"}, "objective": {"options": {"kl": 0.1, "entropy": 0.01, "corridor": 1.0}}},
        {"recipe": "paprika", "rollout": {"temperature": 1.0}},
        {"objective": {"name": "imitation"}},
        {"judge": {"model": "scripted:scoutgym.wrappers.judges.planted:long_winded"}},
    ],
)
def test_every_logged_name_is_defined(tmp_path: Path, sections: dict) -> None:
    sections["rollout"] = {"iterations": 1, **sections.get("rollout", {})}
    run = train(tiny(tmp_path, **sections))
    known = [*defined(), *(re.compile(name) for name in ("stage", "step", "seconds"))]
    for line in (run / "metrics.jsonl").read_text().splitlines():
        for name in json.loads(line):
            assert any(pattern.fullmatch(name) for pattern in known), name
