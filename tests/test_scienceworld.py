"""ScienceWorld: the package's tasks, its language, what is paid, and replays that are equal."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import gymnasium
import pytest

from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.scienceworld.actions import choice, grammar
from scoutgym.envs.scienceworld.engine.java import SIMULATORS, Simulator
from scoutgym.envs.scienceworld.tasks import SIMPLIFICATIONS, TASKS, variations
from scoutgym.envs.scienceworld.world import ScienceWorld
from scoutgym.envs.text_env import TextEnv

pytestmark = pytest.mark.worlds

ALL = grammar(frozenset({"teleportAction"}))


def env_of(name: str = "ScienceWorld-find-plant", **options: object) -> TextEnv:
    env = gymnasium.make(f"scoutgym/{name}-v0", **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    taken = SIMULATORS.take()
    yield taken
    SIMULATORS.give(taken)


# The package's facts.


def test_tasks_and_splits_are_those_of_the_package(simulator: Simulator) -> None:
    world = simulator._world
    assert sorted(TASKS) == sorted(world.getTaskNames())
    for task in ("boil", "identify-life-stages-2", "grow-fruit"):
        simulator.load(task, 0, "")
        assert world.getTaskMaxVariations(task) == TASKS[task]
        for split, name in (("train", "Train"), ("dev", "Dev"), ("test", "Test")):
            assert list(getattr(world, f"getVariations{name}")()) == list(variations(task, split))
    assert {task: world.getTaskMaxVariations(task) for task in TASKS} == TASKS
    assert sorted(world.getPossibleSimplifications().split(", ")) == sorted(SIMPLIFICATIONS)


def test_every_task_has_an_id_and_its_own_counts() -> None:
    spec = ScienceWorld.spec
    assert {params["task"] for params in spec.presets.values()} == set(TASKS)
    for task in TASKS:
        assert sum(env_of(f"ScienceWorld-{task}").world.counts.values()) == TASKS[task]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"task": "boyl"}, "did you mean 'boil'"),
        ({"simplifications": "magic"}, "expected easy alone"),
        ({"simplifications": "easy,openDoors"}, "expected easy alone"),
        ({"task": "power-component", "simplifications": "noElectricalAction"}, "cannot be done with"),
    ],
)
def test_wrong_parameters_are_refused(options: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        env_of("ScienceWorld", **options)


# The language.


def test_every_valid_action_is_in_the_grammar_but_one(simulator: Simulator) -> None:
    simulator.load("chemistry-mix", 0, "teleportAction,openContainers")
    left = set()
    for room in ("kitchen", "workshop", "outside"):
        simulator.step(f"teleport to {room}")
        for text in simulator.valid():
            try:
                assert ALL.format(ALL.parse(text)) == text
            except BadAction:
                left.add(text)
    assert left == {"reset task"}


def test_every_action_of_the_package_is_in_the_grammar(simulator: Simulator) -> None:
    simulator.load("test-conductivity", 0, "teleportAction")
    examples = {str(example) for example in simulator._world.getPossibleActions()}
    for example in examples - {"reset task"}:
        ALL.parse(example.replace("OBJ", "orange").replace("LOC", "kitchen"))
    with pytest.raises(BadAction):
        ALL.parse("reset task")


@pytest.mark.parametrize(
    "text", ["", "xyzzy", "open", "open ;rm", "move orange", "help", "objects", "0", "open " + "a" * 200]
)
def test_what_is_no_action_is_refused(text: str) -> None:
    with pytest.raises(BadAction):
        ALL.parse(text)


def test_simplifications_change_the_language() -> None:
    plain, easy = grammar(frozenset()), grammar(frozenset({"noElectricalAction", "teleportAction"}))
    assert plain.parse("connect battery anode to red wire terminal 1")
    with pytest.raises(BadAction):
        plain.parse("teleport to kitchen")
    with pytest.raises(BadAction):
        easy.parse("connect battery anode to red wire terminal 1")
    assert "teleport to <place>" in easy.help()
    assert "connect" not in easy.help()
    assert easy.parse("teleport to kitchen")


def test_a_text_of_several_meanings_asks_for_a_number() -> None:
    env = env_of("ScienceWorld-grow-fruit", simplifications="easy")
    env.reset(options={"index": 0})
    for action in ("teleport to greenhouse", "open bee hive"):
        env.step(action)
    question, *meanings = env.step("look at bee")[0].split("\n")
    assert question == "That could mean several things. Reply with the number of one, or cancel:"
    assert meanings[0] == "0: look at adult bee (in bee hive, in greenhouse)"
    assert len({meaning.partition(": ")[2] for meaning in meanings}) == len(meanings)
    assert env.actions() == [*(str(n) for n in range(env.session.state.choices)), "cancel"]
    assert env.step("look around")[4]["outcome"] == "invalid_action"
    point = env.save()
    assert env.step("cancel")[0] == "Nothing is done."
    assert env.step("look around")[4]["outcome"] == "ok"
    env.restore(point)
    assert "bee" in env.step("0")[0]
    with pytest.raises(BadAction):
        choice(3).parse("3")


# Play.


def test_what_an_agent_reads() -> None:
    env = env_of()
    observation, _ = env.reset(options={"split": "test", "index": 0})
    assert observation.startswith("Your task is to find a(n) plant. First, focus on the thing.")
    assert "\nThis room is called the art studio. In it, you see:\n  the agent\n" in observation
    assert "\nIn your inventory, you see:\n  an orange\n" in observation
    assert "\t" not in observation
    text, reward, *_, info = env.step("open the xylophone")
    assert text.startswith("Invalid action: nothing that you can reach now fits 'open the xylophone'.")
    assert (reward, info["outcome"]) == (-0.1, "invalid_action")
    assert env.step("open door to hallway")[0] == "The door is now open."
    assert env.step("OPEN  Door to hallway")[0] == "The door is already open."
    room = env_of(view="room")
    room.reset(options={"split": "test", "index": 0})
    assert "The door is now open.\nThis room is called the art studio." in room.step("open door to hallway")[0]


@pytest.mark.parametrize("task", ["lifespan-shortest-lived", "test-conductivity"])
def test_the_plan_of_the_package_solves_the_task(task: str) -> None:
    env = env_of(f"ScienceWorld-{task}", weights={"score": 1.0, "mistake": 1.0, "success": 0.0})
    env.reset(options={"split": "dev", "index": 1})
    half = len(plan := env.world.solver(env.session.state)) // 2
    total = 0.0
    for action in plan[:half]:
        total += env.step(action)[1]
    assert total == pytest.approx(env.session.state.score)
    assert env.world.solver(env.session.state) == plan[half:]
    for action in plan[half:]:
        _, reward, terminated, _, info = env.step(action)
        total += reward
    assert (terminated, info["success"], info["figures"]) == (True, True, {"score": (1.0, 1.0)})
    assert total == pytest.approx(1.0)
    assert set(env.privileged().achievements) <= set(env.privileged().extra["goals"])


def test_the_wrong_focus_ends_the_task() -> None:
    env = env_of(weights={"score": 1.0, "mistake": 1.0})
    env.reset(options={"split": "test", "index": 0})
    before = env.step("open door to hallway")[1]
    assert before > 0
    observation, reward, terminated, _, info = env.step("focus on table")
    assert observation.endswith("That was the wrong thing: the task has failed.")
    assert (terminated, info["success"]) == (True, False)
    assert before + reward == pytest.approx(-1.0)
    assert info["figures"] == {"score": (before, 1.0)}


def test_other_actions_leave_no_plan() -> None:
    env = env_of()
    env.reset(options={"index": 0})
    env.step("wait1")
    with pytest.raises(ValueError, match="from the beginning"):
        env.world.solver(env.session.state)


# Determinism.


def tape(env: TextEnv, seed: int, turns: int) -> list[str]:
    """Play at random among the valid actions."""
    for turn in range(turns):
        allowed = env.actions()
        assert allowed
        env.step(allowed[Chance(b"tape", seed * 1_000 + turn).below(len(allowed))])
        if env.session.over:
            break
    return env.history


@pytest.mark.parametrize("task", ["grow-plant"])
def test_a_replay_without_questions_beside_another_episode_is_equal(task: str) -> None:
    """Listing actions draws the simulator's random numbers, another episode moves its counters: neither may show."""
    env, other = env_of(f"ScienceWorld-{task}"), env_of("ScienceWorld-boil", simplifications="easy")
    env.reset(options={"index": 3})
    history = tape(env, 1, 10)
    other.reset(options={"index": 1})
    env.reset(options={"index": 3})
    for place, action in enumerate(history[1::2]):
        if not other.session.over and place % 3 == 0:
            tape(other, place, 1)
        env.step(action)
    assert env.history == history


def test_a_saved_point_is_played_again() -> None:
    env = env_of()
    env.reset(options={"index": 0})
    tape(env, 2, 4)
    point, portable = env.save(), env.snapshot()
    ahead = list(tape(env, 3, 3))
    fresh = env_of()
    for where in (point, portable):
        fresh.restore(where)
        for action in ahead[len(fresh.history) :: 2]:
            fresh.step(action)
        assert fresh.history == ahead


def test_episodes_in_threads_do_not_disturb_each_other() -> None:
    envs = [env_of() for _ in range(2)]
    alone = env_of()
    alone.reset(options={"index": 0})
    wanted = list(tape(alone, 4, 3))

    def play(env: TextEnv) -> None:
        env.reset(options={"index": 0})
        tape(env, 4, 3)

    threads = [threading.Thread(target=play, args=(env,)) for env in envs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [env.history for env in envs] == [wanted, wanted]
