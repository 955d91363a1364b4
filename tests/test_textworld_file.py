"""Game files of one's own: compiled ones on the Z-machine, records in Python, and files that are broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import gymnasium
import pytest

from scoutgym.check import check
from scoutgym.envs.chance import Chance
from scoutgym.envs.text_env import TextEnv
from scoutgym.envs.textworld.engine import machine, making
from scoutgym.types import SchemaError

pytestmark = pytest.mark.worlds

ID = "scoutgym/TextWorldFile-v0"
SEEDS = {"map": 1, "objects": 2, "quest": 3, "grammar": 4}


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled game with its record beside it."""
    from textworld import Game, GameOptions
    from textworld.generator import compile_game

    record = making.make("custom", {"rooms": 3, "objects": 6, "length": 4, "breadth": 1, "quests": 1}, SEEDS)
    options = GameOptions()
    options.path = str(tmp_path_factory.mktemp("file") / "game.z8")
    compile_game(Game.deserialize(json.loads(json.dumps(record))), options)
    return Path(options.path)


def env_of(path: Path, **options: Any) -> TextEnv:
    env = gymnasium.make(ID, path=str(path), **options).unwrapped
    assert isinstance(env, TextEnv)
    return env


@pytest.fixture
def plain(game: Path, tmp_path: Path) -> Path:
    """The compiled game alone."""
    return Path(shutil.copy(game, tmp_path / "alone.z8"))


@pytest.fixture
def glulx(game: Path, tmp_path: Path) -> Path:
    """A game for a machine that is not at hand, with its record."""
    shutil.copy(game.with_suffix(".json"), tmp_path / "other.json")
    (tmp_path / "other.ulx").write_bytes(b"Glul")
    return tmp_path / "other.ulx"


@pytest.mark.parametrize("which", ["compiled", "record", "glulx"])
def test_the_walkthrough_wins(which: str, game: Path, glulx: Path) -> None:
    env = env_of({"compiled": game, "record": game.with_suffix(".json"), "glulx": glulx}[which])
    text, _ = env.reset(seed=0)
    assert "$$" not in text
    assert "-= " in text
    commands = env.world.solver(env.session.state)
    for number, command in enumerate(commands, 1):
        assert command in (env.actions() or [])
        result = env.step(command)
        assert result[2] == (number == len(commands))
    assert result[4]["success"] is True
    assert result[4]["figures"]["points"] == (1, 1)
    assert result[4]["rewards"]["score"] == 1.0
    env.close()


def test_a_record_is_played_as_its_compiled_game(game: Path) -> None:
    one, other = env_of(game), env_of(game.with_suffix(".json"))
    one.reset(seed=0)
    other.reset(seed=0)
    chance = Chance(b"both")
    for turn in range(40):
        assert one.actions() == other.actions()
        command = chance.at(turn).choice(one.actions() or [])
        texts = [env.step(command)[0].split(", in ")[0].removesuffix(".") for env in (one, other)]
        assert texts[0] == texts[1]
        if one.session.over:
            break
    one.close()


@pytest.mark.parametrize("record", [False, True])
def test_the_contract_is_kept(record: bool, game: Path) -> None:
    path = str(game.with_suffix(".json") if record else game)
    assert [one for one in check(ID, episodes=2, seconds=1.0, path=path, max_turns=25) if one.problem] == []


def test_a_copy_of_the_machine_goes_on_by_itself(game: Path) -> None:
    env = env_of(game)
    env.reset(seed=0)
    commands = env.world.solver(env.session.state)
    for command in commands[:-1]:
        env.step(command)
    left, right = env.fork(2, chance="same")
    left.step("drop everything")
    texts = [one.step(commands[-1])[0] for one in (right, env)]
    assert texts[0] == texts[1]
    assert right.session.success
    assert env.session.success
    for one in (left, right, env):
        one.close()


def test_machines_are_used_again_and_never_a_stuck_one(game: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.MACHINES.clear()
    env = env_of(game)
    seen = set()
    for _ in range(20):
        env.reset(seed=0)
        seen.add(id(env.session.state.machine()))
        env.step("look")
    assert len(seen) == 1

    def dies(self: Any, command: str) -> Any:
        raise OSError("the machine is gone")

    broken = id(env.session.state.machine())
    with monkeypatch.context() as patch:
        patch.setattr(machine.Machine, "send", dies)
        assert env.step("look")[4]["outcome"] == "env_error"
    env.reset(seed=0)
    assert id(env.session.state.machine()) != broken
    assert env.step("look")[4]["outcome"] == "ok"
    env.close()


def test_a_game_without_a_record_is_played_blindly(plain: Path) -> None:
    env = env_of(plain)
    env.reset(seed=0)
    assert env.actions() is None
    assert "-= " in env.step("look")[0]
    assert env.world.solver(env.session.state) == []
    env.close()


@pytest.mark.parametrize(
    "command",
    ["save", "RESTORE", "quit", "tw-print max_score", "print_state", "undo", "look\\x", "go \x1b[2J", "a" * 101],
)
def test_commands_that_reach_outside_are_none(command: str, game: Path) -> None:
    env = env_of(game)
    env.reset(seed=0)
    assert env.step(command)[4]["outcome"] == "invalid_action"
    assert env.session.state.commands == []
    env.close()


def test_a_snapshot_of_a_machine_is_its_commands(game: Path) -> None:
    env, other = env_of(game), env_of(game)
    env.reset(seed=0)
    env.step("look")
    assert env.session.state.to_json() == {"commands": ["look"]}
    other.restore(env.snapshot())
    assert other.step("inventory")[:4] == env.step("inventory")[:4]
    with pytest.raises(SchemaError):
        env.world.load_state({"commands": ["save"]})
    with pytest.raises(SchemaError):
        env.world.load_state({})
    env.close()
    other.close()


def broken(kind: str, game: Path, folder: Path) -> Path:
    data = game.read_bytes()
    files = {
        "empty": ("a.z8", b""),
        "noise": ("a.z8", b"\xff" * 4000),
        "torn": ("a.z8", data[:5000]),
        "changed": ("a.z8", data[:9000] + b"\x00\x01\x02" + data[9003:]),
        "no json": ("a.json", b"{"),
        "no game": ("a.json", b"[1, 2]"),
        "alone": ("a.ulx", b"Glul"),
        "name": ("a.exe", data),
        "missing": ("", b""),
    }
    name, content = files[kind]
    path = folder / (name or "missing.z8")
    if name:
        path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("empty", "no game for a Z-machine"),
        ("noise", "no game for a Z-machine"),
        ("torn", "torn"),
        ("changed", "checksum"),
        ("no json", "no JSON"),
        ("no game", "no game that TextWorld saved"),
        ("alone", "no a.json beside it"),
        ("name", "should end in"),
        ("missing", "no such file"),
    ],
)
def test_a_broken_file_is_a_clear_error(kind: str, said: str, game: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said) as error:
        gymnasium.make(ID, path=str(broken(kind, game, tmp_path)))
    assert str(tmp_path) in str(error.value)


def test_a_broken_record_beside_a_compiled_game_is_a_clear_error(plain: Path) -> None:
    plain.with_suffix(".json").write_text('{"version": 1}')
    with pytest.raises(ValueError, match=r"alone\.json beside it is no game"):
        gymnasium.make(ID, path=str(plain))


def test_the_file_must_be_given() -> None:
    with pytest.raises(ValueError, match=r"path='game\.z8'"):
        gymnasium.make(ID)
