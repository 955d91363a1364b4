"""BabyAI and MiniGrid in text: words against minigrid's own images, copies and snapshots against replays."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import gymnasium
import numpy as np
import pytest

from scoutgym.envs.babyai.levels import BABYAI, FEW, MINIGRID, env_id
from scoutgym.envs.babyai.sight import describe, name, openings, visible, window
from scoutgym.envs.babyai.told import WORDS
from scoutgym.envs.babyai.world import GridWorld
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import SchemaError

pytestmark = pytest.mark.worlds

LEVELS = [("BabyAI", level) for level in BABYAI] + [("MiniGrid", level) for level in MINIGRID]
SOME = [
    ("BabyAI", "GoToRedBall"),
    ("BabyAI", "BossLevel"),
    ("BabyAI", "PutNextS5N2Carrying"),
    ("BabyAI", "UnlockToUnlock"),
    ("MiniGrid", "ObstructedMaze-1Dlhb"),
    ("MiniGrid", "Dynamic-Obstacles-8x8"),
    ("MiniGrid", "RedBlueDoors-6x6"),
    ("MiniGrid", "MemoryS13"),
    ("MiniGrid", "LavaGapS7"),
]


def env_of(family: str, level: str, **options: Any) -> TextEnv:
    env = gymnasium.make(f"scoutgym/{family}-v0", level=level, **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


def tape(env: TextEnv, turns: int, key: int = 0) -> list[str]:
    """Allowed actions at random, steps forward more often than others."""
    allowed = [env.grammar.format(action) for action in env.grammar.actions()]
    allowed += ["go forward"] * 4
    return [Chance(b"tape", 1000 * key + turn).choice(allowed) for turn in range(turns)]


# The levels.


def test_every_level_of_the_installed_minigrid_is_there() -> None:
    import minigrid  # noqa: F401

    installed = {
        id_
        for id_ in gymnasium.registry
        if id_.startswith(("BabyAI-", "MiniGrid-")) and not id_.startswith("MiniGrid-WFC")
    }
    assert {env_id(family, level) for family, level in LEVELS} == installed


@pytest.mark.filterwarnings("ignore:.*is out of date")
@pytest.mark.parametrize(("family", "levels"), [("BabyAI", BABYAI), ("MiniGrid", MINIGRID)])
def test_turns_are_minigrids_own_limits_of_steps(family: str, levels: dict[str, int]) -> None:
    for level, turns in levels.items():
        engine = gymnasium.make(env_id(family, level), disable_env_checker=True).unwrapped
        limits = set()
        for seed in range(2):
            engine.reset(seed=seed)
            limits.add(engine.max_steps)
        sentences = family == "BabyAI" and ("Seq" in level or "Synth" in level or "Boss" in level)
        assert max(limits) <= turns if sentences else limits == {turns}, level


def test_ids_are_presets_and_a_wrong_level_says_so() -> None:
    assert gymnasium.make("scoutgym/BabyAI-GoToRedBall-v0").unwrapped.params == {}
    assert gymnasium.make("scoutgym/MiniGrid-MultiRoom-N4-S5-v0").unwrapped.params == {"level": "MultiRoom-N4-S5"}
    with pytest.raises(ValueError, match="did you mean 'GoToRedBall'"):
        gymnasium.make("scoutgym/BabyAI-v0", level="GoToRedbal")
    with pytest.raises(ValueError, match="there is no level 'KeyInBox'"):
        gymnasium.make("scoutgym/MiniGrid-v0", level="KeyInBox")


def test_minigrid_is_not_imported_before_a_world_is_made() -> None:
    code = "import scoutgym, sys; assert 'minigrid' not in sys.modules and 'pygame' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_nothing_is_printed_when_minigrid_rejects_a_level(capfd: pytest.CaptureFixture[str]) -> None:
    env = env_of("BabyAI", "PutNextS4N1")
    for index in range(40):
        env.reset(options={"index": index})
    assert capfd.readouterr().out == ""


# The words, against the image that minigrid makes of the same view.

KINDS = {2: "wall", 3: "floor", 4: "door", 5: "key", 6: "ball", 7: "box", 8: "goal", 9: "lava"}
COLORS = ("red", "green", "blue", "purple", "yellow", "grey")
STATES = ("open", "closed", "locked")
LINE = re.compile(r"You see (?:an? )?(.+?) (?:(\d) steps? (left|right))?(?: and )?(?:(\d) steps? forward)?\.")


def image_of(engine: Any) -> np.ndarray:
    """minigrid's image of the view, which our engines do not make."""
    return type(engine).gen_obs(engine)["image"]


