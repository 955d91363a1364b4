"""``scoutgym check`` passes on sound worlds, and catches each planted defect by the check that is meant to."""

from __future__ import annotations

import planted
import proof_worlds
import pytest

from scoutgym.check import CHECKS, check

SOUND = [
    planted.Vault,
    *(getattr(proof_worlds, name) for name in ("Gamble", "Riddle", "RiddleReplayed", "Ratchet", "Errand")),
]


@pytest.mark.parametrize("world", SOUND, ids=lambda world: world.__name__)
def test_sound_worlds_pass_every_check(world) -> None:
    findings = check(world.spec.id, episodes=12)
    assert len(findings) == len(CHECKS)
    assert [finding for finding in findings if finding.problem] == []


@pytest.mark.parametrize("world", planted.DEFECTS, ids=lambda world: world.__name__)
def test_a_planted_defect_is_caught(world) -> None:
    problems = {finding.check: finding.problem for finding in check(world.spec.id, episodes=12) if finding.problem}
    assert problems.keys() & planted.DEFECTS[world], f"{world.__doc__} was not caught by what should; found: {problems}"
    assert all(len(problem.splitlines()) == 1 for problem in problems.values())


def test_there_are_a_dozen_planted_defects() -> None:
    assert len(planted.DEFECTS) >= 12


def test_an_id_may_name_its_module() -> None:
    assert not [finding for finding in check("planted:planted/Vault-v0", episodes=2) if finding.problem]
