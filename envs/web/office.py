"""An office portal: one person's dealings with employer, bank, insurer and clinic; some tasks cannot be done."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.fields import REWARD
from scoutgym.envs.web.world import NEEDS, WebWorld


class WebOffice(WebWorld):
    """See the module's docstring, and `scoutgym.envs.web.sites.office.tasks` for the tasks."""

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


register(WebOffice)
