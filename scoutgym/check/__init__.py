"""``scoutgym check ID``: does a world keep the contract? For authors, and for every registered world in our own tests.

Each check is a function that plays the world through ``gym.make`` and raises ``Broken`` with what it saw. The checks
are made to catch what was found broken in published suites: shared random state, secrets in ``info``, state left over
after a reset, lost last observations, rewards of the wrong sign, copies that share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scoutgym.check.knowing import beliefs, feasible, reference_players, twins
from scoutgym.check.playing import (
    declaration,
    determinism,
    forks,
    fuzz,
    grammar,
    gymnasium_api,
    hygiene,
    isolation,
    limits,
    purity,
    rewards,
    saving,
    splits,
    vector,
)
from scoutgym.check.probe import GARBAGE, Broken, Probe, some_action
from scoutgym.envs.registry import missing


@dataclass(frozen=True)
class Finding:
    """The result of one check: ``problem`` is None where it passed."""

    check: str
    about: str
    problem: str | None


CHECKS: tuple[Callable[[Probe], None], ...] = (
    gymnasium_api,
    declaration,
    determinism,
    isolation,
    hygiene,
    purity,
    rewards,
    limits,
    grammar,
    fuzz,
    saving,
    forks,
    splits,
    twins,
    beliefs,
    reference_players,
    feasible,
    vector,
)


def check(env_id: str, episodes: int = 20, seconds: float = 5.0, **options: Any) -> list[Finding]:
    """Run every check on an environment.

    Args:
        env_id: a registered id, or ``module:id``.
        episodes: how many episodes the sampling checks play; more finds rarer faults. A check of a slow world plays
            fewer, and says how many (`PATIENCE`, `TAPE`).
        seconds: how long gains are compared with redrawn secrets.
        options: arguments of ``gym.make``.

    Raises:
        gymnasium.error.Error: there is no such id.
        ModuleNotFoundError: the world needs an extra that is not installed.
    """
    probe = Probe(env_id, episodes, seconds, **options)
    assert not missing(type(probe.world))
    findings = []
    for run in CHECKS:
        about, probe.cut = (run.__doc__ or "").splitlines()[0], ""
        try:
            run(probe)
            problem = None
        except Broken as broken:
            problem = str(broken)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if probe.cut:
            about += f" {probe.cut} rounds: they are slow."
        findings.append(Finding(run.__name__, about, problem))
    return findings


__all__ = ["CHECKS", "GARBAGE", "Broken", "Finding", "Probe", "check", "some_action"]
