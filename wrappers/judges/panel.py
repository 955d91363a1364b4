"""Judges made of judges: a cascade from small to large, and an ensemble that believes less where it is not of one mind.

cascade    the small judge's verdict stands where it is sure, |s - 1/2| >= margin; else the next one is asked, and so
           on (after Gupta et al. 2024, arXiv 2404.10136, who defer by token uncertainty). No verdict defers, too.
ensemble   max(0, mean - spread * std) over all judges (pessimism as in offline reinforcement learning, Lu et al. 2022,
           arXiv 2110.04135). One judge without a verdict leaves the episode without one.

Both read the first part of each judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

from scoutgym.types import Episode, Group
from scoutgym.wrappers.judges.core import EpisodeJudge, Judge, Score


class Cascade(EpisodeJudge):
    """See the module's docstring.

    Args:
        judges: from the cheapest to the dearest; all of them look at episodes by themselves.
        margin: how far from 1/2 a verdict must be to stand, in [0, 1/2].

    Raises:
        ValueError: there are fewer than two judges, or the margin is outside its range.
    """

    name = "cascade"
    parts = ("judged",)

    def __init__(self, judges: Sequence[EpisodeJudge], margin: float = 0.3) -> None:
        if len(judges) < 2:
            raise ValueError("a cascade needs at least two judges, the cheap one first")
        if not 0 <= margin <= 0.5:
            raise ValueError(f"margin={margin}: a verdict is at most 1/2 away from 1/2")
        self.judges, self.margin = judges, margin
        self.asked = [0] * len(judges)
        """How many episodes each judge has seen."""

    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        """Only what is open goes on to the next judge."""
        found: list[Score] = [Score.failed("nobody was asked")] * len(episodes)
        open_ones = list(range(len(episodes)))
        for level, judge in enumerate(self.judges):
            self.asked[level] += len(open_ones)
            for place, score in zip(open_ones, judge.score_all([episodes[place] for place in open_ones]), strict=True):
                before = found[place]
                parts = {"judged": score.parts[judge.parts[0]]} if score.ok else {}
                cost, calls = before.cost + score.cost, before.calls + score.calls
                found[place] = Score(parts, score.outcome, cost, score.confidence, (), score.reason, calls)
            open_ones = [
                place
                for place in open_ones
                if not found[place].ok or abs(found[place].parts["judged"] - 0.5) < self.margin
            ]
        return found


class Ensemble(Judge):
    """See the module's docstring.

    Args:
        judges: whose verdicts are pooled.
        spread: the price of a standard deviation (the population's).

    Raises:
        ValueError: there are fewer than two judges, or ``spread`` is negative.
    """

    name = "ensemble"
    parts = ("judged",)

    def __init__(self, judges: Sequence[Judge], spread: float = 1.0) -> None:
        if len(judges) < 2:
            raise ValueError("an ensemble needs at least two judges")
        if spread < 0:
            raise ValueError(f"spread={spread}: disagreement may cost something, and never pays")
        self.judges, self.spread = judges, spread
        self.compares = any(judge.compares for judge in judges)

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        """All judges on all episodes."""
        verdicts = [judge.score(groups) for judge in self.judges]
        return [
            [self._score([each[g][e] for each in verdicts]) for e in range(len(group.episodes))]
            for g, group in enumerate(groups)
        ]

    def _score(self, scores: Sequence[Score]) -> Score:
        cost, calls = sum(score.cost for score in scores), sum(score.calls for score in scores)
        for judge, score in zip(self.judges, scores, strict=True):
            if not score.ok:
                return Score.failed(f"{judge.name}: {score.reason}", cost, calls)
        values = [score.parts[judge.parts[0]] for judge, score in zip(self.judges, scores, strict=True)]
        value = max(0.0, fmean(values) - self.spread * pstdev(values))
        reason = " / ".join(score.reason for score in scores)
        return Score({"judged": value}, cost=cost, confidence=1 - 2 * pstdev(values), reason=reason, calls=calls)
