"""An issue tracker: find, report, change and plan issues, look after projects; some tasks cannot be done."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.fields import REWARD
from scoutgym.envs.web.world import NEEDS, WebWorld


class WebTracker(WebWorld):
    """See the module's docstring, and `scoutgym.envs.web.sites.tracker.tasks` for the tasks."""

    sites = ("tracker",)
    kinds = ("reach", "find", "report", "edit", "plan", "members", "project", "write", "answer", "refuse")
    spec = Spec(
        id="scoutgym/WebTracker-v0",
        family="web",
        group="tracker",
        about="Report, plan and look up issues in a tracker, in a web browser.",
        presets={
            "reach": {"kind": "reach", "max_turns": 12},
            "find": {"kind": "find", "max_turns": 15},
            "report": {"kind": "report", "max_turns": 20},
            "edit": {"kind": "edit", "max_turns": 15},
            "plan": {"kind": "plan", "max_turns": 45},
            "members": {"kind": "members", "max_turns": 15},
            "project": {"kind": "project", "max_turns": 15},
            "write": {"kind": "write", "max_turns": 15},
            "answer": {"kind": "answer", "max_turns": 15},
            "refuse": {"kind": "refuse", "max_turns": 15},
        },
        rewards=REWARD,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zhou et al. 2023, WebArena, arXiv 2307.13854",
    )


register(WebTracker)
