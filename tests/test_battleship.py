"""Battleship: replies against sets of cells, beliefs and gains against enumeration, and the expert."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from itertools import product

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoutgym.envs.chance import Chance
from scoutgym.envs.games import battleship_odds
from scoutgym.envs.games.battleship import Battleship, BattleshipState
from scoutgym.envs.games.battleship_odds import MISS, Waters
from scoutgym.envs.grammar import BadAction
from scoutgym.envs.registry import world_for
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import Task, canonical

ID = "scoutgym/Battleship-v0"
PRESETS = ["", *Battleship.spec.presets]
SIZES = {
    "": (5, 5, (5, 4, 2)),
    "paper5": (5, 5, (5, 4, 2)),
    "tiny": (3, 3, (2,)),
    "small": (4, 4, (3, 2)),
    "paper6": (6, 6, (5, 4, 2)),
    "beyond": (10, 10, (5, 4, 3, 3, 2)),
}
SMALL = [(3, 3, (2,)), (4, 4, (3, 2)), (3, 4, (2, 2, 1)), (2, 7, (4, 3)), (5, 5, (5, 4, 2))]

Fleet = tuple[frozenset[str], ...]
"""The cells of each ship, by name."""


def make(preset: str = "", **params) -> TextEnv:
    return gymnasium.make(Battleship.spec.preset_id(preset) if preset else ID, **params).unwrapped


# The game by definition, on names of cells.


def name(row: int, column: int) -> str:
    return "ABCDEFGHIJKLMNOP"[column] + str(row + 1)


def ships(rows: int, columns: int, length: int) -> set[frozenset[str]]:
    found = set()
    for row, column in product(range(rows), range(columns)):
        if column + length <= columns:
            found.add(frozenset(name(row, column + step) for step in range(length)))
        if row + length <= rows:
            found.add(frozenset(name(row + step, column) for step in range(length)))
    return found


@cache
def fleets(rows: int, columns: int, lengths: tuple[int, ...]) -> list[Fleet]:
    every: list[Fleet] = [()]
    for length in lengths:
        lines = sorted(ships(rows, columns, length), key=sorted)
        every = [(*fleet, line) for fleet in every for line in lines if not any(line & other for other in fleet)]
    return every


def told(fleet: Fleet, cell: str) -> int | None:
    return next((ship for ship, line in enumerate(fleet) if cell in line), None)


def lies(env: TextEnv, state: BattleshipState | None = None) -> Fleet:
    """The fleet of a state, from the ends that are named when a game is lost."""
    rows, columns, lengths = env.world.params.rows, env.world.params.columns, env.world.params.ships
    said = env.world.privileged(state or env.session.state).extra["fleet"]
    found = []
    for length, words in zip(lengths, said.split(", "), strict=True):
        ends = set(words.split(" ", 1)[1].split(" to "))
        found.append(
            next(line for line in ships(rows, columns, length) if ends == {min(line, key=key), max(line, key=key)})
        )
    return tuple(found)


def key(cell: str) -> tuple[int, str]:
    return int(cell[1:]), cell[0]


def after(env: TextEnv, shots: list[str], index: int = 0) -> BattleshipState:
    """The state of a task after some shots."""
    env.reset(options={"index": index, "luck": 0})
    for cell in shots:
        if not env.session.over:
            env.step(cell)
    return env.session.state


# The rules.


@pytest.mark.parametrize("preset", PRESETS)
def test_whole_games_by_the_definition(preset: str) -> None:
    """Random shots: every reply is what the definition says, and the game ends when it says so."""
    rows, columns, lengths = SIZES[preset]
    env, chance = make(preset, max_turns=60), Chance(b"games")
    names = re.findall(r"(\w+) \((\d) cells\)", env.reset(seed=0)[0])
    assert tuple(int(length) for _, length in names) == lengths
    for index in range(20):
        first, _ = env.reset(options={"index": index, "luck": 0})
        fleet, shots, over = lies(env), dict[str, str](), False
        while not over:
            cell = name(chance.below(rows), chance.below(columns))
            said, reward, over, truncated, info = env.step(cell)
            reply, *board = said.split("\n")
            ship, left = told(fleet, cell), 60 - env.session.turn
            if cell in shots:
                assert reply == f"You have already shot at {cell}."
                assert (reward, info["outcome"]) == (pytest.approx(-0.1), "invalid_action")
            elif ship is None:
                assert reply == "Miss."
                assert reward == 0
            else:
                words = f"Hit: {names[ship][0]}, {names[ship][1]} cells."
                hit = {*shots, cell}
                if fleet[ship] <= hit:
                    words += f" The {names[ship][0]} is sunk."
                won = all(line <= hit for line in fleet)
                assert reply == words + (" That was the whole fleet. You win!" if won else "")
                assert reward == won == bool(info.get("success"))
            shots[cell] = "M" if ship is None else "X"
            won = all(line <= set(shots) for line in fleet)
            assert over == (won or left == 0)
            assert not truncated
            if env.world.params.board and not won:
                lines = board[1 : rows + 1]
                marks = {name(r, c): mark for r, line in enumerate(lines) for c, mark in enumerate(line.split()[1:])}
                assert marks == {name(r, c): shots.get(name(r, c), ".") for r in range(rows) for c in range(columns)}
                assert first.count(" .") >= rows * columns
            elif over and not won:
                assert board[0].startswith("That was your last shot. You lose. The fleet was at ")
            else:
                assert not board


def test_ships_of_one_length_have_names_of_their_own() -> None:
    for ships_ in ((3, 3, 3), (1, 1, 2), (2, 5, 2, 4)):
        names = make(rows=6, columns=6, ships=ships_).world.names
        assert len(set(names)) == len(ships_)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"rows": 1}, "rows=1 is wrong"),
        ({"ships": (6,)}, "lengths from 1 to 5"),
        ({"ships": ()}, "1 to 6 lengths"),
        ({"ships": (2, 2, 2, 2)}, "at most 3 ships of length 2"),
        ({"rows": 4, "columns": 4}, "do not fit"),
        ({"ships": (5, 5, 3)}, "half of it"),
        ({"ship": (2,)}, "did you mean 'ships'"),
    ],
)
def test_impossible_parameters(params: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make(**params)


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 7), st.integers(2, 7), st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_parameters_that_are_allowed_have_a_fleet(rows: int, columns: int, lengths: list[int]) -> None:
    try:
        params = Battleship.Params(rows=rows, columns=columns, ships=tuple(lengths))
    except ValueError:
        return
    state = Battleship(params).start(Task(ID, "train", 0), Chance(b"fleet"))
    assert len(state.fleet) == len(lengths)


# Tasks.


@pytest.mark.parametrize(("rows", "columns", "lengths"), SMALL)
def test_the_prior_counts_all_fleets(rows: int, columns: int, lengths: tuple[int, ...]) -> None:
    env = make(rows=rows, columns=columns, ships=lengths)
    every = fleets(rows, columns, lengths)
    assert env.world.secrets() == len(every)
    env.reset(seed=0)
    assert env.belief().bits == pytest.approx(math.log2(len(every)))
    assert env.belief().kind == "exact"


def test_fleets_are_uniform_on_all_that_do_not_overlap() -> None:
    env, every = make("small"), fleets(4, 4, (3, 2))
    drawn: Counter[Fleet] = Counter()
    for number in range(100 * len(every)):
        state = env.world.start(Task(ID, "train", 0, env.params), Chance(b"%d" % number))
        drawn[tuple(state.fleet)] += 1
    assert len(drawn) == len(every)
    chi = sum((n - 100) ** 2 / 100 for n in drawn.values())
    assert chi < len(every) - 1 + 5 * math.sqrt(2 * len(every))


@pytest.mark.parametrize("preset", ["", "paper6", "beyond"])
def test_tasks_of_a_split_differ_and_splits_share_no_fleet(preset: str) -> None:
    env, seen = make(preset), {}
    assert env.world.holdout == "secret"
    for split in ("train", "dev", "test"):
        size = min(300, env.world.counts[split])
        keys = [tuple(env.hidden_key(Task(ID, split, index, env.params))) for index in range(size)]
        seen[split] = set(keys)
        # About a tenth of the 1,968 fleets of 5 by 5 are in a small split: they come again only when all have come.
        assert len(seen[split]) == size or (preset == "" and keys[: len(seen[split])] == list(dict.fromkeys(keys)))
        assert len(seen[split]) > 150
    assert not seen["train"] & seen["test"]
    assert not seen["dev"] & (seen["train"] | seen["test"])


def test_few_fleets_are_not_held_out() -> None:
    assert {preset: make(preset).world.holdout for preset in ("tiny", "small")} == {"tiny": "none", "small": "none"}


@pytest.mark.parametrize("preset", PRESETS)
def test_episodes_repeat_and_snapshots_go_on(preset: str) -> None:
    rows, columns, _ = SIZES[preset]
    env, other = make(preset), make(preset)
    for index in range(10):
        task, chance = Task(ID, "test", index, env.params), Chance(b"tape", index)
        env.reset(options={"task": task, "luck": 3})
        tape = [name(chance.below(rows), chance.below(columns)) for _ in range(7)]
        cut = chance.below(4)
        for place, cell in enumerate([*tape[:2], "Z9", *tape[2:]]):
            if env.session.over:
                break
            if place == cut:
                point, state = env.snapshot(), env.session.state
                assert BattleshipState.from_json(state.to_json()) == state
            env.step(cell)
        said = env.history
        other.reset(options={"task": task, "luck": 3})
        for cell in said[1::2]:
            other.step(cell)
        assert other.history == said
        other.restore(point)
        for cell in said[2 * cut + 1 :: 2]:
            other.step(cell)
        assert other.history == said


# What a perfect reasoner knows.


@pytest.mark.parametrize(("rows", "columns", "lengths"), SMALL)
def test_beliefs_and_gains_agree_with_enumeration(rows: int, columns: int, lengths: tuple[int, ...]) -> None:
    env, chance = make(rows=rows, columns=columns, ships=lengths, max_turns=100), Chance(b"records")
    every = fleets(rows, columns, lengths)
    for index in range(20):
        state = after(env, [name(chance.below(rows), chance.below(columns)) for _ in range(chance.below(6))], index)
        if env.session.over:
            continue
        truth, shots = lies(env), [name(*divmod(cell, columns)) for cell in state.shots]
        left = [fleet for fleet in every if all(told(fleet, cell) == told(truth, cell) for cell in shots)]
        assert env.belief().bits == pytest.approx(math.log2(len(left)))
        gains = {}
        for row, column in product(range(rows), range(columns)):
            said = Counter(told(fleet, name(row, column)) for fleet in left)
            gains[row, column] = sum(n / len(left) * math.log2(len(left) / n) for n in said.values())
            gain = env.world.gain(state, ("shoot", (row, column)))
            assert gain == pytest.approx(gains[row, column], abs=1e-9)
        action, best = env.world.best_gain(state)
        assert best == pytest.approx(max(gains.values()), abs=1e-9) == pytest.approx(gains[action[1]], abs=1e-9)


def test_drawn_beliefs_agree_with_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where fleets are drawn, their number is right within the stated error, and odds are near the true ones."""
    every, chance, off = fleets(5, 5, (5, 4, 2)), Chance(b"drawn"), []
    exact = Waters(5, 5, (5, 4, 2))
    monkeypatch.setattr(battleship_odds, "ENUMERATED", 0)
    drawn = Waters(5, 5, (5, 4, 2))
    for _ in range(60):
        truth = chance.choice(every)
        record = {}
        for _ in range(chance.below(5)):
            row, column = chance.below(5), chance.below(5)
            ship = told(truth, name(row, column))
            record[5 * row + column] = MISS if ship is None else ship
        told_ = tuple(sorted(record.items()))
        monkeypatch.setattr(battleship_odds, "ENUMERATED", 10**6)
        right = exact.posterior(told_)
        monkeypatch.setattr(battleship_odds, "ENUMERATED", 0)
        found = drawn.posterior(told_)
        assert right.exact
        assert not found.exact
        off.append((found.bits - right.bits) / max(found.stderr, 1e-9))
        assert found.bits == pytest.approx(right.bits, abs=5 * found.stderr + 1e-9)
        assert np.abs(drawn.hits(found) - exact.hits(right)).max() < 0.06
        assert np.abs(drawn.gains(found) - exact.gains(right)).max() < 0.12
    assert 0.3 < np.std(off) < 1.6, "the standard error is about right"


