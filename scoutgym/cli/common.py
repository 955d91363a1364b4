"""What the commands share: consoles, ids that a person wrote, and files that are whole or not there."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.text import Text

from scoutgym.envs.core import World
from scoutgym.envs.registry import WORLDS, unplayable

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


def known_ids() -> dict[str, tuple[type[World], str | None]]:
    """Every registered id with its world and, where it names one, its preset."""
    known: dict[str, tuple[type[World], str | None]] = {}
    for world in WORLDS.values():
        known[world.spec.id] = (world, None)
        known.update({world.spec.preset_id(preset): (world, preset) for preset in world.spec.presets})
    return known


def find(patterns: Sequence[str], playable: bool = True) -> list[str]:
    """The ids behind ids, glob patterns and ``module:id`` (or ``module:pattern``), in order and without repeats.

    Args:
        patterns: what a person wrote.
        playable: leave out what a pattern fits but cannot be made here, with a warning, or what lies outside of this
            machine; an id in full stays.

    Raises:
        ValueError: an id is unknown or a pattern fits none (the nearest id is named), or a module is not to be had.
    """
    found: dict[str, None] = {}
    for pattern in patterns:
        module, colon, name = pattern.partition(":")
        if colon:
            _import(module)
        found.update(dict.fromkeys(_fitting(name, module, playable) if colon else _fitting(pattern, "", playable)))
    if not found:
        raise ValueError("no environment to play: give an id, or a pattern such as 'scoutgym/*'")
    return list(found)


def find_one(env_id: str) -> str:
    """The one id behind a word.

    Raises:
        ValueError: it is unknown, or a pattern of several.
    """
    found = find([env_id])
    if len(found) > 1:
        raise ValueError(f"{env_id!r} fits {len(found)} environments, such as {found[0]} and {found[1]}: name one")
    return found[0]


def _fitting(pattern: str, module: str, playable: bool) -> list[str]:
    known = known_ids()
    if pattern in known:
        return [pattern]
    package = module.partition(".")[0]
    fitting = [
        env_id
        for env_id, (world, _) in known.items()
        if fnmatchcase(env_id, pattern)
        and world.__module__.startswith(package)
        and not (playable and world.spec.outside)
    ]
    if not fitting:
        stems = {_stem(env_id): env_id for env_id in reversed(known)}  # of several with one stem, the first registered
        near = difflib.get_close_matches(_stem(pattern), stems, n=1, cutoff=0.5)
        what = "no environment fits" if any(sign in pattern for sign in "*?[") else "unknown environment"
        hint = f"did you mean {stems[near[0]]!r}? " if near else ""
        raise ValueError(f"{what} {pattern!r}; {hint}`scoutgym envs` lists them all")
    if not playable:
        return fitting
    lacking = {
        env_id: why for env_id in fitting if (why := unplayable(world := known[env_id][0], world.spec.ids[env_id]))
    }
    for env_id, why in lacking.items():
        errors().print(Text(f"{env_id} is left out: {why}", style="yellow"), soft_wrap=True)
    return [env_id for env_id in fitting if env_id not in lacking]


def _stem(env_id: str) -> str:
    """An id without namespace, version, wildcards and case: what a person remembers of it."""
    return re.sub(r"-v\d*$|[*?\[\]]", "", env_id.lower().rpartition("/")[2])


def _import(module: str) -> None:
    here()
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
            raise
        raise ValueError(f"there is no module {module!r} here or among the installed packages") from None
    except (SyntaxError, AttributeError, NameError, TypeError) as error:
        raise ValueError(f"the module {module!r} cannot be imported: {type(error).__name__}: {error}") from error


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
