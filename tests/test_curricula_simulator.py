"""Synthetic learners against their own equations; what a curriculum gains on them; the page that is written of it."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from scoutgym.curricula.core import KNOWN, GroupStats
from scoutgym.curricula.simulator import (
    GROUPS,
    HARDNESS,
    LENGTH,
    RATE,
    SCENARIOS,
    SIZE,
    Learner,
    Scenario,
    oracle,
    simulate,
)
from scoutgym.envs.chance import Chance

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "curricula.md").read_text()
TWO = Scenario("two", "", (0.0, 2.0))


def lesson(arm: int, wins: int, history: tuple[str, ...] = (), scenario: Scenario = TWO) -> GroupStats:
    task = replace(scenario.arms[arm].task("train", 0), history=history)
    won = [1.0] * wins + [0.0] * (SIZE - wins)
    return GroupStats(f"arm{arm}", task, won, won, [["right"]] * SIZE, 12)


def test_success_is_a_logistic_of_skill_minus_difficulty() -> None:
    learner = Learner(Scenario("x", "", (0.0, 1.0, 2.0), ceilings=(1, 1, 0)))
    assert learner.success() == pytest.approx([0.5, 1 / (1 + math.e), 0])
    assert learner.score() == pytest.approx((0.5 + 1 / (1 + math.e)) / 2), "what cannot be learned does not count"


def test_episodes_succeed_as_often_as_they_should() -> None:
    learner, rng = Learner(TWO), np.random.default_rng(0)
    for arm in (0, 1):
        task = TWO.arms[arm].task("train", 5)
        margin = -TWO.difficulties[arm] - HARDNESS * Chance(task.instance).normal()
        p = 1 / (1 + math.exp(-margin))
        for done in range(LENGTH):
            resumed = replace(task, history=("right",) * done)
            played = [learner.play("a", resumed, rng) for _ in range(300)]
            chance = p ** ((LENGTH - done) / LENGTH)
            spread = 4 * math.sqrt(chance * (1 - chance) / (300 * SIZE))
            assert np.mean([group.success for group in played]) == pytest.approx(chance, abs=spread)
            for group in played[:20]:
                for actions, won in zip(group.actions, group.successes, strict=True):
                    assert actions[:-1] == ["right"] * (len(actions) - 1), "the first wrong decision ends an episode"
                    assert won == (actions == ["right"] * (LENGTH - done))


def test_a_step_teaches_in_proportion_to_its_signal() -> None:
    learner = Learner(replace(TWO, neighbors=0.5))
    learner.learn([lesson(0, SIZE // 2), lesson(0, SIZE), lesson(0, 0), lesson(1, 2, ("right",))])
    first, second = 1 / 4, (1 - 1 / LENGTH) * (2 / SIZE) * (1 - 2 / SIZE)
    assert learner.skills == pytest.approx([RATE * (first + second / 2), RATE * (second + first / 2)])


def test_what_is_learned_is_forgotten() -> None:
    learner = Learner(replace(TWO, forget=0.1))
    learner.learn([lesson(0, SIZE // 2)])
    learner.learn([])
    assert learner.skills == pytest.approx([RATE / 4 * 0.9**2, 0])


def test_nothing_is_learned_before_what_it_needs() -> None:
    scenario = Scenario("x", "", (0.1, 0.0), chain=True)
    learner = Learner(scenario)
    learner.learn([lesson(1, SIZE // 2, scenario=scenario)])
    assert learner.skills[1] == 0
    learner.skills[0] = 0.2
    learner.learn([lesson(1, SIZE // 2, scenario=scenario)])
    assert learner.skills[1] == pytest.approx(RATE / 4)


def test_the_oracle_practises_what_can_be_learned() -> None:
    hopeless = Scenario("x", "", (0.0, 0.0, -9.0), ceilings=(1, 0, 1))
    alone = Scenario("x", "", (0.0,))
    # Of an arm to learn, one that is impossible and one that is solved, it chooses as if there were the first alone.
    mean = oracle(hopeless, 1, 5)[-1]
    assert mean == pytest.approx((oracle(alone, 1, 5)[-1] + 1) / 2, abs=0.02)
    assert mean > simulate("uniform", hopeless, 1, 5)[-1] + 0.02


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_better_oracle_beats_uniform(scenario: Scenario) -> None:
    best = max(np.mean([oracle(scenario, seed, 40, goal) for seed in range(3)]) for goal in ("success", "log-success"))
    assert best > np.mean([simulate("uniform", scenario, seed, 40) for seed in range(3)])


def test_runs_are_a_function_of_their_seed() -> None:
    for name in KNOWN:
        first = simulate(name, SCENARIOS[0], 3, 8)
        assert np.array_equal(first, simulate(name, SCENARIOS[0], 3, 8))
        assert len(first) == 9
    assert not np.array_equal(simulate("sec", SCENARIOS[0], 4, 8), simulate("sec", SCENARIOS[0], 3, 8))


def test_sec_leaves_arms_that_cannot_teach() -> None:
    scenario = Scenario("x", "", (0.0, 0.0, 0.0, 0.0), ceilings=(1, 0, 0, 0))
    gain = [simulate("sec", scenario, seed, 20)[-1] - simulate("uniform", scenario, seed, 20)[-1] for seed in range(10)]
    assert np.mean(gain) > 2 * np.std(gain, ddof=1) / math.sqrt(10)


def test_start_histories_reach_what_hardly_ever_succeeds() -> None:
    sparse = next(scenario for scenario in SCENARIOS if scenario.name == "sparse")
    ends = {name: np.mean([simulate(name, sparse, seed, 60)[-1] for seed in range(6)]) for name in ("exit", "uniform")}
    assert ends["exit"] > 10 * ends["uniform"]


# The page.


def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "example.py").write_text(block)
    done = subprocess.run([sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    shares = [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("curriculum/p/")]
    assert sum(shares) == pytest.approx(1, abs=0.01)


@pytest.mark.slow
@pytest.mark.ci
def test_the_page_and_its_picture_are_made_by_the_command_that_it_names(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "curricula.py"), "--seeds", "2", "--steps", "5", "--out"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    page = (tmp_path / "curricula.md").read_text()
    assert "Generated by `python benchmarks/curricula.py --seeds 2 --steps 5`" in page
    assert "{{" not in page
    # What stands in the page that is shipped is what the code says today, but for the figures.
    for made, shipped in zip(headings(page), headings(PAGE), strict=True):
        assert made == shipped
    assert page.partition("## Each curriculum")[2] == PAGE.partition("## Each curriculum")[2]
    picture = ElementTree.parse(tmp_path / "curricula.svg").getroot()
    titles = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text") if text.get("class") == "title"]
    assert titles == [scenario.name for scenario in SCENARIOS]
    assert {title.text for title in picture.iter("{http://www.w3.org/2000/svg}title")} == {*KNOWN, "tscl-window"}


def headings(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("#")]


def test_every_curriculum_and_scenario_is_on_the_page() -> None:
    for name in KNOWN:
        assert f"### `{name}`" in PAGE
    for scenario in SCENARIOS:
        assert f"### {scenario.name}\n" in PAGE
    assert f"steps of {GROUPS} groups of {SIZE} episodes" in PAGE


def test_labels_of_the_picture_do_not_touch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from curves import LINE, spread

    rng = np.random.default_rng(0)
    for _ in range(200):
        heights = np.sort(rng.uniform(50, 250, rng.integers(1, 13)))
        spots = np.array(spread(heights.tolist(), 48, 250))
        assert (np.diff(spots) >= LINE - 1e-9).all()
        assert spots.min() >= 48 - 1e-9
        assert spots.max() <= 250 + 1e-9
    assert spread([60.0, 200.0], 48, 250) == [60.0, 200.0]
