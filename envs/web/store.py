"""An online store: find goods and facts, buy, write to the shop; some tasks cannot be done."""

from __future__ import annotations

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.fields import REWARD
from scoutgym.envs.web.world import NEEDS, WebWorld


class WebStore(WebWorld):
    """See the module's docstring, and `scoutgym.envs.web.sites.store.tasks` for the tasks."""

    sites = ("store",)
    kinds = ("reach", "find", "buy", "contact", "answer", "refuse")
    spec = Spec(
        id="scoutgym/WebStore-v0",
        family="web",
        group="store",
        about="Find, buy and ask in an online store, in a web browser.",
        presets={
            "reach": {"kind": "reach", "max_turns": 10},
            "find": {"kind": "find", "max_turns": 15},
            "buy": {"kind": "buy"},
            "contact": {"kind": "contact", "max_turns": 15},
            "answer": {"kind": "answer", "max_turns": 15},
            "refuse": {"kind": "refuse", "max_turns": 15},
            "form": {"kind": "contact", "view": "short", "prefill": 0.2, "max_turns": 10},
        },
        rewards=REWARD,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Yao et al. 2022, WebShop, arXiv 2207.01206, and Zhou et al. 2023, WebArena, arXiv 2307.13854",
    )


register(WebStore)
