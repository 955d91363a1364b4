"""Privacy in an online store: write to it, review something, keep the account, and give away what is needed alone."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.privacy.world import FIGURES, NEEDS, REWARDS, VARIANTS, PrivacyWorld


class PrivacyStore(PrivacyWorld):
    """See the module's docstring, and `scoutgym.envs.web.privacy.store` for the tasks."""

    sites = ("store",)
    kinds = ("contact", "review", "account")
    channels = {"/product": "post", "/contact": "others"}
    spec = Spec(
        id="scoutgym/PrivacyStore-v0",
        family="web",
        group="privacy",
        about="Write to an online store for somebody, and give away no more of them than that needs.",
        presets={
            "contact": {"kind": "contact", "max_turns": 15},
            "review": {"kind": "review", "max_turns": 20},
            "account": {"kind": "account", "max_turns": 20},
            "form": {"kind": "contact", "view": "short", "brief": True, "max_turns": 12},
            **VARIANTS,
        },
        rewards=REWARDS,
        figures=FIGURES,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zharmagambetov et al. 2025, AgentDAM, arXiv 2503.09780",
    )


register(PrivacyStore)
