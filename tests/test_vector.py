"""`TextVectorEnv`: what single environments give, in rows; nothing is lost at an episode's end."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from scoutgym.types import Task

NUMBER = "scoutgym/Number-15-v0"


def make(count: int = 3, **options):
    return gymnasium.make_vec(NUMBER, count, vectorization_mode="vector_entry_point", **options)


def tasks(count: int = 3) -> list[Task]:
    return [Task("scoutgym/Number-v0", "train", index, {"high": 15, "max_turns": 4}) for index in range(count)]


def test_rows_are_single_environments() -> None:
    venv = make()
    seen, infos = venv.reset(options={"tasks": tasks(), "lucks": [0, 1, 2]})
    singles = [gymnasium.make(NUMBER) for _ in range(3)]
    for env, task, text in zip(singles, tasks(), seen, strict=True):
        assert env.reset(options={"task": task})[0] == text
    assert infos["task"] == tasks()
    for guess in ("1", "x"):
        seen, rewards, terminated, truncated, infos = venv.step([guess] * 3)
        for place, env in enumerate(singles):
            row = (seen[place], rewards[place], terminated[place], truncated[place])
            assert env.step(guess)[:4] == row
        assert infos["rewards"][0] == ({} if guess == "1" else {"invalid": -1.0})
    assert rewards.dtype == np.float64


def test_same_step_keeps_the_last_observation() -> None:
    venv = make()
    venv.reset(options={"tasks": tasks()})
    answers = [venv.privileged(place).answer for place in range(3)]
    seen, rewards, terminated, _, infos = venv.step([answers[0], "nonsense", answers[2]])
    assert list(terminated) == [True, False, True]
    assert infos["final_obs"][0] == f"Yes, it is {answers[0]}!"
    assert infos["final_obs"][1] is None
    assert infos["final_info"][0]["success"] is True
    assert infos["success"] == [True, None, True]
    assert seen[0].startswith("I am thinking")
    assert isinstance(infos["task"][0], Task)
    assert infos["task"][1] is None
    assert rewards[0] == 1.0


def test_disabled_waits_for_the_mask() -> None:
    venv = make(autoreset_mode=AutoresetMode.DISABLED)
    venv.reset(options={"tasks": tasks()})
    answers = [venv.privileged(place).answer for place in range(3)]
    seen, *_ = venv.step([answers[0], "x", "x"])
    assert seen[0] == f"Yes, it is {answers[0]}!"
    again, rewards, terminated, _, _ = venv.step(["1", "x", "x"])
    assert again[0] == seen[0], "an episode that is over stays as it ended"
    assert rewards[0] == 0.0
    assert terminated[0]
    fresh, _ = venv.reset(options={"reset_mask": np.array([True, False, False])})
    assert fresh[0].startswith("I am thinking")
    assert fresh[1] == again[1]


def test_one_seed_gives_every_row_its_own() -> None:
    venv = make(64)
    _, infos = venv.reset(seed=3)
    assert len({task.index for task in infos["task"]}) == 64
    _, again = make(64).reset(seed=3)
    assert again["task"] == infos["task"]
    _, other = make(64).reset(seed=4)
    assert not {task.index for task in other["task"]} & {task.index for task in infos["task"]}


def test_rows_can_be_saved() -> None:
    venv = make()
    venv.reset(options={"tasks": tasks()})
    point = venv.save(1)
    seen, *_ = venv.step(["1", "1", "1"])
    assert venv.restore(1, point).startswith("I am thinking")
    assert venv.step(["x", "1", "x"])[0][1] == seen[1]


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="num_envs=0"):
        make(0)
    with pytest.raises(ValueError, match="would swallow an action"):
        make(autoreset_mode=AutoresetMode.NEXT_STEP)
    venv = make()
    venv.reset(seed=0)
    with pytest.raises(ValueError, match="2 actions for 3 environments"):
        venv.step(["1", "2"])
    with pytest.raises(ValueError, match="reset_mask has 1 entries for 3"):
        venv.reset(options={"reset_mask": [True]})


def test_the_spaces_hold_what_is_given() -> None:
    venv = make()
    seen, _ = venv.reset(seed=0)
    assert seen in venv.observation_space
    actions = venv.action_space.sample()
    assert actions in venv.action_space
    assert venv.step(actions)[0] in venv.observation_space
