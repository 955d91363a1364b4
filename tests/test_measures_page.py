"""The page of measures names every measure that the benchmark computes, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from scoutgym.benchmark.bandits import MEASURES
from scoutgym.benchmark.measures import EPISODE_MEASURES

PAGE = (Path(__file__).parent.parent / "docs" / "measures.md").read_text()
RESULT = {"success", "return", "turns", "coverage", "distinct_trajectories", "pass@k", "gap_to_expert"}
RESULT |= {"normalized", "against", "bounds"}


def test_every_measure_is_defined_once() -> None:
    defined = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert len(defined) == len(set(defined))
    assert set(defined) == RESULT | set(EPISODE_MEASURES) | set(MEASURES)
