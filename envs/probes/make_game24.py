"""Write game24.txt: every set of four numbers from 1 to 13 that makes 24, the hardest first.

python envs/probes/make_game24.py

Hard is what random play seldom solves: three steps, each uniform among all different steps (`arithmetic.steps`). The
chances are exact; sets with equal ones stand in the order of their numbers.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path

from scoutgym.envs.probes.arithmetic import Numbers, steps

PATH = Path(__file__).with_name("game24.txt")


@cache
def chance(numbers: Numbers) -> Fraction:
    """The chance that random play ends with 24."""
    if len(numbers) == 1:
        return Fraction(numbers[0] == 24)
    after = [chance(left) for _, left in steps(numbers)]
    return sum(after, Fraction()) / len(after)


def table() -> str:
    """The lines of the file."""
    puzzles = combinations_with_replacement(range(1, 14), 4)
    ranked = sorted((chance(tuple(map(Fraction, puzzle))), puzzle) for puzzle in puzzles)
    return "".join(f"{' '.join(map(str, puzzle))}\n" for won, puzzle in ranked if won)


if __name__ == "__main__":
    PATH.write_text(table(), encoding="utf-8")
    print(f"{PATH.name}: {len(PATH.read_text(encoding='utf-8').splitlines())} puzzles")
