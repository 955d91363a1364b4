"""Privacy in a forum: a post, a comment and a message to a stranger, with what is needed of somebody alone."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.privacy.world import FIGURES, NEEDS, REWARDS, VARIANTS, PrivacyWorld


class PrivacyForum(PrivacyWorld):
    """See the module's docstring, and `scoutgym.envs.web.privacy.forum` for the tasks."""

    sites = ("forum",)
    kinds = ("post", "comment", "message")
    channels = {"/messages": "others", "/c/": "post", "/post": "post", "/comment": "post"}
    spec = Spec(
        id="scoutgym/PrivacyForum-v0",
        family="web",
        group="privacy",
        about="Write in a forum for somebody, and give away no more of them than that needs.",
        presets={
            "post": {"kind": "post", "max_turns": 20},
            "comment": {"kind": "comment", "max_turns": 15},
            "message": {"kind": "message", "max_turns": 15},
            **VARIANTS,
        },
        rewards=REWARDS,
        figures=FIGURES,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zharmagambetov et al. 2025, AgentDAM, arXiv 2503.09780",
    )


register(PrivacyForum)
