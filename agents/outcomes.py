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

What counts as success where something is learned (`success`, `succeeded`) is the judge's word where a judge pays, and
the world's own where none does; the log tells the world's.

The alarm: more than `ALARM_RATE` of the tries failed, or failures are no matter of chance between winners and losers:
then masking them biases what is learned. Members of one draw are compared with each other, and with no others: a draw
that fails whole, or is hard and fails often, says nothing about winners and losers. Given how many members of a draw
failed, every choice of these is equally likely if it does not matter who won; where it does, a set S of them has the
likelihood (Fisher's noncentral hypergeometric distribution, with y_i the success of member i)::

    P(S | theta) = theta^(sum of y_i over S) / (sum over all sets T as large: theta^(sum of y_i over T))

`evidence` is log P(S | theta) - log P(S | 1), for theta = `ODDS` (winners fail more) and for 1 / `ODDS` (losers do).
exp of it is 1 in the mean if it does not matter who won, so that by Markov's inequality it is seldom large, whatever
the number of failures; and so is what `Parting` makes of many looks. A draw alone is one look; the success of a try is
that of its job, and jobs of which nothing is known are not compared.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

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

ODDS = 4.0
"""Failures part where the odds to fail are so many times as high on one side, or somewhat fewer."""

FALSE_ALARM = 0.01
"""How likely a run is stopped by accident, however long it is."""

RARE = 5e-5
"""How likely one look alone warns by accident: 200 of them together as seldom as a run is stopped."""

LEAST = 5
"""Fewer failures than this are an accident."""

WORTH = "worth"
"""The name, among the last turn's rewards, of what a judge's verdict on the episode is worth."""


def success(episode: Episode) -> float | None:
    """What counts as the episode's success, from 0 to 1: the judge's word where one pays, else the world's own."""
    worth = episode.turns[-1].rewards.get(WORTH) if episode.turns else None
    if worth is not None:
        return min(1.0, max(0.0, worth))
    return None if episode.success is None else float(episode.success)


def succeeded(episode: Episode) -> bool:
    """Whether it counts as done: to one half or more."""
    return (success(episode) or 0.0) >= 0.5


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
    by_draw = [difference(records) for records in draws]
    for side, said in enumerate(("won", "lost")):
        if math.fsum(one[side] for one in by_draw) > math.log(2 / RARE):
            alarms.append(f"those that would have {said} failed more often than chance has it")
    if alarms:
        counts = ", ".join(f"{kind} {tries.count(kind)}" for kind in INFRASTRUCTURE)
        log.warning("infrastructure: %s; %s", " and ".join(alarms), counts)
    return found | {"collect/alarm": float(bool(alarms))}


def difference(records: Sequence[Record]) -> tuple[float, float]:
    """The evidence in the jobs of one draw."""
    known = [(one.success, any(kind in INFRASTRUCTURE for kind in one.tries)) for one in records]
    sure = [(float(success), failed) for success, failed in known if success is not None]
    return evidence([success for success, _ in sure], [failed for _, failed in sure])


def evidence(successes: Sequence[float], failed: Sequence[bool]) -> tuple[float, float]:
    """How much likelier the failures within one group are if winners, and if losers, fail at `ODDS` to 1: two logs.

    Args:
        successes: of each member, from 0 to 1.
        failed: whether it did, of each.
    """
    count = sum(failed)
    if count in (0, len(failed)) or min(successes) == max(successes):
        return 0.0, 0.0
    fell = math.fsum(success for success, is_one in zip(successes, failed, strict=True) if is_one)
    winners, losers = ((tilt * fell - _log_mean(successes, count, tilt)) for tilt in (math.log(ODDS), -math.log(ODDS)))
    return winners, losers


def _log_mean(values: Sequence[float], count: int, tilt: float) -> float:
    """log of the mean of exp(tilt x sum of the set) over all sets of ``count`` values.

    With m(i, j) that mean over sets of j of the first i values::

        m(i, j) = (1 - j/i) m(i-1, j) + j/i e^(tilt v_i) m(i-1, j-1)
    """
    logs = np.full(count + 1, -np.inf)
    logs[0] = 0.0
    for i, value in enumerate(values, 1):
        share = np.arange(count + 1) / i
        with np.errstate(divide="ignore"):
            out, into = np.log(np.maximum(0.0, 1 - share)), np.log(np.minimum(1.0, share))
        logs = np.logaddexp(out + logs, into + tilt * value + np.concatenate(([-np.inf], logs[:-1])))
    return float(logs[count])


@dataclass
class Parting:
    """Whether failures have come to part between winners and losers, looked at as often as one likes.

    With L_t = exp(evidence) of look t, and that winners (or losers) begin to fail more at look s with weight
    1 / (s (s + 1)), a sequence that is 1 in the mean if they never do (a mixture of likelihood ratios, which is a
    martingale, so that by Ville's inequality it ever exceeds 1 / a with a chance of at most a)::

        M_t = sum over s <= t: 1 / (s (s + 1)) L_s L_(s+1) ... L_t  +  1 / (t + 1)

    That begins late is seen as well: what came before has no part in it.
    """

    looks: int = 0
    won: float = 0.0
    lost: float = 0.0

    def look(self, won: float, lost: float) -> bool:
        """Take in a look's evidence; whether it is more than chance.

        Args:
            won: that winners fail more, summed over groups.
            lost: that losers do.
        """
        if won or lost:  # a look without anything to compare is none
            self.looks += 1
            begun = 1 / (self.looks * (self.looks + 1))
            self.won, self.lost = (
                (weight + begun) * math.exp(min(of, 500.0)) for weight, of in ((self.won, won), (self.lost, lost))
            )
        return (self.won + self.lost) / 2 > 1 / FALSE_ALARM
