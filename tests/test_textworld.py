"""TextWorld's games in Python: held against TextWorld's own logic and compiler, and against the contract."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from scoutgym.check import check
from scoutgym.envs.chance import Chance
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import check_params, world_for
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.textworld.engine import acts, keeping, making
from scoutgym.envs.textworld.engine.commands import Commands
from scoutgym.envs.textworld.engine.prose import read, tell
from scoutgym.envs.textworld.engine.scene import Scene
from scoutgym.envs.textworld.engine.story import Unplayable, read_story, slim
from scoutgym.envs.textworld.generated import TextWorld
from scoutgym.types import SchemaError, Task

pytestmark = [pytest.mark.worlds, pytest.mark.filterwarnings("ignore:Game .* is not fully supported")]

BIG = {"recipe": 3, "take": 3, "cook": True, "cut": True, "open": True, "go": 12}
GAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "coin": ("coin_collector", {"level": 105, "goal": "brief"}),
    "treasure": ("treasure_hunter", {"level": 12, "goal": "brief"}),
    "simple": ("simple", {"rewards": "dense", "goal": "detailed", "split": "test"}),
    "cooking": ("cooking", {**BIG, "drop": False, "split": "train"}),
    "hands": ("cooking", {**BIG, "drop": True, "split": "test"}),
    "custom": ("custom", {"rooms": 4, "objects": 10, "length": 5, "breadth": 1, "quests": 1, "goal": "brief"}),
}
SEEDS = {"map": 3, "objects": 1, "quest": 4, "grammar": 15}
SLOW = ("Custom-large", "Treasure-10", "Treasure-15")
"""Presets whose games take long to make."""
PRESETS = [preset for preset in TextWorld.spec.presets if preset not in SLOW]


@pytest.fixture(scope="module", autouse=True)
def folder_of_games(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of this module's own for the games."""
    folder = tmp_path_factory.mktemp("games")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCOUTGYM_CACHE", str(folder))
        keeping.forget()
        yield folder
    keeping.forget()


