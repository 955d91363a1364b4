"""Minesweeper by its definition, on sets of cells (row, column): the oracle of the tests, slow and plain."""

from __future__ import annotations

from itertools import combinations

from scoutgym.envs.chance import Chance


def near(rows: int, columns: int, cell: tuple[int, int]) -> list[tuple[int, int]]:
    row, column = cell
    every = [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]
    return [(r, c) for r, c in every if 0 <= r < rows and 0 <= c < columns]


def solution(rows: int, columns: int, mines: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    return {c: "*" if c in mines else str(sum(n in mines for n in near(rows, columns, c))) for c in cells}


def opened(rows: int, columns: int, truth: dict[tuple[int, int], str], first: tuple[int, int]) -> set[tuple[int, int]]:
    """Everything that one reveal shows."""
    seen, waiting = {first}, [first]
    while waiting:
        cell = waiting.pop()
        if truth[cell] == "0":
            fresh = [n for n in near(rows, columns, cell) if n not in seen]
            seen.update(fresh)
            waiting += fresh
    return seen


def text(rows: int, columns: int, truth: dict[tuple[int, int], str], seen: set[tuple[int, int]]) -> str:
    lines = [[truth[r, c] if (r, c) in seen else "#" for c in range(columns)] for r in range(rows)]
    return "\n".join(" ".join(line) for line in lines)


def layouts(rows: int, columns: int, mines: int, shown: str) -> list[dict[tuple[int, int], str]]:
    """All boards that agree with what is shown, by trying every set of mines."""
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    symbols = dict(zip(cells, shown.split(), strict=True))
    found = []
    for chosen in combinations(cells, mines):
        truth = solution(rows, columns, set(chosen))
        if all(symbol in ("#", truth[cell]) for cell, symbol in symbols.items()):
            found.append(truth)
    return found


def positions(rows: int, columns: int, mines: int, count: int, explode: bool = False) -> list[str]:
    """Boards in mid-game, after random reveals; some have ended on a mine."""
    chance, cells, found = Chance(b"positions"), [(r, c) for r in range(rows) for c in range(columns)], []
    while len(found) < count:
        truth = solution(rows, columns, set(chance.sample(cells, mines)))
        seen: set[tuple[int, int]] = set()
        for cell in chance.sample(cells, 1 + chance.below(6)):
            if truth[cell] == "*" and not explode:
                continue
            seen |= opened(rows, columns, truth, cell)
            if truth[cell] == "*":
                break
        if seen:
            found.append(text(rows, columns, truth, seen))
    return found
