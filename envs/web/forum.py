"""A forum: find posts, people and rules, write, vote, join and report; some tasks cannot be done."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.fields import REWARD
from scoutgym.envs.web.world import NEEDS, WebWorld


class WebForum(WebWorld):
    """See the module's docstring, and `scoutgym.envs.web.sites.forum.tasks` for the tasks."""

    sites = ("forum",)
    kinds = ("reach", "find", "write", "edit", "message", "settings", "join", "answer", "refuse")
    spec = Spec(
        id="scoutgym/WebForum-v0",
        family="web",
        group="forum",
        about="Read, write and vote in an online forum, in a web browser.",
        presets={
            "reach": {"kind": "reach", "max_turns": 10},
            "find": {"kind": "find", "max_turns": 15},
            "write": {"kind": "write", "max_turns": 15},
            "edit": {"kind": "edit", "max_turns": 15},
            "message": {"kind": "message", "max_turns": 15},
            "settings": {"kind": "settings", "max_turns": 15},
            "join": {"kind": "join"},
            "answer": {"kind": "answer", "max_turns": 15},
            "refuse": {"kind": "refuse", "max_turns": 15},
        },
        rewards=REWARD,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zhou et al. 2023, WebArena, arXiv 2307.13854",
    )


register(WebForum)
