"""Every recipe is made of parts that exist, with options that they have."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from rows_fixture import EVERYTHING, made_up, rows_of, small_model

from scoutgym.agents.training.batches import micro_batches
from scoutgym.agents.training.config import OptimConfig, RolloutConfig
from scoutgym.agents.training.credit.core import credit_rule
from scoutgym.agents.training.objective import likelihood, make_objective
from scoutgym.agents.training.recipes import RECIPES, recipe

pytestmark = pytest.mark.llm

PUBLISHED = """
grpo dr_grpo dapo rloo loop gspo cispo gigpo turn_ppo ppo archer igpo infopo spa mrt spiral rebn paprika refuel epo
"""


def test_all_are_there() -> None:
    assert set(RECIPES) == set(PUBLISHED.split())
    with pytest.raises(ValueError, match="did you mean 'paprika'"):
        recipe("paprica")


@pytest.mark.parametrize("name", RECIPES)
def test_its_parts_are_known(name: str) -> None:
    one = recipe(name)
    assert set(one) <= {"credit", "objective", "optim", "rollout"}
    make_objective(**one["objective"])
    credit = one.get("credit", {"name": "grpo"})
    assert set(credit) <= {"name", "gamma", "options", "overlong"}
    credit_rule(credit["name"], credit.get("options", {}))
    OptimConfig(**one.get("optim", {}))
    RolloutConfig(**one.get("rollout", {}))


@pytest.mark.parametrize("name", RECIPES)
def test_its_objective_moves_the_weights(name: str) -> None:
    objective = make_objective(**recipe(name)["objective"])
    rows = rows_of([made_up(EVERYTHING, 0), made_up(EVERYTHING, 1)])
    rows = [replace(row, pair=0, side=1 - 2 * row.episode) for row in rows]
    model = small_model(torch.float32)
    (batch,) = micro_batches(rows, 10_000, objective.together)
    given = likelihood(model, batch, 1.0, objective.open_entropy)
    off = 0.1 * torch.sin(9 * given.logp.detach())
    batch = replace(batch, logp=given.logp.detach() - off, ref=given.logp.detach() + off)
    out = objective.loss(given, batch, objective.normaliser(rows), history=[1.0])
    out.loss.backward()
    assert torch.isfinite(out.loss)
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in model.parameters())
