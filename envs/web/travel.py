"""A travel desk: find, book, change and cancel flights, trains and hotels; some tasks cannot be done."""

from __future__ import annotations

from pydantic import Field

from scoutgym.envs.registry import register
from scoutgym.envs.spec import Spec
from scoutgym.envs.web.fields import REWARD
from scoutgym.envs.web.world import NEEDS, WebParams, WebWorld


class TravelParams(WebParams):
    """As in all web worlds; a booking takes many steps."""

    max_turns: int = Field(60, ge=1, le=1000, description="how many actions there are")


class WebTravel(WebWorld):
    """See the module's docstring, and `scoutgym.envs.web.sites.travel.tasks` for the tasks."""

    Params = TravelParams
    sites = ("travel",)
    kinds = ("reach", "find", "form", "book", "stay", "manage", "answer", "refuse")
    spec = Spec(
        id="scoutgym/WebTravel-v0",
        family="web",
        group="travel",
        about="Find, book, change and cancel trips and hotels at a travel desk, in a web browser.",
        presets={
            "reach": {"kind": "reach", "max_turns": 10},
            "find": {"kind": "find", "max_turns": 20},
            "form": {"kind": "form", "max_turns": 25},
            "book": {"kind": "book"},
            "stay": {"kind": "stay", "max_turns": 30},
            "manage": {"kind": "manage", "max_turns": 20},
            "answer": {"kind": "answer", "max_turns": 15},
            "refuse": {"kind": "refuse", "max_turns": 20},
        },
        rewards=REWARD,
        limit="truncate",
        holdout="surface",
        needs=NEEDS,
        paper="after Zhou et al. 2023, WebArena, arXiv 2307.13854, and Yao et al. 2022, WebShop, arXiv 2207.01206",
    )


register(WebTravel)
