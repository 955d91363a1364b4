"""The players of the grid worlds: missions, the planner, the expert that reads, the solver, macro actions, subgoals."""

from __future__ import annotations

from typing import Any

import gymnasium
import pytest

from scoutgym.envs.babyai.levels import BABYAI, MINIGRID
from scoutgym.envs.babyai.missions import Clause, Thing, clauses
from scoutgym.envs.babyai.paths import FORWARD, LEFT, PICK_UP, TOGGLE, Goal, Lost, Place, Planner, walk
from scoutgym.envs.babyai.reader import Reader
from scoutgym.envs.babyai.sight import name, relative
from scoutgym.envs.babyai.world import GridWorld
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv

pytestmark = pytest.mark.worlds

IMPOSSIBLE = ("OpenDoorsOrderN2Debug", "OpenDoorsOrderN4Debug")
"""There the right door, opened first, counts as the wrong one of the second sentence."""
LUCK = ("Dynamic-Obstacles",)
SMALL = [
    ("BabyAI", level)
    for level in (
        "GoToLocal",
        "PickupLoc",
        "PutNextLocal",
        "UnlockPickupDist",
        "KeyInBox",
        "OpenTwoDoors",
        "GoToSeqS5R2",
    )
] + [
    ("MiniGrid", level)
    for level in ("DoorKey-6x6", "Fetch-6x6-N2", "GoToDoor-6x6", "PutNear-6x6-N2", "MemoryS9", "MultiRoom-N4-S5")
]


