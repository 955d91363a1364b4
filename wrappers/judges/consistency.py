"""Self-consistency as a reward: the answer that most of a group gives is taken for the right one (SRT: Shafayat et al.
2025, arXiv 2505.21444), with the alarm for how that ends.

With a_i the answer of member i, the last action of its episode::

    reward_i = 1[a_i = the most frequent answer of the group]        (a tie pays nobody)

One answer alone agrees with nobody: where fewer than two members give one, there is no verdict.

No model is asked and no truth is known, so the reward is highest where everybody always says the same. `collapsed` sees
that coming: answers agree within groups *and* no longer depend on the task::

    agreement   mean over groups of the share of the most frequent answer
    variety     H(answers pooled over tasks) / log2(number of groups), at most 1: 0 where all tasks get one answer

A policy that learns has an agreement that rises with its variety kept; one that collapses loses variety.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from scoutgym.types import Episode, Group
from scoutgym.wrappers.judges.core import Judge, Score


def answer(episode: Episode) -> str:
    """What an episode says in the end, whatever its case and blanks."""
    return " ".join(episode.turns[-1].action.casefold().split()) if episode.turns else ""


class ConsistencyJudge(Judge):
    """See the module's docstring."""

    name = "consistency"
    parts = ("judged",)
    compares = True

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        """Votes within each group."""
        return [self._voted([answer(episode) for episode in group.episodes]) for group in groups]

    @staticmethod
    def _voted(answers: Sequence[str]) -> list[Score]:
        votes = [one for one in answers if one]
        if len(votes) < 2:
            reason = f"{len(votes)} of {len(answers)} in the group gave an answer: a vote needs two"
            return [Score.failed(reason) for _ in answers]
        ranked = Counter(votes).most_common(2)
        tie = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
        reason = "no answer has a majority" if tie else f"most say {ranked[0][0]!r}"
        return [Score({"judged": float(not tie and one == ranked[0][0])}, reason=reason) for one in answers]


@dataclass(frozen=True)
class Consistency:
    """How much a policy agrees with itself, and whether what it says still depends on the task."""

    agreement: float
    variety: float

    @classmethod
    def of(cls, groups: Sequence[Group]) -> Consistency:
        """Of groups of different tasks.

        Raises:
            ValueError: there are fewer than two groups: variety is between tasks.
        """
        if len(groups) < 2:
            raise ValueError("variety is measured between tasks: give at least two groups")
        counts = [Counter(answer(episode) for episode in group.episodes) for group in groups]
        shares: dict[str, float] = defaultdict(float)
        for count in counts:
            for said, number in count.items():
                shares[said] += number / count.total() / len(groups)
        entropy = -sum(p * math.log2(p) for p in shares.values())
        agreement = fmean(max(count.values()) / count.total() for count in counts)
        return cls(agreement, min(1.0, entropy / math.log2(len(groups))))

    def collapsed(self, before: Consistency) -> bool:
        """Whether half of the variety that there was is gone while agreement rose: the alarm."""
        return self.variety < 0.5 * before.variety and self.agreement > before.agreement
