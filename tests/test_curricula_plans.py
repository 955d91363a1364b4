"""Every curriculum with every plan: whatever is played of a task, the curriculum hears of the task that it drew."""

from __future__ import annotations

from typing import Any

import pytest
from curricula_tools import ARMS, OPTIONS

from scoutgym.agents.collect import collect, draws
from scoutgym.agents.plans import PLANS, plan_of
from scoutgym.agents.players import RandomAgent
from scoutgym.agents.training.config import parse_config
from scoutgym.agents.training.experience import heard
from scoutgym.agents.training.trainer import Trainer
from scoutgym.curricula.core import KNOWN, Curriculum, make_curriculum
from scoutgym.curricula.plr import PLR

pytestmark = pytest.mark.llm

OF_PLANS: dict[str, dict[str, Any]] = {"retry": {"k": 2}}


def trained(name: str, plan: str, iterations: int, **options: object) -> Curriculum:
    """A curriculum after some iterations of what a trainer does, with a random player for a policy."""
    arms = ARMS[:1] if name == "alp-gmm" else ARMS
    one = make_curriculum(name, arms, 0, {**OPTIONS.get(name, {}), **options})
    how = plan_of({"name": plan, **OF_PLANS.get(plan, {})}, 3)
    for _ in range(iterations):
        drawn = draws(one, 8)
        assert {draw.task.env_id for draw in drawn} == {"scoutgym/Number-v0"}
        told = heard(collect(RandomAgent(), drawn, how, measure="nothing"), 1.0)
        assert [(stats.arm, stats.task) for stats in told] == [(draw.arm, draw.task) for draw in drawn]
        assert all(0 < len(actions) <= stats.max_turns for stats in told for actions in stats.actions)
        one.observe(told)
    return one


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("name", KNOWN)
def test_every_curriculum_learns_from_every_plan(name: str, plan: str) -> None:
    options = {"resume": 0.0} if (name, plan) == ("exit", "retry") else {}
    assert trained(name, plan, 3, **options).drawn == 24


def test_a_level_is_a_whole_task_though_its_episodes_began_in_the_middle() -> None:
    plr = trained("plr", "branch", 2, levels=16)
    assert isinstance(plr, PLR)
    assert len(plr.buffer) > 8
    assert all(level.task.history == () for level in plr.buffer.values())


def test_starts_in_the_middle_cannot_be_played_in_trials_and_that_is_said_at_once() -> None:
    keys: dict[str, Any] = {
        "name": "run",
        "envs": {"number": "scoutgym/Number-7-v0"},
        "rollout": {"plan": {"name": "retry", "k": 2}},
        "curriculum": {"name": "exit"},
    }
    with pytest.raises(ValueError, match="the plan retry plays whole tasks, and the curriculum exit"):
        Trainer(parse_config(keys))
    Trainer(parse_config({**keys, "curriculum": {"name": "exit", "options": {"resume": 0.0}}}))
