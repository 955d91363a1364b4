"""Every recipe is made of parts that exist, with options that they have."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from rows_fixture import EVERYTHING, made_up, rows_of, small_model

from scoutgym.agents.training.batches import micro_batches
from scoutgym.agents.training.config import ObjectiveConfig, OptimConfig, RolloutConfig, parse_config
from scoutgym.agents.training.credit.core import Credited, credit_rule
from scoutgym.agents.training.experience import learned_from
from scoutgym.agents.training.objective import likelihood, make_objective
from scoutgym.agents.training.recipes import RECIPES, recipe
from scoutgym.types import Episode, Group, Task, Turn

pytestmark = pytest.mark.llm
TASK = Task("scoutgym/Number-v0", "train", 0)

PUBLISHED = """
grpo dr_grpo dapo rloo trloo reinforce loop gspo cispo gigpo turn_ppo ppo archer igpo infopo spa mrt spiral rebn paprika
dpo rwr filtered_bc refuel epo
"""


def test_all_are_there() -> None:
    assert set(RECIPES) == set(PUBLISHED.split())
    with pytest.raises(ValueError, match="did you mean 'paprika'"):
        recipe("paprica")


@pytest.mark.parametrize("name", RECIPES)
def test_its_parts_are_known(name: str) -> None:
    one = recipe(name)
    assert set(one) <= {"credit", "objective", "optim", "rollout"}
    objective = ObjectiveConfig(**one["objective"])
    make_objective(objective.name, objective.options)
    credit = one.get("credit", {"name": "grpo"})
    assert set(credit) <= {"name", "gamma", "options", "overlong"}
    credit_rule(credit["name"], credit.get("options", {}))
    OptimConfig(**one.get("optim", {}))
    RolloutConfig(**one.get("rollout", {}))


@pytest.mark.parametrize("name", RECIPES)
def test_its_objective_moves_the_weights(name: str) -> None:
    objective = make_objective(recipe(name)["objective"]["name"], recipe(name)["objective"].get("options", {}))
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


def test_the_literal_ratio_of_a_turn_has_a_wider_range_than_a_tokens() -> None:
    """As much wider, in logarithms, as the sum of a turn's tokens spreads."""
    options = recipe("turn_ppo")["objective"]["options"]
    assert options["ratio"] == "turn"
    token, tokens = recipe("ppo")["objective"]["options"], 16
    assert math.log(1 - options["clip_low"]) == pytest.approx(math.sqrt(tokens) * math.log(1 - token["clip_low"]))
    assert math.log(1 + options["clip_high"]) == pytest.approx(math.sqrt(tokens) * math.log(1 + token["clip_high"]))


def test_imitation_is_of_what_the_recipe_says() -> None:
    def learned(name: str) -> set[float]:
        objective = parse_config({"name": "x", "recipe": name, "envs": {"n": "scoutgym/Number-7-v0"}}).objective
        credited = Credited([None], {})
        rows = learned_from([Group(TASK, [played(1.0), played(0.0)])], credited, objective, 0)
        return {decision.weight for row in rows for decision in row.decisions}

    assert learned("filtered_bc") == {1.0}
    good, bad = sorted(learned("rwr"), reverse=True)
    assert good / bad == pytest.approx(math.exp(1 / 0.5))


def played(reward: float) -> Episode:
    turn = Turn("agent", "o", "a", "a", prompt_ids=[2, 3], ids=[4], logp=[-1.0], reward=reward)
    return Episode(TASK, [turn], "", True, False, success=reward > 0)
