"""What every curriculum must do and never do; and SEC against its closed forms: softmax, TD(0), a group's signal."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from curricula_tools import ARMS, BY_NAME, OPTIONS, curriculum, group, groups
from hypothesis import given
from hypothesis import strategies as st

from scoutgym.agents.plans import in_trials
from scoutgym.curricula.core import KNOWN, Arm, Curriculum, GroupStats, make_curriculum
from scoutgym.curricula.pick import pick
from scoutgym.curricula.sec import SEC
from scoutgym.envs.chance import Chance
from scoutgym.types import Episode, Task, Turn


def play(curriculum: Curriculum, steps: int, size: int = 6) -> list[Task]:
    """Some training: what is drawn, where an arm's success depends on its range and moves with the draws."""
    drawn = []
    for step in range(steps):
        heard = []
        for _ in range(size):
            arm, task = curriculum.sample()
            drawn.append(task)
            wins = Chance(b"play", curriculum.drawn).below(5 if task.params["high"] < 20 else 2 + step % 3)
            left = task.params["max_turns"] - len(task.history)
            actions = [["1"] * left, ["2"] * left, ["3"] * left, ["1"] * left]
            heard.append(group(arm, [1.0] * wins + [0.0] * (4 - wins), task, actions=actions, max_turns=left))
        curriculum.observe(heard)
    return drawn


# Every curriculum.


@pytest.mark.parametrize("name", KNOWN)
def test_a_saved_curriculum_goes_on_as_the_first_would_have(name: str) -> None:
    first = curriculum(name, 3)
    play(first, 10)
    first.sample()  # in the middle of a step
    saved = json.loads(json.dumps(first.state_dict(), allow_nan=False))
    second = curriculum(name, 3)
    second.load_state_dict(saved)
    assert second.metrics() == first.metrics()
    assert second.probabilities() == first.probabilities()
    assert play(second, 10) == play(first, 10)
    assert second.state_dict() == first.state_dict()
    assert json.loads(json.dumps(saved)) == saved, "going on must not change what was saved"


@pytest.mark.parametrize("name", KNOWN)
def test_draws_are_a_function_of_the_seed(name: str) -> None:
    import random

    import numpy as np

    first = curriculum(name, 5)
    drawn = play(first, 8)
    random.seed(1)
    np.random.seed(1)
    play(curriculum(name, 6), 3)  # another one in between
    assert play(curriculum(name, 5), 8) == drawn
    assert play(curriculum(name, 6), 8) != drawn


@pytest.mark.parametrize("name", KNOWN)
def test_tasks_are_playable_and_of_the_train_split(name: str) -> None:
    for task in play(curriculum(name, 1), 30):
        assert task.split == "train"
        assert 0 <= task.index < 1_000_000
        assert 7 <= task.params["high"] <= 63
        arm = ARMS[0]
        assert arm.varied(task, {}).params == task.params, "the parameters must stand as the world writes them"
        assert arm.opening(task)


@pytest.mark.parametrize("name", KNOWN)
def test_evaluation_is_refused_and_nothing_is_learned_of_it(name: str) -> None:
    # DUMP's released code updates its sampler from validation.
    one = curriculum(name)
    play(one, 3)
    before = json.dumps(one.state_dict())
    for split in ("dev", "test", "sealed:x"):
        arm = one.arms[0]
        mixed = [group(arm.name, [0, 1]), group(arm.name, [1, 0], arm.task(split, 0))]
        with pytest.raises(ValueError, match=f"split '{split}'"):
            one.observe(mixed)
    with pytest.raises(ValueError, match=r"there is no arm 'nn7' .did you mean 'n7'"):
        one.observe([group("nn7", [0, 1], BY_NAME["n7"].task("train", 0))])
    assert json.dumps(one.state_dict()) == before


