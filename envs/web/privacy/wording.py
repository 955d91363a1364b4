"""What documents and requests are worded with: the files in ``texts/``; no two splits share a line of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from scoutgym.envs.chance import Chance
from scoutgym.envs.web.sites.wordings import read_wordings

FILES = ("document", "request")


@cache
def wordings() -> dict[tuple[str, str], list[str]]:
    """All of them, by heading and split."""
    folder = Path(__file__).parent / "texts"
    return {key: lines for name in FILES for key, lines in read_wordings(folder / f"{name}.txt").items()}


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
