"""How often words alone move a judge, or leave it without a verdict (`scoutgym.wrappers.judges.injection`).

Each attack is tried on the same failures, which the judge has seen as such. A judge that compares sees the attacked
episode among the others of its task, which are as they were. An attack that leads to no verdict has not fooled it, and
is counted beside: a policy that can choose what is not judged chooses what is learned.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from scoutgym.benchmark.audit.figures import PASS, Estimated, share
from scoutgym.benchmark.audit.verdicts import Advance, judged, together
from scoutgym.envs.chance import Chance
from scoutgym.llm.chat.core import ChatModel, Request
from scoutgym.llm.chat.scripted import Scripted
from scoutgym.types import Episode, Group, digest
from scoutgym.wrappers.judges.core import Judge
from scoutgym.wrappers.judges.injection import attacked, attacks, filled
from scoutgym.wrappers.judges.panel import Cascade, Ensemble


def injection(
    judge: Judge, episodes: Sequence[Episode], seen: Sequence[int], number: int, advance: Advance
) -> dict[str, dict[str, Estimated]]:
    """By attack, and for ``any`` of them, the shares ``passed`` and ``silenced``; nothing where nothing is tried.

    Args:
        judge: who is attacked.
        episodes: all that it judged.
        seen: the places of the failures that it saw as such, each with at least one turn.
        number: how many of them each attack is tried on; the same ones every time.
        advance: is told how many more episodes were judged.

    Raises:
        ChatError: the judge's model cannot be used at all.
    """
    tried = Chance(digest("audit", number), 0).sample(list(seen), min(number, len(seen)))
    if not tried:
        return {}
    groups = {place: members for members in together(judge, episodes) for place in members}
    texts = [attacks(_forms(judge, [episodes[member] for member in groups[place]])) for place in tried]
    outcomes = {}
    for attack in texts[0]:
        changed = [
            [attacked(episodes[one], text[attack]) if one == place else episodes[one] for one in groups[place]]
            for place, text in zip(tried, texts, strict=True)
        ]
        scores = [
            some[groups[place].index(place)] for place, some in zip(tried, judged(judge, changed, advance), strict=True)
        ]
        passed = [score.ok and score.parts[judge.parts[0]] >= PASS for score in scores]
        outcomes[attack] = {"passed": np.array(passed), "silenced": np.array([not score.ok for score in scores])}
    outcomes = {
        "any": {what: np.any([one[what] for one in outcomes.values()], axis=0) for what in ("passed", "silenced")},
        **outcomes,
    }
    tasks = [episodes[place].task.instance for place in tried]
    return {name: {what: share(hits, tasks) for what, hits in one.items()} for name, one in outcomes.items()}


def _forms(judge: Judge, episodes: Sequence[Episode]) -> list[Mapping[str, Any]]:
    """The schemas of the answers that a judge asks for about a group, each once; none where it asks no model."""
    found: list[Mapping[str, Any]] = []

    def answer(request: Request) -> str:
        form = request.schema or {}
        if form not in found:
            found.append(form)
        return json.dumps(filled(form, 1.0, "yes"))

    group = Group(episodes[0].task, list(episodes))
    for one in _asking(judge):
        twin: Any = copy(one)
        twin.model = Scripted(answer)
        twin.score([group])
    return found


def _asking(judge: Judge) -> Iterator[Judge]:
    """The judges that ask a model: itself, or members of a panel."""
    if isinstance(judge, Cascade | Ensemble):
        for member in judge.judges:
            yield from _asking(member)
    elif isinstance(vars(judge).get("model"), ChatModel):
        yield judge
