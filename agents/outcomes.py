"""What becomes of an episode by its outcome, in one table, and how often it came to that.

=================  =======  ====  =====================================================================================
outcome            retries  then  why
=================  =======  ====  =====================================================================================
ok                 0        keep
invalid_action     0        keep  the agent's own doing, and so it is paid
output_truncated   0        keep  the agent's own doing
context_overflow   0        keep  the agent's own doing
timeout            1        mask  a busy machine: it may go well the second time
env_error          1        mask  a broken engine; what a crash left behind is gone the second time
judge_error        1        drop  a judge that fails on some answers compares a group by those that it could read
=================  =======  ====  =====================================================================================

A **retry** is the same job again, with the same luck and the same noise: what was a passing fault is gone then, and
what a policy provoked comes again, so that nothing is gained by provoking it. An episode that is **masked** leaves its
group before credit; **drop** takes the whole group. An outcome counts on whichever turn it stands; an episode that
broke before its first turn is an ``env_error``.

The alarm: more than `ALARM_RATE` of the tries failed, or those that failed would have won more or less often than the
others (a two-proportion test): then masking them biases what is learned. The verdict on a failed try is the world's
own, or that of its retry; where there is none, the mean of those of its own draw.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal, NamedTuple

from scoutgym.types import INFRASTRUCTURE, Episode, Outcome

log = logging.getLogger("scoutgym")


class Policy(NamedTuple):
    """How often a job is played again, and what becomes of it if that does not help."""

    retries: int
    then: Literal["keep", "mask", "drop"]


POLICIES = {
    Outcome.OK: Policy(0, "keep"),
    Outcome.INVALID_ACTION: Policy(0, "keep"),
    Outcome.OUTPUT_TRUNCATED: Policy(0, "keep"),
    Outcome.CONTEXT_OVERFLOW: Policy(0, "keep"),
    Outcome.TIMEOUT: Policy(1, "mask"),
    Outcome.ENV_ERROR: Policy(1, "mask"),
    Outcome.JUDGE_ERROR: Policy(1, "drop"),
}

ALARM_RATE = 0.02
"""More failed tries than this are too many."""

ALARM_Z = 2.576
"""So many standard deviations between winners and losers are no accident (two-sided, 1 %)."""

LEAST = 5
"""Fewer failed tries than this say nothing about winners and losers."""


def outcome(episodes: Iterable[Episode]) -> Outcome:
    """The outcome that decides about the episodes of one job: the gravest of the infrastructure, else ``ok``."""
    found = [str(turn.outcome) for episode in episodes for turn in episode.turns]
    if not found:
        return Outcome.ENV_ERROR
    return next((kind for kind in reversed(INFRASTRUCTURE) if kind in found), Outcome.OK)


@dataclass
class Record:
    """One job: the outcome of each try, and the last verdict of the world, if it has said any."""

    tries: list[Outcome] = field(default_factory=list)
    success: float | None = None

    @property
    def then(self) -> Literal["retry", "keep", "mask", "drop"]:
        """What becomes of it now."""
        last = self.tries[-1]
        return "retry" if self.tries.count(last) <= POLICIES[last].retries else POLICIES[last].then


def rates(draws: Sequence[Sequence[Record]], dropped: float) -> dict[str, float]:
    """The figures for the log, and a warning where they alarm.

    Args:
        draws: the jobs of each draw.
        dropped: the share of groups that was left out.

    Returns:
        ``collect/timeout``, … (of all tries), ``collect/retried``, ``collect/masked`` (of all jobs),
        ``collect/dropped`` (of all groups), and ``collect/alarm``, 1 or 0.
    """
    jobs = [record for records in draws for record in records]
    tries = [kind for record in jobs for kind in record.tries]
    found = {f"collect/{kind}": tries.count(kind) / max(1, len(tries)) for kind in INFRASTRUCTURE}
    found["collect/retried"] = sum(len(record.tries) > 1 for record in jobs) / max(1, len(jobs))
    found["collect/masked"] = sum(record.tries[-1] in INFRASTRUCTURE for record in jobs) / max(1, len(jobs))
    found["collect/dropped"] = dropped
    failed = sum(kind in INFRASTRUCTURE for kind in tries)
    alarms = []
    if failed > ALARM_RATE * len(tries):
        alarms.append(f"{failed} of {len(tries)} tries failed")
    z = difference(draws)
    if abs(z) > ALARM_Z:
        alarms.append(f"those that would have {'won' if z > 0 else 'lost'} failed more often (z = {abs(z):.1f})")
    if alarms:
        counts = ", ".join(f"{kind} {tries.count(kind)}" for kind in INFRASTRUCTURE)
        log.warning("infrastructure: %s; %s", " and ".join(alarms), counts)
    return found | {"collect/alarm": float(bool(alarms))}


def difference(draws: Sequence[Sequence[Record]]) -> float:
    """How much more often winners failed than losers, in standard deviations; 0 where too few failed to say.

    z = (p_w - p_l) / sqrt(p (1 - p) (1 / n_w + 1 / n_l)), with p the share of failed tries among winners, losers, all.
    """
    won = lost = failed_won = failed_lost = 0.0
    failures = 0
    for records in draws:
        sound = [record.success for record in records if record.success is not None]
        for record in records:
            success = record.success if record.success is not None else fmean(sound) if sound else None
            if success is None:
                continue
            failed = sum(kind in INFRASTRUCTURE for kind in record.tries)
            failures += failed
            won, lost = won + len(record.tries) * success, lost + len(record.tries) * (1 - success)
            failed_won, failed_lost = failed_won + failed * success, failed_lost + failed * (1 - success)
    return parted(failed_won, won, failed_lost, lost) if failures >= LEAST else 0.0


def parted(failed_won: float, won: float, failed_lost: float, lost: float) -> float:
    """The z of two shares, as in `difference`; 0 where a side is empty or nothing or everything failed."""
    if not won or not lost:
        return 0.0
    p = (failed_won + failed_lost) / (won + lost)
    return (failed_won / won - failed_lost / lost) / math.sqrt(p * (1 - p) * (1 / won + 1 / lost)) if 0 < p < 1 else 0.0
