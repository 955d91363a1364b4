"""The turn judge: a score for every turn, as it is or as what it adds to the one before.

With s_t in [0, 1] how well things stand after turn t of T::

    absolute   r_t = s_t / T          (MAPO: arXiv 2603.06194: every turn is scored by a judge)
    relative   r_t = s_t - s_{t-1}    (PIT: Wang et al. 2023, arXiv 2310.00898: the gap to the last attempt), s_0 = 0

The part ``judged`` is the sum: the mean of all scores, or the last one. Absolute scores pay for staying where it is
pleasant; relative ones telescope, so that only where an episode ends counts for its sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from scoutgym.llm.chat.core import ChatModel
from scoutgym.types import Episode
from scoutgym.wrappers.judges.asking import Asked, Question, Shares, Text, ask, conversation
from scoutgym.wrappers.judges.core import EpisodeJudge, Score
from scoutgym.wrappers.judges.show import DATA, LONGEST, quoted, shown

RULES = f"""\
You judge how an agent fares at its task, turn by turn.

{DATA}

Answer with one JSON object and nothing else:
{{"analysis": a few sentences,
"scores": a list of numbers from 0 (the task is as far off as can be) to 1 (it is done), one for each turn in their \
order: how things stand after that turn}}"""


class TurnJudge(EpisodeJudge):
    """See the module's docstring. Its model must read whole episodes: one that is too long to be shown
    has no verdict, nor has one without turns.

    Args:
        model: who judges.
        pay: absolute or relative.

    Raises:
        ValueError: ``pay`` is neither.
    """

    name = "turns"
    parts = ("judged",)

    def __init__(self, model: ChatModel, pay: Literal["absolute", "relative"] = "relative") -> None:
        if pay not in ("absolute", "relative"):
            raise ValueError(f"pay={pay!r}: a turn judge pays 'absolute' or 'relative'")
        self.model, self.pay = model, pay

    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        """One question an episode."""
        records = [shown(one) for one in episodes]
        whole = [place for place, one in enumerate(records) if one["turns"] and "turns_left_out" not in one]
        asked = ask(
            self.model,
            [
                Question(
                    conversation(RULES, quoted(records[place])),
                    {"analysis": Text(), "scores": Shares(len(episodes[place].turns))},
                )
                for place in whole
            ],
        )
        found = dict(zip(whole, asked, strict=True))
        return [
            self._score(found[place])
            if place in found
            else Score.failed(f"the episode has no turns, or more than {LONGEST} characters")
            for place in range(len(episodes))
        ]

    def _score(self, asked: Asked) -> Score:
        if asked.value is None:
            return Score.failed(asked.reason, asked.cost, asked.calls)
        scores = asked.value["scores"]
        if self.pay == "absolute":
            turns = [score / len(scores) for score in scores]
        else:
            turns = [after - before for before, after in pairwise([0.0, *scores])]
        return Score(
            {"judged": sum(turns)},
            cost=asked.cost,
            turns=tuple(turns),
            reason=asked.value["analysis"],
            calls=asked.calls,
        )
