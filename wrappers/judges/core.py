"""What a judge is: groups of episodes in, a score for each episode out, and a failure that is never a number.

    scores = SuccessJudge(model).score(groups)      # scores[g][e] is that of groups[g].episodes[e]

A judge fails closed. Where it has no verdict, the outcome is ``judge_error``: no part of such a score may be used, the
episode is masked with its group, and the failure is counted. What is not known is neither a loss nor a win.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scoutgym.types import Episode, Group, Outcome


class JudgeAlarm(RuntimeError):
    """A judge cannot be trained on any longer; the message says what was seen and what to do."""


@dataclass(frozen=True)
class Score:
    """A judge's verdict on one episode: named parts of the reward, what became of the judgement, what it cost."""

    parts: Mapping[str, float] = field(default_factory=dict)
    outcome: Outcome = Outcome.OK
    cost: float = 0.0
    """In the unit of the judge's own price table."""
    confidence: float | None = None
    """How sure the judge says it is of its first part, from 0 to 1."""
    turns: tuple[float, ...] = ()
    """The first part by turn, where the judge scores turns; their sum is that part."""
    reason: str = ""
    """The judge's own words, or why there is no verdict."""
    calls: int = 0
    """How often a model was called; what a cache answered is none."""

    @classmethod
    def failed(cls, reason: str, cost: float = 0.0, calls: int = 0) -> Score:
        """No verdict."""
        return cls({}, Outcome.JUDGE_ERROR, cost, reason=reason, calls=calls)

    @property
    def ok(self) -> bool:
        """Whether there is a verdict."""
        return self.outcome is Outcome.OK


class Judge(ABC):
    """Anything that scores episodes. What it may read of them is what an agent could read; an audit reads the truth.

    ``parts`` names what it gives, the part that says "well done" first.
    """

    name: str
    parts: tuple[str, ...]
    compares: bool = False
    """Whether a verdict is about an episode among its group, and means nothing for one alone."""

    @abstractmethod
    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        """The verdicts on all episodes of all groups. May take long; a failure is a score, not an exception.

        Raises:
            ChatError: its model cannot be used at all.
        """

    def score_episode(self, episode: Episode) -> Score:
        """The verdict on one episode by itself."""
        return self.score([Group(episode.task, [episode], episode.role)])[0][0]


class EpisodeJudge(Judge):
    """A judge that looks at each episode by itself, whatever its group."""

    @abstractmethod
    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        """The verdicts, in order."""

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        """All episodes at once, so that a model is asked in one batch."""
        scores = iter(self.score_all([episode for group in groups for episode in group.episodes]))
        return [[next(scores) for _ in group.episodes] for group in groups]