def from_image(engine: Any) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """Things and walls of the image by steps right and forward; the agent is at column 3 of the last row."""
    image = image_of(engine)
    things, walls = {}, set()
    for column in range(7):
        for row in range(7):
            kind, color, state = map(int, image[column, row])
            place = (column - 3, 6 - row)
            if kind in (0, 1) or place == (0, 0):
                continue
            word = KINDS[kind]
            if word == "wall":
                walls.add(place)
            elif word == "door":
                things[place] = f"{STATES[state]} {COLORS[color]} door"
            elif word != "floor":
                things[place] = "lava" if word == "lava" else f"{COLORS[color]} {word}"
    return things, walls


@pytest.mark.parametrize(("family", "level"), SOME)
def test_words_say_what_minigrids_image_shows(family: str, level: str) -> None:
    env = env_of(family, level)
    for index in range(4):
        said, _ = env.reset(options={"index": index})
        for action in [*tape(env, 60, index), ""]:
            engine = env.session.state.engine
            things, walls = from_image(engine)
            told, rays = {}, set()
            for thing, side, way, ahead in LINE.findall(said):
                place = (int(side or 0) * (-1 if way == "left" else 1), int(ahead or 0))
                if thing == "wall":
                    rays.add(place)
                elif thing != "opening in the wall":
                    told[place] = thing
            assert told == things
            wanted = set()
            for right, forward in ((-1, 0), (1, 0), (0, 1)):
                line = [(right * far, forward * far) for far in range(1, 7)]
                wanted |= set([place for place in line if place in walls][:1])
            assert rays == wanted
            carried = re.findall(r"You carry an? (.+)\.", said)
            assert carried == ([name(engine.carrying)] if engine.carrying else [])
            said, _, ended, cut, _ = env.step(action)
            if ended or cut:
                break


def test_openings_are_gaps_and_mouths_of_hallways() -> None:
    class Wall:
        type = "wall"

    rows = ["#######", "#     #", "#     #", "### ###", "   v   "]  # the agent looks up at a wall with one gap
    seen = []
    for ahead, row in enumerate(rows[::-1]):
        seen += [(column - 3, ahead, 0, Wall() if cell == "#" else None) for column, cell in enumerate(row)]
    assert openings(seen) == [(0, 1)]
    assert "You see an opening in the wall 1 step forward." in describe(seen, "", True)
    assert "opening" not in describe(seen, "", False)
    hall = [(side, ahead, 0, None if side == 0 else Wall()) for side in (-1, 0, 1) for ahead in range(7)]
    assert openings(hall) == []


def test_the_first_text_of_a_task_is_as_written() -> None:
    env = env_of("MiniGrid", "Empty-5x5")
    said, _ = env.reset(seed=0)
    assert said.startswith(
        "You are in a world of square cells. You see 6 steps forward and 3 steps to each side, also behind walls. You "
        "can carry one thing. A locked door opens when you carry a key of its color. You have 100 turns.\n"
        "Your mission: get to the green goal square.\n"
        "You see a green goal 2 steps right and 2 steps forward.\n"
        "You see a wall 3 steps forward.\nYou see a wall 1 step left.\nYou see a wall 3 steps right.\n\nReply with one"
    )