def test_the_number_of_fleets_of_the_classic_board() -> None:
    """30,093,975,536 ways to lay 5, 4, 3, 3 and 2 on 10 by 10: the known count."""
    env = make("beyond")
    env.reset(seed=0)
    belief = env.belief()
    assert belief.kind == "sampled"
    assert belief.samples > 1000
    assert belief.bits == pytest.approx(math.log2(30_093_975_536), abs=4 * belief.stderr)
    assert 0 < belief.stderr < 0.02


@pytest.mark.parametrize(("index", "shots"), [(0, []), (1, ["B2", "C3"]), (2, ["A1", "C2", "D4"])])
def test_a_redrawn_fleet_is_uniform_on_what_is_left(index: int, shots: list[str]) -> None:
    env = make("small")
    state = after(env, shots, index)
    truth = lies(env)
    left = [f for f in fleets(4, 4, (3, 2)) if all(told(f, cell) == told(truth, cell) for cell in shots)]
    assert len(left) > 5
    drawn = Counter(
        lies(env, env.world.resample(state, "agent", Chance(b"%d" % number))) for number in range(60 * len(left))
    )
    assert set(drawn) == set(left)
    chi = sum((n - 60) ** 2 / 60 for n in drawn.values())
    assert chi < len(left) - 1 + 5 * math.sqrt(2 * len(left))


