"""An office portal: one person's dealings with employer, bank, insurer and clinic; some tasks cannot be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.fields import REWARD, pairs
from scoutgym.envs.web.world import NEEDS, WebParams, WebState, WebTask, WebWorld

if TYPE_CHECKING:
    from scoutgym.envs.web.sites.database import Database


class OfficeParams(WebParams):
    """As in all web worlds; and how forms are told."""

    told: Literal["labels", "words"] = Field(
        "labels",
        description="how a request or a claim says what to enter: by the form's labels and values, or as somebody "
        "tells it, with other words, dates, times and sums",
    )


class WebOffice(WebWorld):
    """See the module's docstring, and `scoutgym.envs.web.sites.office.tasks` for the tasks."""

    Params: ClassVar[type[WebParams]] = OfficeParams
    params: OfficeParams
    sites = ("office",)
    kinds = (
        "reach",
        "find",
        "book",
        "request",
        "claim",
        "questionnaire",
        "transfer",
        "event",
        "write",
        "answer",
        "refuse",
    )
    spec = Spec(
        id="scoutgym/WebOffice-v0",
        family="web",
        group="office",
        about="Fill in forms, book, pay, write and ask in an office portal, in a web browser.",
        presets={
            "reach": {"kind": "reach", "max_turns": 10},
            "find": {"kind": "find", "max_turns": 15},
            "book": {"kind": "book", "max_turns": 20},
            "request": {"kind": "request", "max_turns": 25},
            "claim": {"kind": "claim", "max_turns": 60},
            "request-told": {"kind": "request", "told": "words", "max_turns": 25},
            "claim-told": {"kind": "claim", "told": "words", "max_turns": 60},
            "questionnaire": {"kind": "questionnaire", "max_turns": 150},
            "transfer": {"kind": "transfer", "max_turns": 30},
            "event": {"kind": "event", "max_turns": 30},
            "write": {"kind": "write", "max_turns": 20},
            "answer": {"kind": "answer", "max_turns": 15},
            "refuse": {"kind": "refuse", "max_turns": 20},
        },
        rewards=REWARD,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zhou et al. 2023, WebArena, arXiv 2307.13854, and Zharmagambetov et al. 2025, AgentDAM, "
        "arXiv 2503.09780",
    )

    def made(self, kind: str, split: str, databases: dict[str, Database], chance: Chance) -> WebTask:
        from scoutgym.envs.web.sites.office.telling import FormTask, retold

        task = super().made(kind, split, databases, chance)
        if self.params.told == "words" and isinstance(task, FormTask):
            return retold(task, split, chance.stream("told"))
        return task

    def spoken(self, state: WebState) -> Sequence[str]:
        """And what the form wants, where the task says it in another form."""
        typed = [value for _, value in pairs(state.script)] if self.params.told == "words" else []
        return list(dict.fromkeys((*super().spoken(state), *typed)))


register(WebOffice)
