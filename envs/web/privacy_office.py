"""Privacy in an office portal: who is away, but not why; leave, calendar, and a message to the clinic."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.privacy.world import FIGURES, NEEDS, REWARDS, VARIANTS, PrivacyWorld


class PrivacyOffice(PrivacyWorld):
    """See the module's docstring, and `scoutgym.envs.web.privacy.office` for the tasks."""

    sites = ("office",)
    kinds = ("mail", "practice", "leave", "event")
    channels = {"/messages": "others", "/clinic/contact": "others"}
    spec = Spec(
        id="scoutgym/PrivacyOffice-v0",
        family="web",
        group="privacy",
        about="Do office work for somebody, and give away no more of them than that needs.",
        presets={
            "mail": {"kind": "mail", "max_turns": 20},
            "practice": {"kind": "practice", "max_turns": 15},
            "leave": {"kind": "leave", "max_turns": 20},
            "event": {"kind": "event", "max_turns": 15},
            **VARIANTS,
        },
        rewards=REWARDS,
        figures=FIGURES,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zharmagambetov et al. 2025, AgentDAM, arXiv 2503.09780",
    )


register(PrivacyOffice)
