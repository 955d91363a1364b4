"""MiniHack and NetHack: the levels, their ends and figures, the scripted player."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import gymnasium
import minihack_tools as tools
import numpy as np
import pytest

from scoutgym.check import check
from scoutgym.envs.minihack.engine.game import POOL
from scoutgym.envs.minihack.engine.goals import GOALS, MILESTONES, goal_of
from scoutgym.envs.minihack.minihack import LEVELS, MiniHack
from scoutgym.envs.minihack.nethack import BY_DEPTH, BY_EXPERIENCE, progression

pytestmark = pytest.mark.worlds

KINDS = sorted({goal_of(name).text: name for name, facts in LEVELS.items() if not facts.get("needs")}.values())
"""One level for each goal."""


# Ids.


def test_every_level_of_the_installed_minihack_has_an_id() -> None:
    import minihack  # noqa: F401 (registers the levels)

    known = {name for name in gymnasium.registry if name.startswith("MiniHack-")}
    assert {facts["id"] for facts in LEVELS.values()} == known, "run python -m scoutgym.envs.minihack.make_levels"
    ids = set(MiniHack.spec.ids)
    for name, facts in LEVELS.items():
        assert (f"scoutgym/MiniHack-{name}-v0" in ids) is (facts.get("needs") != "des")
    assert "scoutgym/MiniHack-KeyRoom-S5-v0" in ids
    assert {name for goal in GOALS.values() for name in goal.milestones} <= set(MILESTONES)


@pytest.mark.parametrize("name", ["KeyRoom-S15", "Eat", "Corridor-R3", "Quest-Hard", "MultiRoom-N6", "Room-5x5"])
def test_the_file_of_levels_says_what_minihack_says(name: str) -> None:
    from scoutgym.envs.minihack.make_levels import _facts

    assert {key: value for key, value in LEVELS[name].items() if key != "id"} == _facts(name, LEVELS[name]["id"])


def test_registering_needs_neither_nle_nor_minihack() -> None:
    code = "import scoutgym, sys; print([m for m in ('nle', 'minihack', 'minigrid') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize("name", KINDS)
def test_a_level_of_each_kind_can_be_played(name: str) -> None:
    env = tools.level(name, list_actions=True)
    returned = tools.walk(env, 0, 12)
    assert f"on the level {name} of MiniHack. {goal_of(name).text}" in returned[0]
    assert env.world.max_turns == LEVELS[name]["limit"]
    assert env.session.error is None
    env.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, facts in LEVELS.items() if facts.get("needs") in (None, "minigrid")])
def test_every_level_can_be_played(name: str) -> None:
    env = tools.level(name)
    assert tools.walk(env, 1, 40) == tools.walk(env, 1, 40)
    assert env.session.error is None
    env.close()
    POOL.clear()


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"level": "KeyRoom-S6"}, "no level 'KeyRoom-S6' .did you mean 'KeyRoom-S"),
        ({"level": "Skill-Custom"}, "needs a level of your own: des="),
        ({"level": "Eat", "des": "MAZE"}, "des is for the levels"),
        ({"max_turns": -1}, "max_turns"),
        ({"size": 5}, "no parameter 'size'"),
    ],
)
def test_a_wrong_level_is_one_clear_line(params: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        gymnasium.make("scoutgym/MiniHack-v0", **params)


def test_a_level_that_does_not_compile_is_refused() -> None:
    env = gymnasium.make("scoutgym/MiniHack-v0", level="Navigation-Custom", des="MAZE: what?")
    with pytest.raises(ValueError, match="does not compile"):
        env.reset()


def test_boxoban_says_where_its_maps_are() -> None:
    with pytest.raises(FileNotFoundError, match="download_boxoban_levels"):
        gymnasium.make("scoutgym/MiniHack-Boxoban-Hard-v0")


def test_boxoban_is_played_where_there_are_maps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import minihack.envs.boxohack as boxohack

    folder = tmp_path / "hard"
    folder.mkdir(parents=True)
    rows = ("##########", "#@ $.    #", "#        #", "##########")
    (folder / "000.txt").write_text("; 0\n" + "\n".join(rows) + "\n\n; 1\n" + "\n".join(rows[::-1]) + "\n\n")
    monkeypatch.setattr(boxohack, "LEVELS_PATH", str(tmp_path))
    monkeypatch.setattr(MiniHack, "_demand", lambda self, level, needs: None)
    env = tools.level("Boxoban-Hard")
    texts, maps = [], []
    for index in [*range(8)] * 2:
        texts.append(env.reset(options={"index": index})[0])
        maps.append(env.session.state.seen.chars.tobytes())
    assert texts[:8] == texts[8:]
    assert len(set(maps)) == 2, "the task chooses the map"
    assert "a boulder 2 east" in texts[-1]
    for action in ("go far east", "go east", "go east"):
        if not env.session.over:
            env.step(action)
    assert env.session.success is True
    env.close()
    POOL.clear()


# The contract.


@pytest.mark.parametrize(
    ("env_id", "options"),
    [
        ("scoutgym/MiniHack-Room-Random-5x5-v0", {"max_turns": 8, "map": True}),
        ("scoutgym/NetHackScore-v0", {"max_turns": 6}),
    ],
)
def test_the_contract_is_kept(env_id: str, options: dict[str, Any]) -> None:
    assert [finding for finding in check(env_id, episodes=1, seconds=0.1, **options) if finding.problem] == []


def test_a_saved_point_is_reached_again_by_its_actions() -> None:
    env = tools.level("KeyRoom-S5")
    env.reset(options={"index": 2, "luck": 0})
    for _ in range(3):
        env.step(env.world.expert(env.history, tools.Chance(b"x")))
    point, text = env.snapshot(), env.session.observation
    assert env.save().state is None
    other = tools.level("KeyRoom-S5")
    assert other.restore(point)[0] == text
    assert other.state_key() == env.state_key()
    assert other.session.state.seen.glyphs.tobytes() == env.session.state.seen.glyphs.tobytes()
    env.close()
    other.close()


# Ends, figures and rewards.


def test_the_key_room_is_won_in_words_and_its_milestones_are_told_to_the_trainer_alone() -> None:
    env = tools.level("KeyRoom-S5", weights={"achievement": 0.5})
    total, said = 0.0, []
    index = next(i for i in range(20) if "In view: a key" in env.reset(options={"index": i, "luck": 0})[0])
    said.append(env.reset(options={"index": index, "luck": 0})[0])
    while not env.session.over:
        text, reward, *_, info = env.step(env.world.expert(env.history, tools.Chance(b"x", env.session.turn)))
        total += reward
        said.append(text + str({k: v for k, v in info.items() if k not in ("rewards", "figures")}))
    reached = env.privileged().achievements
    assert env.session.success is True
    assert reached[-1] == "goal reached"
    assert {"key picked up", "door unlocked", "door opened", "staircase seen"} <= set(reached)
    assert reached.index("key seen") < reached.index("key picked up")
    assert reached.index("door unlocked") < reached.index("door opened") < reached.index("staircase seen")
    in_view = set(reached) - {"key seen", "door seen", "staircase seen"}  # these may be seen at the start
    assert total >= 1.0 + 0.5 * len(in_view)
    assert not any(name in text for name in reached for text in said)
    env.close()


def test_death_is_an_end_without_success() -> None:
    env = tools.hall("TERRAIN:(2,1),'L'", level="Navigation-Custom")
    text, reward, terminated, truncated, info = env.step("go east")
    assert (reward, terminated, truncated, info["success"]) == (0.0, True, False, False)
    assert text.startswith("You fall into the lava! You burn to a crisp... Do not pass Go.")
    assert text.splitlines()[-1] == "The game is over, and you have not reached the goal."
    assert len(text.splitlines()) == 2, "what is shown of the dead has today's date in it"
    env.close()


def test_success_is_as_minihack_has_it() -> None:
    """Memento ends at the squeaky board, too, where minihack pays -1; the maze of apples counts them."""
    env = tools.hall("STAIR:(2,1),down", level="Navigation-Custom")
    *_, info = env.step("go east")
    assert info["success"] is True
    assert info["rewards"] == {"success": 1.0, "achievement": 1.0, "level": 1.0}
    env.close()
    maze = tools.level("ExploreMaze-Easy-Mapped")
    maze.reset(options={"index": 1})
    *_, info = maze.step("travel to staircase down")
    assert info["success"] == pytest.approx(1 / 3)
    assert info["rewards"]["level"] == 1.0
    maze.close()
    memento = tools.level("Memento-Short-F2")
    ends = set()
    for index in range(6):
        memento.reset(options={"index": index})
        while not memento.session.over:
            ways = [action for action in memento.actions() if action.startswith("go far")]
            info = memento.step(tools.Chance(b"m", 1000 * index + memento.session.turn).choice(ways))[4]
        ends.add((info["success"], info["rewards"].get("level")))
    assert (False, -1.0) in ends
    assert ends <= {(False, -1.0), (True, 1.0), (False, None)}
    memento.close()


def test_progression_is_that_of_balrog() -> None:
    assert progression(1, 1) == 0.0
    assert progression(15, 12) == pytest.approx(0.332649)  # the example of its authors: 31 % and 33 %
    assert progression(15, 11) == pytest.approx(0.308812)
    assert progression(60, 40) == BY_DEPTH[-1] > BY_EXPERIENCE[-1]
    assert progression(1, 1, ascended=True) == 1.0
    assert list(BY_DEPTH) == sorted(BY_DEPTH)
    assert list(BY_EXPERIENCE) == sorted(BY_EXPERIENCE)
    assert (len(BY_DEPTH), len(BY_EXPERIENCE)) == (50, 30)


def test_nethack_pays_its_score_and_tells_its_progression() -> None:
    env = gymnasium.make("scoutgym/NetHackScore-v0", max_turns=12)
    env.reset(options={"index": 0})
    total, before = 0.0, env.session.state.seen.stats[9]
    while not env.session.over:
        _, reward, terminated, truncated, info = env.step(env.world.expert(env.history, tools.Chance(b"n")))
        total += reward
    assert (terminated, truncated) == (True, False)
    assert total == env.session.state.seen.stats[9] - before == info["figures"]["score"][0] - before
    assert info["success"] == info["figures"]["progression"][0]
    assert info["figures"]["depth"] == (1.0, 1.0)
    env.session.state.deepest = 5
    assert env.figures()["progression"] == (pytest.approx(0.026482), 1.0)
    env.close()


# Players and pictures.


@pytest.mark.parametrize(
    ("name", "games", "least"),
    [("KeyRoom-S5", 12, 1.0), ("KeyRoom-Dark-S5", 8, 0.9), ("MazeWalk-9x9", 6, 1.0), ("Room-Dark-5x5", 8, 1.0)],
)
def test_the_scripted_player_arrives(name: str, games: int, least: float) -> None:
    env = tools.level(name)
    assert sum(tools.play(env, index)[0] for index in range(games)) >= least * games
    env.close()


@pytest.mark.parametrize("name", ["Eat", "Wear", "PutOn", "Zap", "Read", "Pray", "Sink", "Wield", "LockedDoor"])
def test_the_scripted_player_has_the_skills(name: str) -> None:
    env = tools.level(name)
    assert [tools.play(env, index)[0] for index in range(2)] == [1.0, 1.0]
    env.close()


def test_the_solver_wins_from_the_middle() -> None:
    env = tools.level("KeyRoom-S15")
    for index in range(2):
        env.reset(options={"index": index})
        tools.say(env, "go far north", "nonsense", "go far west")
        for action in env.world.solver(env.session.state):
            env.step(action)
        assert env.session.success is True
    env.close()


def test_what_cannot_be_solved_is_said() -> None:
    env = tools.hall(level="Navigation-Custom", max_turns=5)
    with pytest.raises(ValueError, match="reached the goal"):
        env.world.solver(env.session.state)
    env.close()


def test_a_picture_and_a_board() -> None:
    env = tools.level("Room-Random-5x5", render_mode="rgb_array")
    env.reset(options={"index": 0})
    before = env.render()
    assert (before.shape, before.dtype) == ((21 * 16, 79 * 16, 3), np.uint8)
    x, y = env.session.state.seen.x, env.session.state.seen.y
    tools.say(env, "go far north", "go far south")
    after, seen = env.render(), env.session.state.seen
    assert (seen.x, seen.y) == (x, y) or (after != before)[y * 16 : y * 16 + 16, x * 16 : x * 16 + 16].any()
    drawn = np.argwhere(after.any(axis=2))
    assert len(drawn)
    assert env.world.board(env.session.state).count("@") == 1
    env.close()
