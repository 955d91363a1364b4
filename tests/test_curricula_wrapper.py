"""The curriculum wrapper in plain Gymnasium loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import pytest
from curricula_tools import ARMS, curriculum
from gymnasium.wrappers import TimeLimit

from scoutgym.curricula.core import KNOWN, Arm, GroupStats, make_curriculum
from scoutgym.curricula.uniform import Uniform
from scoutgym.curricula.wrapper import CurriculumWrapper
from scoutgym.wrappers.history import History

IDS = ["scoutgym/Number-7-v0", "scoutgym/Mastermind-3x4-v0"]
TWO = [Arm.of(env_id, env_id) for env_id in IDS]


class Listener(Uniform):
    """Uniform, and it remembers what it heard."""

    def __init__(self, arms: Sequence[Arm], seed: int) -> None:
        super().__init__(arms, seed)
        self.heard: list[GroupStats] = []

    def learn(self, groups: Sequence[GroupStats]) -> None:
        self.heard += groups


def episode(env: CurriculumWrapper, actions: Sequence[str] | None = None) -> tuple[str, dict[str, Any], float]:
    """Play one episode, by these actions over and over or by random ones; the opening, its info, and the return."""
    observation, info = env.reset()
    total, turn, over = 0.0, 0, False
    while not over:
        action = actions[turn % len(actions)] if actions else env.action_space.sample()
        _, reward, terminated, truncated, last = env.step(action)
        assert last["arm"] == info["arm"]
        total += float(reward)
        turn += 1
        over = terminated or truncated
    return observation, info, total


def test_a_group_is_one_task_under_one_luck_and_is_heard_of_once() -> None:
    listener = Listener(TWO, 0)
    env = CurriculumWrapper(IDS, listener, group=3)
    env.action_space.seed(1)
    openings, infos, totals = zip(*(episode(env) for _ in range(12)), strict=True)
    tasks = [info["task"] for info in infos]
    assert [task.hash for task in tasks] == [task.hash for task in tasks[::3] for _ in range(3)]
    assert len({task.hash for task in tasks}) == 4
    assert [env.curriculum.drawn, len(listener.heard)] == [4, 4]
    for place, group in enumerate(listener.heard):
        assert group.task == tasks[3 * place]
        assert group.arm == infos[3 * place]["arm"]
        assert list(group.returns) == pytest.approx(list(totals[3 * place : 3 * place + 3]))
        assert group.max_turns == (3 if "Number" in group.arm else 6)
        assert all(len(actions) <= group.max_turns for actions in group.actions)
        assert openings[3 * place] == openings[3 * place + 2]
    env.close()


def test_the_luck_of_a_group_is_its_own() -> None:
    bandit = Arm.of("bandit", "scoutgym/RegretBandit-v0", {"max_turns": 30})
    env = CurriculumWrapper(gymnasium.make("scoutgym/RegretBandit-v0"), Listener([bandit], 0), group=2)
    seen = []
    for _ in range(2):
        env.reset()
        arm = env.env.unwrapped.actions()[0]
        seen.append([env.step(arm)[0] for _ in range(30)])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 1


def test_success_and_actions_are_those_of_the_episode() -> None:
    listener = Listener([ARMS[0]], 0)
    env = CurriculumWrapper("scoutgym/Number-v0", listener, group=2)
    env.reset()
    answer = env.env.unwrapped.privileged().answer
    wrong = "1" if answer != "1" else "2"
    env.step(wrong)
    assert env.step(answer)[2]
    episode(env, [wrong])
    (group,) = listener.heard
    assert group.successes == [1.0, 0.0]
    assert group.actions == [[wrong, answer], [wrong] * 3]
    assert group.task.params == {"high": 7, "max_turns": 3}, "the arm's parameters, not those of the environment"


def test_an_episode_that_is_cut_from_outside_counts_as_a_failure() -> None:
    listener = Listener([ARMS[2]], 0)
    env = TimeLimit(CurriculumWrapper("scoutgym/Number-63-v0", listener, group=2), 2)
    for _ in range(3):
        env.reset()
        for _ in range(2):
            _, _, terminated, truncated, _ = env.step("nonsense")
        assert truncated
        assert not terminated
    (group,) = listener.heard
    assert group.successes == [0.0, 0.0]
    assert group.returns == pytest.approx([-0.2, -0.2])


def test_an_episode_that_was_not_begun_is_begun_again() -> None:
    listener = Listener(TWO, 0)
    env = CurriculumWrapper(IDS, listener, group=2)
    tasks = {env.reset()[1]["task"].hash for _ in range(9)}
    assert len(tasks) == 1
    assert not listener.heard
    assert listener.drawn == 1


def test_what_broke_is_left_out() -> None:
    class Broken(gymnasium.Wrapper[str, str, str, str]):
        now = 0

        def step(self, action: str) -> Any:
            observation, reward, _, _, info = super().step(action)
            self.now += 1
            outcome = "env_error" if self.now % 3 == 1 else "ok"
            return observation, reward, False, True, {**info, "outcome": outcome}

    listener = Listener([ARMS[0]], 0)
    env = CurriculumWrapper(Broken(gymnasium.make("scoutgym/Number-7-v0")), listener, group=3)
    for _ in range(3):
        episode(env, ["4"])
    assert [len(group.returns) for group in listener.heard] == [2]
    env = CurriculumWrapper(Broken(gymnasium.make("scoutgym/Number-7-v0")), listener, group=2)
    for _ in range(2):
        episode(env, ["4"])
    assert len(listener.heard) == 1, "of one whole episode there is nothing to compare"


@pytest.mark.parametrize("name", KNOWN)
def test_every_curriculum_runs_in_a_plain_loop(name: str) -> None:
    env = CurriculumWrapper("scoutgym/Number-v0", curriculum(name), group=2)
    env.action_space.seed(0)
    for _ in range(60):
        assert episode(env)[1]["task"].split == "train"
    assert env.curriculum.drawn == 30


def test_wrappers_inside_stay_and_every_environment_is_closed() -> None:
    closed = []

    class Closing(gymnasium.Wrapper[str, str, str, str]):
        def close(self) -> None:
            closed.append(self.env.unwrapped.world.spec.id)
            super().close()

    envs = [Closing(History(gymnasium.make(env_id))) for env_id in IDS]
    env = CurriculumWrapper(envs, make_curriculum("uniform", TWO, 0), group=1)
    for _ in range(8):
        episode(env)
    assert isinstance(env.env, Closing)
    env.close()
    assert sorted(closed) == ["scoutgym/Mastermind-v0", "scoutgym/Number-v0"]


@pytest.mark.parametrize("option", ["task", "split", "index", "params", "luck"])
def test_the_task_is_the_curriculums_to_choose(option: str) -> None:
    env = CurriculumWrapper(IDS, make_curriculum("uniform", TWO, 0))
    with pytest.raises(ValueError, match=f"leave the option '{option}' out"):
        env.reset(options={option: 1})


def test_a_wrong_wrapper_is_one_clear_line() -> None:
    uniform = make_curriculum("uniform", TWO, 0)
    with pytest.raises(ValueError, match="group=0"):
        CurriculumWrapper(IDS, uniform, group=0)
    with pytest.raises(ValueError, match="Mastermind-v0, and there are only scoutgym/Number-v0"):
        CurriculumWrapper(IDS[:1], uniform)
    with pytest.raises(ValueError, match="CartPoleEnv is not a scoutgym environment"):
        CurriculumWrapper("CartPole-v1", uniform)