def test_what_actions_say() -> None:
    env = env_of("MiniGrid", "DoorKey-5x5")
    heard = set()
    for index in range(40):
        env.reset(options={"index": index})
        for action in tape(env, 250, index):
            said, _, ended, cut, info = env.step(action)
            assert info["outcome"] == "ok"
            heard.add(said.partition("\n")[0])
            if ended or cut:
                break
    assert {
        "A wall is in the way.",
        "A locked yellow door is in the way.",
        "A yellow key is in the way.",
        "You pick up the yellow key.",
        "You drop the yellow key.",
        "You carry nothing.",
        "There is no room in front of you to drop it.",
        "There is nothing in front of you to pick up.",
        "There is nothing in front of you to toggle.",
        "The yellow door is locked. You need a yellow key.",
        "You unlock and open the yellow door.",
        "You close the yellow door.",
        "You open the yellow door.",
        "You have completed the mission.",
    } <= heard


def test_lava_and_wrong_things_end_an_episode_without_success() -> None:
    env = env_of("MiniGrid", "LavaGapS5")
    lost = 0
    for index in range(60):
        env.reset(options={"index": index})
        for action in tape(env, 100, index):
            said, reward, ended, cut, info = env.step(action)
            if ended and "lava" in said:
                assert (reward, info["success"], said) == (0.0, False, "You step into lava.\nThe mission has failed.")
                lost += 1
            if ended or cut:
                break
    assert lost > 5


# The rules are minigrid's: the same actions in its own environment, made in its own way.


@pytest.mark.parametrize(("family", "level"), [pair for pair in SOME if "Dynamic" not in pair[1]])
def test_play_equals_minigrids_own(family: str, level: str) -> None:
    env = env_of(family, level)
    twin = gymnasium.make(env_id(family, level), disable_env_checker=True).unwrapped
    numbers = {word: number for number, word in WORDS.items()}
    for index in range(6):
        env.reset(options={"index": index})
        twin.reset(seed=env.session.state.seed)
        for action in tape(env, 80, index):
            _, reward, over, cut, info = env.step(action)
            image, paid, ended, late, _ = twin.step(numbers[action])
            engine = env.session.state.engine
            assert np.array_equal(image["image"], image_of(engine))
            assert engine.pprint_grid() == twin.pprint_grid()
            assert over == ended
            if over:
                assert info["success"] == (paid > 0) == (reward == 1)
            if over or late or cut:
                break


# Copies and snapshots.


def picture_of(env: TextEnv) -> Any:
    state = env.session.state
    return state.engine.pprint_grid(), state.pose, name(state.engine.carrying), state.seen, state.done


@pytest.mark.parametrize(("family", "level"), SOME)
def test_copies_are_independent_and_play_on_alike(family: str, level: str) -> None:
    env = env_of(family, level)
    for index in range(3):
        env.reset(options={"index": index})
        actions = tape(env, 60, index)
        for action in actions[:20]:
            env.step(action)
            if env.session.over:
                break
        if env.session.over:
            continue
        before = picture_of(env)
        saved, record = env.save(), env.snapshot()
        left, right = env.fork(2, chance="same")
        other = env_of(family, level)
        for action in tape(env, 30, 99):
            if not left.session.over:
                left.step(action)
        assert picture_of(env) == before == picture_of(right)
        results = []
        for target, point in ((env, saved), (right, saved), (other, record)):
            target.restore(point)
            assert picture_of(target) == before
            results.append([target.step(a) for a in actions[20:] if not target.session.over] + [picture_of(target)])
        assert results[0] == results[1] == results[2]