def env_of(family: str, level: str, **options: Any) -> TextEnv:
    env = gymnasium.make(f"scoutgym/{family}-v0", level=level, **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


def drawn(picture: str) -> dict[Place, str]:
    """A map from a drawing."""
    names = {"#": "wall", " ": "", "L": "locked red door", "D": "closed blue door", "k": "red key", "b": "green ball"}
    return {
        (x, y): names[sign] for y, line in enumerate(picture.strip("\n").split("\n")) for x, sign in enumerate(line)
    }


# Missions.


def test_missions_are_read() -> None:
    red = Thing("red", "ball")
    assert clauses("go to the red ball") == [Clause("face", red)]
    assert clauses("pick up an object") == [Clause("hold", Thing())]
    assert clauses("open a door in front of you") == [Clause("open", Thing("", "door", "in front of you"))]
    two = clauses("put the red ball next to a key after you go to a grey box on your left and open the door")
    assert two == [
        Clause("face", Thing("grey", "box", "on your left")),
        Clause("open", Thing("", "door")),
        Clause("beside", red, Thing("", "key")),
    ]
    assert [c.verb for c in clauses("pick up the red ball, then go to the red ball")] == ["hold", "face"]
    assert clauses("you must fetch a red ball") == clauses("get a red ball") == [Clause("hold", red)]
    assert clauses("use the key to open the door and then get to the goal") == [Clause("goal")]
    assert clauses("") == []
    with pytest.raises(ValueError, match="'dance' is no mission"):
        clauses("dance")


@pytest.mark.parametrize(("family", "levels"), [("BabyAI", BABYAI), ("MiniGrid", MINIGRID)])
def test_the_missions_of_every_level_are_read(family: str, levels: dict[str, int]) -> None:
    for level in levels:
        env = env_of(family, level)
        env.reset(options={"index": 0})
        mission = env.session.state.engine.mission
        assert bool(clauses(mission)) == bool(mission)


def test_sides_are_seen_from_the_start() -> None:
    cells = {(-2, -3): "red ball", (2, -3): "red ball", (0, 4): "red ball"}
    places = {
        side: Thing("red", "ball", side).places(cells) for side in ("on your left", "in front of you", "behind you")
    }
    assert places["on your left"] == {(-2, -3)}
    assert places["in front of you"] == {(-2, -3), (2, -3)}
    assert places["behind you"] == {(0, 4)}


# The planner.


def test_ways_are_shortest() -> None:
    """Against waves over poses, on a map with a wall in the middle."""
    cells = drawn("#######\n#     #\n# ### #\n#     #\n#######")

    def cost(place: Place) -> int:
        return 1 if cells.get(place) == "" else 10**6

    waves, reached = [(1, 1, 0)], {(1, 1, 0): 0}
    while waves:
        x, y, d = waves.pop(0)
        ahead = (x + (1, 0, -1, 0)[d], y + (0, 1, 0, -1)[d])
        nexts = [(x, y, (d + 1) % 4), (x, y, (d - 1) % 4)] + ([(*ahead, d)] if cells[ahead] == "" else [])
        for pose in nexts:
            if pose not in reached:
                reached[pose] = reached[x, y, d] + 1
                waves.append(pose)
    for pose, turns in reached.items():
        way = walk((1, 1, 0), cost, lambda here, pose=pose: here == pose)
        assert way is not None
        assert len(way) == turns
    assert walk((1, 1, 0), cost, lambda pose: pose[:2] == (3, 2)) is None


def act(picture: str, pose: tuple[int, int, int], goal: Goal, carrying: str = "") -> int:
    return Planner(drawn(picture), pose, carrying, {}).act(goal)


def test_the_planner_fetches_a_key_before_it_goes_to_a_lock() -> None:
    behind = Goal("stand", frozenset({(5, 1)}))
    assert act("#######\n#k  L #\n#######", (2, 1, 2), behind) == PICK_UP
    assert act("#######\n#k  L #\n#######", (3, 1, 2), behind) == FORWARD
    assert act("#######\n#   L #\n#######", (3, 1, 0), behind, "red key") == TOGGLE
    with pytest.raises(Lost, match="there is no red key"):
        act("#######\n#   L #\n#######", (2, 1, 2), behind)


def test_the_planner_clears_the_way_only_where_there_is_no_other() -> None:
    behind = Goal("stand", frozenset({(5, 1)}))
    assert act("#######\n#   b #\n#######", (3, 1, 0), behind) == PICK_UP
    assert act("#######\n#   b #\n#     #\n#######", (3, 1, 0), behind) != PICK_UP
    assert act("#######\n#   D #\n#######", (3, 1, 0), behind) == TOGGLE
    assert act("#######\n#   D #\n#######", (3, 1, 3), behind) != LEFT


# Players against whole levels.


@pytest.mark.parametrize(("family", "level"), SMALL)
def test_solver_and_expert_complete_missions(family: str, level: str) -> None:
    env = env_of(family, level)
    won = 0
    for index in range(8):
        env.reset(options={"index": index})
        for action in env.world.solver(env.session.state):
            assert not env.session.over
            env.step(action)
        assert env.session.success is True
        assert env.world.solver(env.session.state) == []
        env.reset(options={"index": index})
        while not env.session.over:
            env.step(env.world.expert(env.history, Chance(b"expert", env.session.turn)))
        won += bool(env.session.success)
    assert won >= 7


def test_the_solver_of_every_level_succeeds_once() -> None:
    for family, levels in (("BabyAI", BABYAI), ("MiniGrid", MINIGRID)):
        for level in levels:
            if level in IMPOSSIBLE or level.startswith(LUCK) or level == "Playground":
                continue
            env = env_of(family, level)
            env.reset(options={"index": 1})
            for action in env.world.solver(env.session.state):
                env.step(action)
            assert env.session.success is True, level


def test_where_nothing_leads_on_the_solver_says_so() -> None:
    for level, reason in (("Dynamic-Obstacles-5x5", "by luck"), ("Playground", "no mission")):
        env = env_of("MiniGrid", level)
        env.reset(options={"index": 0})
        with pytest.raises(Lost, match=reason):
            env.world.solver(env.session.state)


def test_the_expert_reads_its_way_right() -> None:
    """Its map, turned and moved, holds nothing that is not there."""
    env = env_of("BabyAI", "MiniBossLevel", macros=True)
    for index in range(6):
        env.reset(options={"index": index})
        for turn in range(40):
            if env.session.over:
                break
            reader, state = Reader(env.history[0]), env.session.state
            for place in range(1, len(env.history) - 1, 2):
                reader.hear(env.history[place], env.history[place + 1])
            width = state.engine.width
            truth = {
                relative(place % width, place // width, state.start): name(thing)
                for place, thing in enumerate(state.engine.grid.grid)
            }
            here = relative(*state.pose[:2], state.start)
            assert reader.pose == (here[0], -here[1], (state.pose[2] - state.start[2] + 3) % 4)
            assert reader.carrying == name(state.engine.carrying)
            for place, thing in reader.cells.items():
                if thing not in ("", "wall"):
                    assert truth[place[0], -place[1]] == thing
            allowed = env.actions() or []
            env.step(Chance(b"walk", 100 * index + turn).choice([*allowed, *["go forward"] * 5]))


def test_the_expert_takes_over_after_anything() -> None:
    env = env_of("MiniGrid", "DoorKey-6x6")
    for index in range(6):
        env.reset(options={"index": index})
        for turn in range(25):
            env.step(
                Chance(b"any", 100 * index + turn).choice(["turn left", "go forward", "pick up", "drop", "toggle", "!"])
            )
        while not env.session.over:
            env.step(env.world.expert(env.history, Chance(b"expert", env.session.turn)))
        assert env.session.success is True


# Macro actions.


def test_macro_actions_go_by_what_was_seen_and_stop_for_what_is_new() -> None:
    env = env_of("MiniGrid", "UnlockPickup", macros=True)
    plain = env_of("MiniGrid", "UnlockPickup").world
    assert isinstance(plain, GridWorld)
    taken = stopped = 0
    for index in range(25):
        env.reset(options={"index": index})
        for _ in range(60):
            actions = env.actions() or []
            known = {thing.split(" ", 1)[-1] if "door" in thing else thing for thing in env.session.state.seen.values()}
            macros = [action for action in actions if " the " in action]
            assert all(action.split(" the ")[1] in known for action in macros)
            choice = Chance(b"macro", 1000 * index + env.session.turn).choice(macros or ["turn left", "go forward"])
            said, *_ = env.step(choice)
            stopped += "You stop, as you see something new." in said
            taken += "You walk: " in said
            if env.session.over:
                break
            if "You walk: " not in said:
                env.step(Chance(b"step", 1000 * index + env.session.turn).choice(["turn left", "go forward"]))
            if env.session.over:
                break
        # the same steps, one by one, lead to the same point
        state, steps = env.session.state, plain._begin(env.session.state.seed)
        for number in state.moves:
            plain._step(steps, number, None)
        assert (steps.pose, steps.engine.pprint_grid()) == (state.pose, state.engine.pprint_grid())
    assert taken > 20
    assert stopped > 2


def test_macro_actions_without_a_way_are_invalid() -> None:
    env = env_of("BabyAI", "GoToRedBall", macros=True)
    env.reset(options={"index": 3})
    said, reward, _, _, info = env.step("open the red door")
    assert (said.partition("\n")[0], info["outcome"]) == ("You have seen no red door.", "invalid_action")
    assert reward == pytest.approx(-0.1)
    assert env.session.state.moves == []


def test_a_macro_action_picks_up_and_opens() -> None:
    env = env_of("MiniGrid", "DoorKey-5x5", macros=True)
    said, _ = env.reset(options={"index": 2})
    for _ in range(4):
        if "yellow key" in said:
            break
        said = env.step("turn left")[0]
    for action, wanted in (
        ("pick up the yellow key", "You pick up the yellow key."),
        ("open the yellow door", "unlock"),
    ):
        for _ in range(8):
            said = env.step(action)[0]
            if "seen no" in said or "no free way" in said:
                said = env.step("turn left")[0]
            if wanted in said:
                break
        assert wanted in said


# Subgoals.


def test_subgoals_are_truth_in_three_forms() -> None:
    env = env_of("MiniGrid", "DoorKey-6x6", subgoals=True)
    _, info = env.reset(options={"index": 3})
    goals = env.privileged().extra["subgoals"]
    assert [goal["language"] for goal in goals] == [
        "pick up the yellow key",
        "open the yellow door",
        "go to the green goal",
    ]
    assert [goal["object"] for goal in goals] == ["yellow key", "yellow door", "green goal"]
    state = env.session.state
    width = state.engine.width
    for goal in goals:
        where = [
            relative(place % width, place // width, state.pose)
            for place, thing in enumerate(state.engine.grid.grid)
            if name(thing).endswith(goal["object"])
        ]
        assert goal["position"] in where
    assert "subgoals" not in info
    assert env.params == {"level": "DoorKey-6x6"}  # it is no part of a task
    for action in env.world.solver(state):
        left = {goal["language"] for goal in env.privileged().extra["subgoals"]}
        assert not left & set(env.privileged().achievements) - {"go to the green goal"}
        env.step(action)
    assert {goal["language"] for goal in goals} <= set(env.privileged().achievements)
    assert env.privileged().extra["subgoals"] == []


def test_without_the_parameter_truth_is_cheap() -> None:
    env = env_of("BabyAI", "BossLevel")
    env.reset(options={"index": 0})
    assert "subgoals" not in env.privileged().extra
