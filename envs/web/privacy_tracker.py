"""Privacy in an issue tracker: an issue and a comment that the team reads, with what is needed of somebody alone."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.privacy.world import FIGURES, NEEDS, REWARDS, VARIANTS, PrivacyWorld


class PrivacyTracker(PrivacyWorld):
    """See the module's docstring, and `scoutgym.envs.web.privacy.tracker` for the tasks."""

    sites = ("tracker",)
    kinds = ("issue", "comment")
    channels = {"/projects": "post"}
    spec = Spec(
        id="scoutgym/PrivacyTracker-v0",
        family="web",
        group="privacy",
        about="Write in an issue tracker for somebody, and give away no more of them than that needs.",
        presets={
            "issue": {"kind": "issue", "max_turns": 15},
            "comment": {"kind": "comment", "max_turns": 15},
            **VARIANTS,
        },
        rewards=REWARDS,
        figures=FIGURES,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zharmagambetov et al. 2025, AgentDAM, arXiv 2503.09780",
    )


register(PrivacyTracker)