def test_obstacles_move_by_the_luck_of_the_episode() -> None:
    env = env_of("MiniGrid", "Dynamic-Obstacles-16x16")
    env.reset(options={"index": 0})
    env.step("turn left")
    same, again = (fork.step("turn left")[0] for fork in env.fork(2, chance="same"))
    assert same == again
    grids = set()
    for fork in env.fork(8, chance="fresh"):
        fork.step("turn left")
        grids.add(fork.session.state.engine.pprint_grid())
    assert len(grids) > 4


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1},
        {"seed": 2**31},
        {"moves": [9]},
        {"moves": ["go"]},
        {"moves": None},
        {"lucks": [1]},
        {"more": 1},
        {"moves": [True]},
        {"moves": [2] * 500 + [7]},
    ],
)
def test_a_state_from_a_stranger_is_refused_with_a_reason(change: dict[str, Any]) -> None:
    world = env_of("MiniGrid", "DoorKey-5x5").world
    with pytest.raises(SchemaError, match="the state of a scoutgym/MiniGrid-v0 is wrong"):
        world.load_state({"seed": 1, "moves": [], "lucks": [], **change})
    assert world.load_state({"seed": 1, "moves": [0, 1], "lucks": []}).moves == [0, 1]


def test_engines_leave_no_trace_in_each_other() -> None:
    """A level generator that kept something of its last level would show it here."""
    for family, level in SOME:
        world = env_of(family, level).world
        assert isinstance(world, GridWorld)
        first = [world._begin(seed).secret for seed in range(6)]
        assert [world._begin(seed).secret for seed in reversed(range(6))] == first[::-1]


# Splits.


def test_splits_share_no_level_but_where_there_are_few() -> None:
    env = env_of("BabyAI", "OpenRedDoor")  # about a hundred beginnings
    split_of: dict[str, str] = {}
    for split in ("train", "dev", "test"):
        for index in range(60):
            env.reset(options={"split": split, "index": index})
            assert split_of.setdefault(env.session.state.secret, split) == split
    assert env.world.holdout == "secret"
    assert env_of("MiniGrid", "Empty-8x8").world.holdout == "none"


def test_levels_that_hold_nothing_out_have_few_beginnings() -> None:
    for level in ("DoorKey-5x5", "LavaCrossingS9N1"):
        world = env_of("MiniGrid", level).world
        assert isinstance(world, GridWorld)
        assert level in FEW
        assert len({world._begin(seed).secret for seed in range(400)}) < 100
    world = env_of("BabyAI", "OpenRedDoor").world
    assert isinstance(world, GridWorld)
    assert len({world._begin(seed).secret for seed in range(900)}) >= 100


# Pictures.


def test_pictures_and_boards_show_what_was_seen() -> None:
    env = env_of("MiniGrid", "DoorKey-8x8", render_mode="rgb_array")
    env.reset(seed=0)
    frame = env.render()
    assert isinstance(frame, np.ndarray)
    assert frame.shape == (7 * 32, 7 * 32, 3)
    board = env.world.board(env.session.state)
    assert len(re.findall("[▶▼◀▲]", board)) == 1
    assert "★" not in board  # the goal is behind the door
    env.step("turn left")
    assert not np.array_equal(env.render(), frame)


def test_the_window_is_minigrids() -> None:
    """Every pose of a level, against minigrid's own mask of what is visible."""
    env = env_of("BabyAI", "BossLevel")
    env.reset(options={"index": 5})
    engine = env.session.state.engine
    for place, thing in enumerate(engine.grid.grid):
        y, x = divmod(place, engine.width)
        if name(thing) == "wall" or place % 3:
            continue
        for way in range(4):
            engine.agent_pos, engine.agent_dir = (x, y), way
            mask = engine.gen_obs_grid()[1]
            seen = visible(engine.grid.grid, window(engine.width, engine.height, x, y, way), False)
            shown = {(side, ahead) for side, ahead, _, _ in seen}
            inside = {(c - 3, 6 - r) for c, r in np.argwhere(mask).tolist()}
            assert shown <= inside
            rows = window(engine.width, engine.height, x, y, way)
            assert all(rows[ahead][side + 3] < 0 for side, ahead in inside - shown)
