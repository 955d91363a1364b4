"""Composites: namespaced rewards, children's limits, and the same secret in every trial."""

from __future__ import annotations

import gymnasium
import proof_worlds
import pytest

from scoutgym.types import Task

assert proof_worlds


def test_every_trial_hides_the_same_secret() -> None:
    env = gymnasium.make("scoutgym/MultiTrial-number-v0")
    secrets, env_seed = set(), range(30)
    for seed in env_seed:
        _first, _ = env.reset(seed=seed)
        answers = [env.privileged().answer]
        for _ in range(2):
            text, reward, terminated, _, info = env.step(answers[0])
            assert not terminated
            assert (reward, info["rewards"]) == (0.0, {"trial/success": 1.0})
            assert "the same instance again" in text
            answers.append(env.privileged().answer)
        _, reward, terminated, _, info = env.step(answers[0])
        assert len(set(answers)) == 1
        assert (terminated, reward, info["success"]) == (True, 1.0, 1.0)
        secrets.add(answers[0])
    assert len(secrets) > 8


def test_a_trial_ends_at_its_own_limit_and_success_is_a_share() -> None:
    env = gymnasium.make("scoutgym/MultiTrial-number-v0")
    env.reset(seed=0)
    answer = env.privileged().answer
    wrong = "1" if answer != "1" else "2"
    for _turn in range(3):
        text, *_, info = env.step(wrong)
    assert f"My number was {answer}" in text
    assert "Trial 2 of 3" in text
    env.step(answer)
    _, reward, terminated, _, info = env.step(answer)
    assert (terminated, info["success"]) == (True, pytest.approx(2 / 3))
    assert reward == pytest.approx(2 / 3)


def test_the_expert_takes_each_trial_as_the_first() -> None:
    env = gymnasium.make(
        "scoutgym/MultiTrial-v0", env_id="scoutgym/Number-v0", params={"high": 7, "max_turns": 3}, trials=2
    )
    for seed in range(10):
        env.reset(seed=seed)
        while not env.session.over:
            _, _, _, _, info = env.step(env.world.expert(env.history, env.session.chance))
        assert info["success"] == 1.0


def test_children_are_namespaced_and_follow_each_other() -> None:
    env = gymnasium.make("proof/Errand-v0")
    env.reset(options={"task": Task("proof/Errand-v0", "train", 3)})
    assert set(env.weights) >= {"success", "number/success", "number/invalid", "gamble/coins"}
    assert env.weights["gamble/coins"] == 0.5
    text, _, _, _, info = env.step(env.privileged().answer)
    assert info["rewards"] == {"number/success": 1.0}
    assert "Throw the dice" in text
    assert "`throw`" in text, "the new child's actions are explained"
    assert env.grammar.parse("throw") == ("throw",)


def test_an_impossible_composite_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no world 'scoutgym/Numbr-v0' .did you mean 'scoutgym/Number-v0'"):
        gymnasium.make("scoutgym/MultiTrial-v0", env_id="scoutgym/Numbr-v0")
    with pytest.raises(ValueError, match="cannot be played in trials"):
        gymnasium.make("scoutgym/MultiTrial-v0", env_id="proof/Ratchet-v0")
