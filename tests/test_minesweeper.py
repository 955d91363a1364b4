"""Minesweeper: boards against a walk from cell to cell, tasks, players and actions."""

from __future__ import annotations

import math
from collections import Counter

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from minesweeper_by_definition import opened, solution, text

from scoutgym.envs.chance import Chance
from scoutgym.envs.games.minesweeper import Minesweeper, MinesweeperState
from scoutgym.envs.games.minesweeper_grid import Grid
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import world_for
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task

ID = "scoutgym/Minesweeper-v0"
PRESETS = ["", *Minesweeper.spec.presets]


def make(preset: str = "", **params) -> TextEnv:
    return gymnasium.make(Minesweeper.spec.preset_id(preset) if preset else ID, **params).unwrapped


# The rules.


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_boards_agree_with_a_walk_from_cell_to_cell(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(2, 12)), data.draw(st.integers(2, 12))
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    mines = data.draw(st.sets(st.sampled_from(cells), min_size=1, max_size=max(1, len(cells) // 5)))
    grid = Grid(rows, columns, len(mines))
    truth = solution(rows, columns, mines)
    laid = grid.lay([row * columns + column for row, column in mines])
    assert laid == text(rows, columns, truth, set(cells))
    shown, seen = grid.hidden, set[tuple[int, int]]()
    assert shown == text(rows, columns, truth, seen)
    for row, column in data.draw(st.lists(st.sampled_from(cells), min_size=1, max_size=5, unique=True)):
        if (row, column) not in seen:
            shown = grid.open(laid, shown, row * columns + column)
            seen |= opened(rows, columns, truth, (row, column))
            assert shown == text(rows, columns, truth, seen)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_whole_game_by_the_definition(preset: str) -> None:
    """Random reveals: every reply is what the definition says, and the game ends when it says so."""
    env, chance = make(preset), Chance(b"games")
    for index in range(30):
        env.reset(options={"index": index, "luck": 0})
        state, seen, over = env.session.state, set[tuple[int, int]](), False
        rows, columns = state.rows, state.columns
        while not over:
            action = chance.choice(env.actions())
            _, row, column = action.split()
            cell = (int(row) - 1, int(column) - 1)
            said, reward, over, truncated, info = env.step(action)
            mines = {(row - 1, column - 1) for row, column in env.privileged().extra["mines"]}
            truth = solution(rows, columns, mines)
            seen |= opened(rows, columns, truth, cell)
            left = rows * columns - len(seen | mines)
            assert not truncated
            if cell in mines:
                assert over
                assert said == f"Boom! Row {row}, column {column} hides a mine. You lose."
            else:
                assert said.startswith(text(rows, columns, truth, seen))
                assert over == (left == 0 or env.session.turn == env.world.max_turns)
            if over:
                assert info["success"] == (left == 0 and cell not in mines) == (reward == 1)


@pytest.mark.parametrize("preset", ["", "tiny", "5x5", "9x9"])
def test_the_first_reveal_is_safe_also_after_a_restore(preset: str) -> None:
    env, chance, episodes = make(preset), Chance(b"first"), 0
    while episodes < 500:
        env.reset(options={"index": episodes % env.world.counts["train"], "luck": episodes})
        start, before = env.snapshot(), env.save()
        for point in (None, start, before, before):
            if point is not None:
                env.restore(point)
            said, _, over, _, info = env.step(chance.choice(env.actions()))
            assert "#" in said
            assert info["success"] if over else "Boom" not in said
            if not over:
                env.step(chance.choice(env.actions()))
            episodes += 1


def test_the_first_reveal_of_every_trial_is_safe() -> None:
    params = {"env_id": ID, "params": {"rows": 4, "columns": 4, "mines": 8}, "trials": 4}
    env, chance = gymnasium.make("scoutgym/MultiTrial-v0", **params).unwrapped, Chance(b"trials")
    for index in range(40):
        env.reset(options={"index": index, "luck": 0})
        trial, first = -1, False
        while not env.session.over:
            if env.session.state.place != trial:
                trial, first = env.session.state.place, True
            said = env.step(chance.choice(env.actions()))[0]
            assert not (first and "Boom" in said)
            first = False
        assert trial == 3


def test_every_cell_may_be_the_first_and_the_board_is_a_function_of_it() -> None:
    env = make("tiny", mines=7)
    for index in range(40):
        for action in [f"reveal {row} {column}" for row in (1, 2, 3) for column in (1, 2, 3)]:
            boards = set()
            for luck in range(2):
                env.reset(options={"index": index, "luck": luck})
                said = env.step(action)[0]
                assert "Boom" not in said
                boards.add(env.session.state.truth)
            assert len(boards) == 1


def test_mines_are_uniform_on_the_cells_that_are_not_the_first() -> None:
    env = make("tiny", mines=2)
    drawn: Counter[str] = Counter()
    for key in range(5600):
        state = env.world.start(Task(ID, "train", 0), Chance(b"%d" % key))
        env.world.play(state, ("reveal", 2, 1), Chance(b""))
        drawn[state.truth] += 1
    assert len(drawn) == math.comb(8, 2)
    chi = sum((n - 200) ** 2 / 200 for n in drawn.values())
    assert chi < 27 + 5 * math.sqrt(2 * 27)


def test_the_paper_draws_all_sizes_with_a_mine_for_ten_cells() -> None:
    env, sizes = make(), Counter()
    for index in range(1000):
        env.reset(options={"index": index, "luck": 0})
        state = env.session.state
        sizes[state.rows, state.columns] += 1
        assert len(state.order) - 1 == max(1, state.rows * state.columns // 10) == len(env.privileged().extra["mines"])
    assert set(sizes) == {(rows, columns) for rows in range(4, 8) for columns in range(4, 8)}
    assert min(sizes.values()) > 30
    assert env.world.max_turns == 20


def test_a_cell_that_is_open_already_is_refused_for_a_price() -> None:
    env = make("5x5")
    env.reset(seed=0)
    board = env.step("reveal 1 1")[0]
    said, reward, over, _, info = env.step("Reveal  1, 1")
    assert said == f"Row 1, column 1 is already revealed.\n{board}"
    assert reward == pytest.approx(-0.1)
    assert not over
    assert info["outcome"] == "invalid_action"
    assert "reveal 1 1" not in env.actions()


def test_the_turns_run_out() -> None:
    env = make("5x5", max_turns=2)
    env.reset(seed=0)
    env.step("nothing")
    said, _, terminated, _, info = env.step("reveal 9 9")
    assert terminated
    assert said.endswith("You lose.")
    assert info["success"] is False


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"rows": 1}, "rows=1 is wrong"),
        ({"columns": 25}, "columns=25 is wrong"),
        ({"rows": 3, "columns": 3, "mines": 9}, "at most 8"),
        ({"mines": 16}, "at most 15"),
        ({"mine": 3}, "did you mean 'mines'"),
    ],
)
def test_impossible_parameters(params: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(**params)


# Tasks.


@pytest.mark.parametrize("preset", ["9x9", "16x16"])
def test_tasks_of_a_split_differ_and_splits_share_no_layout(preset: str) -> None:
    env, seen = make(preset), {}
    for split in ("train", "dev", "test"):
        size = min(300, env.world.counts[split])
        keys = [env.hidden_key(Task(ID, split, index, env.params)) for index in range(size)]
        seen[split] = set(keys)
        assert len(seen[split]) == size
    assert not seen["train"] & seen["test"]
    assert not seen["dev"] & (seen["train"] | seen["test"])


def test_few_layouts_are_not_held_out() -> None:
    held_out = {preset: make(preset).world.holdout for preset in PRESETS}
    assert held_out == {preset: "none" if preset in ("tiny", "4x4") else "secret" for preset in PRESETS}
    assert make("4x4").world.secrets() == math.comb(16, 2)
    assert make().world.secrets() == sum(
        math.comb(r * c, max(1, r * c // 10)) for r in range(4, 8) for c in range(4, 8)
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_episodes_repeat_and_snapshots_go_on(preset: str) -> None:
    env, other = make(preset), make(preset)
    for index in range(10):
        task = Task(ID, "test", index, env.params)
        env.reset(options={"task": task, "luck": 3})
        tape = [
            *(env.grammar.format(env.grammar.sample(Chance(b"tape", turn))) for turn in range(5)),
            "garbage",
            *env.actions()[::4],
        ]
        cut = Chance(b"cut", index).below(6)
        for place, action in enumerate(tape):
            if env.session.over:
                break
            if place == cut:
                point, state = env.snapshot(), env.session.state
                assert MinesweeperState.from_json(state.to_json()) == state
            env.step(action)
        said = env.history
        other.reset(options={"task": task, "luck": 3})
        for action in said[1::2]:
            other.step(action)
        assert other.history == said
        if len(said) // 2 > cut:
            other.restore(point)
            for action in said[2 * cut + 1 :: 2]:
                other.step(action)
            assert other.history == said


# The players.


@pytest.mark.parametrize(
    ("preset", "n", "least", "turns"),
    [
        ("", 200, 0.92, 6),
        ("tiny", 200, 1, 4),
        ("4x4", 200, 0.93, 6),
        ("5x5", 300, 0.81, 7),
        ("7x7", 200, 0.94, 8),
        ("9x9", 200, 0.86, 20),
        ("16x16", 60, 0.6, 80),
    ],
)
def test_the_expert_wins(preset: str, n: int, least: float, turns: float) -> None:
    env, won, taken = make(preset), 0, 0
    for index in range(n):
        env.reset(options={"split": "test", "index": index % 200, "luck": 0})
        while not env.session.over:
            env.step(env.world.expert(env.history, Chance(b"unused")))
            assert env.session.outcome == "ok"
        won += bool(env.session.success)
        taken += env.session.turn
    assert won / n >= least
    assert taken / n <= turns


def test_the_expert_goes_on_from_the_middle_of_a_bad_game() -> None:
    env, chance, games, won = make("5x5"), Chance(b"middle"), 0, 0
    for index in range(300):
        env.reset(options={"index": index, "luck": 0})
        for action in (chance.choice(env.actions()), "?", "reveal 9 9", chance.choice(env.actions())):
            if not env.session.over:
                env.step(action)
        games += not env.session.over
        while not env.session.over:
            env.step(env.world.expert(env.history, chance))
            won += bool(env.session.success)
    assert games > 150
    assert won / games > 0.75


@pytest.mark.parametrize("preset", PRESETS)
def test_the_solver_solves_from_anywhere(preset: str) -> None:
    env, chance = make(preset, max_turns=1000), Chance(b"solver")
    for index in range(15):
        env.reset(options={"index": index, "luck": 0})
        if index % 2:
            env.step(chance.choice(env.actions()))
        if env.session.over:
            continue
        for action in env.world.solver(env.session.state):
            env.step(action)
            assert env.session.outcome == "ok"
        assert env.session.success


def test_the_board_for_people() -> None:
    env = gymnasium.make("scoutgym/Minesweeper-5x5-v0", render_mode="ansi").unwrapped
    env.reset(seed=2)
    env.step("reveal 1 1")
    picture = env.render()
    assert picture.count("#") == env.session.state.shown.count("#")
    assert "3 mines" in picture


# Actions.


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 7), st.integers(1, 5), st.sampled_from([" ", "  ", ", ", "\t"]))
def test_every_cell_is_read(row: int, column: int, blank: str) -> None:
    world = world_for(Minesweeper, {"rows": 7, "columns": 5})
    grammar = world.grammar(world.start(Task(ID, "train", 0), Chance(b"x")))
    action = grammar.parse(f" REVEAL{blank}{row}{blank}{column}\n")
    assert action == ("reveal", row, column)
    assert grammar.parse(grammar.format(action)) == action


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"reveal [0-9]{1,3} [0-9]{1,3}", fullmatch=True))
def test_any_text_is_an_action_or_refused(said: str) -> None:
    world = world_for(Minesweeper, {"rows": 7, "columns": 5})
    try:
        verb, row, column = world.grammar(world.start(Task(ID, "train", 0), Chance(b"x"))).parse(said)
    except BadAction:
        return
    assert verb == "reveal"
    assert 1 <= row <= 7
    assert 1 <= column <= 5


def test_two_thousand_pieces_of_garbage_never_raise() -> None:
    env, chance = make(max_turns=1000), Chance(b"garbage")
    env.reset(seed=0)
    alphabet = ["reveal", "1", "2", " ", " ", "٣", "③", "\u202e", "\x00", "\n", "-", "#", "*", "🎲", "9" * 30]
    for number in range(2000):
        if env.session.over:
            env.reset(seed=number)
        said = "".join(chance.choice(alphabet) for _ in range(chance.below(12)))
        *_, info = env.step(said * (100_000 if number % 400 == 0 else 1))
        assert info["outcome"] in ("ok", "invalid_action"), (said, env.session.error)