@pytest.mark.parametrize("name", KNOWN)
def test_a_step_of_which_every_group_broke_is_survived(name: str) -> None:
    one = curriculum(name)
    one.observe([])
    one.sample()
    one.observe([])
    assert one.sample()[1].split == "train"


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in ("alp-gmm", "pcl")])
def test_arms_come_as_often_as_their_probability_says(name: str) -> None:
    one = curriculum(name, 1)
    play(one, 6)
    state = one.state_dict()
    counts: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    for _ in range(1500):
        shares = one.probabilities()
        assert shares is not None
        assert sum(shares) == pytest.approx(1)
        expected.update(dict(zip([arm.name for arm in ARMS], shares, strict=True)))
        counts[one.sample()[0]] += 1
        if name in ("plr", "paprika"):  # a draw changes these
            drawn = one.drawn
            one.load_state_dict(state | {"drawn": drawn})
    for arm in ARMS:
        p = expected[arm.name] / 1500
        assert counts[arm.name] == pytest.approx(1500 * p, abs=4 * math.sqrt(1500 * p * (1 - p)) + 1e-9)


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in ("uniform", "alp-gmm", "ladder")])
@pytest.mark.parametrize("good", [0, 1])
def test_of_two_arms_the_one_that_teaches_is_found(name: str, good: int) -> None:
    arms = [BY_NAME["n15"], BY_NAME["n63"]]
    one = make_curriculum(name, arms, 2, {"m": 4} if name == "pcl" else OPTIONS.get(name, {}))
    late: Counter[str] = Counter()
    for step in range(60):
        heard = []
        for _ in range(4):
            arm, task = one.sample()
            late[arm] += step >= 20
            # The good arm succeeds in half of the episodes, and its success rises and falls; the other one never does.
            wins = (1, 2, 3, 2)[step % 4] if arm == arms[good].name else 0
            heard.append(group(arm, [1.0] * wins + [0.0] * (4 - wins), task, actions=[["1", "2"]] * 4, max_turns=20))
        one.observe(heard)
    assert late[arms[good].name] > 0.6 * late.total(), late


# Choice by name.


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sek", {}, "did you mean 'sec'"),
        ("sec", {"alpa": 0.5}, "no option 'alpa' .did you mean 'alpha'"),
        ("uniform", {"tau": 1.0}, "no option 'tau'; it takes none"),
        ("sec", {"alpha": 0.0}, "0 < alpha <= 1"),
        ("sec", {"tau": -1.0}, "tau > 0"),
        ("sec", {"tau": "hot"}, "cannot use {'tau': 'hot'}"),
        ("dump", {"window": 0}, "window >= 1"),
        ("paprika", {"alpha": -1}, "alpha >= 0"),
        ("learnability", {"levels": 9, "window": 8}, "levels <= window"),
        ("pcl", {"target": 1.0}, "0 < target < 1"),
        ("plr", {"beta": 0}, "beta > 0"),
        ("tscl", {"slope": "naive"}, "slope='online' or 'window'"),
        ("tscl", {"window": 1}, "window >= 2"),
        ("exit", {"resume": 2}, "0 <= resume <= 1"),
        ("ladder", {"up": 0.1, "down": 0.2}, "down < up"),
        ("alp-gmm", {}, "ranges"),
        ("alp-gmm", {"ranges": {"high": [7, 63]}}, "there are 3"),
    ],
)
def test_a_wrong_choice_is_one_clear_line(name: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make_curriculum(name, ARMS, 0, options)
    assert "\n" not in str(caught.value)


def test_arms_need_names_of_their_own() -> None:
    for arms in ([], [ARMS[0], ARMS[0]]):
        with pytest.raises(ValueError, match="at least one arm"):
            make_curriculum("uniform", arms, 0)


def test_curricula_import_no_torch() -> None:
    modules = ", ".join(f"scoutgym.curricula.{place.partition(':')[0]}" for place in KNOWN.values())
    code = f"import sys, scoutgym.curricula.wrapper, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_seeds_differ() -> None:
    draws = [make_curriculum("uniform", ARMS, seed).sample()[1].index for seed in range(50)]
    assert len(set(draws)) == 50


def test_fresh_tasks_hardly_ever_repeat() -> None:
    uniform = make_curriculum("uniform", ARMS, 1)
    assert len({uniform.sample()[1].index for _ in range(3000)}) > 2900


def test_pick_is_exact_at_the_ends() -> None:
    for draw in range(200):
        assert pick([0.0, 1.0, 0.0], Chance(b"pick", draw)) == 1
    counts = Counter(pick([1.0, 3.0], Chance(b"pick", draw)) for draw in range(4000))
    assert counts[1] == pytest.approx(3000, abs=4 * math.sqrt(4000 * 3 / 16))


# The record of a group.


@given(st.integers(2, 20), st.data())
def test_the_signal_of_a_binary_group_is_2p_times_1_minus_p(size: int, data: st.DataObject) -> None:
    wins = data.draw(st.integers(0, size))
    p = wins / size
    one = group("n7", [1.0] * wins + [0.0] * (size - wins))
    assert one.signal == pytest.approx(2 * p * (1 - p))
    assert one.variance == pytest.approx(p * (1 - p))
    assert one.success == one.mean_return == pytest.approx(p)


def test_one_invalid_action_is_not_worth_a_success() -> None:
    trifle, success = group("n7", [0, 0, 0, -0.1]), group("n7", [0, 0, 0, 1])
    assert trifle.signal == pytest.approx(0.1 * success.signal)


@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0])
def test_a_group_that_cannot_teach_has_no_signal(rate: float) -> None:
    assert group("n7", [rate] * 8).signal == pytest.approx(0)


