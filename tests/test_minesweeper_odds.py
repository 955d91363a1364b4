"""Minesweeper: odds, gains and beliefs against enumeration, and the expert against exhaustive search."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations

import gymnasium
import pytest
from minesweeper_by_definition import layouts, opened, positions, solution, text

from scoutgym.envs.chance import Chance
from scoutgym.envs.games import minesweeper_gains
from scoutgym.envs.games.minesweeper import Minesweeper, MinesweeperState
from scoutgym.envs.games.minesweeper_gains import Gains
from scoutgym.envs.games.minesweeper_grid import Grid
from scoutgym.envs.games.minesweeper_odds import Odds
from scoutgym.envs.registry import world_for
from scoutgym.envs.text_env import TextEnv
from scoutgym.types import canonical

SMALL = [(3, 3, 1), (3, 3, 4), (2, 6, 3), (4, 4, 3), (3, 5, 2), (4, 3, 9)]


def make(preset: str, **params) -> TextEnv:
    return gymnasium.make(Minesweeper.spec.preset_id(preset), **params).unwrapped


# What a perfect reasoner knows.


@pytest.mark.parametrize(("rows", "columns", "mines"), SMALL)
def test_odds_agree_with_enumeration(rows: int, columns: int, mines: int) -> None:
    grid = Grid(rows, columns, mines)
    for shown in positions(rows, columns, mines, 40, explode=True):
        every = layouts(rows, columns, mines, shown)
        odds = Odds(grid, shown)
        assert odds.total == len(every) > 0
        counts = {
            row * columns + column: sum(truth[row, column] == "*" for truth in every)
            for row in range(rows)
            for column in range(columns)
            if shown.split()[row * columns + column] == "#"
        }
        assert odds.counts() == counts
        listed = [grid.lay(found) for found in odds.layouts()]
        cells = {(row, column) for row in range(rows) for column in range(columns)}
        assert sorted(listed) == sorted(text(rows, columns, truth, cells) for truth in every)


def test_an_impossible_board_has_no_layout() -> None:
    for shown in ("1 0\n# #", "3 #\n3 #", "2 2\n2 #", "# #\n# *"):
        assert Odds(Grid(2, 2, 2), shown).total == len(layouts(2, 2, 2, shown))
    assert Odds(Grid(2, 2, 1), "2 #\n# #").total == 0


def test_drawn_layouts_are_uniform() -> None:
    """On a board whose layouts have different numbers of mines at the border of what is known."""
    shown = "0 1 # #\n1 2 # #\n# # # #\n# # # #"
    every = layouts(4, 4, 3, shown)
    grid = Grid(4, 4, 3)
    odds, size = Odds(grid, shown), len(every)
    assert size > 10
    drawn = Counter(grid.lay(odds.draw(Chance(b"%d" % key))) for key in range(300 * size))
    assert len(drawn) == size
    chi = sum((n - 300) ** 2 / 300 for n in drawn.values())
    assert chi < size - 1 + 5 * math.sqrt(2 * size)


def entropies(rows: int, columns: int, mines: int, shown: str) -> dict[int, float]:
    """The gain of revealing each hidden cell, by playing it on every layout."""
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    known = {cell for cell, symbol in zip(cells, shown.split(), strict=True) if symbol != "#"}
    gains = {}
    for number, cell in enumerate(cells):
        every = layouts(rows, columns, mines, shown)
        if not known:
            every = [truth for truth in every if truth[cell] != "*"]
        said = Counter(text(rows, columns, truth, known | opened(rows, columns, truth, cell)) for truth in every)
        gains[number] = sum(n / len(every) * math.log2(len(every) / n) for n in said.values())
    return gains


@pytest.mark.parametrize(("rows", "columns", "mines"), SMALL[1:])
def test_gains_agree_with_enumeration(rows: int, columns: int, mines: int) -> None:
    grid = Grid(rows, columns, mines)
    for shown in [grid.hidden, *positions(rows, columns, mines, 8)]:
        gains = entropies(rows, columns, mines, shown)
        found = Gains(grid, shown)
        for cell, gain in gains.items():
            assert found.gain(cell) == pytest.approx(gain, abs=1e-9)
        cell, best = found.best()
        assert best == pytest.approx(max(gains.values()), abs=1e-9) == pytest.approx(gains[cell], abs=1e-9)


def test_drawn_gains_are_near_the_enumerated_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minesweeper_gains, "ENUMERATED", 0)
    monkeypatch.setattr(minesweeper_gains, "FEW", 128)
    for shown in [Grid(4, 4, 3).hidden, *positions(4, 4, 3, 5)]:
        gains = entropies(4, 4, 3, shown)
        found = Gains(Grid(4, 4, 3), shown)
        for cell, gain in gains.items():
            assert found.gain(cell) == pytest.approx(gain, abs=0.45)
        cell, best = found.best()
        assert best == pytest.approx(max(gains.values()), abs=0.2) == pytest.approx(gains[cell], abs=0.4)


def test_the_best_reveal_is_not_looked_for_on_a_huge_board() -> None:
    env = make("16x16")
    env.reset(seed=0)
    assert env.world.best_gain(env.session.state) is None
    gain = env.world.gain(env.session.state, ("reveal", 8, 8))
    assert 0 < gain < env.belief().bits


def test_the_belief_counts_layouts_from_start_to_end() -> None:
    env, chance = make("4x4"), Chance(b"belief")
    for index in range(30):
        env.reset(options={"index": index, "luck": 0})
        assert env.belief().bits == pytest.approx(math.log2(math.comb(15, 2)))
        while not env.session.over:
            before, action = env.belief().bits, env.grammar.parse(chance.choice(env.actions()))
            env.step(env.grammar.format(action))
            shown = env.session.state.shown
            bits = env.belief().bits
            assert bits == pytest.approx(math.log2(len(layouts(4, 4, 2, shown))))
            assert bits <= before + 1e-9
            assert env.session.state.truth in {
                Grid(4, 4, 2).lay(found) for found in Odds(Grid(4, 4, 2), shown).layouts()
            }


def test_a_redrawn_board_agrees_with_what_was_seen_and_is_uniform() -> None:
    env = make("4x4", mines=3)
    env.reset(options={"index": 4, "luck": 0})
    env.step("reveal 2 2")
    state = env.session.state
    every = {text(4, 4, t, set(t)) for t in layouts(4, 4, 3, state.shown)}
    drawn = Counter(env.world.resample(state, "agent", Chance(b"%d" % key)).truth for key in range(100 * len(every)))
    assert set(drawn) == every
    assert len(every) > 20
    chi = sum((n - 100) ** 2 / 100 for n in drawn.values())
    assert chi < len(every) - 1 + 5 * math.sqrt(2 * len(every))
    twin = env.world.resample(state, "agent", Chance(b"twin"))
    assert canonical(env.world.known(twin, "agent")) == canonical(env.world.known(state, "agent"))
    assert env.world.board(twin) == env.world.board(state)
    assert env.world.hidden_key(twin) == env.world.hidden_key(
        MinesweeperState(4, 4, [n for n, s in enumerate(twin.truth[::2]) if s == "*"] + [0], "", "")
    )


def test_before_the_first_reveal_the_whole_secret_is_redrawn() -> None:
    env = make("5x5")
    env.reset(seed=1)
    keys = {
        env.world.hidden_key(env.world.resample(env.session.state, "agent", Chance(b"%d" % key))) for key in range(200)
    }
    assert len(keys) > 180


# The expert.


def played_out(rows: int, columns: int, mines: int, player) -> Fraction:
    """The share of all layouts that a player wins who opens in the corner: ``player(shown)`` gives its next cell."""
    cells = [(row, column) for row in range(rows) for column in range(columns)]

    def won(seen: set[tuple[int, int]], every: list[dict[tuple[int, int], str]], cell: tuple[int, int]) -> int:
        parts: dict[frozenset, list] = defaultdict(list)
        for truth in every:
            if truth[cell] != "*":
                now = seen | opened(rows, columns, truth, cell)
                parts[frozenset((c, truth[c]) for c in now)].append(truth)
        total = 0
        for shown, part in parts.items():
            now = {c for c, _ in shown}
            if len(now) == len(cells) - mines:
                total += len(part)
            else:
                total += won(now, part, player(text(rows, columns, part[0], now)))
        return total

    every = [solution(rows, columns, set(chosen)) for chosen in combinations(cells[1:], mines)]
    return Fraction(won(set(), every, (0, 0)), len(every))


def optimum(rows: int, columns: int, mines: int) -> Fraction:
    """The share of all layouts that can be won after opening in the corner, by trying everything."""
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    memory: dict[str, int] = {}

    def best(shown: str, every: list[dict[tuple[int, int], str]]) -> int:
        seen = {cell for cell, symbol in zip(cells, shown.split(), strict=True) if symbol != "#"}
        if len(seen) == len(cells) - mines:
            return len(every)
        if shown not in memory:
            memory[shown] = max(after(seen, every, cell) for cell in cells if cell not in seen)
        return memory[shown]

    def after(seen: set[tuple[int, int]], every: list[dict[tuple[int, int], str]], cell: tuple[int, int]) -> int:
        parts: dict[str, list] = defaultdict(list)
        for truth in every:
            if truth[cell] != "*":
                parts[text(rows, columns, truth, seen | opened(rows, columns, truth, cell))].append(truth)
        return sum(best(shown, part) for shown, part in parts.items())

    every = [solution(rows, columns, set(chosen)) for chosen in combinations(cells[1:], mines)]
    return Fraction(after(set(), every, (0, 0)), len(every))


@pytest.mark.parametrize(
    ("rows", "columns", "mines", "lost"), [(3, 3, 1, 0), (4, 4, 1, 0), (4, 4, 2, 0), (3, 4, 2, 0.03), (3, 3, 2, 0.08)]
)
def test_the_expert_wins_about_what_can_be_won(rows: int, columns: int, mines: int, lost: float) -> None:
    world = world_for(Minesweeper, {"rows": rows, "columns": columns, "mines": mines})

    def expert(shown: str) -> tuple[int, int]:
        _, row, column = world.expert([shown], Chance(b"unused")).split()
        return int(row) - 1, int(column) - 1

    best, found = optimum(rows, columns, mines), played_out(rows, columns, mines, expert)
    assert best - lost <= found <= best


@pytest.mark.parametrize(("rows", "columns", "mines"), SMALL[1:])
def test_the_expert_takes_the_least_likely_mine(rows: int, columns: int, mines: int) -> None:
    world = world_for(Minesweeper, {"rows": rows, "columns": columns, "mines": mines})
    for shown in positions(rows, columns, mines, 40):
        if shown.count("#") == mines:
            continue
        every = layouts(rows, columns, mines, shown)
        hidden = [cell for cell, symbol in zip(every[0], shown.split(), strict=True) if symbol == "#"]
        mined = {cell: sum(truth[cell] == "*" for truth in every) for cell in hidden}
        _, row, column = world.expert(["rules", "reveal 1 1", shown, "?", "Invalid action: no."], Chance(b"")).split()
        assert mined[int(row) - 1, int(column) - 1] == min(mined.values())