def test_redrawn_fleets_of_a_large_board_agree_with_the_record() -> None:
    env, chance = make("beyond"), Chance(b"record")
    for index in range(5):
        state = after(env, [name(chance.below(10), chance.below(10)) for _ in range(25)], index)
        truth = lies(env)
        for number in range(20):
            twin = env.world.resample(state, "agent", Chance(b"%d" % number))
            other = lies(env, twin)
            assert all(told(other, c) == told(truth, c) for c in (name(*divmod(cell, 10)) for cell in state.shots))
            assert sum(map(len, other)) == len(frozenset().union(*other))
            assert canonical(env.world.known(twin, "agent")) == canonical(env.world.known(state, "agent"))
            assert env.world.board(twin) == env.world.board(state)
            assert env.world.intro(twin, "agent") == env.world.intro(state, "agent")


def test_what_is_known_does_not_depend_on_the_order() -> None:
    env = make()
    one, other = after(env, ["A1", "B2", "C3"]), after(env, ["C3", "A1", "A1", "B2"])
    assert canonical(env.world.known(one, "agent")) == canonical(env.world.known(other, "agent"))


# The players.


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(
    ("preset", "n", "least", "turns"),
    [
        ("", 200, 0.99, 16),
        ("tiny", 200, 0.67, 4.5),
        ("small", 200, 0.72, 9),
        ("paper6", 200, 0.62, 18.3),
        ("beyond", 30, 0.45, 46),
    ],
)
def test_the_expert_wins(preset: str, n: int, least: float, turns: float) -> None:
    env, won, taken = make(preset), 0, 0
    for index in range(n):
        env.reset(options={"split": "test", "index": index, "luck": 0})
        while not env.session.over:
            env.step(env.world.expert(env.history, Chance(b"unused")))
            assert env.session.outcome == "ok"
        won += bool(env.session.success)
        taken += env.session.turn
    assert won / n >= least
    assert taken / n <= turns