def test_a_group_is_read_from_its_episodes() -> None:
    task = Task("scoutgym/Number-v0", "train", 4, {"high": 15, "max_turns": 4}, history=("8",))
    turns = [Turn("agent", "", "I say 4", "4"), Turn("agent", "", "I say 2", "2", reward=1.0)]
    episodes = [Episode(task, turns, "", True, False, True), Episode(task, turns[:1], "", False, True, None)]
    stats = GroupStats.of("n15", task, episodes, [0.9, 0.0])
    assert stats == GroupStats("n15", task, [0.9, 0.0], [1.0, 0.0], [["4", "2"], ["4"]], 3)


def test_a_group_is_of_the_task_that_was_drawn_whatever_was_played_of_it() -> None:
    drawn = Task("scoutgym/Number-v0", "train", 4, {"high": 15, "max_turns": 4}, history=("8",))
    further = Episode(replace(drawn, history=("8", "4")), [Turn("agent", "", "2", "2")], "", True, False, True)
    assert GroupStats.of("n15", drawn, [further], [1.0]) == GroupStats("n15", drawn, [1.0], [1.0], [["4", "2"]], 3)
    whole = replace(drawn, history=())
    turns = [Turn("agent", "", action, action, trial) for trial, action in ((0, "8"), (0, "2"), (1, "2"))]
    trials = Episode(in_trials(whole, 2), turns, "", True, False, 0.5)  # type: ignore[arg-type]  # a part is a number
    assert GroupStats.of("n15", whole, [trials], [1.0]) == GroupStats("n15", whole, [1.0], [0.5], [["8", "2"]], 4)
    itself = replace(trials, task=replace(trials.task))  # a world of trials as the task: its actions are of all trials
    assert GroupStats.of("trials", itself.task, [itself], [1.0]).actions == [["8", "2", "2"]]


def test_a_group_has_one_entry_for_each_episode() -> None:
    for returns, successes in (([], []), ([1.0], [1.0, 0.0])):
        with pytest.raises(ValueError, match="as many of each"):
            GroupStats("n7", ARMS[0].task("train", 0), returns, successes, [["1"]] * len(returns), 3)


def test_an_arm_is_cut_short_of_what_ends_the_episode() -> None:
    arm = ARMS[0]  # three guesses of seven numbers
    task = arm.task("train", 0)
    answer = arm.world().privileged(arm.world().start(task, Chance(task.instance))).answer
    wrong = next(str(n) for n in range(1, 8) if str(n) != answer)
    assert arm.resumed(task, [wrong], 1).history == (wrong,)
    assert arm.resumed(task, [wrong] * 3, 1).history == (wrong,) * 2
    cut = [arm.resumed(arm.task("train", index), ["1", "4", "7"], 0).history for index in range(40)]
    assert {len(history) for history in cut} == {0, 1, 2}, "where the first or second guess wins, it is left out"


# SEC.


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
    # SEC's released code pulls it towards 0.
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


def test_an_arm_of_a_preset_is_its_world_with_its_parameters() -> None:
    assert Arm.of("x", "scoutgym/Number-7-v0") == Arm.of("x", "scoutgym/Number-v0", {"high": 7, "max_turns": 3})


@pytest.mark.parametrize("name", KNOWN)
def test_every_curriculum_lives_on_real_episodes(name: str) -> None:
    from scoutgym.agents.core import Job, rollout
    from scoutgym.agents.players import RandomAgent

    one = curriculum(name)
    for _ in range(4):
        drawn = [(*one.sample(), one.drawn) for _ in range(6)]
        place = {(task.hash, luck): number for number, (_, task, luck) in enumerate(drawn)}
        assert len(place) == 6, "a group is told by its task and luck"
        played: list[list[Episode]] = [[] for _ in drawn]
        for episode in rollout(RandomAgent(), [Job(task, luck, k) for _, task, luck in drawn for k in range(3)]):
            played[place[episode.task.hash, episode.luck]].append(episode)
        heard = [
            GroupStats.of(arm, task, episodes, [episode.total for episode in episodes])
            for (arm, task, _), episodes in zip(drawn, played, strict=True)
        ]
        for stats, (_, task, _) in zip(heard, drawn, strict=True):
            assert len(stats.returns) == 3
            assert stats.task == task
            assert all(len(actions) <= stats.max_turns for actions in stats.actions)
            longest = {len(actions) for actions, won in zip(stats.actions, stats.successes, strict=True) if not won}
            assert longest <= {stats.max_turns}, "a failure takes all the turns that the task leaves"
        one.observe(heard)
    if name == "exit":
        assert any(start.task.history for start in one.starts.values())  # type: ignore[attr-defined]
