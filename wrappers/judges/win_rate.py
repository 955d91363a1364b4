"""The group win-rate judge: pairs of episodes of one task are compared, and the reward is the share of pairs won
(SPO: Swamy et al. 2024, arXiv 2401.04056: a minimax winner by self-play, without a scalar reward).

Every pair is shown both ways round. With P(i > j) the mean over both orders of the probability that i is better::

    reward_i = mean over j != i of P(i > j)

so that a judge that prefers whoever stands first says 1/2, and rewards of a group have the mean 1/2. A group that is
larger than two costs n (n - 1) questions; a pair without a verdict leaves both of its members without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from statistics import fmean

from scoutgym.llm.chat.core import ChatModel
from scoutgym.types import Group
from scoutgym.wrappers.judges.asking import Asked, Fields, Question, Share, Text, ask, conversation
from scoutgym.wrappers.judges.core import Judge, Score
from scoutgym.wrappers.judges.show import DATA, LONGEST, quoted, shown

RULES = f"""\
You compare two attempts at the same task.

{DATA.replace("You get a JSON object.", 'You get a JSON object with two attempts, "first" and "second".')}

Answer with one JSON object and nothing else:
{{"analysis": a few sentences on what tells them apart,
"first_is_better": the probability from 0 to 1 that the first attempt did the task better; 0.5 if they are equal}}"""

FIELDS: Fields = {"analysis": Text(), "first_is_better": Share()}


class WinRateJudge(Judge):
    """See the module's docstring.

    Args:
        model: who judges.
    """

    name = "win_rate"
    parts = ("judged",)
    compares = True

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    def score(self, groups: Sequence[Group]) -> list[list[Score]]:
        """All ordered pairs of all groups in one batch."""
        asked, pairs = [], []
        for g, group in enumerate(groups):
            records = [shown(episode, LONGEST // 2) for episode in group.episodes]
            for first, second in permutations(range(len(records)), 2):
                data = quoted({"first": records[first], "second": records[second]})
                asked.append(Question(conversation(RULES, data), FIELDS))
                pairs.append((g, first, second))
        found = dict(zip(pairs, ask(self.model, asked), strict=True))
        return [
            [_score(found, g, member, len(group.episodes)) for member in range(len(group.episodes))]
            for g, group in enumerate(groups)
        ]


def _score(found: dict[tuple[int, int, int], Asked], g: int, member: int, size: int) -> Score:
    others = [other for other in range(size) if other != member]
    if not others:
        return Score.failed("there is nobody in its group to compare it with")
    both = [(found[g, member, other], found[g, other, member]) for other in others]
    cost = sum(one.cost for pair in both for one in pair) / 2  # each question is about two
    calls = sum(ahead.calls for ahead, _ in both)  # a question counts for whom it shows first
    won, reasons = [], []
    for ahead, behind in both:
        if ahead.value is None or behind.value is None:
            return Score.failed(ahead.reason or behind.reason, cost, calls)
        won.append((ahead.value["first_is_better"] + 1 - behind.value["first_is_better"]) / 2)
        reasons.append(ahead.value["analysis"])
    return Score({"judged": fmean(won)}, cost=cost, reason=" / ".join(reasons), calls=calls)