@pytest.mark.parametrize(
    ("rows", "columns", "lengths", "shots", "lost"), [(3, 3, (2,), 5, 0), (3, 3, (2,), 4, 0), (3, 3, (2, 1), 6, 0.06)]
)
def test_the_expert_wins_about_what_can_be_won(
    rows: int, columns: int, lengths: tuple[int, ...], shots: int, lost: float
) -> None:
    """Against the best player of all, found by trying everything, over all fleets."""
    cells = [name(row, column) for row in range(rows) for column in range(columns)]

    @cache
    def best(left: tuple[Fleet, ...], shot: frozenset[str], turns: int) -> int:
        if all(line <= shot for line in left[0]):
            return len(left)
        if not turns:
            return 0
        return max(sum(best(p, shot | {c}, turns - 1) for p in parts(left, c)) for c in cells if c not in shot)

    def parts(left: tuple[Fleet, ...], cell: str) -> list[tuple[Fleet, ...]]:
        said: dict[int | None, list[Fleet]] = {}
        for fleet in left:
            said.setdefault(told(fleet, cell), []).append(fleet)
        return [tuple(part) for part in said.values()]

    every = tuple(fleets(rows, columns, lengths))
    world = world_for(Battleship, {"rows": rows, "columns": columns, "ships": lengths, "max_turns": shots})
    won = 0
    for fleet in every:
        history, shot = ["begin"], set[str]()
        while len(history) < 2 * shots and not all(line <= shot for line in fleet):
            cell = world.expert(history, Chance(b"unused"))
            ship = told(fleet, cell)
            shot.add(cell)
            history += [cell, "Miss." if ship is None else f"Hit: {world.names[ship]}, {lengths[ship]} cells."]
        won += all(line <= shot for line in fleet)
    assert best(every, frozenset(), shots) - lost * len(every) <= won <= best(every, frozenset(), shots)


