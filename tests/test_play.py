"""`scoutgym play`, as a person at a pipe: scripted games, taking back, saving, and everything that one can mistype."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import gymnasium
import pytest
from typer.testing import CliRunner

import scoutgym
from scoutgym.cli import app
from scoutgym.cli.game import without_pictures
from scoutgym.envs.chance import Chance
from scoutgym.envs.registry import WORLDS
from scoutgym.envs.saved import _packed
from scoutgym.wrappers.core import world_env

NUMBER = "scoutgym/Number-v0"


def play(*lines: str, env_id: str = NUMBER, options: tuple[str, ...] = ("--seed", "3"), code: int = 0) -> str:
    """The transcript of a game whose input is these lines and then ends."""
    result = CliRunner().invoke(app, ["play", env_id, *options], input="".join(f"{line}\n" for line in lines))
    assert result.exit_code == code, result.output
    return result.output


def after(transcript: str, line: str) -> str:
    """What was shown between a line that was typed (its last time) and the next prompt."""
    rest = transcript.rpartition(f"› {line}\n")[2]
    return re.split(r"^(?:\d+/\d+|again\?) ›", rest, flags=re.MULTILINE)[0]


def secret(seed: int = 3, env_id: str = NUMBER) -> str:
    env = world_env(gymnasium.make(env_id))
    env.reset(seed=seed)
    return str(env.privileged().answer)


def test_a_game_is_won_and_the_expert_is_compared() -> None:
    told = play("1", secret())
    assert "✔ Success in 2 turns, return 1.00\n" in told
    assert re.search(r"The expert needs \d turns?, return 1\.00, on the same task", told)
    assert "again? ›" in told


def test_the_expert_needs_what_it_needs() -> None:
    low, high, needed = 1, 100, 0
    while True:  # bisection, written here once more
        needed += 1
        middle = (low + high) // 2
        if middle == int(secret()):
            break
        low, high = (middle + 1, high) if middle < int(secret()) else (low, middle - 1)
    assert f"The expert needs {needed} turn" in play(secret())


def test_a_game_is_lost() -> None:
    told = play(*["1"] * 7)
    assert "✘ Failure in 7 turns" in told
    assert f"My number was {secret()}" in told


def test_enter_plays_another_and_the_end_of_input_is_polite() -> None:
    told = play(secret(), "", "1")
    assert told.count(":quit leaves") == 3  # two beginnings and one end
    assert told.endswith("Goodbye.\n")


def test_the_same_seed_brings_the_same_games() -> None:
    script = ("50", ":new", "50", ":new", "50")
    assert play(*script) == play(*script)
    tasks = re.findall(r"train task (\d+)", play(*script))
    assert len(set(tasks)) == 3
    assert re.findall(r"train task (\d+)", play(*script, options=("--seed", "4"))) != tasks


def test_the_seed_that_is_shown_brings_the_second_game_back() -> None:
    told = play(":new")
    task, seed = re.findall(r"train task (\d+), seed (\d+)", told)[1]
    assert f"train task {task}, seed {seed}" in play(options=("--seed", seed))


def test_split_index_and_parameters_choose_the_task() -> None:
    told = play("7", options=("--split", "test", "--index", "41", "-p", "high=9", "--param", "max_turns=2"))
    assert "test task 41" in told
    assert "from 1 to 9. Find it in at most 2 guesses" in told


def test_undo_goes_back_any_number_of_times_also_over_the_end() -> None:
    told = play("1", "2", secret(), ":undo", ":undo", ":undo", ":undo", secret())
    assert [line for line in told.splitlines() if line.startswith("1/7 ›")] == [
        "1/7 › 1",
        "1/7 › :undo",
        f"1/7 › {secret()}",
    ]
    assert "nothing to take back" in after(told, ":undo")
    assert "✔ Success in 1 turn, return 1.00, with 3 undos\n" in told


def test_after_undo_the_same_action_meets_the_same_luck() -> None:
    told = play("a", "b", "a", ":undo", ":undo", ":undo", "a", "b", "a", env_id="scoutgym/BestArm-tiny-v0")
    pulls = re.findall(r"^\d/7 › [ab]\n(.+)$", told, flags=re.MULTILINE)
    assert len(pulls) == 6
    assert pulls[:3] == pulls[3:]


def test_undo_takes_the_reward_back() -> None:
    forbidden = ("reveal 1 1", "reveal 1 1")  # -0.1
    told = play(*forbidden, ":undo", ":give up", env_id="scoutgym/Minesweeper-9x9-v0")
    assert "return 0.00" in told
    assert "return -0.10" in play(*forbidden, ":give up", env_id="scoutgym/Minesweeper-9x9-v0")


def test_hint_is_the_experts_move_and_is_counted() -> None:
    told = play(":hint", "50", ":hint")
    assert "The expert would play 50." in told
    assert re.search(r"The expert would play (25|75)\.", told)
    assert "with 1 hint\n" in play(":hint", secret())


def test_best_question_and_bits() -> None:
    told = play(":best", ":bits", "50", ":bits")
    gain = math.log2(100) - (49 * math.log2(49) + 50 * math.log2(50)) / 100
    assert f"50 is expected to tell {gain:.2f} bits" in told
    assert "6.64 of 6.64 bits are still unknown" in told
    assert re.search(r"5\.\d\d of 6\.64 bits are still unknown", told)


def test_hints_before_every_move() -> None:
    told = play("50", options=("--seed", "3", "--hints"))
    assert told.count("bits are still unknown") == 2
    assert told.count("The expert would play") == 2


def test_actions_are_listed_or_said_to_be_too_many() -> None:
    assert "100" in after(play(":actions"), ":actions").split()
    assert "too many to list" in play(":actions", env_id="scoutgym/Number-v0", options=("-p", "high=1000000"))


def test_help_explains_the_grammar_and_every_command() -> None:
    told = after(play(":help"), ":help")
    assert "a whole number from 1 to 100" in told
    for command in ("undo", "hint", "best", "bits", "actions", "give up", "save FILE", "load FILE", "new", "quit"):
        assert f":{command}" in told


def test_give_up_shows_the_answer_and_can_be_undone() -> None:
    told = play("1", ":give up", ":hint", ":undo", ":give")
    assert f"The answer was {secret()}." in told
    assert "Given up in 1 turn" in told
    assert "This game is over" in told
    assert told.count("Given up") == 2


def test_a_mistyped_action_costs_no_turn() -> None:
    told = play("fifty", "101", "💥", "")
    assert told.count("No turn was taken") == 3
    assert "2/7" not in told
    assert "101 is not a whole number from 1 to 100" in told


def test_an_action_that_the_rules_forbid_costs_what_an_agent_pays() -> None:
    told = play("reveal 1 1", "reveal 1 1", env_id="scoutgym/Minesweeper-16x16-v0")
    assert "already revealed" in told
    assert "3/216" in told


def test_a_mistyped_command_names_the_nearest() -> None:
    told = play(":hnt", ":b", ":", ":nothing like it")
    assert "Did you mean :hint?" in told
    assert ":b may be :best or :bits." in told
    assert told.count(":help lists the commands") == 2


def test_save_and_load(tmp_path: Path) -> None:
    file = tmp_path / "game.json"
    told = play("50", f":save {file}", "1", f":load {file}", ":undo", f":load {file}", secret())
    assert re.search(r"2/7 › :save .*\n.*\n2/7 › 1\n", told)
    assert "✔ Success in 2 turns, return 1.00, with 1 undo\n" in told
    assert [path.name for path in tmp_path.iterdir()] == ["game.json"]


def test_a_saved_game_goes_on_in_another_process_and_in_python(tmp_path: Path) -> None:
    file = tmp_path / "game.json"
    play("50", "77", f":save {file}")
    told = play(f":load {file}", secret(), options=("--seed", "99"))
    assert "✔ Success in 3 turns" in told
    env = gymnasium.make(NUMBER)
    scoutgym.restore(env, file.read_bytes())
    assert world_env(env).session.actions == ["50", "77"]


def test_the_return_of_a_loaded_game_counts_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "game.json"
    mines = "scoutgym/Minesweeper-9x9-v0"
    play("reveal 1 1", "reveal 1 1", f":save {file}", env_id=mines)  # the second costs 0.1
    assert "return -0.10" in play(f":load {file}", ":give up", env_id=mines, options=("--seed", "8"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not a snapshot"),
        (b"\xff\xfe\x00", "not a snapshot"),
        (b"[" * 100_000, "not a snapshot"),
        (b'{"scoutgym": "episode"}', "not a snapshot"),
        ("torn", "not a snapshot"),
        ("changed", "checksum"),
        ("other world", "scoutgym/Mastermind-v0"),
        ("other version", "another version"),
        ("newer schema", "schema 999"),
    ],
)
def test_loading_what_is_no_game_of_this_world_says_so_and_the_game_goes_on(
    content: bytes | str, complaint: str, tmp_path: Path
) -> None:
    file = tmp_path / "game.json"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_bytes(_spoiled(content))
    told = play("1", f":load {file}", secret())
    said = after(told, f":load {file}")
    assert complaint in " ".join(said.split())
    assert "Traceback" not in told
    assert "✔ Success in 2 turns" in told


def _spoiled(how: str) -> bytes:
    env = gymnasium.make("scoutgym/Mastermind-3x4-v0" if how == "other world" else NUMBER)
    env.reset(seed=1)
    data: bytes = env.unwrapped.snapshot()  # type: ignore[attr-defined]
    if how == "torn":
        return data[: len(data) // 2]
    if how == "changed":
        return data.replace(b'"turn":0', b'"turn":1')
    if how == "newer schema":
        return data.replace(b'"schema":1', b'"schema":999')
    if how == "other version":
        record = json.loads(data)
        record["body"]["env_id"] = "scoutgym/Number-v9"
        return _packed(record["body"])
    return data


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    told = play(
        f":load {tmp_path / 'none.json'}", f":save {tmp_path / 'no' / 'x.json'}", ":save", f":load {tmp_path}", "1"
    )
    assert "No such file" in told
    assert "there is no folder" in " ".join(told.split())
    assert "Name a file" in told
    assert "Is a directory" in told
    assert "2/7" in told


def test_two_players_through_the_view_of_one() -> None:
    told = play("bet", "bet", "bet", "", "pass", "pass", env_id="scoutgym/Kuhn-v0")
    assert "You hold the" in told
    assert re.search(r"(✔ Success|✘ Failure) in [12] turns?", told)
    assert "The expert" in told


@pytest.mark.parametrize(
    "env_id",
    [w.spec.id for w in WORLDS.values() if w.__module__.startswith("scoutgym.") and not w.spec.needs and w.spec.expert],
)
def test_every_world_is_played_to_its_end_with_the_expert_as_the_person(env_id: str) -> None:
    env = world_env(gymnasium.make(env_id))
    env.reset(seed=5)
    actions = []
    while not env.session.over:
        actions.append(env.world.expert(env.history, Chance(b"person", len(actions))))
        env.step(actions[-1])
    told = play(":help", ":bits", ":actions", *actions, ":undo", ":hint", env_id=env_id, options=("--seed", "5"))
    assert "The expert" in told
    assert f" in {len(actions)} turn" in told
    assert "No turn was taken" not in told


def test_pictures_are_left_out_where_a_better_one_follows() -> None:
    text = "Row 2 is open.\n# # #\n# 1 #\nGo on.\n- 7"
    assert without_pictures(text) == "Row 2 is open.\nGo on.\n- 7"
