"""The rubric judge: several criteria, several votes, and the aggregate that believes the least of them.

With v_1 … v_k the votes on an episode, each the weighted mean of its criteria::

    score = max(0, mean(v) - caution * std(v))        confidence = 1 - 2 std(v)

std is the population's, at most 1/2. Votes are samples of the same words (`Request.sample`), never one answer seen k
times. One vote that is none leaves the episode without a verdict: an agent could else silence the votes against it.
(Votes and a rubric: SPCT, Liu et al. 2025; pessimism: Heimdall, Shi and Jin 2025, whose penalty counts votes instead.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, pstdev

from scoutgym.llm.chat.core import ANSWER, ChatModel
from scoutgym.types import Episode
from scoutgym.wrappers.judges.asking import Asked, Fields, Question, Shares, Text, ask, conversation
from scoutgym.wrappers.judges.core import EpisodeJudge, Score
from scoutgym.wrappers.judges.show import DATA, quoted, shown

RULES = """\
You judge what an agent has done by the criteria below, each by itself.

{data}

Criteria:
{criteria}

Answer with one JSON object and nothing else:
{{"analysis": a few sentences, "scores": a list of {number} numbers from 0 (not met at all) to 1 (met), one for each \
criterion in their order}}"""


class RubricJudge(EpisodeJudge):
    """See the module's docstring.

    Args:
        model: who judges.
        rubric: each criterion in words, and its weight.
        votes: how often it is asked about each episode.
        caution: of the aggregate; 0 is the mean.
        temperature: of the votes, where the model sets none; with several it must be above 0.

    Raises:
        ValueError: the rubric is empty, a criterion is blank or has no positive weight, or all votes would be equal.
    """

    name = "rubric"
    parts = ("judged",)

    def __init__(
        self,
        model: ChatModel,
        rubric: Mapping[str, float],
        votes: int = 3,
        caution: float = 1.0,
        temperature: float = 0.7,
    ) -> None:
        if not rubric or any(not criterion.strip() for criterion in rubric):
            raise ValueError("a rubric needs at least one criterion, each in words: rubric={'The answer is right.': 1}")
        if any(not weight > 0 for weight in rubric.values()):
            raise ValueError("each criterion of a rubric needs a weight above 0; leave out what does not count")
        if votes < 1 or caution < 0:
            raise ValueError(f"votes={votes} must be at least 1 and caution={caution} at least 0")
        self.sampling = replace(ANSWER, temperature=temperature)
        if votes > 1 and model.sampled(self.sampling).temperature == 0:
            raise ValueError(
                f"{votes} votes at temperature 0 are one vote: take votes=1, or a temperature above 0 (the judge's, "
                "and its model's where that sets one)"
            )
        self.model, self.votes, self.caution = model, votes, caution
        self.weights = [weight / sum(rubric.values()) for weight in rubric.values()]
        lines = "\n".join(f"{number}. {criterion}" for number, criterion in enumerate(rubric, 1))
        self.rules = RULES.format(data=DATA, criteria=lines, number=len(rubric))

    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        """``votes`` questions an episode."""
        fields: Fields = {"analysis": Text(), "scores": Shares(len(self.weights))}
        questions = [
            Question(conversation(self.rules, quoted(shown(one))), fields, sample)
            for one in episodes
            for sample in range(self.votes)
        ]
        asked = ask(self.model, questions, self.sampling)
        return [self._score(asked[at : at + self.votes]) for at in range(0, len(asked), self.votes)]

    def _score(self, votes: Sequence[Asked]) -> Score:
        cost, calls = sum(one.cost for one in votes), sum(one.calls for one in votes)
        given = [one.value for one in votes if one.value is not None]
        if len(given) < len(votes):
            missing = next(one.reason for one in votes if one.value is None)
            return Score.failed(f"{len(votes) - len(given)} of {len(votes)} votes are none: {missing}", cost, calls)
        values = [sum(w * s for w, s in zip(self.weights, one["scores"], strict=True)) for one in given]
        spread = pstdev(values)
        reason = " / ".join(one["analysis"] for one in given)
        value = max(0.0, fmean(values) - self.caution * spread)
        return Score({"judged": value}, cost=cost, confidence=1 - 2 * spread, reason=reason, calls=calls)