def test_the_expert_shoots_where_a_hit_is_most_likely() -> None:
    env, chance, every = make(), Chance(b"likely"), fleets(5, 5, (5, 4, 2))
    for index in range(60):
        after(env, [name(chance.below(5), chance.below(5)) for _ in range(chance.below(9))], index)
        truth, shots = lies(env), set(env.history[1::2])
        left = [f for f in every if all(told(f, cell) == told(truth, cell) for cell in shots)]
        hits = Counter(cell for fleet in left for line in fleet for cell in line if cell not in shots)
        cell = env.world.expert(
            [*env.history, "what?", "Invalid action: no.", "A1", "You have already shot at A1."], chance
        )
        assert hits[cell] == max(hits.values())


def test_the_expert_goes_on_from_the_middle_of_a_bad_game() -> None:
    env, chance, won = make(), Chance(b"middle"), 0
    for index in range(200):
        env.reset(options={"index": index, "luck": 0})
        for text in (chance.choice("ABCDE") + "1", "?", chance.choice("ABCDE") + "3", "Q7"):
            env.step(text)
        while not env.session.over:
            env.step(env.world.expert(env.history, chance))
        won += bool(env.session.success)
    assert won / 200 > 0.7


@pytest.mark.parametrize("preset", PRESETS)
def test_the_solver_sinks_the_fleet_from_anywhere(preset: str) -> None:
    env = make(preset)
    for index in range(10):
        env.reset(options={"index": index, "luck": 0})
        for cell in ("A1", "B2")[: index % 3]:
            env.step(cell)
        for action in env.world.solver(env.session.state):
            env.step(action)
        assert env.session.success


def test_the_board_for_people() -> None:
    env = gymnasium.make(ID, render_mode="ansi").unwrapped
    env.reset(seed=2)
    before = env.render()
    assert before.count("✖") == 0
    env.step(next(iter(lies(env)[0])))
    assert env.render().count("✖") == 2, "on the board and in the list of ships"


# Actions.


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["", " "]))
def test_every_cell_is_read(row: int, column: int, blank: str) -> None:
    grammar = make("beyond").world.grammar(None)
    action = grammar.parse(f" {'abcdefghij'[column]}{blank}{row + 1}\n")
    assert action == ("shoot", (row, column))
    assert grammar.format(action) == name(row, column)
    assert grammar.parse(grammar.format(action)) == action


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z][0-9]{1,3}", fullmatch=True))
def test_any_text_is_an_action_or_refused(said: str) -> None:
    try:
        verb, (row, column) = world_for(Battleship, {}).grammar(None).parse(said)
    except BadAction:
        return
    assert verb == "shoot"
    assert 0 <= row < 5
    assert 0 <= column < 5


def test_two_thousand_pieces_of_garbage_never_raise() -> None:
    env, chance = make(max_turns=1000), Chance(b"garbage")
    env.reset(seed=0)
    alphabet = "ABCDE12345 ٣③Ａ\u202e\x00\n-#*🎲"
    for number in range(2000):
        if env.session.over:
            env.reset(seed=number)
        said = "".join(chance.choice(alphabet) for _ in range(chance.below(6)))
        *_, info = env.step(said * (100_000 if number % 400 == 0 else 1))
        assert info["outcome"] in ("ok", "invalid_action"), (said, env.session.error)
