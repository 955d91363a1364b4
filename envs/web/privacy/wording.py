"""What documents and requests are worded with: lines by what they say and by split; no two splits share one.

The files in ``texts/`` have a heading (``# say phone``) and below it one wording a line, after the split that has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from scoutgym.envs.chance import Chance

FILES = ("document", "request")


@cache
def wordings() -> dict[tuple[str, str], list[str]]:
    """All of them, by heading and split."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in FILES:
        heading = ""
        for line in (Path(__file__).parent / "texts" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                heading = line[2:]
            else:
                split, _, words = line.partition(" ")
                found.setdefault((heading, split), []).append(words)
    return found


def worded(heading: str, split: str, chance: Chance) -> str:
    """One of the wordings of a heading.

    Raises:
        KeyError: there is none.
    """
    return chance.choice(wordings()[heading, split])


def share(all_: Sequence[str], split: str) -> list[str]:
    """The part of a list that a split draws from: 6 of 10 for train, 2 each for dev and test."""
    places = {"train": range(6), "dev": (6, 7), "test": (8, 9)}[split]
    return [one for place, one in enumerate(all_) if place % 10 in places]
