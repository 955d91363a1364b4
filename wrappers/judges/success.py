"""The success judge: reads a whole episode and says whether the task was done (InSTA: Trabucco et al. 2025,
arXiv 2502.06776, section 4: first an analysis in words, then success, efficiency and self-correction from 0 to 1).
"""

from __future__ import annotations

from collections.abc import Sequence

from scoutgym.llm.chat.core import ChatModel
from scoutgym.types import Episode
from scoutgym.wrappers.judges.asking import Asked, Fields, Question, Share, Text, ask, conversation
from scoutgym.wrappers.judges.core import EpisodeJudge, Score
from scoutgym.wrappers.judges.show import DATA, quoted, shown

RULES = f"""\
You judge whether an agent has done its task.

{DATA}

Answer with one JSON object and nothing else:
{{"analysis": a few sentences on what was asked, what was done and what shows it,
"success": the probability from 0 to 1 that the task was done,
"efficiency": from 0 (by the longest way) to 1 (by the shortest),
"self_correction": from 0 (repeats its mistakes) to 1 (notices and mends each of them, or makes none),
"confidence": how sure you are of "success", from 0 to 1}}"""

FIELDS: Fields = {
    "analysis": Text(),
    "success": Share(),
    "efficiency": Share(),
    "self_correction": Share(),
    "confidence": Share(),
}


class SuccessJudge(EpisodeJudge):
    """See the module's docstring.

    Args:
        model: who judges.
    """

    name = "success"
    parts = ("judged", "efficiency", "self_correction")

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    def score_all(self, episodes: Sequence[Episode]) -> list[Score]:
        """One question an episode."""
        questions = [Question(conversation(RULES, quoted(shown(one))), FIELDS) for one in episodes]
        return [self._score(asked) for asked in ask(self.model, questions)]

    @staticmethod
    def _score(asked: Asked) -> Score:
        value = asked.value
        if value is None:
            return Score.failed(asked.reason, asked.cost, asked.calls)
        parts = {"judged": value["success"]} | {part: value[part] for part in ("efficiency", "self_correction")}
        return Score(
            parts, cost=asked.cost, confidence=value["confidence"], reason=value["analysis"], calls=asked.calls
        )