def env_of(preset: str = "", **options: Any) -> TextEnv:
    env = gymnasium.make(TextWorld.spec.preset_id(preset) if preset else TextWorld.spec.id, **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


@cache
def game(name: str) -> dict[str, Any]:
    kind, settings = GAMES[name]
    return making.make(kind, settings, SEEDS)


# The rules, against TextWorld's logic.


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", GAMES)
def test_what_can_be_done_is_what_textworlds_logic_says(name: str) -> None:
    """On random walks: the admissible commands, and after each the same again."""
    from textworld import Game
    from textworld.generator.game import GameProgression
    from textworld.generator.inform7 import Inform7Game

    record = json.loads(json.dumps(game(name), default=list))
    theirs, story = Game.deserialize(record), read_story(record, "key")
    printer, grammar, steps = Inform7Game(theirs), Commands(story), 0
    for walk in range(2):
        progress, scene, chance = (
            GameProgression(theirs, track_quests=False),
            Scene.first(story, []),
            Chance(b"w", walk),
        )
        for _ in range(30):
            said = printer.gen_commands_from_actions(progress.valid_actions)
            allowed = [grammar.format(action) for action in acts.allowed(scene)]
            assert sorted(set(said)) == sorted(allowed)
            assert len(set(allowed)) == len(allowed)
            command = chance.choice([one for one in allowed if one != "prepare meal"])  # their logic lets one cheat
            if command.startswith("cook"):
                continue  # their logic keeps what is cooked raw: see the comparison with compiled games
            progress.update(progress.valid_actions[said.index(command)])
            acts.do(scene, grammar.parse(command))
            steps += 1
    assert steps > 30


@pytest.mark.parametrize("name", GAMES)
def test_goals_are_reached_when_textworld_says_so(name: str) -> None:
    """Along the walkthrough: points and the end."""
    from textworld import Game
    from textworld.generator.game import GameProgression

    record = json.loads(json.dumps(game(name), default=list))
    story = read_story(record, "key")
    grammar, scene, won = Commands(story), Scene.first(story, []), None
    for number, command in enumerate(story.walkthrough):
        assert won is None, f"over before {command!r}, number {number}"
        said = answer(scene, grammar.parse(command))[0]
        if "already open" not in said:  # TextWorld's own walkthroughs open things twice
            won = acts.after(scene)[1]
    assert won is True
    assert scene.score == story.most == GameProgression(Game.deserialize(record)).game.max_score


def answer(scene: Scene, action: Any) -> tuple[str, bool]:
    """What the game says, and whether it did what was asked."""
    try:
        return acts.do(scene, action), True
    except acts.Cannot as refusal:
        return str(refusal), False


def compiled(record: dict[str, Any], folder: Path) -> Path:
    from textworld import Game, GameOptions
    from textworld.generator import compile_game

    options = GameOptions()
    options.path = str(folder / "game.z8")
    compile_game(Game.deserialize(json.loads(json.dumps(record, default=list))), options)
    return folder / "game.z8"


def plain(text: str) -> str:
    """A compiled game's words without its prompt, its notes on what was meant, and its count of turns."""
    text = " ".join(text.split("\n>")[0].split("Would you like to RESTART")[0].split())
    return re.sub(r", in \d+ turns?\.", ".", re.sub(r"^\([^)]*\) ", "", text))


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
def test_compiled_games_say_and_do_the_same(name: str, tmp_path: Path) -> None:
    """The same words to the same commands, admissible or not; the same admissible commands, points and end."""
    import textworld

    record = game(name)
    story = read_story(record, "key")
    infos = textworld.EnvInfos(feedback=True, admissible_commands=True)
    env = textworld.start(str(compiled(record, tmp_path)), infos)
    grammar, ends, refused = Commands(story), 0, 0
    for walk in range(5):
        theirs, scene, chance = env.reset(), Scene.first(story, []), Chance(b"walk", walk)
        assert plain(theirs.feedback).endswith(plain(f"{story.objective} {scene.look()}"))
        way = list(story.walkthrough) if walk == 0 else []
        for step in range(80):
            allowed = [grammar.format(action) for action in acts.allowed(scene)]
            assert sorted(allowed) == theirs["admissible_commands"]
            if way:
                command = way.pop(0)
            elif chance.random() < 0.2:
                command = grammar.format(grammar.sample(chance))
            else:
                command = chance.choice(allowed)
            theirs, _, done = env.step(command)
            won = None
            said, done_so = answer(scene, grammar.parse(command))
            if done_so:
                more, won = acts.after(scene)
                said = f"{said} {more}"
            refused += not done_so
            if done_so or command in allowed:  # a parser of 6,000 lines refuses in more ways than are told here
                assert plain(theirs.feedback) == plain(said), command
            assert (won is not None) == done
            if done:
                ends += 1
                assert int(re.findall(r"You scored (\d+)", theirs.feedback)[0]) == scene.score
                assert won is ("*** The End ***" in theirs.feedback)
                break
            assert step < 79 or walk
    assert ends
    assert refused


@pytest.mark.slow
@pytest.mark.parametrize("name", ["coin", "simple", "cooking"])
def test_games_are_those_that_textworld_makes(name: str) -> None:
    """With its compiler and its logic read anew: the same record but for what it keeps in the order of a set."""
    import textworld
    from textworld.challenges.tw_coin_collector.coin_collector import make as coin
    from textworld.challenges.tw_cooking.cooking import make as cooking
    from textworld.challenges.tw_simple.simple import make as simple

    options = textworld.GameOptions()
    options.seeds = dict(SEEDS)
    settings = GAMES[name][1]
    options.grammar.only_last_action = settings.get("goal") != "detailed"
    extra = {"cooking": {"recipe_seed": 0}, "simple": {"test": True}}.get(name, {})
    theirs = {"coin": coin, "cooking": cooking, "simple": simple}[name]({**settings, **extra}, options)
    one, other = read_story(json.loads(json.dumps(theirs.serialize(), default=list)), ""), read_story(game(name), "")
    assert one == other


# Making and keeping.

PRINT = """
import json, sys
from scoutgym.envs.textworld.engine.making import make
from scoutgym.envs.textworld.engine.story import slim
from scoutgym.types import canonical
kind, settings, seeds = json.loads(sys.argv[1])
print(canonical(slim(make(kind, settings, seeds))))
"""


@pytest.mark.slow
@pytest.mark.ci
def test_games_are_the_same_in_any_process() -> None:
    run = [sys.executable, "-c", PRINT, json.dumps([*GAMES["simple"], SEEDS])]
    said = subprocess.run(run, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, check=True).stdout
    assert read_story(json.loads(said), "") == read_story(game("simple"), "")


def test_making_leaves_no_trace_in_textworld_or_numpy(capfd: pytest.CaptureFixture[str]) -> None:
    from textworld import g_rng
    from textworld.generator.data import KnowledgeBase
    from textworld.generator.maker import GameMaker

    g_rng.set_seed(77)
    np.random.seed(5)
    before = (np.random.get_state()[1].tolist(), KnowledgeBase.__dict__["load"], GameMaker.set_walkthrough)
    first = game.__wrapped__("simple")
    np.random.random()
    g_rng.next()
    assert slim(game.__wrapped__("simple")) == slim(first)
    np.random.seed(5)
    assert (np.random.get_state()[1].tolist(), KnowledgeBase.__dict__["load"], GameMaker.set_walkthrough) == before
    assert g_rng.seed == 78
    assert capfd.readouterr() == ("", "")


def test_interleaved_instances_do_not_touch_each_other() -> None:
    alone, one, other = env_of("Coin-5"), env_of("Coin-5"), env_of("Custom-small")
    ways = ["go north", "go east", "look", "go south", "inventory", "go west"]
    wanted = [alone.reset(options={"index": 3, "luck": 0})[0], *(alone.step(way)[0] for way in ways)]
    got = [one.reset(options={"index": 3, "luck": 0})[0]]
    other.reset(options={"index": 4})
    for way in ways:
        got.append(one.step(way)[0])
        other.step("look")
    assert got == wanted


def test_a_slim_record_tells_the_same_story() -> None:
    for name in GAMES:
        record = game(name)
        small = slim(record)
        assert read_story(small, "x") == read_story(record, "x")
        assert len(json.dumps(small, default=list)) < len(json.dumps(record, default=list)) / 2


def _make_one(folder: str, record: str, marks: str, barrier: Any) -> None:
    os.environ["SCOUTGYM_CACHE"] = folder

    def make() -> dict[str, Any]:
        Path(marks, str(os.getpid())).touch()
        time.sleep(0.3)  # the others come while it is being made
        made: dict[str, Any] = json.loads(Path(record).read_text())
        return made

    barrier.wait()
    assert keeping.story_of(["one game"], make).most == 1


@pytest.mark.slow
@pytest.mark.ci
def test_four_processes_make_one_game_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, marks, record = context.Barrier(4), tmp_path / "marks", tmp_path / "record.json"
    marks.mkdir()
    record.write_text(json.dumps(game("coin"), default=list))
    told = (str(tmp_path / "games"), str(record), str(marks), barrier)
    some = [context.Process(target=_make_one, args=told) for _ in range(4)]
    for process in some:
        process.start()
    for process in some:
        process.join(120)
        assert process.exitcode == 0
    assert len(list(marks.iterdir())) == 1
    assert len(list((tmp_path / "games").rglob("*.json"))) == 1
    assert not list((tmp_path / "games").rglob("*.part"))


@pytest.mark.parametrize("damage", ["", "{}", "[", '{"check":"0","game":{}}', None])
def test_a_damaged_record_is_made_again(damage: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUTGYM_CACHE", str(tmp_path))
    made = []

    def make() -> dict[str, Any]:
        made.append(1)
        return game("coin")

    whole = keeping.story_of(["damaged", damage], make)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(path.read_text()[:-9] if damage is None else damage)
    keeping.forget()
    assert keeping.story_of(["damaged", damage], make) == whole
    keeping.forget()
    assert keeping.story_of(["damaged", damage], make) == whole
    assert len(made) == 2


def test_without_a_folder_games_are_made_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCOUTGYM_CACHE", str(tmp_path / "file"))
    assert keeping.story_of(["no folder"], lambda: game("coin")).most == 1


def test_test_games_hold_out_what_they_say() -> None:
    """Simple cooks other food, cooking has other food or ways to prepare it; the others hold nothing out."""
    foods: dict[str, set[str]] = {}
    for split in ("train", "test"):
        env = env_of("Simple")
        for index in range(8):
            env.reset(options={"split": split, "index": index})
            foods.setdefault(split, set()).add(re.findall(r"grilled (.+?)\.", env.history[0])[0])
    assert foods["test"] <= {"garlic", "kiwi", "carrot"}
    assert not foods["train"] & foods["test"]
    assert env_of("Simple").world.holdout == env_of("Cooking-1").world.holdout == "surface"
    assert env_of("Coin-5").world.holdout == env_of("Treasure-1").world.holdout == "none"


# Play.


@pytest.mark.parametrize("preset", PRESETS)
def test_the_solver_wins(preset: str) -> None:
    env = env_of(preset)
    for split, index in (("train", 0), ("test", 1)):
        env.reset(options={"split": split, "index": index})
        commands = env.world.solver(env.session.state)
        assert commands
        for number, command in enumerate(commands, 1):
            result = env.step(command)
            assert result[4]["outcome"] == "ok"
            assert result[2] == (number == len(commands))
        assert result[4]["success"] is True
        made, most = result[4]["figures"]["points"]
        assert made == most > 0


@pytest.mark.parametrize("preset", ["Simple", "Cooking-5", "Treasure-5"])
def test_the_solver_goes_on_from_anywhere(preset: str) -> None:
    env = env_of(preset, max_turns=400)
    won = 0
    for index in range(4):
        env.reset(options={"index": index})
        chance = Chance(b"astray", index)
        while env.session.turn < 25 and not env.session.over:
            fine = [one for one in env.actions() or [] if not one.startswith(("eat", "cook", "slice", "dice", "chop"))]
            env.step(chance.choice(fine))
        if env.session.over:
            continue
        for command in env.world.solver(env.session.state):
            env.step(command)
        won += bool(env.session.success)
    assert won >= 2


def test_the_score_is_a_part_and_success_pays() -> None:
    env = env_of("Simple-dense", weights={"score": 1.0})
    env.reset(options={"index": 0})
    total, scored = 0.0, 0.0
    for command in env.world.solver(env.session.state):
        _, reward, _, _, info = env.step(command)
        total += reward
        scored += info["rewards"].get("score", 0.0)
    assert scored == pytest.approx(1.0)
    assert total == pytest.approx(2.0)
    achieved = env.privileged()
    assert len(achieved.achievements) == len(achieved.extra["goals"]) > 4


def test_what_cannot_be_done_is_said_in_the_games_words() -> None:
    env = env_of("Simple")
    env.reset(options={"index": 0})
    for command, said in (
        ("go north", "You can't go that way."),
        ("go east", "You have to open the wooden door first."),
        ("open wooden door", "You have to unlock the wooden door with the old key first."),
        ("take king-size bed", "That's fixed in place."),
        ("take stove", "You can't see any such thing."),
        ("eat nothing at all", "You can't see any such thing."),
        ("drop bed", "The king-size bed is already here."),
        ("put bed on bed", "The king-size bed is fixed in place."),
        ("close antique trunk", "That's already closed."),
    ):
        before = env.state_key()
        text, _, _, _, info = env.step(command)
        assert (text, info["outcome"]) == (said, "invalid_action")
        assert env.state_key() == before
    assert "not an action" in env.step("frobnicate")[0]


def test_short_forms_and_articles_are_understood() -> None:
    env = env_of("Simple")
    env.reset(options={"index": 0})
    grammar = env.grammar
    assert grammar.parse("N") == grammar.parse("north") == ("go", "north")
    assert grammar.parse("x the Chest Drawer.") == ("examine", "chest drawer")
    assert grammar.parse("get old key from the chest drawer") == ("take from", "old key", "chest drawer")
    assert grammar.parse("l") == ("look",)
    assert env.step("open trunk")[0].startswith("You open the antique trunk")
    with pytest.raises(BadAction):
        grammar.parse("go up")


def test_help_and_schema_name_no_thing_of_the_game() -> None:
    env = env_of("Simple")
    env.reset(options={"index": 0})
    told = env.grammar.help() + json.dumps(env.grammar.schema())
    for name in env.session.state.story.named:
        assert name not in told


def test_all_of_a_dish_that_is_spoilt_is_lost() -> None:
    env = env_of("Cooking-2")
    for index in range(6):
        env.reset(options={"index": index})
        story = env.session.state.story
        (food, cooking, _) = story.recipe[0]
        source = {"fried": "stove", "roasted": "oven", "grilled": "BBQ"}
        env.step("look")
        for command in env.world.solver(env.session.state):
            if command.startswith("cook"):
                wrong = "oven" if source[cooking] != "oven" else "stove"
                result = env.step(f"cook {story.name[food]} with {wrong}")
                assert result[2]
                assert result[4]["success"] is False
                assert "*** You lost! ***" in result[0]
                assert env.world.solver(env.session.state) == []
                return
            env.step(command)
    pytest.fail("no recipe had anything to cook")


def test_the_view_of_a_room_changes_with_it() -> None:
    env = env_of("Simple")
    env.reset(options={"index": 0})
    seen, known = env.obs_key(), env.state_key()
    env.step("open antique trunk")
    assert env.obs_key() != seen
    assert env.state_key() != known
    env.step("close antique trunk")
    assert env.obs_key() == seen
    assert "Bedroom" in env.world.board(env.session.state)


@pytest.mark.parametrize(("preset", "least"), [("Coin-5", 1.0), ("Treasure-5", 0.9)])
def test_the_expert_finds_what_it_looks_for(preset: str, least: float) -> None:
    env, won = env_of(preset), 0
    for index in range(20):
        env.reset(options={"index": index, "split": "test"})
        while not env.session.over:
            env.step(env.world.expert(env.history, Chance(b"luck", env.session.turn)))
        won += bool(env.session.success)
    assert won >= least * 20


# The contract.


@pytest.mark.parametrize("preset", ["", "Cooking-2"])
def test_the_contract_is_kept(preset: str) -> None:
    env_id = TextWorld.spec.preset_id(preset) if preset else TextWorld.spec.id
    assert [finding for finding in check(env_id, episodes=2, seconds=1.0) if finding.problem] == []


def test_a_saved_game_goes_on_in_another_process_of_mind() -> None:
    env, other = env_of("Simple"), env_of("Simple")
    env.reset(options={"index": 1, "luck": 0})
    commands = env.world.solver(env.session.state)
    for command in commands[:4]:
        env.step(command)
    point = env.snapshot()
    keeping.forget()
    other.restore(point)
    assert [other.step(command)[:4] for command in commands[4:]] == [env.step(command)[:4] for command in commands[4:]]


def test_a_state_of_another_game_is_refused() -> None:
    world = world_for(TextWorld, {})
    state = world.start(Task(TextWorld.spec.id, "train", 0), Chance(b"a"))
    record = state.to_json()
    assert world.load_state(json.loads(json.dumps(record))) == state
    for change in (
        {"key": "0"},
        {"address": ["train", 1, 2, 3]},
        {"address": ["train", -1, 2, 3, 4]},
        {"place": "r_99"},
        {"inside": {"r_0": ["o_7"]}},
        {"lids": {"d_0": "ajar"}},
        {"reached": []},
        {"free": None},
    ):
        with pytest.raises(SchemaError):
            world.load_state({**record, **change})


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"kind": "cookery"}, "kind"),
        ({"kind": "cooking", "level": 3}, "level is no parameter of cooking"),
        ({"kind": "treasure_hunter", "level": 31}, "levels 1 to 30"),
        ({"level": 260}, "at most 100"),
        ({"goal": "none"}, "has to be told"),
        ({"kind": "cooking", "take": 3}, "cannot be found"),
        ({"kind": "cooking", "go": 4}, "go"),
        ({"rooms": 3}, "rooms is no parameter of coin_collector"),
    ],
)
def test_wrong_parameters_are_one_clear_line(params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_params(TextWorld, params)


def test_a_game_that_cannot_be_made_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def none(kind: str, settings: Any, seeds: Any) -> Any:
        tried.append(tuple(seeds.values()))
        raise making.NoGame("no quest")

    monkeypatch.setattr("scoutgym.envs.textworld.generated.make", none)
    env = gymnasium.make(TextWorld.spec.id, kind="custom", rooms=1, objects=1, length=15)
    with pytest.raises(ValueError, match=r"found no game.*a shorter length"):
        env.reset(options={"index": 0})
    assert len(set(tried)) == 20


def test_many_in_one_process_and_in_workers() -> None:
    some = gymnasium.make_vec(TextWorld.spec.id, 4, vectorization_mode="vector_entry_point")
    some.reset(seed=0)
    assert all("-= " in text for text in some.step(["look"] * 4)[0])
    some.close()
    import scoutgym  # the workers must have it registered

    assert scoutgym
    workers = gymnasium.vector.AsyncVectorEnv(
        [lambda: gymnasium.make("scoutgym:scoutgym/TextWorld-Coin-5-v0")] * 2, shared_memory=False
    )
    workers.reset(seed=0)
    assert all("-= " in text for text in workers.step(["look"] * 2)[0])
    workers.close()


# Prose and records.


class Things:
    """A box with an apple in it, open."""

    def lid(self, thing: str) -> str:
        return {"c_0": "open", "d_0": "locked"}[thing]

    def contents(self, holder: str) -> tuple[str, ...]:
        return {"c_0": ("f_0", "f_1"), "s_0": ()}[holder]

    def seen(self, room: str) -> bool:
        return True

    def named(self, thing: str, article: str) -> str:
        name = {"f_0": "apple", "f_1": "nut", "c_0": "box"}[thing]
        return f"{'an' if name[0] == 'a' else 'a'} {name}" if article else name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A [noun].", "A box."),
        ("[if open]Open.[else if locked]Locked.[otherwise]Closed.[end if]", "Open."),
        ("[if d_0 is open]a[else if d_0 is closed]b[otherwise]c[end if]", "b"),
        (
            "[if c_0 is open and there is something in the c_0]In it [is-are a list of things in the c_0].[end if]",
            "In it are an apple and a nut.",
        ),
        ("[if there is nothing on the s_0]Bare.[end if][if there is something on the s_0]Full.[end if]", "Bare."),
        ("[list of things in the c_0]", "apple and nut"),
        ("[if c_0 contains nothing]a[otherwise][if unvisited]b[otherwise]c[end if][end if]", "c"),
        ("It's the 'best' of Ann's, it isn't 'new.'", 'It\'s the "best" of Ann\'s, it isn\'t "new."'),
        ("a[line break]b", "a\nb"),
    ],
)
def test_prose(text: str, told: str) -> None:
    assert tell(read(text), "c_0", Things()) == told


@pytest.mark.parametrize(
    "text", ["[if open]a", "a[end if]", "[say 1]", "[if the moon is full]a[end if]", "[otherwise]"]
)
def test_prose_that_is_not_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\["):
        read(text)


def test_records_that_are_no_games_are_refused() -> None:
    record = json.loads(json.dumps(game("simple"), default=list))
    for broken in ({}, [], None, 3, {"world": []}, {**record, "world": []}, {**record, "infos": 5}):
        with pytest.raises(Unplayable, match="no game that TextWorld saved"):
            read_story(broken, "")
    logic = record["KB"]["logic"]
    with pytest.raises(Unplayable, match="'look'"):
        read_story({**record, "KB": {"logic": logic.replace("look :: at(P, r)", "look :: at(P, r) & in(k, I)")}}, "")
    with pytest.raises(Unplayable, match="'dance'"):
        read_story({**record, "KB": {"logic": logic.replace("look :: at(P, r)", "dance :: at(P, r)")}}, "")
