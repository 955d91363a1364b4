"""Curricula against closed forms: softmax, TD(0), the signal of a group; and what they must never do."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scoutgym  # noqa: F401 (registers the worlds)
from scoutgym.curricula.core import Arm, Curriculum, GroupStats, make_curriculum
from scoutgym.curricula.sec import SEC

ARMS = [Arm.of(f"n{high}", f"scoutgym/Number-{high}-v0", {}) for high in (7, 15, 63)]


def groups(arm: str, *returns: tuple[float, ...]) -> list[GroupStats]:
    return [GroupStats(arm, group) for group in returns]


@given(st.integers(2, 20), st.data())
def test_the_signal_of_a_binary_group_is_2p_times_1_minus_p(size: int, data: st.DataObject) -> None:
    wins = data.draw(st.integers(0, size))
    p = wins / size
    assert GroupStats("a", [1.0] * wins + [0.0] * (size - wins)).signal == pytest.approx(2 * p * (1 - p))


def test_one_invalid_action_is_not_worth_a_success() -> None:
    trifle, success = GroupStats("a", [0, 0, 0, -0.1]), GroupStats("a", [0, 0, 0, 1])
    assert trifle.signal == pytest.approx(0.1 * success.signal)


@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0])
def test_a_group_that_cannot_teach_has_no_signal(rate: float) -> None:
    assert GroupStats("a", [rate] * 8).signal == pytest.approx(0)


def test_td0_and_softmax_by_hand() -> None:
    sec = SEC(ARMS, seed=0, alpha=0.5, tau=0.25)
    assert sec.probabilities() == pytest.approx([1 / 3] * 3)
    sec.observe(groups("n7", (0, 1), (1, 1)) + groups("n63", (0, 1, 1, 1)))
    # n7: the mean of 1/2 and 0; n63: 2 * 3/4 * 1/4. One step from 0 with alpha 1/2.
    assert sec.values == pytest.approx({"n7": 0.125, "n15": 0.0, "n63": 0.1875})
    sec.observe(groups("n7", (0, 0)))
    assert sec.values == pytest.approx({"n7": 0.0625, "n15": 0.0, "n63": 0.1875})
    weights = [math.exp(0.0625 / 0.25), 1.0, math.exp(0.1875 / 0.25)]
    assert sec.probabilities() == pytest.approx([weight / sum(weights) for weight in weights])


@given(st.lists(st.sampled_from(["n7", "n63"]), min_size=1, max_size=20))
def test_an_arm_that_was_not_sampled_keeps_its_value(sampled: list[str]) -> None:
    sec = SEC(ARMS, seed=0)
    sec.observe(groups("n15", (0, 1)))
    before = sec.values["n15"]
    for arm in sampled:
        sec.observe(groups(arm, (0, 0, 1)))
    assert sec.values["n15"] == before > 0


def test_a_cold_softmax_does_not_overflow() -> None:
    sec = SEC(ARMS, seed=0, tau=1e-6)
    sec.observe(groups("n7", (0.0, 1.0)))
    assert sec.probabilities() == pytest.approx([1, 0, 0])


def test_an_arm_is_not_preferred_for_paying_in_larger_numbers() -> None:
    sec = SEC(ARMS, seed=0)
    sec.observe(groups("n7", (0, 1, 1, 0)) + groups("n15", (0, 10, 10, 0)) + groups("n63", (0, 0.1, 0.1, 0)))
    assert sec.values == pytest.approx({"n7": 0.25, "n15": 0.25, "n63": 0.025})
    sec.observe(groups("n15", (4, 6)))  # the span is that of all times: 1 / 10
    assert sec.values["n15"] == pytest.approx(0.25 / 2 + 0.1 / 2)


@pytest.mark.parametrize("name", ["uniform", "sec"])
def test_arms_come_as_often_as_they_should_and_tasks_are_for_training(name: str) -> None:
    curriculum = make_curriculum(name, ARMS, seed=1, options={})
    curriculum.observe(groups("n15", (0, 1)))
    expected = dict(zip([arm.name for arm in ARMS], curriculum.probabilities(), strict=True))
    drawn = [curriculum.sample() for _ in range(3000)]
    counts = Counter(arm for arm, _ in drawn)
    for arm, p in expected.items():
        assert counts[arm] == pytest.approx(3000 * p, abs=4 * math.sqrt(3000 * p * (1 - p)))
    assert {task.split for _, task in drawn} == {"train"}
    assert all(task.params["high"] == int(arm[1:]) for arm, task in drawn)
    assert len({task.index for _, task in drawn}) > 2900


@pytest.mark.parametrize("name", ["uniform", "sec"])
def test_a_saved_curriculum_goes_on_as_the_first_would_have(name: str) -> None:
    def advance(curriculum: Curriculum) -> list[object]:
        seen: list[object] = []
        for step in range(20):
            arm, task = curriculum.sample()
            seen.append((arm, task.index, curriculum.probabilities()))
            curriculum.observe(groups(arm, (0.0, step / 20)))
        return seen

    first = make_curriculum(name, ARMS, seed=3, options={})
    advance(first)
    saved = json.loads(json.dumps(first.state_dict()))
    second = make_curriculum(name, ARMS, seed=3, options={})
    second.load_state_dict(saved)
    assert advance(second) == advance(first)


def test_seeds_differ() -> None:
    draws = [[make_curriculum("uniform", ARMS, seed, {}).sample()[1].index for _ in range(1)] for seed in range(50)]
    assert len({tuple(draw) for draw in draws}) == 50


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sek", {}, "did you mean 'sec'"),
        ("sec", {"alpa": 0.5}, "does not take the options alpa"),
        ("sec", {"alpha": 0.0}, "0 < alpha <= 1"),
        ("sec", {"tau": -1.0}, "tau > 0"),
    ],
)
def test_a_wrong_choice_is_one_clear_line(name: str, options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make_curriculum(name, ARMS, 0, options)
    assert "\n" not in str(caught.value)


def test_arms_need_names_of_their_own() -> None:
    for arms in ([], [ARMS[0], ARMS[0]]):
        with pytest.raises(ValueError, match="at least one arm"):
            make_curriculum("uniform", arms, 0, {})


def test_curricula_import_no_torch() -> None:
    code = "import sys, scoutgym.curricula.core, scoutgym.curricula.sec; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
