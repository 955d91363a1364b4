"""What the commands share: consoles, ids that a person wrote, and files that are whole or not there."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from rich.console import Console

from scoutgym.envs.names import env_ids

WIDTH = 100
"""Columns of what is not printed to a terminal, which says its own width."""


def output() -> Console:
    """The console of results. Made anew each time, so that it follows a redirected ``sys.stdout``."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH)


def errors() -> Console:
    """The console of progress and errors: standard error."""
    return Console(stderr=True)


def here() -> None:
    """Let modules of the current directory be imported: a user's own worlds."""
    folder = os.getcwd()
    if folder not in sys.path:
        sys.path.insert(0, folder)


def find(patterns: Sequence[str], playable: bool = True) -> list[str]:
    """`env_ids`, where a module may stand in the current directory."""
    here()
    return env_ids(patterns, playable)


def find_one(env_id: str) -> str:
    """The one id behind a word.

    Raises:
        ValueError: it is unknown, or a pattern of several.
    """
    found = find([env_id])
    if len(found) > 1:
        raise ValueError(f"{env_id!r} fits {len(found)} environments, such as {found[0]} and {found[1]}: name one")
    return found[0]


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Write a text file that appears when it is complete, and not at all where writing it fails."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", text=True)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
